//! Headers on their way through: what ends at this hop (RFC 9110, section 7.6.1), what is ours alone, and what limits
//! add to an answer.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::{Timestamp, Unit};
use renlayer_policy::LimitState;

use crate::dialect::Dialect;

/// The answer's header that names the action's trace.
pub(crate) const TRACE_ID: HeaderName = HeaderName::from_static("x-renlayer-trace-id");
/// The request's header that attributes an action to a user.
pub(crate) const USER: HeaderName = HeaderName::from_static("x-renlayer-user");
/// The request's header that attributes an action to a session.
pub(crate) const SESSION: HeaderName = HeaderName::from_static("x-renlayer-session");

const OURS: &str = "x-renlayer-";

const HOP_BY_HOP: [HeaderName; 9] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-connection"),
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::EXPECT,
];

/// Takes out what ends at this hop: the hop-by-hop headers, whatever `Connection` names, and everything of ours.
pub(crate) fn strip_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
    strip_ours(headers);
}

/// Takes out every `X-RenLayer-*` header.
pub(crate) fn strip_ours(headers: &mut HeaderMap) {
    let ours: Vec<HeaderName> =
        headers.keys().filter(|name| name.as_str().starts_with(OURS)).cloned().collect();
    for name in ours {
        headers.remove(name);
    }
}

/// A header's value as text, where it has one.
pub(crate) fn text(headers: &HeaderMap, name: &HeaderName) -> Option<Box<str>> {
    headers.get(name).and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty()).map(Into::into)
}

/// The `RateLimit-Policy` and `RateLimit` fields (draft-ietf-httpapi-ratelimit-headers) of the limits that applied.
pub(crate) fn rate_limit(headers: &mut HeaderMap, limits: &[LimitState]) {
    if limits.is_empty() {
        return;
    }
    let mut policy = String::new();
    let mut state = String::new();
    for limit in limits {
        let separator = if policy.is_empty() { "" } else { ", " };
        let name = quoted(&limit.name);
        let seconds = limit.window.map_or(0, |window| window.millis() / 1000);
        policy.push_str(&format!("{separator}{name};q={};w={seconds}", limit.limit));
        let reset = limit.reset_after_ms.div_ceil(1000);
        state.push_str(&format!("{separator}{name};r={};t={reset}", limit.remaining));
    }
    for (name, value) in [("ratelimit-policy", policy), ("ratelimit", state)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// The headers in which a provider tells its own clients of a limit that is used up; SDKs read them.
pub(crate) fn rate_limit_of_dialect(
    headers: &mut HeaderMap,
    dialect: Dialect,
    limit: &LimitState,
    now: Timestamp,
) {
    let wait = Duration::from_millis(limit.retry_after_ms);
    let (names, reset) = match dialect {
        Dialect::OpenAiChat | Dialect::OpenAiResponses | Dialect::OpenAiEmbeddings => {
            let names = [
                "x-ratelimit-limit-requests",
                "x-ratelimit-remaining-requests",
                "x-ratelimit-reset-requests",
            ];
            (names, go_duration(wait))
        }
        Dialect::AnthropicMessages => {
            let at = now.checked_add(wait).unwrap_or(now).round(Unit::Second).unwrap_or(now);
            let names = [
                "anthropic-ratelimit-requests-limit",
                "anthropic-ratelimit-requests-remaining",
                "anthropic-ratelimit-requests-reset",
            ];
            (names, at.to_string())
        }
        Dialect::Gemini | Dialect::Bedrock | Dialect::Mcp | Dialect::Http => return,
    };
    let values = [limit.limit.to_string(), limit.remaining.to_string(), reset];
    for (name, value) in names.into_iter().zip(values) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// A duration as OpenAI writes it: `12ms`, `1.5s`, `6m0s`.
fn go_duration(wait: Duration) -> String {
    let millis = wait.as_millis();
    match (millis / 60_000, millis % 60_000) {
        (0, rest) if rest < 1000 => format!("{rest}ms"),
        (0, rest) => format!("{}s", rest as f64 / 1000.0),
        (minutes, rest) => format!("{minutes}m{}s", rest.div_ceil(1000)),
    }
}

/// A structured-field string: ASCII, with quotes and backslashes escaped; other characters become `?`.
fn quoted(name: &str) -> String {
    let mut text = String::from("\"");
    for c in name.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            ' '..='~' => text.push(c),
            _ => text.push('?'),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_at_this_hop_goes_and_the_rest_stays() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, x-private"),
            ("x-private", "1"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("x-renlayer-user", "ada"),
            ("x-renlayer-anything", "1"),
            ("content-type", "application/json"),
            ("traceparent", "00-1-2-01"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        strip_hop(&mut headers);
        let mut left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["content-type", "traceparent"]);
    }

    #[test]
    fn durations_are_written_as_openai_writes_them() {
        for (millis, text) in
            [(12, "12ms"), (1500, "1.5s"), (59_999, "59.999s"), (360_000, "6m0s"), (61_001, "1m2s")]
        {
            assert_eq!(go_duration(Duration::from_millis(millis)), text);
        }
    }

    #[test]
    fn a_structured_field_string_is_always_well_formed() {
        assert_eq!(quoted("a \"b\" \\ ü"), r#""a \"b\" \\ ?""#);
    }
}
