//! What a body says about the call it belongs to, whatever its dialect.

use std::borrow::Cow;

use renlayer_policy::{Message, Role, Tool, ToolPhase};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    loose::{Leaf, Loose},
    strict::Strict,
};

/// What a request asks for. Texts borrow from the body where they can.
#[derive(Debug, Default)]
pub struct RequestFacts<'a> {
    /// The model asked for, from the body or the path.
    pub model: Option<Cow<'a, str>>,
    /// Whether the answer is to be streamed.
    pub stream: bool,
    /// Whether vectors are asked for rather than an answer.
    pub embedding: bool,
    /// The conversation, one entry per message; the text parts of a message are joined by a line end.
    pub messages: Vec<Message<'a>>,
    /// Tools offered, called before, and answered.
    pub tools: Vec<Tool<'a>>,
    /// The JSON-RPC call, where the dialect is MCP.
    pub mcp: Option<McpCall<'a>>,
    /// The other calls of a JSON-RPC batch; each is to be judged as `mcp` is.
    pub batch: Vec<McpCall<'a>>,
    /// The bound on the answer in tokens, in whichever spelling; the largest if there are several.
    pub max_tokens: Option<u64>,
    /// The same in the spellings that upstreams of this dialect keep to.
    pub bound: Option<u64>,
    /// How many answers are asked for, each of which may reach the bound; one where it is not said.
    pub answers: Option<u64>,
    /// Whether a stream is asked to tell its usage, where the dialect leaves that to its callers.
    pub asks_usage: bool,
    /// Whether the answer is to be fetched later, so that it does not come with its usage.
    pub deferred: bool,
    /// The id that a JSON-RPC answer must carry.
    pub jsonrpc_id: Option<JsonRpcId>,
}

/// One JSON-RPC message of an MCP client.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct McpCall<'a> {
    /// `tools/call`, `resources/read`, …; empty for a client's answer to its server.
    pub method: Cow<'a, str>,
    /// The tool, or the prompt, that is named.
    pub tool: Option<Cow<'a, str>>,
    /// The resource's URI.
    pub resource: Option<Cow<'a, str>>,
}

/// A JSON-RPC id, as it was written: a string or a number.
#[derive(Debug, Clone)]
pub struct JsonRpcId(pub(super) Box<RawValue>);

/// What an answer says about itself.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ResponseFacts {
    /// Tokens used.
    pub usage: Usage,
    /// The model that answered.
    pub model: Option<String>,
    /// Why the answer ended, in the provider's word.
    pub finish: Option<String>,
}

/// Tokens that an action used, as far as its provider says so.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the request, those read from a cache included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<u64>,
    /// Tokens of the answer, reasoning included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<u64>,
    /// Those of `input` that a cache held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_input: Option<u64>,
    /// Those of `input` that a cache took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<u64>,
    /// Those of `output` spent on reasoning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<u64>,
    /// Those of `output` that are pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<u64>,
    /// All of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// Why a body could not be read. What decides on it fails closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the body cannot be read: {reason}")]
pub struct Unreadable {
    reason: String,
}

// === impl RequestFacts ===

impl<'a> RequestFacts<'a> {
    pub(super) fn say(&mut self, role: Role, text: Cow<'a, str>) {
        if !text.is_empty() {
            self.messages.push(Message { role, text });
        }
    }

    pub(super) fn offer(&mut self, name: Cow<'a, str>) {
        self.tools.push(Tool { name, phase: ToolPhase::Offered, arguments: None });
    }

    pub(super) fn call(&mut self, name: Cow<'a, str>, arguments: Option<Cow<'a, str>>) {
        self.tools.push(Tool { name, phase: ToolPhase::Called, arguments });
    }

    pub(super) fn answer(&mut self, name: Cow<'a, str>) {
        self.tools.push(Tool { name, phase: ToolPhase::Answered, arguments: None });
    }
}

// === impl JsonRpcId ===

impl JsonRpcId {
    /// The id as JSON text.
    pub fn as_json(&self) -> &str {
        self.0.get()
    }
}

// === impl Usage ===

impl Usage {
    /// Takes over what `later` knows: streams tell their usage in instalments, each figure the whole so far.
    pub fn update(&mut self, later: Self) {
        self.input = later.input.or(self.input);
        self.output = later.output.or(self.output);
        self.cached_input = later.cached_input.or(self.cached_input);
        self.cache_write = later.cache_write.or(self.cache_write);
        self.reasoning = later.reasoning.or(self.reasoning);
        self.image = later.image.or(self.image);
        self.total = later.total.or(self.total);
    }

    /// With `total` filled in from its parts where the provider leaves it out.
    #[must_use]
    pub fn totalled(mut self) -> Self {
        if self.total.is_none() && (self.input.is_some() || self.output.is_some()) {
            self.total = Some(self.input.unwrap_or(0).saturating_add(self.output.unwrap_or(0)));
        }
        self
    }
}

// === impl Unreadable ===

impl Unreadable {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }

    /// The reason alone: a place and a kind of mistake, never the text that stands there.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl From<serde_json::Error> for Unreadable {
    /// The parser's own message may quote the value it found: only the kind and the place are kept, and the name of
    /// the member that is ambiguous, which is one of ours.
    fn from(error: serde_json::Error) -> Self {
        let text = error.to_string();
        let kind = match error.classify() {
            _ if text.starts_with("duplicate field") || text.starts_with("member `") => {
                text.split(" at line").next().unwrap_or(&text)
            }
            _ if text.starts_with("recursion limit") => "nested too deeply",
            serde_json::error::Category::Data => "a member is not of its kind",
            serde_json::error::Category::Eof => "the JSON ends too early",
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => "not JSON",
        };
        Self::new(format!("{kind} at line {} column {}", error.line(), error.column()))
    }
}

/// Reads a shape of `'a` out of `body`.
pub(super) fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Unreadable> {
    Ok(serde_json::from_slice(body)?)
}

/// Reads a shape of `'a` out of `body`, none of whose outermost members may come in another case.
pub(super) fn read_strictly<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Unreadable> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let shape = T::deserialize(Strict(&mut json))?;
    json.end()?;
    Ok(shape)
}

/// All text of a content value, its parts joined by a line end;.
pub(super) fn join<'a, P>(content: Loose<'a, P>, of_part: &dyn Fn(&P) -> Option<&str>) -> Cow<'a, str> {
    if let Loose::Text(text) = content {
        return text;
    }
    let mut joined = String::new();
    content.each(&mut |leaf| {
        let text = match leaf {
            Leaf::Text(text) => Some(text),
            Leaf::Object(part) => of_part(part),
        };
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            if !joined.is_empty() {
                joined.push('\n');
            }
            joined.push_str(text);
        }
    });
    Cow::Owned(joined)
}

/// The larger of the bounds given.
pub(super) fn largest(counts: &[Option<u64>]) -> Option<u64> {
    counts.iter().flatten().copied().max()
}
