//! Decides a call by policies and limits: pure functions over facts and a clock that is passed in.
//!
//! - A [`Policy`] is what an operator writes; [`PolicySet::compile`] checks and compiles a tenant's, once.
//! - [`Facts`] are what is known of a call; [`PolicySet::decide`] answers with a [`Decision`], and [`PolicySet::explain`]
//!   says of every policy why it matched or did not.
//! - [`lint`] finds what is wrong with policies that compile, and whether a change allows anything new; [`diff`] tells what a
//!   change changes.
//! - [`limit`] counts: a [`Limiter`] admits an action under all [`Limit`]s that apply to it, or under none, and holds what it
//!   may use until it is settled.
//! - [`cedar`] asks policies in the Cedar language beside those; [`cedar::lint`] is what [`lint`] is for native ones.
//! - [`price`] says what tokens cost, in whole micro-units.
//!
//! Nothing fails open. What could not be read makes a condition *unknown*, and a policy that denies or flags then matches,
//! while one that allows does not. [`Conditions`] lists what a policy may ask; `docs/policy-conditions.md` is the reference
//! for those who write policies.
//!
//! The crate knows neither HTTP nor storage, reads no clock, and waits for nothing. Two optional modules aside, off unless
//! asked for: the feature `layer` adds `layer::PolicyLayer` and `layer::RateLimitLayer`, policies and limits around any tower
//! service over HTTP; with `cedar-analysis`, [`cedar::lint`] asks a solver that runs beside.
//!
//! ```
//! use renlayer_policy::{Decided, Facts, Policy, PolicyAction, PolicySet, Upstream};
//!
//! let policies: Vec<Policy> = serde_json::from_str(
//!     r#"[{
//!         "name": "no-iam",
//!         "priority": 10,
//!         "match": { "upstream": "*.amazonaws.com/iam/*" },
//!         "action": "DENY",
//!         "message": "IAM changes are not for agents."
//!     }]"#,
//! )?;
//! let policies = PolicySet::compile(policies, PolicyAction::Allow).expect("valid policies");
//!
//! let upstream = Upstream { scheme: "https", host: "eu.amazonaws.com", port: 443, path: "/iam/users" };
//! let facts = Facts { method: "POST", upstream, ..Facts::at(jiff::Timestamp::UNIX_EPOCH) };
//! let Decided::Final(decision) = policies.decide(&facts) else { panic!("no policy asks about findings") };
//! assert_eq!(decision.action, PolicyAction::Deny);
//! assert_eq!(decision.policy.expect("a policy decided").name.as_ref(), "no-iam");
//! # Ok::<(), serde_json::Error>(())
//! ```
#![forbid(unsafe_code)]

mod any_of;
mod call;
pub mod cedar;
mod comparison;
pub mod condition;
mod decision;
pub mod diff;
mod error;
mod facts;
mod glob;
mod id;
mod index;
mod json;
#[cfg(feature = "layer")]
pub mod layer;
pub mod limit;
pub mod lint;
mod money;
mod policy;
pub mod price;
mod regex;
mod rule;
#[cfg(test)]
mod sampling;
mod set;
mod text;
mod truth;
mod url;

pub use comparison::{Comparable, Comparison};
pub use condition::Conditions;
pub use decision::{Decided, Decision, Explanation, Miss, PolicyRef};
pub use error::PolicyError;
pub use facts::{
    ActionType, Facts, FindingFact, Headers, Mcp, Message, NoHeaders, Risk, Role, Severity, Tool, ToolPhase,
    Upstream,
};
pub use id::{LimitId, PolicyId};
pub use limit::{
    Admission, Applied, Claim, CountRecord, Demand, Dimension, Limit, LimitError, LimitScope, LimitSet,
    LimitState, Limiter, Quota, Reservation, Shortage, Subject, Use, Window,
};
pub use money::Money;
pub use policy::{Mode, Policy, PolicyAction, Scope};
pub use price::{LongPrice, Price, PriceError, Prices, Rates, Tokens};
pub use rule::{Rule, RuleValue};
pub use set::{Needs, PolicySet};
