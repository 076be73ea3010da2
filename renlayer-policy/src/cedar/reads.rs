//! What a policy asks of a call, read from its syntax: so that no more is put together than somebody looks at, and so that
//! no policy can ask whether a fact is *known*.
//!
//! A fact that is not known is left out of the context, and asking for it is an error, which denies. `context has body` would
//! turn that error into a plain no, and a `forbid` that begins so would be passed by. It is refused, as is everything that
//! reaches the context by another way than its attributes by name.

use std::collections::BTreeSet;

use serde_json::Value;

use super::error::Fault;

/// The attributes that may be absent of a call that is known in full; of others nobody may ask whether they are there.
const OPTIONAL: [&str; 10] =
    ["model", "max_tokens", "mcp", "tool", "resource", "user", "session", "intent", "goal", "delegation"];

/// The attributes of the context, by the place of their bit.
const ATTRIBUTES: [&str; 23] = [
    "action_type",
    "dialect",
    "method",
    "upstream",
    "headers",
    "body_bytes",
    "body",
    "findings",
    "time",
    "risk",
    "user",
    "session",
    "intent",
    "goal",
    "delegation",
    "body.model",
    "body.stream",
    "body.prompt",
    "body.tools",
    "body.mcp",
    "body.prompt_tokens",
    "body.max_tokens",
    RESOURCE,
];

/// Not an attribute of the context: those of the resource.
pub(super) const RESOURCE: &str = "(resource)";

/// What policies look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reads {
    attributes: u32,
    /// Headers by name, in lower case.
    pub(super) headers: BTreeSet<Box<str>>,
}

// === impl Reads ===

impl Reads {
    /// What is read by a policy in Cedar's JSON format.
    pub(super) fn of(policy: &Value) -> Result<Self, Fault> {
        let mut reads = Self::default();
        reads.walk(policy.get("conditions").unwrap_or(&Value::Null))?;
        Ok(reads)
    }

    /// Whether `attribute` is looked at.
    pub(super) fn has(&self, attribute: &str) -> bool {
        self.attributes & bit(attribute) != 0
    }

    /// What either of them looks at.
    pub(super) fn join(&mut self, other: &Self) {
        self.attributes |= other.attributes;
        self.headers.extend(other.headers.iter().cloned());
    }

    fn add(&mut self, attribute: &str) {
        self.attributes |= bit(attribute);
    }

    fn walk(&mut self, value: &Value) -> Result<(), Fault> {
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| self.walk(item)),
            Value::Object(members) => {
                members.iter().try_for_each(|(operator, operand)| self.operation(operator, operand))
            }
            _ => Ok(()),
        }
    }

    fn operation(&mut self, operator: &str, operand: &Value) -> Result<(), Fault> {
        let part = |name: &str| operand.get(name).unwrap_or(&Value::Null);
        let path = path(part("attr"));
        let attribute = path.first().copied().unwrap_or_default();
        match operator {
            // A value is whatever it is: a record in it may have any names.
            "Value" => return Ok(()),
            "Record" => {
                return operand.as_object().into_iter().flatten().try_for_each(|(_, part)| self.walk(part));
            }
            "Var" if operand == "context" => {
                return Err(Fault::new(0, "`context` alone; write one of its attributes: `context.method`"));
            }
            "Var" if operand == "resource" => self.add(RESOURCE),
            "has" => asked_for(&path)?,
            "hasTag" | "getTag" => self.header(part("right"))?,
            _ => {}
        }
        match operator {
            "." | "has" if is_context(part("left")) => {
                self.add(attribute);
                // The body as a whole is all of its attributes.
                if attribute == "body" {
                    ATTRIBUTES
                        .iter()
                        .filter(|name| name.starts_with("body."))
                        .for_each(|name| self.add(name));
                }
                Ok(())
            }
            "." | "has" if is_body(part("left")) => {
                self.add("body");
                self.add(&format!("body.{attribute}"));
                Ok(())
            }
            _ => self.walk(operand),
        }
    }

    fn header(&mut self, name: &Value) -> Result<(), Fault> {
        let Some(name) = name.get("Value").and_then(Value::as_str) else {
            return Err(Fault::new(0, "a header is named by a text in quotes"));
        };
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(Fault::new(0, format!("the header `{name}` is to be written in lower case")));
        }
        self.headers.insert(name.into());
        Ok(())
    }
}

/// The names of an attribute access, of which `has` may take several at once.
fn path(attribute: &Value) -> Vec<&str> {
    match attribute {
        Value::Array(steps) => steps.iter().map(|step| step.as_str().unwrap_or_default()).collect(),
        step => vec![step.as_str().unwrap_or_default()],
    }
}

fn asked_for(path: &[&str]) -> Result<(), Fault> {
    let Some(always) = path.iter().find(|step| !OPTIONAL.contains(step)) else { return Ok(()) };
    let reason = format!("asks whether there is `{always}`, which is always there where it is known");
    Err(Fault::new(0, reason + "; ask for its value: where it is not known, the call is denied"))
}

fn bit(attribute: &str) -> u32 {
    ATTRIBUTES.iter().position(|known| *known == attribute).map_or(0, |place| 1 << place)
}

fn is_context(value: &Value) -> bool {
    value.get("Var").is_some_and(|name| name == "context")
}

fn is_body(value: &Value) -> bool {
    value.get(".").is_some_and(|access| {
        is_context(access.get("left").unwrap_or(&Value::Null))
            && access.get("attr").is_some_and(|attr| attr == "body")
    })
}
