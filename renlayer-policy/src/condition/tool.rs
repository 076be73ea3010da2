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

    fn holds(&self, call: &Call<'_>) -> Truth {
        Truth::any(call.facts.tools.iter().map(|tool| self.is(tool))).unless_unread(call.unread())
    }
}
