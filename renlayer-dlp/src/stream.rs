//! Scanning text that arrives in pieces, and releasing what is decided.
//!
//! The contract, whatever the pieces:
//!
//! 1. what is released, all together, is what redacting the whole text at once would give;
//! 2. a byte is held only while it could still be part of a match, and never more than a match can be long;
//! 3. no byte of a match is released before the match is decided, and of a blocked one none ever is.
//!
//! ```
//! use renlayer_dlp::{Direction, Scanner, Settings, Verdict};
//!
//! let settings: Settings = serde_json::from_str(r#"{"detectors": {"pii.email": {"action": "redact"}}}"#)?;
//! let mut stream = Scanner::new(&settings)?.stream(Direction::Response, None);
//! let mut out = String::new();
//! for piece in ["Write to al", "ice@co", "rp.io. By", "e"] {
//!     assert_eq!(stream.push(piece, &mut out), Verdict::Continue);
//! }
//! stream.finish(&mut out);
//! assert_eq!(out, "Write to [REDACTED:pii.email]. Bye");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::sync::Arc;

use crate::engine::{BEHIND, Hit, Settler, Text, Work};
use crate::judge::Judge;
use crate::view::running::{self, Running, Style};
use crate::words::REACH;
use crate::{Action, Cost, Direction, Finding, KnownValues};

/// Scans the decoded text of one channel as it arrives. Made by [`Scanner::stream`](crate::Scanner::stream).
pub struct StreamScanner {
    lanes: Vec<Lane>,
    direction: Direction,
    settler: Settler,
    /// What has arrived and is not forgotten: context already released, then what is held.
    buffer: String,
    /// Where the buffer begins in the channel's text.
    base: usize,
    /// How much of the buffer is released.
    released: usize,
    /// How much of the buffer has been settled.
    settled: usize,
    /// Other readings of the same text, where it can be read otherwise than it stands.
    readings: Vec<Reading>,
    hits: Vec<Hit>,
    findings: Vec<Finding>,
    cost: Cost,
    blocked: bool,
}

/// One set of detectors at work: the scanner's, and that of the known values.
struct Lane {
    judge: Arc<Judge>,
    work: Work,
}

/// Another reading of the text, and each set of detectors at work on it.
struct Reading {
    text: Running,
    works: Vec<Work>,
}

/// Whether a stream may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// What was appended may be released, and the stream goes on.
    Continue,
    /// What was appended may be released; it holds nothing of the blocked match. The caller ends the stream.
    Block,
}

/// How much released text may pile up before it is forgotten.
const SLACK: usize = 4096;

impl StreamScanner {
    pub(crate) fn new(judge: Arc<Judge>, direction: Direction, known: Option<KnownValues>) -> Self {
        let known = known.iter().flat_map(KnownValues::judges).cloned();
        let judges = std::iter::once(judge).chain(known);
        Self {
            lanes: judges.map(|judge| Lane { judge, work: Work::of_body() }).collect(),
            direction,
            settler: Settler::default(),
            buffer: String::new(),
            base: 0,
            released: 0,
            settled: 0,
            readings: Vec::new(),
            hits: Vec::new(),
            findings: Vec::new(),
            cost: Cost::default(),
            blocked: false,
        }
    }

    /// Takes the next piece of text and appends to `out` what may be released now, redacted. After [`Verdict::Block`]
    /// nothing more is released.
    pub fn push(&mut self, text: &str, out: &mut String) -> Verdict {
        if self.blocked {
            return Verdict::Block;
        }
        self.read_on(text);
        self.buffer.push_str(text);
        self.step(false, out)
    }

    /// Says that the text is complete, and appends the rest to `out`.
    pub fn finish(&mut self, out: &mut String) -> Verdict {
        if self.blocked {
            return Verdict::Block;
        }
        let verdict = self.step(true, out);
        for lane in &self.lanes {
            lane.work.add_cost(lane.judge.engine(), &mut self.cost);
        }
        while self.end_reading() {}
        verdict
    }

    /// Bytes that have arrived and are not released yet.
    #[must_use]
    pub fn held(&self) -> usize {
        self.buffer.len() - self.released
    }

    /// What has been decided so far. Ranges are offsets in the channel's whole text, as it arrived.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The work done, per detector; complete after [`StreamScanner::finish`].
    #[must_use]
    pub fn cost(&self) -> &Cost {
        &self.cost
    }

    /// Bytes taken so far.
    #[must_use]
    pub fn scanned(&self) -> usize {
        self.base + self.buffer.len()
    }
}

/* ===== steps ===== */

impl StreamScanner {
    fn step(&mut self, complete: bool, out: &mut String) -> Verdict {
        let text = Text { bytes: self.buffer.as_bytes(), start: 0, complete };
        let (mut frontier, mut safe) = (self.buffer.len(), self.buffer.len());
        for lane in &mut self.lanes {
            lane.work.advance(lane.judge.engine(), text, self.direction);
            lane.judge.weigh(&mut lane.work.hits, text.bytes, None, &mut self.hits);
            if !complete {
                frontier = frontier.min(lane.work.frontier(lane.judge.engine(), text));
                safe = safe.min(lane.work.safe(lane.judge.engine(), text));
            }
        }
        for reading in &mut self.readings {
            let text = Text { bytes: reading.text.bytes(), start: 0, complete };
            for (lane, work) in self.lanes.iter().zip(&mut reading.works) {
                let engine = lane.judge.engine();
                work.advance(engine, text, self.direction);
                let mut hits = Vec::new();
                lane.judge.weigh(&mut work.hits, text.bytes, None, &mut hits);
                self.hits.extend(
                    hits.into_iter().map(|hit| hit.moved(|range| reading.text.raw(range, self.base))),
                );
                if !complete {
                    let raw = |at| {
                        reading.text.raw_begin(at).map_or(usize::MAX, |raw| raw.saturating_sub(self.base))
                    };
                    frontier = frontier.min(raw(work.frontier(engine, text)));
                    safe = safe.min(raw(work.safe(engine, text)));
                }
            }
        }
        let frontier = self.buffer.floor_char_boundary(frontier);
        self.release(frontier, complete, out);
        if self.blocked {
            return Verdict::Block;
        }
        self.pass_safe(safe, out);
        self.forget();
        while self.readings.last().is_some_and(|last| self.is_spent(last)) {
            self.end_reading();
        }
        Verdict::Continue
    }

    /// Releases everything before `frontier`, and whole matches that begin there.
    fn release(&mut self, frontier: usize, complete: bool, out: &mut String) {
        let due = self.hits.extract_if(.., |hit| complete || hit.finding.start < frontier).collect();
        for hit in self.settler.settle(due) {
            if !hit.allowed && self.pass_hit(hit, out) == Verdict::Block {
                self.blocked = true;
                return;
            }
        }
        self.settled = self.settled.max(frontier);
        self.pass_text(frontier, out);
    }

    /// Releases what no finding can change any more, although it is not known yet what else will be found in it.
    fn pass_safe(&mut self, safe: usize, out: &mut String) {
        let acting = self.hits.iter().filter(|hit| !hit.allowed && hit.finding.effect() >= Action::Tokenize);
        let first = acting.map(|hit| hit.finding.start).min();
        let safe = self.buffer.floor_char_boundary(first.map_or(safe, |first| first.min(safe)));
        self.pass_text(safe, out);
    }

    fn pass_hit(&mut self, hit: Hit, out: &mut String) -> Verdict {
        let range = hit.range();
        let (action, marker) = (hit.finding.effect(), hit.finding.marker());
        self.findings.push(hit.moved(|range| self.base + range.start..self.base + range.end).finding);
        match action {
            Action::Block => {
                self.pass_text(range.start, out);
                return Verdict::Block;
            }
            Action::Redact | Action::Tokenize if range.end > self.released => {
                self.pass_text(range.start, out);
                out.push_str(&marker);
                self.released = range.end;
            }
            Action::Redact | Action::Tokenize | Action::Warn | Action::Record => {}
        }
        Verdict::Continue
    }

    /// Releases the text up to `to` as it is.
    fn pass_text(&mut self, to: usize, out: &mut String) {
        if to > self.released {
            out.push_str(self.buffer.get(self.released..to).unwrap_or_default());
            self.released = to;
        }
    }

    /// Drops released text that nothing will look back at any more.
    fn forget(&mut self) {
        let done = self.released.min(self.settled);
        let keep = done.saturating_sub(BEHIND + REACH);
        if keep < SLACK {
            return;
        }
        for reading in &mut self.readings {
            let keep = reading.text.at_raw(self.base + done).saturating_sub(BEHIND + REACH);
            reading.text.forget(keep);
            reading.works.iter_mut().for_each(|work| work.shift(keep));
        }
        let keep = self.buffer.floor_char_boundary(keep);
        self.buffer.drain(..keep);
        self.base += keep;
        self.released -= keep;
        self.settled -= keep;
        self.settler.shift(keep);
        for lane in &mut self.lanes {
            lane.work.shift(keep);
        }
        for hit in &mut self.hits {
            hit.move_to(hit.finding.start - keep..hit.finding.end - keep);
        }
    }
}

/* ===== other readings ===== */

/// How far behind a place what is read otherwise may stand and still be seen from it.
const SEEN: usize = 1024;

impl StreamScanner {
    /// Goes on with the other readings, and begins those in which `text` is not what stands there. A reading that begins is
    /// so far the one that it is another of, and so is what is under way in it.
    fn read_on(&mut self, text: &str) {
        let last = self.buffer.as_bytes().last().copied();
        for (nth, style) in [Style::Folded, Style::Tags].into_iter().enumerate() {
            if self.readings.len() == nth && running::differs(text, last, style) {
                let reading = match self.readings.last() {
                    Some(folded) => folded.in_style(style),
                    None => Reading {
                        text: Running::after(style, self.buffer.as_bytes(), self.base),
                        works: self.lanes.iter().map(|lane| lane.work.twin()).collect(),
                    },
                };
                self.readings.push(reading);
            }
        }
        let at = self.base + self.buffer.len();
        self.readings.iter_mut().for_each(|reading| reading.text.push(text, at));
    }

    /// Whether a reading, the last one, has come to be the same as the one that it is another of.
    fn is_spent(&self, reading: &Reading) -> bool {
        let before = self.readings.len().checked_sub(2).and_then(|nth| self.readings.get(nth));
        let others: Vec<&Work> = match before {
            Some(folded) => folded.works.iter().collect(),
            None => self.lanes.iter().map(|lane| &lane.work).collect(),
        };
        let end = reading.text.bytes().len();
        let other_end = before.map_or(self.buffer.len(), |folded| folded.text.bytes().len());
        reading.works.iter().zip(others).all(|(work, other)| {
            work.earliest() >= reading.text.differed() + SEEN && work.is_like(end, other, other_end)
        })
    }

    /// Ends the last reading; `false` where there is none.
    fn end_reading(&mut self) -> bool {
        let Some(reading) = self.readings.pop() else { return false };
        for (lane, work) in self.lanes.iter().zip(&reading.works) {
            work.add_cost(lane.judge.engine(), &mut self.cost);
        }
        true
    }
}

impl Reading {
    /// Another one, which is the same so far.
    fn in_style(&self, style: Style) -> Self {
        Self { text: self.text.in_style(style), works: self.works.iter().map(Work::twin).collect() }
    }
}

impl std::fmt::Debug for StreamScanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamScanner")
            .field("scanned", &self.scanned())
            .field("held", &self.held())
            .field("findings", &self.findings.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::harness::redacting;

    #[test]
    fn another_reading_ends_where_it_makes_no_difference_any_more() {
        let prose = "To be, or not to be: that is the question. ";
        for special in ["\u{200b}", "1\u{a0}", "\u{e0041}", "１"] {
            let mut stream = redacting().stream(Direction::Response, None);
            let mut out = String::new();
            let _ = stream.push(&prose.repeat(3), &mut out);
            assert!(stream.readings.is_empty());
            let _ = stream.push(special, &mut out);
            assert!(!stream.readings.is_empty(), "{special:?}");
            for _ in 0..300 {
                let _ = stream.push(prose, &mut out);
            }
            assert!(stream.readings.is_empty(), "{special:?}");
            let _ = stream.push("ada\u{200b}@corp.io", &mut out);
            assert_eq!(stream.finish(&mut out), Verdict::Continue);
            assert!(out.ends_with("question. [REDACTED:pii.email]"));
        }
    }

    /// However many invisible characters come, no more is held than a match can be long.
    #[test]
    fn what_is_not_seen_is_not_held_without_end() {
        let mut stream = redacting().stream(Direction::Response, None);
        let mut out = String::new();
        let _ = stream.push("my card is 4111", &mut out);
        for _ in 0..10_000 {
            let _ = stream.push("\u{200b}", &mut out);
            assert!(stream.held() < 64 * 256, "{}", stream.held());
        }
        assert!(
            stream.buffer.len() < 64 << 10 && stream.readings.iter().all(|r| r.text.bytes().len() < 64 << 10)
        );
    }
}
