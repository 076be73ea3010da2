//! Why an action ends before its time: each cause as the trace's reason and as the caller's refusal. No cause carries
//! matched text, a key or a body.

use std::{any::Any, time::Duration};

use http::StatusCode;
use renlayer_policy::cedar::{CedarCheck, CedarVerdict};
use renlayer_policy::{Dimension, LimitState, Mode, Money, PolicyId, PolicyRef, Shortage};
use serde::{Deserialize, Serialize};

use super::{HeadFault, budget::Progress};
use crate::{
    dialect::{Refusal, RefusalKind},
    id::TraceId,
    trace::{ModeLevel, Outcome, Reason, ReasonKind, Status},
};

/// When to try again where a lease or an epoch is on its way.
const SOON: Duration = Duration::from_secs(1);

/// One cause. `reason` is what the trace says, the rest what the caller is told.
#[derive(Debug, Clone)]
pub(crate) struct Cause {
    pub(crate) outcome: Outcome,
    /// None where the decision stands in the trace already, or where nobody decided: an upstream that failed.
    reason: Option<ReasonKind>,
    kind: RefusalKind,
    status: StatusCode,
    message: String,
    by: Option<String>,
    name: Option<String>,
    retry_after: Option<Duration>,
    limit: Option<Box<LimitState>>,
    /// Whether who decided says that it takes effect, whatever the mode of the call.
    pub(crate) insists: bool,
    /// How the upstream failed, where it did.
    pub(crate) upstream: Option<UpstreamFailure>,
}

/// How an upstream failed before or while it answered. A service below the layer that has no answer to give puts this
/// into the extensions of an otherwise empty response; the caller then gets a refusal in its own dialect. A body whose
/// error it is says why it breaks off; any other error counts as [`Reset`](Self::Reset).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum UpstreamFailure {
    /// Its name does not resolve.
    #[error("the upstream's name does not resolve")]
    Dns,
    /// It takes no connection.
    #[error("the upstream takes no connection")]
    ConnectFailed,
    /// Its certificate is signed by nobody who is trusted, or is no certificate for a server.
    #[error("the upstream's certificate is not trusted")]
    CertificateUntrusted,
    /// Its certificate's time is over, or has not come.
    #[error("the upstream's certificate has expired or is not yet valid")]
    CertificateDates,
    /// Its certificate is another host's.
    #[error("the upstream's certificate is for another name")]
    CertificateName,
    /// TLS with it fails for another cause.
    #[error("no TLS connection to the upstream")]
    Tls,
    /// It did not connect, answer or go on in time.
    #[error("the upstream did not answer in time")]
    Timeout,
    /// It closed or reset the connection.
    #[error("the upstream closed the connection")]
    Reset,
}

impl UpstreamFailure {
    /// The failure as it is written everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::ConnectFailed => "connect_failed",
            Self::CertificateUntrusted => "certificate_untrusted",
            Self::CertificateDates => "certificate_dates",
            Self::CertificateName => "certificate_name",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Reset => "reset",
        }
    }

    /// What the error of an upstream's body stands for.
    pub(crate) fn of_body<E: 'static>(error: &E) -> Self {
        (error as &dyn Any).downcast_ref().copied().unwrap_or(Self::Reset)
    }
}

impl Cause {
    fn new(reason: ReasonKind, kind: RefusalKind, message: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Refused,
            reason: Some(reason),
            kind,
            status: kind.status(),
            message: message.into(),
            by: None,
            name: None,
            retry_after: None,
            limit: None,
            insists: false,
            upstream: None,
        }
    }

    fn by(mut self, by: impl Into<String>) -> Self {
        self.by = Some(by.into());
        self
    }

    pub(crate) fn unauthenticated(presented: bool) -> Self {
        let message = if presented {
            "the agent key is unknown, revoked or expired; ask your operator for a new one"
        } else {
            "no agent key; send it as Authorization: Bearer, x-api-key, api-key, x-goog-api-key or X-RenLayer-Key"
        };
        Self::new(ReasonKind::Unauthenticated, RefusalKind::Unauthenticated, message)
    }

    pub(crate) fn web_page() -> Self {
        let message = "calls from web pages need an agent key: this one has an Origin, a Sec-Fetch-Site or a foreign Host";
        Self {
            status: StatusCode::FORBIDDEN,
            ..Self::new(ReasonKind::WebPage, RefusalKind::Unauthenticated, message)
        }
    }

    pub(crate) fn no_route(path: &str) -> Self {
        let first = path.split('/').nth(1).unwrap_or_default();
        let message = format!("no route leads to `/{first}`; the path must begin with a route's prefix");
        Self { status: StatusCode::NOT_FOUND, ..Self::new(ReasonKind::Route, RefusalKind::Route, message) }
    }

    pub(crate) fn model_pinned(model: &str) -> Self {
        let message = format!("only the model `{model}` may be asked for on this route");
        Self::new(ReasonKind::Route, RefusalKind::Route, message).by("model")
    }

    pub(crate) fn not_a_forward_proxy() -> Self {
        let message = "only requests for a path are served here; use a route's prefix as the base URL";
        Self { status: StatusCode::BAD_REQUEST, ..Self::new(ReasonKind::Route, RefusalKind::Route, message) }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(ReasonKind::BadRequest, RefusalKind::BadRequest, message)
    }

    /// The head cannot be read as one request.
    pub(crate) fn bad_head(fault: HeadFault) -> Self {
        Self { status: fault.status(), ..Self::bad_request(fault.message()).by(fault.code()) }
    }

    /// The body broke off: whoever sent it is gone, or its framing is broken.
    pub(crate) fn broken_off() -> Self {
        let cause = Self::bad_request("the request's body ended before its end");
        Self { outcome: Outcome::ClientDisconnected, ..cause }
    }

    pub(crate) fn body_too_large(max: usize) -> Self {
        let message = format!("the body is longer than {max} bytes");
        Self::new(ReasonKind::BodyTooLarge, RefusalKind::BodyTooLarge, message).by("max_body_bytes")
    }

    pub(crate) fn unscannable(what: impl std::fmt::Display) -> Self {
        let message = format!("the body cannot be scanned: {what}");
        Self::new(ReasonKind::Unscannable, RefusalKind::Unscannable, message)
    }

    /// An answer that cannot be scanned: the upstream is at fault, not the caller.
    pub(crate) fn unscannable_answer(what: impl std::fmt::Display) -> Self {
        let message = format!("the upstream's answer cannot be scanned: {what}");
        let cause = Self::new(ReasonKind::Unscannable, RefusalKind::Unscannable, message);
        Self { status: StatusCode::BAD_GATEWAY, ..cause }
    }

    /// This engine may judge by what has been replaced.
    pub(crate) fn no_lease() -> Self {
        let message = "this instance does not know whether its policies are still in force; try another one, or again soon";
        let cause = Self::new(ReasonKind::NoLease, RefusalKind::Unavailable, message);
        Self { status: StatusCode::SERVICE_UNAVAILABLE, retry_after: Some(SOON), ..cause }
    }

    /// Governance was replaced while the call waited for its limits, or for a connection.
    pub(crate) fn replaced() -> Self {
        let message = "the policies have changed while the call waited to be sent; send it again";
        let cause = Self::new(ReasonKind::EpochBehind, RefusalKind::Unavailable, message);
        Self { status: StatusCode::SERVICE_UNAVAILABLE, retry_after: Some(SOON), ..cause }
    }

    /// Governance was replaced while the answer was under way.
    pub(crate) fn changed() -> Self {
        let message = "the policies have changed while the answer was under way; send the call again";
        let cause = Self::new(ReasonKind::EpochBehind, RefusalKind::Unavailable, message);
        Self { status: StatusCode::SERVICE_UNAVAILABLE, retry_after: Some(SOON), ..cause }
    }

    /// The call would now go elsewhere than it went.
    pub(crate) fn rerouted() -> Self {
        Self::new(ReasonKind::Route, RefusalKind::Route, "the route of this call leads elsewhere by now")
    }

    /// The caller asks for a later version of governance than there is.
    pub(crate) fn epoch_behind(asked: u64, there: u64) -> Self {
        let message = format!("epoch {asked} is asked for, and this instance is at {there}; try again soon");
        let cause = Self::new(ReasonKind::EpochBehind, RefusalKind::Unavailable, message);
        Self { status: StatusCode::SERVICE_UNAVAILABLE, retry_after: Some(SOON), ..cause }
    }

    pub(crate) fn missing_credential(secret: &str) -> Self {
        let message = "the credential for this route is not configured; tell your operator";
        Self::new(ReasonKind::Credential, RefusalKind::Unavailable, message).by(secret)
    }

    pub(crate) fn policy(policy: Option<&PolicyRef>) -> Self {
        let message = match policy {
            Some(policy) => match &policy.message {
                Some(message) => message.to_string(),
                None => format!("the policy `{}` denies this call", policy.name),
            },
            None => "no policy allows this call".to_owned(),
        };
        let mut cause = Self::new(ReasonKind::Policy, RefusalKind::Policy, message);
        cause.by = Some(policy.map_or_else(|| "default".to_owned(), |policy| policy.id.to_string()));
        cause.name = policy.map(|policy| policy.name.to_string());
        cause.insists = policy.is_some_and(|policy| policy.mode == Some(Mode::Enforce));
        cause
    }

    /// Cedar policies do not let it through. Each of them stands in the trace with a reason of its own.
    pub(crate) fn cedar(check: Option<&CedarCheck>) -> Self {
        let id = check.and_then(|check| check.policies.first());
        let message = match (check, id) {
            (Some(CedarCheck { message: Some(message), .. }), _) => message.to_string(),
            (Some(CedarCheck { verdict: CedarVerdict::Forbid, .. }), Some(id)) => {
                format!("the Cedar policy `{id}` forbids this call")
            }
            (Some(CedarCheck { verdict: CedarVerdict::NoPermit, action, .. }), _) => {
                format!("no Cedar policy permits this call (`{action}`)")
            }
            _ => "a Cedar policy could not be evaluated for this call".to_owned(),
        };
        let cause = Self::new(ReasonKind::Cedar, RefusalKind::Policy, message);
        Self { reason: None, ..cause.by(id.map_or("cedar", PolicyId::as_str)) }
    }

    /// The same once it stands in the trace.
    pub(crate) fn noted(self) -> Self {
        Self { reason: None, ..self }
    }

    pub(crate) fn limit(limit: &LimitState) -> Self {
        let (reason, kind) = match limit.dimension {
            Dimension::Spend => (ReasonKind::BudgetExceeded, RefusalKind::Budget),
            _ => (ReasonKind::RateLimitExceeded, RefusalKind::RateLimit),
        };
        let wait = Duration::from_millis(limit.retry_after_ms);
        let mut cause = Self::new(reason, kind, told_of(limit, wait));
        match limit.shortage {
            Some(Shortage::Unpriced) => cause.status = StatusCode::FORBIDDEN,
            Some(Shortage::Unreachable | Shortage::Crowded) => cause.status = StatusCode::SERVICE_UNAVAILABLE,
            _ => {}
        }
        cause.by = Some(limit.id.to_string());
        cause.name = Some(limit.name.to_string());
        cause.retry_after = limit.may_be_retried().then_some(wait);
        cause.limit = Some(Box::new(limit.clone()));
        cause
    }

    /// The same of an answer under way.
    pub(crate) fn limit_in_answer(limit: &LimitState) -> Self {
        Self { outcome: Outcome::Cut, ..Self::limit(limit) }
    }

    /// The findings stand in the trace with their own reason.
    pub(crate) fn dlp(class: &str, what: &str) -> Self {
        let message = format!("{what} holds sensitive data ({class}); take it out and try again");
        Self { reason: None, ..Self::new(ReasonKind::Dlp, RefusalKind::Dlp, message) }.by(class)
    }

    pub(crate) fn upstream(failure: UpstreamFailure) -> Self {
        let (kind, outcome) = match failure {
            UpstreamFailure::Timeout => (RefusalKind::UpstreamTimeout, Outcome::UpstreamTimeout),
            _ => (RefusalKind::Upstream, Outcome::UpstreamError),
        };
        let cause = Self::new(ReasonKind::Route, kind, failure.to_string());
        Self { outcome, reason: None, upstream: Some(failure), ..cause }
    }

    /// How far an action came that ends by it, where nothing says so already.
    pub(crate) fn progress(&self) -> Progress {
        match self.upstream {
            // It may have read and answered what it did not get to send.
            Some(UpstreamFailure::Timeout | UpstreamFailure::Reset) => Progress::Sent,
            _ => Progress::Nothing,
        }
    }

    /// What the trace says of it, if nothing says it already.
    pub(crate) fn to_reason(&self, observed_by: Option<ModeLevel>) -> Option<Reason> {
        let text = |text: &Option<String>| text.as_deref().map(Into::into);
        self.reason.map(|kind| Reason {
            by: text(&self.by),
            name: text(&self.name),
            ..Reason::new(Status::Denied, kind, observed_by)
        })
    }

    /// What the caller is told.
    pub(crate) fn to_refusal(&self, trace: TraceId) -> Refusal {
        Refusal {
            status: self.status,
            kind: self.kind,
            message: self.message.clone(),
            decided_by: self.by.clone(),
            retry_after: self.retry_after,
            limit: self.limit.clone(),
            trace,
        }
    }
}

/// What the caller of a limit that has no room is told.
fn told_of(limit: &LimitState, wait: Duration) -> String {
    let name = &limit.name;
    let per = limit.window.map_or_else(|| "at once".to_owned(), |window| format!("per {window}"));
    let amount = match limit.dimension {
        Dimension::Spend => format!("{} {}", Money { micros: limit.limit }, limit.dimension),
        Dimension::Concurrency => format!("{} calls", limit.limit),
        counted => format!("{} {counted}", limit.limit),
    };
    let limit_of = format!("the limit `{name}` of {amount} {per} ({})", limit.scope);
    match limit.shortage {
        Some(Shortage::TooLarge) => {
            format!(
                "the call may use more than {limit_of} ever admits; ask for less, such as fewer tokens at most"
            )
        }
        Some(Shortage::Unpriced) => {
            format!("{limit_of} applies, and the model has no price; tell your operator")
        }
        Some(Shortage::Unreachable) => {
            format!(
                "{limit_of} is counted together with other instances, and what they share does not answer; try again soon"
            )
        }
        Some(Shortage::Crowded) => {
            format!("{limit_of} counts too many subjects at a time to take in another; try again in a second")
        }
        Some(Shortage::Full) | None => {
            format!("{limit_of} is used up; try again in {} s", wait.as_millis().div_ceil(1000))
        }
    }
}
