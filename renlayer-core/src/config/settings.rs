//! The settings of the process: everything in the file that is neither a route nor declared governance.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::{address, duration};
use crate::snapshot::{OnChange, WithoutLease};

/// What a call without an agent key is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// On a loopback listener it belongs to the agent `default`; elsewhere it is refused.
    #[default]
    LoopbackDefault,
    /// It is refused.
    Required,
}

/// Bounds of the process on what one call may take.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bounds {
    /// Bytes of a body that has to be judged whole.
    pub max_body_bytes: usize,
    /// Bytes of a body after its content coding is undone.
    pub max_decoded_bytes: usize,
    /// Bytes of all headers together.
    pub max_header_bytes: usize,
    /// Headers of a request.
    pub max_headers: usize,
    /// Connections held open at once.
    pub max_connections: usize,
    /// Tokens that an answer is taken to have at most where its caller declares no bound.
    pub assumed_output_tokens: u64,
}

/// How long things may take. A route may say otherwise of its upstream.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// To reach an upstream, TLS included.
    #[serde(deserialize_with = "duration::deserialize")]
    pub connect: Duration,
    /// From the request's last byte to the head of the answer.
    #[serde(deserialize_with = "duration::deserialize")]
    pub first_byte: Duration,
    /// Between two pieces of an answer's body.
    #[serde(deserialize_with = "duration::deserialize")]
    pub idle: Duration,
    /// For a client to send its request's head.
    #[serde(deserialize_with = "duration::deserialize")]
    pub request_head: Duration,
    /// For calls under way to end when the process is told to stop.
    #[serde(deserialize_with = "duration::deserialize")]
    pub drain: Duration,
}

/// The right to judge, which an instance has for a while at a time: so that no change of governance has to wait longer for
/// one that is cut off, or paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LeaseSettings {
    /// For how long. It is renewed four times as often.
    #[serde(deserialize_with = "duration::deserialize")]
    pub term: Duration,
    /// What becomes of calls while it is lost.
    pub lost: WithoutLease,
}

/// Answers that stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StreamSettings {
    /// What becomes of those under way when governance changes.
    pub on_change: OnChange,
}

/// What is logged, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogSettings {
    /// The least severity that is logged.
    pub level: LogLevel,
    /// One line of text or one JSON object for each event.
    pub format: LogFormat,
}

/// Severities of log events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Failures that need somebody.
    Error,
    /// What may become one.
    Warn,
    /// What the process does.
    #[default]
    Info,
    /// How it does it.
    Debug,
    /// Everything.
    Trace,
}

/// The shape of log events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines.
    Json,
}

/// The listener for operators.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdminSettings {
    /// Its own address; without one it shares the agents' listener where that is bound to loopback.
    #[serde(deserialize_with = "address::deserialize_optional")]
    pub listen: Option<SocketAddr>,
}

/// How traces are kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TraceSettings {
    /// When an action counts as recorded.
    pub durability: Durability,
    /// Bytes that are kept of each body, per direction.
    pub max_body_bytes: usize,
    /// How long traces are kept; forever where it is `null`.
    #[serde(deserialize_with = "duration::optional::deserialize")]
    pub retention: Option<Duration>,
    /// The directory of the journal that takes traces while the store cannot.
    pub journal: PathBuf,
    /// Bytes the journal may grow to.
    pub journal_max_bytes: u64,
    /// Traces that may wait in memory for the store.
    pub queue: usize,
    /// Traces that are stored at once.
    pub batch: usize,
}

/// When an action counts as recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// Soon after it ended: in batches, within some tens of milliseconds.
    #[default]
    Batched,
    /// Before the call goes out.
    Strict,
}

// === defaults ===

impl Default for Bounds {
    fn default() -> Self {
        Self {
            max_body_bytes: 16 << 20,
            max_decoded_bytes: 64 << 20,
            max_header_bytes: 64 << 10,
            max_headers: 128,
            max_connections: 10_000,
            assumed_output_tokens: 4_096,
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(600),
            idle: Duration::from_secs(300),
            request_head: Duration::from_secs(15),
            drain: Duration::from_secs(30),
        }
    }
}

impl Default for LeaseSettings {
    fn default() -> Self {
        Self { term: Duration::from_secs(2), lost: WithoutLease::default() }
    }
}

impl Default for TraceSettings {
    fn default() -> Self {
        Self {
            durability: Durability::default(),
            max_body_bytes: 8 << 10,
            retention: Some(Duration::from_secs(30 * 86_400)),
            journal: "renlayer-journal".into(),
            journal_max_bytes: 256 << 20,
            queue: 4_096,
            batch: 500,
        }
    }
}

// === names ===

impl LogLevel {
    /// The level as it is written in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}
