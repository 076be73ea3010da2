//! Chunks of Chat Completions: `choices[].delta`, per choice and tool call.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::reading::{Address, Ending, Kind, Reading, Stamp};
use crate::dialect::{ChatTokens, Count, Refusal, Text, Usage, json};

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    created: Option<&'a RawValue>,
    #[serde(borrow)]
    model: Option<&'a RawValue>,
    #[serde(borrow)]
    choices: Option<Vec<Choice<'a>>>,
    #[serde(borrow)]
    usage: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(default)]
    index: Count,
    #[serde(borrow, alias = "message")]
    delta: Option<Delta<'a>>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    logprobs: Option<&'a RawValue>,
    #[serde(borrow)]
    finish_reason: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    reasoning_content: Option<&'a RawValue>,
    #[serde(borrow)]
    reasoning: Option<&'a RawValue>,
    #[serde(borrow)]
    reasoning_details: Option<&'a RawValue>,
    #[serde(borrow)]
    refusal: Option<&'a RawValue>,
    #[serde(borrow)]
    tool_calls: Option<Vec<Call<'a>>>,
    #[serde(borrow)]
    function_call: Option<Function<'a>>,
    #[serde(borrow)]
    audio: Option<Audio<'a>>,
}

#[derive(Deserialize)]
struct Call<'a> {
    index: Option<Count>,
    #[serde(borrow)]
    function: Option<Function<'a>>,
    #[serde(borrow)]
    custom: Option<Function<'a>>,
}

#[derive(Deserialize)]
struct Function<'a> {
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Audio<'a> {
    #[serde(borrow)]
    transcript: Option<&'a RawValue>,
}

/// A part of content or reasoning where a provider sends a list of them.
#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    summary: Option<&'a RawValue>,
    #[serde(borrow)]
    thinking: Option<&'a RawValue>,
}

pub(super) fn read(data: &str) -> Option<Reading<'_>> {
    let chunk: Chunk<'_> = serde_json::from_str(data).ok()?;
    let mut reading = Reading {
        stamp: Stamp { id: chunk.id, created: chunk.created, model: chunk.model, sequence: None },
        usage: chunk
            .usage
            .and_then(|raw| serde_json::from_str::<ChatTokens>(raw.get()).ok())
            .map(Usage::from),
        ..Reading::default()
    };
    reading.usage_alone = reading.usage.is_some() && chunk.choices.as_ref().is_some_and(Vec::is_empty);
    for choice in chunk.choices.into_iter().flatten() {
        choice.read(&mut reading);
    }
    Some(reading)
}

impl<'a> Choice<'a> {
    fn read(self, reading: &mut Reading<'a>) {
        let part = self.index.0.unwrap_or(0);
        reading.opened.push(part);
        reading.slot(part, 0, Kind::Completion, self.text);
        if let Some(delta) = self.delta {
            delta.read(part, reading);
        }
        reading.echo(self.logprobs, "null");
        if let Some(reason) = self.finish_reason {
            reading.finish = Some(reason.0.into_owned());
            reading.endings.push(Ending::Part(part));
            reading.closed.push(part);
        }
    }
}

impl<'a> Delta<'a> {
    fn read(self, part: u64, reading: &mut Reading<'a>) {
        parts(part, Kind::Text, self.content, reading);
        parts(part, Kind::Reasoning("reasoning_content"), self.reasoning_content, reading);
        parts(part, Kind::Reasoning("reasoning"), self.reasoning, reading);
        parts(part, Kind::Reasoning("reasoning_details"), self.reasoning_details, reading);
        reading.slot(part, 0, Kind::Refusal, self.refusal);
        reading.slot(part, 0, Kind::Transcript, self.audio.and_then(|audio| audio.transcript));
        for (nth, call) in self.tool_calls.into_iter().flatten().enumerate() {
            let item = call.index.and_then(|index| index.0).unwrap_or(nth as u64);
            reading.slot(part, item, Kind::Arguments, call.function.and_then(|function| function.arguments));
            reading.slot(part, item, Kind::Other(CUSTOM), call.custom.and_then(|custom| custom.input));
        }
        reading.slot(part, 0, Kind::FunctionCall, self.function_call.and_then(|call| call.arguments));
    }
}

/// Tells a custom tool's free text from the other channels.
const CUSTOM: u64 = 1;

/// A member that is a string, or a list of parts with text.
fn parts<'a>(part: u64, kind: Kind, value: Option<&'a RawValue>, reading: &mut Reading<'a>) {
    reading.slot(part, 0, kind, value);
    let Some(list) = value.map(RawValue::get).filter(|value| value.starts_with('[')) else { return };
    for one in serde_json::from_str::<Vec<Part<'a>>>(list).unwrap_or_default() {
        reading.slot(part, 1, kind, one.text);
        reading.slot(part, 2, kind, one.summary);
        let thinking = Kind::Reasoning("thinking");
        reading.slot(part, 1, thinking, one.thinking);
        if let Some(nested) = one.thinking.map(RawValue::get).filter(|value| value.starts_with('[')) {
            for text in serde_json::from_str::<Vec<Part<'a>>>(nested).unwrap_or_default() {
                reading.slot(part, 1, thinking, text.text);
            }
        }
    }
}

/// A chunk that carries one more piece of the channel: what stands before its string token, and after it.
pub(super) fn carrier(stamp: Stamp<'_>, address: Address) -> (String, String) {
    let Address { part, item, kind } = address;
    let list = item > 0;
    let (before, after) = match kind {
        Kind::Text if list => (r#""content":[{"type":"text","text":"#.to_owned(), "}]"),
        Kind::Text => (r#""content":"#.to_owned(), ""),
        Kind::Reasoning("thinking") => {
            (r#""content":[{"type":"thinking","thinking":[{"type":"text","text":"#.to_owned(), "}]}]")
        }
        Kind::Reasoning(member @ "reasoning_details") if item == 2 => {
            (format!(r#""{member}":[{{"type":"reasoning.summary","summary":"#), "}]")
        }
        Kind::Reasoning(member) if list => {
            (format!(r#""{member}":[{{"type":"reasoning.text","text":"#), "}]")
        }
        Kind::Reasoning(member) => (format!(r#""{member}":"#), ""),
        Kind::Refusal => (r#""refusal":"#.to_owned(), ""),
        Kind::Arguments => (format!(r#""tool_calls":[{{"index":{item},"function":{{"arguments":"#), "}}]"),
        Kind::Other(_) | Kind::Line => {
            (format!(r#""tool_calls":[{{"index":{item},"custom":{{"input":"#), "}}]")
        }
        Kind::FunctionCall => (r#""function_call":{"arguments":"#.to_owned(), "}"),
        Kind::Transcript => (r#""audio":{"transcript":"#.to_owned(), "}"),
        Kind::Completion => {
            let head = head(stamp, "text_completion");
            return (
                format!(r#"{head},"choices":[{{"index":{part},"text":"#),
                r#","finish_reason":null}]}"#.to_owned(),
            );
        }
    };
    let head = head(stamp, "chat.completion.chunk");
    (
        format!(r#"{head},"choices":[{{"index":{part},"delta":{{{before}"#),
        format!(r#"{after}}},"finish_reason":null}}]}}"#),
    )
}

fn head(stamp: Stamp<'_>, object: &str) -> String {
    let id = stamp.id.map_or("\"chatcmpl-renlayer\"", RawValue::get);
    let created = stamp.created.map_or("0", RawValue::get);
    let model = stamp.model.map_or("\"\"", RawValue::get);
    format!(r#"{{"id":{id},"object":"{object}","created":{created},"model":{model}"#)
}

/// The last chunk of each choice that is open, and the end of the stream.
pub(super) fn terminal(stamp: Stamp<'_>, open: &[u64], refusal: &Refusal) -> String {
    let head = head(stamp, "chat.completion.chunk");
    let notice = json(&refusal.notice());
    let reason = if refusal.is_of_length() { "length" } else { "content_filter" };
    let open = if open.is_empty() { &[0] } else { open };
    let choices: Vec<String> = open
        .iter()
        .map(|index| format!(r#"{{"index":{index},"delta":{{}},"finish_reason":"{reason}"}}"#))
        .collect();
    format!("data: {head},\"choices\":[{}],\"renlayer\":{notice}}}\n\ndata: [DONE]\n\n", choices.join(","))
}
