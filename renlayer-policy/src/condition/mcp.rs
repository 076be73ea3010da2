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
use crate::index::{Choice, Fact, Key};
use crate::rule::{Rule, RuleValue};
use crate::text::Needles;
use crate::truth::Truth;

/// What is asked of an MCP request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "`{ server, method, tool, resource }`")]
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

    fn keys(&self) -> Choice {
        let parts = [
            (Fact::McpServer, &self.server),
            (Fact::McpMethod, &self.method),
            (Fact::McpTool, &self.tool),
            (Fact::McpResource, &self.resource),
        ];
        let keys = |(fact, rule): (_, &Option<AnyOf<Glob>>)| {
            rule.as_ref().and_then(|rule| rule.keys(|glob| Key::glob(fact, "", glob)))
        };
        parts.into_iter().filter_map(keys).collect()
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        match &call.facts.mcp {
            Some(mcp) => self.matches(mcp).into(),
            None => Truth::False.unless_unread(call.unread()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{assert_refused, assert_table, assert_unreadable, call};
    use crate::facts::{Facts, Mcp};
    use crate::truth::Truth::{False, True, Unknown};

    #[test]
    fn requests_match_by_all_that_is_written() {
        let mcp = Mcp { server: "github", method: "tools/call", tool: Some("delete_repo"), resource: None };
        assert_table(
            "mcp",
            &Facts { mcp: Some(mcp), ..call() },
            [
                (json!({"server": "git*"}), True),
                (json!({"method": "tools/call", "tool": ["delete_*", "drop_*"]}), True),
                (json!({"method": "tools/call", "tool": {"not": "delete_*"}}), False),
                (json!({"resource": "*"}), False),
                (json!({"resource": {"not": "file://*"}}), True),
                (json!([{"server": "jira"}, {"tool": "delete_repo"}]), True),
                (json!({"not": {"server": "github"}}), False),
            ],
        );
    }

    #[test]
    fn absent_is_not_unread() {
        assert_table(
            "mcp",
            &call(),
            [(json!({"server": "*"}), False), (json!({"not": {"server": "*"}}), True)],
        );
        assert_table("mcp", &Facts { unreadable: Some("x"), ..call() }, [(json!({"server": "*"}), Unknown)]);
    }

    #[test]
    fn mistakes_are_named() {
        assert_refused(
            "mcp",
            [(json!({}), "", "says none of"), (json!({"tool": ["a", ""]}), ".tool[1]", "an empty pattern")],
        );
        assert_unreadable(
            "mcp",
            [
                (json!("github"), "server, method, tool, resource"),
                (json!({"uri": "x"}), "unknown field `uri`"),
            ],
        );
    }
}
