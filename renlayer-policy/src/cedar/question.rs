//! What a call asks to be permitted: to be made, and each tool that it calls.

use std::borrow::Cow;

use super::names::{Action, Kind};
use crate::facts::{ActionType, Facts, ToolPhase};
use crate::url;

/// One action on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question<'f> {
    pub(super) action: Action,
    pub(super) kind: Kind,
    /// The resource's id.
    pub(super) id: String,
    /// Its name, within its server where it has one.
    pub(super) name: Cow<'f, str>,
    /// The MCP server of a tool.
    pub(super) server: &'f str,
}

/// Everything that a call asks.
pub(super) fn questions<'f>(facts: &Facts<'f>) -> Vec<Question<'f>> {
    let mut questions = vec![made(facts)];
    if calls_tools(facts) {
        let listed = facts.tools.iter().filter(|tool| tool.phase == ToolPhase::Called);
        let called =
            facts.mcp.filter(|mcp| mcp.method == "tools/call").map(|mcp| mcp.tool.unwrap_or_default());
        let names = listed.map(|tool| tool.name.as_ref()).chain(called);
        for name in names {
            let question = tool(facts, name);
            if !questions.contains(&question) {
                questions.push(question);
            }
        }
    }
    questions
}

/// Whether the tools that a call names are called by it, rather than by a model it tells of.
pub(super) fn calls_tools(facts: &Facts<'_>) -> bool {
    matches!(facts.action_type, ActionType::ToolCall | ActionType::McpRequest)
}

fn made<'f>(facts: &Facts<'f>) -> Question<'f> {
    // Names of hosts mean the same in any case and with a dot behind, addresses in any spelling.
    let mut id = String::new();
    url::names(facts.upstream.host, |name| id = name.to_ascii_lowercase());
    let name = Cow::Owned(id.clone());
    Question { action: Action::Make(facts.action_type), kind: Kind::Upstream, id, name, server: "" }
}

fn tool<'f>(facts: &Facts<'f>, name: &'f str) -> Question<'f> {
    let (kind, id, server) = match facts.mcp {
        Some(mcp) => (Kind::McpTool, format!("{}/{name}", mcp.server), mcp.server),
        None => (Kind::Tool, name.to_owned(), ""),
    };
    Question { action: Action::CallTool, kind, id, name: Cow::Borrowed(name), server }
}
