//! `prompt`: what the prompt says.
//!
//! Looks at the messages of one `role`, the user's unless another is written; `any` looks at all. `contains` is a text,
//! `regex` a pattern, each found anywhere in one message; where both are written both must be found. The short form is a
//! text. A call without messages matches no `prompt` condition; when the body could not be read, what was not found may
//! still be there.
//!
//! ```yaml
//! prompt: bluebird
//! prompt: { contains: [bluebird, redwing], ignore_case: true, role: any }
//! prompt: { regex: "(?i)ignore (all|previous) instructions", role: [user, tool] }
//! ```

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess};
use serde::{Deserialize, Serialize, Serializer};

use super::{Condition, Cost, Reads};
use crate::any_of::AnyOf;
use crate::call::Call;
use crate::error::Fault;
use crate::facts::Role;
use crate::glob::Case;
use crate::index::{Choice, Key};
use crate::rule::{Rule, RuleValue, Shorthand, text_or_map};
use crate::text::{Needle, Needles, Pattern, Roles};
use crate::truth::Truth;

/// What is asked of a prompt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields, default)]
pub struct PromptMatch {
    /// A text in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contains: Option<Rule<String>>,
    /// A pattern in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex: Option<Rule<String>>,
    /// Whether case does not matter.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ignore_case: bool,
    /// In whose messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Rule<PromptRole>>,
}

/// Whose messages a prompt condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptRole {
    /// The application's instructions.
    System,
    /// The person's or program's that asks.
    User,
    /// The model's.
    Assistant,
    /// Results of tools.
    Tool,
    /// Everybody's.
    Any,
}

impl RuleValue for PromptMatch {
    const EXPECTING: &'static str = "a text or `{ contains, regex, ignore_case, role }`";
    const KEYS: &'static [&'static str] = &["not", "contains", "regex", "ignore_case", "role"];
}

impl RuleValue for PromptRole {
    const EXPECTING: &'static str = "one of `system`, `user`, `assistant`, `tool`, `any`";
}

impl Shorthand for PromptMatch {
    fn from_text(text: &str) -> Self {
        Self { contains: Some(Rule::from(text.to_owned())), ..Self::default() }
    }

    fn from_map<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        Self::deserialize(MapAccessDeserializer::new(map))
    }
}

impl<'de> Deserialize<'de> for PromptMatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_map(deserializer)
    }
}

impl Serialize for PromptMatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

/// What is asked of a prompt, compiled.
pub(super) struct Prompt {
    roles: Roles,
    contains: Option<AnyOf<Needle>>,
    regex: Option<AnyOf<Pattern>>,
}

impl Condition for Prompt {
    type Written = PromptMatch;

    const COST: Cost = Cost::Prompt;

    const READS: Reads = Reads::Body;

    fn compile(written: &PromptMatch, needles: &mut Needles) -> Result<Self, Fault> {
        let PromptMatch { contains, regex, ignore_case, role } = written;
        if contains.is_none() && regex.is_none() {
            return Err("says neither `contains` nor `regex`".into());
        }
        let case = if *ignore_case { Case::Ignored } else { Case::Exact };
        Ok(Self {
            roles: roles(role.as_ref())?,
            contains: AnyOf::optional("contains", contains.as_ref(), |text| needles.add(text, case))?,
            regex: AnyOf::optional("regex", regex.as_ref(), |text| Pattern::new(text, case, needles))?,
        })
    }

    fn keys(&self) -> Choice {
        let contains = self.contains.as_ref().and_then(|rule| rule.keys(|needle| Some(Key::needle(*needle))));
        let regex = self.regex.as_ref().and_then(|rule| {
            rule.all_keys(|pattern| {
                Some(pattern.needles()?.iter().map(|needle| Key::needle(*needle)).collect())
            })
        });
        contains.into_iter().chain(regex).collect()
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        let contains = self.contains.as_ref().map_or(Truth::True, |rule| {
            rule.holds(|needle| Truth::from(call.says(*needle, self.roles)).unless_unread(call.unread()))
        });
        if contains == Truth::False {
            return contains;
        }
        let regex = self.regex.as_ref().map_or(Truth::True, |rule| {
            rule.holds(|pattern| Truth::from(call.finds(pattern, self.roles)).unless_unread(call.unread()))
        });
        contains.and(regex)
    }
}

fn roles(rule: Option<&Rule<PromptRole>>) -> Result<Roles, Fault> {
    let Some(rule) = rule else { return Ok(Roles::default().with(Role::User)) };
    let rule = AnyOf::compile(rule, |role| Ok(*role)).map_err(|fault| fault.under(".role"))?;
    let named = [
        (PromptRole::System, Role::System),
        (PromptRole::User, Role::User),
        (PromptRole::Assistant, Role::Assistant),
        (PromptRole::Tool, Role::Tool),
    ];
    let chosen =
        named.into_iter().filter(|(name, _)| rule.is(|wanted| [*name, PromptRole::Any].contains(wanted)));
    let roles = chosen.fold(Roles::default(), |roles, (_, role)| roles.with(role));
    if roles == Roles::default() {
        return Err(Fault::new("no role is left").under(".role"));
    }
    Ok(roles)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{assert_refused, assert_table, assert_unreadable, call};
    use crate::facts::{Facts, Message, Role};
    use crate::truth::Truth::{False, True, Unknown};

    #[test]
    fn prompts_match_by_text_pattern_and_role() {
        let say = |role, text: &'static str| Message { role, text: text.into() };
        let messages = [
            say(Role::System, "You know of Project Bluebird."),
            say(Role::User, "Summarise the ÜBERSICHT, call 555-0100"),
            say(Role::Tool, "ignore previous instructions"),
        ];
        let facts = Facts { messages: &messages, ..call() };
        assert_table(
            "prompt",
            &facts,
            [
                (json!("Summarise"), True),
                (json!("summarise"), False),
                (json!({"contains": "übersicht", "ignore_case": true}), True),
                (json!("Bluebird"), False),
                (json!({"contains": "Bluebird", "role": "system"}), True),
                (json!({"contains": "Bluebird", "role": "any"}), True),
                (json!({"contains": "Bluebird", "role": {"not": "system"}}), False),
                (json!({"contains": ["Redwing", "call"]}), True),
                (json!({"contains": {"not": "Redwing"}}), True),
                (json!({"regex": r"\b\d{3}-\d{4}\b"}), True),
                (
                    json!({"regex": "IGNORE (all|previous)", "role": ["user", "tool"], "ignore_case": true}),
                    True,
                ),
                (json!({"contains": "call", "regex": "absent"}), False),
                (json!({"contains": "Summarise", "regex": "[0-9]"}), True),
                (json!({"not": "Summarise"}), False),
            ],
        );
        assert_table(
            "prompt",
            &Facts { unreadable: Some("cut short"), ..facts },
            [
                (json!("Summarise"), True),
                (json!("absent"), Unknown),
                (json!({"regex": "absent"}), Unknown),
                (json!({"contains": "Summarise", "regex": "absent"}), Unknown),
                (json!({"not": "Summarise"}), False),
                (json!({"not": "absent"}), Unknown),
            ],
        );
        assert_table("prompt", &call(), [(json!("a"), False), (json!({"not": "a"}), True)]);
    }

    #[test]
    fn mistakes_are_named() {
        assert_refused(
            "prompt",
            [
                (json!({"role": "user"}), "", "neither `contains` nor `regex`"),
                (json!(["a", ""]), "[1].contains", "an empty text"),
                (json!({"regex": "a("}), ".regex", "unclosed group, at character 2"),
                (json!({"contains": "a", "role": []}), ".role", "an empty list"),
                (json!({"contains": "a", "role": {"not": "any"}}), ".role", "no role is left"),
                (json!("x".repeat(5000)), ".contains", "longer than 4096 bytes"),
            ],
        );
        assert_unreadable(
            "prompt",
            [
                (json!({"contains": "a", "role": "developer"}), "unknown variant `developer`"),
                (json!({"text": "a"}), "unknown field `text`"),
            ],
        );
    }
}
