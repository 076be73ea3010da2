//! What is wrong with Cedar policies that compile: those that decide nothing, and what a change newly allows.
//!
//! A [`Solver`] proves it: each question is put to it once for every kind of principal, action and resource that the schema
//! knows, and where the answer is no, it names a call. Such a call is judged by Cedar itself before it is shown. Without a
//! solver, and for what took too long, a few things are seen by comparing policies as they are written; all of those are
//! [`Proof::Heuristic`](crate::lint::Proof). A [`Report`] says which it was.
//!
//! Proofs are about calls whose body could be read, as those about native policies are, and hold for any groups of agents.

mod change;
#[cfg(feature = "cedar-analysis")]
mod concrete;
mod example;
#[cfg(feature = "cedar-analysis")]
mod laws;
#[cfg_attr(feature = "cedar-analysis", path = "prover.rs")]
#[cfg_attr(not(feature = "cedar-analysis"), path = "no_prover.rs")]
mod prover;
mod solver;
#[cfg(test)]
mod tests;
mod unaided;
mod useless;

pub use example::CedarExample;
pub use solver::Solver;

use std::fmt;

use cedar_policy::Policy;

use super::compile::{Compiled, on_deep_stack};
use super::set::CedarSet;
use crate::lint::{Finding, FindingKind, Proof};
use prover::Prover;

/// What was found, and by what means.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What is wrong, in the order in which policies are written.
    pub findings: Vec<Finding>,
    /// How much of it was put to a solver.
    pub means: Means,
}

/// How findings came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Means {
    /// A solver answered every question: what was not found is not there.
    Solver,
    /// A solver answered some questions, and not these.
    Partly {
        /// How many.
        unanswered: usize,
        /// Why the last of them was not.
        reason: String,
    },
    /// No solver was asked, for this reason.
    Unaided(String),
}

/// What is wrong with `set`.
pub fn lint(set: &CedarSet, solver: Option<&Solver>) -> Report {
    let all = set.all();
    ask(solver, all.len(), |prover| useless::find(all, prover), || unaided::find(all))
}

/// What the policies `after` a change permit and those `before` it did not. None on a side permit everything.
pub fn widening(before: Option<&CedarSet>, after: Option<&CedarSet>, solver: Option<&Solver>) -> Report {
    let Some(before) = before.filter(|set| !set.is_empty()) else {
        return Report { findings: Vec::new(), means: Means::Solver };
    };
    let (old, new) = (before.all(), after.map_or(&[][..], CedarSet::all));
    let by_policies = || change::as_written(old, new);
    let mut report = ask(solver, old.len() + new.len(), |prover| change::find(old, new, prover), by_policies);
    report.findings.extend(after.and_then(|after| change::of_groups(before, after)));
    report
}

/// Asks the solver; what it leaves open is answered `unaided`.
fn ask(
    solver: Option<&Solver>,
    policies: usize,
    find: impl FnOnce(&mut Prover) -> Vec<Finding> + Send,
    unaided: impl FnOnce() -> Vec<Finding>,
) -> Report {
    let asked = on_deep_stack(|| {
        let mut prover = Prover::start(solver, policies)?;
        let findings = find(&mut prover);
        Ok((findings, prover.means()))
    });
    let (mut findings, means) = match asked {
        Ok((findings, means)) => (findings, means),
        Err(reason) => (Vec::new(), Means::Unaided(reason)),
    };
    if means != Means::Solver {
        for finding in unaided() {
            if findings.iter().all(|known| known.name != finding.name || known.kind != finding.kind) {
                findings.push(finding);
            }
        }
    }
    Report { findings, means }
}

/// The policies among `all` that permit.
fn permits(all: &[Compiled]) -> impl Iterator<Item = &Compiled> {
    all.iter().filter(|compiled| compiled.permits())
}

/// Those that forbid.
fn forbids(all: &[Compiled]) -> impl Iterator<Item = &Compiled> {
    all.iter().filter(|compiled| !compiled.permits())
}

fn policies<'c>(compiled: impl IntoIterator<Item = &'c Compiled>) -> Vec<Policy> {
    compiled.into_iter().map(|compiled| compiled.policy.clone()).collect()
}

/// A finding about one policy.
fn about(compiled: &Compiled, kind: FindingKind, proof: Proof, reason: impl Into<String>) -> Finding {
    Finding { policy: compiled.id.clone(), ..about_all(&compiled.id, kind, proof, reason) }
}

/// A finding about no policy alone.
fn about_all(name: impl fmt::Display, kind: FindingKind, proof: Proof, reason: impl Into<String>) -> Finding {
    Finding {
        kind,
        policy: Default::default(),
        name: name.to_string(),
        place: Some("cedar".to_owned()),
        by: Vec::new(),
        proof,
        reason: reason.into(),
        counterexample: None,
    }
}
