//! What Cedar policies say of a call: a value, with the policies that determine it.

use std::sync::Arc;

use serde::Serialize;

use crate::PolicyId;
use crate::policy::PolicyAction;

/// The answer of [`CedarSet::decide`](crate::cedar::CedarSet::decide).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CedarDecided {
    /// The verdict.
    Final(CedarDecision),
    /// A policy asks about findings: scan the request, then decide again.
    NeedsFindings,
}

/// A verdict: that of the strictest of everything that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CedarDecision {
    /// What was asked, and the answers: the call itself, then each tool that it calls.
    pub checks: Vec<CedarCheck>,
}

/// One action on one resource, and whether it is permitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CedarCheck {
    /// The action.
    pub action: &'static str,
    /// The resource, as Cedar writes it.
    pub resource: String,
    /// The answer.
    pub verdict: CedarVerdict,
    /// The policies that determine it.
    pub policies: Vec<PolicyId>,
    /// What the caller is told, where one of them says so (`@message`).
    pub message: Option<Arc<str>>,
}

/// The answer to one question; ordered from the mildest to the most restrictive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CedarVerdict {
    /// Permitted.
    Permit,
    /// Permitted, by a policy that marks what it permits.
    Flag,
    /// No policy permits it.
    NoPermit,
    /// A policy forbids it.
    Forbid,
    /// A policy could not be evaluated.
    Error,
}

// === impl CedarDecision ===

impl CedarDecision {
    /// The verdict of a caller that cannot get one.
    #[must_use]
    pub fn deny() -> Self {
        Self { checks: Vec::new() }
    }

    /// Both together; what was asked twice counts once.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        if self.checks.is_empty() || others.checks.is_empty() {
            return Self::deny();
        }
        for check in others.checks {
            if !self.checks.contains(&check) {
                self.checks.push(check);
            }
        }
        self
    }

    /// What happens to the call, as far as Cedar has a say.
    pub fn action(&self) -> PolicyAction {
        self.strictest().map_or(PolicyAction::Deny, |check| check.verdict.action())
    }

    /// The first of the strictest answers.
    pub fn strictest(&self) -> Option<&CedarCheck> {
        let strictest = self.checks.iter().map(|check| check.verdict).max()?;
        self.checks.iter().find(|check| check.verdict == strictest)
    }
}

impl CedarCheck {
    /// An answer that no policy determines.
    pub(super) fn new(action: &'static str, resource: String, verdict: CedarVerdict) -> Self {
        Self { action, resource, verdict, policies: Vec::new(), message: None }
    }
}

/// What happens to a call of which native policies say `native` and Cedar policies, where there are any, `cedar`: the more
/// restrictive of both.
pub fn merged(native: PolicyAction, cedar: Option<&CedarDecision>) -> PolicyAction {
    cedar.map_or(native, |cedar| native.max(cedar.action()))
}

// === impl CedarVerdict ===

impl CedarVerdict {
    /// What it does to a call.
    pub fn action(self) -> PolicyAction {
        match self {
            Self::Permit => PolicyAction::Allow,
            Self::Flag => PolicyAction::Flag,
            Self::NoPermit | Self::Forbid | Self::Error => PolicyAction::Deny,
        }
    }

    /// The verdict as it is written everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Permit => "permit",
            Self::Flag => "flag",
            Self::NoPermit => "no_permit",
            Self::Forbid => "forbid",
            Self::Error => "error",
        }
    }
}
