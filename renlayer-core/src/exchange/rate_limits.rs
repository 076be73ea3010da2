//! What answers and refusals say of the limits that applied, in headers that clients read.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use renlayer_policy::{Dimension, LimitState, Mode};

use crate::dialect::Dialect;

/// What an answer says of the limits that applied: the IETF's fields, and those of the caller's own dialect. Limits that only
/// observe are not mentioned: nobody is to hold back for them.
pub(super) fn add(headers: &mut HeaderMap, dialect: Dialect, limits: &[LimitState], now: Timestamp) {
    let enforced: Vec<&LimitState> = limits.iter().filter(|limit| limit.mode == Mode::Enforce).collect();
    of_ietf(headers, &enforced);
    for (dimension, word) in [(Dimension::Requests, "requests"), (Dimension::Tokens, "tokens")] {
        let of_dimension = enforced.iter().filter(|limit| limit.dimension == dimension);
        let Some(tightest) = of_dimension.min_by_key(|limit| limit.remaining) else { continue };
        let Some(own) = of_dialect(dialect, word, tightest, now) else { return };
        // An account at the provider may have less room than the agent has here: what is nearer its end is told.
        if remaining(headers, &own[1].0).is_none_or(|theirs| tightest.remaining <= theirs) {
            headers.extend(own.into_iter().filter_map(|(name, value)| {
                Some((HeaderName::try_from(name).ok()?, HeaderValue::from_str(&value).ok()?))
            }));
        }
    }
}

/// The `RateLimit-Policy` and `RateLimit` fields (draft-ietf-httpapi-ratelimit-headers), both lists: those of the upstream
/// stay beside ours.
fn of_ietf(headers: &mut HeaderMap, limits: &[&LimitState]) {
    let policies = limits.iter().map(|limit| {
        let window = limit.window.map(|window| format!(";w={}", window.millis() / 1000)).unwrap_or_default();
        let unit = unit(limit.dimension).map(|unit| format!(";qu=\"{unit}\"")).unwrap_or_default();
        format!("{};q={}{window}{unit}", quoted(&limit.name), integer(limit.limit))
    });
    let states = limits.iter().map(|limit| {
        let reset = limit.window.map(|_| format!(";t={}", limit.reset_after_ms.div_ceil(1000)));
        format!("{};r={}{}", quoted(&limit.name), integer(limit.remaining), reset.unwrap_or_default())
    });
    for (name, items) in [("ratelimit-policy", policies.collect::<Vec<_>>()), ("ratelimit", states.collect())]
    {
        if let Some(value) = HeaderValue::from_str(&items.join(", ")).ok().filter(|_| !items.is_empty()) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
}

/// The unit of a quota, where it is not requests.
fn unit(dimension: Dimension) -> Option<&'static str> {
    match dimension {
        Dimension::Requests => None,
        Dimension::Tokens => Some("tokens"),
        Dimension::Spend => Some("micro-units"),
        Dimension::Concurrency => Some("concurrent-requests"),
    }
}

/// The largest integer that a structured field holds has fifteen digits.
fn integer(number: u64) -> u64 {
    number.min(999_999_999_999_999)
}

/// The headers in which a provider tells its own clients of such a limit: its number, what is left, and when all of it is.
fn of_dialect(
    dialect: Dialect,
    word: &str,
    limit: &LimitState,
    now: Timestamp,
) -> Option<[(String, String); 3]> {
    let wait = Duration::from_millis(limit.reset_after_ms);
    let (names, reset) = match dialect {
        Dialect::OpenAiChat | Dialect::OpenAiResponses | Dialect::OpenAiEmbeddings => (
            ["limit", "remaining", "reset"].map(|what| format!("x-ratelimit-{what}-{word}")),
            go_duration(wait),
        ),
        Dialect::AnthropicMessages => {
            let names =
                ["limit", "remaining", "reset"].map(|what| format!("anthropic-ratelimit-{word}-{what}"));
            (names, rfc_3339(now, wait))
        }
        Dialect::Gemini | Dialect::Bedrock | Dialect::Mcp | Dialect::Http => return None,
    };
    let [first, second, third] = names;
    Some([(first, limit.limit.to_string()), (second, limit.remaining.to_string()), (third, reset)])
}

/// What the upstream says is left.
fn remaining(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// The moment after `wait`, to the second and not before it.
fn rfc_3339(now: Timestamp, wait: Duration) -> String {
    let at = now.checked_add(wait).unwrap_or(now);
    let up = TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Ceil);
    at.round(up).unwrap_or(at).to_string()
}

/// A duration as OpenAI writes it: `12ms`, `1.5s`, `6m0s`, `24h0m0s`.
fn go_duration(wait: Duration) -> String {
    let millis = wait.as_millis();
    let (minutes, rest) = (millis / 60_000, millis % 60_000);
    match (minutes / 60, minutes % 60) {
        (0, 0) if rest < 1000 => format!("{rest}ms"),
        (0, 0) => format!("{}s", rest as f64 / 1000.0),
        (0, minutes) => format!("{minutes}m{}s", rest.div_ceil(1000)),
        (hours, minutes) => format!("{hours}h{minutes}m{}s", rest.div_ceil(1000)),
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
    use renlayer_policy::{LimitScope, Window};

    use super::*;

    #[test]
    fn durations_are_written_as_openai_writes_them() {
        for (millis, text) in [
            (0, "0ms"),
            (12, "12ms"),
            (1500, "1.5s"),
            (59_999, "59.999s"),
            (360_000, "6m0s"),
            (61_001, "1m2s"),
            (86_400_000, "24h0m0s"),
        ] {
            assert_eq!(go_duration(Duration::from_millis(millis)), text);
        }
    }

    fn state(name: &str, dimension: Dimension, window: Option<Window>, remaining: u64) -> LimitState {
        LimitState {
            id: "lim_1".into(),
            name: name.into(),
            scope: LimitScope::PerAgent,
            dimension,
            window,
            limit: 100,
            remaining,
            reset_after_ms: 12_345,
            retry_after_ms: 0,
            mode: Mode::Enforce,
            exceeded: false,
            shortage: None,
        }
    }

    fn told(
        dialect: Dialect,
        upstream: &[(&'static str, &'static str)],
        limits: &[LimitState],
    ) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in upstream {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        add(&mut headers, dialect, limits, Timestamp::UNIX_EPOCH);
        let mut told: Vec<_> =
            headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
        told.sort_unstable();
        told
    }

    #[test]
    fn each_caller_is_told_in_its_own_words() {
        let limits = [
            state("rpm", Dimension::Requests, Some(Window::Minute), 7),
            state("rpd", Dimension::Requests, Some(Window::Day), 5),
            state("tpm", Dimension::Tokens, Some(Window::Minute), 60),
            state("usd", Dimension::Spend, Some(Window::Month), 9),
            state("now", Dimension::Concurrency, None, 3),
            LimitState { mode: Mode::Observe, ..state("seen", Dimension::Requests, Some(Window::Minute), 0) },
        ];
        let ietf = [
            "ratelimit-policy: \"rpm\";q=100;w=60, \"rpd\";q=100;w=86400, \"tpm\";q=100;w=60;qu=\"tokens\", \
             \"usd\";q=100;w=2592000;qu=\"micro-units\", \"now\";q=100;qu=\"concurrent-requests\"",
            "ratelimit: \"rpm\";r=7;t=13, \"rpd\";r=5;t=13, \"tpm\";r=60;t=13, \"usd\";r=9;t=13, \"now\";r=3",
        ];
        let openai = [
            "x-ratelimit-limit-requests: 100",
            "x-ratelimit-limit-tokens: 100",
            "x-ratelimit-remaining-requests: 5",
            "x-ratelimit-remaining-tokens: 60",
            "x-ratelimit-reset-requests: 12.345s",
            "x-ratelimit-reset-tokens: 12.345s",
        ];
        let anthropic = [
            "anthropic-ratelimit-requests-limit: 100",
            "anthropic-ratelimit-requests-remaining: 5",
            "anthropic-ratelimit-requests-reset: 1970-01-01T00:00:13Z",
            "anthropic-ratelimit-tokens-limit: 100",
            "anthropic-ratelimit-tokens-remaining: 60",
            "anthropic-ratelimit-tokens-reset: 1970-01-01T00:00:13Z",
        ];
        for (dialect, own) in [
            (Dialect::OpenAiResponses, &openai[..]),
            (Dialect::AnthropicMessages, &anthropic),
            (Dialect::Gemini, &[]),
            (Dialect::Http, &[]),
        ] {
            let mut expected: Vec<&str> = ietf.iter().chain(own).copied().collect();
            expected.sort_unstable();
            assert_eq!(told(dialect, &[], &limits), expected, "{dialect:?}");
        }
        assert!(told(Dialect::OpenAiChat, &[], &[]).is_empty());
    }

    #[test]
    fn of_the_providers_limit_and_ours_the_nearer_end_is_told() {
        let limits = [state("rpm", Dimension::Requests, Some(Window::Minute), 7)];
        for (theirs, told_limit, left) in
            [("6", "3000", "6"), ("7", "100", "7"), ("2999", "100", "7"), ("?", "100", "7")]
        {
            let upstream = [
                ("x-ratelimit-limit-requests", "3000"),
                ("x-ratelimit-remaining-requests", theirs),
                ("x-ratelimit-remaining-tokens", "12"),
                ("ratelimit", "\"theirs\";r=1;t=1"),
            ];
            let told = told(Dialect::OpenAiChat, &upstream, &limits).join("\n");
            assert!(told.contains(&format!("limit-requests: {told_limit}")), "{told}");
            assert!(told.contains(&format!("remaining-requests: {left}")), "{told}");
            assert!(
                told.contains("remaining-tokens: 12")
                    && told.contains("theirs")
                    && told.contains("\"rpm\";r=7")
            );
        }
    }

    #[test]
    fn a_structured_field_string_is_always_well_formed() {
        assert_eq!(quoted("a \"b\" \\ ü"), r#""a \"b\" \\ ?""#);
    }
}
