//! A call that shows something: all that a policy may ask of it, owned, to be read by people and judged again.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::facts::{
    ActionType, Facts, FindingFact, Mcp, Message, Risk, Role, Severity, Tool, ToolPhase, Upstream,
};

/// A call, as an example. What is absent is not written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Example {
    /// Id of the agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
    /// Name of the agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The user it is attributed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The session it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// What kind of call it is.
    pub action_type: ActionType,
    /// Its wire format.
    pub dialect: String,
    /// Its method.
    pub method: String,
    /// Scheme of where it goes.
    pub scheme: String,
    /// Host of where it goes.
    pub host: String,
    /// Port of where it goes.
    pub port: u16,
    /// Path of where it goes.
    pub path: String,
    /// The model asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Whether a stream is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    /// Who says what.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<(Role, String)>,
    /// Names and values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// Name, phase and arguments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<(String, ToolPhase, Option<String>)>,
    /// The MCP request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mcp: Option<McpExample>,
    /// Length of the body.
    pub body_bytes: u64,
    /// Tokens of the prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<u64>,
    /// Bound on the answer's tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// When it is made.
    pub at: Timestamp,
    /// Class and severity of what a scan finds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<(String, Severity)>,
    /// Calls of the session that were refused.
    pub denials: u64,
    /// Findings of the session.
    pub found: u64,
    /// Money the session spent, in millionths.
    pub spend_micros: u64,
    /// Calls of the session.
    pub actions: u64,
    /// Whether its body could not be read.
    pub unreadable: bool,
}

/// The MCP request of an example.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct McpExample {
    /// The server.
    pub server: String,
    /// The JSON-RPC method.
    pub method: String,
    /// The tool called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The resource read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
}

impl Default for Example {
    /// A plain call in which nothing is asked.
    fn default() -> Self {
        Self {
            agent_id: None,
            agent: None,
            user: None,
            session: None,
            action_type: ActionType::HttpRequest,
            dialect: "http".into(),
            method: "GET".into(),
            scheme: "https".into(),
            host: "example.com".into(),
            port: 443,
            path: "/".into(),
            model: None,
            stream: None,
            messages: Vec::new(),
            headers: Vec::new(),
            tools: Vec::new(),
            mcp: None,
            body_bytes: 0,
            prompt_tokens: None,
            max_tokens: None,
            at: Timestamp::UNIX_EPOCH,
            findings: Vec::new(),
            denials: 0,
            found: 0,
            spend_micros: 0,
            actions: 0,
            unreadable: false,
        }
    }
}

impl Example {
    /// Hands its facts to `judge`.
    pub fn judged<T>(&self, judge: impl FnOnce(&Facts<'_>) -> T) -> T {
        let messages: Vec<_> =
            self.messages.iter().map(|(role, text)| Message { role: *role, text: text.into() }).collect();
        let tools = self.tools.iter().map(|(name, phase, arguments)| Tool {
            name: name.into(),
            phase: *phase,
            arguments: arguments.as_deref().map(Into::into),
        });
        let tools: Vec<_> = tools.collect();
        let findings: Vec<_> = self
            .findings
            .iter()
            .map(|(class, severity)| FindingFact { class, severity: *severity, count: 1 })
            .collect();
        judge(&Facts {
            agent_id: self.agent_id.as_deref(),
            agent_name: self.agent.as_deref(),
            user: self.user.as_deref(),
            session: self.session.as_deref(),
            action_type: self.action_type,
            dialect: &self.dialect,
            method: &self.method,
            upstream: Upstream { scheme: &self.scheme, host: &self.host, port: self.port, path: &self.path },
            model: self.model.as_deref(),
            stream: self.stream,
            messages: &messages,
            headers: &self.headers,
            tools: &tools,
            mcp: self.mcp.as_ref().map(|mcp| Mcp {
                server: &mcp.server,
                method: &mcp.method,
                tool: mcp.tool.as_deref(),
                resource: mcp.resource.as_deref(),
            }),
            body_bytes: self.body_bytes,
            prompt_tokens: self.prompt_tokens,
            max_tokens: self.max_tokens,
            findings: Some(&findings),
            risk: Risk {
                denials: self.denials,
                findings: self.found,
                spend_micros: self.spend_micros,
                actions: self.actions,
            },
            unreadable: self.unreadable.then_some("an example"),
            ..Facts::at(self.at)
        })
    }
}

fn said_by(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    }
}

impl fmt::Display for Example {
    /// What is not as in any call, in words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = Self::default();
        write!(f, "{} {}://{}", self.method, self.scheme, self.host)?;
        if self.port != plain.port {
            write!(f, ":{}", self.port)?;
        }
        f.write_str(&self.path)?;
        for (what, text) in [
            ("agent", &self.agent),
            ("agent id", &self.agent_id),
            ("user", &self.user),
            ("session", &self.session),
            ("model", &self.model),
        ] {
            text.iter().try_for_each(|text| write!(f, ", {what} `{text}`"))?;
        }
        if self.action_type != plain.action_type {
            write!(f, ", {}", self.action_type)?;
        }
        if self.dialect != plain.dialect {
            write!(f, ", dialect `{}`", self.dialect)?;
        }
        self.stream.iter().try_for_each(|stream| write!(f, ", stream {stream}"))?;
        self.messages.iter().try_for_each(|(role, text)| write!(f, ", {} says {text:?}", said_by(*role)))?;
        self.headers.iter().try_for_each(|(name, value)| write!(f, ", header {name}: {value}"))?;
        for (name, phase, arguments) in &self.tools {
            write!(f, ", tool `{name}` {phase:?}")?;
            arguments.iter().try_for_each(|arguments| write!(f, " with {arguments}"))?;
        }
        if let Some(mcp) = &self.mcp {
            write!(f, ", MCP `{}` of server `{}`", mcp.method, mcp.server)?;
            mcp.tool.iter().try_for_each(|tool| write!(f, ", its tool `{tool}`"))?;
            mcp.resource.iter().try_for_each(|uri| write!(f, ", its resource `{uri}`"))?;
        }
        for (what, number) in [
            ("bytes in its body", self.body_bytes),
            ("prompt tokens", self.prompt_tokens.unwrap_or(0)),
            ("denials before", self.denials),
            ("findings before", self.found),
            ("millionths spent before", self.spend_micros),
            ("calls before", self.actions),
        ] {
            if number > 0 {
                write!(f, ", {number} {what}")?;
            }
        }
        self.max_tokens.iter().try_for_each(|bound| write!(f, ", max_tokens {bound}"))?;
        self.findings
            .iter()
            .try_for_each(|(class, severity)| write!(f, ", a finding of {class} ({severity:?})"))?;
        if self.at != plain.at {
            write!(f, ", at {}", self.at)?;
        }
        if self.unreadable { f.write_str(", its body unreadable") } else { Ok(()) }
    }
}
