//! The wire dialects: which one a call speaks, what its bodies say, and how to refuse it in its own words.
//!
//! | file | speaks |
//! |---|---|
//! | `openai_chat` | Chat Completions and the older Completions, of OpenAI and all who copy it |
//! | `openai_responses` | Responses |
//! | `openai_embeddings` | Embeddings |
//! | `anthropic` | Messages |
//! | `gemini` | generateContent, streamGenerateContent, embedContent |
//! | `bedrock` | Converse and InvokeModel of Bedrock Runtime |
//! | `mcp` | the Model Context Protocol over streamable HTTP |
//! | `http` | everything else |
//!
//! Streams under way are followed by [`stream`](crate::stream).

mod anthropic;
mod bedrock;
mod classify;
mod facts;
mod gemini;
mod http;
mod loose;
mod mcp;
mod openai_chat;
mod openai_embeddings;
mod openai_responses;
mod refusal;
mod strict;

use renlayer_policy::ActionType;
use serde::{Deserialize, Serialize};

pub(crate) use self::classify::plain;
pub(crate) use self::{
    anthropic::{Response as AnthropicAnswer, Tokens as AnthropicTokens},
    bedrock::{Tokens as BedrockTokens, refusal as bedrock_refusal},
    gemini::Tokens as GeminiTokens,
    loose::{Count, Loose, Skipped, Text},
    mcp::refusal as mcp_refusal,
    openai_chat::Tokens as ChatTokens,
    openai_responses::Response as ResponsesAnswer,
    refusal::{Notice, json},
};
pub use self::{
    facts::{JsonRpcId, McpCall, RequestFacts, ResponseFacts, Unreadable, Usage},
    refusal::{Refusal, RefusalKind},
};

/// How a call and its answer are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// OpenAI Chat Completions.
    #[serde(rename = "openai_chat")]
    OpenAiChat,
    /// OpenAI Responses.
    #[serde(rename = "openai_responses")]
    OpenAiResponses,
    /// OpenAI Embeddings.
    #[serde(rename = "openai_embeddings")]
    OpenAiEmbeddings,
    /// Anthropic Messages.
    AnthropicMessages,
    /// Gemini, of Google AI and Vertex.
    Gemini,
    /// Converse and InvokeModel of Amazon Bedrock.
    Bedrock,
    /// The Model Context Protocol.
    Mcp,
    /// Anything else over HTTP.
    Http,
}

/// What a route says of its upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// OpenAI and all who speak as it does: Azure, Groq, Mistral, OpenRouter, Ollama, …
    #[serde(rename = "openai")]
    OpenAi,
    /// Anthropic.
    Anthropic,
    /// Google's Gemini.
    Gemini,
    /// Amazon Bedrock Runtime.
    Bedrock,
    /// An MCP server.
    Mcp,
    /// Nothing in particular.
    Http,
}

// === impl Dialect ===

impl Dialect {
    /// The name in traces, policies and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenAiChat => "openai_chat",
            Self::OpenAiResponses => "openai_responses",
            Self::OpenAiEmbeddings => "openai_embeddings",
            Self::AnthropicMessages => "anthropic_messages",
            Self::Gemini => "gemini",
            Self::Bedrock => "bedrock",
            Self::Mcp => "mcp",
            Self::Http => "http",
        }
    }

    /// The kind of action that a request of this dialect is.
    pub fn action_type(self, facts: &RequestFacts<'_>) -> ActionType {
        match self {
            _ if facts.embedding => ActionType::Embedding,
            Self::OpenAiChat
            | Self::OpenAiResponses
            | Self::AnthropicMessages
            | Self::Gemini
            | Self::Bedrock => ActionType::ChatCompletion,
            Self::OpenAiEmbeddings => ActionType::Embedding,
            Self::Mcp if facts.mcp.as_ref().is_some_and(|call| call.method == "tools/call") => {
                ActionType::ToolCall
            }
            Self::Mcp => ActionType::McpRequest,
            Self::Http => ActionType::HttpRequest,
        }
    }

    /// Reads what a request asks for. An empty body asks for nothing.
    ///
    /// # Errors
    /// [`Unreadable`] when the body is not what the dialect says, is nested too deeply, or gives a member that is read
    /// here more than once, so that another parser could read another value.
    pub fn read_request<'a>(self, path: &'a str, body: &'a [u8]) -> Result<RequestFacts<'a>, Unreadable> {
        if body.is_empty() {
            return Ok(self.read_path(path));
        }
        let mut facts = match self {
            Self::OpenAiChat => openai_chat::request(body)?,
            Self::OpenAiResponses => openai_responses::request(body)?,
            Self::OpenAiEmbeddings => openai_embeddings::request(body)?,
            Self::AnthropicMessages => anthropic::request(body)?,
            Self::Gemini => gemini::request(body)?,
            Self::Bedrock => bedrock::request(path, body)?,
            Self::Mcp => mcp::request(body)?,
            Self::Http => http::request(body),
        };
        let said = self.read_path(path);
        facts.stream |= said.stream;
        facts.embedding |= said.embedding;
        // A model in the path is the one that answers, whatever the body says.
        facts.model = said.model.or(facts.model);
        Ok(facts)
    }

    /// Reads what an answer says of itself; what cannot be read is left out.
    pub fn read_response(self, body: &[u8]) -> ResponseFacts {
        match self {
            Self::OpenAiChat | Self::OpenAiEmbeddings => openai_chat::response(body),
            Self::OpenAiResponses => openai_responses::response(body),
            Self::AnthropicMessages => anthropic::response(body),
            Self::Gemini => gemini::response(body),
            Self::Bedrock => bedrock::response(body),
            Self::Mcp | Self::Http => ResponseFacts::default(),
        }
    }

    fn read_path(self, path: &str) -> RequestFacts<'_> {
        match self {
            Self::Gemini => gemini::path(path),
            Self::Bedrock => bedrock::path(path),
            Self::OpenAiChat | Self::OpenAiResponses | Self::OpenAiEmbeddings => openai_chat::path(path),
            Self::AnthropicMessages | Self::Mcp | Self::Http => RequestFacts::default(),
        }
    }
}

#[cfg(test)]
mod tests;
