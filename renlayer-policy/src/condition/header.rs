//! `header`: a header that is forwarded, or one of `X-RenLayer-*`.
//!
//! Of several values of a header one must pass everything that is written. The short form, a name alone, asks whether the
//! header is there; `present: false` asks that it is not. Values are compared with their case unless `ignore_case`.
//!
//! ```yaml
//! header: X-Debug
//! header: { name: X-Environment, equals: [prod, staging] }
//! header: { name: User-Agent, regex: "curl/[0-7]\\." , ignore_case: true }
//! header: { name: X-Approved-By, present: false }
//! ```

use regex_automata::meta::Regex;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess};
use serde::{Deserialize, Serialize, Serializer};

use super::{Condition, Cost, Reads};
use crate::any_of::AnyOf;
use crate::call::Call;
use crate::error::{Fault, bounded, shown};
use crate::glob::{Case, Glob};
use crate::index::{Choice, Fact, Key, Keys};
use crate::regex;
use crate::rule::{Rule, RuleValue, Shorthand, text_or_map};
use crate::text::Needles;
use crate::truth::Truth;

/// Longest name, in bytes.
const MAX_NAME: usize = 256;

/// Longest value that is compared with, in bytes.
const MAX_TEXT: usize = 4_096;

/// What is asked of a header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct HeaderMatch {
    /// Its name.
    pub name: String,
    /// The whole value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Rule<String>>,
    /// The whole value, with wildcards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub glob: Option<Rule<String>>,
    /// Some part of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regex: Option<Rule<String>>,
    /// Whether the header is there at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<bool>,
    /// Whether case does not matter.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ignore_case: bool,
}

impl RuleValue for HeaderMatch {
    const EXPECTING: &'static str = "a header name or `{ name, equals, glob, regex, present, ignore_case }`";
    const KEYS: &'static [&'static str] =
        &["not", "name", "equals", "glob", "regex", "present", "ignore_case"];
}

impl Shorthand for HeaderMatch {
    fn from_text(text: &str) -> Self {
        let name = text.to_owned();
        Self { name, equals: None, glob: None, regex: None, present: None, ignore_case: false }
    }

    fn from_map<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        Self::deserialize(MapAccessDeserializer::new(map))
    }
}

impl<'de> Deserialize<'de> for HeaderMatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_map(deserializer)
    }
}

impl Serialize for HeaderMatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if *self == Self::from_text(&self.name) {
            return serializer.serialize_str(&self.name);
        }
        Self::serialize(self, serializer)
    }
}

/// What is asked of a header, compiled.
pub(super) struct Header {
    name: String,
    present: bool,
    equals: Option<AnyOf<String>>,
    glob: Option<AnyOf<Glob>>,
    regex: Option<AnyOf<Regex>>,
    case: Case,
}

impl Header {
    fn passes(&self, value: &[u8]) -> bool {
        let same = |wanted: &String| match self.case {
            Case::Exact => wanted.as_bytes() == value,
            Case::Ignored => wanted.as_bytes().eq_ignore_ascii_case(value),
        };
        self.equals.as_ref().is_none_or(|rule| rule.is(same))
            && self.glob.as_ref().is_none_or(|rule| rule.is(|glob| glob.matches_bytes(value)))
            && self.regex.as_ref().is_none_or(|rule| rule.is(|regex| regex.is_match(value)))
    }
}

impl Condition for Header {
    type Written = HeaderMatch;

    const COST: Cost = Cost::List;

    const READS: Reads = Reads::Head;

    fn compile(written: &HeaderMatch, _: &mut Needles) -> Result<Self, Fault> {
        let HeaderMatch { name, equals, glob, regex, present, ignore_case } = written;
        bounded("name", name, MAX_NAME).map_err(|fault| fault.under(".name"))?;
        if !is_token(name) {
            return Err(Fault::new(format_args!("`{}` is not a header name", shown(name))).under(".name"));
        }
        if *present == Some(false) && (equals.is_some() || glob.is_some() || regex.is_some()) {
            return Err(Fault::new("a header that is not there has no value to test").under(".present"));
        }
        let case = if *ignore_case { Case::Ignored } else { Case::Exact };
        Ok(Self {
            name: name.clone(),
            present: present.unwrap_or(true),
            equals: AnyOf::optional("equals", equals.as_ref(), |text| {
                bounded("text", text, MAX_TEXT).map(|()| text.clone())
            })?,
            glob: AnyOf::optional("glob", glob.as_ref(), |text| Glob::new(text, case))?,
            regex: AnyOf::optional("regex", regex.as_ref(), |text| regex::compile(text, case))?,
            case,
        })
    }

    fn keys(&self) -> Choice {
        if !self.present {
            return Choice::new();
        }
        let equals =
            self.equals.as_ref().and_then(|rule| rule.keys(|text| Some(Key::header_value(&self.name, text))));
        let glob =
            self.glob.as_ref().and_then(|rule| rule.keys(|glob| Key::glob(Fact::Header, &self.name, glob)));
        let there = Keys::from([Key::header(&self.name)]);
        [equals, glob, Some(there)].into_iter().flatten().collect()
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        let mut passed = false;
        call.facts.headers.values(&self.name, &mut |value| passed = passed || self.passes(value));
        (passed == self.present).into()
    }
}

fn is_token(name: &str) -> bool {
    let mark = |byte| b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || mark(byte))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{assert_refused, assert_table, assert_unreadable, call};
    use crate::facts::Facts;
    use crate::truth::Truth::{False, True};

    #[test]
    fn headers_match_by_any_of_their_values() {
        let headers = [("X-Env", "staging"), ("x-env", "Prod"), ("Accept", "")];
        assert_table(
            "header",
            &Facts { headers: &headers, ..call() },
            [
                (json!("X-ENV"), True),
                (json!("Accept"), True),
                (json!("X-Other"), False),
                (json!({"name": "X-Other", "present": false}), True),
                (json!({"name": "X-Env", "present": false}), False),
                (json!({"name": "X-Env", "equals": "Prod"}), True),
                (json!({"name": "X-Env", "equals": "prod"}), False),
                (json!({"name": "X-Env", "equals": ["dev", "prod"], "ignore_case": true}), True),
                (json!({"name": "X-Env", "glob": "stag*"}), True),
                (json!({"name": "X-Env", "regex": "^p.*d$", "ignore_case": true}), True),
                (json!({"name": "X-Env", "glob": "stag*", "regex": "Prod"}), False),
                (json!({"name": "X-Env", "equals": {"not": "Prod"}}), True),
                (json!({"not": {"name": "X-Env", "equals": "Prod"}}), False),
                (json!(["X-Other", "X-Env"]), True),
            ],
        );
    }

    #[test]
    fn mistakes_are_named() {
        assert_refused(
            "header",
            [
                (json!("X Env"), ".name", "not a header name"),
                (json!({"name": "a", "present": false, "equals": "b"}), ".present", "no value to test"),
                (
                    json!(["a", {"name": "a", "regex": ["b", "("]}]),
                    "[1].regex[1]",
                    "unclosed group, at character 1",
                ),
            ],
        );
        assert_unreadable(
            "header",
            [
                (json!({"equals": "a"}), "missing field `name`"),
                (json!({"name": "a", "is": "b"}), "unknown field `is`"),
            ],
        );
    }
}
