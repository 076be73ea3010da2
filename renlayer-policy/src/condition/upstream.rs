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

use super::{Condition, Cost, Info, Reads, compile_rule};
use crate::error::Fault;
use crate::facts::{Facts, Upstream};
use crate::rule::{Rule, RuleValue, Shorthand, text_or_map};
use crate::truth::Truth;
use crate::url::UrlPattern;

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
    method: Option<Rule<String>>,
}

impl Pattern {
    pub(crate) fn matches(&self, upstream: &Upstream<'_>, method: &str) -> Truth {
        let by_method = self.method.as_ref().is_none_or(|rule| {
            rule.values.iter().any(|wanted| wanted.eq_ignore_ascii_case(method)) != rule.negated
        });
        match &self.url {
            Some(url) if by_method => url.matches(upstream),
            _ => by_method.into(),
        }
    }
}

impl Condition for Pattern {
    type Written = UpstreamMatch;

    const INFO: Info = Info { name: "upstream", cost: Cost::Name, reads: Reads::Head };

    fn compile(written: &UpstreamMatch) -> Result<Self, Fault> {
        if *written == UpstreamMatch::default() {
            return Err("says neither `url` nor `method`".into());
        }
        let method = written.method.as_ref();
        method
            .map(|rule| compile_rule(rule, |name| token(name)))
            .transpose()
            .map_err(|f| f.under(".method"))?;
        let url = written.url.as_deref().map(UrlPattern::new).transpose().map_err(|f| f.under(".url"))?;
        Ok(Self { url, method: written.method.clone() })
    }

    fn holds(&self, facts: &Facts<'_>) -> Truth {
        self.matches(&facts.upstream, facts.method)
    }
}

/// Refuses what cannot be a method.
fn token(name: &str) -> Result<(), Fault> {
    let valid = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
    if valid { Ok(()) } else { Err(format!("`{name}` is not an HTTP method").into()) }
}
