//! The literals that detectors look for, found by their first bytes or by those of their window.
//!
//! Either way it goes by a set of hashes first, which ends nearly all, then by the hash of four bytes, or three where there
//! are no more, to the literals that have them there, of which eight bytes are compared at once, and last by comparing all.
//! Case is folded on the way, and the last comparison is exact where the literal asks for it.

use std::ops::Range;

use super::grams::{GRAM, Grams, fold, folded, four_at, gram_at};
use super::places::Places;
use super::probe::Text;
use super::sieve::Sought;
use super::{Index, Need};

pub(super) struct Literal {
    /// The bytes that are looked for.
    pub(super) bytes: Vec<u8>,
    pub(super) either_case: bool,
    pub(super) apart: Apart,
    pub(super) owner: Index,
    pub(super) need: Need,
}

/// What must not be beside a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// The first literal of those that are the same but for who asks for them, and how many these are.
    literal: u32,
    count: u32,
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

/// So many hashes are there for each of the literals, that two of them seldom share one.
const SPACIOUS: usize = 4;

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
    /// What is looked for, on behalf of all that are alike.
    pub(super) fn sought(alike: &[Self]) -> Option<Sought<'_>> {
        let Self { bytes, either_case, .. } = alike.first()?;
        let needs_run = alike.iter().all(|literal| literal.need.is_long_run());
        Some(Sought { bytes, either_case: *either_case, needs_run })
    }

    /// Whether the same is looked for, and apart from the same.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.kind() == other.kind()
    }

    /// Those that are alike have the same.
    pub(super) fn kind(&self) -> (&[u8], bool, Apart) {
        (&self.bytes, self.either_case, self.apart)
    }

    #[inline]
    pub(super) fn stands_at(&self, text: Text<'_>, at: usize) -> Standing {
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
    /// Finds `literals`, of which those that are [alike](Literal::is_like) stand together, by what each of these groups has at its offset. Of
    /// each group those are found that `is_one` says yes to, which are its first.
    pub(super) fn new(
        literals: &[Literal],
        is_one: impl Fn(&Literal) -> bool,
        offset_of: impl Fn(usize) -> usize,
    ) -> Self {
        let groups = || literals.chunk_by(Literal::is_like).enumerate();
        let buckets = (SPACIOUS * groups().count()).next_power_of_two().max(2);
        let mut finder = Self {
            fours: Grams::new(literals.len()),
            threes: Grams::new(literals.len()),
            buckets: vec![0; buckets + 1].into(),
            shift: 32 - buckets.trailing_zeros(),
            entries: Vec::with_capacity(literals.len()),
        };
        let mut first = 0;
        let mut entries = Vec::new();
        for (number, group) in groups() {
            let offset = offset_of(number);
            let ones = group.iter().take_while(|literal| is_one(literal)).count();
            let one = group.first().filter(|_| ones > 0);
            if let Some((gram, literal)) = one.and_then(|one| Some((finder.gram(one, offset)?, one))) {
                entries.push((gram, Entry::new(first, ones, literal, offset)));
            }
            first += group.len();
        }
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

    /// The entries for a hash.
    #[inline]
    fn range(&self, gram: u32) -> Range<u32> {
        let hash = bucket(gram, self.shift);
        match self.buckets.get(hash..hash + 2) {
            Some([first, end]) => *first..*end,
            _ => 0..0,
        }
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
        for (gram, is_three) in [(four, false), (four & THREE, true)] {
            let there = self.range(gram).filter_map(|number| self.entries.get(number as usize));
            for entry in there.filter(|entry| entry.may_stand(text.bytes, at, is_three)) {
                for (number, literal) in entry.literals(all) {
                    match literal.stands_at(text, at) {
                        Standing::No => {}
                        standing => found(number, standing),
                    }
                }
            }
        }
    }

    /// Lists the entries whose literals may have their windows at `places` of `bytes`, or are three bytes there.
    #[inline]
    pub(super) fn list(&self, bytes: &[u8], places: &Places, is_three: bool, met: &mut Vec<Met>) {
        met.clear();
        met.resize(places.len(), Met::default());
        let mut first = 0;
        for place in places.iter() {
            let four = folded(four_at(bytes, place));
            let range = self.range(if is_three { four & THREE } else { four });
            let met_at = |entry| Met { place: place as u32, entry };
            // Mostly there is one.
            if let Some(slot) = met.get_mut(first) {
                *slot = met_at(range.start);
            }
            first += usize::from(!range.is_empty());
            for entry in range.start + 1..range.end {
                met.push(met_at(entry));
            }
        }
        met.drain(first..places.len());
        let mut kept = 0;
        for nth in 0..met.len() {
            let Some(one) = met.get(nth).copied() else { return };
            let entry = self.entries.get(one.entry as usize);
            let may_stand = entry.is_some_and(|entry| entry.may_stand(bytes, one.place as usize, is_three));
            if let Some(slot) = met.get_mut(kept) {
                *slot = one;
            }
            kept += usize::from(may_stand);
        }
        met.truncate(kept);
    }

    /// The literals of an entry that was met at `at`, and where they begin, if they `may_begin` there by what they have to be
    /// [apart](Apart) from; one that is longer than what has arrived may still be one.
    #[inline]
    pub(super) fn standing<'l>(
        &self,
        all: &'l [Literal],
        entry: u32,
        (text, at): (Text<'_>, usize),
        may_begin: impl Fn(Apart, usize) -> bool,
    ) -> Option<(usize, impl Iterator<Item = (u32, &'l Literal)>)> {
        let entry = self.entries.get(entry as usize)?;
        let begin = at.checked_sub(usize::from(entry.offset)).filter(|begin| *begin >= text.start)?;
        if !may_begin(entry.apart, begin) {
            return None;
        }
        let begins = |literal: &Literal| !matches!(literal.stands_at(text, begin), Standing::No);
        let stands = || all.get(entry.literal as usize).is_some_and(begins);
        (entry.is_it(text.bytes, at) || stands()).then(|| (begin, entry.literals(all)))
    }
}

/// An entry at a place that may be its literal's.
#[derive(Clone, Copy, Default)]
pub(super) struct Met {
    pub(super) place: u32,
    pub(super) entry: u32,
}

impl Entry {
    fn new(first: usize, count: usize, literal: &Literal, offset: usize) -> Self {
        const EIGHT: usize = size_of::<u64>();
        let from = offset.min(literal.bytes.len().saturating_sub(EIGHT));
        let near = literal.bytes.get(from..).unwrap_or_default();
        let mut bytes = [0; EIGHT];
        bytes.iter_mut().zip(near).for_each(|(slot, byte)| *slot = fold(*byte));
        let is_in_any_case = literal.either_case && literal.bytes.iter().all(u8::is_ascii_alphabetic);
        Self {
            near: u64::from_le_bytes(bytes),
            literal: first as u32,
            count: count as u32,
            length: near.len().min(EIGHT) as u8,
            before: (offset - from) as u8,
            offset: offset as u8,
            apart: literal.apart,
            is_all: is_in_any_case && near.len() == literal.bytes.len(),
        }
    }

    fn literals<'l>(&self, all: &'l [Literal]) -> impl Iterator<Item = (u32, &'l Literal)> {
        let (first, count) = (self.literal, self.count as usize);
        (first..).zip(all.get(first as usize..).unwrap_or_default()).take(count)
    }

    /// Whether its bytes, three or more, stand so that the gram is at `at`. Near the ends of the text there may be too few to tell.
    #[inline]
    fn may_stand(&self, bytes: &[u8], at: usize, is_three: bool) -> bool {
        let others = u64::BITS - 8 * u32::from(self.length);
        let is_there = self.there(bytes, at).is_none_or(|there| (there ^ self.near) << others == 0);
        is_there & ((self.length == 3) == is_three)
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
