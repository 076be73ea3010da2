//! Spans of time as an operator writes them: `250ms`, `30s`, `5m`, `12h`, `7d`.

use std::fmt;
use std::time::Duration;

use serde::{Deserializer, de};

/// Reads `250ms`, `30s`, `5m`, `12h` or `7d`.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = text.split_at(digits);
    let count: u64 = count.parse().ok()?;
    match unit.trim_start() {
        "ms" => Some(Duration::from_millis(count)),
        "s" => Some(Duration::from_secs(count)),
        "m" => count.checked_mul(60).map(Duration::from_secs),
        "h" => count.checked_mul(3_600).map(Duration::from_secs),
        "d" => count.checked_mul(86_400).map(Duration::from_secs),
        _ => None,
    }
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    deserializer.deserialize_any(DurationVisitor)
}

/// For fields in which `null` has a meaning.
pub(crate) mod optional {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    struct Written(#[serde(deserialize_with = "super::deserialize")] Duration);

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<Written>::deserialize(deserializer)?.map(|written| written.0))
    }

    pub(crate) fn serialize<S: Serializer>(
        span: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match span {
            Some(span) => serializer.collect_str(&format_args!("{}ms", span.as_millis())),
            None => serializer.serialize_none(),
        }
    }
}

struct DurationVisitor;

impl de::Visitor<'_> for DurationVisitor {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a span of time such as `250ms`, `30s`, `5m`, `12h` or `7d`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Duration, E> {
        parse_duration(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_with_their_unit() {
        for (text, expected) in [
            ("250ms", Some(Duration::from_millis(250))),
            ("30s", Some(Duration::from_secs(30))),
            ("5 m", Some(Duration::from_secs(300))),
            ("12h", Some(Duration::from_secs(43_200))),
            ("7d", Some(Duration::from_secs(604_800))),
            ("30", None),
            ("", None),
            ("s", None),
            ("1w", None),
            ("-1s", None),
            ("99999999999999999999d", None),
        ] {
            assert_eq!(parse_duration(text), expected, "{text}");
        }
    }
}
