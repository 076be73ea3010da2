//! What is kept of a stream for its trace: findings, usage, and the text with everything found taken out.

use renlayer_dlp::{Action, Cost, Finding};

use super::{frame::Broken, reading::Reading};
use crate::{
    dialect::Usage,
    tokens::{self, Running},
};

/// What a stream said and what was found in it.
#[derive(Default)]
pub struct StreamSummary {
    /// Everything found. Ranges are offsets in the channel or event that held it.
    pub findings: Vec<Finding>,
    /// Tokens used, as the provider told them.
    pub usage: Usage,
    /// Bytes of text and of tool arguments that the answer held so far.
    pub written: u64,
    /// Their tokens, where a limit asks for them.
    pub(crate) running: Option<Running>,
    /// The model that answered.
    pub model: Option<String>,
    /// Why the answer ended, in the provider's word.
    pub finish: Option<String>,
    /// Bytes of the body that were scanned.
    pub scanned: u64,
    /// Bytes of it that no one could look into.
    pub opaque: u64,
    /// Why, where there are some: `event_too_long`, `event_malformed`.
    pub opaque_because: Option<&'static str>,
    /// Events that were not as their dialect has them and were scanned as they stand.
    pub unread: u64,
    /// The work done, per detector.
    pub cost: Cost,
    /// The answer's text and tool arguments, channel after channel, everything found replaced by its marker; bounded.
    pub text: String,
}

/// How much of a stream's text a trace keeps.
const TEXT: usize = 32 * 1024;

/// The beginning of a channel's text, not redacted yet.
#[derive(Default)]
pub(super) struct Heard(String);

// === impl StreamSummary ===

impl StreamSummary {
    /// Text that the answer holds.
    pub(super) fn wrote(&mut self, piece: &str) {
        self.written += piece.len() as u64;
        if let Some(running) = &mut self.running {
            running.push(piece);
        }
    }

    /// The tokens of the answer so far, the last few estimated.
    pub(crate) fn tokens(&self) -> u64 {
        self.running.as_ref().map_or_else(|| tokens::of_bytes(self.written), Running::so_far)
    }

    /// The tokens of the answer.
    pub(crate) fn all_tokens(&mut self) -> u64 {
        self.running.as_mut().map_or_else(|| tokens::of_bytes(self.written), Running::finish)
    }

    pub(super) fn note(&mut self, reading: &mut Reading<'_>) {
        if let Some(usage) = reading.usage {
            self.usage.update(usage);
        }
        if let Some(model) = reading.model.take() {
            self.model = Some(model);
        } else if let (None, Some(model)) = (&self.model, reading.stamp.model) {
            self.model = serde_json::from_str(model.get()).ok().filter(|model: &String| !model.is_empty());
        }
        if let Some(finish) = reading.finish.take() {
            self.finish = Some(finish);
        }
    }

    /// Bytes that no one can look into.
    pub(super) fn unlooked(&mut self, bytes: usize, because: Broken) {
        self.opaque += bytes as u64;
        self.opaque_because = Some(because.reason());
    }

    /// Findings of one channel, and its text.
    pub(super) fn channel(&mut self, findings: &[Finding], cost: &Cost, heard: &Heard) {
        self.cost.merge(cost);
        self.text(&heard.redacted(findings));
        self.findings.extend(findings.iter().map(Finding::recorded));
    }

    /// Findings of one event. Events that repeat what was streamed find it again: it counts once.
    pub(super) fn event(&mut self, findings: &[Finding]) {
        for finding in findings {
            let same =
                |known: &Finding| known.class == finding.class && known.fingerprint == finding.fingerprint;
            if !self.findings.iter().any(same) {
                self.findings.push(finding.recorded());
            }
        }
    }

    /// Text that has nothing left in it that was found.
    pub(super) fn text(&mut self, text: &str) {
        let room = TEXT.saturating_sub(self.text.len() + 1);
        if text.is_empty() || room == 0 {
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text.get(..text.floor_char_boundary(room)).unwrap_or_default());
    }
}

// === impl Heard ===

impl Heard {
    pub(super) fn push(&mut self, text: &str) {
        let room = TEXT.saturating_sub(self.0.len());
        self.0.push_str(text.get(..text.floor_char_boundary(room)).unwrap_or_default());
    }

    /// What was heard, everything found taken out. A scanner that blocks judges nothing that follows: that is left out.
    fn redacted(&self, findings: &[Finding]) -> String {
        let blocked = findings.iter().filter(|finding| finding.effect() == Action::Block).map(|f| f.end);
        let judged = blocked.min().unwrap_or(self.0.len()).min(self.0.len());
        let heard = self.0.get(..judged).unwrap_or_default();
        let mut found: Vec<&Finding> = findings.iter().filter(|finding| !finding.is_restored()).collect();
        found.sort_by_key(|finding| finding.start);
        let (mut out, mut done) = (String::with_capacity(self.0.len()), 0);
        for finding in found {
            if finding.end > done && finding.start < heard.len() {
                out.push_str(heard.get(done..finding.start).unwrap_or_default());
                out.push_str(&finding.marker());
                done = finding.end;
            }
        }
        out.push_str(heard.get(done..).unwrap_or_default());
        out
    }
}
