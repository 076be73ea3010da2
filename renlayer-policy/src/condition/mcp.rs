//! `mcp`: a request to an MCP server, by server, JSON-RPC method, tool and resource.
//!
//! All that is written must hold of the request; each takes wildcards, one value, a list or `not`. A call that is no MCP
//! request matches no `mcp` condition.
//!
//! ```yaml
//! mcp: { server: "github*", method: tools/call, tool: { not: ["get_*", "list_*"] } }
//! ```

use serde::{Deserialize, Serialize};

use super::{Condition, Cost, Reads};
use crate::any_of::AnyOf;
use crate::call::Call;
use crate::error::Fault;
use crate::facts::Mcp;
use crate::glob::{Case, Glob};
use crate::rule::{Rule, RuleValue};
use crate::text::Needles;
use crate::truth::Truth;

/// What is asked of an MCP request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct McpMatch {
    /// Name of the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<Rule<String>>,
    /// JSON-RPC method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<Rule<String>>,
    /// Name of the tool called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<Rule<String>>,
    /// URI of the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Rule<String>>,
}

impl RuleValue for McpMatch {
    const EXPECTING: &'static str = "`{ server, method, tool, resource }`";
    const KEYS: &'static [&'static str] = &["not", "server", "method", "tool", "resource"];
}

/// What is asked of an MCP request, compiled.
pub(super) struct McpTest {
    server: Option<AnyOf<Glob>>,
    method: Option<AnyOf<Glob>>,
    tool: Option<AnyOf<Glob>>,
    resource: Option<AnyOf<Glob>>,
}

impl McpTest {
    fn matches(&self, mcp: &Mcp<'_>) -> bool {
        let holds = |rule: &Option<AnyOf<Glob>>, text: Option<&str>| {
            rule.as_ref().is_none_or(|rule| rule.is(|glob| text.is_some_and(|text| glob.matches(text))))
        };
        holds(&self.server, Some(mcp.server))
            && holds(&self.method, Some(mcp.method))
            && holds(&self.tool, mcp.tool)
            && holds(&self.resource, mcp.resource)
    }
}

impl Condition for McpTest {
    type Written = McpMatch;

    const COST: Cost = Cost::Name;

    const READS: Reads = Reads::Body;

    fn compile(written: &McpMatch, _: &mut Needles) -> Result<Self, Fault> {
        if *written == McpMatch::default() {
            return Err("says none of `server`, `method`, `tool`, `resource`".into());
        }
        let globs = |key, rule: &Option<_>| {
            AnyOf::optional(key, rule.as_ref(), |text: &String| Glob::new(text, Case::Exact))
        };
        Ok(Self {
            server: globs("server", &written.server)?,
            method: globs("method", &written.method)?,
            tool: globs("tool", &written.tool)?,
            resource: globs("resource", &written.resource)?,
        })
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        match &call.facts.mcp {
            Some(mcp) => self.matches(mcp).into(),
            None => Truth::False.unless_unread(call.unread()),
        }
    }
}
