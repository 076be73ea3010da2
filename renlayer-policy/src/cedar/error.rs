//! Why a Cedar text was refused, and where in it.

use std::fmt;

use miette::Diagnostic;

/// A Cedar policy that cannot be compiled: which one, where in its text, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Cedar policy `{policy}`: line {line}, column {column}: {reason}")]
pub struct CedarError {
    /// The policy's id, or the name of the text it stands in; `*` where it is all of them.
    pub policy: String,
    /// Where the text stands in the list that was compiled.
    pub text: usize,
    /// The line in its text, counted from one.
    pub line: usize,
    /// The column there in characters, counted from one.
    pub column: usize,
    /// What is wrong there, and what to do.
    pub reason: String,
}

/// What is wrong, and at which byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) reason: String,
}

// === impl Fault ===

impl Fault {
    pub(super) fn new(at: usize, reason: impl fmt::Display) -> Self {
        Self { at, reason: reason.to_string() }
    }

    /// What the crate says, at the place of its first label, with its advice.
    pub(super) fn of(error: &(impl Diagnostic + ?Sized)) -> Self {
        let label = error.labels().and_then(|mut labels| labels.next());
        let mut reason = error.to_string();
        if let Some(label) = label.as_ref().and_then(|label| label.label()) {
            reason.push_str(&format!(" ({label})"));
        }
        if let Some(help) = error.help() {
            reason.push_str(&format!("; {help}"));
        }
        Self { at: label.map_or(0, |label| label.offset()), reason }
    }

    /// The same, `offset` bytes further on.
    pub(super) fn after(self, offset: usize) -> Self {
        Self { at: self.at + offset, ..self }
    }

    /// The error for whoever wrote `source`.
    pub(super) fn within(self, policy: &str, text: usize, source: &str) -> CedarError {
        let at = source.floor_char_boundary(self.at);
        let before = source.get(..at).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let in_line = before.get(line_start..).unwrap_or_default();
        CedarError {
            policy: policy.to_owned(),
            text,
            line: before.matches('\n').count() + 1,
            column: in_line.chars().count() + 1,
            reason: self.reason,
        }
    }
}
