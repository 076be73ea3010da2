//! The answer of a scan over a whole body, and the edits that follow from it.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::stand_in::Swap;
use crate::{Action, Cost, Finding};

/// What a scan found, what it could not look into, and what that took.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// In order of their place; one may overlap the next, and none lies inside a stronger one.
    pub findings: Vec<Finding>,
    /// How many bytes of the body were looked at.
    pub scanned: usize,
    /// Parts that could not be looked into. They are not clean, they are unknown.
    pub opaque: Vec<Opaque>,
    /// The work, per detector.
    pub cost: Cost,
}

/// A part of a body that could not be looked into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opaque {
    /// Its bytes.
    pub range: Range<usize>,
    /// Why.
    pub reason: OpaqueReason,
}

/// Why a part of a body could not be looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpaqueReason {
    /// Documents are nested, or text is packed, deeper than the scanner follows.
    Depth,
    /// Bytes in an encoding that is not read.
    Encoding,
    /// Compressed bytes that are broken, or grow past the bound.
    Compression,
    /// More findings than a report holds.
    TooManyFindings,
}

impl OpaqueReason {
    /// The name used in traces: `"depth"`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Depth => "depth",
            Self::Encoding => "encoding",
            Self::Compression => "compression",
            Self::TooManyFindings => "too_many_findings",
        }
    }
}

impl Report {
    /// The strongest action that takes [effect](Finding::effect).
    #[must_use]
    pub fn action(&self) -> Option<Action> {
        self.findings.iter().map(Finding::effect).max()
    }

    /// The body with every span that is [replaced](Finding::is_replaced): by `[REDACTED:class]`, by its stand-in, or, where
    /// it is one, by what it stands for. Every other byte is as it was, and JSON stays valid. `bytes` are those that were
    /// scanned.
    #[must_use]
    pub fn redact<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        edit(bytes, self.findings.iter().filter(|finding| finding.is_replaced()))
    }

    /// Whether [`redact`](Self::redact) changes anything.
    #[must_use]
    pub fn replaces(&self) -> bool {
        self.findings.iter().any(Finding::is_replaced)
    }

    /// The body with every finding replaced, whatever its action, and stand-ins left as they are: for traces and logs.
    #[must_use]
    pub fn redact_all<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        edit(bytes, self.findings.iter().filter(|finding| !finding.is_restored()))
    }

    /// Hands every stand-in that was made, with what it stands for, to `keep`. Where that answers `false`, because the
    /// stand-in means something else already, the value is redacted instead.
    pub fn keep_stand_ins(&mut self, mut keep: impl FnMut(&str, &[u8]) -> bool) {
        for finding in &mut self.findings {
            let is_lost = match finding.swap.as_deref() {
                Some(Swap::Made { stand_in, original }) => !keep(stand_in, original),
                _ => false,
            };
            if is_lost {
                finding.swap = None;
            }
        }
    }
}

/// Replaces spans in order of their start. Of a span that overlaps the one before it, the rest gets its own marker: so
/// nothing found survives, and a stream can do the same without seeing what follows.
fn edit<'b, 'f>(bytes: &'b [u8], findings: impl Iterator<Item = &'f Finding>) -> Cow<'b, [u8]> {
    let mut out = Vec::new();
    let mut done = 0;
    for finding in findings {
        if finding.end <= done || finding.end > bytes.len() {
            continue;
        }
        out.extend_from_slice(bytes.get(done..finding.start).unwrap_or_default());
        out.extend_from_slice(&finding.replacement());
        done = finding.end;
    }
    if done == 0 {
        return Cow::Borrowed(bytes);
    }
    out.extend_from_slice(bytes.get(done..).unwrap_or_default());
    Cow::Owned(out)
}
