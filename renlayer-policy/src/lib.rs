//! Decides a call by policies and limits.
#![forbid(unsafe_code)]

pub mod condition;
mod decision;
mod error;
mod facts;
mod glob;
mod id;
pub mod limit;
mod policy;
mod rule;
mod set;
mod truth;
mod url;

pub use condition::{Conditions, UpstreamMatch};
pub use decision::{Decided, Decision, Explanation, Miss, PolicyRef};
pub use error::PolicyError;
pub use facts::{
    ActionType, Facts, FindingFact, Headers, Mcp, Message, NoHeaders, Risk, Role, Severity, Tool, ToolPhase,
    Upstream,
};
pub use id::{LimitId, PolicyId};
pub use limit::{
    Admission, Dimension, Limit, LimitError, LimitScope, LimitSet, LimitState, Limiter, Subject, Window,
};
pub use policy::{Mode, Policy, PolicyAction, Scope};
pub use rule::{Rule, RuleValue};
pub use set::{Needs, PolicySet};
