//! Events of Messages: content blocks that open, grow by deltas and close.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::reading::{Address, Ending, Kind, Reading, Stamp};
use crate::dialect::{AnthropicAnswer, AnthropicTokens, Count, Refusal, Text, Usage, json};

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(default)]
    index: Count,
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    #[serde(borrow)]
    content_block: Option<Delta<'a>>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    usage: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    partial_json: Option<&'a RawValue>,
    #[serde(borrow)]
    thinking: Option<&'a RawValue>,
    /// The summary of a compacted context.
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    stop_reason: Option<Text<'a>>,
}

pub(super) fn read(data: &str) -> Option<Reading<'_>> {
    let event: Event<'_> = serde_json::from_str(data).ok()?;
    let mut reading = Reading::default();
    let part = event.index.0.unwrap_or(0);
    match &*event.kind?.0 {
        "content_block_start" => {
            reading.opened.push(part);
            if let Some(block) = event.content_block {
                block.slots(part, &mut reading);
            }
        }
        "content_block_delta" => {
            if let Some(delta) = event.delta {
                delta.slots(part, &mut reading);
            }
        }
        "content_block_stop" => {
            reading.endings.push(Ending::Part(part));
            reading.closed.push(part);
        }
        "message_start" => start(event.message, &mut reading),
        "message_delta" => {
            reading.endings.push(Ending::All);
            reading.usage = tokens(event.usage);
            reading.finish =
                event.delta.and_then(|delta| delta.stop_reason).map(|reason| reason.0.into_owned());
        }
        "message_stop" | "error" => {
            reading.endings.push(Ending::All);
            reading.complete = true;
        }
        _ => {}
    }
    Some(reading)
}

impl<'a> Delta<'a> {
    fn slots(self, part: u64, reading: &mut Reading<'a>) {
        reading.slot(part, 0, Kind::Text, self.text);
        reading.slot(part, 0, Kind::Arguments, self.partial_json);
        reading.slot(part, 0, Kind::Reasoning("thinking"), self.thinking);
        reading.slot(part, 0, Kind::Other(0), self.content);
    }
}

fn start<'a>(message: Option<&'a RawValue>, reading: &mut Reading<'a>) {
    reading.stamp = Stamp { id: message, ..Stamp::default() };
    let Some(message) = message else { return };
    let facts = serde_json::from_str::<AnthropicAnswer<'_>>(message.get()).unwrap_or_default().facts();
    (reading.usage, reading.model) = (Some(facts.usage), facts.model);
}

fn tokens(usage: Option<&RawValue>) -> Option<Usage> {
    let tokens: AnthropicTokens = serde_json::from_str(usage?.get()).ok()?;
    Some(tokens.into())
}

/// A delta that carries one more piece of the channel: what stands before its string token, and after it.
pub(super) fn carrier(address: Address) -> (String, String) {
    let (kind, member) = match address.kind {
        Kind::Arguments => ("input_json_delta", "partial_json"),
        Kind::Reasoning(_) => ("thinking_delta", "thinking"),
        Kind::Other(_) => ("compaction_delta", "content"),
        _ => ("text_delta", "text"),
    };
    let part = address.part;
    let before =
        format!(r#"{{"type":"content_block_delta","index":{part},"delta":{{"type":"{kind}","{member}":"#);
    (before, "}}".to_owned())
}

/// The terminal events as a stream has them.
pub(super) fn terminal(started: bool, open: &[u64], output: u64, refusal: &Refusal) -> String {
    let events = terminal_events(started, open, output, refusal);
    events.iter().map(|(name, data)| format!("event: {name}\ndata: {data}\n\n")).collect()
}

/// Closes the blocks that are open, then the message, as refused: each event's name and data.
///
/// A stream that never began gets its beginning first: the official parsers take nothing before `message_start`.
pub(super) fn terminal_events(
    started: bool,
    open: &[u64],
    output: u64,
    refusal: &Refusal,
) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    if !started {
        let start = "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_renlayer\",\
             \"type\":\"message\",\"role\":\"assistant\",\"model\":\"\",\"content\":[],\"stop_reason\":null,\
             \"stop_sequence\":null,\"usage\":{\"input_tokens\":0,\"output_tokens\":0}}}";
        out.push(("message_start", start.to_owned()));
    }
    for index in open {
        let stop = format!("{{\"type\":\"content_block_stop\",\"index\":{index}}}");
        out.push(("content_block_stop", stop));
    }
    let notice = json(&refusal.notice());
    let reason = if refusal.is_of_length() { "max_tokens" } else { "refusal" };
    let delta = format!(
        "{{\"type\":\"message_delta\",\"delta\":{{\"stop_reason\":\"{reason}\",\"stop_sequence\":null}},\
         \"usage\":{{\"output_tokens\":{output}}},\"renlayer\":{notice}}}"
    );
    out.push(("message_delta", delta));
    out.push(("message_stop", "{\"type\":\"message_stop\"}".to_owned()));
    out
}
