//! The conditions of a policy: one kind, one file.
//!
//! Each file holds what is written ([`Rule`]s of its value), what it compiles to, and when it holds. A value of a
//! condition answers with a truth of three values: it holds, it does not, or it cannot be told, because it asks for
//! something that could not be read. `docs/policy-conditions.md` is the reference for those who write policies.

mod action_type;
mod agent;
mod arguments;
mod attribution;
mod dialect;
mod dlp;
mod header;
mod mcp;
mod model;
mod prompt;
mod risk;
mod size;
mod stream;
#[cfg(test)]
mod testing;
mod time;
mod tool;
mod upstream;

use serde::{Deserialize, Serialize};

use crate::any_of::AnyOf;
use crate::call::Call;
use crate::comparison::Comparison;
use crate::error::Fault;
use crate::facts::ActionType;
use crate::index::Choice;
use crate::rule::Rule;
use crate::text::Needles;
use crate::truth::Truth;

pub(crate) use agent::Agent;
pub use arguments::{ArgumentMatch, Scalar};
pub use dlp::DlpMatch;
pub use header::HeaderMatch;
pub use mcp::McpMatch;
pub(crate) use model::Model;
pub use prompt::{PromptMatch, PromptRole};
pub use risk::RiskMatch;
pub use time::TimeMatch;
pub(crate) use time::{minute_of_week, minutes};
pub use tool::ToolMatch;
pub(crate) use upstream::Pattern;
pub use upstream::UpstreamMatch;

/// Declares [`Conditions`], its compilation and the list of names from one table, so that none can be left out.
macro_rules! conditions {
    ($($(#[$doc:meta])* $name:ident: $written:ty => $compiled:ty),+ $(,)?) => {
        /// What a policy asks of a call; everything that is asked must hold, and nothing asked is every call.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Conditions {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $name: Option<Rule<$written>>),+
        }

        impl Conditions {
            /// The names of all conditions, as they are written in a policy.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            /// Compiles what is asked, cheapest first.
            pub(crate) fn compile(&self, compiler: &mut Compiler<'_>) -> Vec<Box<dyn Test>> {
                let mut tests = Vec::new();
                $(tests.extend(compiler.rule::<$compiled>(stringify!($name), self.$name.as_ref()));)+
                tests.sort_by_key(|test| test.info().cost);
                tests
            }
        }
    };
}

conditions! {
    /// Agent id or name.
    agent: String => agent::Agent,
    /// Kind of action.
    action_type: ActionType => action_type::Kind,
    /// Where the call goes.
    upstream: UpstreamMatch => upstream::Pattern,
    /// The model asked for.
    model: String => model::Model,
    /// The wire dialect.
    dialect: String => dialect::Dialect,
    /// Whether a streamed answer is asked for.
    stream: bool => stream::Stream,
    /// What the prompt says.
    prompt: PromptMatch => prompt::Prompt,
    /// Headers.
    header: HeaderMatch => header::Header,
    /// Tools offered, called or answered.
    tool: ToolMatch => tool::ToolTest,
    /// The MCP request.
    mcp: McpMatch => mcp::McpTest,
    /// Length of the body.
    body_bytes: Comparison<u64> => size::BodyBytes,
    /// Tokens counted in the prompt.
    prompt_tokens: Comparison<u64> => size::PromptTokens,
    /// The bound on the answer's tokens.
    max_tokens: Comparison<u64> => size::MaxTokens,
    /// When the call is made.
    time: TimeMatch => time::Time,
    /// What the scan of the request found.
    dlp: DlpMatch => dlp::Dlp,
    /// The user the call is attributed to.
    user: String => attribution::User,
    /// The session the call belongs to.
    session: String => attribution::Session,
    /// What the session did so far.
    risk: RiskMatch => risk::RiskTest,
}

/// One kind of condition: a compiled value of it.
pub(crate) trait Condition: Sized + Send + Sync + 'static {
    /// What a value looks like in a policy.
    type Written;

    const COST: Cost;

    const READS: Reads;

    fn compile(written: &Self::Written, needles: &mut Needles) -> Result<Self, Fault>;

    /// By what calls are found that it is possible for; nothing where it must always be asked.
    fn keys(&self) -> Choice {
        Choice::new()
    }

    /// Whether this value holds of a call.
    fn holds(&self, call: &Call<'_>) -> Truth;
}

/// What is known of a compiled rule without evaluating it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Info {
    /// Its key in a policy.
    pub(crate) name: &'static str,
    pub(crate) cost: Cost,
    pub(crate) reads: Reads,
}

/// The order in which the conditions of one policy are evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cost {
    /// A comparison or two.
    Word,
    /// A pattern over a short text.
    Name,
    /// A pattern over each element of a list.
    List,
    /// A pattern over the whole prompt.
    Prompt,
}

/// What must have been looked at before a condition can be evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reads {
    Head,
    Body,
    Findings,
    Risk,
}

/// A compiled rule, whatever its kind.
pub(crate) trait Test: Send + Sync {
    fn info(&self) -> Info;

    /// By what calls are found that each value is possible for; none where it must always be asked.
    fn keys(&self) -> Option<Vec<Choice>>;

    fn holds(&self, call: &Call<'_>) -> Truth;
}

struct Compiled<C> {
    name: &'static str,
    rule: AnyOf<C>,
}

impl<C: Condition> Test for Compiled<C> {
    fn info(&self) -> Info {
        Info { name: self.name, cost: C::COST, reads: C::READS }
    }

    fn keys(&self) -> Option<Vec<Choice>> {
        self.rule.choices(C::keys)
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        self.rule.holds(|value| value.holds(call))
    }
}

/// Compiles the rules of one policy and keeps what is wrong with them, with its place.
pub(crate) struct Compiler<'a> {
    pub(crate) needles: &'a mut Needles,
    pub(crate) faults: Vec<(String, Fault)>,
}

impl Compiler<'_> {
    fn rule<C: Condition>(
        &mut self,
        name: &'static str,
        rule: Option<&Rule<C::Written>>,
    ) -> Option<Box<dyn Test>> {
        match AnyOf::compile(rule?, |value| C::compile(value, self.needles)) {
            Ok(rule) => Some(Box::new(Compiled { name, rule })),
            Err(fault) => {
                self.faults.push((format!("match.{name}"), fault));
                None
            }
        }
    }
}
