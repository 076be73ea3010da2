//! Questions to the solver, by way of `cedar-policy-symcc`, within bounds of time.
//!
//! It writes policies as formulas for one kind of principal, action and resource; a question is about all kinds. A question
//! that takes too long is given up with its solver, and the next one starts another.

use std::time::{Duration, Instant};

use cedar_policy::{Effect, Policy, PolicyId, PolicySet, RequestEnv, Schema};
use cedar_policy_symcc::err::Error;
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicy, CompiledPolicySet, Env};
use tokio::process::Command;
use tokio::runtime::Runtime;

use super::Means;
use super::concrete::{example, newly_permitted, permitted};
use super::example::CedarExample;
use super::laws::laws;
use super::solver::Solver;
use crate::cedar::SCHEMA;
use crate::cedar::scope::Scope;

/// How long one question about one kind of call may take.
const QUESTION: Duration = Duration::from_secs(5);

/// How long all of them may take.
const RUN: Duration = Duration::from_secs(60);

/// The most policies that are put to a solver: each is asked of beside all others.
const MAX_POLICIES: usize = 200;

type Compiler = CedarSymCompiler<LocalSolver>;

/// A solver, and what it was asked so far.
pub(super) struct Prover {
    program: Solver,
    compiler: Option<Compiler>,
    runtime: Runtime,
    schema: Schema,
    kinds: Vec<RequestEnv>,
    deadline: Instant,
    unanswered: usize,
    reason: String,
}

/// A call that the solver named.
pub(super) struct Call(Env);

// === impl Prover ===

impl Prover {
    /// Prepares to ask about this many policies. Says why there is nothing to ask.
    pub(super) fn start(solver: Option<&Solver>, policies: usize) -> Result<Self, String> {
        let program = solver.ok_or("no solver is installed")?.clone();
        if policies > MAX_POLICIES {
            return Err(format!(
                "{policies} policies are more than {MAX_POLICIES}, which a solver is asked about"
            ));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).map_err(|error| error.to_string())?;
        let mut prover = Self {
            program,
            compiler: None,
            runtime: runtime.map_err(|error| error.to_string())?,
            kinds: schema.request_envs().collect(),
            schema,
            deadline: Instant::now() + RUN,
            unanswered: 0,
            reason: String::new(),
        };
        prover.compiler = Some(prover.compiler()?);
        Ok(prover)
    }

    /// How it went.
    pub(super) fn means(self) -> Means {
        match self.unanswered {
            0 => Means::Solver,
            unanswered => Means::Partly { unanswered, reason: self.reason },
        }
    }

    /// A call that a permit is about, if there is any, and Cedar says so too; nothing where it is not known.
    pub(super) fn call_of(&mut self, permit: &Policy) -> Option<Option<Call>> {
        let these = std::slice::from_ref(permit);
        let found = self.of_every_kind(these, &[], |prover, these, none| {
            prover.ask(async |compiler| compiler.check_implies_with_counterexample_opt(these, none).await)
        })?;
        let Some(call) = found.map(Call) else { return Some(None) };
        let lawful: Vec<Policy> = laws(these).ok()?.into_iter().chain([permit.clone()]).collect();
        (call.is_permitted_by(&lawful) == Some(true)).then_some(Some(call))
    }

    /// Whether every call that `these` allow is allowed by `those`, which may be none; nothing where it is not known.
    pub(super) fn allows_no_more(&mut self, these: &[Policy], those: &[Policy]) -> Option<bool> {
        self.of_every_kind(these, those, |prover, these, those| {
            let holds = prover.ask(async |compiler| compiler.check_implies_opt(these, those).await)?;
            Some((!holds).then_some(()))
        })
        .map(|exception| exception.is_none())
    }

    /// A call that `these` allow and `those` do not, if there is any; nothing where it is not known.
    pub(super) fn newly_allowed(
        &mut self,
        these: &[Policy],
        those: &[Policy],
    ) -> Option<Option<Box<CedarExample>>> {
        let found = self.of_every_kind(these, those, |prover, new, old| {
            prover.ask(async |compiler| compiler.check_implies_with_counterexample_opt(new, old).await)
        })?;
        let Some(Env { request, entities }) = found else { return Some(None) };
        let sets = numbered(these).and_then(|new| Ok((new, numbered(those)?)));
        if sets.is_ok_and(|(new, old)| newly_permitted(&request, &entities, &new, &old)) {
            return Some(Some(Box::new(example(&request, &entities, these.iter().chain(those)))));
        }
        self.give_up("Cedar judges the call that it named otherwise")
    }

    /// Whether it is sure that `policy` can be evaluated, whatever the call.
    pub(super) fn never_errs(&mut self, policy: &Policy) -> bool {
        self.kinds.clone().iter().all(|kind| {
            let Ok(compiled) = CompiledPolicy::compile(policy, kind, &self.schema) else { return false };
            self.ask(async |compiler| compiler.check_never_errors_opt(&compiled).await) == Some(true)
        })
    }

    /// Asks about each kind of call until there is an exception. One that is found counts, whatever else is not known.
    fn of_every_kind<T>(
        &mut self,
        these: &[Policy],
        those: &[Policy],
        ask: impl Fn(&mut Self, &CompiledPolicySet, &CompiledPolicySet) -> Option<Option<T>>,
    ) -> Option<Option<T>> {
        let laws = match laws(these.iter().chain(those)) {
            Ok(laws) => laws,
            Err(reason) => return self.give_up(reason),
        };
        let mut known = true;
        for kind in self.kinds.clone() {
            let (these, those) = (about(these, &kind), about(those, &kind));
            // Where none of them permits nothing is allowed.
            if these.iter().all(|policy| policy.effect() == Effect::Forbid) {
                continue;
            }
            let these = numbered(these.into_iter().chain(&laws));
            let sets = these.and_then(|these| Ok((these, numbered(those)?)));
            let (these, those) = match sets {
                Ok(sets) => sets,
                Err(reason) => return self.give_up(reason),
            };
            let formulas = self.formulas(&these, &kind).zip(self.formulas(&those, &kind));
            let answer = formulas.and_then(|(these, those)| ask(self, &these, &those));
            match answer {
                Some(None) => {}
                Some(exception) => return Some(exception),
                None => known = false,
            }
        }
        known.then_some(None)
    }

    fn formulas(&mut self, policies: &PolicySet, kind: &RequestEnv) -> Option<CompiledPolicySet> {
        match CompiledPolicySet::compile(policies, kind, &self.schema) {
            Ok(formulas) => Some(formulas),
            Err(error) => self.give_up(error),
        }
    }

    fn ask<T>(&mut self, question: impl AsyncFnOnce(&mut Compiler) -> Result<T, Error>) -> Option<T> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return self.give_up(format!("{} s had passed", RUN.as_secs()));
        }
        let compiler = match self.compiler.take() {
            Some(compiler) => Ok(compiler),
            None => self.compiler(),
        };
        let mut compiler = match compiler {
            Ok(compiler) => compiler,
            Err(reason) => return self.give_up(reason),
        };
        let bound = QUESTION.min(left);
        let answer =
            self.runtime.block_on(async { tokio::time::timeout(bound, question(&mut compiler)).await });
        match answer {
            Ok(Ok(answer)) => {
                self.compiler = Some(compiler);
                Some(answer)
            }
            Ok(Err(error)) => self.give_up(error),
            Err(_) => self.give_up(format!("it took longer than {} s", QUESTION.as_secs())),
        }
    }

    fn give_up<T>(&mut self, reason: impl ToString) -> Option<T> {
        self.unanswered += 1;
        self.reason = reason.to_string();
        None
    }

    /// A new solver; it ends with what is returned.
    fn compiler(&self) -> Result<Compiler, String> {
        let _inside = self.runtime.enter();
        let mut command = Command::new(self.program.program());
        command.args(["--lang", "smt"]).kill_on_drop(true);
        let failed = |error: &dyn std::error::Error| {
            let program = self.program.program().display();
            let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            format!("the solver `{program}` does not start: {cause}")
        };
        let solver = LocalSolver::from_command(&mut command).map_err(|error| failed(&error))?;
        CedarSymCompiler::new(solver).map_err(|error| failed(&error))
    }
}

// === impl Call ===

impl Call {
    /// Whether Cedar itself permits it by `policies`; nothing where one of them cannot be evaluated.
    pub(super) fn is_permitted_by(&self, policies: &[Policy]) -> Option<bool> {
        let Env { request, entities } = &self.0;
        permitted(request, entities, &numbered(policies).ok()?)
    }
}

/// Those of `policies` that may be about calls of a kind.
fn about<'p>(policies: &'p [Policy], kind: &RequestEnv) -> Vec<&'p Policy> {
    let resource = kind.resource().to_string();
    policies.iter().filter(|policy| Scope::of(policy).is_of_kind(kind.action(), &resource)).collect()
}

/// A set of `policies`, whatever they are called.
fn numbered<'p>(policies: impl IntoIterator<Item = &'p Policy>) -> Result<PolicySet, String> {
    let policies = policies.into_iter().enumerate();
    PolicySet::from_policies(policies.map(|(nth, policy)| policy.new_id(PolicyId::new(nth.to_string()))))
        .map_err(|error| error.to_string())
}
