//! One channel of a stream: a text that comes in pieces, each in an event of its own.

use std::{borrow::Cow, sync::Arc};

use renlayer_dlp::{Action, Finding, StreamScanner, Verdict};

use super::{
    arguments::Arguments,
    frame::Frame,
    reading::Address,
    summary::{Heard, StreamSummary},
};

pub(super) struct Channel {
    pub(super) address: Address,
    text: Followed,
    /// An event that can carry what is held; there is one whenever something is.
    pub(super) carrier: Option<Carrier>,
}

enum Followed {
    Text { scanner: StreamScanner, heard: Heard },
    Arguments(Arguments),
}

/// An event without its piece of text: frame, and the data before and after the string token.
pub(super) struct Carrier {
    pub(super) frame: Frame,
    pub(super) before: String,
    pub(super) after: String,
}

impl Channel {
    pub(super) fn new(address: Address, scanner: StreamScanner) -> Self {
        let text = if address.kind.is_arguments() {
            Followed::Arguments(Arguments::new(scanner))
        } else {
            Followed::Text { scanner, heard: Heard::default() }
        };
        Self { address, text, carrier: None }
    }

    /// Takes a piece and gives what may leave instead. `Err` is the class that blocks, with what may still leave.
    pub(super) fn push(&mut self, piece: &str) -> (String, Result<(), Arc<str>>) {
        let (released, verdict) = match &mut self.text {
            Followed::Text { scanner, heard } => {
                let mut out = String::with_capacity(piece.len());
                heard.push(piece);
                let verdict = scanner.push(piece, &mut out);
                (out, verdict)
            }
            Followed::Arguments(arguments) => {
                let mut out = Vec::with_capacity(piece.len());
                let verdict = arguments.push(piece, &mut out);
                (text(out), verdict)
            }
        };
        (released, self.outcome(verdict))
    }

    /// Gives the rest.
    pub(super) fn finish(&mut self) -> (String, Result<(), Arc<str>>) {
        let (released, verdict) = match &mut self.text {
            Followed::Text { scanner, .. } => {
                let mut out = String::new();
                let verdict = scanner.finish(&mut out);
                (out, verdict)
            }
            Followed::Arguments(arguments) => {
                let mut out = Vec::new();
                let verdict = arguments.finish(&mut out);
                (text(out), verdict)
            }
        };
        (released, self.outcome(verdict))
    }

    pub(super) fn held(&self) -> usize {
        match &self.text {
            Followed::Text { scanner, .. } => scanner.held(),
            Followed::Arguments(arguments) => arguments.held(),
        }
    }

    /// What was found so far.
    pub(super) fn findings(&self) -> &[Finding] {
        match &self.text {
            Followed::Text { scanner, .. } => scanner.findings(),
            Followed::Arguments(arguments) => arguments.scanner().findings(),
        }
    }

    /// Leaves what was found to the summary.
    pub(super) fn settle(&self, summary: &mut StreamSummary) {
        let (scanner, heard) = match &self.text {
            Followed::Text { scanner, heard } => (scanner, heard),
            Followed::Arguments(arguments) => (arguments.scanner(), arguments.heard()),
        };
        summary.channel(scanner.findings(), scanner.cost(), heard);
    }

    fn outcome(&self, verdict: Verdict) -> Result<(), Arc<str>> {
        match verdict {
            Verdict::Continue => Ok(()),
            Verdict::Block => Err(blocking(self.findings())),
        }
    }
}

/// The class of the finding that blocks.
pub(super) fn blocking(findings: &[Finding]) -> Arc<str> {
    let found = findings.iter().rev().find(|finding| finding.effect() == Action::Block);
    found.map_or_else(|| Arc::from("dlp"), |finding| Arc::clone(&finding.class))
}

/// The class of a finding that would block, whether it does or is only observed.
pub(super) fn would_block<'a>(mut findings: impl Iterator<Item = &'a Finding>) -> Option<Arc<str>> {
    findings.find(|finding| finding.action == Action::Block).map(|finding| Arc::clone(&finding.class))
}

/// What a tape lets go of came as text and was cut at characters only.
fn text(bytes: Vec<u8>) -> String {
    match String::from_utf8_lossy(&bytes) {
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(text) => text,
    }
}
