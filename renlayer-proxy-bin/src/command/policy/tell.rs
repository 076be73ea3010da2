//! A verdict as people read it.

use std::io;

use renlayer_core::policy::cedar::CedarVerdict;
use renlayer_core::policy::{Dimension, LimitState, Money, PolicyRef, Window};

use super::judge::Verdict;
use crate::output::{Output, Table};

/// Prints the verdict, and what led to it.
pub(super) fn tell(verdict: &Verdict, output: &mut Output) -> io::Result<()> {
    if output.is_json() {
        return output.pretty(verdict);
    }
    let observed = if verdict.enforced { "" } else { " (observed only: the call would go through)" };
    output.line(format_args!("verdict: {}{observed}", verdict.status.as_str()))?;
    for reason in &verdict.reasons {
        let named = [reason.name.as_deref(), reason.by.as_deref()];
        let named: Vec<_> = named.into_iter().flatten().collect();
        output.line(format_args!("because: {} {}", reason.kind.as_str(), named.join(" ")))?;
    }
    policies(verdict, output)?;
    cedar(verdict, output)?;
    findings(verdict, output)?;
    limits(verdict, output)
}

fn policies(verdict: &Verdict, output: &mut Output) -> io::Result<()> {
    let Some(explanation) = &verdict.policies else {
        return output.line("\nno policy is asked: the call is refused before");
    };
    let winner = explanation.decision.policy.as_ref();
    let mut table = Table::new(&["policy", "action", "why"]);
    let mut row = |policy: &PolicyRef, why: String| {
        table.row([policy.name.to_string(), policy.action.to_string(), why])
    };
    for policy in &explanation.matches {
        let wins = winner.is_some_and(|winner| winner.id == policy.id);
        row(policy, if wins { "matches first: it decides" } else { "matches, and does not decide" }.into());
    }
    for miss in explanation.near_misses() {
        row(&miss.policy, format!("nearly: only {} rules it out", miss.ruled_out_by.join(", ")));
    }
    for miss in explanation.misses.iter().filter(|miss| miss.ruled_out_by.len() != 1) {
        row(&miss.policy, format!("no: {}", miss.ruled_out_by.join(", ")));
    }
    if winner.is_none() {
        table.row(["(default)".into(), explanation.decision.action.to_string(), "no policy decides".into()]);
    }
    output.line("")?;
    output.table(&table)
}

/// What the Cedar policies answer to each question, and which of them determine it.
fn cedar(verdict: &Verdict, output: &mut Output) -> io::Result<()> {
    let Some(decision) = &verdict.cedar else { return Ok(()) };
    let mut table = Table::new(&["cedar", "on", "answer", "determined by"]);
    for check in &decision.checks {
        let ids: Vec<_> = check.policies.iter().map(|id| id.as_str()).collect();
        let ids = if ids.is_empty() { "(no policy permits it)".into() } else { ids.join(", ") };
        let by =
            if check.verdict == CedarVerdict::Error { format!("cannot be evaluated: {ids}") } else { ids };
        table.row([check.action.into(), check.resource.clone(), check.verdict.as_str().into(), by]);
    }
    output.line("")?;
    output.table(&table)
}

fn findings(verdict: &Verdict, output: &mut Output) -> io::Result<()> {
    if verdict.findings.is_empty() {
        return output.line("\nno sensitive data found in the body");
    }
    let mut table = Table::new(&["finding", "severity", "action", "bytes", "at"]);
    for found in &verdict.findings {
        let finding = &found.finding;
        table.row([
            finding.class.to_string(),
            finding.severity.to_string(),
            finding.action.to_string(),
            format!("{}–{}", finding.start, finding.end),
            finding.pointer.clone().unwrap_or_default(),
        ]);
    }
    output.line("")?;
    output.table(&table)
}

fn limits(verdict: &Verdict, output: &mut Output) -> io::Result<()> {
    let Some(limits) = &verdict.limits else {
        return output.line("limits were not asked: the call is refused before");
    };
    if limits.is_empty() {
        return output.line("no limit counts it");
    }
    let mut table = Table::new(&["limit", "scope", "counts", "at most", "per"]);
    for limit in limits {
        table.row([
            limit.name.to_string(),
            limit.scope.as_str().into(),
            limit.dimension.as_str().into(),
            amount(limit),
            limit.window.map_or("at once", Window::as_str).into(),
        ]);
    }
    output.line("")?;
    output.table(&table)
}

fn amount(limit: &LimitState) -> String {
    match limit.dimension {
        Dimension::Spend => Money { micros: limit.limit }.to_string(),
        _ => limit.limit.to_string(),
    }
}
