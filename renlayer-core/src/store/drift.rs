//! What differs between a file's declarations and the store, object by object: what reconciling does, or would do.

use std::fmt;

use renlayer_policy::diff::{FieldChange, values};
use serde::Serialize;
use serde_json::{Value, json};

/// What reconciling did, in the order in which it did it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reconciled {
    /// Every object that was not as the file declares it.
    pub drifts: Vec<Drift>,
}

/// How many objects of each kind of change there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Objects that were not there.
    pub added: usize,
    /// Objects that were there and different, or managed by somebody else.
    pub changed: usize,
    /// Objects that the file no longer declares.
    pub removed: usize,
}

/// An object that the store does not hold as the file declares it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drift {
    /// What it is.
    pub kind: DriftKind,
    /// Its name; of a key, how it is shown.
    pub name: String,
    /// How it differs.
    #[serde(flatten)]
    pub change: DriftChange,
}

/// The kinds of objects that a file declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftKind {
    /// An agent.
    Agent,
    /// An agent's key.
    Key,
    /// A policy.
    Policy,
    /// A text of Cedar policies.
    Cedar,
    /// A limit.
    Limit,
    /// Where a credential comes from.
    Secret,
    /// A route.
    Route,
    /// What a tenant has one of: `dlp`, `default_action`, `mode`, `directory`.
    Setting,
}

/// How an object differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum DriftChange {
    /// The file declares it, and the store does not have it.
    Added,
    /// The store has it from an earlier file, and this one does not declare it.
    Removed,
    /// Both have it, and it says something else: `before` is what the store says, `after` what the file says.
    Changed {
        /// What differs.
        fields: Vec<FieldChange>,
    },
}

// === impl Reconciled ===

impl Reconciled {
    /// Whether the store was as the file declares.
    pub fn is_empty(&self) -> bool {
        self.drifts.is_empty()
    }

    /// How many objects there were of each kind of change.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for drift in &self.drifts {
            match drift.change {
                DriftChange::Added => counts.added += 1,
                DriftChange::Removed => counts.removed += 1,
                DriftChange::Changed { .. } => counts.changed += 1,
            }
        }
        counts
    }

    pub(super) fn note(&mut self, kind: DriftKind, name: &str, change: DriftChange) {
        self.drifts.push(Drift { kind, name: name.to_owned(), change });
    }
}

// === impl DriftKind ===

impl DriftKind {
    /// The kind as it is written everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Key => "key",
            Self::Policy => "policy",
            Self::Cedar => "cedar",
            Self::Limit => "limit",
            Self::Secret => "secret",
            Self::Route => "route",
            Self::Setting => "setting",
        }
    }
}

// === impl DriftChange ===

impl DriftChange {
    /// Another object that says the same.
    pub(super) const NOTHING: Self = Self::Changed { fields: Vec::new() };

    /// What differs between two definitions, both JSON. What cannot be read differs as a whole.
    pub(super) fn between(before: &str, after: &str) -> Self {
        Self::Changed { fields: values(&written(before), &written(after)) }
    }

    /// The same without what was written: the settings of the scanner hold values that are to be found, or not.
    pub(super) fn places_between(before: &str, after: &str) -> Self {
        let Self::Changed { mut fields } = Self::between(before, after) else { return Self::Added };
        for field in &mut fields {
            (field.before, field.after) = (None, None);
        }
        Self::Changed { fields }
    }

    /// One field more.
    pub(super) fn and(self, path: &str, before: &str, after: &str) -> Self {
        match self {
            Self::Changed { mut fields } if before != after => {
                let (before, after) = (Some(json!(before)), Some(json!(after)));
                fields.push(FieldChange { path: path.to_owned(), before, after });
                Self::Changed { fields }
            }
            change => change,
        }
    }
}

// === impl Drift ===

impl Drift {
    /// The difference on one line, for a log.
    pub fn on_one_line(&self) -> String {
        let told = self.to_string().replace("\n    ", "; ");
        told.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
    }
}

/// A definition without the members that say nothing.
fn written(definition: &str) -> Value {
    let mut value = serde_json::from_str(definition).unwrap_or(Value::Null);
    if let Value::Object(members) = &mut value {
        members.retain(|_, member| !member.is_null());
    }
    value
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.change {
            DriftChange::Added => '+',
            DriftChange::Removed => '-',
            DriftChange::Changed { .. } => '~',
        };
        write!(f, "{sign} {} {}", self.kind.as_str(), self.name)?;
        let DriftChange::Changed { fields } = &self.change else { return Ok(()) };
        fields.iter().try_for_each(|field| write!(f, "\n    {field}"))
    }
}
