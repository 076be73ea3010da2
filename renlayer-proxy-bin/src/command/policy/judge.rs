//! Judges a sample call with the engine itself, so that its verdict is the one that a real call would get.

use std::sync::Arc;

use renlayer_core::Engine;
use renlayer_core::compile::agent;
use renlayer_core::config::{Config, Environment};
use renlayer_core::dlp::Direction;
use renlayer_core::exchange::Rehearsal;
use renlayer_core::policy::cedar::CedarDecision;
use renlayer_core::policy::{Explanation, LimitState};
use renlayer_core::snapshot::Governance;
use renlayer_core::store::default_tenant;
use renlayer_core::trace::{Reason, Recorder, Status, Trace, TracedFinding};
use serde::Serialize;
use serde_json::Value;

use super::case::Case;
use crate::failure::{Exit, Failure};

/// What would become of the call, and why.
#[derive(Serialize)]
pub(super) struct Verdict {
    pub(super) status: Status,
    pub(super) enforced: bool,
    pub(super) reasons: Vec<Reason>,
    /// What the caller would be told, where the call is refused.
    pub(super) refusal: Option<Value>,
    /// None where the call does not come before the policies.
    pub(super) policies: Option<Explanation>,
    /// What Cedar policies say, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cedar: Option<CedarDecision>,
    pub(super) findings: Vec<TracedFinding>,
    /// None where it does not come before the limits.
    pub(super) limits: Option<Vec<LimitState>>,
}

/// A rehearsal records into its own notes.
struct Nowhere;

/// Judges `case` by what `config` declares, with every counter at nought.
pub(super) fn judge(config: &Config, environment: &Environment, case: Case) -> Result<Verdict, Failure> {
    let governance = Governance::compile(config, environment, [], [0; 32])
        .map_err(|error| Failure::new(Exit::Configuration, error))?;
    let engine = Engine::new(governance, Arc::new(Nowhere));
    let agent = agent(default_tenant(), &case.agent);
    let (parts, body) = case.request.into_parts();
    let rehearsal = engine.rehearse(Some(agent), parts, body, case.at);
    let lost = || Failure::new(Exit::Unavailable, "the engine left no trace of the call");
    rehearsal.map(Verdict::of).ok_or_else(lost)
}

impl Verdict {
    fn of(rehearsal: Rehearsal) -> Self {
        let Rehearsal { answer, trace, explanation, cedar, limits } = rehearsal;
        let refusal = answer.err().and_then(|refused| serde_json::from_slice(refused.body()).ok());
        let of_request = |found: &TracedFinding| found.direction == Direction::Request;
        Self {
            status: trace.status,
            enforced: trace.enforced,
            reasons: trace.reasons,
            refusal,
            policies: explanation,
            cedar,
            findings: trace.findings.into_iter().filter(of_request).collect(),
            limits,
        }
    }
}

impl Recorder for Nowhere {
    fn record(&self, _: Trace) {}
}
