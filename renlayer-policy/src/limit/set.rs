//! A tenant's limits, compiled, and what they are asked about.

use std::sync::Arc;

use super::shared::Terms;
use super::tally::Standing;
use super::{Demand, Dimension, Limit, LimitError, LimitScope, LimitState, Shortage, Use, Window, runs};
use crate::any_of::AnyOf;
use crate::condition::{Agent, Model, Pattern};
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
    /// Id of the policy that decided on it.
    pub policy_id: Option<&'a str>,
    /// Name of that policy.
    pub policy_name: Option<&'a str>,
    /// Whether the body could not be read: then it may ask for any model.
    pub unreadable: bool,
}

pub(super) struct Compiled {
    limit: Limit,
    name: Arc<str>,
    agents: Option<AnyOf<Agent>>,
    policy: Option<AnyOf<Agent>>,
    upstream: Option<AnyOf<Pattern>>,
    model: Option<AnyOf<Model>>,
    /// How much it admits, in what it counts: whole ones, or micro-units of money.
    pub(super) max: u64,
    pub(super) grain: i64,
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

    /// Whether any of them counts what is known only when an action is done.
    pub fn is_metered(&self) -> bool {
        self.iter().any(|limit| limit.dimension.is_metered())
    }

    /// Whether one of those that apply to an action of `subject` does.
    pub fn meters(&self, subject: &Subject<'_>) -> bool {
        self.applying(subject).any(|limit| limit.limit().dimension.is_metered())
    }

    /// The limits, as they were written.
    pub fn iter(&self) -> impl Iterator<Item = &Limit> {
        self.limits.iter().map(|compiled| &compiled.limit)
    }

    /// The limits that an action of `subject` needs room under.
    pub(super) fn applying<'a>(&'a self, subject: &'a Subject<'_>) -> impl Iterator<Item = &'a Compiled> {
        self.limits.iter().filter(|limit| limit.applies(subject))
    }
}

impl std::fmt::Debug for LimitSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
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
            policy_id: None,
            policy_name: None,
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
        let mut fail = |fault: Fault| {
            errors.push(LimitError {
                limit: limit.id.clone(),
                name: limit.name.clone(),
                field: fault.path("").trim_start_matches('.').to_owned(),
                reason: fault.reason,
            });
        };
        let max = amount(&limit).map_err(&mut fail).unwrap_or_default();
        window(&limit).unwrap_or_else(&mut fail);
        let agents = (!limit.agents.is_empty()).then(|| Rule::any_of(limit.agents.iter().cloned()));
        let agents = AnyOf::optional("agents", agents.as_ref(), |name| Agent::new(name));
        let policy = AnyOf::optional("policy", limit.policy.as_ref(), |name| Agent::new(name));
        let upstream = AnyOf::optional("upstream", limit.upstream.as_ref(), Pattern::new);
        let model = AnyOf::optional("model", limit.model.as_ref(), |name| Model::new(name));
        let agents = agents.map_err(&mut fail).unwrap_or_default();
        let policy = policy.map_err(&mut fail).unwrap_or_default();
        let upstream = upstream.map_err(&mut fail).unwrap_or_default();
        let model = model.map_err(&mut fail).unwrap_or_default();
        let grain = runs::grain(limit.window.map_or(0, Window::millis), max);
        Self { name: limit.name.as_str().into(), limit, agents, policy, upstream, model, max, grain }
    }

    /// A limit whose filter cannot be told to hold or not applies: it must not be got around by being unreadable.
    fn applies(&self, subject: &Subject<'_>) -> bool {
        let agents = self.agents.as_ref();
        let policy = self.policy.as_ref();
        let (upstream, model) = (self.upstream.as_ref(), self.model.as_ref());
        agents.is_none_or(|rule| rule.is(|agent| agent.is(subject.agent_id, subject.agent_name)))
            && policy.is_none_or(|rule| rule.is(|policy| policy.is(subject.policy_id, subject.policy_name)))
            && upstream.is_none_or(|rule| {
                rule.holds(|url| url.matches(&subject.upstream, subject.method)) != Truth::False
            })
            && model.is_none_or(|rule| {
                rule.holds(|model| model.asked(subject.model, subject.unreadable)) != Truth::False
            })
    }

    pub(super) fn limit(&self) -> &Limit {
        &self.limit
    }

    /// How much it admits, and over how many milliseconds; none where it has no window.
    pub(super) fn terms(&self) -> Terms {
        let window = self.limit.window.map_or(0, Window::millis);
        Terms { window: i64::try_from(window).unwrap_or(i64::MAX), max: self.max }
    }

    /// How much of what it counts an action asks for.
    pub(super) fn asked(&self, demand: Demand) -> u64 {
        self.limit.dimension.of(demand.at_most)
    }

    /// Why there never is room for `amount`, however little is used.
    pub(super) fn never(&self, amount: u64, demand: Demand) -> Option<Shortage> {
        match self.limit.dimension {
            Dimension::Spend if !demand.priced => Some(Shortage::Unpriced),
            _ if amount > self.max => Some(Shortage::TooLarge),
            _ => None,
        }
    }

    /// Where this limit stands.
    pub(super) fn state(&self, standing: &Standing) -> LimitState {
        let limit = &self.limit;
        LimitState {
            id: limit.id.clone(),
            name: self.name.clone(),
            scope: limit.scope,
            dimension: limit.dimension,
            window: limit.window,
            limit: self.max,
            remaining: self.max.saturating_sub(standing.total),
            reset_after_ms: standing.reset,
            retry_after_ms: standing.retry,
            mode: limit.mode,
            exceeded: false,
            shortage: None,
        }
    }
}

impl Dimension {
    /// How much of it such a use is.
    pub(super) fn of(self, used: Use) -> u64 {
        match self {
            Self::Requests | Self::Concurrency => 1,
            Self::Tokens => used.tokens,
            Self::Spend => used.spend_micros,
        }
    }

    /// Whether it is known only when an action is done.
    pub(super) fn is_metered(self) -> bool {
        matches!(self, Self::Tokens | Self::Spend)
    }
}

/// The limit's number in what it counts.
fn amount(limit: &Limit) -> Result<u64, Fault> {
    let max = match limit.dimension {
        Dimension::Spend => limit.max.micros(),
        counted => limit.max.as_whole().ok_or_else(|| {
            Fault::new(format_args!("{counted} are whole numbers: only `spend` has decimals")).under(".max")
        })?,
    };
    if max == 0 {
        return Err(Fault::new("must be more than 0: to forbid something, write a DENY policy").under(".max"));
    }
    Ok(max)
}

/// Whether what is counted goes with the window.
fn window(limit: &Limit) -> Result<(), Fault> {
    let wrong = |reason: &str| Err(Fault::new(reason).under(".window"));
    match (limit.dimension, limit.window) {
        (Dimension::Concurrency, Some(_)) => {
            wrong("`concurrency` counts what is under way at once and has no window: leave it out")
        }
        (Dimension::Concurrency, None) => Ok(()),
        (_, None) => wrong("counted over a `window`: minute, hour, day, and for `spend` month"),
        (Dimension::Requests | Dimension::Tokens, Some(Window::Month)) => {
            wrong("only `spend` is counted over a month")
        }
        (_, Some(_)) => Ok(()),
    }
}
