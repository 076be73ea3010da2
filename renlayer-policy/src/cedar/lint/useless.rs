//! Policies that decide nothing, and sets that decide everything alike: what a solver proves.

use cedar_policy::{Effect, Policy};
use serde_json::json;

use super::prover::{Call, Prover};
use super::{about, about_all, forbids, permits, policies};
use crate::cedar::compile::Compiled;
use crate::lint::{Finding, FindingKind, Proof};

/// The name under which all policies are told of.
pub(super) const ALL: &str = "*";

pub(super) fn find(all: &[Compiled], prover: &mut Prover) -> Vec<Finding> {
    let (mut findings, mut left): (Vec<Finding>, Vec<&Compiled>) = (Vec::new(), all.iter().collect());
    let mut calls = Vec::new();
    // From the last to the first, so that of two that do the same the second is told.
    for compiled in all.iter().rev() {
        let others: Vec<&Compiled> = left.iter().copied().filter(|other| other.id != compiled.id).collect();
        let (found, call) = useless(compiled, (all, &others), prover);
        // A policy that may err refuses the call where it does, so it decides something.
        if let Some(finding) = found.filter(|_| prover.never_errs(&compiled.policy)) {
            findings.push(finding);
            left = others;
        }
        calls.extend(call);
    }
    findings.reverse();
    findings.extend(alike(all, &calls, prover));
    findings
}

/// What is found of a policy, and a call that it is about. What such a call shows needs no solver: mostly it is one that nothing
/// forbids, and that no other policy is about.
fn useless(
    compiled: &Compiled,
    (all, others): (&[Compiled], &[&Compiled]),
    prover: &mut Prover,
) -> (Option<Finding>, Option<Call>) {
    let Some(permit) = permitting(&compiled.policy) else { return (None, None) };
    let call = match prover.call_of(&permit) {
        Some(None) => return (Some(never(compiled)), None),
        known => known.flatten(),
    };
    let found = overruled(compiled, all, call.as_ref(), prover)
        .or_else(|| covered((compiled, &permit), others, call.as_ref(), prover));
    (found, call)
}

/// A policy whose conditions exclude each other.
fn never(compiled: &Compiled) -> Finding {
    let reason = "no call is as it asks, so it never applies";
    about(compiled, FindingKind::Contradiction, Proof::Proved, reason)
}

/// A permit of which nothing is left by what forbids.
fn overruled(
    compiled: &Compiled,
    all: &[Compiled],
    call: Option<&Call>,
    prover: &mut Prover,
) -> Option<Finding> {
    let meeting = |forbid: &&Compiled| forbid.scope.meets(&compiled.scope);
    let forbids: Vec<&Compiled> = forbids(all).filter(meeting).collect();
    if !compiled.permits() || forbids.is_empty() {
        return None;
    }
    let mut overrule = |forbids: &[&Compiled]| {
        let beside = policies(forbids.iter().copied().chain([compiled]));
        let passes = call.and_then(|call| call.is_permitted_by(&beside));
        passes != Some(true) && prover.allows_no_more(&beside, &[]) == Some(true)
    };
    if !overrule(&forbids) {
        return None;
    }
    let by = fewest(&forbids, overrule);
    let reason = format!("all that it permits is forbidden by {}", named(&by));
    Some(Finding { by, ..about(compiled, FindingKind::Shadowed, Proof::Proved, reason) })
}

/// A policy that can be taken away: others of its kind say all that it says.
fn covered(
    (compiled, permit): (&Compiled, &Policy),
    others: &[&Compiled],
    call: Option<&Call>,
    prover: &mut Prover,
) -> Option<Finding> {
    // A permit that flags is replaced by one that flags; a message by nothing.
    let replaces = |other: &&Compiled| {
        other.permits() == compiled.permits()
            && (other.flags || !compiled.flags)
            && compiled.message.is_none()
            && other.scope.meets(&compiled.scope)
    };
    let others: Vec<&Compiled> = others.iter().copied().filter(replaces).collect();
    let mut cover = |others: &[&Compiled]| {
        let others: Vec<Policy> = others.iter().filter_map(|other| permitting(&other.policy)).collect();
        let is_about = call.and_then(|call| call.is_permitted_by(&others));
        is_about != Some(false) && prover.allows_no_more(std::slice::from_ref(permit), &others) == Some(true)
    };
    if others.is_empty() || !cover(&others) {
        return None;
    }
    let by = fewest(&others, cover);
    let reason = format!("{} every call that it does", does(compiled, &by));
    Some(Finding { by, ..about(compiled, FindingKind::Shadowed, Proof::Proved, reason) })
}

/// What all policies together say of every call; `calls` are some that there may be.
fn alike(all: &[Compiled], calls: &[Call], prover: &mut Prover) -> Option<Finding> {
    let together = policies(all);
    let judged = |as_is: bool| calls.iter().any(|call| call.is_permitted_by(&together) == Some(as_is));
    let (some_pass, some_do_not) = (judged(true), judged(false));
    if !some_pass && prover.allows_no_more(&together, &[]) == Some(true) {
        let reason = "no call is permitted: all are refused";
        return Some(about_all(ALL, FindingKind::DeniesEverything, Proof::Proved, reason));
    }
    if some_do_not || permits(all).any(|permit| permit.flags) {
        return None;
    }
    let everything = Policy::parse(None, EVERYTHING).ok()?;
    let proved = prover.allows_no_more(&[everything], &together) == Some(true);
    let erring = |prover: &mut Prover| all.iter().any(|compiled| !prover.never_errs(&compiled.policy));
    (proved && !erring(prover)).then(|| {
        let reason = "every call is permitted, as without any policy";
        about_all(ALL, FindingKind::AllowsEverything, Proof::Proved, reason)
    })
}

/// Permits every call.
pub(super) const EVERYTHING: &str = "permit (principal, action, resource);";

/// The policy as one that permits: the calls that it is about.
fn permitting(policy: &Policy) -> Option<Policy> {
    if policy.effect() == Effect::Permit {
        return Some(policy.clone());
    }
    let mut written = policy.to_json().ok()?;
    *written.get_mut("effect")? = json!("permit");
    Policy::from_json(Some(policy.id().clone()), written).ok()
}

/// The names of the first of `policies` that does it alone, or else of all.
fn fewest(policies: &[&Compiled], mut alone: impl FnMut(&[&Compiled]) -> bool) -> Vec<String> {
    let one = policies.iter().find(|policy| policies.len() == 1 || alone(&[policy]));
    one.map_or(policies, std::slice::from_ref).iter().map(|policy| policy.id.to_string()).collect()
}

fn does(compiled: &Compiled, by: &[String]) -> String {
    let verb = match (compiled.permits(), by.len()) {
        (true, 1) => "permits",
        (true, _) => "permit",
        (false, 1) => "forbids",
        (false, _) => "forbid",
    };
    format!("{} {verb}", named(by))
}

fn named(by: &[String]) -> String {
    match by {
        [one] => format!("`{one}`"),
        _ => format!("{} others together", by.len()),
    }
}
