//! A number as it is written: groups of digits with a little between them.

use smallvec::SmallVec;

use super::plan;
use crate::detector::{ByteSet, Probe};

/// The most bytes that a number takes: fifteen digits, and something after each second one.
pub(super) const LONGEST: usize = 30;

pub(super) const BETWEEN: ByteSet = ByteSet::EMPTY.with(b" .-/()");
const MOST_DIGITS: usize = 16;

/// Whether another group follows the one that ends at `end`.
pub(super) fn goes_on(probe: &Probe<'_>, end: usize) -> bool {
    probe.is(end, &BETWEEN) && (probe.is(end + 1, &ByteSet::DIGIT) || probe.is(end + 2, &ByteSet::DIGIT))
}

/// Groups of digits.
pub(super) struct Written {
    digits: SmallVec<[u8; 16]>,
    /// For each group: how many digits there are to its end, where it ends, and what stands between it and the next.
    groups: SmallVec<[Group; 8]>,
    is_open_ended: bool,
}

struct Group {
    digits: usize,
    length: usize,
    start: usize,
    end: usize,
    /// A space follows.
    spaced: bool,
}

/// A national way of writing.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// `(212) 736-5000`, `212-736-5000`.
    NorthAmerica,
    /// `01 42 68 53 00`.
    FrenchPairs,
    /// Some digits that only a word makes a number.
    Plain,
}

impl Shape {
    /// The confidence without a word before it.
    pub(super) fn alone(self) -> Option<f32> {
        match self {
            Self::NorthAmerica => Some(0.75),
            Self::FrenchPairs => Some(0.7),
            Self::Plain => None,
        }
    }
}

impl Written {
    /// Reads groups from the first digit (or an opening bracket) on.
    pub(super) fn read(probe: &Probe<'_>, from: usize) -> Self {
        let mut written = Self { digits: SmallVec::new(), groups: SmallVec::new(), is_open_ended: false };
        let mut at = probe.run(from, &ByteSet::EMPTY.with(b"("), 1);
        while written.digits.len() < MOST_DIGITS {
            let end = probe.run(at, &ByteSet::DIGIT, MOST_DIGITS + 1);
            if end == at {
                break;
            }
            // The trunk zero in `+44 (0)20` is not dialled from abroad.
            let is_trunk = end - at == 1 && probe.before(at) == Some(b'(') && probe.get(at) == Some(b'0');
            if !is_trunk {
                written.digits.extend_from_slice(probe.slice(at..end));
            }
            let spaced = probe.get(end) == Some(b' ');
            written.groups.push(Group {
                digits: written.digits.len(),
                length: end - at,
                start: at,
                end,
                spaced,
            });
            let next = probe.run(end, &BETWEEN, 2);
            // A word or an id goes on: the last group is a part of it.
            let is_joined = next == end || (next == end + 1 && probe.get(end) == Some(b'-'));
            written.is_open_ended = is_joined && probe.is(next, &ByteSet::WORD.without(b"0123456789"));
            if next == end || !probe.is(next, &ByteSet::DIGIT) {
                break;
            }
            at = next;
        }
        if let (Some(last), true) = (written.groups.last(), written.is_open_ended) {
            let from = last.digits - last.length.min(last.digits);
            written.digits.truncate(from);
            written.groups.pop();
        }
        written
    }

    /// The bracket that opens the number, where there is one and it is closed.
    pub(super) fn opening(&self, probe: &Probe<'_>) -> Option<usize> {
        let first = self.groups.first()?;
        let is_bracketed = probe.before(first.start) == Some(b'(') && probe.get(first.end) == Some(b')');
        is_bracketed.then(|| first.start - 1)
    }

    /// The end of the longest run of groups whose digits satisfy `holds`.
    pub(super) fn longest(&self, holds: impl Fn(&[u8]) -> bool) -> Option<usize> {
        let of = |group: &&Group| self.digits.get(..group.digits).is_some_and(&holds);
        self.groups.iter().rev().find(of).map(|group| group.end)
    }

    /// The digits before `end`.
    pub(super) fn digits_to(&self, end: usize) -> &[u8] {
        let count = self.groups.iter().take_while(|group| group.end <= end).map(|group| group.digits).last();
        self.digits.get(..count.unwrap_or_default()).unwrap_or_default()
    }

    /// Every way to read the groups as a national number, the more telling first, with its end.
    pub(super) fn shapes(&self) -> impl Iterator<Item = (usize, Shape)> {
        [self.north_american(), self.french(), self.plain()].into_iter().flatten()
    }
}

/* ===== shapes ===== */

impl Written {
    fn lengths(&self) -> SmallVec<[usize; 8]> {
        self.groups.iter().map(|group| group.length).collect()
    }

    /// Three, three and four digits; nothing that could be a fourth group.
    fn north_american(&self) -> Option<(usize, Shape)> {
        let is_exact = matches!(*self.lengths(), [3, 3, 4]) && plan::is_north_american(&self.digits);
        let [a, b, c] = &*self.groups else { return None };
        // Spaces alone separate all kinds of numbers.
        let telling = b.start - a.end > 1 || !(a.spaced && b.spaced);
        is_exact.then_some((c.end, if telling { Shape::NorthAmerica } else { Shape::Plain }))
    }

    /// Five pairs, the first of them 01 to 09.
    fn french(&self) -> Option<(usize, Shape)> {
        let pairs = *self.lengths() == [2; 5]
            && self.digits.first() == Some(&b'0')
            && self.digits.get(1) != Some(&b'0');
        let end = self.groups.last()?.end;
        pairs.then_some((end, Shape::FrenchPairs))
    }

    /// What could be a number of one of the countries, were there a word before it.
    fn plain(&self) -> Option<(usize, Shape)> {
        let is_date = matches!(*self.lengths(), [2, 2, 2 | 4] | [4, 2, 2] | [1, ..]);
        let end = self.longest(is_national)?;
        (!is_date && self.groups.len() <= 6).then_some((end, Shape::Plain))
    }
}

/// Trunk zero (Britain, Germany, France, Italy, the Netherlands), Spain, Italian mobiles, North America, `00`.
fn is_national(digits: &[u8]) -> bool {
    match digits {
        [b'0', b'0', rest @ ..] => plan::is_international(rest),
        [b'0', ..] => (8..=12).contains(&digits.len()),
        [b'6'..=b'9', ..] if digits.len() == 9 => true,
        [b'3', ..] if (9..=10).contains(&digits.len()) => true,
        _ => plan::is_north_american(digits),
    }
}
