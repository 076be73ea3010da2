//! Decides a call by policies and limits.
#![forbid(unsafe_code)]

mod any_of;
mod call;
mod comparison;
pub mod condition;
mod decision;
mod error;
mod facts;
mod glob;
mod id;
mod json;
pub mod limit;
mod money;
mod policy;
mod regex;
mod rule;
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
    Admission, Dimension, Limit, LimitError, LimitScope, LimitSet, LimitState, Limiter, Subject, Window,
};
pub use money::Money;
pub use policy::{Mode, Policy, PolicyAction, Scope};
pub use rule::{Rule, RuleValue};
pub use set::{Needs, PolicySet};
