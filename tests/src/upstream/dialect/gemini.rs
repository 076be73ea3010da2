//! Gemini: one document, or `alt=sse` chunks of candidates (events end in CRLF, as the real service's do), or, for
//! a stream without `alt=sse`, one JSON array that grows.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Answer, Asked};
use crate::upstream::script::{Part, Script, Usage};

pub(super) fn answer(asked: &Asked<'_>, script: &Script) -> Answer {
    if asked.path.contains("mbedContent") {
        return Answer::json(&json!({"embedding": {"values": [0.25, -0.5, 1.0]}}));
    }
    if !asked.path.contains(":streamGenerateContent") {
        return Answer::json(&document(asked, script));
    }
    let chunks = stream(asked, script);
    if asked.query.contains("alt=sse") {
        return Answer::events(chunks.iter().map(|chunk| format!("data: {chunk}\r\n\r\n")).collect());
    }
    let mut answer = Answer::json(&Value::Null);
    answer.chunks = array(&chunks);
    answer.streamed = true;
    answer
}

fn document(asked: &Asked<'_>, script: &Script) -> Value {
    let parts: Vec<Value> = parts(script).iter().map(|part| part_of(part, &part.whole())).collect();
    chunk(asked, &parts.into(), Some("STOP"), script.usage)
}

/// A function call is never split over chunks.
fn stream(asked: &Asked<'_>, script: &Script) -> Vec<Value> {
    let mut pieces: Vec<Value> = Vec::new();
    for part in parts(script) {
        match part {
            Part::Tool { .. } => pieces.push(part_of(part, &part.whole())),
            _ => pieces.extend(part.fragments().iter().map(|text| part_of(part, text))),
        }
    }
    let mut chunks: Vec<Value> =
        pieces.into_iter().map(|piece| chunk(asked, &json!([piece]), None, script.usage)).collect();
    chunks.push(chunk(asked, &json!([{"text": ""}]), Some("STOP"), script.usage));
    chunks
}

fn part_of(part: &Part, text: &str) -> Value {
    match part {
        Part::Text(_) => json!({"text": text}),
        Part::Thinking(_) => json!({"text": text, "thought": true}),
        Part::Tool { name, .. } => {
            let args: Value = serde_json::from_str(text).unwrap_or_else(|_| json!({}));
            json!({"functionCall": {"name": name, "args": args}})
        }
    }
}

fn chunk(asked: &Asked<'_>, parts: &Value, finish: Option<&str>, usage: Usage) -> Value {
    let mut candidate = json!({"content": {"parts": parts, "role": "model"}, "index": 0});
    if let Some(finish) = finish {
        candidate["finishReason"] = finish.into();
    }
    let model = asked.path.rsplit('/').next().and_then(|last| last.split(':').next()).unwrap_or_default();
    json!({
        "candidates": [candidate],
        "usageMetadata": {
            "promptTokenCount": usage.input, "candidatesTokenCount": usage.output,
            "thoughtsTokenCount": usage.reasoning, "cachedContentTokenCount": usage.cached,
            "totalTokenCount": usage.input + usage.output + usage.reasoning,
        },
        "modelVersion": model, "responseId": "response-test",
    })
}

fn array(chunks: &[Value]) -> Vec<Bytes> {
    let mut pieces: Vec<Bytes> = Vec::new();
    for (at, chunk) in chunks.iter().enumerate() {
        let before = if at == 0 { "[" } else { ",\r\n" };
        pieces.push(format!("{before}{chunk}").into());
    }
    pieces.push("]".into());
    pieces
}

fn parts(script: &Script) -> &[Part] {
    script.choices.first().map_or(&[], Vec::as_slice)
}
