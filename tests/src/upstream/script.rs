//! What the upstream is to answer, as data: built in Rust, or sent as JSON to `/__script`.

use serde::{Deserialize, Serialize};

/// One scripted answer.
///
/// The default script says "Hello from upstream." in one piece. Every string in it may hold `{{credential}}`, which
/// becomes whatever credential the request carried: an upstream that echoes what it was told in confidence.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// Answers only requests whose path contains this.
    pub when: String,
    /// Answers that many requests, then steps aside; for ever when absent.
    pub times: Option<u32>,
    /// From 400 on, the answer is the provider's own error shape.
    pub status: u16,
    /// Headers beside those of the dialect.
    pub headers: Vec<(String, String)>,
    /// What the model says: one list of parts per choice (`n`). Dialects without choices take the first.
    pub choices: Vec<Vec<Part>>,
    /// What is counted at the end.
    pub usage: Usage,
    /// Instead of a dialect's answer: these pieces, one write each.
    pub raw: Option<Vec<String>>,
    /// As `raw`, each piece in base64, for bytes that are not text.
    pub raw_base64: Option<Vec<String>>,
    /// Instead of any HTTP answer: these bytes on the socket, in base64, then end of connection.
    pub socket_base64: Option<String>,
    /// Re-cuts the answer's bytes every so many, whatever the events.
    pub cut_every: Option<usize>,
    /// Compresses the answer and says so.
    pub coding: Coding,
    /// When each chunk leaves.
    pub pace: Pace,
    /// Milliseconds before the head of the answer.
    pub think_ms: u64,
    /// How the answer ends.
    pub ending: Ending,
}

/// A run of one kind in an answer, already cut into the fragments that are streamed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Words of the answer.
    Text(Vec<String>),
    /// Words of reasoning.
    Thinking(Vec<String>),
    /// A tool call; the fragments together are the JSON of its arguments.
    Tool {
        /// The function's name.
        name: String,
        /// Its arguments' JSON text, in fragments.
        arguments: Vec<String>,
    },
}

/// Token counts that the answer reports.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Usage {
    /// Tokens of the prompt.
    pub input: u64,
    /// Tokens of the answer.
    pub output: u64,
    /// Of the prompt's tokens, those read from a cache.
    pub cached: u64,
    /// Of the answer's tokens, those of reasoning.
    pub reasoning: u64,
}

/// The answer's content coding.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Coding {
    /// As it is.
    #[default]
    Identity,
    /// gzip.
    Gzip,
    /// deflate, in zlib's frame as RFC 9110 says.
    Deflate,
}

/// When each chunk leaves.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// At once.
    #[default]
    Free,
    /// With so many milliseconds between chunks.
    Millis(u64),
    /// Each when the test releases it.
    Gated,
}

/// How an answer ends.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// As it should.
    #[default]
    Complete,
    /// No head at all; the connection stays open.
    NeverStarts,
    /// So many chunks, then silence on an open connection.
    HangsAfter(usize),
    /// So many chunks, then the connection closes without the body's end.
    DiesAfter(usize),
    /// So many chunks, then a TCP reset.
    ResetsAfter(usize),
}

impl Default for Script {
    fn default() -> Self {
        Self {
            when: String::new(),
            times: None,
            status: 200,
            headers: Vec::new(),
            choices: vec![vec![Part::Text(vec!["Hello from upstream.".into()])]],
            usage: Usage::default(),
            raw: None,
            raw_base64: None,
            socket_base64: None,
            cut_every: None,
            coding: Coding::default(),
            pace: Pace::default(),
            think_ms: 0,
            ending: Ending::default(),
        }
    }
}

impl Default for Usage {
    fn default() -> Self {
        Self { input: 12, output: 7, cached: 0, reasoning: 0 }
    }
}

impl Script {
    /// An answer of one choice in these words, streamed one fragment per event.
    pub fn says<S: Into<String>>(fragments: impl IntoIterator<Item = S>) -> Self {
        Self::parts(vec![Part::text(fragments)])
    }

    /// An answer of one choice with these parts.
    #[must_use]
    pub fn parts(parts: Vec<Part>) -> Self {
        Self { choices: vec![parts], ..Self::default() }
    }

    /// An answer of these bytes, whatever the path.
    pub fn raw<S: Into<String>>(content_type: &str, pieces: impl IntoIterator<Item = S>) -> Self {
        Self {
            headers: vec![("content-type".into(), content_type.into())],
            raw: Some(pieces.into_iter().map(Into::into).collect()),
            ..Self::default()
        }
    }

    /// The provider's own error with this status.
    #[must_use]
    pub fn error(status: u16) -> Self {
        Self { status, ..Self::default() }
    }
}

impl Part {
    /// Words of the answer, in fragments.
    pub fn text<S: Into<String>>(fragments: impl IntoIterator<Item = S>) -> Self {
        Self::Text(fragments.into_iter().map(Into::into).collect())
    }

    /// A tool call whose arguments' JSON arrives in fragments.
    pub fn tool<S: Into<String>>(name: &str, arguments: impl IntoIterator<Item = S>) -> Self {
        Self::Tool { name: name.into(), arguments: arguments.into_iter().map(Into::into).collect() }
    }

    /// The fragments, whichever the kind.
    #[must_use]
    pub fn fragments(&self) -> &[String] {
        match self {
            Self::Text(fragments) | Self::Thinking(fragments) | Self::Tool { arguments: fragments, .. } => {
                fragments
            }
        }
    }

    /// The fragments put together.
    #[must_use]
    pub fn whole(&self) -> String {
        self.fragments().concat()
    }
}
