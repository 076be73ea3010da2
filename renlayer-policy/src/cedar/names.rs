//! The schema's names, as the crate wants them: parsed once.

use std::str::FromStr;

use cedar_policy::{EntityId, EntityTypeName, EntityUid};

use super::error::Fault;
use crate::facts::ActionType;

/// What can be done to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Action {
    Make(ActionType),
    CallTool,
}

/// What can be acted upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Upstream,
    Tool,
    McpTool,
}

/// The types of entities.
pub(super) struct Names {
    pub(super) agent: EntityTypeName,
    pub(super) group: EntityTypeName,
    pub(super) tenant: EntityTypeName,
    pub(super) headers: EntityTypeName,
    action: EntityTypeName,
    upstream: EntityTypeName,
    tool: EntityTypeName,
    mcp_tool: EntityTypeName,
}

// === impl Names ===

impl Names {
    pub(super) fn new() -> Result<Self, Fault> {
        let name = |name| EntityTypeName::from_str(name).map_err(|error| Fault::of(&error));
        Ok(Self {
            agent: name("Agent")?,
            group: name("Group")?,
            tenant: name("Tenant")?,
            headers: name("Headers")?,
            action: name("Action")?,
            upstream: name("Upstream")?,
            tool: name("Tool")?,
            mcp_tool: name("McpTool")?,
        })
    }

    pub(super) fn action(&self, action: Action) -> EntityUid {
        named(&self.action, action.as_str())
    }

    pub(super) fn resource(&self, kind: Kind, id: &str) -> EntityUid {
        let kind = match kind {
            Kind::Upstream => &self.upstream,
            Kind::Tool => &self.tool,
            Kind::McpTool => &self.mcp_tool,
        };
        named(kind, id)
    }
}

/// The entity `kind::"id"`.
pub(super) fn named(kind: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
}

// === impl Action ===

impl Action {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Make(action_type) => action_type.as_str(),
            Self::CallTool => "call_tool",
        }
    }
}

// === impl Kind ===

impl Kind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Upstream => "Upstream",
            Self::Tool => "Tool",
            Self::McpTool => "McpTool",
        }
    }
}
