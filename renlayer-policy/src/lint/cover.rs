//! Policies that change nothing: earlier ones decide all their calls, or they have none.

use super::example::Example;
use super::finding::{Finding, FindingKind, Proof};
use super::ordered::{Ordered, shown};
use super::solve::{Outcome, satisfy};
use crate::policy::PolicyAction;

/// Most earlier policies that are looked at together.
const MAX_EARLIER: usize = 200;

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
    let alone = search(ordered, place, &[], false);
    if alone.0 == Outcome::Nothing {
        let unread = search(ordered, place, &[], true);
        let reason = format!("its conditions exclude each other{}", except(&unread));
        let found = Finding::about(policy, FindingKind::Contradiction, Proof::Proved, reason);
        return Some(Finding { counterexample: unread.1, ..found });
    }
    let earlier = earlier(ordered, place);
    let (outcome, _) = search(ordered, place, &earlier, false);
    let proof = match (outcome, alone.0) {
        (Outcome::Nothing, _) => Proof::Proved,
        // A call was found that it matches, and none that is left to it.
        (Outcome::Unsure, Outcome::Found) if !earlier.is_empty() => Proof::Heuristic,
        _ => return None,
    };
    let by = if proof == Proof::Proved {
        needed(ordered, place, earlier.clone())
    } else {
        suspects(ordered, place, &earlier)?
    };
    let unread = search(ordered, place, &earlier, true);
    let names: Vec<_> = by.iter().map(|place| ordered.name(*place).to_owned()).collect();
    let decided = if names.len() == 1 { "decides" } else { "decide" };
    let reason = match proof {
        Proof::Proved => {
            format!("`{}` {decided} every call that it matches{}", names.join("`, `"), except(&unread))
        }
        Proof::Heuristic => format!("no call was found that `{}` would leave to it", names.join("`, `")),
    };
    let found = Finding::about(policy, FindingKind::Shadowed, proof, reason);
    Some(Finding { by: names, counterexample: unread.1, ..found })
}

/// What is said where the proof does not extend to calls whose body cannot be read.
fn except((outcome, _): &(Outcome, Option<Example>)) -> &'static str {
    match outcome {
        Outcome::Nothing => "",
        Outcome::Found => ", save some whose body cannot be read",
        Outcome::Unsure => ", save perhaps some whose body cannot be read",
    }
}

/// The earlier policies that decide and may be about the same calls.
fn earlier(ordered: &Ordered, place: usize) -> Vec<usize> {
    let deciding = ordered.deciding().map(|(earlier, _)| earlier).take_while(|earlier| *earlier < place);
    let near = deciding.filter(|earlier| !ordered.apart(place, ordered, *earlier));
    let meets = |earlier: &usize| {
        let both = [ordered.formula(place, false), ordered.formula(*earlier, false)];
        satisfy(both.into_iter().chain(ordered.given.clone()).collect(), &mut |_| true) != Outcome::Nothing
    };
    near.filter(meets).take(MAX_EARLIER).collect()
}

/// Looks for a call that the policy at `place` matches and none of `earlier` does.
fn search(ordered: &Ordered, place: usize, earlier: &[usize], unread: bool) -> (Outcome, Option<Example>) {
    let mut formulas: Vec<_> =
        earlier.iter().map(|earlier| ordered.formula(*earlier, unread).not()).collect();
    formulas.extend(ordered.given.clone());
    formulas.push(ordered.formula(place, unread));
    let mut found = None;
    let outcome = satisfy(formulas, &mut |cube| {
        // Alone, it is asked whether it matches at all, whoever decides.
        found = shown(cube, unread, |example| earlier.is_empty() || ordered.takes_part(place, example));
        found.is_some()
    });
    (outcome, found)
}

/// One of `earlier` that is enough by itself, or as few as it takes.
fn needed(ordered: &Ordered, place: usize, mut earlier: Vec<usize>) -> Vec<usize> {
    let covers = |by: &[usize]| search(ordered, place, by, false).0 == Outcome::Nothing;
    if let Some(one) = earlier.iter().find(|one| covers(&[**one])) {
        return vec![*one];
    }
    if earlier.len() <= MAX_NAMED {
        for one in earlier.clone() {
            let others: Vec<_> = earlier.iter().copied().filter(|other| *other != one).collect();
            if covers(&others) {
                earlier = others;
            }
        }
    }
    earlier
}

/// One of `earlier` beside which no call was found for the policy; none where it takes several to think so.
fn suspects(ordered: &Ordered, place: usize, earlier: &[usize]) -> Option<Vec<usize>> {
    earlier
        .iter()
        .find(|one| search(ordered, place, &[**one], false).0 == Outcome::Unsure)
        .map(|one| vec![*one])
}

/// Whether an action lets a call through.
pub(super) fn passes(action: PolicyAction) -> bool {
    action != PolicyAction::Deny
}
