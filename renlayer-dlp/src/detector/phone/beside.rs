//! The numbers beside one that are written as it is: `212-736-5000` stands in columns of parts too, where one in seven is dialled by chance.

use smallvec::SmallVec;

use super::plan;
use super::words::CONTEXT;
use crate::detector::{ByteSet, Probe, cell};

/// How far a row and its neighbours are read, before a number and after it.
const BEHIND: usize = 192;
const AHEAD: usize = 64;
/// Three, three and four digits.
const LONG: usize = 12;
/// What is part of a number, or of something longer.
const JOINED: ByteSet = ByteSet::WORD.with(b"-");

/// Whether the number from `start` to `end` is digits and dashes as those of North America, in a line that names nobody, and of those that are
/// written so beside it too many are dialled by nobody.
pub(super) fn are_others(probe: &Probe<'_>, start: usize, end: usize) -> bool {
    if !is_written_so(probe.slice(start..end)) {
        return false;
    }
    let before = probe.behind(start, BEHIND);
    let mut beside = Beside::of(before);
    // A row is told by those above it, and the first one by the next.
    if beside.is_empty() {
        beside = Beside::of(probe.slice(end..probe.run(end, &ByteSet::ALL, AHEAD)));
    }
    beside.are_others() && !CONTEXT.stand_in(before) && !cell::names_a_person(probe, &(start..end))
}

/// How many numbers that are written alike some country dials.
struct Beside {
    dialled: usize,
    others: usize,
}

impl Beside {
    fn of(text: &[u8]) -> Self {
        let mut beside = Self { dialled: 0, others: 0 };
        for number in written_so(text).filter(|number| !stands_for_any(number)) {
            let count = if is_dialled(number) { &mut beside.dialled } else { &mut beside.others };
            *count += 1;
        }
        beside
    }

    /// Of a column of telephone numbers one in thirty is wrong; of a column of parts most are dialled by nobody.
    fn are_others(&self) -> bool {
        const SOME: usize = 2;
        self.others > self.dialled || (self.others >= SOME && 2 * self.others >= self.dialled)
    }

    fn is_empty(&self) -> bool {
        self.dialled + self.others == 0
    }
}

/// Whether one stands in place of a number: `000-000-0000`, `555-555-5555`.
fn stands_for_any(number: &[u8]) -> bool {
    let first = number.first();
    number.iter().all(|byte| *byte == b'-' || Some(byte) == first)
}

/// What a text has that is written so, and is no part of anything. It is told by its first dash.
fn written_so(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    memchr::memchr_iter(b'-', text).filter_map(|dash| {
        let (start, end) = (dash.checked_sub(3)?, dash + LONG - 3);
        let is_joined =
            |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|byte| JOINED.has(*byte));
        let number = text.get(start..end).filter(|number| is_written_so(number))?;
        (!is_joined(start.checked_sub(1)) && !is_joined(Some(end))).then_some(number)
    })
}

/// Whether a number that begins at `start` after a cell of digits is written so, in a row of a person.
pub(super) fn is_a_persons(probe: &Probe<'_>, start: usize) -> bool {
    let range = start..probe.run(start, &JOINED, LONG + 1);
    is_written_so(probe.slice(range.clone())) && cell::is_of_a_person(probe, &range)
}

fn is_written_so(number: &[u8]) -> bool {
    let is_dash = |at: usize| matches!(at, 3 | 7);
    number.len() == LONG
        && number
            .iter()
            .enumerate()
            .all(|(at, byte)| if is_dash(at) { *byte == b'-' } else { byte.is_ascii_digit() })
}

/// Whether some country dials it.
fn is_dialled(number: &[u8]) -> bool {
    let digits: SmallVec<[u8; LONG]> = number.iter().copied().filter(u8::is_ascii_digit).collect();
    match digits.as_slice() {
        [b'0', ..] => plan::is_national(&digits),
        _ => plan::is_north_american(&digits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Text;

    fn are_others_in(text: &str) -> bool {
        let start = text.find("212-736-5000").expect("a number");
        let whole = Text { bytes: text.as_bytes(), start: 0, complete: true };
        are_others(&Probe::new(whole, start, LONG + AHEAD), start, start + LONG)
    }

    #[test]
    fn a_column_tells_of_its_numbers() {
        for text in [
            "bolt,889-114-8261,4\nnut,212-736-5000,7",
            "x;212-736-5000;889-114-8261",
            "('bolt', '212-736-5000', 4),\n('nut', '889-114-8261', 7)",
            "bolt 121-114-8261\ncog 889-114-8261\nnut 415-555-2671\nhub 212-736-5000",
            "a,889-114-8261\nb,415-326-2671\nc,415-326-2672\nd,121-114-8261\ne,212-736-5000",
            "a,555-555-5555\nb,889-114-8261\nc,212-736-5000",
        ] {
            assert!(are_others_in(text), "{text}");
        }
        for text in [
            "212-736-5000",
            "bolt,415-326-2671,4\nnut,212-736-5000,7",
            "bolt,415-326-2671,4\nnut,889-114-8261,1\ncog,212-736-5000,7",
            "a,415-326-2671\nb,415-326-2672\nc,415-326-2673\nd,889-114-8261\ne,212-736-5000",
            "a,000-000-0000\nb,212-736-5000",
            "x,889-114-8261\nMiller,212-736-5000",
            "| x | 889-114-8261 |\n| Anna | 212-736-5000 |",
            "x,889-114-8261\nw@corp.io 212-736-5000",
            "name,phone\nx,889-114-8261\ny,212-736-5000",
            "1-889-114-8261-7 212-736-5000",
        ] {
            assert!(!are_others_in(text), "{text}");
        }
    }
}
