//! The anchors of all detectors in one set of tables, and the pass over a text that finds them.
//!
//! The [sieve](super::sieve) tells places that are worth a look, 64 at a time; on ordinary text these are few. Of a place in
//! the window of a literal, the hash of four bytes decides whether it is compared; of a run of digits its length, its first
//! digit and its neighbours; of a single byte its neighbours. What is left are *candidates*, in order of their place, and
//! for each the detectors are told that ask for it.
//!
//! A few bytes, as a stream delivers them, are not worth a block: they are looked at one by one, by the same tables.

use std::collections::HashSet;
use std::ops::Range;

use super::anchor::Anchor;
use super::grams::{fold, four_at, gram_at};
use super::literals::{Finder, Literal, SHORTEST};
use super::probe::Text;
use super::runs::{self, Run, Runs};
use super::sieve::{AHEAD, BLOCK, FARTHEST, Masks, Sieve};
use crate::byteset::ByteSet;

/// Bytes that have to be there for a pass to see a literal.
pub(crate) const SIGHT: usize = 4;
/// Blocks that are sifted at a time.
const BLOCKS: usize = 16;
/// Less than this is looked at byte by byte.
const SHORT: usize = 40;
const DIGIT: u8 = 1;
const BYTE: u8 = 2;

/// The number of a detector in its engine.
pub(crate) type Index = u16;

/// Anchors, ready for a pass.
pub(crate) struct Table {
    sieve: Sieve,
    literals: Vec<Literal>,
    by_begin: Finder,
    by_window: Finder,
    runs: Runs,
    by_byte: Vec<Vec<Beside>>,
    /// For each byte, whether a digit or byte anchor may stand there.
    kinds: [u8; 256],
    /// Two bytes in a row, folded, that some literal has; and for each byte how far from the begin of a literal it stands at
    /// most.
    pairs: Pairs,
    depths: Box<[u8; 256]>,
    /// What an escape may stand for: no part of an anchor, and nothing that a run of digits or letters goes on with.
    silent: ByteSet,
    /// Which bytes, folded, begin a literal; and which pairs and threes of them.
    first: [bool; 256],
    second: HashSet<[u8; 2]>,
    third: HashSet<u32>,
}

/// A detector that looks at a byte between some others.
#[derive(Clone)]
struct Beside {
    owner: Index,
    before: ByteSet,
    next: ByteSet,
}

/// An event of a pass: the detector `owner` is to look at `at`.
pub(crate) struct Event {
    pub(crate) owner: Index,
    pub(crate) at: usize,
    /// The anchor itself is not complete yet.
    pub(crate) open: bool,
}

/// A place where an anchor is, or a run of digits or a byte that could be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) at: usize,
    is_literal: bool,
    is_byte: bool,
}

impl Candidate {
    /// The same at another place.
    pub(crate) fn moved_to(self, at: usize) -> Self {
        Self { at, ..self }
    }
}

impl Table {
    pub(crate) fn new(anchors: impl IntoIterator<Item = (Index, Anchor)>) -> Self {
        let mut building = Building::default();
        for (owner, anchor) in anchors {
            building.insert(owner, anchor);
        }
        building.finish()
    }
}

/* ===== building ===== */

struct Building {
    literals: Vec<Literal>,
    runs: Runs,
    singles: ByteSet,
    by_byte: Vec<Vec<Beside>>,
}

impl Default for Building {
    fn default() -> Self {
        let by_byte = (0..=u8::MAX).map(|_| Vec::new()).collect();
        Self { literals: Vec::new(), runs: Runs::default(), singles: ByteSet::EMPTY, by_byte }
    }
}

impl Building {
    fn insert(&mut self, owner: Index, anchor: Anchor) {
        match anchor {
            Anchor::Literal(bytes) => self.insert_literal(owner, bytes, false),
            Anchor::Word(bytes) => self.insert_literal(owner, bytes, true),
            Anchor::Digits { min, max, first, before, next, more } => {
                self.runs.insert(owner, (min, max), [before, first, next], more);
            }
            Anchor::Byte(set) => self.insert_bytes(owner, [ByteSet::ALL, set, ByteSet::ALL]),
            Anchor::Between { before, set, next } => self.insert_bytes(owner, [before, set, next]),
        }
    }

    fn insert_literal(&mut self, owner: Index, bytes: Vec<u8>, either_case: bool) {
        if bytes.len() >= SHORTEST {
            self.literals.push(Literal { bytes, either_case, owner });
        }
    }

    fn insert_bytes(&mut self, owner: Index, [before, set, next]: [ByteSet; 3]) {
        self.singles = self.singles.or(set);
        for byte in set.iter() {
            let Some(owners) = self.by_byte.get_mut(usize::from(byte)) else { continue };
            if owners.iter().all(|beside| beside.owner != owner) {
                owners.push(Beside { owner, before, next });
            }
        }
    }

    #[allow(
        clippy::indexing_slicing,
        reason = "tables have a slot for every byte; literals have three bytes or more"
    )]
    fn finish(mut self) -> Table {
        self.runs.compile();
        let sought: Vec<_> = self.literals.iter().map(Literal::sought).collect();
        let (sieve, offsets) = Sieve::new(&sought, self.singles);
        let has_digits = self.runs.shortest > 0;
        let mut kinds = [0; 256];
        (b'0'..=b'9').for_each(|byte| kinds[usize::from(byte)] |= DIGIT * u8::from(has_digits));
        self.singles.iter().for_each(|byte| kinds[usize::from(byte)] |= BYTE);
        let mut first = [false; 256];
        self.literals.iter().for_each(|literal| first[usize::from(fold(literal.bytes[0]))] = true);
        let spoken = self.literals.iter().fold(self.singles, |set, literal| set.with(&literal.bytes));
        let silent = spoken.or(ByteSet::WORD).not();
        let mut depths = Box::new([0; 256]);
        for (depth, byte) in self.literals.iter().flat_map(|literal| (0..=u8::MAX).zip(&literal.bytes)) {
            let slot = &mut depths[usize::from(fold(*byte))];
            *slot = depth.max(*slot);
        }
        Table {
            pairs: Pairs::of(self.literals.iter().map(|literal| &*literal.bytes)),
            depths,
            sieve,
            by_begin: Finder::new(&self.literals, |_| 0),
            by_window: Finder::new(&self.literals, |number| offsets.get(number).copied().unwrap_or(0)),
            second: self.literals.iter().map(|l| [fold(l.bytes[0]), fold(l.bytes[1])]).collect(),
            third: self.literals.iter().filter_map(|literal| gram_at(&literal.bytes, 0)).collect(),
            literals: self.literals,
            runs: self.runs,
            by_byte: self.by_byte,
            kinds,
            silent,
            first,
        }
    }
}

/* ===== passing ===== */

impl Table {
    /// Reports the anchors that begin in `from..to`, in order of their place. In a text that goes on, [`SIGHT`] bytes from
    /// each of them on have arrived.
    pub(crate) fn pass(&self, text: Text<'_>, from: usize, to: usize, mut report: impl FnMut(Event)) {
        let end = text.bytes.len();
        let to = to.min(end);
        // A literal is seen whole there, wherever its window is.
        let whole = if text.complete { to } else { to.min(end.saturating_sub(FARTHEST + SIGHT)) };
        let mut at = from;
        if whole >= from + SHORT {
            self.sweep(text, from, whole, &mut report);
            at = whole;
        }
        for at in at..to {
            self.step(text, at, &mut report);
        }
    }

    /// Looks at one place.
    #[inline]
    #[allow(clippy::indexing_slicing, reason = "the place is in the text; there is a slot for every byte")]
    fn step(&self, text: Text<'_>, at: usize, report: &mut impl FnMut(Event)) {
        let kind = self.kinds[usize::from(text.bytes[at])];
        if kind != 0 {
            self.byte_event(text, at, kind, report);
        }
        if self.by_begin.might(four_at(text.bytes, at)) {
            self.by_begin.beginning(&self.literals, text, at, report);
        }
    }

    fn sweep(&self, text: Text<'_>, from: usize, to: usize, report: &mut impl FnMut(Event)) {
        let mut sifted = Sifted::new(from);
        let mut found = Vec::new();
        let last = (to + FARTHEST).min(text.bytes.len());
        while sifted.at < last {
            self.sift(text, Spelling::Plain, &mut sifted, &mut found);
            let known = if sifted.at < last { sifted.complete() } else { usize::MAX };
            let done = found.partition_point(|candidate: &Candidate| candidate.at < known);
            let due = found.drain(..done).filter(|candidate| (from..to).contains(&candidate.at));
            due.for_each(|candidate| self.tell(text, candidate, report));
        }
    }

    /// Reports the anchors at a candidate. It may be none, where the candidate was found in another spelling of the text.
    #[inline]
    #[allow(clippy::indexing_slicing, reason = "there is a slot for every byte")]
    pub(crate) fn tell(&self, text: Text<'_>, candidate: Candidate, report: &mut impl FnMut(Event)) {
        let Some(byte) = text.bytes.get(candidate.at) else { return };
        if candidate.is_byte {
            self.byte_event(text, candidate.at, self.kinds[usize::from(*byte)], report);
        }
        if candidate.is_literal {
            self.by_begin.beginning(&self.literals, text, candidate.at, report);
        }
    }

    /// Whether an anchor might begin at `at`, after which too little has arrived for a pass.
    #[allow(clippy::indexing_slicing, reason = "there is a slot for every byte")]
    pub(crate) fn might_begin(&self, bytes: &[u8], at: usize) -> bool {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(one) = rest.first() else { return false };
        if self.kinds[usize::from(*one)] != 0 {
            return true;
        }
        match rest {
            [one] => self.first[usize::from(fold(*one))],
            [one, two] => self.second.contains(&[fold(*one), fold(*two)]),
            _ => gram_at(bytes, at).is_some_and(|gram| self.third.contains(&gram)),
        }
    }

    #[allow(clippy::indexing_slicing, reason = "the place is in the text; there is a slot for every byte")]
    fn byte_event(&self, text: Text<'_>, at: usize, kind: u8, report: &mut impl FnMut(Event)) {
        let bytes = text.bytes;
        let (first, before) = (bytes[at], before(text, at));
        if kind & DIGIT != 0 && !before.is_ascii_digit() {
            let length = run_at(bytes, at);
            let open = !text.complete && at + length == bytes.len() && length < runs::LONGEST;
            let before = Some(self.runs.class(before));
            let run = Run { length, before, first, next: None, more: None };
            if open {
                self.runs.each_longer(&run, |owner| report(Event { owner, at, open }));
            } else {
                let next = Some(self.runs.class(bytes.get(at + length).copied().unwrap_or(0)));
                let run = Run { next, more: more_digits(text, at + length), ..run };
                self.runs.each(&run, |owner| report(Event { owner, at, open: false }));
            }
        }
        if kind & BYTE != 0 {
            let next = bytes.get(at + 1).copied().unwrap_or(0);
            let owners = self.by_byte[usize::from(first)].iter();
            let standing = owners.filter(|byte| byte.next.has(next) && byte.before.has(before));
            standing.for_each(|byte| report(Event { owner: byte.owner, at, open: false }));
        }
    }
}

/// The byte before `at`, 0 where the text begins.
#[inline]
fn before(text: Text<'_>, at: usize) -> u8 {
    let before = at.checked_sub(1).filter(|i| *i >= text.start);
    before.and_then(|i| text.bytes.get(i).copied()).unwrap_or(0)
}

/// How many digits stand at `at`, up to [`runs::LONGEST`].
#[inline]
fn run_at(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().take(runs::LONGEST).take_while(|byte| byte.is_ascii_digit()).count()
}

/// How many digits stand in the [`runs::NEAR`] bytes from `from` on, where these are known.
#[inline]
fn more_digits(text: Text<'_>, from: usize) -> Option<u32> {
    let rest = text.bytes.get(from..).unwrap_or_default();
    match rest.first_chunk::<{ runs::NEAR }>() {
        Some(near) => Some(digits_in(near)),
        None => text.complete.then(|| digits_in(rest)),
    }
}

#[inline]
fn digits_in(bytes: &[u8]) -> u32 {
    bytes.iter().map(|byte| u32::from(byte.is_ascii_digit())).sum()
}

/* ===== sifting ===== */

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

impl Table {
    /// Whether an escape that stands for `byte` can neither be part of an anchor nor hide one.
    #[inline]
    pub(crate) fn is_silent(&self, byte: u8) -> bool {
        self.silent.has(byte)
    }

    /// Adds the candidates that cannot be told from how a text is spelled, for what stands at `escape` in `text` was an escape:
    /// the literals that go over it, and the runs and bytes that are in it or beside it.
    pub(crate) fn hidden(&self, text: Text<'_>, escape: Range<usize>, found: &mut Vec<Candidate>) {
        let bytes = text.bytes;
        let of = |at: usize| bytes.get(at).copied().unwrap_or_default();
        let joins = |at: usize| at > text.start && self.pairs.has([of(at - 1), of(at)]);
        if (escape.start..=escape.end).any(joins) {
            let depth =
                |at: usize| usize::from(self.depths.get(usize::from(fold(of(at)))).copied().unwrap_or(0));
            let first = escape.clone().map(|at| at.saturating_sub(depth(at))).min().unwrap_or(escape.start);
            for at in first.max(text.start)..escape.end {
                if self.by_begin.might(four_at(bytes, at)) {
                    found.push(Candidate { at, is_literal: true, is_byte: false });
                }
            }
        }
        for at in escape.start..bytes.len().min(escape.end + 1) {
            if self.kinds.get(usize::from(of(at))).is_some_and(|kind| *kind != 0) {
                let run = bytes.get(text.start..=at).unwrap_or_default().iter().rev();
                let back = run.skip(1).take(runs::LONGEST).take_while(|byte| byte.is_ascii_digit()).count();
                let begin = if bytes.get(at).is_some_and(u8::is_ascii_digit) { at - back } else { at };
                found.push(Candidate { at: begin, is_literal: false, is_byte: true });
            }
        }
    }
}

/// Two bytes in a row, with the case of letters folded away: one bit for each two that there may be.
struct Pairs(Box<[u64]>);

impl Pairs {
    fn of<'l>(literals: impl Iterator<Item = &'l [u8]>) -> Self {
        let mut bits = vec![0; 1 << 10];
        for pair in literals.flat_map(|literal| literal.windows(2)) {
            let &[a, b] = pair else { continue };
            let (word, bit) = Self::place([a, b]);
            if let Some(word) = bits.get_mut(word) {
                *word |= 1 << bit;
            }
        }
        Self(bits.into())
    }

    #[inline]
    fn has(&self, pair: [u8; 2]) -> bool {
        let (word, bit) = Self::place(pair);
        self.0.get(word).is_some_and(|word| word >> bit & 1 == 1)
    }

    fn place(pair: [u8; 2]) -> (usize, u16) {
        let pair = u16::from_le_bytes(pair.map(fold));
        (usize::from(pair >> 6), pair & 63)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn anchors() -> impl Strategy<Value = Vec<Anchor>> {
        let set = prop::sample::select(vec![
            ByteSet::ALL,
            ByteSet::ALNUM.not(),
            ByteSet::EMPTY.with(b" -.\0"),
            ByteSet::ALPHA,
        ]);
        let digits = (0..12u8, 0..8u8, set.clone(), set.clone()).prop_map(|(min, more, before, next)| {
            Anchor::digits(min, min + more).after(before).then(next).followed_by(more)
        });
        let between =
            (set.clone(), set, prop::collection::vec(any::<u8>(), 1..4)).prop_map(|(before, next, bytes)| {
                Anchor::Between { before, set: ByteSet::EMPTY.with(&bytes), next }
            });
        let literal = "[a-c0-1_ -]{3,60}";
        prop::collection::vec(
            prop_oneof![4 => literal.prop_map(Anchor::literal), 4 => literal.prop_map(Anchor::word), 2 => digits, 1 => between],
            0..30,
        )
    }

    fn events(report: impl FnOnce(&mut dyn FnMut(Event))) -> Vec<(Index, usize, bool)> {
        let mut events = Vec::new();
        report(&mut |event| events.push((event.owner, event.at, event.open)));
        events
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Blocks and single steps are two ways to one answer.
        #[test]
        fn sweeping_finds_what_stepping_finds(anchors in anchors(), text in "[a-cA-C0-1_ .@-]{0,400}", cut in 0..40usize, missing in 0..60usize, complete: bool) {
            let literals = || anchors.iter().filter_map(|anchor| match anchor {
                Anchor::Literal(bytes) | Anchor::Word(bytes) => std::str::from_utf8(bytes).ok(),
                _ => None,
            });
            let mut whole: String = literals().chain([text.as_str()]).chain(literals()).collect();
            // The last literal may not have arrived to its end.
            whole.truncate(whole.len().saturating_sub(missing));
            let table = Table::new((0..).zip(anchors));
            let start = cut.min(whole.len());
            let text = Text { bytes: whole.as_bytes(), start, complete };
            let to = if complete { whole.len() } else { whole.len().saturating_sub(FARTHEST + SIGHT) };
            prop_assume!(start <= to);
            let swept = events(|mut report| table.sweep(text, start, to, &mut report));
            let stepped = events(|mut report| (start..to).for_each(|at| table.step(text, at, &mut report)));
            prop_assert_eq!(swept, stepped);
        }
    }
}
