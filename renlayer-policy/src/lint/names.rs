//! Names that nothing has.

use super::finding::{Finding, FindingKind, Proof};
use super::patterns::each;
use crate::glob::{Case, Glob};
use crate::policy::{Policy, Scope};
use crate::rule::Rule;

/// What exists, as far as whoever asks knows; of what is not given, nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Agents, by name or id. What begins as ids do is not looked up.
    pub agents: Option<Vec<String>>,
    /// Tools.
    pub tools: Option<Vec<String>>,
    /// Models.
    pub models: Option<Vec<String>>,
    /// What the id of every agent begins with. Otherwise any agent may have a name for which another has an id, and what
    /// differs by agent is less often proved.
    pub agent_ids: Option<String>,
}

pub(super) fn check(policy: &Policy, known: &Known, findings: &mut Vec<Finding>) {
    let of = &policy.matches;
    let mut look =
        |kind: FindingKind, names: &Option<Vec<String>>, case, place: &str, rule: Option<&Rule<String>>| {
            let Some(names) = names else { return };
            // Who is named by id may be known to others only.
            let beginning = known.agent_ids.as_ref().filter(|_| kind == FindingKind::UnknownAgent);
            each(place, rule, |place, written| {
                let is_id = beginning.is_some_and(|beginning| written.starts_with(beginning));
                let exists =
                    Glob::new(written, case).is_ok_and(|glob| names.iter().any(|name| glob.matches(name)));
                if !exists && !is_id {
                    let reason = format!("there is no {} `{written}`", what(kind));
                    findings.push(Finding::about(policy, kind, Proof::Proved, reason).at(place));
                }
            });
        };
    if let Scope::Agents(agents) = &policy.scope {
        let rule = Rule::any_of(agents.iter().cloned());
        look(FindingKind::UnknownAgent, &known.agents, Case::Exact, "scope.agents", Some(&rule));
    }
    look(FindingKind::UnknownAgent, &known.agents, Case::Exact, "match.agent", of.agent.as_ref());
    look(FindingKind::UnknownModel, &known.models, Case::Ignored, "match.model", of.model.as_ref());
    each("match.tool", of.tool.as_ref(), |place, tool| {
        look(
            FindingKind::UnknownTool,
            &known.tools,
            Case::Exact,
            &format!("{place}.name"),
            tool.name.as_ref(),
        );
    });
    each("match.mcp", of.mcp.as_ref(), |place, mcp| {
        look(
            FindingKind::UnknownTool,
            &known.tools,
            Case::Exact,
            &format!("{place}.tool"),
            mcp.tool.as_ref(),
        );
    });
}

fn what(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::UnknownAgent => "agent",
        FindingKind::UnknownModel => "model",
        _ => "tool",
    }
}
