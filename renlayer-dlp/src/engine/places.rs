//! Places in a batch of blocks, as lists.
//!
//! How many places of a block are worth a look is hard to foresee: where a loop over them ends, a processor guesses wrong. So the bits of
//! a block are written down as places, a few or all at a time, and the list of a whole batch is read in one loop, in which it is
//! arithmetic, and no branch, that keeps a place or not.

use super::sieve::BLOCK;

/// Places in order, counted from the begin of the batch.
#[derive(Default)]
pub(super) struct Places {
    /// Those up to `count`, and some that mean nothing after them.
    slots: Vec<u16>,
    count: usize,
}

impl Places {
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// Adds the places of a block that begins at `base`, some at a time.
    #[inline(always)]
    pub(super) fn add(&mut self, base: usize, mut bits: u64) {
        const SOME: usize = 4;
        let Some(room) = self.room() else { return };
        let count = bits.count_ones() as usize;
        let (some, _) = room.as_chunks_mut::<SOME>();
        for slots in some {
            for slot in slots {
                *slot = base.wrapping_add(bits.trailing_zeros() as usize) as u16;
                bits &= bits.wrapping_sub(1);
            }
            if bits == 0 {
                break;
            }
        }
        self.added(count);
    }

    /// Room for the places of one more block. Of what is put there the first `count` are [added](Places::added).
    #[inline(always)]
    pub(super) fn room(&mut self) -> Option<&mut [u16; BLOCK]> {
        if self.slots.len() < self.count + BLOCK {
            self.grow();
        }
        self.slots.get_mut(self.count..).and_then(<[u16]>::first_chunk_mut)
    }

    /// Adds the first `count` of what was put into the [room](Places::room).
    #[inline(always)]
    pub(super) fn added(&mut self, count: usize) {
        self.count += count;
    }

    #[cold]
    fn grow(&mut self) {
        self.slots.resize(2 * (self.count + BLOCK), 0);
    }

    /// Keeps those places that `is` says yes to.
    #[inline(always)]
    pub(super) fn keep(&mut self, is: impl Fn(usize) -> bool) {
        let Some(slots) = self.slots.get_mut(..self.count) else { return };
        let mut kept = 0;
        for nth in 0..slots.len() {
            let Some(place) = slots.get(nth).copied() else { return };
            if let Some(slot) = slots.get_mut(kept) {
                *slot = place;
            }
            kept += usize::from(is(usize::from(place)));
        }
        self.count = kept;
    }

    /// The slots, with room for one more block, and how many mean something. Of what is put there the first are [kept](Places::cut).
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    pub(super) fn slots(&mut self) -> (&mut [u16], usize) {
        self.room();
        (&mut self.slots, self.count)
    }

    /// Keeps the first `count`.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    pub(super) fn cut(&mut self, count: usize) {
        self.count = self.count.min(count);
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    #[inline]
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.slots.get(..self.count).unwrap_or_default().iter().map(|place| usize::from(*place))
    }
}
