//! What is known of one call when it is judged: plain borrowed facts, no wire format.
//!
//! A fact that is `None` is *absent*: a plain HTTP call asks for no model, so no condition on `model` holds. When the
//! body could not be read, [`Facts::unreadable`] says why, and what a body would have told is *unknown* instead:
//! see [`PolicySet::decide`](crate::PolicySet::decide) for what that means to a decision.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Everything a policy may ask about one call.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// Id of the agent that calls; `None` for a call without an identity.
    pub agent_id: Option<&'a str>,
    /// Name of the agent that calls.
    pub agent_name: Option<&'a str>,
    /// The user the call is attributed to.
    pub user: Option<&'a str>,
    /// The session the call belongs to.
    pub session: Option<&'a str>,
    /// What kind of action this is.
    pub action_type: ActionType,
    /// The wire dialect, by its stable name.
    pub dialect: &'a str,
    /// The HTTP method.
    pub method: &'a str,
    /// Where the call goes.
    pub upstream: Upstream<'a>,
    /// The model asked for.
    pub model: Option<&'a str>,
    /// Whether a streamed answer was asked for.
    pub stream: Option<bool>,
    /// The prompt, message by message.
    pub messages: &'a [Message<'a>],
    /// The headers that would be forwarded, and the `X-RenLayer-*` ones.
    pub headers: &'a dyn Headers,
    /// Tools offered, called and answered.
    pub tools: &'a [Tool<'a>],
    /// The MCP request, where it is one.
    pub mcp: Option<Mcp<'a>>,
    /// Length of the body.
    pub body_bytes: u64,
    /// Tokens counted in the prompt.
    pub prompt_tokens: Option<u64>,
    /// The bound on the answer's tokens that the caller declared.
    pub max_tokens: Option<u64>,
    /// When the call arrived.
    pub now: Timestamp,
    /// What the scan of the request found; `None` while it was not scanned.
    pub findings: Option<&'a [FindingFact<'a>]>,
    /// What the session did so far.
    pub risk: Risk,
    /// Why the body could not be read, if it could not.
    pub unreadable: Option<&'a str>,
}

impl Facts<'_> {
    /// A call at `now` about which nothing else is known: the base to fill in.
    pub fn at(now: Timestamp) -> Self {
        Facts {
            agent_id: None,
            agent_name: None,
            user: None,
            session: None,
            action_type: ActionType::HttpRequest,
            dialect: "http",
            method: "GET",
            upstream: Upstream::default(),
            model: None,
            stream: None,
            messages: &[],
            headers: &NoHeaders,
            tools: &[],
            mcp: None,
            body_bytes: 0,
            prompt_tokens: None,
            max_tokens: None,
            now,
            findings: None,
            risk: Risk::default(),
            unreadable: None,
        }
    }
}

/// The kind of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionType {
    /// A chat or text completion.
    ChatCompletion,
    /// An embedding.
    Embedding,
    /// A tool API.
    ToolCall,
    /// A request to an MCP server.
    McpRequest,
    /// Anything else over HTTP.
    HttpRequest,
}

impl ActionType {
    /// The name used in policies, traces and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChatCompletion => "chat_completion",
            Self::Embedding => "embedding",
            Self::ToolCall => "tool_call",
            Self::McpRequest => "mcp_request",
            Self::HttpRequest => "http_request",
        }
    }
}

impl fmt::Display for ActionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a call goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Upstream<'a> {
    /// `http` or `https`.
    pub scheme: &'a str,
    /// Host name or address, without a port.
    pub host: &'a str,
    /// The port dialled; the scheme's default where the URL names none.
    pub port: u16,
    /// Path as it would be sent; a query after it is not looked at.
    pub path: &'a str,
}

/// One message of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub text: Cow<'a, str>,
}

/// Who speaks in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Instructions of the application ("developer" in some dialects).
    System,
    /// The person or program that asks.
    User,
    /// The model.
    Assistant,
    /// The result of a tool.
    Tool,
}

/// A tool that a call offers, calls or answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// How it appears.
    pub phase: ToolPhase,
    /// Arguments of a call, as raw JSON.
    pub arguments: Option<Cow<'a, str>>,
}

/// How a tool appears in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolPhase {
    /// The model may call it.
    Offered,
    /// It is called.
    Called,
    /// Its result is sent back.
    Answered,
}

/// A request to an MCP server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mcp<'a> {
    /// The server's name or route.
    pub server: &'a str,
    /// The JSON-RPC method.
    pub method: &'a str,
    /// The tool called.
    pub tool: Option<&'a str>,
    /// The URI of the resource read.
    pub resource: Option<&'a str>,
}

/// What the scan found of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindingFact<'a> {
    /// The class, such as `secret.aws_access_key`.
    pub class: &'a str,
    /// How bad it is.
    pub severity: Severity,
    /// How many.
    pub count: u64,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// Worth recording.
    Low,
    /// Worth a look.
    Medium,
    /// Should not leave.
    High,
    /// Must not leave.
    Critical,
}

/// What the session did before this call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Risk {
    /// Calls refused.
    pub denials: u64,
    /// Findings.
    pub findings: u64,
    /// Money spent, in micro-units.
    pub spend_micros: u64,
    /// Calls made.
    pub actions: u64,
}

/// The headers of a call, whatever holds them.
pub trait Headers: Sync {
    /// Shows `visit` each value of the header `name`, whose case does not matter.
    fn values(&self, name: &str, visit: &mut dyn FnMut(&[u8]));
}

/// A call without headers.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHeaders;

impl Headers for NoHeaders {
    fn values(&self, _: &str, _: &mut dyn FnMut(&[u8])) {}
}

impl<const N: usize> Headers for [(&str, &str); N] {
    fn values(&self, name: &str, visit: &mut dyn FnMut(&[u8])) {
        for (_, value) in self.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)) {
            visit(value.as_bytes());
        }
    }
}

impl Headers for Vec<(String, String)> {
    fn values(&self, name: &str, visit: &mut dyn FnMut(&[u8])) {
        for (_, value) in self.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)) {
            visit(value.as_bytes());
        }
    }
}
