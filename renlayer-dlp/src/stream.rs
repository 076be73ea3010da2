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
            lanes: judges.map(|judge| Lane { judge, work: Work::default() }).collect(),
            direction,
            settler: Settler::default(),
            buffer: String::new(),
            base: 0,
            released: 0,
            settled: 0,
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
            self.hits.extend(lane.judge.weigh(&mut lane.work.hits, text.bytes, None));
            if !complete {
                frontier = frontier.min(lane.work.frontier(lane.judge.engine(), text));
                safe = safe.min(lane.work.safe(lane.judge.engine(), text));
            }
        }
        let frontier = self.buffer.floor_char_boundary(frontier);
        self.release(frontier, complete, out);
        if self.blocked {
            return Verdict::Block;
        }
        self.pass_safe(safe, out);
        self.forget();
        Verdict::Continue
    }

    /// Releases everything before `frontier`, and whole matches that begin there.
    fn release(&mut self, frontier: usize, complete: bool, out: &mut String) {
        let due = self.hits.extract_if(.., |hit| complete || hit.range.start < frontier).collect();
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
        let first = acting.map(|hit| hit.range.start).min();
        let safe = self.buffer.floor_char_boundary(first.map_or(safe, |first| first.min(safe)));
        self.pass_text(safe, out);
    }

    fn pass_hit(&mut self, hit: Hit, out: &mut String) -> Verdict {
        let mut finding = hit.finding;
        let (action, marker) = (finding.effect(), finding.marker());
        finding.start = self.base + hit.range.start;
        finding.end = self.base + hit.range.end;
        self.findings.push(finding);
        match action {
            Action::Block => {
                self.pass_text(hit.range.start, out);
                return Verdict::Block;
            }
            Action::Redact | Action::Tokenize if hit.range.end > self.released => {
                self.pass_text(hit.range.start, out);
                out.push_str(&marker);
                self.released = hit.range.end;
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
        let keep = self.released.min(self.settled).saturating_sub(BEHIND + crate::words::REACH);
        if keep < SLACK {
            return;
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
            hit.range = hit.range.start - keep..hit.range.end - keep;
        }
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
