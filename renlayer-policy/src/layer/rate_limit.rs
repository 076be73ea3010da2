//! The `RateLimit-Policy` and `RateLimit` fields (draft-ietf-httpapi-ratelimit-headers).

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::LimitState;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// Where the limits that applied stand. Times are in whole seconds, rounded up.
pub(super) fn fields(limits: &[LimitState]) -> HeaderMap {
    let policy = limits.iter().map(|limit| {
        let seconds = limit.window.map_or(0, |window| window.millis() / 1000);
        format!("{};q={};w={seconds}", quoted(&limit.name), limit.limit)
    });
    let state = limits.iter().map(|limit| {
        let reset = limit.reset_after_ms.div_ceil(1000);
        format!("{};r={};t={reset}", quoted(&limit.name), limit.remaining)
    });
    let mut fields = HeaderMap::new();
    for (name, items) in [(POLICY, policy.collect::<Vec<_>>()), (STATE, state.collect())] {
        let value = HeaderValue::from_str(&items.join(", ")).ok();
        fields.extend(value.filter(|value| !value.is_empty()).map(|value| (name, value)));
    }
    fields
}

/// A structured field string: visible ASCII, quotes and backslashes escaped.
fn quoted(name: &str) -> String {
    let mut quoted = String::from('"');
    for character in name.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            ' '..='~' => quoted.push(character),
            _ => quoted.push('_'),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_structured_field_string() {
        assert_eq!(quoted(r#"a "b" \ ü"#), r#""a \"b\" \\ _""#);
    }

    #[test]
    fn without_a_limit_there_are_no_fields() {
        assert!(fields(&[]).is_empty());
    }
}
