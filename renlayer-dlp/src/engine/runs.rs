//! Which detectors ask for a run of digits, told from its length, its first digit and its two neighbours.
//!
//! Numbers are everywhere, and a hundred detectors ask for runs of eight to thirteen digits. Those that ask for one length
//! have one bit each; the bits that are left by the neighbours and by the first digit are three table lookups, however many
//! detectors there are. Bytes that no detector tells apart as neighbours are one class, which keeps the tables small.

use std::collections::HashMap;

use super::Index;
use crate::byteset::ByteSet;

/// A run of this many digits or more counts as this long.
pub(super) const LONGEST: usize = 32;

/// Bytes that stand next to a run, as far as they are told apart.
#[derive(Clone, Copy)]
pub(super) struct Class(usize);

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
}

/// The detectors that ask for one length, and a bit for each of them: row by row for each class and each first digit.
#[derive(Default)]
struct Length {
    owners: Vec<Index>,
    words: usize,
    before: Vec<u64>,
    next: Vec<u64>,
    first: Vec<u64>,
}

impl Runs {
    pub(super) fn insert(&mut self, owner: Index, (min, max): (u8, u8), [before, first, next]: [ByteSet; 3]) {
        let min = min.max(1);
        self.shortest = if self.asked.is_empty() { min.min(3) } else { self.shortest.min(min) };
        let (min, max) = (usize::from(min), usize::from(max).min(LONGEST));
        self.asked.push(Asked { owner, min, max, first, before, next });
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

    /// Whether any detector asks for such a run. A neighbour that is not known may be any.
    #[inline]
    pub(super) fn any(&self, run: usize, before: Option<Class>, first: u8, next: Option<Class>) -> bool {
        let Some(length) = self.lengths.get(run) else { return false };
        (0..length.words).any(|word| length.bits(word, before, first, next) != 0)
    }

    /// The detectors that ask for such a run, in the order in which they were put in.
    #[inline]
    pub(super) fn each(&self, run: usize, before: Class, first: u8, next: Class, report: impl FnMut(Index)) {
        let Some(length) = self.lengths.get(run) else { return };
        length.each(Some(before), first, Some(next), report);
    }

    /// The same of a run that may go on.
    pub(super) fn each_longer(&self, run: usize, before: Class, first: u8, report: impl FnMut(Index)) {
        let Some(length) = self.longer.get(run) else { return };
        length.each(Some(before), first, None, report);
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
        Self {
            before: table(classes, |asked| asked.before),
            next: table(classes, |asked| asked.next),
            first: table(b"0123456789", |asked| asked.first),
            owners,
            words,
        }
    }

    #[inline]
    fn bits(&self, word: usize, before: Option<Class>, first: u8, next: Option<Class>) -> u64 {
        let beside = |table: &[u64], class: Option<Class>| {
            class.map_or(u64::MAX, |class| row(table, self.words, class.0, word))
        };
        let first = row(&self.first, self.words, usize::from(first.wrapping_sub(b'0')), word);
        first & beside(&self.before, before) & beside(&self.next, next)
    }

    #[inline]
    fn each(&self, before: Option<Class>, first: u8, next: Option<Class>, mut report: impl FnMut(Index)) {
        let mut last = None;
        for word in 0..self.words {
            let mut bits = self.bits(word, before, first, next);
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
        runs.insert(1, (9, 9), [all, ByteSet::EMPTY.with(b"5"), all]);
        runs.insert(2, (8, 11), [space, ByteSet::DIGIT, all]);
        runs.insert(2, (11, 11), [all, ByteSet::DIGIT, dot]);
        (3..150).for_each(|owner| runs.insert(owner, (11, 11), [dot, ByteSet::DIGIT, dot]));
        runs.insert(150, (20, 255), [all, ByteSet::DIGIT, all]);
        runs.compile();
        let asked = |run, before, first, next| {
            let mut owners = Vec::new();
            runs.each(run, runs.class(before), first, runs.class(next), |owner| owners.push(owner));
            assert_eq!(
                runs.any(run, Some(runs.class(before)), first, Some(runs.class(next))),
                !owners.is_empty()
            );
            owners
        };
        assert_eq!(asked(9, b'x', b'5', b'x'), [1]);
        assert_eq!(asked(9, b' ', b'5', b'x'), [1, 2]);
        assert!(asked(9, b'x', b'4', b'x').is_empty());
        assert_eq!(asked(11, b' ', b'4', b'.'), [2]);
        assert_eq!(asked(11, b'.', b'4', b'.'), (2..150).collect::<Vec<_>>());
        assert_eq!(asked(LONGEST, b'x', b'4', b'x'), [150]);
        assert!(asked(7, b' ', b'4', b' ').is_empty());
        assert!(runs.any(9, None, b'4', None) && !runs.any(12, None, b'4', None));
        assert_eq!(runs.shortest, 3);
        let mut open = Vec::new();
        runs.each_longer(12, runs.class(b' '), b'4', |owner| open.push(owner));
        runs.each_longer(10, runs.class(b' '), b'4', |owner| open.push(owner));
        assert_eq!(open, [150_u16, 2, 150]);
    }
}
