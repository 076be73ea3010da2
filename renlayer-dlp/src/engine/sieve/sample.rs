//! The windows that text has most often: by these it is chosen which window a literal is looked for by, and which windows share a bucket.
//!
//! `windows.txt` has one on each line, the most common first: four bytes as wide tables see them, in lower case, and how many of a
//! million windows are this one. Half of what they were counted in is English (texts that Debian has packages of, the five hundred words that are
//! everywhere), the other half software: pages on it and the sources of this project, of the libraries that it is built on and of Python's.

use std::sync::LazyLock;

use super::wide::{ENTRIES, entry};
use super::{SPREAD, WINDOW};

/// Of so many windows shares are told.
pub(super) const OF: f64 = 1e6;
/// By so many words of bits it is told which of the most common windows pass: half of all text.
const WORDS: usize = 32;
/// As a power of two, slots of the table of shares: few windows have one in common.
const SLOTS: u32 = 16;

/// Some of the most common windows: the first one is the lowest bit of the first word.
pub(super) type Members = [u64; WORDS];

pub(super) struct Sample {
    /// By the hash of a window; more than a number says is as much as it says.
    shares: Box<[u16]>,
    /// Those that have an entry at a place.
    having: [Vec<Members>; WINDOW],
    /// How many of a million each window of a word is, about.
    weights: [u32; WORDS],
}

pub(super) static SAMPLE: LazyLock<Sample> = LazyLock::new(Sample::new);

impl Sample {
    fn new() -> Self {
        let mut sample = Self {
            shares: vec![0; 1 << SLOTS].into(),
            having: [(); WINDOW].map(|()| vec![[0; WORDS]; ENTRIES]),
            weights: [0; WORDS],
        };
        let lines = include_str!("windows.txt").lines();
        for (rank, (window, share)) in lines.filter_map(|line| line.split_at_checked(WINDOW)).enumerate() {
            sample.add(rank, window.as_bytes(), share.trim_start().parse().unwrap_or_default());
        }
        sample
    }

    fn add(&mut self, rank: usize, window: &[u8], share: u32) {
        if let Some(slot) = self.shares.get_mut(slot(window)) {
            *slot = slot.saturating_add(share.try_into().unwrap_or(u16::MAX));
        }
        let (word, bit) = (rank / 64, rank % 64);
        let Some(weight) = self.weights.get_mut(word) else { return };
        *weight = share;
        for (having, byte) in self.having.iter_mut().zip(window) {
            if let Some(word) =
                having.get_mut(usize::from(entry(*byte))).and_then(|members| members.get_mut(word))
            {
                *word |= 1 << bit;
            }
        }
    }

    /// How many of a million windows are these bytes, as wide tables see them; none where they are seldom met.
    pub(super) fn share(&self, window: &[u8]) -> u32 {
        self.shares.get(slot(window)).copied().map_or(0, u32::from)
    }

    /// The most common windows that have `byte` at a place.
    pub(super) fn having(&self, place: usize, byte: u8) -> &Members {
        static NONE: Members = [0; WORDS];
        self.having.get(place).and_then(|having| having.get(usize::from(entry(byte)))).unwrap_or(&NONE)
    }

    /// How many of a million windows these are.
    pub(super) fn weigh(&self, members: &Members) -> u32 {
        let met = members.iter().zip(&self.weights).filter(|(members, _)| **members != 0);
        met.map(|(members, weight)| members.count_ones() * weight).sum()
    }
}

fn slot(window: &[u8]) -> usize {
    let packed = window.iter().fold(0, |packed: u32, byte| packed << 6 | u32::from(entry(*byte)));
    (packed.wrapping_mul(SPREAD) >> (u32::BITS - SLOTS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_windows_are_read_the_most_common_first() {
        let shares: Vec<u32> = include_str!("windows.txt")
            .lines()
            .map(|line| {
                let (window, share) = line.split_at(WINDOW);
                assert!(SAMPLE.share(window.as_bytes()) > 0, "{line}");
                share.trim_start().parse().unwrap()
            })
            .collect();
        assert!(shares.is_sorted_by(|one, next| one >= next));
        let told: u32 = shares.iter().take(64 * WORDS).sum();
        // A word's windows weigh what the last of them does: somewhat less.
        let weighed = SAMPLE.weigh(&[u64::MAX; WORDS]);
        assert!(weighed < told && told < 2 * weighed && 2.0 * f64::from(told) > OF, "{weighed} of {told}");
        let having = |byte| SAMPLE.having(0, byte).iter().map(|word| word.count_ones()).sum::<u32>();
        assert!(having(b't') > having(b'q') && having(b't') == having(b'T'));
    }
}
