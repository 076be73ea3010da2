//! "Does this change allow anything new?"
//!
//! A call is newly let through where some policy that denied it before is not preceded by one that let it through, and some
//! policy that lets it through now is not preceded by one that denies it. So each pair of those is asked for a call. Of a
//! policy that stands in both sets, and of one that stood before the other, that is answered without a search. Each policy is
//! named in one finding at most, or the removal of one would be told by each of thousands behind it.

use std::collections::{HashMap, HashSet};

use super::cover::passes;
use super::example::Example;
use super::finding::{Finding, FindingKind, Proof};
use super::formula::Formula;
use super::ordered::{Ordered, shown};
use super::solve::{Outcome, satisfy};
use crate::PolicyId;

/// Most policies that may take calls from a pair before it is given up.
const MAX_ROUNDS: usize = 64;

/// Most pairs that a search is made for.
const MAX_SEARCHES: usize = 20_000;

pub(super) fn widening(before: &Ordered, after: &Ordered) -> Vec<Finding> {
    let twins = Twins::of(before, after);
    let denied: Vec<_> =
        before.deciding().filter(|(_, action)| !passes(*action)).map(|(place, _)| place).collect();
    let passing = after.deciding().filter(|(_, action)| passes(*action)).map(|(place, _)| place);
    let (mut searches, mut findings) = (0, Vec::new());
    let (mut told, mut doubted) = (HashSet::new(), HashSet::new());
    for pass in passing {
        let mut doubtful = None;
        for deny in denied.iter().copied().filter(|deny| !twins.settle(*deny, pass)) {
            if told.contains(&deny) {
                continue;
            }
            searches += 1;
            let (outcome, example) = if searches > MAX_SEARCHES {
                (Outcome::Unsure, None)
            } else {
                search(before, deny, after, pass)
            };
            match outcome {
                Outcome::Found => {
                    doubtful = None;
                    told.insert(deny);
                    findings.push(found(after, pass, before.name(deny), Proof::Proved, example));
                    break;
                }
                Outcome::Unsure => doubtful = doubtful.or(Some(deny)),
                Outcome::Nothing => {}
            }
        }
        if let Some(deny) = doubtful.filter(|deny| doubted.insert(*deny)) {
            findings.push(found(after, pass, before.name(deny), Proof::Heuristic, None));
        }
    }
    findings
}

fn search(before: &Ordered, deny: usize, after: &Ordered, pass: usize) -> (Outcome, Option<Example>) {
    let mut unsure = false;
    for unread in [false, true] {
        match search_among(before, deny, after, pass, unread) {
            (Outcome::Nothing, _) => {}
            (Outcome::Unsure, _) => unsure = true,
            found => return found,
        }
    }
    (if unsure { Outcome::Unsure } else { Outcome::Nothing }, None)
}

/// Looks for a call that both policies match and that is newly let through. Where the engine says that another policy took
/// a call that was found, the next one must be none of its.
fn search_among(
    before: &Ordered,
    deny: usize,
    after: &Ordered,
    pass: usize,
    unread: bool,
) -> (Outcome, Option<Example>) {
    let both = [before.formula(deny, unread), after.formula(pass, unread)];
    let mut formulas: Vec<Formula> = both.into_iter().chain(after.given.clone()).collect();
    let mut taken = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let (mut taker, mut example) = (None, None);
        let outcome = satisfy(formulas.clone(), &mut |cube| {
            example = shown(cube, unread, |example| {
                taker = None;
                let (Some(was), Some(is)) = (before.decider(example), after.decider(example)) else {
                    return false;
                };
                if before.denies(was) && is == pass {
                    return true;
                }
                // What let it through before, or what decides it now, is asked to stand aside.
                let earlier = (was < deny && !before.denies(was)).then_some((false, was));
                taker = earlier.or((is < pass).then_some((true, is))).filter(|taker| !taken.contains(taker));
                taker.is_some()
            });
            example.is_some()
        });
        match taker {
            Some((now, place)) if outcome == Outcome::Found => {
                taken.push((now, place));
                formulas.push(if now { after } else { before }.formula(place, unread).not());
            }
            _ => return (outcome, example),
        }
    }
    (Outcome::Unsure, None)
}

fn found(after: &Ordered, pass: usize, denied_by: &str, proof: Proof, example: Option<Example>) -> Finding {
    let reason = match proof {
        Proof::Proved => format!("lets through what `{denied_by}` denied before"),
        Proof::Heuristic => {
            format!("may let through what `{denied_by}` denied before: it could not be ruled out")
        }
    };
    let policy = after.policies.get(pass);
    Finding {
        kind: FindingKind::Widening,
        policy: policy.map_or_else(PolicyId::default, |policy| policy.id.clone()),
        name: after.name(pass).to_owned(),
        place: None,
        by: vec![denied_by.to_owned()],
        proof,
        reason,
        counterexample: example.map(Into::into),
    }
}

/// Where the policies of each set stand in the other.
struct Twins {
    /// For each policy of the set before, the first like it after.
    after: HashMap<usize, usize>,
    /// For each policy of the set after, the first like it before.
    before: HashMap<usize, usize>,
}

impl Twins {
    fn of(before: &Ordered, after: &Ordered) -> Self {
        Self { after: first_like(before, after), before: first_like(after, before) }
    }

    /// Whether it is plain that no call was denied by `deny` before and is let through by `pass` now: what denied still
    /// stands before what lets through, or what lets through stood before what denied.
    fn settle(&self, deny: usize, pass: usize) -> bool {
        self.after.get(&deny).is_some_and(|deny| *deny < pass)
            || self.before.get(&pass).is_some_and(|pass| *pass < deny)
    }
}

fn first_like(set: &Ordered, other: &Ordered) -> HashMap<usize, usize> {
    let like = |set: &Ordered, place: usize| {
        set.policies.get(place).map(|policy| {
            serde_json::to_string(&(&policy.matches, &policy.scope, policy.action)).unwrap_or_default()
        })
    };
    let mut places = HashMap::new();
    for (place, _) in other.deciding() {
        if let Some(written) = like(other, place) {
            places.entry(written).or_insert(place);
        }
    }
    set.deciding().filter_map(|(place, _)| Some((place, *places.get(&like(set, place)?)?))).collect()
}
