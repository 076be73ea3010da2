//! The cells of rows, as programs write them: `7,536-22-8145,1985-04-12`.

mod names;

use std::ops::Range;

use super::{ByteSet, Probe};

/// What parts the cells of a row, without a space.
const SEPARATORS: ByteSet = ByteSet::EMPTY.with(b",;|\t");
const LINE_END: ByteSet = ByteSet::EMPTY.with(b"\r\n");
const LINE: ByteSet = LINE_END.not();
const QUOTE: ByteSet = ByteSet::EMPTY.with(b"\"'");
/// How far back the row is read.
const BEHIND: usize = 192;
/// How much of the row is read after a cell, less than any clause that the detectors which ask read there.
const AHEAD: usize = 64;

/// Whether the number at `range` is a cell of a row that tells of a person: by a name that many have, a letter outside ASCII, an
/// address of mail or a day of birth. Of cells of digits alone any may be written as a number of a person is.
pub(super) fn is_of_a_person(probe: &Probe<'_>, range: &Range<usize>) -> bool {
    let is_quoted = probe.was(range.start, &QUOTE) && probe.is(range.end, &QUOTE);
    let (start, end) = (range.start - usize::from(is_quoted), range.end + usize::from(is_quoted));
    is_a_cell(probe.before(start), probe.get(end)) && names_a_person(probe, &(start..end))
}

/// Whether the line around `range` tells of a person so.
pub(super) fn names_a_person(probe: &Probe<'_>, range: &Range<usize>) -> bool {
    let before = probe.slice(probe.run_back(range.start, &LINE, BEHIND)..range.start);
    let after = probe.slice(range.end..probe.run(range.end, &LINE, AHEAD));
    [before, after].into_iter().any(tells_of_a_person)
}

/// Whether a cell stands between these, of which nothing is the end of a text.
fn is_a_cell(before: Option<u8>, after: Option<u8>) -> bool {
    let sides = [before, after];
    let is_separator = |side: Option<u8>| side.is_some_and(|byte| SEPARATORS.has(byte));
    let is_line_end = |side: Option<u8>| side.is_none_or(|byte| LINE_END.has(byte));
    sides.into_iter().any(is_separator)
        && sides.into_iter().all(|side| is_separator(side) || is_line_end(side))
}

fn tells_of_a_person(side: &[u8]) -> bool {
    // What programs make up for things is ASCII.
    !side.is_ascii() || side.contains(&b'@') || names::stand_in(side) || has_birth(side)
}

/// Whether a day of the last century stands there: `1985-04-12`, `04/12/1985`.
fn has_birth(row: &[u8]) -> bool {
    const DAY: ByteSet = ByteSet::DIGIT.with(b"-/.");
    row.split(|byte| !DAY.has(*byte)).any(|day| match day {
        [b'1', b'9', _, _, a, _, _, b, _, _] | [_, _, a, _, _, b, b'1', b'9', _, _] => {
            a == b && !a.is_ascii_digit() && day.iter().filter(|byte| byte.is_ascii_digit()).count() == 8
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Text;

    #[test]
    fn a_row_tells_of_a_person_beside_a_number() {
        let tells = |text: &str| {
            let at = text.find("128-14-2074").expect("a number");
            let whole = Text { bytes: text.as_bytes(), start: 0, complete: true };
            let probe = Probe::new(whole, at, 11 + super::super::id::CLAUSE);
            is_of_a_person(&probe, &(at..at + 11))
        };
        for row in [
            "Miller,128-14-2074,Leeds",
            "128-14-2074;x;ANNA",
            "김철수,128-14-2074,x",
            "w@corp.io,128-14-2074,1",
            "128-14-2074,1,w@corp.io",
            "X,\"128-14-2074\",1985-04-12",
            "X\t04/12/1985\t128-14-2074",
        ] {
            assert!(tells(row), "{row}");
        }
        for row in [
            "Widget,128-14-2074,Bolt",
            "1|2024-05-01|128-14-2074|1999",
            "Anna,x\nWidget,128-14-2074,Bolt",
            "7,128-14-2074,1901-778-12",
            "Anna 128-14-2074",
            "Miller, 128-14-2074, Leeds",
            "128-14-2074",
        ] {
            assert!(!tells(row), "{row}");
        }
    }
}
