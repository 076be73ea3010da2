//! What would become of a call, as JSON tells it.

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use renlayer_core::exchange::Rehearsal;
use renlayer_core::policy::cedar::CedarDecision;
use renlayer_core::policy::{Decision, Explanation, LimitState, Miss, PolicyRef};
use renlayer_core::trace::{Reason, Status, TracedFinding};
use serde::Serialize;
use serde_json::Value;

/// The answer of `renlayer_evaluate`.
#[derive(Serialize)]
pub(crate) struct Verdict<'a> {
    status: Status,
    enforced: bool,
    /// None where the call goes through: the upstream says then.
    http_status: Option<u16>,
    reasons: &'a [Reason],
    /// None where the call is refused before the policies are asked.
    policies: Option<Policies<'a>>,
    /// What Cedar policies say; only where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    cedar: Option<&'a CedarDecision>,
    findings: &'a [TracedFinding],
    limits: &'a [LimitState],
    request: Option<Seen<'a>>,
    refusal: Option<Value>,
}

/// Why the policies decide as they do.
#[derive(Serialize)]
struct Policies<'a> {
    decision: &'a Decision,
    matches: &'a [PolicyRef],
    near_misses: Vec<&'a Miss>,
}

/// A request as the upstream would see it.
#[derive(Serialize)]
struct Seen<'a> {
    method: &'a str,
    url: String,
    headers: Vec<(&'a str, String)>,
    body_text: String,
}

// === impl Verdict ===

impl<'a> Verdict<'a> {
    /// Tells a rehearsal.
    pub(crate) fn of(rehearsal: &'a Rehearsal) -> Self {
        let Rehearsal { answer, trace, explanation, cedar, limits } = rehearsal;
        let refused = answer.as_ref().err();
        Self {
            status: trace.status,
            enforced: trace.enforced,
            http_status: refused.map(|refused| refused.status().as_u16()),
            reasons: &trace.reasons,
            policies: explanation.as_ref().map(Policies::of),
            cedar: cedar.as_ref(),
            findings: &trace.findings,
            limits: limits.as_deref().unwrap_or_default(),
            request: answer.as_ref().ok().map(Seen::of),
            refusal: refused.map(told),
        }
    }
}

/// What the caller would be told; every dialect refuses in JSON.
fn told(refused: &Response<Bytes>) -> Value {
    serde_json::from_slice(refused.body()).unwrap_or_default()
}

// === impl Policies ===

impl<'a> Policies<'a> {
    fn of(explanation: &'a Explanation) -> Self {
        Self {
            decision: &explanation.decision,
            matches: &explanation.matches,
            near_misses: explanation.near_misses().collect(),
        }
    }
}

// === impl Seen ===

impl<'a> Seen<'a> {
    fn of(request: &'a Request<Bytes>) -> Self {
        Self {
            method: request.method().as_str(),
            url: request.uri().to_string(),
            headers: headers(request.headers()),
            // The call came as text, and what is taken out of text leaves text.
            body_text: String::from_utf8_lossy(request.body()).into_owned(),
        }
    }
}

fn headers(headers: &HeaderMap) -> Vec<(&str, String)> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str(), text(value))).collect()
}
