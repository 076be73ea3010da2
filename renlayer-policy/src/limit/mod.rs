//! Limits: how often something may be done within a sliding window.
//!
//! A [`Limit`] is what an operator writes; a [`LimitSet`] is a tenant's limits, compiled; a [`Limiter`] counts. An
//! action needs room under every limit that applies to it, and takes its place under all of them at once or under none.
//! `src/limit/DESIGN.md` says how the counting works and why.
//!
//! ```
//! use renlayer_policy::{Admission, Facts, Limit, LimitSet, Limiter, Subject};
//!
//! let limit: Limit = serde_json::from_str(
//!     r#"{"name": "bot-rpm", "scope": "per_agent", "dimension": "requests", "window": "minute", "max": 1}"#,
//! )?;
//! let limits = LimitSet::compile(vec![limit]).expect("a valid limit");
//! let facts = Facts { agent_id: Some("agent_1"), ..Facts::at(jiff::Timestamp::UNIX_EPOCH) };
//! let subject = Subject::of("ten_1", &facts);
//!
//! let limiter = Limiter::new();
//! assert!(matches!(limiter.admit(&limits, &subject, 0), Admission::Admitted(_)));
//! let Admission::Refused { limit } = limiter.admit(&limits, &subject, 15_000) else { panic!("over the limit") };
//! assert_eq!(limit.retry_after_ms, 45_000);
//! # Ok::<(), serde_json::Error>(())
//! ```

mod limiter;
mod log;
mod set;
mod shard;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::condition::UpstreamMatch;
use crate::{LimitId, Mode, Rule};

pub use limiter::Limiter;
pub use set::{LimitSet, Subject};

/// A limit as it is written: in a file, in the API, in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Its id; in a file it may be left out, and whoever reads the file fills it in.
    #[serde(default, skip_serializing_if = "LimitId::is_empty")]
    pub id: LimitId,
    /// Its name.
    pub name: String,
    /// Whose actions are counted together.
    pub scope: LimitScope,
    /// Only actions of these agents, by id or name, wildcards allowed; empty is all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agents: Vec<String>,
    /// Only actions that go there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Rule<UpstreamMatch>>,
    /// Only actions that ask for such a model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Rule<String>>,
    /// What is counted.
    pub dimension: Dimension,
    /// Over how long.
    pub window: Window,
    /// How much of it is admitted within any window; at least 1.
    pub max: u64,
    /// Whether it refuses, or only shows what it would refuse.
    #[serde(default)]
    pub mode: Mode,
}

/// Whose actions are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitScope {
    /// One count per agent.
    PerAgent,
    /// One count per attributed user; actions that name none count as their agent's own.
    PerUser,
    /// One count for the tenant.
    PerTenant,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Actions.
    Requests,
}

/// How long a window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// 24 hours.
    Day,
}

impl Window {
    /// Its length in milliseconds.
    pub fn millis(self) -> u64 {
        match self {
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
        }
    }
}

/// What the limits say to one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may go on; where each limit that applied stands now, this action counted.
    Admitted(Vec<LimitState>),
    /// It may not, and was counted nowhere.
    Refused {
        /// The limit that refused; where several do, the one that does so the longest.
        limit: LimitState,
    },
}

/// Where a limit stands for one subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LimitState {
    /// The limit's id.
    pub id: LimitId,
    /// The limit's name.
    pub name: Arc<str>,
    /// Whose actions it counts together.
    pub scope: LimitScope,
    /// What it counts.
    pub dimension: Dimension,
    /// Over how long.
    pub window: Window,
    /// How much it admits within any window.
    pub limit: u64,
    /// How much of that is left now.
    pub remaining: u64,
    /// Milliseconds until all of it is left, if nothing more is done.
    pub reset_after_ms: u64,
    /// Milliseconds until there is room for one action; 0 when there is now.
    pub retry_after_ms: u64,
    /// Whether the limit refuses or observes.
    pub mode: Mode,
    /// Whether this action found no room. In an admitted action only an observing limit says so; it did not count it.
    pub exceeded: bool,
}

/// A limit that cannot be compiled: which one, where in it, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("limit `{name}`: {field}: {reason}")]
pub struct LimitError {
    /// Its id.
    pub limit: LimitId,
    /// Its name.
    pub name: String,
    /// Where in the limit, such as `agents[1]`.
    pub field: String,
    /// What is wrong there.
    pub reason: String,
}

macro_rules! names {
    ($type:ty { $($variant:ident: $name:literal),+ $(,)? }) => {
        impl $type {
            /// The name used in limits, answers and traces.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

names!(LimitScope { PerAgent: "per_agent", PerUser: "per_user", PerTenant: "per_tenant" });
names!(Dimension { Requests: "requests" });
names!(Window { Minute: "minute", Hour: "hour", Day: "day" });
