//! OpenAI chat completions: one document, or chunks of `choices[].delta` up to `data: [DONE]`.

use serde_json::{Value, json};

use super::{Answer, Asked, data};
use crate::upstream::script::{Part, Script, Usage};

const ID: &str = "chatcmpl-test";
const CREATED: u64 = 1_764_000_000;

pub(super) fn answer(asked: &Asked<'_>, script: &Script) -> Answer {
    if asked.wants_stream() {
        Answer::events(stream(asked, script))
    } else {
        Answer::json(&document(asked, script))
    }
}

fn document(asked: &Asked<'_>, script: &Script) -> Value {
    let choices: Vec<Value> =
        script.choices.iter().enumerate().map(|(index, parts)| choice(index, parts)).collect();
    json!({
        "id": ID, "object": "chat.completion", "created": CREATED, "model": asked.model(), "choices": choices,
        "usage": usage(script.usage), "service_tier": "default", "system_fingerprint": "fp_test",
    })
}

fn choice(index: usize, parts: &[Part]) -> Value {
    let text: String = parts.iter().filter(|part| matches!(part, Part::Text(_))).map(Part::whole).collect();
    let calls: Vec<Value> = tools(parts)
        .map(|(at, name, part)| {
            json!({"id": call_id(index, at), "type": "function",
                   "function": {"name": name, "arguments": part.whole()}})
        })
        .collect();
    let mut message = json!({"role": "assistant", "content": text, "refusal": null, "annotations": []});
    if !calls.is_empty() {
        message["content"] = if text.is_empty() { Value::Null } else { text.into() };
        message["tool_calls"] = calls.into();
    }
    json!({"index": index, "message": message, "logprobs": null, "finish_reason": finish(parts)})
}

/// The choices take turns, as they do when `n` is more than one.
fn stream(asked: &Asked<'_>, script: &Script) -> Vec<String> {
    let mut runs: Vec<_> =
        script.choices.iter().enumerate().map(|(index, parts)| deltas(index, parts).into_iter()).collect();
    let mut events = Vec::new();
    loop {
        let turn: Vec<Value> = runs.iter_mut().filter_map(Iterator::next).collect();
        if turn.is_empty() {
            break;
        }
        events.extend(turn.into_iter().map(|choice| data(&chunk(asked, &json!([choice]), &Value::Null))));
    }
    if asked.body.pointer("/stream_options/include_usage") == Some(&Value::Bool(true)) {
        events.push(data(&chunk(asked, &json!([]), &usage(script.usage))));
    }
    events.push("data: [DONE]\n\n".into());
    events
}

fn deltas(index: usize, parts: &[Part]) -> Vec<Value> {
    let mut deltas = vec![json!({"role": "assistant", "content": "", "refusal": null})];
    let mut call = 0;
    for part in parts {
        match part {
            Part::Text(fragments) => deltas.extend(fragments.iter().map(|text| json!({"content": text}))),
            Part::Thinking(fragments) => {
                deltas.extend(fragments.iter().map(|text| json!({"reasoning_content": text})));
            }
            Part::Tool { name, arguments } => {
                deltas.push(
                    json!({"tool_calls": [{"index": call, "id": call_id(index, call), "type": "function",
                                   "function": {"name": name, "arguments": ""}}]}),
                );
                deltas.extend(
                    arguments.iter().map(
                        |text| json!({"tool_calls": [{"index": call, "function": {"arguments": text}}]}),
                    ),
                );
                call += 1;
            }
        }
    }
    let last = json!({"index": index, "delta": {}, "logprobs": null, "finish_reason": finish(parts)});
    deltas
        .into_iter()
        .map(|delta| json!({"index": index, "delta": delta, "logprobs": null, "finish_reason": null}))
        .chain([last])
        .collect()
}

fn chunk(asked: &Asked<'_>, choices: &Value, usage: &Value) -> Value {
    let mut chunk = json!({
        "id": ID, "object": "chat.completion.chunk", "created": CREATED, "model": asked.model(),
        "service_tier": "default", "system_fingerprint": "fp_test", "choices": choices,
    });
    if asked.body.pointer("/stream_options/include_usage") == Some(&Value::Bool(true)) {
        chunk["usage"] = usage.clone();
    }
    chunk
}

fn tools(parts: &[Part]) -> impl Iterator<Item = (usize, &str, &Part)> {
    parts
        .iter()
        .filter_map(|part| match part {
            Part::Tool { name, .. } => Some((name.as_str(), part)),
            _ => None,
        })
        .enumerate()
        .map(|(at, (name, part))| (at, name, part))
}

fn call_id(choice: usize, call: usize) -> String {
    format!("call_test{choice}{call}")
}

fn finish(parts: &[Part]) -> &'static str {
    if tools(parts).next().is_some() { "tool_calls" } else { "stop" }
}

fn usage(usage: Usage) -> Value {
    json!({
        "prompt_tokens": usage.input, "completion_tokens": usage.output, "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": {"cached_tokens": usage.cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning, "audio_tokens": 0},
    })
}
