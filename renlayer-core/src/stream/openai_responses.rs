//! Events of Responses: every `response.*.delta` with a string is a piece of the channel that its type and indices name.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::reading::{Ending, Kind, Reading, Stamp, hash};
use crate::dialect::{Count, Refusal, ResponsesAnswer, Text, json};

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(default)]
    sequence_number: Count,
    #[serde(default)]
    output_index: Count,
    #[serde(default)]
    content_index: Count,
    #[serde(default)]
    summary_index: Count,
    #[serde(default)]
    command_index: Count,
    #[serde(borrow)]
    delta: Option<&'a RawValue>,
    #[serde(borrow)]
    logprobs: Option<&'a RawValue>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
}

/// What identifies the answer, from its first event.
#[derive(Default, Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    created_at: Option<&'a RawValue>,
    #[serde(borrow)]
    model: Option<&'a RawValue>,
}

/// Deltas that are objects have text under these names.
#[derive(Default, Deserialize)]
struct Output<'a> {
    #[serde(borrow)]
    stdout: Option<&'a RawValue>,
    #[serde(borrow)]
    stderr: Option<&'a RawValue>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
}

pub(super) fn read(data: &str) -> Option<Reading<'_>> {
    let event: Event<'_> = serde_json::from_str(data).ok()?;
    let mut reading = Reading::default();
    reading.stamp.sequence = event.sequence_number.0;
    let kind = event.kind.as_ref().map_or("", |kind| &kind.0);
    let part = event.output_index.0.unwrap_or(0);
    let item = event.content_index.0.or(event.summary_index.0).or(event.command_index.0).unwrap_or(0);
    if let Some(name) = kind.strip_suffix(".delta") {
        delta(name, part, item, &event, &mut reading);
    } else if kind == "response.output_item.done" {
        reading.endings.push(Ending::Part(part));
    } else if kind.ends_with(".done") {
        reading.endings.push(Ending::Item(part, item));
    } else if let Some(response) = event.response {
        answer(kind, response, &mut reading);
    }
    if kind == "error" {
        reading.endings.push(Ending::All);
        reading.complete = true;
    }
    Some(reading)
}

fn delta<'a>(name: &str, part: u64, item: u64, event: &Event<'a>, reading: &mut Reading<'a>) {
    // Audio is base64; what it says comes as a transcript.
    if name.ends_with(".audio") {
        return;
    }
    let kind = match name {
        "response.output_text" => Kind::Text,
        "response.refusal" => Kind::Refusal,
        _ if name.ends_with("_arguments") => Kind::Arguments,
        _ => Kind::Other(hash(name)),
    };
    reading.slot(part, item, kind, event.delta);
    reading.echo(event.logprobs, "[]");
    if let Some(object) = event.delta.map(RawValue::get).filter(|delta| delta.starts_with('{')) {
        let output: Output<'a> = serde_json::from_str(object).unwrap_or_default();
        for (nth, text) in [output.stdout, output.stderr, output.text].into_iter().enumerate() {
            reading.slot(part, item, Kind::Other(hash(name) ^ (nth as u64 + 1)), text);
        }
    }
}

fn answer<'a>(kind: &str, response: &'a RawValue, reading: &mut Reading<'a>) {
    let named: Named<'a> = serde_json::from_str(response.get()).unwrap_or_default();
    let sequence = reading.stamp.sequence;
    reading.stamp = Stamp { id: named.id, created: named.created_at, model: named.model, sequence };
    let facts = serde_json::from_str::<ResponsesAnswer<'_>>(response.get()).unwrap_or_default().facts();
    (reading.usage, reading.model) = (Some(facts.usage), facts.model);
    if matches!(kind, "response.completed" | "response.incomplete" | "response.failed" | "response.cancelled")
    {
        reading.finish = facts.finish;
        reading.endings.push(Ending::All);
        reading.complete = true;
    }
}

/// `response.incomplete`, by the content filter or a bound: the official parsers take it for the end of the stream.
pub(super) fn terminal(stamp: Stamp<'_>, refusal: &Refusal) -> String {
    let id = stamp.id.map_or("\"resp_renlayer\"", RawValue::get);
    let created = stamp.created.map_or("0", RawValue::get);
    let model = stamp.model.map_or("\"\"", RawValue::get);
    let sequence = stamp.sequence.map_or(0, |last| last.saturating_add(1));
    let notice = json(&refusal.notice());
    let reason = if refusal.is_of_length() { "max_output_tokens" } else { "content_filter" };
    format!(
        "event: response.incomplete\ndata: {{\"type\":\"response.incomplete\",\"sequence_number\":{sequence},\
         \"response\":{{\"id\":{id},\"object\":\"response\",\"created_at\":{created},\"status\":\"incomplete\",\
         \"error\":null,\"incomplete_details\":{{\"reason\":\"{reason}\"}},\"model\":{model},\"output\":[],\
         \"parallel_tool_calls\":true,\"tool_choice\":\"auto\",\"tools\":[],\"usage\":null}},\"renlayer\":{notice}}}\n\n"
    )
}
