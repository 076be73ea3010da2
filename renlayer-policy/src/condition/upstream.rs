//! `upstream`: where the call goes, as a URL pattern, and with which method.
//!
//! [`url`](crate::url) says how the pattern is read. The short form is the pattern alone.
//!
//! ```yaml
//! upstream: "*.amazonaws.com/iam/*"
//! upstream: { url: "https://api.example.com/v1/*", method: [POST, DELETE] }
//! ```

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess};
use serde::{Deserialize, Serialize, Serializer};

use super::{Condition, Cost, Reads};
use crate::any_of::AnyOf;
use crate::call::Call;
use crate::error::{Fault, bounded, shown};
use crate::facts::Upstream;
use crate::index::{Choice, Fact, Key, Keys};
use crate::rule::{Rule, RuleValue, Shorthand, text_or_map};
use crate::text::Needles;
use crate::truth::Truth;
use crate::url::UrlPattern;

/// Longest method, in bytes.
const MAX_METHOD: usize = 64;

/// A destination: a URL pattern, methods, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct UpstreamMatch {
    /// The URL pattern; any URL where none is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The HTTP method, whatever its case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Rule<String>>,
}

impl RuleValue for UpstreamMatch {
    const EXPECTING: &'static str = "a URL pattern or `{ url, method }`";
    const KEYS: &'static [&'static str] = &["not", "url", "method"];
}

impl Shorthand for UpstreamMatch {
    fn from_text(text: &str) -> Self {
        Self { url: Some(text.to_owned()), method: None }
    }

    fn from_map<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        Self::deserialize(MapAccessDeserializer::new(map))
    }
}

impl<'de> Deserialize<'de> for UpstreamMatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_map(deserializer)
    }
}

impl Serialize for UpstreamMatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self { url: Some(url), method: None } => serializer.serialize_str(url),
            full => Self::serialize(full, serializer),
        }
    }
}

/// A compiled destination.
#[derive(Debug)]
pub(crate) struct Pattern {
    url: Option<UrlPattern>,
    method: Option<AnyOf<String>>,
}

impl Pattern {
    pub(crate) fn new(written: &UpstreamMatch) -> Result<Self, Fault> {
        if *written == UpstreamMatch::default() {
            return Err("says neither `url` nor `method`".into());
        }
        let url = written.url.as_deref().map(UrlPattern::new).transpose().map_err(|f| f.under(".url"))?;
        Ok(Self { url, method: AnyOf::optional("method", written.method.as_ref(), |name| token(name))? })
    }

    pub(crate) fn matches(&self, upstream: &Upstream<'_>, method: &str) -> Truth {
        let rule = self.method.as_ref();
        let by_method = rule.is_none_or(|rule| rule.is(|wanted| wanted.eq_ignore_ascii_case(method)));
        match &self.url {
            Some(url) if by_method => url.matches(upstream),
            _ => by_method.into(),
        }
    }
}

impl Condition for Pattern {
    type Written = UpstreamMatch;

    const COST: Cost = Cost::Name;

    const READS: Reads = Reads::Head;

    fn compile(written: &UpstreamMatch, _: &mut Needles) -> Result<Self, Fault> {
        Self::new(written)
    }

    fn keys(&self) -> Choice {
        let url = |part: fn(&UrlPattern) -> Option<Key>| {
            self.url.as_ref().and_then(part).map(|key| Keys::from([key]))
        };
        let method = |name: &String| Some(Key::whole(Fact::Method, name));
        let method = self.method.as_ref().and_then(|rule| rule.keys(method));
        [url(UrlPattern::host_key), url(UrlPattern::path_key), method].into_iter().flatten().collect()
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        self.matches(&call.facts.upstream, call.facts.method)
    }
}

/// A method, unless it cannot be one.
fn token(name: &str) -> Result<String, Fault> {
    bounded("method", name, MAX_METHOD)?;
    let valid = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
    if valid { Ok(name.to_owned()) } else { Err(format!("`{}` is not an HTTP method", shown(name)).into()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{assert_refused, assert_table, assert_unreadable, call};
    use crate::facts::{Facts, Upstream};
    use crate::truth::Truth::{False, True, Unknown};

    fn to<'a>(method: &'a str, path: &'a str) -> Facts<'a> {
        let upstream = Upstream { scheme: "https", host: "iam.amazonaws.com", port: 443, path };
        Facts { method, upstream, ..call() }
    }

    #[test]
    fn destinations_match_by_url_and_method() {
        assert_table(
            "upstream",
            &to("POST", "/iam/users"),
            [
                (json!("*.amazonaws.com/iam/*"), True),
                (json!("*"), True),
                (json!(["api.openai.com", "*.amazonaws.com"]), True),
                (json!({"url": "*.amazonaws.com", "method": "post"}), True),
                (json!({"url": "*.amazonaws.com", "method": ["GET", "HEAD"]}), False),
                (json!({"method": {"not": ["GET", "HEAD"]}}), True),
                (json!({"not": "*.amazonaws.com"}), False),
                (json!({"not": ["api.openai.com", {"url": "*", "method": "GET"}]}), True),
            ],
        );
    }

    #[test]
    fn a_path_that_reads_in_two_ways_cannot_be_told() {
        for path in ["//iam/users", "/%69am/users", "/x/../iam/users"] {
            assert_table(
                "upstream",
                &to("GET", path),
                [(json!("*/iam/*"), Unknown), (json!({"not": "*/iam/*"}), Unknown), (json!("*/s3/*"), False)],
            );
        }
    }

    #[test]
    fn mistakes_are_named() {
        assert_refused(
            "upstream",
            [
                (json!({}), "", "neither `url` nor `method`"),
                (json!({"url": "https://"}), ".url", "no host"),
                (json!(["*", {"method": ["GET", "GE T"]}]), "[1].method[1]", "not an HTTP method"),
            ],
        );
        assert_unreadable(
            "upstream",
            [
                (json!({"ulr": "x"}), "unknown field `ulr`"),
                (json!({"url": "x", "verb": "GET"}), "unknown field `verb`"),
                (json!([{"not": "x"}]), "unknown field `not`"),
                (json!(7), "a URL pattern"),
            ],
        );
    }
}
