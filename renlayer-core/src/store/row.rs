//! A trace as a row: the columns one can filter by, and the whole record as JSON.
//!
//! What an agent chose (user, session, model) may be long or hold a NUL, which PostgreSQL refuses in text and cannot
//! index when long. A column keeps a bounded prefix without NULs; the record keeps the value as it was.

use super::StoreError;
use crate::trace::Trace;

/// The most bytes of a column that an index has to carry.
const MAX_COLUMN: usize = 256;

/// One row of `traces`.
#[derive(Debug, Clone)]
pub(crate) struct TraceRow {
    pub(crate) id: String,
    pub(crate) tenant: String,
    pub(crate) started_us: i64,
    pub(crate) agent_id: Option<String>,
    pub(crate) agent_name: Option<String>,
    pub(crate) session: Option<String>,
    pub(crate) attributed_user: Option<String>,
    pub(crate) status: &'static str,
    pub(crate) reason: Option<&'static str>,
    pub(crate) outcome: &'static str,
    pub(crate) action_type: &'static str,
    pub(crate) model: Option<String>,
    pub(crate) upstream_host: Option<String>,
    pub(crate) http_status: Option<i64>,
    pub(crate) total_us: i64,
    pub(crate) record: String,
}

impl TraceRow {
    pub(crate) fn of(trace: &Trace) -> Result<Self, StoreError> {
        Ok(Self {
            id: trace.id.to_string(),
            tenant: trace.tenant.to_string(),
            started_us: trace.started_at.as_microsecond(),
            agent_id: trace.agent.as_ref().map(|agent| agent.id.to_string()),
            agent_name: trace.agent.as_ref().map(|agent| column(&agent.name)),
            session: trace.session.as_deref().map(column),
            attributed_user: trace.user.as_deref().map(column),
            status: trace.status.as_str(),
            reason: trace.reasons.first().map(|reason| reason.kind.as_str()),
            outcome: trace.outcome.as_str(),
            action_type: trace.action_type.as_str(),
            model: trace.model.as_deref().map(column),
            upstream_host: trace.upstream.as_deref().and_then(host).map(column),
            http_status: trace.http_status.map(i64::from),
            total_us: i64::try_from(trace.latency.total_us).unwrap_or(i64::MAX),
            record: record(trace)?,
        })
    }
}

/// The whole trace as JSON, in a buffer that nearly never has to grow.
fn record(trace: &Trace) -> Result<String, StoreError> {
    let bodies = [&trace.request_body, &trace.response_body];
    let text: usize = bodies.into_iter().flatten().map(|body| body.text.len()).sum();
    let mut record = Vec::with_capacity(2 * 1024 + text + text / 4);
    serde_json::to_writer(&mut record, trace).map_err(|_| StoreError::corrupt("trace"))?;
    String::from_utf8(record).map_err(|_| StoreError::corrupt("trace"))
}

/// A text as its column keeps it; filters go through here as well, so that they find what was kept.
pub(crate) fn column(text: &str) -> String {
    let mut end = text.len().min(MAX_COLUMN);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().replace('\0', "\u{fffd}")
}

/// The host of an upstream as a trace spells it: `https://api.openai.com:443/v1/…`.
fn host(upstream: &str) -> Option<&str> {
    let authority = upstream.split_once("://").map_or(upstream, |(_, rest)| rest).split(['/', '?']).next()?;
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_bounded_and_has_no_nul() {
        assert_eq!(column("a\0b"), "a\u{fffd}b");
        assert_eq!(column(&"é".repeat(200)).len(), 256);
        assert_eq!(column(&format!("x{}", "é".repeat(200))).len(), 255);
    }

    #[test]
    fn the_host_is_found() {
        for (upstream, expected) in [
            ("https://api.openai.com/v1/x", Some("api.openai.com")),
            ("http://[::1]:8080/x", Some("[::1]")),
            ("https://h:443", Some("h")),
            ("/x", None),
        ] {
            assert_eq!(host(upstream), expected, "{upstream}");
        }
    }
}
