//! Why a policy or a limit was refused when it was compiled.

use std::borrow::Cow;
use std::fmt;

use crate::{Policy, PolicyId};

/// A policy that cannot be compiled: which one, where in it, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("policy `{name}`: {condition}: {reason}")]
pub struct PolicyError {
    /// Its id.
    pub policy: PolicyId,
    /// Its name.
    pub name: String,
    /// Where in the policy, such as `match.prompt[1].regex`.
    pub condition: String,
    /// What is wrong there.
    pub reason: String,
}

impl PolicyError {
    pub(crate) fn new(policy: &Policy, root: &str, fault: Fault) -> Self {
        let (policy, name) = (policy.id.clone(), policy.name.clone());
        Self { policy, name, condition: fault.path(root), reason: fault.reason }
    }

    /// An error that only all policies together have.
    pub(crate) fn of_all(condition: &str, reason: impl fmt::Display) -> Self {
        let (policy, name) = (PolicyId::default(), "*".to_owned());
        Self { policy, name, condition: condition.to_owned(), reason: reason.to_string() }
    }
}

/// What is wrong with a value, and where below the value: conditions raise it, the compiler completes the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    path: String,
    pub(crate) reason: String,
}

impl Fault {
    pub(crate) fn new(reason: impl fmt::Display) -> Self {
        Self { path: String::new(), reason: reason.to_string() }
    }

    /// The same fault, seen from one step above: `step` is `.key` or `[index]`.
    pub(crate) fn under(mut self, step: impl fmt::Display) -> Self {
        self.path.insert_str(0, &step.to_string());
        self
    }

    /// The whole path, from `root` down.
    pub(crate) fn path(&self, root: &str) -> String {
        format!("{root}{}", self.path)
    }
}

/// Most characters of what was written that an error repeats.
const SHOWN: usize = 64;

/// What was written, as an error repeats it.
pub(crate) fn shown(written: &str) -> Cow<'_, str> {
    match written.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", written.get(..end).unwrap_or_default()).into(),
        None => written.into(),
    }
}

/// Refuses a text of more than `most` bytes; `what` begins the reason.
pub(crate) fn bounded(what: &str, written: &str, most: usize) -> Result<(), Fault> {
    if written.len() <= most { Ok(()) } else { Err(format!("{what} is longer than {most} bytes").into()) }
}

impl<T: fmt::Display> From<T> for Fault {
    fn from(reason: T) -> Self {
        Self::new(reason)
    }
}
