//! One pass over a document for the candidates of all sets of detectors, before anything is known of its strings.
//!
//! The document is sifted as it is walked, some blocks ahead. A string then has its candidates, mostly none, and costs next to
//! nothing beside its quotes.

use std::ops::Range;

use smallvec::SmallVec;

use super::Text;
use super::table::{Candidate, Moot, Room, Rooms, Scope, Table};

/// A document that is being sifted.
pub(crate) struct Sweep<'t> {
    text: Text<'t>,
    /// A bit for each quote with which a string begins or ends.
    quotes: &'t [u64],
    lanes: SmallVec<[Lane<'t>; 2]>,
    /// No candidate that has not been asked for stands before this.
    quiet: usize,
    /// Whether there are any of those that were asked for last.
    has_any: bool,
    /// All candidates before this are known.
    complete: usize,
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
    /// Sifts `bytes`, of which `quotes` are those that strings begin and end with, by each of `tables`, in rooms that were for others. A table
    /// of nothing but what is built in passes over what is deep in a blob.
    pub(crate) fn within(
        (bytes, quotes): (&'t [u8], &'t [u64]),
        tables: impl Iterator<Item = (&'t Table, bool)>,
        rooms: &mut Rooms,
    ) -> Self {
        let lane = |(table, is_built_in)| {
            let mut room = rooms.pop().unwrap_or_default();
            if is_built_in {
                room.begin_over_blobs();
            } else {
                room.begin(0);
            }
            Lane { table, room, asked: 0..0 }
        };
        let text = Text { bytes, start: 0, complete: true };
        Self { text, quotes, lanes: tables.map(lane).collect(), quiet: 0, has_any: false, complete: 0 }
    }

    /// Gives back the rooms it was in.
    pub(crate) fn leave(self, rooms: &mut Rooms) {
        rooms.extend(self.lanes.into_iter().map(|lane| lane.room));
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

    /// Whether a literal is one of those that were asked for last.
    pub(crate) fn has_literal(&self) -> bool {
        self.candidates().iter().any(|lane| lane.iter().any(Candidate::is_literal))
    }

    /// Sifts some more; `false` where there is no more.
    #[inline(never)]
    fn sift(&mut self) -> bool {
        let is_all = |lane: &Lane<'_>| lane.room.sifted.at >= self.text.bytes.len();
        if self.lanes.iter().all(is_all) {
            return false;
        }
        for lane in &mut self.lanes {
            lane.room.found.drain(..lane.asked.end);
            lane.asked = 0..0;
            let Room { sifted, found } = &mut *lane.room;
            lane.table.sift(self.text, (Scope::Strings, Moot::InNames(self.quotes)), sifted, found);
        }
        let known = self.lanes.iter().filter(|lane| !is_all(lane)).map(|lane| lane.room.sifted.complete());
        self.complete = known.min().unwrap_or(usize::MAX);
        self.quiet = self.lanes.iter().map(Lane::next_candidate).fold(self.complete, usize::min);
        true
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
