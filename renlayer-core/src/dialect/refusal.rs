//! A refusal, told so that the caller's own SDK raises its own typed exception.
//!
//! Every refusal has a message for the caller, a stable code, what decided it and the trace to look up. The text that
//! was matched is never part of it.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use renlayer_policy::{LimitState, Shortage, Window};
use serde::Serialize;

use super::{Dialect, JsonRpcId, anthropic, bedrock, gemini, mcp, openai_chat};
use crate::id::TraceId;

/// Why a call is not answered as asked, in words for its caller.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable reason.
    pub kind: RefusalKind,
    /// One or two sentences for the caller.
    pub message: String,
    /// The policy, limit or finding class that decided.
    pub decided_by: Option<String>,
    /// When to try again.
    pub retry_after: Option<Duration>,
    /// The limit that is reached, where one is.
    pub limit: Option<Box<LimitState>>,
    /// The trace of the call.
    pub trace: TraceId,
}

/// The reasons there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// A policy denies.
    Policy,
    /// Sensitive data was found.
    Dlp,
    /// A limit is reached.
    RateLimit,
    /// A limit on money is reached.
    Budget,
    /// No valid agent key.
    Unauthenticated,
    /// No route leads where the call wants to go, or it may not.
    Route,
    /// The body passes a bound.
    BodyTooLarge,
    /// What must be scanned cannot be.
    Unscannable,
    /// The request is not well formed.
    BadRequest,
    /// The upstream failed.
    Upstream,
    /// The upstream took too long.
    UpstreamTimeout,
    /// RenLayer itself cannot serve now.
    Unavailable,
}

/// What a refusal says of itself wherever a format leaves room for it.
#[derive(Debug, Serialize)]
pub(crate) struct Notice<'a> {
    pub(crate) code: &'static str,
    pub(crate) status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decided_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<LimitNotice<'a>>,
    pub(crate) trace_id: TraceId,
}

/// What is said of a limit that is reached. Amounts of money are in micro-units.
#[derive(Debug, Serialize)]
pub(crate) struct LimitNotice<'a> {
    name: &'a str,
    scope: &'static str,
    dimension: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<&'static str>,
    limit: u64,
    remaining: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    shortage: Option<Shortage>,
}

// === impl RefusalKind ===

impl RefusalKind {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Policy,
        Self::Dlp,
        Self::RateLimit,
        Self::Budget,
        Self::Unauthenticated,
        Self::Route,
        Self::BodyTooLarge,
        Self::Unscannable,
        Self::BadRequest,
        Self::Upstream,
        Self::UpstreamTimeout,
        Self::Unavailable,
    ];

    /// The code that callers may rely on.
    pub fn code(self) -> &'static str {
        match self {
            Self::Policy => "policy_denied",
            Self::Dlp => "dlp_blocked",
            Self::RateLimit => "rate_limit_exceeded",
            Self::Budget => "budget_exceeded",
            Self::Unauthenticated => "unauthenticated",
            Self::Route => "route_refused",
            Self::BodyTooLarge => "body_too_large",
            Self::Unscannable => "unscannable",
            Self::BadRequest => "bad_request",
            Self::Upstream => "upstream_error",
            Self::UpstreamTimeout => "upstream_timeout",
            Self::Unavailable => "unavailable",
        }
    }

    /// The status that goes with it unless a caller of ours knows better.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Policy | Self::Dlp | Self::Route | Self::Unscannable => StatusCode::FORBIDDEN,
            Self::RateLimit | Self::Budget => StatusCode::TOO_MANY_REQUESTS,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Upstream => StatusCode::BAD_GATEWAY,
            Self::UpstreamTimeout => StatusCode::GATEWAY_TIMEOUT,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

// === impl Refusal ===

impl Refusal {
    /// A refusal with its kind's own status, decided by nothing in particular.
    pub fn new(kind: RefusalKind, message: impl Into<String>, trace: TraceId) -> Self {
        Self {
            status: kind.status(),
            kind,
            message: message.into(),
            decided_by: None,
            retry_after: None,
            limit: None,
            trace,
        }
    }

    /// Names the policy, limit or finding class that decided.
    #[must_use]
    pub fn decided_by(mut self, what: impl Into<String>) -> Self {
        self.decided_by = Some(what.into());
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Whole seconds to wait, rounded up: a caller that waits them does not come too early.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after.map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }

    pub(crate) fn notice(&self) -> Notice<'_> {
        Notice {
            code: self.kind.code(),
            status: self.status.as_u16(),
            decided_by: self.decided_by.as_deref(),
            retry_after_seconds: self.retry_after_seconds(),
            limit: self.limit.as_deref().map(LimitNotice::of),
            trace_id: self.trace,
        }
    }
}

impl<'a> LimitNotice<'a> {
    fn of(state: &'a LimitState) -> Self {
        Self {
            name: &state.name,
            scope: state.scope.as_str(),
            dimension: state.dimension.as_str(),
            window: state.window.map(Window::as_str),
            limit: state.limit,
            remaining: state.remaining,
            shortage: state.shortage,
        }
    }

    /// The same as texts by name, for formats that have no others.
    pub(crate) fn texts(&self) -> Vec<(&'static str, String)> {
        let mut texts = vec![
            ("limit_name", self.name.to_owned()),
            ("scope", self.scope.to_owned()),
            ("dimension", self.dimension.to_owned()),
            ("limit", self.limit.to_string()),
            ("remaining", self.remaining.to_string()),
        ];
        texts.extend(self.window.map(|window| ("window", window.to_owned())));
        texts
    }
}

impl Refusal {
    /// Whether it ends an answer because there is no room for more of it, as a bound on its length does.
    pub(crate) fn is_of_length(&self) -> bool {
        matches!(self.kind, RefusalKind::RateLimit | RefusalKind::Budget)
    }
}

impl Dialect {
    /// The refusal as a whole answer in this dialect; `request_id` is the id of the JSON-RPC request it answers.
    pub fn refusal(self, refusal: &Refusal, request_id: Option<&JsonRpcId>) -> Response<Bytes> {
        let body = match self {
            Self::AnthropicMessages => anthropic::refusal(refusal),
            Self::Gemini => gemini::refusal(refusal),
            Self::Bedrock => bedrock::refusal(refusal),
            Self::Mcp => mcp::refusal(refusal, request_id),
            Self::OpenAiChat | Self::OpenAiResponses | Self::OpenAiEmbeddings | Self::Http => {
                openai_chat::refusal(refusal)
            }
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = refusal.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if self == Self::Bedrock {
            let kind = HeaderValue::from_static(bedrock::error_type(refusal.kind));
            headers.insert(HeaderName::from_static("x-amzn-errortype"), kind);
        }
        if let Some(seconds) = refusal.retry_after_seconds() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if refusal.limit.as_ref().is_some_and(|limit| !limit.may_be_retried()) {
            // The SDKs of OpenAI and Anthropic try again by themselves unless they are told not to.
            headers.insert(HeaderName::from_static("x-should-retry"), HeaderValue::from_static("false"));
        }
        response
    }
}

/// A shape of ours as JSON.
pub(crate) fn json(shape: &impl Serialize) -> String {
    // Shapes with string keys only cannot fail to serialise; were one to, an empty object is still JSON.
    serde_json::to_string(shape).unwrap_or_else(|_| "{}".to_owned())
}
