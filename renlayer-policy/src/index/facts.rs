//! What a call has of each fact.

use super::key::Fact;
use crate::facts::{Facts, Mcp};
use crate::url;

impl Fact {
    /// Whether what the call has of it could not be read, so that no condition on it can be ruled out.
    pub(super) fn is_open(self, facts: &Facts<'_>) -> bool {
        let unread = facts.unreadable.is_some();
        match self {
            Self::Model => unread && facts.model.is_none(),
            Self::Tool => unread,
            Self::McpServer | Self::McpMethod | Self::McpTool | Self::McpResource => {
                unread && facts.mcp.is_none()
            }
            Self::Finding => unread || facts.findings.is_none(),
            Self::Agent | Self::User | Self::Session | Self::ActionType | Self::Dialect => false,
            Self::Method | Self::Host | Self::Path | Self::Header => false,
        }
    }

    /// Shows `see` each value that the call has of it, below its name where it has one.
    pub(super) fn each(self, facts: &Facts<'_>, headers: &[Box<str>], see: &mut dyn FnMut(&str, &[u8])) {
        let mcp = |part: for<'m> fn(&'m Mcp<'m>) -> Option<&'m str>| facts.mcp.as_ref().and_then(part);
        let one = match self {
            Self::Agent => {
                return [facts.agent_id, facts.agent_name]
                    .into_iter()
                    .flatten()
                    .for_each(|name| see("", name.as_bytes()));
            }
            Self::Tool => return facts.tools.iter().for_each(|tool| see("", tool.name.as_bytes())),
            Self::Finding => {
                return facts
                    .findings
                    .iter()
                    .copied()
                    .flatten()
                    .for_each(|finding| see("", finding.class.as_bytes()));
            }
            Self::Header => {
                return headers
                    .iter()
                    .for_each(|name| facts.headers.values(name, &mut |value| see(name, value)));
            }
            Self::Path => return url::readings(facts.upstream.path, |path| see("", path.as_bytes())),
            Self::Host => return url::names(facts.upstream.host, |host| see("", host.as_bytes())),
            Self::User => facts.user,
            Self::Session => facts.session,
            Self::ActionType => Some(facts.action_type.as_str()),
            Self::Dialect => Some(facts.dialect),
            Self::Method => Some(facts.method),
            Self::Model => facts.model,
            Self::McpServer => mcp(|mcp| Some(mcp.server)),
            Self::McpMethod => mcp(|mcp| Some(mcp.method)),
            Self::McpTool => mcp(|mcp| mcp.tool),
            Self::McpResource => mcp(|mcp| mcp.resource),
        };
        if let Some(value) = one {
            see("", value.as_bytes());
        }
    }
}
