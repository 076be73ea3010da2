//! The cells of rows, as programs write them: most number parts and orders, in the groups that the numbers of persons have too.

mod names;

use std::ops::Range;

use super::{ByteSet, Probe};
use crate::words::{Words, has_letters};

/// What heads the columns of a table about persons, besides a word for the number itself.
static HEADS: Words = Words::new(&[
    "first name",
    "first_name",
    "firstname",
    "last name",
    "last_name",
    "lastname",
    "full name",
    "full_name",
    "surname",
    "dob",
    "birth",
    "birthdate",
    "birthday",
    "patient",
    "employee",
    "applicant",
    "taxpayer",
    "beneficiary",
    "email",
    "e-mail",
]);

/// What parts the cells of a row, without a space.
const SEPARATORS: ByteSet = ByteSet::EMPTY.with(b",;|\t");
const LINE_END: ByteSet = ByteSet::EMPTY.with(b"\r\n");
const LINE: ByteSet = LINE_END.not();
const QUOTE: ByteSet = ByteSet::EMPTY.with(b"\"'");
const SPACE: ByteSet = ByteSet::EMPTY.with(b" ");
/// Cells that spaces stand between too are those of a row where there are so many separators in it: a sentence has a comma or two.
const LEAST: usize = 3;
/// The most spaces that align a column.
const WIDEST: usize = 32;
/// How far back the row and the heads above it are read.
const BEHIND: usize = 192;
/// How much of the row is read after a cell, less than any clause that the detectors which ask read there.
const AHEAD: usize = 64;

/// Whether the number at `range` is a cell of a row that tells of no person, from which no space parts the others: no name that many
/// have is in it, no letter outside ASCII, no address of mail and no day of birth, and nothing above it is a head of such a column, or
/// one of `words`.
pub(super) fn is_of_things(probe: &Probe<'_>, range: &Range<usize>, words: &Words) -> bool {
    Row::around(probe, range, Bounds::are_close).is_some_and(|row| row.is_of_things(probe, range, words))
}

/// The same of any row: also of a table whose columns are aligned, that has spaces around its marks, and of SQL.
pub(super) fn is_of_things_in_any_row(probe: &Probe<'_>, range: &Range<usize>, words: &Words) -> bool {
    let is_a_cell = |bounds: &Bounds| bounds.are_close() || bounds.are_wide();
    let row = Row::around(probe, range, is_a_cell);
    row.is_some_and(|row| {
        let is_a_row = row.bounds.are_close() || row.separators() >= LEAST;
        is_a_row && row.is_of_things(probe, range, words)
    })
}

/// Whether the number at `range` is a cell of a row that tells of a person.
pub(super) fn is_of_a_person(probe: &Probe<'_>, range: &Range<usize>) -> bool {
    Row::around(probe, range, Bounds::are_close).is_some_and(|row| row.tells_of_a_person())
}

/// What ends a cell on one side.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// The line.
    Line,
    /// A separator right beside it.
    Close,
    /// One after a space, a bracket, or as many spaces as align a column.
    Wide,
    Nothing,
}

struct Bounds([Bound; 2]);

impl Bounds {
    fn are_close(&self) -> bool {
        self.0.iter().all(|bound| matches!(bound, Bound::Line | Bound::Close))
            && self.0.contains(&Bound::Close)
    }

    fn are_wide(&self) -> bool {
        !self.0.contains(&Bound::Nothing) && self.0 != [Bound::Line; 2]
    }
}

/// What the byte at a side of a cell makes of it, with so many spaces between.
fn bound(byte: Option<u8>, spaces: usize, bracket: u8) -> Bound {
    match byte {
        None => Bound::Line,
        Some(byte) if LINE_END.has(byte) => Bound::Line,
        Some(byte) if SEPARATORS.has(byte) => {
            if spaces == 0 {
                Bound::Close
            } else {
                Bound::Wide
            }
        }
        Some(byte) if byte == bracket && spaces == 0 => Bound::Wide,
        Some(_) => {
            if spaces > 1 {
                Bound::Wide
            } else {
                Bound::Nothing
            }
        }
    }
}

/// What stands in a line before a cell and after it.
struct Row<'t> {
    bounds: Bounds,
    before: &'t [u8],
    after: &'t [u8],
}

impl<'t> Row<'t> {
    /// The row, where the range is a cell of one by what it is bounded by.
    fn around(probe: &Probe<'t>, range: &Range<usize>, is_a_cell: impl Fn(&Bounds) -> bool) -> Option<Self> {
        let is_quoted = probe.was(range.start, &QUOTE) && probe.is(range.end, &QUOTE);
        let (start, end) = (range.start - usize::from(is_quoted), range.end + usize::from(is_quoted));
        let (left, right) = (probe.run_back(start, &SPACE, WIDEST), probe.run(end, &SPACE, WIDEST));
        let bounds = Bounds([
            bound(probe.before(left), start - left, b'('),
            bound(probe.get(right), right - end, b')'),
        ]);
        if !is_a_cell(&bounds) {
            return None;
        }
        let line = probe.run_back(start, &LINE, BEHIND);
        let line_end = probe.run(end, &LINE, AHEAD);
        Some(Self { bounds, before: probe.slice(line..start), after: probe.slice(end..line_end) })
    }

    fn is_of_things(&self, probe: &Probe<'_>, range: &Range<usize>, words: &Words) -> bool {
        let above = probe.behind(range.start, BEHIND);
        !self.is_prose() && !self.tells_of_a_person() && !HEADS.stand_in(above) && !words.stand_in(above)
    }

    /// How many cells it has beside this one, as far as it is seen.
    fn separators(&self) -> usize {
        let count = |side: &[u8]| {
            let marks = side.iter().filter(|byte| SEPARATORS.has(**byte)).count();
            marks
                + side.windows(3).filter(|three| matches!(three, [b' ', b' ', next] if *next != b' ')).count()
        };
        count(self.before) + count(self.after)
    }

    /// Whether what the number stands beside has as many words as a sentence.
    fn is_prose(&self) -> bool {
        const WORDS: usize = 3;
        let is_sentence =
            |cell: &[u8]| cell.split(|byte| *byte == b' ').filter(|word| has_letters(word)).count() >= WORDS;
        is_sentence(last_cell(self.before)) || is_sentence(first_cell(self.after))
    }

    fn tells_of_a_person(&self) -> bool {
        let tells = |side: &[u8]| side.contains(&b'@') || names::stand_in(side) || has_birth(side);
        // What programs make up for things is ASCII.
        [self.before, self.after].into_iter().any(|side| !side.is_ascii() || tells(side))
    }
}

/// What parts cells, and a bracket that opens a row or ends it.
const PARTS: ByteSet = SEPARATORS.with(b"()");

/// The cell at the end of a row, whose separator may follow it; nothing where a bracket opens a row there.
fn last_cell(row: &[u8]) -> &[u8] {
    let end = row.iter().rposition(|byte| !SEPARATORS.or(SPACE).has(*byte)).map_or(0, |last| last + 1);
    let row = row.get(..end).unwrap_or_default();
    let mark = row.iter().rposition(|byte| PARTS.has(*byte)).map_or(0, |last| last + 1);
    let gap = row.windows(2).rposition(|pair| pair == b"  ").map_or(0, |last| last + 2);
    row.get(mark.max(gap)..).unwrap_or_default()
}

/// The cell at the begin of a row, after its separator.
fn first_cell(row: &[u8]) -> &[u8] {
    let begin = row.iter().position(|byte| !PARTS.or(SPACE).has(*byte)).unwrap_or(row.len());
    let row = row.get(begin..).unwrap_or_default();
    let mark = row.iter().position(|byte| PARTS.has(*byte)).unwrap_or(row.len());
    let gap = row.windows(2).position(|pair| pair == b"  ").unwrap_or(row.len());
    row.get(..mark.min(gap)).unwrap_or_default()
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

    static SSN: Words = Words::new(&["ssn"]);

    fn is_of_things_in(text: &str, ask: fn(&Probe<'_>, &Range<usize>, &Words) -> bool) -> bool {
        let at = text.find("128-14-2074").expect("a number");
        let whole = Text { bytes: text.as_bytes(), start: 0, complete: true };
        ask(&Probe::new(whole, at, 11 + super::super::id::CLAUSE), &(at..at + 11), &SSN)
    }

    #[test]
    fn a_cell_numbers_a_thing_where_its_row_tells_of_no_person() {
        for row in [
            "Widget,128-14-2074,Bolt",
            "128-14-2074,Bolt",
            "Hex Bolt\t128-14-2074\r\n",
            "a;\"128-14-2074\";b",
            "1|2024-05-01|128-14-2074|1999",
            "Anna,x\nWidget,128-14-2074,Bolt",
            "7,128-14-2074,1901-778-12",
            "915-29-1973,7685056,x,128-14-2074",
        ] {
            assert!(is_of_things_in(row, is_of_things), "{row}");
            assert!(is_of_things_in(row, is_of_things_in_any_row), "{row}");
        }
        for row in [
            "128-14-2074",
            "Widget, 128-14-2074",
            "Bolt\n128-14-2074\nNut",
            "Miller,128-14-2074,Leeds",
            "128-14-2074;x;ANNA",
            "김철수,128-14-2074,x",
            "w@corp.io,128-14-2074,1",
            "128-14-2074,1,w@corp.io",
            "X,128-14-2074,1985-04-12",
            "X,04/12/1985,128-14-2074",
            "no,ssn\nWidget,128-14-2074,Bolt",
            "id,last_name\n1,Widget,128-14-2074",
            "this is my number,128-14-2074,please",
            "number,128-14-2074,please call me back",
        ] {
            assert!(!is_of_things_in(row, is_of_things), "{row}");
        }
    }

    #[test]
    fn cells_of_a_wide_row_have_others_beside_them() {
        for row in [
            "INSERT INTO parts VALUES (12, 'bolt', '128-14-2074', 5);",
            "INSERT INTO parts VALUES ('128-14-2074', 'bolt', 5, 7),",
            "bolt | 554 788 7786 | 128-14-2074 | 5",
            "| Bolt M8 | 128-14-2074 | 12 |",
            "Gear count      12345678   12.50  128-14-2074  EA",
            "Bolt, 128-14-2074, EA, 12",
        ] {
            assert!(!is_of_things_in(row, is_of_things), "{row}");
            assert!(is_of_things_in(row, is_of_things_in_any_row), "{row}");
        }
        for row in [
            "Okafor, 128-14-2074, Leeds",
            "Her number, 128-14-2074, is old",
            "Here it is:  128-14-2074",
            "(128-14-2074)",
            "('Anna', '128-14-2074', 5, 7)",
            "INSERT INTO staff (name, ssn) VALUES ('x', '128-14-2074', 5, 7)",
            "| Miller | 128-14-2074 | 12 |",
            "well, so I said, it is what it is, 128-14-2074, and so on",
        ] {
            assert!(!is_of_things_in(row, is_of_things_in_any_row), "{row}");
        }
    }
}
