//! A policy as it is written: in a file, in the API, in the store.

use std::fmt;

use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::rule::map_alone;
use crate::{Conditions, PolicyId};

/// Where a policy stands when none is written.
const DEFAULT_PRIORITY: i64 = 1000;

/// A rule about calls: when all of its conditions hold, its action is the verdict.
///
/// ```
/// let policy: renlayer_policy::Policy = serde_json::from_str(
///     r#"{"name": "no-iam", "priority": 10, "match": {"upstream": "*.amazonaws.com/iam/*"}, "action": "DENY"}"#,
/// )?;
/// assert_eq!(policy.priority, 10);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Its id; in a file it may be left out, and whoever reads the file fills it in.
    #[serde(default, skip_serializing_if = "PolicyId::is_empty")]
    pub id: PolicyId,
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Conditions, all of which must hold. Required, so that none is a decision and not an oversight.
    #[serde(rename = "match", deserialize_with = "map_alone")]
    pub matches: Conditions,
    /// What happens to a call that matches.
    pub action: PolicyAction,
    /// What the caller is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Its place in the order: lower first.
    #[serde(default = "default_priority")]
    pub priority: i64,
    /// Whose calls it is about.
    #[serde(default, skip_serializing_if = "Scope::is_tenant")]
    pub scope: Scope,
    /// Whether it takes part at all.
    #[serde(default = "enabled")]
    pub enabled: bool,
    /// Whether it decides, or only shows what it would decide. One that does not say follows the mode of the call; one that
    /// says `enforce` takes effect also where the rest is only observed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
}

impl Policy {
    /// Whether it only shows what it would decide, whatever the mode of the call.
    #[must_use]
    pub fn observes(&self) -> bool {
        self.mode == Some(Mode::Observe)
    }
}

fn default_priority() -> i64 {
    DEFAULT_PRIORITY
}

fn enabled() -> bool {
    true
}

/// What happens to a call; ordered from the mildest to the most restrictive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PolicyAction {
    /// It goes through.
    Allow,
    /// It goes through and is marked.
    Flag,
    /// It is refused.
    Deny,
}

impl PolicyAction {
    /// The name used in policies and traces.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "ALLOW",
            Self::Flag => "FLAG",
            Self::Deny => "DENY",
        }
    }
}

impl fmt::Display for PolicyAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a verdict takes effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It does.
    #[default]
    Enforce,
    /// It is recorded only.
    Observe,
}

impl Mode {
    /// The name used in configuration and traces.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Observe => "observe",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whose calls a policy is about: `tenant`, or `{ agents: [...] }`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Every agent of the tenant.
    #[default]
    Tenant,
    /// Agents by id or name, wildcards allowed.
    Agents(Vec<String>),
}

impl Scope {
    /// Whether it is about the whole tenant.
    pub fn is_tenant(&self) -> bool {
        *self == Self::Tenant
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Tenant => serializer.serialize_str("tenant"),
            Self::Agents(agents) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("agents", agents)?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScopeVisitor)
    }
}

struct ScopeVisitor;

impl<'de> Visitor<'de> for ScopeVisitor {
    type Value = Scope;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`tenant` or `{ agents: [...] }`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Scope, E> {
        if text == "tenant" {
            Ok(Scope::Tenant)
        } else {
            Err(E::invalid_value(de::Unexpected::Str(text), &self))
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Scope, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Agents {
            agents: Vec<String>,
        }
        let Agents { agents } = Agents::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(Scope::Agents(agents))
    }
}
