//! Anthropic Messages: one document, or named events around content blocks, with a ping among them.

use serde_json::{Value, json};

use super::{Answer, Asked, typed};
use crate::upstream::script::{Part, Script};

pub(super) fn answer(asked: &Asked<'_>, script: &Script) -> Answer {
    if asked.wants_stream() {
        Answer::events(stream(asked, script))
    } else {
        Answer::json(&document(asked, script))
    }
}

fn document(asked: &Asked<'_>, script: &Script) -> Value {
    let content: Vec<Value> =
        parts(script).iter().enumerate().map(|(index, part)| block(index, part)).collect();
    message(asked, &content.into(), &stop_reason(script).into(), &usage(script, script.usage.output))
}

fn stream(asked: &Asked<'_>, script: &Script) -> Vec<String> {
    let start = message(asked, &json!([]), &Value::Null, &usage(script, 1));
    let mut events = vec![json!({"type": "message_start", "message": start})];
    for (index, part) in parts(script).iter().enumerate() {
        events.push(
            json!({"type": "content_block_start", "index": index, "content_block": empty_block(index, part)}),
        );
        if index == 0 {
            events.push(json!({"type": "ping"}));
        }
        events.extend(
            deltas(part)
                .into_iter()
                .map(|delta| json!({"type": "content_block_delta", "index": index, "delta": delta})),
        );
        events.push(json!({"type": "content_block_stop", "index": index}));
    }
    events.push(json!({
        "type": "message_delta", "delta": {"stop_reason": stop_reason(script), "stop_sequence": null},
        "usage": usage(script, script.usage.output),
    }));
    events.push(json!({"type": "message_stop"}));
    events.iter().map(typed).collect()
}

fn deltas(part: &Part) -> Vec<Value> {
    let each = |kind: &str, key: &str| -> Vec<Value> {
        part.fragments().iter().map(|text| json!({"type": kind, key: text})).collect()
    };
    match part {
        Part::Text(_) => each("text_delta", "text"),
        Part::Thinking(_) => {
            let mut deltas = each("thinking_delta", "thinking");
            deltas.push(json!({"type": "signature_delta", "signature": SIGNATURE}));
            deltas
        }
        Part::Tool { .. } => each("input_json_delta", "partial_json"),
    }
}

fn block(index: usize, part: &Part) -> Value {
    match part {
        Part::Text(_) => json!({"type": "text", "text": part.whole()}),
        Part::Thinking(_) => json!({"type": "thinking", "thinking": part.whole(), "signature": SIGNATURE}),
        Part::Tool { name, .. } => {
            let input: Value = serde_json::from_str(&part.whole()).unwrap_or_else(|_| json!({}));
            json!({"type": "tool_use", "id": tool_id(index), "name": name, "input": input})
        }
    }
}

fn empty_block(index: usize, part: &Part) -> Value {
    match part {
        Part::Text(_) => json!({"type": "text", "text": ""}),
        Part::Thinking(_) => json!({"type": "thinking", "thinking": "", "signature": ""}),
        Part::Tool { name, .. } => {
            json!({"type": "tool_use", "id": tool_id(index), "name": name, "input": {}})
        }
    }
}

/// Stands for the provider's opaque signature over a thinking block.
const SIGNATURE: &str = "c2lnbmF0dXJl";

fn message(asked: &Asked<'_>, content: &Value, stop: &Value, usage: &Value) -> Value {
    json!({
        "id": "msg_test", "type": "message", "role": "assistant", "model": asked.model(), "content": content,
        "stop_reason": stop, "stop_sequence": null, "usage": usage,
    })
}

fn tool_id(index: usize) -> String {
    format!("toolu_test{index}")
}

fn parts(script: &Script) -> &[Part] {
    script.choices.first().map_or(&[], Vec::as_slice)
}

fn stop_reason(script: &Script) -> &'static str {
    let calls = parts(script).iter().any(|part| matches!(part, Part::Tool { .. }));
    if calls { "tool_use" } else { "end_turn" }
}

fn usage(script: &Script, output: u64) -> Value {
    json!({
        "input_tokens": script.usage.input, "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": script.usage.cached, "output_tokens": output,
    })
}
