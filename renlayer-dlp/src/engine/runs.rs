//! Which detectors ask for a run of digits, told from its length, its first digit, its two neighbours and how many digits
//! follow soon.
//!
//! Numbers are everywhere, and a hundred detectors ask for runs of eight to thirteen digits. Those that ask for one length
//! have one bit each; the bits that are left by the neighbours, by the first digit and by the digits that follow are four table
//! lookups, however many detectors there are. Bytes that no detector tells apart as neighbours are one class, which keeps the tables small.

use std::collections::HashMap;

use super::Index;
use crate::byteset::ByteSet;

/// A run of this many digits or more counts as this long.
pub(super) const LONGEST: usize = 32;
/// Bytes after a run in which more digits are counted.
pub(super) const NEAR: usize = 16;
/// As many digits there, or more, are as good as any.
const MOST_MORE: usize = 8;

/// Bytes that stand next to a run, as far as they are told apart.
#[derive(Clone, Copy)]
pub(super) struct Class(usize);

/// A run of digits and what is known of its surroundings; what is not known may be anything.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) length: usize,
    pub(super) before: Option<Class>,
    pub(super) first: u8,
    pub(super) next: Option<Class>,
    /// Digits in the [`NEAR`] bytes after it.
    pub(super) more: Option<u32>,
}

impl Run {
    /// Whether all that matters is known.
    #[inline]
    pub(super) fn is_known(&self) -> bool {
        self.before.is_some() && self.next.is_some() && self.more.is_some()
    }
}

#[derive(Default)]
pub(super) struct Runs {
    lengths: Vec<Length>,
    /// For each length, the detectors that ask for it or a longer one.
    longer: Vec<Length>,
    classes: Vec<u8>,
    /// The shortest run, 3 at most; 0 where none is asked for.
    pub(super) shortest: u8,
    asked: Vec<Asked>,
}

/// What a detector asks for.
struct Asked {
    owner: Index,
    min: usize,
    max: usize,
    first: ByteSet,
    before: ByteSet,
    next: ByteSet,
    more: u8,
}

/// The detectors that ask for one length, and a bit for each of them: row by row for each class, each first digit and each
/// count of digits that follow.
#[derive(Default)]
struct Length {
    owners: Vec<Index>,
    words: usize,
    before: Vec<u64>,
    next: Vec<u64>,
    first: Vec<u64>,
    more: Vec<u64>,
}

impl Runs {
    pub(super) fn insert(
        &mut self,
        owner: Index,
        (min, max): (u8, u8),
        [before, first, next]: [ByteSet; 3],
        more: u8,
    ) {
        let min = min.max(1);
        self.shortest = if self.asked.is_empty() { min.min(3) } else { self.shortest.min(min) };
        let (min, max) = (usize::from(min), usize::from(max).min(LONGEST));
        self.asked.push(Asked { owner, min, max, first, before, next, more });
    }

    /// To be called once all is inserted.
    pub(super) fn compile(&mut self) {
        let classes = classes(&self.asked);
        let one_of_each =
            |class: usize| classes.iter().position(|c| usize::from(*c) == class).unwrap_or(0) as u8;
        let count = classes.iter().max().map_or(0, |last| usize::from(*last) + 1);
        let bytes: Vec<u8> = (0..count).map(one_of_each).collect();
        let asking = |holds: &dyn Fn(&Asked) -> bool| {
            Length::new(&self.asked.iter().filter(|asked| holds(asked)).collect::<Vec<_>>(), &bytes)
        };
        let of_length = |n: usize| asking(&|asked| (asked.min..=asked.max).contains(&n));
        self.lengths = (0..=LONGEST).map(of_length).collect();
        self.longer = (0..=LONGEST).map(|n| asking(&|asked| asked.max >= n)).collect();
        self.classes = classes;
        self.asked = Vec::new();
    }

    #[inline]
    pub(super) fn class(&self, byte: u8) -> Class {
        Class(self.classes.get(usize::from(byte)).map_or(0, |class| usize::from(*class)))
    }

    /// Whether any detector asks for such a run.
    #[inline]
    pub(super) fn any(&self, run: &Run) -> bool {
        let Some(length) = self.lengths.get(run.length) else { return false };
        (0..length.words).any(|word| length.bits(word, run) != 0)
    }

    /// The detectors that ask for such a run, in the order in which they were put in.
    #[inline]
    pub(super) fn each(&self, run: &Run, report: impl FnMut(Index)) {
        let Some(length) = self.lengths.get(run.length) else { return };
        length.each(run, report);
    }

    /// The same of a run that may go on.
    pub(super) fn each_longer(&self, run: &Run, report: impl FnMut(Index)) {
        let Some(length) = self.longer.get(run.length) else { return };
        length.each(run, report);
    }
}

impl Length {
    fn new(asked: &[&Asked], classes: &[u8]) -> Self {
        let owners: Vec<Index> = asked.iter().map(|asked| asked.owner).collect();
        let words = owners.len().div_ceil(64);
        let table = |bytes: &[u8], set: fn(&Asked) -> ByteSet| {
            let mut bits = vec![0; bytes.len() * words];
            for (row, byte) in bytes.iter().enumerate() {
                for (i, _) in asked.iter().enumerate().filter(|(_, asked)| set(asked).has(*byte)) {
                    if let Some(word) = bits.get_mut(row * words + i / 64) {
                        *word |= 1 << (i % 64);
                    }
                }
            }
            bits
        };
        let mut more = vec![0; (MOST_MORE + 1) * words];
        for (count, row) in more.chunks_mut(words.max(1)).enumerate() {
            for (i, _) in asked.iter().enumerate().filter(|(_, asked)| usize::from(asked.more) <= count) {
                if let Some(word) = row.get_mut(i / 64) {
                    *word |= 1 << (i % 64);
                }
            }
        }
        Self {
            before: table(classes, |asked| asked.before),
            next: table(classes, |asked| asked.next),
            first: table(b"0123456789", |asked| asked.first),
            more,
            owners,
            words,
        }
    }

    #[inline]
    fn bits(&self, word: usize, run: &Run) -> u64 {
        let beside = |table: &[u64], class: Option<Class>| {
            class.map_or(u64::MAX, |class| row(table, self.words, class.0, word))
        };
        let first = row(&self.first, self.words, usize::from(run.first.wrapping_sub(b'0')), word);
        let more = run.more.map_or(MOST_MORE, |more| (more as usize).min(MOST_MORE));
        first
            & row(&self.more, self.words, more, word)
            & beside(&self.before, run.before)
            & beside(&self.next, run.next)
    }

    #[inline]
    fn each(&self, run: &Run, mut report: impl FnMut(Index)) {
        let mut last = None;
        for word in 0..self.words {
            let mut bits = self.bits(word, run);
            while bits != 0 {
                let owner = self.owners.get(word * 64 + bits.trailing_zeros() as usize).copied();
                bits &= bits - 1;
                // One that asks twice is asked once.
                if owner != last {
                    owner.into_iter().for_each(&mut report);
                    last = owner;
                }
            }
        }
    }
}

#[inline]
fn row(table: &[u64], words: usize, row: usize, word: usize) -> u64 {
    table.get(row * words + word).copied().unwrap_or(0)
}

/// For each byte its class: those that are in the same of all sets have one.
fn classes(asked: &[Asked]) -> Vec<u8> {
    let mut sets: Vec<ByteSet> = Vec::new();
    for set in asked.iter().flat_map(|asked| [asked.before, asked.next]) {
        if !sets.contains(&set) {
            sets.push(set);
        }
    }
    let mut known = HashMap::new();
    let class = |byte: u8| {
        let member: Vec<bool> = sets.iter().map(|set| set.has(byte)).collect();
        let next = known.len() as u8;
        *known.entry(member).or_insert(next)
    };
    (0..=u8::MAX).map(class).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_first_digit_and_neighbours_decide() {
        let (all, space, dot) = (ByteSet::ALL, ByteSet::SPACE, ByteSet::EMPTY.with(b"."));
        let mut runs = Runs::default();
        runs.insert(1, (9, 9), [all, ByteSet::EMPTY.with(b"5"), all], 0);
        runs.insert(2, (8, 11), [space, ByteSet::DIGIT, all], 0);
        runs.insert(2, (11, 11), [all, ByteSet::DIGIT, dot], 0);
        (3..150).for_each(|owner| runs.insert(owner, (11, 11), [dot, ByteSet::DIGIT, dot], 0));
        runs.insert(150, (20, 255), [all, ByteSet::DIGIT, all], 0);
        runs.insert(151, (2, 2), [all, ByteSet::DIGIT, all], 4);
        runs.compile();
        let run = |length, before: Option<u8>, first, next: Option<u8>, more| Run {
            length,
            before: before.map(|byte| runs.class(byte)),
            first,
            next: next.map(|byte| runs.class(byte)),
            more,
        };
        let asked_among = |length, before, first, next, more| {
            let mut owners = Vec::new();
            let run = run(length, Some(before), first, Some(next), more);
            runs.each(&run, |owner| owners.push(owner));
            assert_eq!(runs.any(&run), !owners.is_empty());
            owners
        };
        let asked = |length, before, first, next| asked_among(length, before, first, next, Some(0));
        assert_eq!(asked(9, b'x', b'5', b'x'), [1]);
        assert_eq!(asked(9, b' ', b'5', b'x'), [1, 2]);
        assert!(asked(9, b'x', b'4', b'x').is_empty());
        assert_eq!(asked(11, b' ', b'4', b'.'), [2]);
        assert_eq!(asked(11, b'.', b'4', b'.'), (2..150).collect::<Vec<_>>());
        assert_eq!(asked(LONGEST, b'x', b'4', b'x'), [150]);
        assert!(asked(7, b' ', b'4', b' ').is_empty());
        assert!(runs.any(&run(9, None, b'4', None, None)) && !runs.any(&run(12, None, b'4', None, None)));
        assert!(asked_among(2, b' ', b'4', b' ', Some(3)).is_empty());
        assert_eq!(asked_among(2, b' ', b'4', b' ', Some(4)), [151]);
        assert_eq!(asked_among(2, b' ', b'4', b' ', Some(13)), [151]);
        assert_eq!(asked_among(2, b' ', b'4', b' ', None), [151]);
        assert_eq!(runs.shortest, 2);
        let mut open = Vec::new();
        runs.each_longer(&run(12, Some(b' '), b'4', None, None), |owner| open.push(owner));
        runs.each_longer(&run(10, Some(b' '), b'4', None, None), |owner| open.push(owner));
        assert_eq!(open, [150_u16, 2, 150]);
    }
}
