//! What lint finds.

use std::fmt;

use serde::Serialize;

use super::example::Example;
use crate::PolicyId;
use crate::cedar::lint::CedarExample;
use crate::policy::Policy;

/// Something that is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// The policy's id; empty where a default is meant, or none was given.
    pub policy: PolicyId,
    /// Its name, or `default`.
    pub name: String,
    /// Where in it, such as `match.prompt.regex`, if it is one place; `cedar` of Cedar policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Names of the other policies it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// How sure it is.
    pub proof: Proof,
    /// In words.
    pub reason: String,
    /// A call that shows it, or to which it does not extend; judged by the engine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counterexample: Option<Counterexample>,
}

/// A call, as policies of either kind see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Counterexample {
    /// As native policies do.
    Native(Box<Example>),
    /// As Cedar policies do.
    Cedar(Box<CedarExample>),
}

/// What may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Earlier policies decide every call that it matches.
    Shadowed,
    /// Its conditions exclude each other.
    Contradiction,
    /// It asks for the same as an earlier policy and does the same.
    Duplicate,
    /// A pattern in it matches every text.
    MatchesEverything,
    /// A pattern in it has no fixed text to be found by, and runs on every prompt.
    SlowPattern,
    /// It names an agent that does not exist.
    UnknownAgent,
    /// It names a tool that does not exist.
    UnknownTool,
    /// It names a model that does not exist.
    UnknownModel,
    /// It lets every call through.
    AllowsEverything,
    /// All calls are denied.
    DeniesEverything,
    /// It lets calls through that were denied before.
    Widening,
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// It is so.
    Proved,
    /// Nothing was found that speaks against it, and not everything can be tried.
    Heuristic,
}

impl Finding {
    pub(super) fn about(policy: &Policy, kind: FindingKind, proof: Proof, reason: impl Into<String>) -> Self {
        let (id, name, reason) = (policy.id.clone(), policy.name.clone(), reason.into());
        Self { kind, policy: id, name, place: None, by: Vec::new(), proof, reason, counterexample: None }
    }

    pub(super) fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }
}

impl FindingKind {
    /// The name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shadowed => "shadowed",
            Self::Contradiction => "contradiction",
            Self::Duplicate => "duplicate",
            Self::MatchesEverything => "matches_everything",
            Self::SlowPattern => "slow_pattern",
            Self::UnknownAgent => "unknown_agent",
            Self::UnknownTool => "unknown_tool",
            Self::UnknownModel => "unknown_model",
            Self::AllowsEverything => "allows_everything",
            Self::DeniesEverything => "denies_everything",
            Self::Widening => "widening",
        }
    }
}

impl Proof {
    /// The name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Heuristic => "heuristic",
        }
    }
}

impl From<Example> for Counterexample {
    fn from(example: Example) -> Self {
        Self::Native(Box::new(example))
    }
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Native(example) => example.fmt(f),
            Self::Cedar(example) => example.fmt(f),
        }
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
