//! The anchors of all detectors in one set of tables.
//!
//! The pass goes by blocks of 64 bytes. Vector arithmetic marks digits and the few single bytes that are anchors; the
//! windows of [`super::window`] mark where a literal may stand; on ordinary text nearly nothing is marked. A marked place is
//! then looked up by the hash of three bytes, and compared with the literals themselves.

use std::collections::HashSet;

use crate::byteset::ByteSet;

use super::anchor::Anchor;
use super::flags::{flag, gather};
use super::grams::{Grams, fold, folded, four_at, gram_at};
use super::probe::Text;
use super::window::{AHEAD, BLOCK, Windows};

/// A run of this many digits or more counts as this long.
pub(crate) const LONGEST_RUN: usize = 32;
const BUCKETS: usize = 4096;
const DIGIT: u8 = 1;
const BYTE: u8 = 2;
/// With more single bytes than this, each byte is looked up instead of compared.
const MOST_SINGLES: usize = 6;

/// The number of a detector in its engine.
pub(crate) type Index = u16;

/// Anchors, ready for a pass.
pub(crate) struct Table {
    windows: Windows,
    /// The single bytes that are anchors, digits aside.
    singles: Vec<u8>,
    /// The shortest run of digits that is an anchor, 3 at most; 0 where none is.
    shortest_run: u8,
    /// For each byte, whether a digit or byte anchor may stand there.
    kinds: [u8; 256],
    grams: Grams,
    /// The first four bytes of literals, and all of those that have three.
    fours: Grams,
    threes: Grams,
    buckets: Box<[(u32, u32)]>,
    literals: Vec<Literal>,
    by_byte: Vec<Vec<Beside>>,
    by_run: Vec<Vec<Beside>>,
    digits: Vec<Index>,
    /// Which bytes, folded, begin a literal; and which pairs of them.
    first: [bool; 256],
    second: HashSet<[u8; 2]>,
}

/// A detector that looks at a byte, or at runs of some length, between some bytes.
#[derive(Clone)]
struct Beside {
    owner: Index,
    first: ByteSet,
    before: ByteSet,
    next: ByteSet,
}

struct Literal {
    gram: u32,
    bytes: Vec<u8>,
    either_case: bool,
    owner: Index,
}

/// Whether a literal stands at a place.
enum Standing {
    Yes,
    No,
    /// So far yes, and the text has not all arrived.
    SoFar,
}

/// An event of a pass: the detector `owner` is to look at `at`.
pub(crate) struct Event {
    pub(crate) owner: Index,
    pub(crate) at: usize,
    /// The anchor itself is not complete yet.
    pub(crate) open: bool,
}

impl Table {
    pub(crate) fn new(anchors: impl IntoIterator<Item = (Index, Anchor)>) -> Self {
        let mut table = Self {
            windows: Windows::new(),
            singles: Vec::new(),
            shortest_run: 0,
            kinds: [0; 256],
            grams: Grams::new(),
            fours: Grams::new(),
            threes: Grams::new(),
            buckets: vec![(0, 0); BUCKETS].into(),
            literals: Vec::new(),
            by_byte: vec![Vec::new(); 256],
            by_run: vec![Vec::new(); LONGEST_RUN + 1],
            digits: Vec::new(),
            first: [false; 256],
            second: HashSet::new(),
        };
        for (owner, anchor) in anchors {
            table.insert(owner, anchor);
        }
        table.sort_literals();
        table
    }
}

/* ===== building ===== */

#[allow(clippy::indexing_slicing, reason = "tables have a slot for every byte, run length, gram and bucket")]
impl Table {
    fn insert(&mut self, owner: Index, anchor: Anchor) {
        match anchor {
            Anchor::Literal(bytes) => self.insert_literal(owner, bytes, false),
            Anchor::Word(bytes) => self.insert_literal(owner, bytes, true),
            Anchor::Digits { min, max, first, before, next } => {
                (b'0'..=b'9').for_each(|byte| self.kinds[usize::from(byte)] |= DIGIT);
                let last = usize::from(max).min(LONGEST_RUN);
                self.shortest_run = match self.shortest_run {
                    0 => min.clamp(1, 3),
                    shortest => shortest.min(min).max(1),
                };
                for run in usize::from(min)..=last {
                    self.by_run[run].push(Beside { owner, first, before, next });
                }
                push_new(&mut self.digits, owner);
            }
            Anchor::Byte(set) => self.insert_bytes(owner, [ByteSet::ALL, set, ByteSet::ALL]),
            Anchor::Between { before, set, next } => self.insert_bytes(owner, [before, set, next]),
        }
    }

    fn insert_bytes(&mut self, owner: Index, [before, set, next]: [ByteSet; 3]) {
        for byte in set.iter() {
            self.kinds[usize::from(byte)] |= BYTE;
            if !self.singles.contains(&byte) {
                self.singles.push(byte);
            }
            let owners = &mut self.by_byte[usize::from(byte)];
            if owners.iter().all(|beside| beside.owner != owner) {
                owners.push(Beside { owner, first: set, before, next });
            }
        }
    }

    fn insert_literal(&mut self, owner: Index, bytes: Vec<u8>, either_case: bool) {
        let Some(gram) = gram_at(&bytes, 0) else { return };
        self.windows.insert(&bytes, either_case);
        self.grams.insert(gram);
        match bytes.first_chunk() {
            Some(four) => self.fours.insert(folded(*four)),
            None => self.threes.insert(gram),
        }
        let (first, second) = (fold(bytes[0]), fold(bytes[1]));
        self.first[usize::from(first)] = true;
        self.second.insert([first, second]);
        self.literals.push(Literal { gram, bytes, either_case, owner });
    }

    fn sort_literals(&mut self) {
        self.literals.sort_by_key(|literal| (bucket(literal.gram), literal.gram, literal.owner));
        for (i, literal) in self.literals.iter().enumerate() {
            let slot = &mut self.buckets[bucket(literal.gram)];
            if slot.1 == 0 {
                slot.0 = i as u32;
            }
            slot.1 += 1;
        }
    }
}

fn push_new(list: &mut Vec<Index>, owner: Index) {
    if list.last() != Some(&owner) {
        list.push(owner);
    }
}

/* ===== passing ===== */

#[allow(
    clippy::indexing_slicing,
    reason = "positions are checked against the text; tables have a slot for every byte"
)]
impl Table {
    /// Reports the anchors that begin in `from..to`, in order of their place.
    pub(crate) fn pass(&self, text: Text<'_>, from: usize, to: usize, mut report: impl FnMut(Event)) {
        let bytes = text.bytes;
        let to = to.min(bytes.len());
        let mut base = from;
        // A window at `to` may speak for a literal that begins one byte before it.
        while base <= to && base < bytes.len() {
            let mut padded = [0; BLOCK + AHEAD];
            let rest = &bytes[base..];
            let block = rest.first_chunk().unwrap_or_else(|| {
                padded[..rest.len()].copy_from_slice(rest);
                &padded
            });
            let windows = self.windows.marks(block, (to + 1 - base).min(BLOCK));
            if windows.before && base > from && self.might_stand(four_at(bytes, base - 1)) {
                self.literal_events(text, base - 1, &mut report);
            }
            let after_digit = base > text.start && bytes[base - 1].is_ascii_digit();
            let singles = self.byte_marks(block, after_digit);
            let mut marks = (windows.marks | singles) & below(to - base);
            while marks != 0 {
                let place = marks.trailing_zeros();
                let at = base + place as usize;
                marks &= marks - 1;
                if singles >> place & 1 == 1 {
                    self.byte_event(text, at, self.kinds[usize::from(bytes[at])], &mut report);
                }
                if windows.marks >> place & 1 == 1 && self.might_stand(four_at(block, place as usize)) {
                    self.literal_events(text, at, &mut report);
                }
            }
            base += BLOCK;
        }
    }

    /// Marks the first digits of runs that are long enough, and single bytes.
    #[inline]
    fn byte_marks(&self, block: &[u8; BLOCK + AHEAD], after_digit: bool) -> u64 {
        let mut flags = [0; BLOCK];
        if self.shortest_run > 0 {
            flag(&mut flags, block, DIGIT, |byte| byte.wrapping_sub(b'0') < 10);
        }
        match self.singles.as_slice() {
            singles if singles.len() <= MOST_SINGLES => {
                singles.iter().for_each(|single| flag(&mut flags, block, BYTE, |byte| byte == *single));
            }
            _ => flag(&mut flags, block, BYTE, |byte| self.kinds[usize::from(byte)] & BYTE != 0),
        }
        if flags.iter().fold(0, |any, flag| any | flag) == 0 {
            return 0;
        }
        let digits = gather(&flags, DIGIT);
        let mut runs = digits & !(digits << 1 | u64::from(after_digit));
        // What follows the block is not known here: the last places count as long enough.
        if self.shortest_run > 1 {
            runs &= digits >> 1 | 1 << 63;
        }
        if self.shortest_run > 2 {
            runs &= digits >> 2 | 0b11 << 62;
        }
        runs | gather(&flags, BYTE)
    }

    /// Whether an anchor might begin at `at`, after which too little has arrived for a pass.
    pub(crate) fn might_begin(&self, bytes: &[u8], at: usize) -> bool {
        match bytes.get(at..).unwrap_or_default() {
            [] => false,
            [one] => self.kinds[usize::from(*one)] != 0 || self.first[usize::from(fold(*one))],
            [one, two] => {
                self.kinds[usize::from(*one)] != 0 || self.second.contains(&[fold(*one), fold(*two)])
            }
            [one, ..] => {
                self.kinds[usize::from(*one)] != 0
                    || gram_at(bytes, at).is_some_and(|gram| self.has_gram(gram))
            }
        }
    }

    fn has_gram(&self, gram: u32) -> bool {
        self.grams.has(gram)
    }

    /// Whether a literal may begin with these bytes: most places that the windows mark end here.
    #[inline]
    fn might_stand(&self, four: [u8; 4]) -> bool {
        let four = folded(four);
        self.fours.has(four) || self.threes.has(four & 0x00ff_ffff)
    }

    #[inline(never)]
    fn literal_events(&self, text: Text<'_>, at: usize, report: &mut impl FnMut(Event)) {
        let Some(gram) = gram_at(text.bytes, at) else { return };
        let (first, count) = self.buckets[bucket(gram)];
        let (first, count) = (first as usize, count as usize);
        for literal in self.literals[first..first + count].iter().filter(|l| l.gram == gram) {
            match literal.stands_at(text, at) {
                Standing::Yes => report(Event { owner: literal.owner, at, open: false }),
                Standing::SoFar => report(Event { owner: literal.owner, at, open: true }),
                Standing::No => {}
            }
        }
    }

    fn byte_event(&self, text: Text<'_>, at: usize, kind: u8, report: &mut impl FnMut(Event)) {
        let bytes = text.bytes;
        let (first, before) = (bytes[at], before(text, at));
        if kind & DIGIT != 0 && !(at > text.start && bytes[at - 1].is_ascii_digit()) {
            let run = bytes[at..].iter().take(LONGEST_RUN).take_while(|b| b.is_ascii_digit()).count();
            let open = !text.complete && at + run == bytes.len() && run < LONGEST_RUN;
            if open {
                self.digits.iter().for_each(|&owner| report(Event { owner, at, open }));
            } else {
                let next = bytes.get(at + run).copied().unwrap_or(0);
                let runs = self.by_run[run].iter().filter(|run| run.stands([before, first, next]));
                runs.for_each(|run| report(Event { owner: run.owner, at, open }));
            }
        }
        if kind & BYTE != 0 {
            let next = bytes.get(at + 1).copied().unwrap_or(0);
            let owners = self.by_byte[usize::from(first)].iter();
            let standing = owners.filter(|byte| byte.stands([before, first, next]));
            standing.for_each(|byte| report(Event { owner: byte.owner, at, open: false }));
        }
    }
}

impl Literal {
    fn stands_at(&self, text: Text<'_>, at: usize) -> Standing {
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

impl Beside {
    #[inline]
    fn stands(&self, [before, first, next]: [u8; 3]) -> bool {
        self.next.has(next) && self.before.has(before) && self.first.has(first)
    }
}

/// The byte before `at`, 0 where the text begins.
#[inline]
fn before(text: Text<'_>, at: usize) -> u8 {
    let before = at.checked_sub(1).filter(|i| *i >= text.start);
    before.and_then(|i| text.bytes.get(i).copied()).unwrap_or(0)
}

/// The lowest `n` bits.
fn below(n: usize) -> u64 {
    if n >= 64 { u64::MAX } else { (1 << n) - 1 }
}

fn bucket(gram: u32) -> usize {
    (gram.wrapping_mul(0x85EB_CA6B) >> 20) as usize
}
