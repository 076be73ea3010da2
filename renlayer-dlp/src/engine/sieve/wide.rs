//! Which windows share a bucket where a byte is looked up whole, in tables of 64 entries.
//!
//! A bucket lets through every combination of what its windows have at each place. As a whole byte is told, and not its halves, a
//! few buckets tell thousands of windows from ordinary text, where sets of halves of letters are nearly all letters. That choice is
//! greedy: the windows whose bytes text has most often come first, and of the windows that a literal may be found by, and of the
//! buckets, the pair is taken that lets through the least more of a [sample](super::sample) of text.

use std::cmp::Reverse;

use super::choice::common;
use super::sample::{Members, OF, SAMPLE};

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

/// Buckets that are asked what more of the sample they would let through: those for which it would be least if bytes knew nothing of each other.
const NEAREST: usize = 6;
/// A window that a bucket lets through already is taken where text has no more of it.
const RARE: u32 = 10;
/// How much dearer it is to meet the window of a literal than to look whether a place has any.
const MET: f64 = 5.0;
/// The part of what unknowing bytes would let through that no sample shows.
const UNSEEN: f64 = 0.15;

/// Shares windows of `PLACES` bytes out to the buckets of `BANKS` banks. Each item is what one literal may be found by, at least one
/// window, the best one first, with how many of a million windows of text are the same; the answer says which of them was taken.
pub(super) fn share_out<const PLACES: usize, const BANKS: usize>(
    literals: &[Vec<([u8; PLACES], u32)>],
) -> (Banks<PLACES, BANKS>, Vec<usize>) {
    let mut taken = vec![0; literals.len()];
    let mut sharing = Sharing { buckets: vec![Bucket::EMPTY; BANKS * BUCKETS], passed: [0; _] };
    let least =
        |windows: &[([u8; PLACES], u32)]| windows.first().map_or(0, |(window, _)| weight(window.map(share)));
    let mut order: Vec<usize> = (0..literals.len()).collect();
    order.sort_by_key(|number| Reverse(literals.get(*number).map_or(0, |windows| least(windows))));
    for number in order {
        let windows = literals.get(number).map(Vec::as_slice).unwrap_or_default();
        let found = sharing.passing(windows).or_else(|| sharing.add_cheapest(windows));
        if let (Some(nth), Some(slot)) = (found, taken.get_mut(number)) {
            *slot = nth;
        }
    }
    (tables(&sharing.buckets), taken)
}

/// Buckets that are being filled.
struct Sharing<const PLACES: usize> {
    buckets: Vec<Bucket<PLACES>>,
    /// What any of them lets through of the sample.
    passed: Members,
}

impl<const PLACES: usize> Sharing<PLACES> {
    /// The first of some windows that are let through as it is.
    fn passing(&self, windows: &[([u8; PLACES], u32)]) -> Option<usize> {
        windows.iter().position(|(window, share)| {
            *share <= RARE && self.buckets.iter().any(|bucket| bucket.lets_through(window))
        })
    }

    /// Adds the window for which least is let through by the best bucket for it, and says which it was.
    fn add_cheapest(&mut self, windows: &[([u8; PLACES], u32)]) -> Option<usize> {
        let costs = windows.iter().enumerate().flat_map(|(nth, (window, share))| {
            let met = MET * f64::from(*share);
            let nearest = self.nearest(window).into_iter();
            nearest.map(move |(bucket, unknowing)| (met + UNSEEN * unknowing, nth, window, bucket))
        });
        let mut cheapest = None;
        let mut least = f64::INFINITY;
        // The sample can only add to a cost.
        for (cost, nth, window, bucket) in costs {
            let weigh = || Some(SAMPLE.weigh(&self.buckets.get(bucket)?.more(window, &self.passed)));
            if cost < least
                && let Some(more) = weigh()
                && cost + f64::from(more) < least
            {
                least = cost + f64::from(more);
                cheapest = Some((nth, window, bucket));
            }
        }
        let (nth, window, bucket) = cheapest?;
        let bucket = self.buckets.get_mut(bucket)?;
        let more = bucket.more(window, &self.passed);
        self.passed.iter_mut().zip(more).for_each(|(passed, more)| *passed |= more);
        bucket.add(window);
        Some(nth)
    }

    /// The [`NEAREST`] buckets, and how many of a million windows each would let through in addition if bytes knew nothing of each other.
    fn nearest(&self, window: &[u8; PLACES]) -> Vec<(usize, f64)> {
        let grown = self.buckets.iter().enumerate();
        let mut grown: Vec<_> = grown.map(|(bucket, there)| (there.grown_by(window), bucket)).collect();
        if grown.len() > NEAREST {
            grown.select_nth_unstable(NEAREST);
            grown.truncate(NEAREST);
        }
        let all = SHARE.pow(PLACES as u32) as f64;
        grown.into_iter().map(|(growth, bucket)| (bucket, growth as f64 / all * OF)).collect()
    }
}

/// For each place of a window a set of entries, how many of 10,000 bytes are in it, and which windows of the sample have one of them there.
#[derive(Clone, Copy)]
struct Bucket<const PLACES: usize> {
    sets: [u64; PLACES],
    shares: [u32; PLACES],
    members: [Members; PLACES],
}

impl<const PLACES: usize> Bucket<PLACES> {
    const EMPTY: Self = Self { sets: [0; PLACES], shares: [0; PLACES], members: [[0; _]; PLACES] };

    fn lets_through(&self, window: &[u8; PLACES]) -> bool {
        self.sets.iter().zip(window).all(|(set, byte)| set >> entry(*byte) & 1 == 1)
    }

    /// How much more it would let through if bytes knew nothing of each other.
    #[inline]
    fn grown_by(&self, window: &[u8; PLACES]) -> u64 {
        let mut shares = self.shares;
        for ((share_there, set), byte) in shares.iter_mut().zip(&self.sets).zip(window) {
            let is_new = set >> entry(*byte) & 1 == 0;
            *share_there += u32::from(is_new) * share(*byte);
        }
        weight(shares) - weight(self.shares)
    }

    /// What it would let through of the sample that has not `passed`.
    #[inline]
    fn more(&self, window: &[u8; PLACES], passed: &Members) -> Members {
        let mut more = passed.map(|passed| !passed);
        for (place, (members, byte)) in self.members.iter().zip(window).enumerate() {
            let having = members.iter().zip(SAMPLE.having(place, *byte));
            more.iter_mut().zip(having).for_each(|(more, (ours, new))| *more &= ours | new);
        }
        more
    }

    fn add(&mut self, window: &[u8; PLACES]) {
        for ((share_there, set), byte) in self.shares.iter_mut().zip(&mut self.sets).zip(window) {
            let bit = 1 << entry(*byte);
            *share_there += u32::from(*set & bit == 0) * share(*byte);
            *set |= bit;
        }
        for (place, (members, byte)) in self.members.iter_mut().zip(window).enumerate() {
            members.iter_mut().zip(SAMPLE.having(place, *byte)).for_each(|(ours, new)| *ours |= new);
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
