//! OpenAI Responses: one document, or typed events numbered from `response.created` to `response.completed`.

use serde_json::{Value, json};

use super::{Answer, Asked, typed};
use crate::upstream::script::{Part, Script, Usage};

const ID: &str = "resp_test";

pub(super) fn answer(asked: &Asked<'_>, script: &Script) -> Answer {
    if asked.wants_stream() {
        Answer::events(stream(asked, script))
    } else {
        Answer::json(&completed(asked, script))
    }
}

fn stream(asked: &Asked<'_>, script: &Script) -> Vec<String> {
    let open = response(asked, "in_progress", &json!([]), &Value::Null);
    let mut events = vec![
        json!({"type": "response.created", "response": open}),
        json!({"type": "response.in_progress", "response": open}),
    ];
    for (index, part) in parts(script).iter().enumerate() {
        events.extend(match part {
            Part::Text(fragments) => message_events(index, part, fragments),
            Part::Thinking(fragments) => reasoning_events(index, part, fragments),
            Part::Tool { arguments, .. } => call_events(index, part, arguments),
        });
    }
    events.push(json!({"type": "response.completed", "response": completed(asked, script)}));
    events
        .into_iter()
        .enumerate()
        .map(|(number, mut event)| {
            event["sequence_number"] = number.into();
            typed(&event)
        })
        .collect()
}

fn message_events(index: usize, part: &Part, fragments: &[String]) -> Vec<Value> {
    let id = item_id(index, part);
    let place = |mut event: Value| {
        event["item_id"] = id.clone().into();
        event["output_index"] = index.into();
        event["content_index"] = 0.into();
        event
    };
    let mut events = vec![
        added(index, part),
        place(json!({"type": "response.content_part.added", "part": output_text("")})),
    ];
    events.extend(
        fragments
            .iter()
            .map(|text| place(json!({"type": "response.output_text.delta", "delta": text, "logprobs": []}))),
    );
    events.push(place(json!({"type": "response.output_text.done", "text": part.whole(), "logprobs": []})));
    events.push(place(json!({"type": "response.content_part.done", "part": output_text(&part.whole())})));
    events.push(done(index, part));
    events
}

fn reasoning_events(index: usize, part: &Part, fragments: &[String]) -> Vec<Value> {
    let id = item_id(index, part);
    let delta = |text: &String| {
        json!({"type": "response.reasoning_summary_text.delta", "item_id": id, "output_index": index,
               "summary_index": 0, "delta": text})
    };
    let mut events = vec![added(index, part)];
    events.extend(fragments.iter().map(delta));
    events.push(json!({"type": "response.reasoning_summary_text.done", "item_id": id, "output_index": index,
                       "summary_index": 0, "text": part.whole()}));
    events.push(done(index, part));
    events
}

fn call_events(index: usize, part: &Part, fragments: &[String]) -> Vec<Value> {
    let id = item_id(index, part);
    let delta = |text: &String| json!({"type": "response.function_call_arguments.delta", "item_id": id, "output_index": index, "delta": text});
    let mut events = vec![added(index, part)];
    events.extend(fragments.iter().map(delta));
    events
        .push(json!({"type": "response.function_call_arguments.done", "item_id": id, "output_index": index,
                       "arguments": part.whole()}));
    events.push(done(index, part));
    events
}

fn added(index: usize, part: &Part) -> Value {
    json!({"type": "response.output_item.added", "output_index": index, "item": item(index, part, false)})
}

fn done(index: usize, part: &Part) -> Value {
    json!({"type": "response.output_item.done", "output_index": index, "item": item(index, part, true)})
}

/// An output item as it starts (empty) or as it ends (whole).
fn item(index: usize, part: &Part, whole: bool) -> Value {
    let (id, status) = (item_id(index, part), if whole { "completed" } else { "in_progress" });
    match part {
        Part::Text(_) => {
            let content = if whole { json!([output_text(&part.whole())]) } else { json!([]) };
            json!({"id": id, "type": "message", "status": status, "role": "assistant", "content": content})
        }
        Part::Thinking(_) => {
            let text =
                if whole { json!([{"type": "summary_text", "text": part.whole()}]) } else { json!([]) };
            json!({"id": id, "type": "reasoning", "summary": text})
        }
        Part::Tool { name, .. } => {
            let arguments = if whole { part.whole() } else { String::new() };
            json!({"id": id, "type": "function_call", "status": status, "name": name,
                   "call_id": format!("call_test{index}"), "arguments": arguments})
        }
    }
}

fn completed(asked: &Asked<'_>, script: &Script) -> Value {
    let items: Vec<Value> =
        parts(script).iter().enumerate().map(|(index, part)| item(index, part, true)).collect();
    response(asked, "completed", &items.into(), &usage(script.usage))
}

fn response(asked: &Asked<'_>, status: &str, output: &Value, usage: &Value) -> Value {
    json!({
        "id": ID, "object": "response", "created_at": 1_764_000_000, "status": status, "background": false,
        "error": null, "incomplete_details": null, "instructions": null, "model": asked.model(), "output": output,
        "parallel_tool_calls": true, "temperature": 1.0, "tool_choice": "auto", "tools": [], "top_p": 1.0,
        "metadata": {}, "usage": usage,
    })
}

fn output_text(text: &str) -> Value {
    json!({"type": "output_text", "annotations": [], "logprobs": [], "text": text})
}

fn item_id(index: usize, part: &Part) -> String {
    let kind = match part {
        Part::Text(_) => "msg",
        Part::Thinking(_) => "rs",
        Part::Tool { .. } => "fc",
    };
    format!("{kind}_test{index}")
}

fn parts(script: &Script) -> &[Part] {
    script.choices.first().map_or(&[], Vec::as_slice)
}

fn usage(usage: Usage) -> Value {
    json!({
        "input_tokens": usage.input, "input_tokens_details": {"cached_tokens": usage.cached},
        "output_tokens": usage.output, "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.input + usage.output,
    })
}
