//! Regular expressions that do not say what they seem to, or cost more than they need to.

use super::finding::{Finding, FindingKind, Proof};
use crate::glob::Case;
use crate::policy::Policy;
use crate::regex;
use crate::rule::Rule;
use crate::text::required;

/// Texts that have little in common: what matches all of them matches nearly anything.
const SAMPLES: [&str; 7] =
    ["x", "7", " ", "-", "Summarise the report.", "{\"a\": [1, null]}", "größer als 日本"];

/// A pattern, where it stands, and how it is compared.
struct Pattern<'p> {
    place: String,
    text: &'p str,
    case: Case,
    in_prompt: bool,
}

pub(super) fn check(policy: &Policy, findings: &mut Vec<Finding>) {
    for pattern in patterns(policy) {
        findings.extend(everything(policy, &pattern));
        let Ok(hir) = regex::parse(pattern.text, pattern.case) else { continue };
        if pattern.in_prompt && required(&hir).is_none() {
            let reason = "no fixed text of three letters stands in every match, so it runs on every prompt";
            findings.push(
                Finding::about(policy, FindingKind::SlowPattern, Proof::Proved, reason).at(pattern.place),
            );
        }
    }
}

fn everything(policy: &Policy, pattern: &Pattern<'_>) -> Option<Finding> {
    let hir = regex::parse(pattern.text, pattern.case).ok()?;
    let regex = regex::compile(pattern.text, pattern.case).ok()?;
    let properties = hir.properties();
    let (proof, what) = if properties.minimum_len() == Some(0) && properties.look_set().is_empty() {
        (Proof::Proved, "matches every text, as it matches nothing at all")
    } else if SAMPLES.iter().all(|text| regex.is_match(text.as_bytes())) {
        (Proof::Heuristic, "matches every text that was tried")
    } else {
        return None;
    };
    Some(Finding::about(policy, FindingKind::MatchesEverything, proof, what).at(pattern.place.clone()))
}

fn patterns(policy: &Policy) -> Vec<Pattern<'_>> {
    let of = &policy.matches;
    let mut found = Vec::new();
    each("match.prompt", of.prompt.as_ref(), |place, prompt| {
        each(&format!("{place}.regex"), prompt.regex.as_ref(), |place, text| {
            found.push(Pattern { place, text, case: case(prompt.ignore_case), in_prompt: true });
        });
    });
    each("match.header", of.header.as_ref(), |place, header| {
        each(&format!("{place}.regex"), header.regex.as_ref(), |place, text| {
            found.push(Pattern { place, text, case: case(header.ignore_case), in_prompt: false });
        });
    });
    each("match.tool", of.tool.as_ref(), |place, tool| {
        for (pointer, rule) in &tool.arguments {
            each(&format!("{place}.arguments.{pointer}"), Some(rule), |place, argument| {
                let pattern = argument.regex.as_deref().map(|text| Pattern {
                    place: format!("{place}.regex"),
                    text,
                    case: case(argument.ignore_case),
                    in_prompt: false,
                });
                found.extend(pattern);
            });
        }
    });
    found
}

fn case(ignored: bool) -> Case {
    if ignored { Case::Ignored } else { Case::Exact }
}

/// Shows each value of a rule with its place.
pub(super) fn each<'r, T>(place: &str, rule: Option<&'r Rule<T>>, mut see: impl FnMut(String, &'r T)) {
    let Some(rule) = rule else { return };
    let not = if rule.negated { ".not" } else { "" };
    for (index, value) in rule.values.iter().enumerate() {
        let step = if rule.values.len() == 1 { String::new() } else { format!("[{index}]") };
        see(format!("{place}{not}{step}"), value);
    }
}
