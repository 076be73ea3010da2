//! The numbers in one's column that are written as it is: `212-736-5000` stands in columns of parts too, where one in seven is dialled by chance.

use std::ops::Range;

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

/// Whether the number at `range` is digits and dashes as those of North America, in a line that names nobody, and of those that are written so in
/// its column too many are dialled by nobody.
pub(super) fn are_others(probe: &Probe<'_>, range: &Range<usize>) -> bool {
    if !is_written_so(probe.slice(range.clone())) {
        return false;
    }
    let before = probe.behind(range.start, BEHIND);
    let rest = probe.slice(range.start..probe.run(range.end, &ByteSet::ALL, AHEAD));
    let text: SmallVec<[u8; 512]> = before.iter().chain(rest).copied().collect();
    let column = Column { text: &text, start: before.len() };
    column.is_of_others() && !CONTEXT.stand_in(before) && !cell::names_a_person(probe, range)
}

/// The numbers of a text between the same signs as the one that begins at `start`.
struct Column<'t> {
    text: &'t [u8],
    start: usize,
}

impl Column<'_> {
    /// Of a column of telephone numbers one in thirty is wrong; of a column of parts most are dialled by nobody. One alone tells nothing.
    fn is_of_others(&self) -> bool {
        const SOME: usize = 2;
        let (mut dialled, mut others) = (0, 0);
        for start in written_so(self.text).filter(|start| self.holds(*start)) {
            let number = self.text.get(start..start + LONG).unwrap_or_default();
            match () {
                () if stands_for_any(number) => {}
                () if is_dialled(number) => dialled += 1,
                () => others += 1,
            }
        }
        others >= SOME && 2 * others >= dialled
    }

    /// Whether the number that begins at `start` is another one of it. In one line spaces part what a sentence says too.
    fn holds(&self, start: usize) -> bool {
        let between = start.min(self.start)..start.max(self.start);
        let is_in_line = || !self.text.get(between).unwrap_or_default().contains(&b'\n');
        let sides = self.sides(start);
        start != self.start && sides == self.sides(self.start) && !(sides.0 == b' ' && is_in_line())
    }

    /// What a number stands between. A line ends at the ends of a text.
    fn sides(&self, start: usize) -> (u8, u8) {
        let side = |at: Option<usize>| match at.and_then(|at| self.text.get(at)) {
            None | Some(b'\r') => b'\n',
            Some(byte) => *byte,
        };
        (side(start.checked_sub(1)), side(Some(start + LONG)))
    }
}

/// Whether one stands in place of a number: `000-000-0000`, `123-456-7890`, `555-555-5555`.
fn stands_for_any(number: &[u8]) -> bool {
    let first = number.first();
    let is_filled = || number.iter().all(|byte| *byte == b'-' || Some(byte) == first);
    let is_a_story = || number.split(|byte| *byte == b'-').any(|group| group == b"555");
    [&b"123-456-7890"[..], b"987-654-3210"].contains(&number) || is_a_story() || is_filled()
}

/// Where a text has what is written so, and is no part of anything. It is told by its first dash.
fn written_so(text: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(b'-', text).filter_map(|dash| {
        let (start, end) = (dash.checked_sub(3)?, dash + LONG - 3);
        let is_joined =
            |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|byte| JOINED.has(*byte));
        let is_one = text.get(start..end).is_some_and(is_written_so);
        (is_one && !is_joined(start.checked_sub(1)) && !is_joined(Some(end))).then_some(start)
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
        are_others(&Probe::new(whole, start, LONG + AHEAD), &(start..start + LONG))
    }

    #[test]
    fn a_column_tells_of_its_numbers() {
        for text in [
            "a,889-114-8261,4\nb,121-114-8261,1\nnut,212-736-5000,7",
            "x;212-736-5000;\ny;889-114-8261;\nz;121-114-8261;",
            "('a', '889-114-8261', 4),\n('b', '121-114-8261', 4),\n('nut', '212-736-5000', 4)",
            "a 121-114-8261\ncog 889-114-8261\nnut 415-326-2671\nhub 212-736-5000",
            "a,889-114-8261\nb,415-326-2671\nc,415-326-2672\nd,121-114-8261\ne,212-736-5000",
            "121-114-8261\n212-736-5000\r\n889-114-8261\n",
        ] {
            assert!(are_others_in(text), "{text}");
        }
        for text in [
            "212-736-5000",
            "nut,889-114-8261,4\nbolt,212-736-5000,7",
            "bolt,415-326-2671,4\nnut,212-736-5000,7",
            "bolt,415-326-2671,4\nnut,889-114-8261,1\ncog,212-736-5000,7",
            "a,415-326-2671\nb,415-326-2672\nc,415-326-2673\nd,889-114-8261\ne,212-736-5000",
            "a,000-000-0000\nb,123-456-7890\nc,987-654-3210\nd,555-914-8261\ne,121-555-8261\nf,212-736-5000",
            "x,889-114-8261\ny,121-114-8261\nMiller,212-736-5000",
            "| x | 889-114-8261 |\n| y | 121-114-8261 |\n| Anna | 212-736-5000 |",
            "x 889-114-8261\ny 121-114-8261\nw@corp.io 212-736-5000",
            "name,phone\nx,889-114-8261\nz,121-114-8261\ny,212-736-5000",
            "1-889-114-8261-7 212-736-5000 1-121-114-8261-7",
            "case 121-114-8261, file 889-114-8261, ask at 212-736-5000",
            "NPI 121-114-8261 file 889-114-8261 Dr Iyer 212-736-5000 x",
            "a=121-114-8261 b=889-114-8261\nIyer 212-736-5000",
        ] {
            assert!(!are_others_in(text), "{text}");
        }
    }
}
