//! The wire formats, one file each.
//!
//! | path | dialect |
//! |---|---|
//! | `…/chat/completions` | OpenAI chat completions |
//! | `…/responses` | OpenAI Responses |
//! | `…/embeddings` | OpenAI embeddings |
//! | `…/messages` | Anthropic Messages |
//! | `…:generateContent`, `…:streamGenerateContent`, `…:embedContent` | Gemini |
//! | `…/mcp` | MCP streamable HTTP |
//! | anything else | echo |

mod anthropic;
mod gemini;
mod mcp;
mod openai_chat;
mod openai_embeddings;
mod openai_responses;

use bytes::Bytes;
use serde_json::Value;

use super::desk::Received;
use super::script::Script;

/// What a path speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// OpenAI chat completions.
    OpenAiChat,
    /// OpenAI Responses.
    OpenAiResponses,
    /// OpenAI embeddings.
    OpenAiEmbeddings,
    /// Anthropic Messages.
    AnthropicMessages,
    /// Gemini.
    Gemini,
    /// MCP over streamable HTTP.
    Mcp,
    /// None of these: the request comes back.
    Echo,
}

/// A request as a dialect sees it.
pub(super) struct Asked<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) accept: &'a str,
    pub(super) body: Value,
}

/// An answer in the making: each chunk is written at once.
pub(super) struct Answer {
    pub(super) status: Option<u16>,
    pub(super) content_type: &'static str,
    pub(super) headers: Vec<(String, String)>,
    pub(super) chunks: Vec<Bytes>,
    /// A stream says no length beforehand.
    pub(super) streamed: bool,
}

impl Dialect {
    /// By the path, as the providers have it.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        match last {
            "completions" if path.ends_with("chat/completions") => Self::OpenAiChat,
            "responses" => Self::OpenAiResponses,
            "embeddings" => Self::OpenAiEmbeddings,
            "messages" => Self::AnthropicMessages,
            "mcp" => Self::Mcp,
            _ if last.contains(":generateContent")
                || last.contains(":streamGenerateContent")
                || last.contains("mbedContent") =>
            {
                Self::Gemini
            }
            _ => Self::Echo,
        }
    }

    /// The scripted words in this dialect, as the request asks for them.
    pub(super) fn answer(self, request: &Received, script: &Script) -> Answer {
        let asked = Asked {
            method: &request.method,
            path: &request.path,
            query: &request.query,
            accept: request.header("accept").unwrap_or_default(),
            body: serde_json::from_slice(&request.body).unwrap_or(Value::Null),
        };
        match self {
            Self::OpenAiChat => openai_chat::answer(&asked, script),
            Self::OpenAiResponses => openai_responses::answer(&asked, script),
            Self::OpenAiEmbeddings => openai_embeddings::answer(&asked, script),
            Self::AnthropicMessages => anthropic::answer(&asked, script),
            Self::Gemini => gemini::answer(&asked, script),
            Self::Mcp => mcp::answer(&asked, script),
            Self::Echo => super::echo::answer(request),
        }
    }
}

impl Asked<'_> {
    fn wants_stream(&self) -> bool {
        self.body.get("stream").and_then(Value::as_bool).unwrap_or(false)
    }

    fn model(&self) -> &str {
        self.body.get("model").and_then(Value::as_str).unwrap_or("test-model")
    }
}

impl Answer {
    /// One JSON document.
    pub(super) fn json(value: &Value) -> Self {
        Self {
            status: None,
            content_type: "application/json",
            headers: Vec::new(),
            chunks: vec![value.to_string().into()],
            streamed: false,
        }
    }

    /// Server-sent events, one chunk each.
    fn events(events: Vec<String>) -> Self {
        Self {
            status: None,
            content_type: "text/event-stream",
            headers: Vec::new(),
            chunks: events.into_iter().map(Bytes::from).collect(),
            streamed: true,
        }
    }
}

/// An event without a name.
fn data(value: &Value) -> String {
    format!("data: {value}\n\n")
}

/// An event whose name is the `type` of its data.
fn typed(value: &Value) -> String {
    let name = value.get("type").and_then(Value::as_str).unwrap_or("message");
    format!("event: {name}\ndata: {value}\n\n")
}
