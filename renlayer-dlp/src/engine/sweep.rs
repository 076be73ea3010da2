//! One pass over a JSON document as it is written: the quotes and backslashes that structure it, and the candidates of all
//! sets of detectors, before anything is known of its strings.
//!
//! The document is sifted as it is walked, some blocks ahead. A string then has its candidates, mostly none, and costs next to
//! nothing beside its quotes.

use std::mem::take;
use std::ops::Range;

use smallvec::SmallVec;

use super::table::{Candidate, Room, Rooms, Spelling, Table};
use super::{BLOCK, Text};
use crate::byteset::ByteSet;

/// A document that is being sifted.
pub(crate) struct Sweep<'t> {
    text: Text<'t>,
    lanes: SmallVec<[Lane<'t>; 2]>,
    /// A bit for each quote and backslash, as far as the document has been sifted.
    marks: Vec<u64>,
    /// Where the escapes begin of the string that was walked over last, if it has any.
    escapes: Vec<usize>,
    /// No candidate that has not been asked for stands before this.
    quiet: usize,
    /// Whether there are any of those that were asked for last.
    has_any: bool,
    /// All candidates before this are known.
    complete: usize,
    /// The letters of escapes that may be part of an anchor or hide one, to any of the sets.
    telling: ByteSet,
}

struct Lane<'t> {
    table: &'t Table,
    room: Box<Room>,
    /// Those of the candidates that were asked for last; what is before was asked for earlier.
    asked: Range<usize>,
}

/// The candidates of one string, for each set of detectors.
pub(crate) type Candidates<'c> = SmallVec<[&'c [Candidate]; 2]>;

impl<'t> Sweep<'t> {
    /// Sifts `bytes` by each of `tables`.
    #[cfg(test)]
    pub(crate) fn new(bytes: &'t [u8], tables: impl Iterator<Item = &'t Table>) -> Self {
        Self::within(bytes, tables, &mut Vec::new())
    }

    /// The same in `rooms` that were for others.
    pub(crate) fn within(
        bytes: &'t [u8],
        tables: impl Iterator<Item = &'t Table>,
        rooms: &mut Rooms,
    ) -> Self {
        let lane = |table| {
            let mut room = rooms.pop().unwrap_or_default();
            room.begin(0);
            Lane { table, room, asked: 0..0 }
        };
        let text = Text { bytes, start: 0, complete: true };
        let mut lanes: SmallVec<[Lane<'t>; 2]> = tables.map(lane).collect();
        let take = |lane: &mut Lane<'t>| (take(&mut lane.room.marks), take(&mut lane.room.escapes));
        let (mut marks, escapes) = lanes.first_mut().map(take).unwrap_or_default();
        marks.reserve(bytes.len() / BLOCK + 1);
        let telling = lanes.iter().fold(ByteSet::EMPTY, |set, lane| set.or(lane.table.telling()));
        Self { text, lanes, marks, escapes, quiet: 0, has_any: false, complete: 0, telling }
    }

    /// What a pass over `bytes`, which are a part of a document as it decodes, would find: the quotes and backslashes at `marks`, and
    /// for each set of detectors its candidates that were asked for last, as `moved` adds them where they stand in `bytes`.
    pub(crate) fn known<'u>(
        &self,
        bytes: &'u [u8],
        marks: impl Iterator<Item = usize>,
        moved: impl Fn(&[Candidate], &mut Vec<Candidate>),
        rooms: &mut Rooms,
    ) -> Sweep<'u>
    where
        't: 'u,
    {
        let mut sweep = Sweep::within(bytes, self.lanes.iter().map(|lane| lane.table), rooms);
        sweep.marks.resize(bytes.len().div_ceil(BLOCK), 0);
        for mark in marks {
            if let Some(inside) = sweep.marks.get_mut(mark / BLOCK) {
                *inside |= 1 << (mark % BLOCK);
            }
        }
        for (lane, candidates) in sweep.lanes.iter_mut().zip(self.candidates()) {
            lane.room.begin(bytes.len());
            moved(candidates, &mut lane.room.found);
        }
        sweep.complete = usize::MAX;
        sweep
    }

    /// Gives back the rooms it was in.
    pub(crate) fn leave(mut self, rooms: &mut Rooms) {
        if let Some(first) = self.lanes.first_mut() {
            (first.room.marks, first.room.escapes) = (self.marks, self.escapes);
        }
        rooms.extend(self.lanes.into_iter().map(|lane| lane.room));
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

    /// The quote that ends the string in which the first escape begins at `first`, and whether all its [escapes](Sweep::escapes) are
    /// [silent](Sweep::is_silent).
    pub(crate) fn closing_quote(&mut self, first: usize) -> Option<(usize, bool)> {
        self.escapes.clear();
        let (mut block, mut inside, mut are_silent) = (first / BLOCK, u64::MAX << (first % BLOCK), true);
        loop {
            let Some(marks) = self.marks.get(block) else { if self.sift() { continue } else { return None } };
            let mut marks = marks & inside;
            inside = u64::MAX;
            while marks != 0 {
                let place = marks.trailing_zeros() as usize;
                let mark = block * BLOCK + place;
                match self.text.bytes.get(mark..) {
                    Some([b'"', ..]) => return Some((mark, are_silent)),
                    Some([_, letter, ..]) => are_silent &= self.is_silent(*letter),
                    _ => return None,
                }
                self.escapes.push(mark);
                // What is escaped ends nothing, and begins no escape.
                marks &= !(0b11 << place);
                if place == BLOCK - 1 {
                    inside = u64::MAX << 1;
                }
            }
            block += 1;
        }
    }

    /// Where the escapes begin of the string to whose [closing quote](Sweep::closing_quote) it has come.
    #[inline]
    pub(crate) fn escapes(&self) -> &[usize] {
        &self.escapes
    }

    /// Goes on to the candidates in `range`, which begins after those that were asked for before, and says whether there are any.
    #[inline]
    pub(crate) fn seek(&mut self, range: &Range<usize>) -> bool {
        self.has_any = range.end > self.quiet && self.seek_on(range);
        self.has_any
    }

    #[inline(never)]
    fn seek_on(&mut self, range: &Range<usize>) -> bool {
        while self.complete < range.end && self.sift() {}
        self.quiet = self.complete;
        let mut has_any = false;
        for lane in &mut self.lanes {
            self.quiet = self.quiet.min(lane.pass(range));
            has_any |= !lane.asked.is_empty();
        }
        has_any
    }

    /// The candidates that were asked for last, for each set of detectors.
    pub(crate) fn candidates(&self) -> Candidates<'_> {
        let asked = |lane: &'_ Lane<'t>| if self.has_any { lane.asked.clone() } else { 0..0 };
        self.lanes.iter().map(|lane| lane.room.found.get(asked(lane)).unwrap_or_default()).collect()
    }

    /// Whether an escape with this letter can neither be part of an anchor nor hide one.
    #[inline]
    pub(crate) fn is_silent(&self, letter: u8) -> bool {
        !self.telling.has(letter)
    }

    /// Sifts some more; `false` where there is no more.
    #[inline(never)]
    fn sift(&mut self) -> bool {
        let mut is_first = true;
        for lane in &mut self.lanes {
            if lane.room.sifted.at >= self.text.bytes.len() {
                return false;
            }
            lane.room.found.drain(..lane.asked.end);
            lane.asked = 0..0;
            let Room { sifted, found, .. } = &mut *lane.room;
            lane.table.sift(self.text, (Spelling::Json, true), sifted, found);
            if is_first {
                self.marks.extend(sifted.marks());
            }
            is_first = false;
        }
        let is_all = |lane: &&Lane<'_>| lane.room.sifted.at >= self.text.bytes.len();
        let known = self.lanes.iter().filter(|lane| !is_all(lane)).map(|lane| lane.room.sifted.complete());
        self.complete = known.min().unwrap_or(usize::MAX);
        self.quiet = self.lanes.iter().map(Lane::next_candidate).fold(self.complete, usize::min);
        !is_first
    }
}

impl Lane<'_> {
    /// Goes on to the candidates in `range`, and says where the next one stands.
    #[inline]
    fn pass(&mut self, range: &Range<usize>) -> usize {
        let up_to = |from: usize, place: usize| {
            let ahead = self.room.found.get(from..).unwrap_or_default();
            from + ahead.iter().take_while(|candidate| candidate.at < place).count()
        };
        let first = up_to(self.asked.end, range.start);
        self.asked = first..up_to(first, range.end);
        self.next_candidate()
    }

    #[inline]
    fn next_candidate(&self) -> usize {
        self.room.found.get(self.asked.end).map_or(usize::MAX, |candidate| candidate.at)
    }
}
