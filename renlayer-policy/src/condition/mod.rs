//! The conditions of a policy: one kind, one file.
//!
//! Each file holds what is written ([`Rule`]s of its value), what it compiles to, and when it holds. A value of a
//! condition answers with a [`Truth`]; [`Compiled`] joins the values of one rule, and a policy joins its rules.

mod action_type;
mod agent;
mod dialect;
mod model;
mod stream;
mod upstream;

use serde::{Deserialize, Serialize};

use crate::error::Fault;
use crate::facts::{ActionType, Facts};
use crate::rule::Rule;
use crate::truth::Truth;

pub(crate) use agent::Agent;
pub(crate) use model::Model;
pub(crate) use upstream::Pattern;
pub use upstream::UpstreamMatch;

/// What a policy asks of a call; everything that is asked must hold, and nothing asked is every call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Conditions {
    /// Agent id or name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<Rule<String>>,
    /// Kind of action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_type: Option<Rule<ActionType>>,
    /// Where the call goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Rule<UpstreamMatch>>,
    /// The model asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Rule<String>>,
    /// The wire dialect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialect: Option<Rule<String>>,
    /// Whether a streamed answer is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<Rule<bool>>,
}

impl Conditions {
    /// Compiles what is asked, cheapest first; `faults` collects what cannot be.
    pub(crate) fn compile(&self, faults: &mut Vec<(String, Fault)>) -> Vec<Box<dyn Test>> {
        let mut compiler = Compiler { tests: Vec::new(), faults };
        compiler.add::<agent::Agent>(self.agent.as_ref());
        compiler.add::<action_type::Kind>(self.action_type.as_ref());
        compiler.add::<upstream::Pattern>(self.upstream.as_ref());
        compiler.add::<model::Model>(self.model.as_ref());
        compiler.add::<dialect::Dialect>(self.dialect.as_ref());
        compiler.add::<stream::Stream>(self.stream.as_ref());
        compiler.tests.sort_by_key(|test| test.info().cost);
        compiler.tests
    }
}

/// One kind of condition: a compiled value of it.
pub(crate) trait Condition: Sized + Send + Sync + 'static {
    /// What a value looks like in a policy.
    type Written;

    const INFO: Info;

    fn compile(written: &Self::Written) -> Result<Self, Fault>;

    /// Whether this value holds of a call.
    fn holds(&self, facts: &Facts<'_>) -> Truth;
}

/// What is known of a kind of condition without evaluating it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Info {
    /// Its key in a policy.
    pub(crate) name: &'static str,
    pub(crate) cost: Cost,
    /// What must have been looked at before it can be evaluated.
    pub(crate) reads: Reads,
}

/// The order in which the conditions of one policy are evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cost {
    /// A comparison or two.
    Word,
    /// A pattern over a short text.
    Name,
}

/// What a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reads {
    Head,
    Body,
}

/// A compiled rule, whatever its kind.
pub(crate) trait Test: Send + Sync {
    fn info(&self) -> Info;

    fn holds(&self, facts: &Facts<'_>) -> Truth;
}

/// The compiled values of one rule.
struct Compiled<C> {
    values: Vec<C>,
    negated: bool,
}

impl<C: Condition> Test for Compiled<C> {
    fn info(&self) -> Info {
        C::INFO
    }

    fn holds(&self, facts: &Facts<'_>) -> Truth {
        let any = Truth::any(self.values.iter().map(|value| value.holds(facts)));
        if self.negated { !any } else { any }
    }
}

struct Compiler<'a> {
    tests: Vec<Box<dyn Test>>,
    faults: &'a mut Vec<(String, Fault)>,
}

impl Compiler<'_> {
    fn add<C: Condition>(&mut self, rule: Option<&Rule<C::Written>>) {
        let Some(rule) = rule else { return };
        match compile_rule(rule, C::compile) {
            Ok(values) => self.tests.push(Box::new(Compiled { values, negated: rule.negated })),
            Err(fault) => self.faults.push((format!("match.{}", C::INFO.name), fault)),
        }
    }
}

/// Compiles each value of a rule; a fault says in which it is.
pub(crate) fn compile_rule<T, C>(
    rule: &Rule<T>,
    compile: impl Fn(&T) -> Result<C, Fault>,
) -> Result<Vec<C>, Fault> {
    let step = |index: usize| match (rule.negated, rule.values.len()) {
        (false, 1) => String::new(),
        (true, 1) => ".not".to_owned(),
        (false, _) => format!("[{index}]"),
        (true, _) => format!(".not[{index}]"),
    };
    if rule.values.is_empty() {
        return Err("an empty list matches nothing".into());
    }
    let values = rule.values.iter().enumerate();
    values.map(|(index, value)| compile(value).map_err(|fault| fault.under(step(index)))).collect()
}
