//! Events of Bedrock's ConverseStream: content blocks that grow by deltas and close, in messages of their own types.
//!
//! An event's payload has no member that names it; what it is follows from its members, of which each event has its own.
//! Events of InvokeModelWithResponseStream are the model's own: those of Anthropic's models are read by `anthropic`.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    anthropic,
    message::{chunk, event_message, exception_message},
    reading::{Address, Ending, Kind, Reading},
};
use crate::dialect::{BedrockTokens, Count, Notice, Refusal, RefusalKind, Skipped, Text, Usage, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    role: Option<Skipped>,
    content_block_index: Option<Count>,
    start: Option<Skipped>,
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    #[serde(borrow)]
    stop_reason: Option<Text<'a>>,
    #[serde(borrow)]
    usage: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delta<'a> {
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    tool_use: Option<ToolUse<'a>>,
    #[serde(borrow)]
    reasoning_content: Option<Reasoning<'a>>,
}

#[derive(Deserialize)]
struct ToolUse<'a> {
    #[serde(borrow)]
    input: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Reasoning<'a> {
    #[serde(borrow)]
    text: Option<&'a RawValue>,
}

pub(super) fn read(data: &str) -> Option<Reading<'_>> {
    let event: Event<'_> = serde_json::from_str(data).ok()?;
    let mut reading = Reading::default();
    let part = event.content_block_index.and_then(|index| index.0);
    let grows = event.start.is_some() || event.delta.is_some();
    if let Some(delta) = event.delta {
        delta.slots(part.unwrap_or(0), &mut reading);
    }
    match part {
        // Blocks of text have no start of their own: the first delta opens them.
        Some(part) if grows => reading.opened.push(part),
        Some(part) => {
            reading.endings.push(Ending::Part(part));
            reading.closed.push(part);
        }
        None => {}
    }
    if let Some(reason) = &event.stop_reason {
        reading.finish = Some(reason.0.clone().into_owned());
        reading.endings.push(Ending::All);
        reading.complete = true;
    }
    reading.usage = event.usage.and_then(tokens);
    let known = grows
        || part.is_some()
        || event.role.is_some()
        || event.stop_reason.is_some()
        || reading.usage.is_some();
    known.then_some(reading)
}

impl<'a> Delta<'a> {
    fn slots(self, part: u64, reading: &mut Reading<'a>) {
        reading.slot(part, 0, Kind::Text, self.text);
        reading.slot(part, 0, Kind::Arguments, self.tool_use.and_then(|tool| tool.input));
        let reasoning = self.reasoning_content.and_then(|reasoning| reasoning.text);
        reading.slot(part, 0, Kind::Reasoning("reasoningContent"), reasoning);
    }
}

fn tokens(usage: &RawValue) -> Option<Usage> {
    serde_json::from_str::<BedrockTokens>(usage.get()).ok().map(Usage::from)
}

/// A delta that carries one more piece of the channel: what stands before its string token, and after it.
pub(super) fn carrier(address: Address) -> (String, String) {
    let (before, after) = match address.kind {
        Kind::Arguments => (r#"{"toolUse":{"input":"#, "}}}"),
        Kind::Reasoning(_) => (r#"{"reasoningContent":{"text":"#, "}}}"),
        _ => (r#"{"text":"#, "}}"),
    };
    (format!(r#"{{"contentBlockIndex":{},"delta":{before}"#, address.part), after.to_owned())
}

/// Where an answer stands that has to be ended.
pub(super) struct Position<'a> {
    pub(super) started: bool,
    /// Its events are a model's own.
    pub(super) chunked: bool,
    pub(super) open: &'a [u64],
    pub(super) output: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stop<'a> {
    stop_reason: &'static str,
    additional_model_response_fields: Fields<'a>,
}

#[derive(Serialize)]
struct Fields<'a> {
    renlayer: Notice<'a>,
}

/// The messages that end the answer.
///
/// What policy holds back ends it as a guardrail's intervention does: blocks are closed, and `guardrail_intervened` is what
/// agents know to mean that something outside the model stepped in (`content_filtered` is the model's own filter).
/// A limit that is reached ends it as a bound on its length does.
/// Anything else is a failure and not an answer, and before an answer has begun there is nothing to stop: an exception,
/// which is of both APIs and which every SDK raises.
pub(super) fn terminal(at: &Position<'_>, refusal: &Refusal) -> Bytes {
    let held_back = matches!(refusal.kind, RefusalKind::Dlp | RefusalKind::Policy);
    if !(held_back || refusal.is_of_length()) || !at.started {
        return exception(refusal);
    }
    if at.chunked {
        let events = anthropic::terminal_events(true, at.open, at.output, refusal);
        return events.iter().map(|(_, data)| chunk(data.as_bytes())).collect::<Vec<_>>().concat().into();
    }
    let mut out = Vec::new();
    for part in at.open {
        let stop = format!("{{\"contentBlockIndex\":{part}}}");
        out.extend_from_slice(&event_message("contentBlockStop", stop.as_bytes()));
    }
    let stop = Stop {
        stop_reason: if refusal.is_of_length() { "max_tokens" } else { "guardrail_intervened" },
        additional_model_response_fields: Fields { renlayer: refusal.notice() },
    };
    out.extend_from_slice(&event_message("messageStop", json(&stop).as_bytes()));
    out.into()
}

/// The exception that ends a stream: a client is to ask again only where the upstream failed.
pub(super) fn exception(refusal: &Refusal) -> Bytes {
    let kind = match refusal.kind {
        RefusalKind::Upstream | RefusalKind::UpstreamTimeout => "modelStreamErrorException",
        RefusalKind::Unavailable => "serviceUnavailableException",
        RefusalKind::RateLimit | RefusalKind::Budget => "throttlingException",
        _ => "validationException",
    };
    exception_message(kind, crate::dialect::bedrock_refusal(refusal).as_bytes())
}
