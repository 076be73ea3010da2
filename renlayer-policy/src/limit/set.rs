//! A tenant's limits, compiled, and what they are asked about.

use std::sync::Arc;

use super::{Limit, LimitError, LimitScope, LimitState, log};
use crate::condition::{Agent, Condition, Model, Pattern, compile_rule};
use crate::error::Fault;
use crate::facts::{Facts, Upstream};
use crate::rule::Rule;
use crate::truth::Truth;

/// Compiled limits; cheap to clone.
#[derive(Clone, Default)]
pub struct LimitSet {
    limits: Arc<[Compiled]>,
}

/// Whose action it is and what it is about, as far as limits ask.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The tenant.
    pub tenant: &'a str,
    /// Id of the agent.
    pub agent_id: Option<&'a str>,
    /// Name of the agent.
    pub agent_name: Option<&'a str>,
    /// The user the action is attributed to.
    pub user: Option<&'a str>,
    /// Where it goes.
    pub upstream: Upstream<'a>,
    /// With which HTTP method.
    pub method: &'a str,
    /// The model asked for.
    pub model: Option<&'a str>,
    /// Whether the body could not be read: then it may ask for any model.
    pub unreadable: bool,
}

pub(super) struct Compiled {
    limit: Limit,
    name: Arc<str>,
    agents: Vec<Agent>,
    upstream: Filter<Pattern>,
    model: Filter<Model>,
    pub(super) grain: i64,
}

/// A compiled rule that holds of everything where none is written.
struct Filter<C> {
    values: Vec<C>,
    negated: bool,
}

impl LimitSet {
    /// Compiles `limits`. All that is wrong is reported at once.
    pub fn compile(limits: Vec<Limit>) -> Result<Self, Vec<LimitError>> {
        let mut errors = Vec::new();
        let limits = limits.into_iter().map(|limit| Compiled::new(limit, &mut errors)).collect();
        if errors.is_empty() { Ok(Self { limits }) } else { Err(errors) }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.limits.is_empty()
    }

    /// The limits that an action of `subject` needs room under.
    pub(super) fn applying<'a>(&'a self, subject: &'a Subject<'_>) -> impl Iterator<Item = &'a Compiled> {
        self.limits.iter().filter(|limit| limit.applies(subject))
    }
}

impl std::fmt::Debug for LimitSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.limits.iter().map(|compiled| &compiled.limit)).finish()
    }
}

impl<'a> Subject<'a> {
    /// The subject of the call that `facts` tell of.
    pub fn of(tenant: &'a str, facts: &Facts<'a>) -> Self {
        Self {
            tenant,
            agent_id: facts.agent_id,
            agent_name: facts.agent_name,
            user: facts.user,
            upstream: facts.upstream,
            method: facts.method,
            model: facts.model,
            unreadable: facts.unreadable.is_some(),
        }
    }

    /// Whose count a limit of `scope` looks at, as the kind of name and the name. An action that names no user counts as
    /// its agent's: leaving the user out must not be a way around a limit.
    pub(super) fn counted_as(&self, scope: LimitScope) -> (&'static str, &'a str) {
        let agent = ("agent", self.agent_id.or(self.agent_name).unwrap_or_default());
        match scope {
            LimitScope::PerAgent => agent,
            LimitScope::PerUser => self.user.map_or(agent, |user| ("user", user)),
            LimitScope::PerTenant => ("tenant", ""),
        }
    }
}

impl Compiled {
    fn new(limit: Limit, errors: &mut Vec<LimitError>) -> Self {
        let mut fail = |root: &str, fault: Fault| {
            errors.push(LimitError {
                limit: limit.id.clone(),
                name: limit.name.clone(),
                field: fault.path(root),
                reason: fault.reason,
            });
        };
        if limit.max == 0 {
            fail("max", Fault::new("must be at least 1: to forbid something, write a DENY policy"));
        }
        let agents = (!limit.agents.is_empty()).then(|| Rule::any_of(limit.agents.iter().cloned()));
        let agents = Filter::new(agents.as_ref(), Agent::compile, |fault| fail("agents", fault)).values;
        let upstream =
            Filter::new(limit.upstream.as_ref(), Pattern::compile, |fault| fail("upstream", fault));
        let model = Filter::new(limit.model.as_ref(), Model::compile, |fault| fail("model", fault));
        let grain = log::grain(limit.window.millis(), limit.max);
        Self { name: limit.name.as_str().into(), limit, agents, upstream, model, grain }
    }

    /// A limit whose filter cannot be told to hold or not applies: it must not be got around by being unreadable.
    fn applies(&self, subject: &Subject<'_>) -> bool {
        let agent = self.agents.is_empty()
            || self.agents.iter().any(|agent| agent.is(subject.agent_id, subject.agent_name));
        agent
            && self.upstream.holds(|url| url.matches(&subject.upstream, subject.method)) != Truth::False
            && self.model.holds(|model| model.asked(subject.model, subject.unreadable)) != Truth::False
    }

    pub(super) fn limit(&self) -> &Limit {
        &self.limit
    }

    /// Where this limit stands, `total` of it used.
    pub(super) fn state(
        &self,
        total: u64,
        reset_after_ms: u64,
        retry_after_ms: u64,
        exceeded: bool,
    ) -> LimitState {
        let limit = &self.limit;
        LimitState {
            id: limit.id.clone(),
            name: self.name.clone(),
            scope: limit.scope,
            dimension: limit.dimension,
            window: limit.window,
            limit: limit.max,
            remaining: limit.max.saturating_sub(total),
            reset_after_ms,
            retry_after_ms,
            mode: limit.mode,
            exceeded,
        }
    }
}

impl<C> Filter<C> {
    fn new<T>(
        rule: Option<&Rule<T>>,
        compile: impl Fn(&T) -> Result<C, Fault>,
        fail: impl FnOnce(Fault),
    ) -> Self {
        let Some(rule) = rule else { return Self { values: Vec::new(), negated: true } };
        let values = compile_rule(rule, compile).map_err(fail).unwrap_or_default();
        Self { values, negated: rule.negated }
    }

    fn holds(&self, value: impl FnMut(&C) -> Truth) -> Truth {
        let any = Truth::any(self.values.iter().map(value));
        if self.negated { !any } else { any }
    }
}
