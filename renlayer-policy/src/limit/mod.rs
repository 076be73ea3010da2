//! Limits: how much may be done within a sliding window, or at once.
//!
//! A [`Limit`] is what an operator writes; a [`LimitSet`] is a tenant's limits, compiled; a [`Limiter`] counts. An
//! action needs room under every limit that applies to it, and takes its place under all of them at once or under none.
//!
//! Tokens and money are known only when an action is done. What it may use at most is therefore *reserved* when it is
//! admitted ([`Demand`]), *metered* while it goes on, and *settled* on what it did use ([`Reservation`]). It counts as of
//! its admission. `src/limit/DESIGN.md` says how the counting works and why.
//!
//! ```
//! use renlayer_policy::{Admission, Demand, Facts, Limit, LimitSet, Limiter, Subject, Use};
//!
//! let limit: Limit = serde_json::from_str(
//!     r#"{"name": "bot-tpm", "scope": "per_agent", "dimension": "tokens", "window": "minute", "max": 1000}"#,
//! )?;
//! let limits = LimitSet::compile(vec![limit]).expect("a valid limit");
//! let facts = Facts { agent_id: Some("agent_1"), ..Facts::at(jiff::Timestamp::UNIX_EPOCH) };
//! let subject = Subject::of("ten_1", &facts);
//!
//! let limiter = Limiter::new();
//! let demand = Demand::priced(800, 0);
//! let Admission::Admitted(reserved) = limiter.admit(&limits, &subject, demand, 0) else { panic!("there is room") };
//! let Admission::Refused { limit } = limiter.admit(&limits, &subject, demand, 15_000) else { panic!("there is none") };
//! assert_eq!((limit.remaining, limit.retry_after_ms), (200, 45_000));
//! reserved.settle(Use { tokens: 150, spend_micros: 0 });
//! assert!(matches!(limiter.admit(&limits, &subject, demand, 15_000), Admission::Admitted(_)));
//! # Ok::<(), serde_json::Error>(())
//! ```

mod admission;
mod count;
mod key;
mod limiter;
mod log;
mod quota;
mod record;
mod reservation;
mod runs;
mod set;
mod shard;
mod shared;
mod tally;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::condition::UpstreamMatch;
use crate::{LimitId, Mode, Rule};

pub use admission::{Admission, Demand, LimitState, Shortage, Use};
pub use limiter::Limiter;
pub use quota::Quota;
pub use record::CountRecord;
pub use reservation::Reservation;
pub use set::{LimitSet, Subject};
pub use shared::{Applied, Claim};

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
    /// Only actions that such a policy decided on, by id or name, wildcards allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Rule<String>>,
    /// Only actions that go there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Rule<UpstreamMatch>>,
    /// Only actions that ask for such a model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Rule<String>>,
    /// What is counted.
    pub dimension: Dimension,
    /// Over how long; of what is counted while it lasts, nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// How much of it is admitted within any window; more than nothing.
    pub max: Quota,
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
    /// Tokens that models read and write.
    Tokens,
    /// What tokens cost.
    Spend,
    /// Actions under way at the same time.
    Concurrency,
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
    /// 30 days, for spend.
    Month,
}

impl Window {
    /// Its length in milliseconds.
    pub fn millis(self) -> u64 {
        match self {
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
            Self::Month => 30 * 86_400_000,
        }
    }
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
names!(Dimension { Requests: "requests", Tokens: "tokens", Spend: "spend", Concurrency: "concurrency" });
names!(Window { Minute: "minute", Hour: "hour", Day: "day", Month: "month" });
