//! The pass over many bytes: blocks are sifted, and of what is left the candidates are kept, in order of their place.

use super::{Candidate, Table, before, digits_in, more_digits, run_at};
use crate::byteset::ByteSet;
use crate::engine::grams::four_at;
use crate::engine::probe::Text;
use crate::engine::runs::{self, Run};
use crate::engine::sieve::{AHEAD, BLOCK, FARTHEST, Masks};

/// Blocks that are sifted at a time.
const BLOCKS: usize = 16;

/// How text is spelled in the bytes that are sifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// As it is.
    Plain,
    /// In JSON strings: what stands beside a quote or a backslash is not known yet.
    Json,
}

/// How far a text has been sifted.
pub(crate) struct Sifted {
    pub(crate) at: usize,
    after_digit: bool,
    /// Quotes and backslashes of the blocks that were sifted last.
    marks: [u64; BLOCKS],
    blocks: usize,
}

impl Sifted {
    pub(crate) fn new(at: usize) -> Self {
        Self { at, after_digit: false, marks: [0; BLOCKS], blocks: 0 }
    }

    /// Quotes and backslashes of what was sifted last, block by block.
    pub(crate) fn marks(&self) -> &[u64] {
        self.marks.get(..self.blocks).unwrap_or_default()
    }

    /// All candidates before this are known.
    pub(crate) fn complete(&self) -> usize {
        self.at.saturating_sub(FARTHEST)
    }
}

impl Table {
    /// Sifts some blocks of `text` and adds what is found. Candidates are in order, those of the last [`FARTHEST`] bytes aside.
    pub(crate) fn sift(
        &self,
        text: Text<'_>,
        spelling: Spelling,
        sifted: &mut Sifted,
        found: &mut Vec<Candidate>,
    ) {
        let mut masks = [Masks::default(); BLOCKS];
        let known = found.partition_point(|candidate| candidate.at < sifted.complete());
        let (base, end) = (sifted.at, text.bytes.len());
        let blocks = self.fill(text.bytes.get(base..).unwrap_or_default(), &mut masks);
        sifted.after_digit = before(text, base).is_ascii_digit();
        for (i, at) in (0..blocks).zip((base..).step_by(BLOCK)) {
            let (Some(mask), Some(mark)) = (masks.get(i), sifted.marks.get_mut(i)) else { break };
            let inside = below(end - at);
            *mark = mask.marks & inside;
            self.literals(text, at, mask, inside, found);
            let starts = self.starts(mask.digits, sifted.after_digit);
            let places = (starts | mask.singles) & inside;
            if places != 0 {
                self.singles(text, spelling, at, places, mask, found);
            }
            sifted.after_digit = mask.digits >> 63 == 1;
        }
        sifted.blocks = blocks;
        sifted.at = (base + blocks * BLOCK).min(end);
        sort(found, known);
    }

    /// Fills masks for the blocks that are there, a last one filled up with zeros.
    fn fill(&self, bytes: &[u8], masks: &mut [Masks; BLOCKS]) -> usize {
        let whole = (bytes.len().saturating_sub(AHEAD) / BLOCK).min(BLOCKS);
        if let Some(masks) = masks.get_mut(..whole).filter(|masks| !masks.is_empty()) {
            self.sieve.fill(bytes, masks);
        }
        let rest = bytes.get(whole * BLOCK..).unwrap_or_default();
        if whole == BLOCKS || rest.is_empty() {
            return whole;
        }
        let mut padded = [0; 2 * BLOCK + AHEAD];
        padded.iter_mut().zip(rest).for_each(|(slot, byte)| *slot = *byte);
        let last = rest.len().div_ceil(BLOCK).min(BLOCKS - whole);
        if let Some(masks) = masks.get_mut(whole..whole + last) {
            self.sieve.fill(&padded, masks);
        }
        whole + last
    }

    #[inline]
    fn literals(&self, text: Text<'_>, base: usize, masks: &Masks, inside: u64, found: &mut Vec<Candidate>) {
        let mut add = |at| found.push(Candidate { at, is_literal: true, is_byte: false });
        for place in places(masks.windows & inside) {
            self.by_window.around(&self.literals, (text, base + place, false), &mut add);
        }
        for place in places(masks.threes & inside) {
            let at = base + place;
            if self.by_window.might_be_three(four_at(text.bytes, at)) {
                self.by_window.around(&self.literals, (text, at, true), &mut add);
            }
        }
    }

    /// The first digits of runs that are long enough. What follows the block counts as long enough.
    #[inline]
    fn starts(&self, digits: u64, after_digit: bool) -> u64 {
        let mut starts = digits & !(digits << 1 | u64::from(after_digit));
        match self.runs.shortest {
            0 => return 0,
            1 => {}
            2 => starts &= digits >> 1 | 1 << 63,
            _ => starts &= (digits >> 1 | 1 << 63) & (digits >> 2 | 0b11 << 62),
        }
        starts
    }

    #[inline]
    #[allow(clippy::indexing_slicing, reason = "the places are in the text; there is a slot for every byte")]
    fn singles(
        &self,
        text: Text<'_>,
        spelling: Spelling,
        base: usize,
        mut places: u64,
        masks: &Masks,
        found: &mut Vec<Candidate>,
    ) {
        while places != 0 {
            let place = places.trailing_zeros();
            places &= places - 1;
            let at = base + place as usize;
            let beside = Neighbours { text, spelling };
            let is = |mask: u64| mask >> place & 1 == 1;
            let is_byte = (is(masks.singles) && self.might_be(&beside, at))
                || (is(masks.digits) && self.might_run(&beside, at, place, masks.digits));
            if is_byte {
                found.push(Candidate { at, is_literal: false, is_byte });
            }
        }
    }

    /// Whether any detector may ask for the byte at `at`.
    #[inline]
    #[allow(clippy::indexing_slicing, reason = "the place is in the text; there is a slot for every byte")]
    fn might_be(&self, beside: &Neighbours<'_>, at: usize) -> bool {
        let (before, next) = (beside.before(at), beside.at(at + 1));
        let has = |set: &ByteSet, byte: Option<u8>| byte.is_none_or(|byte| set.has(byte));
        let owners = &self.by_byte[usize::from(beside.text.bytes[at])];
        owners.iter().any(|byte| has(&byte.next, next) && has(&byte.before, before))
    }

    /// Whether any detector may ask for the run of digits at `at`, of which the mask says how it goes on in its block.
    #[inline]
    #[allow(clippy::indexing_slicing, reason = "the place is in the text")]
    fn might_run(&self, beside: &Neighbours<'_>, at: usize, place: u32, digits: u64) -> bool {
        let near = (!(digits >> place)).trailing_zeros();
        // It may go on in the next block.
        let is_cut = near + place == BLOCK as u32;
        let length = if is_cut { run_at(beside.text.bytes, at) } else { (near as usize).min(runs::LONGEST) };
        let class = |byte: Option<u8>| byte.map(|byte| self.runs.class(byte));
        let [first, end] = [at, at + length].map(|i| beside.text.bytes.get(i).copied());
        // It may go on in what has not arrived.
        end.is_none() && !beside.text.complete
            || self.runs.any(&Run {
                length,
                before: class(beside.before(at)),
                first: first.unwrap_or_default(),
                next: class(beside.at(at + length)),
                more: beside.more_digits(at + length),
            })
    }
}

/// The bytes beside a place, as far as they can be told from how the text is spelled.
struct Neighbours<'t> {
    text: Text<'t>,
    spelling: Spelling,
}

impl Neighbours<'_> {
    #[inline]
    fn before(&self, at: usize) -> Option<u8> {
        let byte = before(self.text, at);
        let is_open = self.spelling == Spelling::Json
            && (is_mark(byte) || before(self.text, at.saturating_sub(1)) == b'\\');
        (!is_open).then_some(byte)
    }

    #[inline]
    fn at(&self, at: usize) -> Option<u8> {
        let byte = self.text.bytes.get(at).copied().unwrap_or(0);
        let is_open = self.spelling == Spelling::Json && is_mark(byte);
        (!is_open).then_some(byte)
    }

    /// How many digits follow in the [`runs::NEAR`] bytes from `from` on.
    #[inline]
    fn more_digits(&self, from: usize) -> Option<u32> {
        if self.spelling == Spelling::Plain {
            return more_digits(self.text, from);
        }
        let rest = self.text.bytes.get(from..).unwrap_or_default();
        let near = rest.get(..runs::NEAR).unwrap_or(rest);
        match near.iter().position(|byte| is_mark(*byte)) {
            None => Some(digits_in(near)),
            Some(end) if near.get(end) == Some(&b'"') => near.get(..end).map(digits_in),
            Some(_) => None,
        }
    }
}

fn is_mark(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\')
}

/// Sorts the candidates from `known` on, and makes one of those at one place.
pub(crate) fn sort(found: &mut Vec<Candidate>, known: usize) {
    let Some(new) = found.get_mut(known..).filter(|new| new.len() > 1) else { return };
    new.sort_unstable_by_key(|candidate| candidate.at);
    found.dedup_by(|later, earlier| {
        let same = later.at == earlier.at;
        if same {
            earlier.is_literal |= later.is_literal;
            earlier.is_byte |= later.is_byte;
        }
        same
    });
}

/// The places of the bits that are set, from the lowest on.
#[inline]
fn places(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = (mask != 0).then(|| mask.trailing_zeros() as usize);
        mask &= mask.wrapping_sub(1);
        place
    })
}

/// The lowest `n` bits.
fn below(n: usize) -> u64 {
    if n >= 64 { u64::MAX } else { (1 << n) - 1 }
}
