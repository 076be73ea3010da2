//! "Does this change allow anything new?"
//!
//! A call is newly let through where some policy that denied it before is not preceded by one that let it through, and some
//! policy that lets it through now is not preceded by one that denies it. So each pair of those is asked for a call. Of a
//! policy that stands in both sets, and of one that stood before the other, that is answered without a search.

use std::collections::HashMap;

use super::cover::passes;
use super::example::Example;
use super::finding::{Finding, FindingKind, Proof};
use super::formula::Formula;
use super::ordered::{Ordered, shown};
use super::solve::{Outcome, satisfy};
use crate::PolicyId;
use crate::policy::PolicyAction;

/// Most pairs that a search is made for.
const MAX_SEARCHES: usize = 20_000;

pub(super) fn widening(before: &Ordered, after: &Ordered) -> Vec<Finding> {
    let twins = Twins::of(before, after);
    let denied: Vec<_> =
        before.deciding().filter(|(_, action)| !passes(*action)).map(|(place, _)| place).collect();
    let passing = after.deciding().filter(|(_, action)| passes(*action)).map(|(place, _)| place);
    let mut searches = 0;
    let mut findings = Vec::new();
    for pass in passing {
        let mut doubtful = None;
        for deny in denied.iter().copied().filter(|deny| !twins.settle(*deny, pass)) {
            searches += 1;
            let (outcome, example) = if searches > MAX_SEARCHES {
                (Outcome::Unsure, None)
            } else {
                search(before, deny, after, pass)
            };
            match outcome {
                Outcome::Found => {
                    doubtful = None;
                    findings.push(found(after, pass, before.name(deny), Proof::Proved, example));
                    break;
                }
                Outcome::Unsure => doubtful = doubtful.or(Some(deny)),
                Outcome::Nothing => {}
            }
        }
        findings.extend(doubtful.map(|deny| found(after, pass, before.name(deny), Proof::Heuristic, None)));
    }
    findings
}

fn search(before: &Ordered, deny: usize, after: &Ordered, pass: usize) -> (Outcome, Option<Example>) {
    let mut unsure = false;
    for unread in [false, true] {
        let mut formulas = vec![before.formula(deny, unread), after.formula(pass, unread)];
        formulas.extend(after.given.clone());
        formulas.extend(ahead(before, deny, unread, passes));
        formulas.extend(ahead(after, pass, unread, |_| true));
        let mut example = None;
        let outcome = satisfy(formulas, &mut |cube| {
            example = shown(cube, unread, |example| {
                let verdict = |set: &Ordered| set.judge(example).map(|decision| passes(decision.action));
                (verdict(before), verdict(after)) == (Some(false), Some(true))
            });
            example.is_some()
        });
        match outcome {
            Outcome::Found => return (outcome, example),
            Outcome::Unsure => unsure = true,
            Outcome::Nothing => {}
        }
    }
    (if unsure { Outcome::Unsure } else { Outcome::Nothing }, None)
}

/// That no policy before `place` matches whose action is `against` it.
fn ahead(
    set: &Ordered,
    place: usize,
    unread: bool,
    against: impl Fn(PolicyAction) -> bool,
) -> impl Iterator<Item = Formula> {
    let earlier = set.deciding().take_while(move |(earlier, _)| *earlier < place);
    let near = earlier.filter(move |(earlier, action)| against(*action) && !set.apart(place, set, *earlier));
    near.map(move |(earlier, _)| set.formula(earlier, unread).not())
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
        counterexample: example,
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
