//! A tenant's policies, compiled: facts in, decision out.
//!
//! Policies stand in one order, lower priority first and, where equal, the older id first. The first that matches and
//! enforces decides. One that only observes is recorded and passed over.
//!
//! **Nothing fails open.** A policy whose conditions come to [`Truth::Unknown`] matches when it denies or flags, does not
//! match when it allows, and is named in [`Decision::unevaluable`] either way.

use std::fmt;
use std::sync::Arc;

use crate::any_of::AnyOf;
use crate::call::Call;
use crate::condition::{Agent, Compiler, Info, Reads, Test};
use crate::decision::{Decided, Decision, Explanation, Miss, PolicyRef};
use crate::error::PolicyError;
use crate::facts::Facts;
use crate::index::{Choice, Filing, Index};
use crate::policy::{Mode, Policy, PolicyAction, Scope};
use crate::rule::Rule;
use crate::text::{Needles, TextIndex};
use crate::truth::Truth;

/// Compiled policies; cheap to clone.
#[derive(Clone)]
pub struct PolicySet {
    policies: Arc<[Compiled]>,
    index: Arc<Index>,
    texts: Arc<TextIndex>,
    default: PolicyAction,
    needs: Needs,
}

/// What the policies of a set look at beyond the head of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Some policy asks about what only the body tells.
    pub body: bool,
    /// Some policy asks about findings.
    pub findings: bool,
    /// Some policy asks what the session did before.
    pub risk: bool,
}

struct Compiled {
    about: PolicyRef,
    enabled: bool,
    scope: Option<AnyOf<Agent>>,
    tests: Vec<Box<dyn Test>>,
}

impl PolicySet {
    /// Compiles `policies`; `default` is the verdict when none matches. All that is wrong is reported at once.
    pub fn compile(mut policies: Vec<Policy>, default: PolicyAction) -> Result<Self, Vec<PolicyError>> {
        policies.sort_by(|a, b| (a.priority, &a.id).cmp(&(b.priority, &b.id)));
        let (mut errors, mut needles) = (Vec::new(), Needles::default());
        let policies: Arc<[_]> =
            policies.iter().map(|policy| Compiled::new(policy, &mut needles, &mut errors)).collect();
        let index = index(&policies, needles.len());
        let texts = needles.build().map_err(|error| errors.push(PolicyError::of_all("match.prompt", error)));
        let Some(texts) = texts.ok().filter(|_| errors.is_empty()) else { return Err(errors) };
        let needs = Needs::of(policies.iter().filter(|policy| policy.enabled));
        Ok(Self { policies, index: Arc::new(index), texts: Arc::new(texts), default, needs })
    }

    /// Judges a call.
    pub fn decide(&self, facts: &Facts<'_>) -> Decided {
        let call = Call::new(facts, &self.texts);
        self.first(&call, self.index.candidates(&call).filter_map(|place| self.policies.get(place as usize)))
    }

    /// Judges a call by the first of `policies` that matches and enforces.
    fn first<'p>(&self, call: &Call<'_>, policies: impl Iterator<Item = &'p Compiled>) -> Decided {
        let mut observed = Vec::new();
        let mut unevaluable = Vec::new();
        let mut winner = None;
        for policy in policies.filter(|policy| policy.enabled && policy.in_scope(call.facts)) {
            let truth = policy.holds(call);
            if truth == Truth::Pending {
                return Decided::NeedsFindings;
            }
            if truth == Truth::Unknown {
                unevaluable.extend(policy.unknown(call).map(|name| (policy.about.id.clone(), name)));
            }
            if !policy.matches(truth) {
                continue;
            }
            if policy.about.mode != Some(Mode::Observe) {
                winner = Some(policy.about.clone());
                break;
            }
            observed.push(policy.about.clone());
        }
        let action = winner.as_ref().map_or(self.default, |policy| policy.action);
        Decided::Final(Decision { action, policy: winner, observed, unevaluable })
    }

    /// Judges a call and says of every policy why it matched or did not. Findings that were not looked for count as none.
    pub fn explain(&self, facts: &Facts<'_>) -> Explanation {
        let facts = Facts { findings: facts.findings.or(Some(&[])), ..*facts };
        let decision = match self.decide(&facts) {
            Decided::Final(decision) => decision,
            Decided::NeedsFindings => Decision::by_default(self.default),
        };
        let call = Call::new(&facts, &self.texts);
        let (mut matches, mut misses) = (Vec::new(), Vec::new());
        for policy in self.policies.iter() {
            match policy.miss(&call) {
                None => matches.push(policy.about.clone()),
                Some(miss) => misses.push(miss),
            }
        }
        Explanation { decision, matches, misses }
    }

    /// [`decide`](Self::decide) as it is without an index.
    #[cfg(test)]
    pub(crate) fn decide_one_by_one(&self, facts: &Facts<'_>) -> Decided {
        self.first(&Call::new(facts, &self.texts), self.policies.iter())
    }

    /// The places of the policies that are asked about a call.
    #[cfg(test)]
    pub(crate) fn candidates(&self, facts: &Facts<'_>) -> Vec<u32> {
        self.index.candidates(&Call::new(facts, &self.texts)).collect()
    }

    /// What must be known of a call before it is judged.
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// How many policies there are, disabled ones included.
    pub fn len(&self) -> usize {
        self.policies.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty()
    }
}

/// Files the policies that take part.
fn index(policies: &[Compiled], needles: usize) -> Index {
    let mut filing = Filing::default();
    for (policy, place) in policies.iter().zip(0..).filter(|(policy, _)| policy.enabled) {
        filing.add(place, policy.keys());
    }
    filing.finish(needles)
}

impl fmt::Debug for PolicySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicySet").field("policies", &self.len()).field("default", &self.default).finish()
    }
}

impl Decision {
    fn by_default(action: PolicyAction) -> Self {
        Self { action, policy: None, observed: Vec::new(), unevaluable: Vec::new() }
    }
}

impl Needs {
    fn of<'a>(policies: impl Iterator<Item = &'a Compiled>) -> Self {
        let mut needs = Self::default();
        for reads in policies.flat_map(|policy| &policy.tests).map(|test| test.info().reads) {
            needs.body |= reads == Reads::Body;
            needs.findings |= reads == Reads::Findings;
            needs.risk |= reads == Reads::Risk;
        }
        needs
    }
}

impl Compiled {
    fn new(policy: &Policy, needles: &mut Needles, errors: &mut Vec<PolicyError>) -> Self {
        let mut compiler = Compiler { needles, faults: Vec::new() };
        let scope = match &policy.scope {
            Scope::Tenant => None,
            Scope::Agents(agents) => Some(Rule::any_of(agents.iter().cloned())),
        };
        let scope = AnyOf::optional("agents", scope.as_ref(), |agent| Agent::new(agent));
        let scope =
            scope.map_err(|fault| compiler.faults.push(("scope".to_owned(), fault))).unwrap_or_default();
        let tests = policy.matches.compile(&mut compiler);
        let faults = compiler.faults.into_iter();
        errors.extend(faults.map(|(root, fault)| PolicyError::new(policy, &root, fault)));
        Self { about: PolicyRef::of(policy), enabled: policy.enabled, scope, tests }
    }

    /// By what calls are found that its scope and its conditions are possible for.
    fn keys(&self) -> Vec<Vec<Choice>> {
        let scope = self.scope.as_ref().and_then(|agents| agents.choices(Agent::keys));
        scope.into_iter().chain(self.tests.iter().filter_map(|test| test.keys())).collect()
    }

    fn in_scope(&self, facts: &Facts<'_>) -> bool {
        let agents = self.scope.as_ref();
        agents.is_none_or(|agents| agents.is(|agent| agent.is(facts.agent_id, facts.agent_name)))
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        Truth::all(self.tests.iter().map(|test| test.holds(call)))
    }

    /// What is not known is held against the call.
    fn matches(&self, truth: Truth) -> bool {
        truth == Truth::True || (truth == Truth::Unknown && self.about.action != PolicyAction::Allow)
    }

    /// The first condition that could not be evaluated.
    fn unknown(&self, call: &Call<'_>) -> Option<&'static str> {
        let unknown = self.tests.iter().find(|test| test.holds(call) == Truth::Unknown)?;
        Some(unknown.info().name)
    }

    /// Why it does not match, if it does not.
    fn miss(&self, call: &Call<'_>) -> Option<Miss> {
        let results: Vec<(Info, Truth)> =
            self.tests.iter().map(|test| (test.info(), test.holds(call))).collect();
        let failed = results.iter().filter(|(_, truth)| !self.matches(*truth)).map(|(info, _)| info.name);
        let mut ruled_out_by = Vec::new();
        ruled_out_by.extend((!self.enabled).then_some("enabled"));
        ruled_out_by.extend((!self.in_scope(call.facts)).then_some("scope"));
        ruled_out_by.extend(failed);
        let held = results.iter().filter(|(_, truth)| self.matches(*truth)).count();
        (!ruled_out_by.is_empty()).then(|| Miss { policy: self.about.clone(), ruled_out_by, held })
    }
}

impl PolicyRef {
    fn of(policy: &Policy) -> Self {
        Self {
            id: policy.id.clone(),
            name: policy.name.as_str().into(),
            action: policy.action,
            message: policy.message.as_deref().map(Into::into),
            mode: policy.mode,
        }
    }
}
