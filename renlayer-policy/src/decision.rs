//! What came of judging a call: a value, with its reasons.

use std::sync::Arc;

use serde::Serialize;

use crate::{Mode, PolicyAction, PolicyId};

/// The answer of [`PolicySet::decide`](crate::PolicySet::decide).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decided {
    /// The verdict.
    Final(Decision),
    /// A policy that may win asks about findings: scan the request, then decide again.
    NeedsFindings,
}

/// A verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// What happens to the call.
    pub action: PolicyAction,
    /// The policy that decided; `None` when it was the default.
    pub policy: Option<PolicyRef>,
    /// Observe-mode policies that matched before it, in order.
    pub observed: Vec<PolicyRef>,
    /// Policies with a condition that could not be evaluated, and that condition.
    pub unevaluable: Vec<(PolicyId, &'static str)>,
}

impl Decision {
    /// The verdict of a caller that cannot get one: nothing that cannot be judged goes through.
    #[must_use]
    pub fn deny() -> Self {
        Self { action: PolicyAction::Deny, policy: None, observed: Vec::new(), unevaluable: Vec::new() }
    }
}

/// What a decision keeps of a policy; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PolicyRef {
    /// Its id.
    pub id: PolicyId,
    /// Its name.
    pub name: Arc<str>,
    /// What it does.
    pub action: PolicyAction,
    /// What the caller is told.
    pub message: Option<Arc<str>>,
    /// Whether it decides or observes, where it says so itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
}

/// Why a call was judged as it was, policy by policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The verdict, as [`PolicySet::decide`](crate::PolicySet::decide) gives it.
    pub decision: Decision,
    /// Every policy that matches, in order: the first that enforces is the winner.
    pub matches: Vec<PolicyRef>,
    /// Every policy that does not, in order.
    pub misses: Vec<Miss>,
}

/// A policy that did not match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Miss {
    /// The policy.
    pub policy: PolicyRef,
    /// What ruled it out: names of conditions, or `scope`, or `enabled`.
    pub ruled_out_by: Vec<&'static str>,
    /// How many of its conditions did hold.
    pub held: usize,
}

impl Explanation {
    /// Policies that one condition alone ruled out.
    pub fn near_misses(&self) -> impl Iterator<Item = &Miss> {
        self.misses.iter().filter(|miss| miss.ruled_out_by.len() == 1)
    }
}
