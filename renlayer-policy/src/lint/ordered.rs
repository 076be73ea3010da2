//! The policies of a set in the order in which they are tried, as formulas, beside the engine that judges examples.

use super::cube::Cube;
use super::example::Example;
use super::formula::{Formula, TextOf};
use super::names::Known;
use super::witness::witness;
use super::words::Words;
use super::write::write;
use crate::decision::{Decided, Decision};
use crate::error::PolicyError;
use crate::glob::{Case, Letter};
use crate::policy::{Policy, PolicyAction};
use crate::set::PolicySet;

/// Calls that are made of one cube at most.
const VARIANTS: usize = 4;

/// A set of policies under lint.
pub(super) struct Ordered {
    pub(super) policies: Vec<Policy>,
    pub(super) default: PolicyAction,
    /// What holds of every call.
    pub(super) given: Option<Formula>,
    /// When each matches: calls whose body was read, and others.
    formulas: Vec<[Formula; 2]>,
    /// The same policies, by their place.
    set: PolicySet,
}

impl Ordered {
    pub(super) fn new(
        policies: &[Policy],
        default: PolicyAction,
        known: &Known,
    ) -> Result<Self, Vec<PolicyError>> {
        let mut policies = policies.to_vec();
        policies.sort_by(|a, b| (a.priority, &a.id).cmp(&(b.priority, &b.id)));
        PolicySet::compile(policies.clone(), default)?;
        let numbered = policies
            .iter()
            .enumerate()
            .map(|(place, policy)| Policy { id: number(place).into(), ..policy.clone() });
        let set = PolicySet::compile(numbered.collect(), default)?;
        let formula = |policy: &Policy, unread| {
            write(policy, unread).map_err(|fault| vec![PolicyError::new(policy, "match", fault)])
        };
        let formulas = policies
            .iter()
            .map(|policy| Ok::<_, Vec<PolicyError>>([formula(policy, false)?, formula(policy, true)?]));
        Ok(Self {
            given: known.agent_ids.as_deref().map(given),
            formulas: formulas.collect::<Result<_, _>>()?,
            policies,
            default,
            set,
        })
    }

    /// When the policy at `place` matches; the default, which stands behind all, always does.
    pub(super) fn formula(&self, place: usize, unread: bool) -> Formula {
        let formulas = self.formulas.get(place);
        formulas
            .and_then(|formulas| formulas.get(usize::from(unread)))
            .cloned()
            .unwrap_or(Formula::always(true))
    }

    /// The places of the policies that decide, with the default behind all, and what each does.
    pub(super) fn deciding(&self) -> impl Iterator<Item = (usize, PolicyAction)> {
        let policies = self.policies.iter().enumerate();
        let deciding = policies.filter(|(_, policy)| policy.enabled && !policy.observes());
        deciding.map(|(place, policy)| (place, policy.action)).chain([(self.policies.len(), self.default)])
    }

    /// Whether the policy at `place`, or the default behind all, denies.
    pub(super) fn denies(&self, place: usize) -> bool {
        self.policies.get(place).map_or(self.default, |policy| policy.action) == PolicyAction::Deny
    }

    /// The name of the policy at `place`.
    pub(super) fn name(&self, place: usize) -> &str {
        self.policies.get(place).map_or("default", |policy| &policy.name)
    }

    /// What the engine makes of a call.
    pub(super) fn judge(&self, example: &Example) -> Option<Decision> {
        match example.judged(|facts| self.set.decide(facts)) {
            Decided::Final(decision) => Some(decision),
            Decided::NeedsFindings => None,
        }
    }

    /// The place of the policy that decides the call, which for the default is behind all.
    pub(super) fn decider(&self, example: &Example) -> Option<usize> {
        let decision = self.judge(example)?;
        let place = decision.policy.map_or(Ok(self.policies.len()), |policy| policy.id.as_str().parse());
        place.ok()
    }

    /// Whether the policy at `place` decides the call, or is recorded beside the decision.
    pub(super) fn takes_part(&self, place: usize, example: &Example) -> bool {
        let Some(decision) = self.judge(example) else { return false };
        decision.policy.iter().chain(&decision.observed).any(|policy| policy.id.as_str() == number(place))
    }
}

/// A call made of a cube for which `holds`.
pub(super) fn shown(cube: &Cube, unread: bool, holds: impl FnMut(&Example) -> bool) -> Option<Example> {
    (0..VARIANTS).map(|variant| witness(cube, unread, variant)).find(holds)
}

/// An id that sorts by place.
fn number(place: usize) -> String {
    format!("{place:08}")
}

/// That the id of an agent, if there is one, begins with `beginning`.
fn given(beginning: &str) -> Formula {
    let letters = beginning.chars().map(Letter::Is).chain([Letter::Run]);
    let begins = Formula::text(TextOf::AgentId, Words::new(letters.collect(), Case::Exact));
    Formula::Any(vec![Formula::text(TextOf::AgentId, Words::any()).not(), begins])
}
