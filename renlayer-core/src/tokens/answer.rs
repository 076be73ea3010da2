//! What a model wrote in an answer that came whole and does not say how much that is.
//!
//! All dialects have what is written under a few names, wherever it stands; all else in an answer (ids, names, reasons, what is
//! echoed of the request) is not the model's. So it is found by name, and no dialect needs a reader of its own.

use serde_json::Value;

use super::{CountTokens, of_texts};

/// Members that hold text, or parts that do.
const TEXT: [&str; 11] = [
    "text",
    "content",
    "refusal",
    "reasoning",
    "reasoning_content",
    "thinking",
    "transcript",
    "outputText",
    "output_text",
    "generation",
    "completion",
];

/// Members that hold the arguments of a call, as text or as JSON.
const ARGUMENTS: [&str; 3] = ["arguments", "input", "args"];

/// The tokens of an answer's text and tool arguments; none where it holds no such thing, or is no JSON.
pub(crate) fn of_answer(counter: &dyn CountTokens, model: &str, body: &[u8]) -> Option<u64> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let mut texts = Vec::new();
    collect("", &answer, &mut texts);
    (!texts.is_empty()).then(|| of_texts(counter, model, texts.iter().map(String::as_str)))
}

fn collect(name: &str, value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) if TEXT.contains(&name) || ARGUMENTS.contains(&name) => texts.push(text.clone()),
        Value::Object(_) if ARGUMENTS.contains(&name) => texts.push(value.to_string()),
        Value::Array(parts) => parts.iter().for_each(|part| collect(name, part, texts)),
        Value::Object(members) => members.iter().for_each(|(name, value)| collect(name, value, texts)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A token to a byte.
    struct Bytes;

    impl CountTokens for Bytes {
        fn count(&self, _: &str, text: &str) -> u64 {
            text.len() as u64
        }
    }

    #[test]
    fn each_dialect_has_what_its_model_wrote_under_one_of_the_names() {
        let answers = [
            (
                "chat",
                json!({"id": "c", "object": "chat.completion", "choices": [{"index": 0, "finish_reason": "stop", "message":
                {"role": "assistant", "content": "123", "reasoning_content": "45", "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "67890"}}]}}]}),
                10,
            ),
            ("completions", json!({"choices": [{"text": "1234"}, {"text": "56"}]}), 6),
            (
                "responses",
                json!({"id": "r", "instructions": "Be brief.", "text": {"format": {"type": "text"}}, "output": [
                {"type": "reasoning", "summary": [{"type": "summary_text", "text": "12"}]},
                {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "345"}]},
                {"type": "function_call", "name": "f", "arguments": "6789"}]}),
                9,
            ),
            (
                "anthropic",
                json!({"type": "message", "model": "m", "stop_reason": "tool_use", "content": [
                {"type": "thinking", "thinking": "12", "signature": "sig"}, {"type": "text", "text": "34"},
                {"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}}]}),
                4 + r#"{"a":1}"#.len() as u64,
            ),
            (
                "gemini",
                json!({"candidates": [{"content": {"role": "model", "parts": [
                {"text": "123"}, {"functionCall": {"name": "f", "args": {"b": "2"}}}]}, "finishReason": "STOP"}]}),
                3 + r#"{"b":"2"}"#.len() as u64,
            ),
            (
                "converse",
                json!({"output": {"message": {"role": "assistant", "content": [{"text": "12"},
                {"reasoningContent": {"reasoningText": {"text": "345", "signature": "sig"}}}]}}, "stopReason": "end_turn"}),
                5,
            ),
            ("titan", json!({"results": [{"outputText": "1234", "completionReason": "FINISH"}]}), 4),
            ("llama", json!({"generation": "123", "stop_reason": "stop"}), 3),
        ];
        for (dialect, answer, tokens) in answers {
            assert_eq!(of_answer(&Bytes, "m", answer.to_string().as_bytes()), Some(tokens), "{dialect}");
        }
    }

    #[test]
    fn where_no_text_is_found_nothing_is_known() {
        for answer in ["", "no JSON", "{}", r#"{"data": [{"embedding": [0.5]}], "model": "m"}"#] {
            assert_eq!(of_answer(&Bytes, "m", answer.as_bytes()), None, "{answer}");
        }
    }
}
