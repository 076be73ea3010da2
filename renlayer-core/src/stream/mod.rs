//! Answers under way: events in, what may leave out.
//!
//! An answer that streams cuts its text into deltas, and a secret may lie across any number of them. Each channel (a
//! choice, a content block, a tool call's arguments, …) is therefore put together again and scanned as one text, and
//! the [`StreamEditor`] keeps the contract of [`renlayer_dlp::StreamScanner`] for each of them:
//!
//! - an event whose text may leave as it came does so byte for byte;
//! - one whose text is held or redacted is rewritten in that text alone, every other byte as it came;
//! - what is held leaves in an event of its own before the event that ends the channel;
//! - everything in an event that is no channel's text is scanned too, as JSON.
//!
//! | file | idea |
//! |---|---|
//! | `editor` | the walk of one event; `edit` writes it anew |
//! | `frame` | where one event ends and the next begins; `message` for Amazon's event streams |
//! | `reading` | what an event says, told by `openai_chat`, `openai_responses`, `anthropic`, `gemini`, `bedrock` |
//! | `channel` | one text in pieces; `arguments` for fragments of JSON, `bytes` for bodies without events |
//! | `tape` | how what is scanned maps to what is written |
//! | `state` | which parts of the answer are open, and the events that end it |
//! | `summary` | what a trace keeps |

mod anthropic;
mod arguments;
mod bedrock;
mod bytes;
mod channel;
mod edit;
mod editor;
mod frame;
mod gemini;
mod message;
mod openai_chat;
mod openai_responses;
mod reading;
mod released;
mod state;
mod summary;
mod tape;
mod token;

use std::sync::Arc;

use ::bytes::Bytes;
use renlayer_dlp::{Direction, KnownValues, Scanner};

pub(crate) use self::reading::place;
use self::summary::Heard;
pub use self::summary::StreamSummary;
use self::{
    bytes::RawText,
    editor::Events,
    frame::{Framing, Values},
    message::Messages,
    released::Released,
};
use crate::{
    dialect::{Dialect, JsonRpcId, Refusal},
    sse::Parser,
    tokens::Running,
};

/// Follows one streamed answer.
pub struct StreamEditor {
    body: Body,
    /// Why the stream may not go on.
    stopped: Option<Flow>,
}

enum Body {
    Events(Box<Events>),
    Text(Box<RawText>, Box<StreamSummary>),
    /// Events that could not be read any further: scanned for what must not come back, and for nothing else.
    Unread(Box<RawText>, Box<StreamSummary>),
}

/// Whether a stream may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Flow {
    /// It may.
    Continue,
    /// Something of this class must not leave: the caller ends the stream with [`StreamEditor::terminal`].
    Block(Arc<str>),
    /// An event passed the bound or is not of its encoding, and cannot be scanned: the caller ends the stream likewise.
    Unscannable,
}

/// The longest event that is put together unless a caller of ours wants another bound. Images come in one event each.
pub const EVENT_BOUND: usize = 16 * 1024 * 1024;

// === impl StreamEditor ===

impl StreamEditor {
    /// The editor for an answer with this content type: server-sent events, Amazon's event streams, a stream of JSON
    /// values where the dialect has one, or text.
    pub fn of(dialect: Dialect, content_type: &str, scanner: &Scanner, known: Option<KnownValues>) -> Self {
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let values = kind == "application/json" && dialect == Dialect::Gemini;
        let lines = matches!(&*kind, "application/x-ndjson" | "application/ndjson" | "application/jsonl");
        match &*kind {
            "text/event-stream" => Self::sse(dialect, scanner, known),
            "application/vnd.amazon.eventstream" => Self::messages(scanner, known),
            _ if values || lines => Self::values(dialect, scanner, known),
            _ => Self::text(scanner, known),
        }
    }

    /// Follows server-sent events.
    pub fn sse(dialect: Dialect, scanner: &Scanner, known: Option<KnownValues>) -> Self {
        Self::events(dialect, Framing::Events(Parser::new(EVENT_BOUND)), scanner, known)
    }

    /// Follows messages of Amazon's event stream encoding, as Bedrock streams them. Events of other services are scanned
    /// one by one.
    pub fn messages(scanner: &Scanner, known: Option<KnownValues>) -> Self {
        Self::events(Dialect::Bedrock, Framing::Messages(Messages::new(EVENT_BOUND)), scanner, known)
    }

    /// Follows JSON values in one array, as Gemini streams without `alt=sse`, or on lines.
    pub fn values(dialect: Dialect, scanner: &Scanner, known: Option<KnownValues>) -> Self {
        Self::events(dialect, Framing::Values(Values::new(EVENT_BOUND)), scanner, known)
    }

    /// Follows any other body as one text.
    pub fn text(scanner: &Scanner, known: Option<KnownValues>) -> Self {
        let text = Box::new(RawText::new(scanner.stream(Direction::Response, known)));
        Self { body: Body::Text(text, Box::default()), stopped: None }
    }

    /// The same, keeping back an event that tells the usage and nothing else: its reader did not ask for one.
    #[must_use]
    pub fn hiding_usage(mut self) -> Self {
        if let Body::Events(events) = &mut self.body {
            events.hide_usage();
        }
        self
    }

    /// The same, counting the tokens of its text. What has no events is estimated.
    #[must_use]
    pub(crate) fn counting(mut self, running: Running) -> Self {
        if let Body::Events(events) = &mut self.body {
            events.count(running);
        }
        self
    }

    /// What is known of the answer so far; its findings and its text are not among it.
    pub fn so_far(&self) -> &StreamSummary {
        match &self.body {
            Body::Events(events) => events.so_far(),
            Body::Text(_, summary) | Body::Unread(_, summary) => summary,
        }
    }

    /// The class of a finding that would block, where findings are only observed.
    pub(crate) fn would_block(&self) -> Option<Arc<str>> {
        match &self.body {
            Body::Events(events) => events.would_block(),
            Body::Text(text, _) | Body::Unread(text, _) => {
                channel::would_block(text.scanner().findings().iter())
            }
        }
    }

    /// After [`Flow::Unscannable`], where the stream is to go on all the same: appends what is held as it came, and follows
    /// the rest as bytes that no one looks into, but for `known`.
    pub(crate) fn give_up(&mut self, known: Option<KnownValues>, out: &mut Vec<Bytes>) -> Flow {
        let Body::Events(events) = &mut self.body else { return Flow::Continue };
        let (rest, summary, flow) = events.give_up(&mut Released::new(&Bytes::new(), out));
        let mut text = Box::new(RawText::new(Scanner::silent().stream(Direction::Response, known)));
        // These bytes are counted as opaque already.
        let (released, verdict) = text.push(&rest);
        let flow = match flow {
            Flow::Continue => Self::text_flow(&text, released, verdict, out),
            stopped => stopped,
        };
        self.body = Body::Unread(text, Box::new(summary));
        self.stopped = None;
        self.stop_unless_continued(flow)
    }

    /// Whether the answer has come to its own end, so that nothing is left to be cut.
    pub fn has_answered(&self) -> bool {
        match &self.body {
            Body::Events(events) => events.has_answered(),
            Body::Text(..) | Body::Unread(..) => false,
        }
    }

    fn events(dialect: Dialect, framing: Framing, scanner: &Scanner, known: Option<KnownValues>) -> Self {
        let events = Events::new(dialect, framing, scanner.clone(), known);
        Self { body: Body::Events(Box::new(events)), stopped: None }
    }

    /// Takes the next chunk and appends to `out` what may leave now. After anything but [`Flow::Continue`] nothing
    /// more leaves.
    pub fn push(&mut self, chunk: Bytes, out: &mut Vec<Bytes>) -> Flow {
        if let Some(stopped) = &self.stopped {
            return stopped.clone();
        }
        let flow = match &mut self.body {
            Body::Events(events) => {
                let mut released = Released::new(&chunk, out);
                events.push(chunk, &mut released)
            }
            Body::Text(text, summary) => {
                summary.scanned += chunk.len() as u64;
                summary.written += chunk.len() as u64;
                let (released, verdict) = text.push(&chunk);
                Self::text_flow(text, released, verdict, out)
            }
            Body::Unread(text, summary) => {
                summary.opaque += chunk.len() as u64;
                summary.written += chunk.len() as u64;
                let (released, verdict) = text.push(&chunk);
                Self::text_flow(text, released, verdict, out)
            }
        };
        self.stop_unless_continued(flow)
    }

    /// The upstream has ended, cleanly or not: appends what was held and may leave.
    pub fn end(&mut self, out: &mut Vec<Bytes>) -> Flow {
        if let Some(stopped) = &self.stopped {
            return stopped.clone();
        }
        let flow = match &mut self.body {
            Body::Events(events) => events.end(&mut Released::new(&Bytes::new(), out)),
            Body::Text(text, _) | Body::Unread(text, _) => {
                let (released, verdict) = text.finish();
                Self::text_flow(text, released, verdict, out)
            }
        };
        self.stop_unless_continued(flow)
    }

    /// Bytes that came and have not left.
    pub fn held(&self) -> usize {
        match &self.body {
            Body::Events(events) => events.held(),
            Body::Text(text, _) | Body::Unread(text, _) => text.held(),
        }
    }

    /// The events that end the stream where it stands, so that the caller's parser ends properly: parts that are open
    /// are closed, and the answer says that it was refused. Nothing where the answer is complete, or is plain text.
    pub fn terminal(&self, refusal: &Refusal, request_id: Option<&JsonRpcId>) -> Bytes {
        match &self.body {
            Body::Events(events) => events.terminal(refusal, request_id),
            Body::Text(..) | Body::Unread(..) => Bytes::new(),
        }
    }

    /// What was said and found. To be asked for once, after the end.
    pub fn summary(&mut self) -> StreamSummary {
        match &mut self.body {
            Body::Events(events) => events.summary(),
            Body::Text(text, summary) => {
                let scanner = text.scanner();
                summary.channel(scanner.findings(), scanner.cost(), text.heard());
                std::mem::take(&mut **summary)
            }
            Body::Unread(text, summary) => {
                let scanner = text.scanner();
                summary.channel(scanner.findings(), scanner.cost(), &Heard::default());
                std::mem::take(&mut **summary)
            }
        }
    }

    fn text_flow(
        text: &RawText,
        released: Bytes,
        verdict: renlayer_dlp::Verdict,
        out: &mut Vec<Bytes>,
    ) -> Flow {
        if !released.is_empty() {
            out.push(released);
        }
        match verdict {
            renlayer_dlp::Verdict::Continue => Flow::Continue,
            renlayer_dlp::Verdict::Block => Flow::Block(channel::blocking(text.scanner().findings())),
        }
    }

    fn stop_unless_continued(&mut self, flow: Flow) -> Flow {
        if flow != Flow::Continue {
            self.stopped = Some(flow.clone());
        }
        flow
    }
}

impl std::fmt::Debug for StreamEditor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamEditor")
            .field("held", &self.held())
            .field("stopped", &self.stopped)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
