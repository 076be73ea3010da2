//! A head that cannot be read as one request: refused like any other call, with a trace.
//!
//! Whoever reads heads from a socket says what is wrong with one in a [`BadHead`]. Little of such a head can be believed:
//! no key in it counts, so that its trace has no agent, and its body is not read. What the trace keeps is bounded and
//! goes through the scanner first, for a broken head may have a secret anywhere.

use std::net::SocketAddr;

use http::{Method, Request, StatusCode};
use renlayer_dlp::{Direction, Format, Input, Scanner};

use super::{Refused, begin::open, body::clip, cause::Cause};
use crate::{engine::Engine, trace::RefusedHead};

/// How much of a target is scanned, in bytes.
const SCANNED: usize = 4 * 1024;
/// How much of it a trace keeps, in bytes.
const KEPT: usize = 256;

/// What is known of a head that is refused. The service under [`EnforcementLayer`](crate::layer::EnforcementLayer) is
/// not asked where this is in a request's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadHead {
    /// What is wrong with it.
    pub fault: HeadFault,
    /// Its method, where it has one.
    pub method: Option<Method>,
    /// Its target as it came, where it has one.
    pub target: Option<Box<str>>,
    /// Who sent it.
    pub peer: Option<SocketAddr>,
}

/// What can be wrong with a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HeadFault {
    /// Two readers could cut it, or its body, out of the same bytes in two ways.
    Framing,
    /// It does not follow the grammar of HTTP.
    Malformed,
    /// It is longer than the bound, or has more fields.
    TooLarge,
    /// Its target is longer than the bound.
    TargetTooLong,
    /// It names its host twice, not at all, or in two ways.
    Host,
}

// === impl HeadFault ===

impl HeadFault {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Framing, Self::Malformed, Self::TooLarge, Self::TargetTooLong, Self::Host];

    /// The name in traces and refusals.
    pub fn code(self) -> &'static str {
        match self {
            Self::Framing => "framing",
            Self::Malformed => "malformed_head",
            Self::TooLarge => "head_too_large",
            Self::TargetTooLong => "target_too_long",
            Self::Host => "host",
        }
    }

    /// The status of the refusal.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Framing | Self::Malformed | Self::Host => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::TargetTooLong => StatusCode::URI_TOO_LONG,
        }
    }

    /// What the caller is told.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Framing => "the request's framing can be read in more than one way",
            Self::Malformed => "the request's head is not well formed",
            Self::TooLarge => "the request's head is longer, or has more fields, than this proxy accepts",
            Self::TargetTooLong => "the URI is longer than this proxy accepts",
            Self::Host => "the request must name one host, once, and the same everywhere",
        }
    }
}

// === impl Engine ===

impl Engine {
    /// Refuses a head that cannot be read as one request, also in observe mode: there is nothing that could go on. The
    /// trace goes the way of all traces, bounded and counted like them.
    pub fn refuse(&self, head: &BadHead) -> Refused {
        let governance = self.governance();
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.method = head.method.clone().unwrap_or_default();
        parts.uri = head.target.as_deref().and_then(|target| target.parse().ok()).unwrap_or_default();
        let mut call = open(self.shared(), &governance, None, &parts);
        let started = call.start();
        let dialect = call.dialect;
        let target = head.target.as_deref().and_then(|target| presentable(target, &call.snapshot.scanner));
        call.ledger.note(|trace| {
            trace.dialect = dialect;
            trace.method = head.method.as_ref().map_or("?", Method::as_str).into();
            trace.refused_head = Some(RefusedHead { target, peer: head.peer });
        });
        call.spent(started);
        call.refuse(&Cause::bad_head(head.fault))
    }
}

/// A target as a trace may keep it: without query and user information, which are places for credentials.
fn presentable(target: &str, scanner: &Scanner) -> Option<Box<str>> {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let path = match path.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|start| rest.get(start..)).unwrap_or("/"),
        None if path.starts_with('/') || path == "*" => path,
        // What should be an authority may be anything.
        None => return None,
    };
    let (scanned, _) = clip(path.as_bytes(), SCANNED);
    let input = Input { format: Format::Text, direction: Direction::Request, known: None };
    let report = scanner.scan(scanned.as_bytes(), input);
    Some(clip(&report.redact_all(scanned.as_bytes()), KEPT).0.into())
}
