//! Detectors that ask for a single byte, and what has to stand beside it for each of them.

use crate::byteset::ByteSet;
use crate::engine::Index;

/// A detector that looks at a byte between some others.
#[derive(Clone)]
pub(super) struct Beside {
    pub(super) owner: Index,
    pub(super) further: ByteSet,
    pub(super) before: ByteSet,
    pub(super) next: ByteSet,
    /// How often the byte stands again, in so many bytes after it.
    pub(super) again: (u8, u8),
}

impl Beside {
    pub(super) fn anything(owner: Index) -> Self {
        Self { owner, further: ByteSet::ALL, before: ByteSet::ALL, next: ByteSet::ALL, again: (0, 0) }
    }

    /// Whether the same detector is asked already wherever `other` asks it.
    fn covers(&self, other: &Self) -> bool {
        let all = |ours: ByteSet, theirs: ByteSet| ours.or(theirs) == ours;
        self.owner == other.owner
            && (self.again == (0, 0) || self.again == other.again)
            && all(self.further, other.further)
            && all(self.before, other.before)
            && all(self.next, other.next)
    }

    /// Whether these bytes stand so, where they are known.
    #[inline]
    fn holds(&self, around: &Around<'_>) -> bool {
        has(self.next, around.next)
            && has(self.before, around.before)
            && around.further.is_none_or(|further| self.further.has(further))
            && around.has_again(self.again)
    }
}

/// What stands beside a byte, as far as it is known.
pub(super) struct Around<'t> {
    pub(super) further: Option<u8>,
    pub(super) before: Option<u8>,
    /// From the byte on.
    pub(super) rest: &'t [u8],
    /// Whether the text ends with it.
    pub(super) is_all: bool,
    pub(super) next: Option<u8>,
}

impl Around<'_> {
    /// Whether the byte may stand again so often in so many bytes after it.
    #[inline]
    fn has_again(&self, (times, within): (u8, u8)) -> bool {
        let Some((byte, after)) = self.rest.split_first().filter(|_| times > 0) else { return true };
        let near = after.get(..usize::from(within));
        let there = near.unwrap_or(after).iter().filter(|other| *other == byte).count();
        there >= usize::from(times) || (near.is_none() && !self.is_all)
    }
}

/// Whether a byte beside another is in a set; one that is not known is a quote, or the end of the text.
#[inline]
fn has(set: ByteSet, byte: Option<u8>) -> bool {
    byte.map_or_else(|| set.has(b'"') || set.has(0), |byte| set.has(byte))
}

/// The detectors that look at one byte, and what may stand beside it for any of them.
#[derive(Clone)]
pub(super) struct Besides {
    owners: Vec<Beside>,
    before: ByteSet,
    next: ByteSet,
}

impl Besides {
    pub(super) const NONE: Self = Self { owners: Vec::new(), before: ByteSet::EMPTY, next: ByteSet::EMPTY };

    /// Adds one, unless it is asked already wherever it asks.
    pub(super) fn add(&mut self, beside: &Beside) {
        if !self.owners.iter().any(|known| known.covers(beside)) {
            self.owners.push(beside.clone());
            (self.before, self.next) = (self.before.or(beside.before), self.next.or(beside.next));
        }
    }

    /// Whether any of them looks before this byte.
    #[inline]
    pub(super) fn may_precede(&self, next: Option<u8>) -> bool {
        has(self.next, next)
    }

    /// Those that look where this stands around the byte, as far as that is known.
    #[inline]
    pub(super) fn between(&self, around: &Around<'_>) -> impl Iterator<Item = Index> {
        let some = self.may_precede(around.next) && has(self.before, around.before);
        let owners = if some { self.owners.as_slice() } else { &[] };
        owners.iter().filter(move |one| one.holds(around)).map(|one| one.owner)
    }
}
