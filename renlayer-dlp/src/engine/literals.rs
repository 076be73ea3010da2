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
    entries: Vec<Entry>,
}

struct Entry {
    /// Four bytes, or three and a zero.
    gram: u32,
    literal: u32,
    near: Near,
    /// How far from the begin of the literal the gram is.
    offset: u8,
    apart: Apart,
}

/// Up to eight bytes of a literal in a row, those of its gram among them, with the case of letters folded away.
struct Near {
    bytes: u64,
    /// A one for each bit of them.
    ones: u64,
    /// How many of them stand before the gram.
    before: u8,
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
        for (number, literal) in literals.iter().enumerate() {
            finder.insert(number, literal, offset_of(number));
        }
        finder.sort();
        finder
    }

    fn insert(&mut self, number: usize, literal: &Literal, offset: usize) {
        let bytes = &*literal.bytes;
        let Some(gram) = gram_at(bytes, offset) else { return };
        let four = bytes.get(offset..).and_then(<[u8]>::first_chunk).map(|four| folded(*four));
        match four {
            Some(four) => self.fours.insert(four),
            None => self.threes.insert(gram),
        }
        let gram = four.unwrap_or(gram);
        let near = Near::new(literal, offset);
        let (literal, apart) = (number as u32, literal.apart);
        self.entries.push(Entry { gram, literal, near, offset: offset as u8, apart });
    }

    fn sort(&mut self) {
        let (shift, buckets) = (self.shift, &mut self.buckets);
        self.entries.sort_by_key(|entry| (bucket(entry.gram, shift), entry.gram, entry.literal));
        let mut entries = self.entries.iter().peekable();
        let mut before = 0;
        for (hash, slot) in buckets.iter_mut().enumerate() {
            *slot = before;
            while entries.next_if(|entry| bucket(entry.gram, shift) == hash).is_some() {
                before += 1;
            }
        }
    }

    /// Whether a literal may have these bytes at its offset: most places end here.
    #[inline]
    pub(super) fn might(&self, four: [u8; 4]) -> bool {
        let four = folded(four);
        self.fours.has(four) | self.threes.has(four & THREE)
    }

    /// The entries for a hash whose literal may stand where its gram is at `at`. No four bytes are the same as three: those end
    /// with a zero, folded bytes never do.
    #[inline]
    fn having(&self, gram: u32, bytes: &[u8], at: usize) -> impl Iterator<Item = &Entry> {
        let hash = bucket(gram, self.shift);
        let range = match self.buckets.get(hash..hash + 2) {
            Some([first, end]) => *first as usize..*end as usize,
            _ => 0..0,
        };
        let entries = self.entries.get(range).unwrap_or_default();
        entries.iter().filter(move |entry| entry.gram == gram && entry.near.may_stand(bytes, at))
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
        for gram in [four, four & THREE] {
            for entry in self.having(gram, text.bytes, at) {
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
        for entry in self.having(if is_three { four & THREE } else { four }, text.bytes, at) {
            let begin = at.checked_sub(usize::from(entry.offset)).filter(|begin| *begin >= text.start);
            let Some(begin) = begin.filter(|begin| may_begin(entry.apart, *begin)) else { continue };
            let Some(literal) = all.get(entry.literal as usize) else { continue };
            if entry.near.is_it(text.bytes, at) || !matches!(literal.begins_at(text, begin), Standing::No) {
                found(entry.literal, literal, begin);
            }
        }
    }
}

impl Near {
    fn new(literal: &Literal, offset: usize) -> Self {
        const EIGHT: usize = size_of::<u64>();
        let from = offset.min(literal.bytes.len().saturating_sub(EIGHT));
        let near = literal.bytes.get(from..).unwrap_or_default();
        let mut bytes = [0; EIGHT];
        bytes.iter_mut().zip(near).for_each(|(slot, byte)| *slot = fold(*byte));
        let ones = u64::MAX.unbounded_shr(u64::BITS.saturating_sub(8 * near.len() as u32));
        let is_case_all = literal.either_case && literal.bytes.iter().all(u8::is_ascii_alphabetic);
        let is_all = is_case_all && near.len() == literal.bytes.len();
        Self { bytes: u64::from_le_bytes(bytes), ones, before: (offset - from) as u8, is_all }
    }

    /// Whether these bytes stand so that the gram is at `at`. Near the end of the text there may be too few to tell.
    #[inline]
    fn may_stand(&self, bytes: &[u8], at: usize) -> bool {
        self.there(bytes, at).is_none_or(|there| there & self.ones == self.bytes)
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
