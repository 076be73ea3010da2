//! Which blocks are bare: nothing that is long without a break begins in them or soon after.
//!
//! Seven literals in ten are prefixes of tokens and names of providers, which mean something only with such a run: their own, or that of the
//! value after them. Ordinary text has few, so in most of its blocks these literals are not looked for at all.

use super::near::RUN;
use super::sift::{BLOCKS, BLOCKS_AHEAD, Batch};
use crate::engine::anchor::Need;
use crate::engine::sieve::{BLOCK, FARTHEST, Masks};

/// A longer string of a document is the name of no value: it is a text in place of one.
pub(crate) const LONGEST_KEY: usize = 128;

/// One in so many blocks is few.
const FEW: usize = 4;

/// Where what is moot is wanted all the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moot<'q> {
    Nowhere,
    /// In names: strings of a document, in which each of these quotes, a bit each, begins or ends one.
    InNames(&'q [u64]),
    Everywhere,
}

impl Moot<'_> {
    pub(super) fn is_wanted(self) -> bool {
        self != Self::Nowhere
    }

    /// The quotes of a block with which names may end.
    #[inline]
    fn quotes(self, block: usize) -> u64 {
        match self {
            Self::InNames(quotes) => quotes.get(block).copied().unwrap_or_default(),
            Self::Nowhere | Self::Everywhere => 0,
        }
    }
}

/// How many blocks after that of a literal what some detectors need may begin, or the name may end that it stands in.
pub(super) fn blocks_ahead(needs: impl Iterator<Item = Need>) -> usize {
    let within = needs.map(|need| match need {
        Need::Run { within, .. } if need.is_long_run() => within,
        _ => 0,
    });
    within.fold(LONGEST_KEY, usize::max).div_ceil(BLOCK).min(BLOCKS + BLOCKS_AHEAD)
}

impl Need {
    /// Whether it is a run of which the begins are told for a whole block.
    pub(in crate::engine) fn is_long_run(self) -> bool {
        matches!(self, Self::Run { length, .. } if length >= RUN)
    }
}

/// Which blocks of a batch are bare, a bit for each.
pub(super) fn tell(masks: &[Masks], batch: Batch, ahead: usize, moot: Moot<'_>) -> u64 {
    let Batch { first, is_all, .. } = batch;
    // What has not been told of may be anything.
    let unknown = if is_all { 0 } else { u64::MAX };
    let mut free = Free([unknown; 5]);
    let (mut runs, mut late_runs) = (0, 0);
    for (block, masks) in masks.iter().enumerate().rev() {
        free = Free::before(masks.breaks, &free);
        let Free([.., sixteen]) = free;
        runs = runs << 1 | u64::from(sixteen | moot.quotes(first + block) != 0);
        late_runs = late_runs << 1 | u64::from(sixteen >> (BLOCK - FARTHEST) != 0);
    }
    // So is a run that is cut at the end, in the last block or the one before it.
    let runs = u128::from(runs) | u128::from(unknown).unbounded_shl(masks.len().saturating_sub(2) as u32);
    let near = before_each(runs, ahead as u32) as u64;
    // The window of a literal may stand in the block after its begin.
    let bare = !(near | late_runs << 1 | u64::from(first > 0));
    // To look through a few in another way than the rest costs more than it saves.
    let is_worth_it = FEW * bare.count_ones() as usize > masks.len();
    if is_worth_it { bare } else { 0 }
}

/// The bits that are set, and so many before each of them.
fn before_each(bits: u128, count: u32) -> u128 {
    let (mut all, mut done) = (bits, 0);
    while done < count {
        let step = (done + 1).min(count - done);
        all |= all.unbounded_shr(step);
        done += step;
    }
    all
}

/// Where one, two, four, eight and sixteen bytes without a break begin in a block: what [`Near`](super::Near) tells of the blocks near a place, told of
/// each of a batch from the last to the first, so that of the next one it is known.
struct Free([u64; 5]);
const _: () = assert!(RUN == 16 && BLOCK == 64);

impl Free {
    /// In a block with these breaks, before the `next` one.
    #[inline]
    fn before(breaks: u64, next: &Self) -> Self {
        let twice =
            |here: u64, next: u64, length: u32| here & (here >> length | next << (u64::BITS - length));
        let Self([next_one, next_two, next_four, next_eight, _]) = *next;
        let one = !breaks;
        let two = twice(one, next_one, 1);
        let four = twice(two, next_two, 2);
        let eight = twice(four, next_four, 4);
        Self([one, two, four, eight, twice(eight, next_eight, 8)])
    }
}

#[cfg(test)]
mod tests {
    use super::before_each;

    #[test]
    fn bits_are_set_before_each() {
        for bits in [0, 1, 1 << 90 | 1 << 64 | 1 << 3, u128::MAX << 100] {
            for count in [0, 1, 2, 3, 9, 64, 127] {
                let one_by_one = (0..=count).fold(0, |all, step| all | bits >> step);
                assert_eq!(before_each(bits, count), one_by_one, "{bits:x} by {count}");
            }
        }
    }
}
