//! What a string with escapes says: decoded from mark to mark, with its candidates moved to where they stand then.

use std::ops::Range;

use smallvec::SmallVec;

use super::walk::Str;
use crate::coding::{Coding, json_escape};
use crate::engine::{Candidate, Sweep};

/// Plain text is copied by so many bytes at a time.
const CHUNK: usize = 64;

/// Candidates in decoded text, for each set of detectors.
pub(super) type Moved = SmallVec<[Vec<Candidate>; 2]>;

/// How much room is needed to write what a string says.
pub(super) fn room_for(raw: &[u8]) -> usize {
    raw.len() + CHUNK
}

/// Appends to `out` what a string of `bytes` says, and says where in it the candidates are. Those inside of escapes are none.
pub(super) fn decode(
    bytes: &[u8],
    sweep: &Sweep<'_>,
    string: &Str,
    candidates: &[&[Candidate]],
    out: &mut Vec<u8>,
) -> Moved {
    let Range { start: mut at, end } = string.range;
    let bytes = bytes.get(..end).unwrap_or_default();
    let mut moved: Moved = candidates.iter().map(|lane| Vec::with_capacity(lane.len())).collect();
    let mut rest: SmallVec<[&[Candidate]; 2]> = candidates.iter().copied().collect();
    let mut next = first_of(&rest);
    let mut marks = sweep.marks(at);
    let mut writer = Writer::new(out, room_for(bytes.get(at..).unwrap_or_default()));
    while at < end {
        let escape = marks.first_in(at..end).unwrap_or(end);
        if next < escape {
            let to = |candidate: usize| candidate.checked_sub(at).map(|place| writer.at + place);
            rest.iter_mut().zip(&mut moved).for_each(|(lane, moved)| take(lane, escape, to, moved));
            next = first_of(&rest);
        }
        writer.copy(bytes.get(at..).unwrap_or_default(), escape - at);
        at = escape + bytes.get(escape..).filter(|escape| !escape.is_empty()).map_or(0, |e| writer.decode(e));
    }
    writer.finish();
    moved
}

/// Where the first of the candidates stands.
fn first_of(lanes: &[&[Candidate]]) -> usize {
    lanes.iter().filter_map(|lane| lane.first()).map(|candidate| candidate.at).min().unwrap_or(usize::MAX)
}

/// Moves the candidates before `end` to where they stand then, if they do.
fn take(
    lane: &mut &[Candidate],
    end: usize,
    to: impl Fn(usize) -> Option<usize>,
    moved: &mut Vec<Candidate>,
) {
    while let Some((candidate, later)) = lane.split_first().filter(|(candidate, _)| candidate.at < end) {
        moved.extend(to(candidate.at).map(|at| candidate.moved_to(at)));
        *lane = later;
    }
}

/// Where in the decoded text, which begins at `base`, the escapes stand that may be part of an anchor or hide one.
pub(super) fn telling(bytes: &[u8], sweep: &Sweep<'_>, string: &Str, base: usize) -> Vec<Range<usize>> {
    let Range { start, end } = string.range;
    let bytes = bytes.get(..end).unwrap_or_default();
    let mut escapes = Vec::new();
    let mut marks = sweep.marks(start);
    let (mut raw, mut at) = (start, base);
    while let Some(escape) = marks.first_in(raw..end) {
        at += escape - raw;
        let written = bytes.get(escape..).unwrap_or_default();
        let unit = Coding::Json.unit(written);
        let says = at..at + unit.says().len();
        (raw, at) = (escape + unit.raw, says.end);
        if !written.get(1).is_some_and(|letter| sweep.is_silent(*letter)) {
            escapes.push(says);
        }
    }
    escapes
}

/* ===== writing ===== */

/// Writes behind what a buffer holds, which was made as long as it may become.
struct Writer<'o> {
    out: &'o mut Vec<u8>,
    at: usize,
}

impl<'o> Writer<'o> {
    fn new(out: &'o mut Vec<u8>, room: usize) -> Self {
        let at = out.len();
        out.resize(at + room, 0);
        Self { out, at }
    }

    /// Copies the first `length` of `bytes`: mostly a few dozen, for which whole chunks are quicker than to be exact.
    #[inline]
    fn copy(&mut self, bytes: &[u8], length: usize) {
        let slot = self.out.get_mut(self.at..).and_then(<[u8]>::first_chunk_mut::<CHUNK>);
        match (bytes.first_chunk::<CHUNK>(), slot) {
            (Some(chunk), Some(slot)) if length <= CHUNK => *slot = *chunk,
            _ => self.copy_exactly(bytes, length),
        }
        self.at += length;
    }

    fn copy_exactly(&mut self, bytes: &[u8], length: usize) {
        let slot = self.out.get_mut(self.at..self.at + length);
        if let (Some(slot), Some(bytes)) = (slot, bytes.get(..length)) {
            slot.copy_from_slice(bytes);
        }
    }

    /// Writes what the escape says that `bytes` begin with, and says how long it is.
    #[inline]
    fn decode(&mut self, bytes: &[u8]) -> usize {
        let plain = bytes.get(1).and_then(|letter| json_escape(*letter));
        if let Some((plain, slot)) = plain.zip(self.out.get_mut(self.at)) {
            *slot = plain;
            self.at += 1;
            return 2;
        }
        self.decode_any(bytes)
    }

    #[inline(never)]
    fn decode_any(&mut self, bytes: &[u8]) -> usize {
        let unit = Coding::Json.unit(bytes);
        self.copy(unit.says(), unit.says().len());
        unit.raw
    }

    fn finish(self) {
        self.out.truncate(self.at);
    }
}
