//! Which windows share a bucket where a byte is looked up whole, in tables of 64 entries.
//!
//! A bucket lets through every combination of what its windows have at each place. As a whole byte is told, and not its halves, a
//! few buckets tell thousands of windows from ordinary text, where sets of halves of letters are nearly all letters. That choice is
//! greedy: the windows that ordinary text has most often come first, and of the windows that a literal may be found by, and of the
//! buckets, the pair is taken that lets through the least more.

use std::cmp::Reverse;

use super::choice::{OF, common};

/// Entries of a table: bytes with their case folded away, and what is not ASCII folded onto what is.
pub(super) const ENTRIES: usize = 64;
/// Buckets of a bank: one bit each of what its tables say.
const BUCKETS: usize = 8;

/// Shares of bytes are of so many.
const SHARE: u64 = 10_000;

/// For each bank and each place of a window, the buckets of a byte there.
pub(super) type Banks<const PLACES: usize, const BANKS: usize> = [[[u8; ENTRIES]; PLACES]; BANKS];

/// The entry of a byte.
pub(super) const fn entry(byte: u8) -> u8 {
    byte & 0x1f | byte >> 1 & 0x20
}

/// Shares windows of `PLACES` bytes out to the buckets of `BANKS` banks. Each item is what one literal may be found by, at least one
/// window, the best one first, with how many of [`OF`] windows of language are the same; the answer says which of them was taken.
pub(super) fn share_out<const PLACES: usize, const BANKS: usize>(
    literals: &[Vec<([u8; PLACES], u64)>],
) -> (Banks<PLACES, BANKS>, Vec<usize>) {
    let mut taken = vec![0; literals.len()];
    let mut buckets = vec![Bucket::<PLACES>::EMPTY; BANKS * BUCKETS];
    let least =
        |windows: &[([u8; PLACES], u64)]| windows.first().map_or(0, |(window, _)| weight(window.map(share)));
    let mut order: Vec<usize> = (0..literals.len()).collect();
    order.sort_by_key(|number| Reverse(literals.get(*number).map_or(0, |windows| least(windows))));
    for number in order {
        let windows = literals.get(number).map(Vec::as_slice).unwrap_or_default();
        let grown = windows.iter().enumerate().flat_map(|(nth, (window, count))| {
            let met = count * (SHARE.pow(PLACES as u32) / OF);
            let grown = buckets.iter().map(move |bucket| met + bucket.grown_by(window));
            grown.enumerate().map(move |(bucket, growth)| (growth, nth, bucket))
        });
        let Some((_, nth, bucket)) = grown.min() else { continue };
        if let (Some((window, _)), Some(bucket)) = (windows.get(nth), buckets.get_mut(bucket)) {
            bucket.add(window);
        }
        if let Some(slot) = taken.get_mut(number) {
            *slot = nth;
        }
    }
    (tables(&buckets), taken)
}

/// For each place of a window a set of entries, and how many of 10,000 bytes are in it.
#[derive(Clone, Copy)]
struct Bucket<const PLACES: usize> {
    sets: [u64; PLACES],
    shares: [u32; PLACES],
}

impl<const PLACES: usize> Bucket<PLACES> {
    const EMPTY: Self = Self { sets: [0; PLACES], shares: [0; PLACES] };

    /// How much more it would let through.
    #[inline]
    fn grown_by(&self, window: &[u8; PLACES]) -> u64 {
        let mut shares = self.shares;
        for ((share_there, set), byte) in shares.iter_mut().zip(&self.sets).zip(window) {
            let is_new = set >> entry(*byte) & 1 == 0;
            *share_there += u32::from(is_new) * share(*byte);
        }
        weight(shares) - weight(self.shares)
    }

    fn add(&mut self, window: &[u8; PLACES]) {
        for ((share_there, set), byte) in self.shares.iter_mut().zip(&mut self.sets).zip(window) {
            let bit = 1 << entry(*byte);
            *share_there += u32::from(*set & bit == 0) * share(*byte);
            *set |= bit;
        }
    }
}

/// How often bytes of these shares follow each other.
#[inline]
fn weight<const PLACES: usize>(shares: [u32; PLACES]) -> u64 {
    shares.iter().fold(1, |weight, share| weight * u64::from(*share))
}

/// How many of 10,000 bytes are looked up as this one is.
#[inline]
fn share(byte: u8) -> u32 {
    u32::from(SHARES.get(usize::from(entry(byte))).copied().unwrap_or(0))
}

static SHARES: [u16; ENTRIES] = shares();

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse")]
const fn shares() -> [u16; ENTRIES] {
    let mut shares = [0; ENTRIES];
    let mut byte = 0;
    while byte < 256 {
        shares[entry(byte as u8) as usize] += common(byte);
        byte += 1;
    }
    shares
}

fn tables<const PLACES: usize, const BANKS: usize>(buckets: &[Bucket<PLACES>]) -> Banks<PLACES, BANKS> {
    let mut banks = [[[0; ENTRIES]; PLACES]; BANKS];
    for (bank, buckets) in banks.iter_mut().zip(buckets.chunks(BUCKETS)) {
        for (bit, bucket) in buckets.iter().enumerate() {
            for (table, set) in bank.iter_mut().zip(bucket.sets) {
                let entries = table.iter_mut().enumerate();
                entries.for_each(|(entry, bits)| *bits |= u8::from(set >> entry & 1 == 1) << bit);
            }
        }
    }
    banks
}

/// Whether some bucket has each of these bytes at its place: what vectors are held to.
#[cfg(test)]
pub(super) fn has<const PLACES: usize, const BANKS: usize>(
    banks: &Banks<PLACES, BANKS>,
    window: &[u8; PLACES],
) -> bool {
    banks.iter().any(|bank| {
        let buckets = bank.iter().zip(window).map(|(table, byte)| table[usize::from(entry(*byte))]);
        buckets.fold(u8::MAX, |all, buckets| all & buckets) != 0
    })
}
