//! "Does this change permit anything new?"

use std::collections::HashSet;

use cedar_policy::Policy;

use super::prover::Prover;
use super::useless::{ALL, EVERYTHING};
use super::{about_all, policies};
use crate::cedar::compile::Compiled;
use crate::cedar::set::CedarSet;
use crate::lint::{Counterexample, Finding, FindingKind, Proof};

/// What a solver says.
pub(super) fn find(old: &[Compiled], new: &[Compiled], prover: &mut Prover) -> Vec<Finding> {
    // What only takes away permits nothing new, save what could not be evaluated.
    if as_written(old, new).is_empty() {
        return erred(old, new, prover).into_iter().collect();
    }
    // Where there are no policies left nothing is asked.
    let everything = Policy::parse(None, EVERYTHING).ok().filter(|_| new.is_empty());
    let after: Vec<Policy> = policies(new).into_iter().chain(everything).collect();
    match prover.newly_allowed(&after, &policies(old)) {
        Some(Some(example)) => {
            let reason = "a call is permitted that was not before";
            let finding = about_all(ALL, FindingKind::Widening, Proof::Proved, reason);
            vec![Finding { counterexample: Some(Counterexample::Cedar(example)), ..finding }]
        }
        Some(None) => erred(old, new, prover).into_iter().collect(),
        None => vec![maybe("may permit what was not permitted before: it could not be ruled out")],
    }
}

/// What could not be evaluated was refused: a policy that is gone may have refused so what is permitted now.
fn erred(old: &[Compiled], new: &[Compiled], prover: &mut Prover) -> Option<Finding> {
    let kept = as_set(new);
    let gone = old.iter().filter(|compiled| !kept.contains(&compiled.meaning()));
    let mut erring = gone.filter(|compiled| !prover.never_errs(&compiled.policy));
    erring.next().map(|compiled| {
        maybe(format!("may permit calls of which `{}` could not be evaluated before", compiled.id))
    })
}

/// Without a solver: policies that permit less by being fewer, or forbid more by being more, permit nothing new.
pub(super) fn as_written(old: &[Compiled], new: &[Compiled]) -> Vec<Finding> {
    let (before, after) = (as_set(old), as_set(new));
    let permits = new.iter().filter(|policy| policy.permits() && !before.contains(&policy.meaning()));
    let forbids = old.iter().filter(|policy| !policy.permits() && !after.contains(&policy.meaning()));
    if new.is_empty() {
        return vec![maybe("there are none left: nothing is asked any more")];
    }
    let told = permits.map(|policy| format!("`{}` is a new permit", policy.id));
    let told = told.chain(forbids.map(|policy| format!("`{}` does not forbid any more", policy.id)));
    told.map(|what| maybe(format!("may permit what was not permitted before: {what}"))).collect()
}

/// Groups decide who is permitted what, and are not looked into.
pub(super) fn of_groups(before: &CedarSet, after: &CedarSet) -> Option<Finding> {
    let asked = after.all().iter().chain(before.all()).any(|compiled| {
        compiled.policy.entity_literals().iter().any(|uid| uid.type_name().to_string() == "Group")
    });
    let differ = asked && after.directory().memberships() != before.directory().memberships();
    differ.then(|| maybe("may permit what was not permitted before: who stands in which groups differs"))
}

fn maybe(reason: impl Into<String>) -> Finding {
    about_all(ALL, FindingKind::Widening, Proof::Heuristic, reason)
}

fn as_set(all: &[Compiled]) -> HashSet<String> {
    all.iter().map(Compiled::meaning).collect()
}
