//! Detectors that ask for a single byte, and what has to stand beside it for each of them.

use crate::byteset::ByteSet;
use crate::engine::Index;
use crate::engine::anchor::Again;

/// A detector that looks at a byte between some others.
#[derive(Clone)]
pub(super) struct Beside {
    pub(super) owner: Index,
    pub(super) further: ByteSet,
    pub(super) before: ByteSet,
    pub(super) next: ByteSet,
    pub(super) again: Again,
}

impl Beside {
    pub(super) fn anything(owner: Index) -> Self {
        Self { owner, further: ByteSet::ALL, before: ByteSet::ALL, next: ByteSet::ALL, again: Again::NONE }
    }

    /// Whether the same detector is asked already wherever `other` asks it.
    fn covers(&self, other: &Self) -> bool {
        let all = |ours: ByteSet, theirs: ByteSet| ours.or(theirs) == ours;
        self.owner == other.owner
            && (self.again == Again::NONE || self.again == other.again)
            && all(self.further, other.further)
            && all(self.before, other.before)
            && all(self.next, other.next)
    }

    /// Whether these bytes stand so, where they are known.
    #[inline]
    fn holds(&self, near: &Vicinity<'_>) -> bool {
        has(self.next, near.next)
            && has(self.before, near.before)
            && near.further.is_none_or(|further| self.further.has(further))
            && near.has_again(self.again)
    }
}

/// What stands beside a byte, as far as it is known.
pub(super) struct Vicinity<'t> {
    pub(super) further: Option<u8>,
    pub(super) before: Option<u8>,
    /// From the byte on.
    pub(super) rest: &'t [u8],
    /// Whether the text ends with it.
    pub(super) is_all: bool,
    pub(super) next: Option<u8>,
}

impl Vicinity<'_> {
    /// Whether the byte may stand again so often in so many bytes after it.
    #[inline]
    fn has_again(&self, again: Again) -> bool {
        let Some((byte, after)) = self.rest.split_first().filter(|_| again.times > 0) else { return true };
        let there = after.get(..usize::from(again.within));
        let count = there.unwrap_or(after).iter().filter(|other| *other == byte).count();
        count >= usize::from(again.times) || (there.is_none() && !self.is_all)
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

    /// Those that look where this stands near the byte, as far as that is known.
    #[inline]
    pub(super) fn between(&self, near: &Vicinity<'_>) -> impl Iterator<Item = Index> {
        let some = self.may_precede(near.next) && has(self.before, near.before);
        let owners = if some { self.owners.as_slice() } else { &[] };
        owners.iter().filter(move |one| one.holds(near)).map(|one| one.owner)
    }
}
