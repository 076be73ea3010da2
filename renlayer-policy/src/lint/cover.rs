//! Policies that change nothing: earlier ones decide all their calls, or they have none.

use super::example::Example;
use super::finding::{Finding, FindingKind, Proof};
use super::formula::Formula;
use super::ordered::{Ordered, shown};
use super::solve::{Outcome, satisfy};
use crate::policy::PolicyAction;

/// Most policies that may take calls from one before it is given up.
const MAX_ROUNDS: usize = 64;

/// Most of them that are left out one by one to see which ones it takes.
const MAX_NAMED: usize = 16;

/// The policy at `place`, if an earlier one asks for the same and does the same.
pub(super) fn duplicate(ordered: &Ordered, place: usize) -> Option<Finding> {
    let policy = ordered.policies.get(place).filter(|policy| policy.enabled)?;
    let same = ordered.policies.iter().take(place).find(|earlier| {
        earlier.enabled
            && (earlier.action, earlier.mode) == (policy.action, policy.mode)
            && earlier.scope == policy.scope
            && earlier.matches == policy.matches
    })?;
    let reason = format!("asks for the same as `{}`, and does the same", same.name);
    let found = Finding::about(policy, FindingKind::Duplicate, Proof::Proved, reason);
    Some(Finding { by: vec![same.name.clone()], ..found })
}

/// The policy at `place`, if it never takes part.
pub(super) fn never(ordered: &Ordered, place: usize) -> Option<Finding> {
    let policy = ordered.policies.get(place).filter(|policy| policy.enabled)?;
    let Left { outcome, taken_by, .. } = left(ordered, place, false);
    let proof = match outcome {
        Outcome::Found => return None,
        Outcome::Nothing => Proof::Proved,
        // Calls were found that it matches, and none that is left to it.
        Outcome::Unsure if taken_by.is_empty() => return None,
        Outcome::Unsure => Proof::Heuristic,
    };
    let by = if proof == Proof::Proved { needed(ordered, place, taken_by) } else { taken_by };
    let names: Vec<_> = by.iter().map(|place| ordered.name(*place).to_owned()).collect();
    let unread = left(ordered, place, true);
    let (kind, reason) = match (proof, &*names) {
        (_, []) => (
            FindingKind::Contradiction,
            format!("its conditions exclude each other{}", except(unread.outcome)),
        ),
        (Proof::Proved, names) => {
            let decide = if names.len() == 1 { "decides" } else { "decide" };
            let reason = format!(
                "`{}` {decide} every call that it matches{}",
                names.join("`, `"),
                except(unread.outcome)
            );
            (FindingKind::Shadowed, reason)
        }
        (Proof::Heuristic, names) => (
            FindingKind::Shadowed,
            format!("no call was found that `{}` would leave to it", names.join("`, `")),
        ),
    };
    let found = Finding::about(policy, kind, proof, reason);
    Some(Finding { by: names, counterexample: unread.example.map(Into::into), ..found })
}

/// What is said where the proof does not extend to calls whose body cannot be read.
fn except(unread: Outcome) -> &'static str {
    match unread {
        Outcome::Nothing => "",
        Outcome::Found => ", save some whose body cannot be read",
        Outcome::Unsure => ", save perhaps some whose body cannot be read",
    }
}

/// Which calls earlier policies leave to one.
struct Left {
    outcome: Outcome,
    /// The policies that took the calls that were tried.
    taken_by: Vec<usize>,
    /// A call that is left.
    example: Option<Example>,
}

/// Looks for a call that the policy at `place` takes part in. The engine says who takes a call that was found, and the
/// next one must be none of theirs: so only policies that matter are ever looked at.
fn left(ordered: &Ordered, place: usize, unread: bool) -> Left {
    let mut taken_by = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let (mut taker, mut example) = (None, None);
        let outcome = satisfy(unless(ordered, place, &taken_by, unread), &mut |cube| {
            example = shown(cube, unread, |example| {
                if ordered.takes_part(place, example) {
                    return true;
                }
                taker = ordered.decider(example).filter(|taker| *taker < place && !taken_by.contains(taker));
                taker.is_some()
            });
            example.is_some()
        });
        match taker {
            Some(taker) if outcome == Outcome::Found => taken_by.push(taker),
            _ => return Left { outcome, taken_by, example },
        }
    }
    // More would take too long; nothing is said then.
    Left { outcome: Outcome::Unsure, taken_by: Vec::new(), example: None }
}

/// That the policy at `place` matches, and none of `others`.
fn unless(ordered: &Ordered, place: usize, others: &[usize], unread: bool) -> Vec<Formula> {
    let others = others.iter().map(|other| ordered.formula(*other, unread).not());
    others.chain(ordered.given.clone()).chain([ordered.formula(place, unread)]).collect()
}

/// One of `takers` that is enough by itself, or as few as it takes.
fn needed(ordered: &Ordered, place: usize, mut takers: Vec<usize>) -> Vec<usize> {
    let cover = |by: &[usize]| satisfy(unless(ordered, place, by, false), &mut |_| true) == Outcome::Nothing;
    if let Some(one) = takers.iter().find(|one| cover(&[**one])) {
        return vec![*one];
    }
    if takers.len() <= MAX_NAMED {
        for one in takers.clone() {
            let others: Vec<_> = takers.iter().copied().filter(|other| *other != one).collect();
            if cover(&others) {
                takers = others;
            }
        }
    }
    takers.sort_unstable();
    takers
}

/// Whether an action lets a call through.
pub(super) fn passes(action: PolicyAction) -> bool {
    action != PolicyAction::Deny
}
