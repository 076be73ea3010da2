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
}

impl Beside {
    pub(super) fn anything(owner: Index) -> Self {
        Self { owner, further: ByteSet::ALL, before: ByteSet::ALL, next: ByteSet::ALL }
    }

    /// Whether the same detector is asked already wherever `other` asks it.
    fn covers(&self, other: &Self) -> bool {
        let all = |ours: ByteSet, theirs: ByteSet| ours.or(theirs) == ours;
        self.owner == other.owner
            && all(self.further, other.further)
            && all(self.before, other.before)
            && all(self.next, other.next)
    }

    /// Whether these bytes stand so, where they are known.
    #[inline]
    fn holds(&self, further: Option<u8>, before: Option<u8>, next: Option<u8>) -> bool {
        has(self.next, next) && has(self.before, before) && has(self.further, further)
    }
}

/// Whether a byte is in a set; one that is not known may be.
#[inline]
fn has(set: ByteSet, byte: Option<u8>) -> bool {
    byte.is_none_or(|byte| set.has(byte))
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

    /// Those that look between these bytes, of which one that is not known may be any.
    #[inline]
    pub(super) fn between(
        &self,
        further: Option<u8>,
        before: Option<u8>,
        next: Option<u8>,
    ) -> impl Iterator<Item = Index> {
        let some = self.may_precede(next) && has(self.before, before);
        let owners = if some { self.owners.as_slice() } else { &[] };
        owners.iter().filter(move |one| one.holds(further, before, next)).map(|one| one.owner)
    }
}
