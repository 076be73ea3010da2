//! What differs between two policies.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::words::Words;
use crate::policy::Policy;

/// A field or a condition that says something else.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldChange {
    /// Where, such as `match.model`.
    pub path: String,
    /// What it said; absent where nothing was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// What differs between two policies, their ids aside.
pub fn fields(before: &Policy, after: &Policy) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    compare("", Some(&plain(before)), Some(&plain(after)), &mut changes);
    changes
}

/// What differs between two values of any shape: maps key by key, lists whatever their order.
pub fn values(before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    compare("", Some(before), Some(after), &mut changes);
    changes
}

/// What a policy says that is no default, as changes from nothing.
pub(super) fn written(policy: &Policy) -> Vec<FieldChange> {
    let nothing = serde_json::json!({ "priority": 1000, "enabled": true, "match": {} });
    let mut said = plain(policy);
    if let Value::Object(said) = &mut said {
        said.retain(|key, _| !matches!(key.as_str(), "name" | "action"));
    }
    let mut changes = Vec::new();
    compare("", Some(&nothing), Some(&said), &mut changes);
    changes
}

/// A policy in long form, in which the same always looks the same.
fn plain(policy: &Policy) -> Value {
    let mut value = serde_json::to_value(policy).unwrap_or_default();
    if let Value::Object(fields) = &mut value {
        fields.remove("id");
        if let Some(Value::Object(conditions)) = fields.get_mut("match") {
            for (name, key) in [("upstream", "url"), ("header", "name")] {
                conditions.get_mut(name).into_iter().for_each(|rule| spell_out(rule, key));
            }
        }
    }
    value
}

/// Short forms of values, which are texts, as the maps they stand for.
fn spell_out(rule: &mut Value, key: &str) {
    match rule {
        Value::String(text) => {
            *rule = Value::Object(Map::from_iter([(key.to_owned(), Value::from(std::mem::take(text)))]))
        }
        Value::Array(values) => values.iter_mut().for_each(|value| spell_out(value, key)),
        Value::Object(map) => map.get_mut("not").into_iter().for_each(|rule| spell_out(rule, key)),
        _ => {}
    }
}

fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, changes: &mut Vec<FieldChange>) {
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new)))
            if old.contains_key("not") == new.contains_key("not") =>
        {
            // Maps keep the order in which they were written, or not: as the crates around this one have it.
            let mut keys: Vec<&String> = old.keys().collect();
            keys.extend(new.keys().filter(|key| !old.contains_key(*key)));
            keys.sort_by_key(|key| (!old.contains_key(*key), *key));
            for key in keys {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                compare(&path, old.get(key), new.get(key), changes);
            }
        }
        _ if same(before, after) => {}
        // A condition that is new or gone is told part by part, as far as its parts are named.
        (None, Some(Value::Object(new))) if is_named(path, new) => {
            compare(path, Some(&Value::Object(Map::new())), after, changes)
        }
        (Some(Value::Object(old)), None) if is_named(path, old) => {
            compare(path, before, Some(&Value::Object(Map::new())), changes)
        }
        _ => changes.push(FieldChange {
            path: path.to_owned(),
            before: before.cloned(),
            after: after.cloned(),
        }),
    }
}

/// Whether a map has parts of a condition, and no bounds or `not`.
fn is_named(path: &str, map: &Map<String, Value>) -> bool {
    let bounds = ["not", "eq", "gt", "gte", "lt", "lte"];
    path.starts_with("match") && !map.is_empty() && !map.keys().any(|key| bounds.contains(&key.as_str()))
}

/// Whether two values mean the same: of a list, the order does not matter.
fn same(before: Option<&Value>, after: Option<&Value>) -> bool {
    match (before, after) {
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            old.iter().all(|value| new.contains(value)) && new.iter().all(|value| old.contains(value))
        }
        _ => before == after,
    }
}

impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match (&self.before, &self.after) {
            (Some(Value::Array(old)), Some(Value::Array(new))) => {
                let only = |these: &[Value], those: &[Value]| {
                    these.iter().filter(|value| !those.contains(value)).cloned().collect::<Vec<_>>()
                };
                let (gone, come) = (only(old, new), only(new, old));
                write!(f, "{path}:")?;
                come.iter().try_for_each(|value| write!(f, " +{}", Words(value)))?;
                gone.iter().try_for_each(|value| write!(f, " -{}", Words(value)))
            }
            (Some(old), Some(new)) => write!(f, "{path}: {} → {}", Words(old), Words(new)),
            (None, Some(new)) => write!(f, "{path}: now {}", Words(new)),
            (Some(old), None) => write!(f, "{path}: no longer {}", Words(old)),
            (None, None) => f.write_str(path),
        }
    }
}
