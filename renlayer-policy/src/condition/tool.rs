//! `tool`: a tool that the call offers, calls or answers.
//!
//! Some tool must have the `name` (wildcards allowed, case matters), the `phase` and the `arguments` that are written.
//! The short form is a name, in any phase. Arguments are looked at by JSON Pointer; a tool that has none, because it is
//! offered or answered, matches no `arguments`. [`ArgumentMatch`] says what may be asked of them.
//!
//! ```yaml
//! tool: "shell_*"
//! tool:
//!   name: transfer
//!   phase: called
//!   arguments: { /amount: { gt: 1000 }, /account/country: { not: [DE, FR] } }
//! ```

use std::collections::BTreeMap;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess};
use serde::{Deserialize, Serialize, Serializer};

use super::arguments::{Argument, ArgumentMatch};
use super::{Condition, Cost, Reads};
use crate::any_of::AnyOf;
use crate::call::Call;
use crate::error::Fault;
use crate::facts::{Tool, ToolPhase};
use crate::glob::{Case, Glob};
use crate::index::{Choice, Fact, Key};
use crate::rule::{Rule, RuleValue, Shorthand, text_or_map};
use crate::text::Needles;
use crate::truth::Truth;

/// What is asked of a tool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields, default)]
pub struct ToolMatch {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Rule<String>>,
    /// How it appears; in any way where nothing is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<Rule<ToolPhase>>,
    /// Its arguments, by JSON Pointer.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub arguments: BTreeMap<String, Rule<ArgumentMatch>>,
}

impl RuleValue for ToolMatch {
    const EXPECTING: &'static str = "a tool name or `{ name, phase, arguments }`";
    const KEYS: &'static [&'static str] = &["not", "name", "phase", "arguments"];
}

impl RuleValue for ToolPhase {
    const EXPECTING: &'static str = "one of `offered`, `called`, `answered`";
}

impl Shorthand for ToolMatch {
    fn from_text(text: &str) -> Self {
        Self { name: Some(Rule::from(text.to_owned())), ..Self::default() }
    }

    fn from_map<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        Self::deserialize(MapAccessDeserializer::new(map))
    }
}

impl<'de> Deserialize<'de> for ToolMatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_map(deserializer)
    }
}

impl Serialize for ToolMatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

/// What is asked of a tool, compiled.
pub(super) struct ToolTest {
    name: Option<AnyOf<Glob>>,
    phase: Option<AnyOf<ToolPhase>>,
    arguments: Vec<Argument>,
}

impl ToolTest {
    fn is(&self, tool: &Tool<'_>) -> Truth {
        let named = self.name.as_ref().is_none_or(|rule| rule.is(|glob| glob.matches(&tool.name)))
            && self.phase.as_ref().is_none_or(|rule| rule.is(|phase| *phase == tool.phase));
        if !named || self.arguments.is_empty() {
            return named.into();
        }
        match tool.arguments.as_deref().filter(|json| !json.trim().is_empty()) {
            Some(json) => Truth::all(self.arguments.iter().map(|argument| argument.holds(json))),
            None => Truth::False,
        }
    }
}

impl Condition for ToolTest {
    type Written = ToolMatch;

    const COST: Cost = Cost::List;

    const READS: Reads = Reads::Body;

    fn compile(written: &ToolMatch, _: &mut Needles) -> Result<Self, Fault> {
        if *written == ToolMatch::default() {
            return Err("says none of `name`, `phase`, `arguments`".into());
        }
        let arguments = written.arguments.iter().map(|(pointer, rule)| {
            Argument::new(pointer, rule).map_err(|fault| fault.under(format_args!(".arguments.{pointer}")))
        });
        Ok(Self {
            arguments: arguments.collect::<Result<_, _>>()?,
            name: AnyOf::optional("name", written.name.as_ref(), |name| Glob::new(name, Case::Exact))?,
            phase: AnyOf::optional("phase", written.phase.as_ref(), |phase| Ok(*phase))?,
        })
    }

    fn keys(&self) -> Choice {
        let name = self.name.as_ref().and_then(|rule| rule.keys(|glob| Key::glob(Fact::Tool, "", glob)));
        name.into_iter().collect()
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        Truth::any(call.facts.tools.iter().map(|tool| self.is(tool))).unless_unread(call.unread())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{assert_refused, assert_table, assert_unreadable, call};
    use crate::facts::{Facts, Tool, ToolPhase};
    use crate::truth::Truth::{False, True, Unknown};

    fn called(arguments: &str) -> [Tool<'_>; 2] {
        [
            Tool { name: "search".into(), phase: ToolPhase::Offered, arguments: None },
            Tool { name: "transfer".into(), phase: ToolPhase::Called, arguments: Some(arguments.into()) },
        ]
    }

    #[test]
    fn one_tool_must_be_all_that_is_written() {
        let tools = called(r#"{"amount": 1500}"#);
        assert_table(
            "tool",
            &Facts { tools: &tools, ..call() },
            [
                (json!("trans*"), True),
                (json!({"name": "transfer", "phase": "called"}), True),
                (json!({"name": "transfer", "phase": "offered"}), False),
                (json!({"name": "search", "phase": ["called", "answered"]}), False),
                (json!({"phase": {"not": "offered"}}), True),
                (json!({"not": "delete_*"}), True),
                (json!({"name": "search", "arguments": {"/amount": {"gt": 1}}}), False),
                (json!({"name": "transfer", "arguments": {"/amount": {"gt": 1}}}), True),
            ],
        );
        assert_table("tool", &call(), [(json!("*"), False), (json!({"not": "*"}), True)]);
        assert_table(
            "tool",
            &Facts { tools: &tools, unreadable: Some("x"), ..call() },
            [(json!("transfer"), True), (json!("delete"), Unknown), (json!({"not": "delete"}), Unknown)],
        );
    }

    #[test]
    fn arguments_are_looked_at_by_pointer() {
        let tools = called(
            r#"{"amount": 1500, "to": {"country": "FR"}, "dry": true, "argv": ["sh", "-c", "rm -rf /"],
                "limit": "250", "path": "/etc/passwd"}"#,
        );
        for (arguments, expected) in [
            (json!({"/amount": {"gt": 1000, "lte": 1500}}), True),
            (json!({"/amount": 1500}), True),
            (json!({"/amount": 1500.0}), True),
            (json!({"/amount": [1, 2]}), False),
            (json!({"/limit": {"gte": 250}}), True),
            (json!({"/to/country": ["DE", "FR"]}), True),
            (json!({"/to/country": {"not": ["DE", "FR"]}}), False),
            (json!({"/to/country": {"equals": "fr", "ignore_case": true}}), True),
            (json!({"/dry": true, "/amount": {"lt": 10}}), False),
            (json!({"/path": "/etc/*"}), True),
            (json!({"/path": {"regex": "pass(wd|word)"}}), True),
            (json!({"/argv": {"contains": "RM -RF", "ignore_case": true}}), True),
            (json!({"/argv/0": "sh"}), True),
            (json!({"/argv": "sh"}), True),
            (json!({"/argv": {"equals": "sh"}}), False),
            (json!({"": {"contains": "passwd"}}), True),
            (json!({"/memo": {"present": false}}), True),
            (json!({"/dry": {"present": false}}), False),
            (json!({"/memo": {"not": "x"}}), True),
        ] {
            let table = [(json!({"arguments": arguments}), expected)];
            assert_table("tool", &Facts { tools: &tools, ..call() }, table);
        }
    }

    #[test]
    fn arguments_that_read_in_two_ways_cannot_be_told() {
        for (arguments, expected) in [
            ("not JSON", Unknown),
            (r#"{"amount": 1, "amount": 9}"#, Unknown),
            (r#"{"amount": 8, "amount": 9}"#, True),
            (r#"{"amount": 1, "\u0061mount": 2}"#, False),
            ("", False),
        ] {
            let table = [(json!({"arguments": {"/amount": {"gt": 5}}}), expected)];
            assert_table("tool", &Facts { tools: &called(arguments), ..call() }, table);
        }
    }

    #[test]
    fn mistakes_are_named() {
        assert_refused(
            "tool",
            [
                (json!({}), "", "says none of"),
                (json!({"name": ["a", ""]}), ".name[1]", "an empty pattern"),
                (json!({"arguments": {"amount": 1}}), ".arguments.amount", "begins with `/`"),
                (json!({"arguments": {"/a": {"gt": "1"}}}), ".arguments./a.gt", "must be a number"),
                (
                    json!({"arguments": {"/a": [1, {"regex": "("}]}}),
                    ".arguments./a[1].regex",
                    "unclosed group",
                ),
                (json!({"arguments": {"/a": {}}}), ".arguments./a", "asks nothing"),
                (
                    json!({"arguments": {"/a": {"present": false, "equals": 1}}}),
                    ".arguments./a.present",
                    "no value",
                ),
            ],
        );
        assert_unreadable(
            "tool",
            [
                (json!({"phase": "used"}), "unknown variant `used`"),
                (json!({"arguments": {"/a": {"like": "x"}}}), "unknown field `like`"),
            ],
        );
    }
}
