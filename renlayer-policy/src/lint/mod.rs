//! What is wrong with policies that compile: those that never win, never match or match everything, name what does not
//! exist, or, changed, allow what was denied before.
//!
//! Where conditions are sets, wildcards, comparisons and negations of those, the answers are proofs: policies are written as
//! formulas over independent facts (`formula.rs`, `write.rs`) and a contradiction is looked for until there is nothing left
//! to try (`solve.rs`, `words.rs`). A call that shows something was judged by the engine itself before it is shown. What
//! rests on texts that a pattern may match, or takes too long, is said to be [`Proof::Heuristic`].
//!
//! ```
//! use renlayer_policy::lint::{FindingKind, Known, Proof, lint};
//! use renlayer_policy::{Policy, PolicyAction};
//!
//! let policies: Vec<Policy> = serde_json::from_str(
//!     r#"[{"name": "all", "priority": 1, "match": {"model": "gpt-*"}, "action": "DENY"},
//!         {"name": "some", "priority": 2, "match": {"model": "gpt-4*", "user": "ann"}, "action": "DENY"}]"#,
//! )?;
//! let findings = lint(&policies, PolicyAction::Allow, &Known::default()).expect("policies that compile");
//! assert_eq!((findings[0].kind, findings[0].proof), (FindingKind::Shadowed, Proof::Proved));
//! assert_eq!((&*findings[0].name, &*findings[0].by), ("some", &["all".to_owned()][..]));
//! # Ok::<(), serde_json::Error>(())
//! ```

mod cover;
mod cube;
mod example;
mod finding;
mod formula;
mod names;
mod ordered;
mod patterns;
mod sample;
mod solve;
#[cfg(test)]
mod tests;
mod widen;
mod witness;
mod words;
mod write;

pub use example::{Example, McpExample};
pub use finding::{Counterexample, Finding, FindingKind, Proof};
pub use names::Known;
pub(crate) use words::Words;

use crate::error::PolicyError;
use crate::policy::{Policy, PolicyAction};
use ordered::Ordered;

/// Everything that is wrong with `policies`, in the order in which they are tried. Fails where they do not compile.
pub fn lint(
    policies: &[Policy],
    default: PolicyAction,
    known: &Known,
) -> Result<Vec<Finding>, Vec<PolicyError>> {
    let ordered = Ordered::new(policies, default, known)?;
    let mut findings = Vec::new();
    for (place, policy) in ordered.policies.iter().enumerate() {
        findings.extend(cover::duplicate(&ordered, place).or_else(|| cover::never(&ordered, place)));
        patterns::check(policy, &mut findings);
        names::check(policy, known, &mut findings);
    }
    Ok(findings)
}

/// What the policies `after` a change let through and those `before` it denied: policies that let something through, each
/// with one that denied it and a call that shows it; a policy is named once. None, if it is proved that there is nothing
/// new. Each side has its policies and its default.
pub fn widening(
    before: (&[Policy], PolicyAction),
    after: (&[Policy], PolicyAction),
    known: &Known,
) -> Result<Vec<Finding>, Vec<PolicyError>> {
    let read = |(policies, default): (&[Policy], _)| Ordered::new(policies, default, known);
    Ok(widen::widening(&read(before)?, &read(after)?))
}
