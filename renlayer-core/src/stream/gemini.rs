//! Chunks of streamGenerateContent: `candidates[].content.parts[]`, each chunk a whole response of its own.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::reading::{Address, Ending, Kind, Reading, Stamp, hash};
use crate::dialect::{Count, GeminiTokens, Refusal, Text, Usage, json};

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow)]
    candidates: Option<Vec<Candidate<'a>>>,
    #[serde(borrow, rename = "usageMetadata", alias = "usage_metadata")]
    usage: Option<&'a RawValue>,
    #[serde(borrow, rename = "modelVersion", alias = "model_version")]
    model: Option<&'a RawValue>,
    #[serde(borrow, rename = "responseId", alias = "response_id")]
    id: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Candidate<'a> {
    #[serde(default)]
    index: Count,
    #[serde(borrow)]
    content: Option<Content<'a>>,
    #[serde(borrow, rename = "finishReason", alias = "finish_reason")]
    finish: Option<Text<'a>>,
    #[serde(borrow, rename = "logprobsResult", alias = "logprobs_result")]
    logprobs: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow)]
    parts: Option<Vec<Part<'a>>>,
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    thought: Option<&'a RawValue>,
    #[serde(borrow, rename = "functionCall", alias = "function_call")]
    call: Option<Call<'a>>,
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow, rename = "partialArgs", alias = "partial_args")]
    partial: Option<Vec<Argument<'a>>>,
}

/// A piece of one argument, which its path names.
#[derive(Deserialize)]
struct Argument<'a> {
    #[serde(borrow, rename = "jsonPath", alias = "json_path")]
    path: Option<Text<'a>>,
    #[serde(borrow, rename = "stringValue", alias = "string_value")]
    string: Option<&'a RawValue>,
    #[serde(rename = "willContinue", alias = "will_continue")]
    goes_on: Option<bool>,
}

pub(super) fn read(data: &str) -> Option<Reading<'_>> {
    let chunk: Chunk<'_> = serde_json::from_str(data).ok()?;
    let mut reading = Reading {
        stamp: Stamp { id: chunk.id, model: chunk.model, ..Stamp::default() },
        usage: chunk
            .usage
            .and_then(|raw| serde_json::from_str::<GeminiTokens>(raw.get()).ok())
            .map(Usage::from),
        ..Reading::default()
    };
    for candidate in chunk.candidates.into_iter().flatten() {
        candidate.read(&mut reading);
    }
    Some(reading)
}

impl<'a> Candidate<'a> {
    fn read(self, reading: &mut Reading<'a>) {
        let index = self.index.0.unwrap_or(0);
        reading.opened.push(index);
        for part in self.content.and_then(|content| content.parts).into_iter().flatten() {
            part.read(index, reading);
        }
        reading.echo(self.logprobs, "{}");
        if let Some(reason) = self.finish {
            reading.finish = Some(reason.0.into_owned());
            reading.endings.push(Ending::Part(index));
            reading.closed.push(index);
        }
    }
}

impl<'a> Part<'a> {
    fn read(self, index: u64, reading: &mut Reading<'a>) {
        let thought = self.thought.is_some_and(|thought| thought.get() == "true");
        let kind = if thought { Kind::Reasoning("thought") } else { Kind::Text };
        reading.slot(index, 0, kind, self.text);
        for argument in self.call.and_then(|call| call.partial).into_iter().flatten() {
            let path = argument.path.map_or(0, |path| hash(&path.0));
            reading.slot(index, path, Kind::Other(path), argument.string);
            if argument.goes_on != Some(true) {
                reading.endings.push(Ending::Item(index, path));
            }
        }
    }
}

/// A chunk that carries one more piece of the channel: what stands before its string token, and after it.
///
/// What is left of an argument's piece has no call to stand in any more and leaves as the candidate's text would.
pub(super) fn carrier(stamp: Stamp<'_>, address: Address) -> (String, String) {
    let thought = if matches!(address.kind, Kind::Reasoning(_)) { r#""thought":true,"# } else { "" };
    let before = format!(r#"{{"candidates":[{{"content":{{"parts":[{{{thought}"text":"#);
    let after = format!(r#"}}],"role":"model"}},"index":{}}}]{}}}"#, address.part, tail(stamp));
    (before, after)
}

fn tail(stamp: Stamp<'_>) -> String {
    let mut tail = String::new();
    if let Some(model) = stamp.model {
        tail.push_str(&format!(",\"modelVersion\":{}", model.get()));
    }
    if let Some(id) = stamp.id {
        tail.push_str(&format!(",\"responseId\":{}", id.get()));
    }
    tail
}

/// The last chunk of each candidate that is open.
///
/// Google's SDKs refuse members that they do not know, so the notice is in the words of `finishMessage`.
pub(super) fn terminal(stamp: Stamp<'_>, open: &[u64], refusal: &Refusal) -> String {
    let open = if open.is_empty() { &[0] } else { open };
    let notice = refusal.notice();
    let decided = notice.decided_by.map(|by| format!(", {by}")).unwrap_or_default();
    let reason = if refusal.is_of_length() { "MAX_TOKENS" } else { "SAFETY" };
    let message = json(&format!("{} [{}{decided}, {}]", refusal.message, notice.code, notice.trace_id));
    let candidates: Vec<String> = open
        .iter()
        .map(|index| {
            let content = r#"{"parts":[],"role":"model"}"#;
            format!(
                r#"{{"content":{content},"finishReason":"{reason}","finishMessage":{message},"index":{index}}}"#
            )
        })
        .collect();
    format!(r#"{{"candidates":[{}]{}}}"#, candidates.join(","), tail(stamp))
}
