//! OpenAI embeddings: vectors as JSON numbers, or as base64 of little-endian 32-bit floats.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Answer, Asked};
use crate::upstream::script::Script;

pub(super) fn answer(asked: &Asked<'_>, script: &Script) -> Answer {
    let inputs = match asked.body.get("input") {
        Some(Value::Array(inputs)) => inputs.len(),
        _ => 1,
    };
    let base64 = asked.body.get("encoding_format").and_then(Value::as_str) == Some("base64");
    let data: Vec<Value> = (0..inputs)
        .map(|index| {
            let vector = vector(index);
            let embedding = if base64 { encoded(&vector).into() } else { json!(vector) };
            json!({"object": "embedding", "index": index, "embedding": embedding})
        })
        .collect();
    let tokens = script.usage.input;
    Answer::json(&json!({
        "object": "list", "data": data, "model": asked.model(),
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }))
}

/// Three numbers that are exact in binary, different for each input.
fn vector(index: usize) -> [f32; 3] {
    let index = f32::from(u16::try_from(index).unwrap_or(u16::MAX));
    [index, 0.25, -0.5]
}

fn encoded(vector: &[f32]) -> String {
    let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
    STANDARD.encode(bytes)
}
