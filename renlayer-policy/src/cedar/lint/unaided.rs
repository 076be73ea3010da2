//! What is seen without a solver, by comparing policies as they are written.

use std::collections::HashMap;

use super::useless::ALL;
use super::{about, about_all, forbids, permits};
use crate::cedar::compile::Compiled;
use crate::lint::{Finding, FindingKind, Proof};

pub(super) fn find(all: &[Compiled]) -> Vec<Finding> {
    let mut seen = HashMap::new();
    let walls: Vec<&Compiled> = forbids(all).filter(|forbid| forbid.unconditional()).collect();
    let of_each = all.iter().filter_map(|compiled| {
        let first = *seen.entry(compiled.meaning()).or_insert(compiled);
        twice(compiled, first).or_else(|| forbidden(compiled, &walls)).or_else(|| permits_all(compiled))
    });
    let mut findings: Vec<Finding> = of_each.collect();
    if permits(all).next().is_none() {
        let reason = "no policy permits: all calls are refused";
        findings.push(about_all(ALL, FindingKind::DeniesEverything, Proof::Heuristic, reason));
    }
    findings
}

fn twice(compiled: &Compiled, first: &Compiled) -> Option<Finding> {
    if first.id == compiled.id {
        return None;
    }
    let reason = format!("says the same as `{}`", first.id);
    let finding = about(compiled, FindingKind::Duplicate, Proof::Heuristic, reason);
    Some(Finding { by: vec![first.id.to_string()], ..finding })
}

/// A permit behind a wall: a forbid without conditions.
fn forbidden(compiled: &Compiled, walls: &[&Compiled]) -> Option<Finding> {
    let forbid = walls.iter().find(|wall| compiled.permits() && wall.scope.holds(&compiled.scope))?;
    let reason = format!("`{}` forbids all that its head speaks of", forbid.id);
    let finding = about(compiled, FindingKind::Shadowed, Proof::Heuristic, reason);
    Some(Finding { by: vec![forbid.id.to_string()], ..finding })
}

fn permits_all(compiled: &Compiled) -> Option<Finding> {
    let all = compiled.permits() && !compiled.flags && compiled.unconditional() && compiled.scope.is_any();
    all.then(|| {
        let reason = "permits every call that nothing forbids: other permits decide nothing";
        about(compiled, FindingKind::AllowsEverything, Proof::Heuristic, reason)
    })
}
