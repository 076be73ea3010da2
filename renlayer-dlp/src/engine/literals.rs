//! The literals that detectors look for, found by their first bytes or by those of their window.
//!
//! Either way it goes by a set of hashes first, which ends nearly all, then by the hash of four bytes, or three where there
//! are no more, to the literals that have them there, of which eight bytes are compared at once, and last by comparing all.
//! Case is folded on the way, and the last comparison is exact where the literal asks for it.

use super::grams::{GRAM, Grams, fold, folded, four_at, gram_at};
use super::probe::Text;
use super::sieve::Sought;
use super::{Index, Need};

pub(super) struct Literal {
    /// The bytes that are looked for.
    pub(super) bytes: Vec<u8>,
    /// Quotes and line ends that follow. Since these are what JSON writes as escapes, they are looked at last.
    pub(super) tail: Vec<u8>,
    pub(super) either_case: bool,
    pub(super) apart: Apart,
    pub(super) owner: Index,
    pub(super) need: Need,
}

/// What must not be beside a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Apart {
    /// Anything may be.
    No,
    /// A letter that runs into it, humps aside.
    FromLetters,
    /// The same, nor a letter that it runs into.
    FromLettersBeside,
    /// A word that runs into it.
    FromWords,
}

/// Literals by the bytes at some offset in them.
pub(super) struct Finder {
    /// Four bytes of those that have as many there, and three of the others.
    fours: Grams,
    threes: Grams,
    /// For each hash of such bytes, the first of the entries that have it or a later one.
    buckets: Box<[u32]>,
    shift: u32,
    /// By those hashes.
    entries: Vec<Entry>,
}

/// What is told of a literal without reading it.
struct Entry {
    /// Up to eight of its bytes in a row, those of its gram among them, with the case of letters folded away.
    near: u64,
    literal: u32,
    /// How many bytes those are: three where the gram is of three.
    length: u8,
    /// How many of them stand before the gram.
    before: u8,
    /// How far from the begin of the literal the gram is.
    offset: u8,
    apart: Apart,
    /// Whether they are the whole literal, in either case.
    is_all: bool,
}

/// Three bytes of four.
const THREE: u32 = 0x00ff_ffff;

/// Whether a literal stands at a place.
pub(super) enum Standing {
    Yes,
    No,
    /// So far yes, and the text has not all arrived.
    SoFar,
}

impl Literal {
    pub(super) fn sought(&self) -> Sought<'_> {
        Sought { bytes: &self.bytes, either_case: self.either_case }
    }

    /// Parts what is looked for from its tail, if that leaves enough of it.
    pub(super) fn part(mut bytes: Vec<u8>) -> (Vec<u8>, Vec<u8>) {
        let tail = bytes.iter().rev().take_while(|byte| matches!(byte, b'"' | b'\n' | b'\r')).count();
        let from = if bytes.len() - tail > SHORTEST { bytes.len() - tail } else { bytes.len() };
        let tail = bytes.split_off(from);
        (bytes, tail)
    }

    #[inline]
    pub(super) fn stands_at(&self, text: Text<'_>, at: usize) -> Standing {
        match self.begins_at(text, at) {
            Standing::Yes if !self.tail.is_empty() => self.ends_at(text, at + self.bytes.len()),
            standing => standing,
        }
    }

    fn ends_at(&self, text: Text<'_>, at: usize) -> Standing {
        let there = text.bytes.get(at..).unwrap_or_default();
        if there.starts_with(&self.tail) {
            Standing::Yes
        } else if !text.complete && self.tail.starts_with(there) {
            Standing::SoFar
        } else {
            Standing::No
        }
    }

    /// The same of all but its tail.
    #[inline]
    pub(super) fn begins_at(&self, text: Text<'_>, at: usize) -> Standing {
        let there = text.bytes.get(at..).unwrap_or_default();
        let here = there.get(..self.bytes.len().min(there.len())).unwrap_or_default();
        let ours = self.bytes.get(..here.len()).unwrap_or_default();
        let same = if self.either_case { ours.eq_ignore_ascii_case(here) } else { ours == here };
        match (same, ours.len() == self.bytes.len()) {
            (false, _) => Standing::No,
            (true, true) => Standing::Yes,
            (true, false) if text.complete => Standing::No,
            (true, false) => Standing::SoFar,
        }
    }
}

impl Finder {
    /// Finds `literals` by what they have at `offset_of` their number.
    pub(super) fn new(literals: &[Literal], offset_of: impl Fn(usize) -> usize) -> Self {
        let buckets = (2 * literals.len()).next_power_of_two().max(2);
        let mut finder = Self {
            fours: Grams::new(literals.len()),
            threes: Grams::new(literals.len()),
            buckets: vec![0; buckets + 1].into(),
            shift: 32 - buckets.trailing_zeros(),
            entries: Vec::with_capacity(literals.len()),
        };
        let numbered = literals.iter().enumerate();
        let mut entries: Vec<(u32, Entry)> = numbered
            .filter_map(|(number, literal)| Some((finder.gram(literal, offset_of(number))?, number, literal)))
            .map(|(gram, number, literal)| (gram, Entry::new(number, literal, offset_of(number))))
            .collect();
        entries.sort_by_key(|(gram, entry)| (bucket(*gram, finder.shift), *gram, entry.literal));
        for (bucket_of, slot) in finder.buckets.iter_mut().enumerate() {
            *slot = entries.partition_point(|(gram, _)| bucket(*gram, finder.shift) < bucket_of) as u32;
        }
        finder.entries = entries.into_iter().map(|(_, entry)| entry).collect();
        finder
    }

    /// Adds the bytes that a literal has at an offset: four, or three and a zero.
    fn gram(&mut self, literal: &Literal, offset: usize) -> Option<u32> {
        let there = literal.bytes.get(offset..)?;
        if let Some(four) = there.first_chunk() {
            let four = folded(*four);
            self.fours.insert(four);
            return Some(four);
        }
        let three = gram_at(there, 0)?;
        self.threes.insert(three);
        Some(three)
    }

    /// Whether a literal may have these bytes at its offset: most places end here.
    #[inline]
    pub(super) fn might(&self, four: [u8; 4]) -> bool {
        let four = folded(four);
        self.fours.has(four) | self.threes.has(four & THREE)
    }

    /// The entries for a hash whose literal may stand where its gram, of four bytes or of three, is at `at`.
    #[inline]
    fn having(&self, four: u32, is_three: bool, bytes: &[u8], at: usize) -> impl Iterator<Item = &Entry> {
        let hash = bucket(if is_three { four & THREE } else { four }, self.shift);
        let range = match self.buckets.get(hash..hash + 2) {
            Some([first, end]) => *first as usize..*end as usize,
            _ => 0..0,
        };
        let entries = self.entries.get(range).unwrap_or_default().iter();
        entries.filter(move |entry| (entry.length == 3) == is_three && entry.may_stand(bytes, at))
    }

    /// Tells the literals that begin at `at`, by their number. For a finder by first bytes.
    #[inline(never)]
    pub(super) fn beginning(
        &self,
        all: &[Literal],
        text: Text<'_>,
        at: usize,
        mut found: impl FnMut(u32, Standing),
    ) {
        let four = folded(four_at(text.bytes, at));
        for is_three in [false, true] {
            for entry in self.having(four, is_three, text.bytes, at) {
                let Some(literal) = all.get(entry.literal as usize) else { continue };
                match literal.stands_at(text, at) {
                    Standing::No => {}
                    standing => found(entry.literal, standing),
                }
            }
        }
    }

    /// The literals, their tails aside, that have their window, four bytes or all of their three, at `at`, and where they begin, if they
    /// `may_begin` there by what they have to be [apart](Apart) from; one that is longer than what has arrived may still be one.
    #[inline]
    pub(super) fn around(
        &self,
        all: &[Literal],
        (text, at, is_three): (Text<'_>, usize, bool),
        may_begin: impl Fn(Apart, usize) -> bool,
        mut found: impl FnMut(u32, &Literal, usize),
    ) {
        let four = folded(four_at(text.bytes, at));
        for entry in self.having(four, is_three, text.bytes, at) {
            let begin = at.checked_sub(usize::from(entry.offset)).filter(|begin| *begin >= text.start);
            let Some(begin) = begin.filter(|begin| may_begin(entry.apart, *begin)) else { continue };
            let Some(literal) = all.get(entry.literal as usize) else { continue };
            if entry.is_it(text.bytes, at) || !matches!(literal.begins_at(text, begin), Standing::No) {
                found(entry.literal, literal, begin);
            }
        }
    }
}

impl Entry {
    fn new(number: usize, literal: &Literal, offset: usize) -> Self {
        const EIGHT: usize = size_of::<u64>();
        let from = offset.min(literal.bytes.len().saturating_sub(EIGHT));
        let near = literal.bytes.get(from..).unwrap_or_default();
        let mut bytes = [0; EIGHT];
        bytes.iter_mut().zip(near).for_each(|(slot, byte)| *slot = fold(*byte));
        let is_in_any_case = literal.either_case && literal.bytes.iter().all(u8::is_ascii_alphabetic);
        Self {
            near: u64::from_le_bytes(bytes),
            literal: number as u32,
            length: near.len().min(EIGHT) as u8,
            before: (offset - from) as u8,
            offset: offset as u8,
            apart: literal.apart,
            is_all: is_in_any_case && near.len() == literal.bytes.len(),
        }
    }

    /// Whether its bytes stand so that the gram is at `at`. Near the end of the text there may be too few to tell.
    #[inline]
    fn may_stand(&self, bytes: &[u8], at: usize) -> bool {
        let others = u64::BITS - 8 * u32::from(self.length);
        self.there(bytes, at).is_none_or(|there| (there ^ self.near) << others == 0)
    }

    /// Whether the literal itself stands there, after this was told of its bytes.
    #[inline]
    fn is_it(&self, bytes: &[u8], at: usize) -> bool {
        self.is_all && self.there(bytes, at).is_some()
    }

    #[inline]
    fn there(&self, bytes: &[u8], at: usize) -> Option<u64> {
        let from = at.checked_sub(usize::from(self.before))?;
        Some(u64::from_le_bytes(*bytes.get(from..)?.first_chunk()?) | FOLD)
    }
}

/// Folds the case of eight letters.
const FOLD: u64 = u64::from_le_bytes([fold(0); 8]);

#[inline]
fn bucket(gram: u32, shift: u32) -> usize {
    u64::from(gram.wrapping_mul(0x85EB_CA6B)).unbounded_shr(shift) as usize
}

/// The shortest literal that is found.
pub(super) const SHORTEST: usize = GRAM;
