//! What a trace says: one record for each action, also for refusals, upstream failures and clients that left.
//!
//! A trace never holds a matched value, a key or an injected credential: bodies are kept redacted and bounded, findings
//! carry places and fingerprints. The JSON of a trace is a contract (`trace show --json`, the store's `record` column)
//! and is held by a golden file.

use std::{net::SocketAddr, sync::Arc};

use jiff::Timestamp;
use renlayer_dlp::{Cost, Finding};
use renlayer_policy::{ActionType, Mode};
use serde::{Deserialize, Serialize};

use crate::{
    dialect::{Dialect, Usage},
    exchange::UpstreamFailure,
    id::{AgentId, TenantId, TraceId},
};

/// The record of one action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// The action's own id, also sent to the agent in `X-RenLayer-Trace-Id`.
    pub id: TraceId,
    /// Whose action it was.
    pub tenant: TenantId,
    /// The agent that called, unless it could not be authenticated.
    pub agent: Option<AgentRef>,
    /// `X-RenLayer-User`, as the agent gave it.
    pub user: Option<Box<str>>,
    /// `X-RenLayer-Session`, as the agent gave it.
    pub session: Option<Box<str>>,
    /// When the request's head arrived.
    pub started_at: Timestamp,
    /// The version of governance that it was judged by; nought where nobody counts versions.
    #[serde(default)]
    pub epoch: u64,
    /// What kind of call it was.
    pub action_type: ActionType,
    /// The wire dialect it was read in.
    pub dialect: Dialect,
    /// The route that was taken, by name.
    pub route: Option<Arc<str>>,
    /// The request's method; `?` where it could not be read.
    pub method: Box<str>,
    /// What is known of a head that could not be read as one request; only there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub refused_head: Option<RefusedHead>,
    /// Where it went: scheme, host, port and path; the query is left out, for it may carry keys.
    pub upstream: Option<Box<str>>,
    /// The model that was asked for.
    pub model: Option<Box<str>>,
    /// What was decided, the strongest of all reasons.
    pub status: Status,
    /// False where the decision was only observed: the status says what would have happened, and the call went through.
    pub enforced: bool,
    /// Whether decisions on this call take effect, and who says so.
    #[serde(default)]
    pub mode: TracedMode,
    /// How the call would have ended where decisions take effect; only where it went on instead.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instead: Option<Instead>,
    /// The later version of governance that ended the answer under way, or would have where decisions are only observed; only
    /// there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ended_by_epoch: Option<u64>,
    /// How the action ended.
    pub outcome: Outcome,
    /// How the upstream failed; only where it did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub upstream_failure: Option<UpstreamFailure>,
    /// Every reason, the deciding one first.
    pub reasons: Vec<Reason>,
    /// The HTTP status that the agent saw, where an answer was begun.
    pub http_status: Option<u16>,
    /// What the scans found, in both directions.
    pub findings: Vec<TracedFinding>,
    /// The request's body, redacted and bounded.
    pub request_body: Option<TracedBody>,
    /// The answer, redacted and bounded; of a stream, its text.
    pub response_body: Option<TracedBody>,
    /// Tokens as the provider counted them.
    pub usage: Usage,
    /// What they cost; only where the model has a price.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub spend: Option<Spend>,
    /// Where the time went.
    pub latency: Latency,
    /// Which bytes were looked at.
    pub coverage: Coverage,
    /// What each detector cost.
    pub detector_cost: Cost,
}

/// An agent as a trace names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRef {
    /// The agent's id.
    pub id: AgentId,
    /// Its name when the action was made.
    pub name: Arc<str>,
}

/// The mode a call was made under.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedMode {
    /// Whether decisions take effect.
    pub mode: Mode,
    /// Whose word it is.
    pub by: ModeLevel,
}

/// Who may say whether decisions take effect, from the widest to the narrowest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModeLevel {
    /// The process: `mode`, `--observe`.
    #[default]
    Process,
    /// The tenant: `declare.mode`.
    Tenant,
    /// The agent.
    Agent,
    /// The settings of the scanner, for what it finds: `declare.dlp.observe`.
    Dlp,
    /// A policy, for itself.
    Policy,
    /// A limit, for itself.
    Limit,
}

impl ModeLevel {
    /// The level as it is written everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Tenant => "tenant",
            Self::Agent => "agent",
            Self::Dlp => "dlp",
            Self::Policy => "policy",
            Self::Limit => "limit",
        }
    }

    /// Whether it speaks for some decisions alone: those are left out also where everything else takes effect.
    pub fn is_of_one_rule(self) -> bool {
        matches!(self, Self::Dlp | Self::Policy | Self::Limit)
    }
}

/// How a call would have ended that went on because decisions were only observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instead {
    /// Refused, or cut in its answer.
    pub outcome: Outcome,
    /// The status of the refusal; none where the answer was under way.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub http_status: Option<u16>,
}

/// What a trace keeps of a head that could not be read as one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedHead {
    /// The path of its target, redacted and bounded, where it has one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub target: Option<Box<str>>,
    /// Who sent it: address and port.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub peer: Option<SocketAddr>,
}

/// What was decided. Where several apply the earlier wins, which is the order of the variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Refused by policy, limit, authentication, or because it could not be judged.
    Denied,
    /// Refused, or cut, because of what it carried.
    DlpBlocked,
    /// Let through and marked for review.
    Flagged,
    /// Let through with sensitive data in it, or taken out of it.
    DlpWarned,
    /// Let through.
    Allowed,
}

impl Status {
    /// The status as it is written everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "DENIED",
            Self::DlpBlocked => "DLP_BLOCKED",
            Self::Flagged => "FLAGGED",
            Self::DlpWarned => "DLP_WARNED",
            Self::Allowed => "ALLOWED",
        }
    }
}

/// How an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The answer went back whole.
    Completed,
    /// The upstream failed, before its answer or in the middle of it.
    UpstreamError,
    /// The upstream took too long.
    UpstreamTimeout,
    /// The client left before the end.
    ClientDisconnected,
    /// The call was not forwarded.
    Refused,
    /// The answer was ended by us.
    Cut,
}

impl Outcome {
    /// The outcome as it is written everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::UpstreamError => "upstream_error",
            Self::UpstreamTimeout => "upstream_timeout",
            Self::ClientDisconnected => "client_disconnected",
            Self::Refused => "refused",
            Self::Cut => "cut",
        }
    }
}

/// One reason for a trace's status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The status that this reason alone would give.
    pub status: Status,
    /// The kind of thing that decided.
    pub kind: ReasonKind,
    /// The policy, limit, finding class or bound, by id or name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<Box<str>>,
    /// The same, as an operator named it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<Box<str>>,
    /// False where it only would have been decided so.
    pub enforced: bool,
    /// Whose word it is that it has no effect; only where it has none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub observed_by: Option<ModeLevel>,
}

impl Reason {
    /// A reason that has its effect unless somebody observes it.
    pub(crate) fn new(status: Status, kind: ReasonKind, observed_by: Option<ModeLevel>) -> Self {
        Self { status, kind, by: None, name: None, enforced: observed_by.is_none(), observed_by }
    }
}

/// The kinds of [`Reason`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonKind {
    /// A policy decided.
    Policy,
    /// A policy could not be evaluated, so it failed closed.
    PolicyUnevaluable,
    /// A Cedar policy decided, or none permits the call.
    Cedar,
    /// A limit was used up.
    RateLimitExceeded,
    /// A limit on money was used up, or what the call costs is not known.
    BudgetExceeded,
    /// No agent key, or one that is unknown, revoked or expired.
    Unauthenticated,
    /// The call came from a web page, or under a foreign host name.
    WebPage,
    /// No route leads where the call wants to go.
    Route,
    /// A finding decided.
    Dlp,
    /// A body is longer than the bound.
    BodyTooLarge,
    /// A body could not be read or scanned.
    Unscannable,
    /// The request itself is wrong.
    BadRequest,
    /// The credential that the route names is not to be had.
    Credential,
    /// The instance does not know whether its governance is still in force.
    NoLease,
    /// A later version of governance was asked for, or came into force while the call waited to be sent or its answer was under
    /// way.
    EpochBehind,
}

impl ReasonKind {
    /// The reason as it is written everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::PolicyUnevaluable => "policy_unevaluable",
            Self::Cedar => "cedar",
            Self::RateLimitExceeded => "rate_limit_exceeded",
            Self::BudgetExceeded => "budget_exceeded",
            Self::Unauthenticated => "unauthenticated",
            Self::WebPage => "web_page",
            Self::Route => "route",
            Self::Dlp => "dlp",
            Self::BodyTooLarge => "body_too_large",
            Self::Unscannable => "unscannable",
            Self::BadRequest => "bad_request",
            Self::Credential => "credential",
            Self::NoLease => "no_lease",
            Self::EpochBehind => "epoch_behind",
        }
    }
}

/// A finding and the direction it was found in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TracedFinding {
    /// Where it was found.
    pub direction: renlayer_dlp::Direction,
    /// The finding; its range counts the bytes of the body as it came, or of a stream's channel.
    #[serde(flatten)]
    pub finding: Finding,
}

/// A body as a trace keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedBody {
    /// The text, redacted; bytes that are no UTF-8 are replaced.
    pub text: String,
    /// How many bytes the body had.
    pub bytes: u64,
    /// Whether `text` is only its beginning.
    pub truncated: bool,
}

/// What an action cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spend {
    /// The amount, in micro-units.
    pub micros: u64,
    /// Whether it was counted here, because the provider did not tell all of what was used.
    pub estimated: bool,
}

/// Where an action's time went, in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latency {
    /// From the request's head to the last byte of the answer.
    pub total_us: u64,
    /// What we took: reading, deciding, scanning.
    pub own_us: u64,
    /// From forwarding to the upstream's head.
    pub upstream_us: Option<u64>,
    /// From the request's head to the first byte released to the agent.
    pub ttfb_us: Option<u64>,
}

/// Which bytes were looked at: every byte of a body is in exactly one count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The request's body.
    pub request: DirectionCoverage,
    /// The answer's body.
    pub response: DirectionCoverage,
}

/// The coverage of one direction, in bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectionCoverage {
    /// Bytes that were scanned.
    pub scanned: u64,
    /// Bytes that a rule exempts.
    pub exempt: u64,
    /// The rule that exempts them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub exempt_by: Option<Box<str>>,
    /// Bytes that could not be scanned.
    pub opaque: u64,
    /// Why they could not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub opaque_because: Option<Box<str>>,
}
