//! One pass over a JSON document as it is written: the quotes and backslashes that structure it, and the candidates of all
//! sets of detectors, before anything is known of its strings.
//!
//! The document is sifted as it is walked, some blocks ahead. A string then has its candidates, mostly none, and costs next to
//! nothing beside its quotes.

use std::ops::Range;

use smallvec::SmallVec;

use super::table::{Candidate, Sifted, Spelling, Table};
use super::{BLOCK, Text};

/// A document that is being sifted.
pub(crate) struct Sweep<'t> {
    text: Text<'t>,
    lanes: SmallVec<[Lane<'t>; 2]>,
    /// A bit for each quote and backslash, as far as the document has been sifted.
    marks: Vec<u64>,
}

struct Lane<'t> {
    table: &'t Table,
    sifted: Sifted,
    found: Vec<Candidate>,
    /// The first candidate that has not been asked for.
    next: usize,
}

/// The candidates of one string, for each set of detectors.
pub(crate) type Candidates<'c> = SmallVec<[&'c [Candidate]; 2]>;

impl<'t> Sweep<'t> {
    /// Sifts `bytes` by each of `tables`.
    pub(crate) fn new(bytes: &'t [u8], tables: impl Iterator<Item = &'t Table>) -> Self {
        let lane = |table| Lane { table, sifted: Sifted::new(0), found: Vec::new(), next: 0 };
        let text = Text { bytes, start: 0, complete: true };
        Self { text, lanes: tables.map(lane).collect(), marks: Vec::with_capacity(bytes.len() / BLOCK + 1) }
    }

    /// The next quote or backslash from `from` on.
    #[inline]
    pub(crate) fn next_mark(&mut self, from: usize) -> Option<usize> {
        let mut block = from / BLOCK;
        let mut inside = u64::MAX << (from % BLOCK);
        loop {
            let Some(marks) = self.marks.get(block) else { if self.sift() { continue } else { return None } };
            if marks & inside != 0 {
                return Some(block * BLOCK + (marks & inside).trailing_zeros() as usize);
            }
            (block, inside) = (block + 1, u64::MAX);
        }
    }

    /// The candidates in `range`, which begins after those that were asked for before.
    #[inline]
    pub(crate) fn candidates(&mut self, range: Range<usize>) -> Candidates<'_> {
        while self.lanes.iter().any(|lane| lane.sifted.complete() < range.end) && self.sift() {}
        self.lanes.iter_mut().map(|lane| lane.within(&range)).collect()
    }

    /// Whether an escape that stands for `byte` can neither be part of an anchor nor hide one.
    #[inline]
    pub(crate) fn is_silent(&self, byte: u8) -> bool {
        self.lanes.iter().all(|lane| lane.table.is_silent(byte))
    }

    /// Sifts some more; `false` where there is no more.
    #[inline(never)]
    fn sift(&mut self) -> bool {
        let mut is_first = true;
        for lane in &mut self.lanes {
            if lane.sifted.at >= self.text.bytes.len() {
                return false;
            }
            lane.found.drain(..lane.next);
            lane.next = 0;
            lane.table.sift(self.text, Spelling::Json, &mut lane.sifted, &mut lane.found);
            if is_first {
                self.marks.extend(lane.sifted.marks());
            }
            is_first = false;
        }
        !is_first
    }
}

impl Lane<'_> {
    #[inline]
    fn within(&mut self, range: &Range<usize>) -> &[Candidate] {
        let ahead = self.found.get(self.next..).unwrap_or_default();
        if ahead.first().is_none_or(|first| first.at >= range.end) {
            return &[];
        }
        let first = self.next + ahead.partition_point(|candidate| candidate.at < range.start);
        self.next += ahead.partition_point(|candidate| candidate.at < range.end);
        self.found.get(first..self.next).unwrap_or_default()
    }
}
