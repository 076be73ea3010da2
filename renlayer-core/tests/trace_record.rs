//! The JSON of a trace is a contract: with the store's rows, with `trace show --json`, with whoever reads them.
//!
//! `RENLAYER_BLESS=1 cargo test -p renlayer-core --test trace_record` writes the golden file anew.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod drive;

use drive::{answers, call, engine, post};
use renlayer_core::trace::Trace;
use serde_json::{Value, json};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/trace.json");

/// A call with a finding, a flag and a limit; what differs from run to run is made the same.
fn traced() -> Value {
    let yaml = r#"
routes: [{ name: openai, prefix: /openai, upstream: "https://api.openai.example", dialect: openai }]
declare:
  policies: [{ name: watch, match: { prompt: { contains: "the weather" } }, action: FLAG }]
  dlp: { detectors: { pii.email: { severity: HIGH, action: redact } } }
"#;
    let (engine, recorded) = engine(yaml, &[]);
    let headers = [("x-renlayer-user", "ada"), ("x-renlayer-session", "s1")];
    let body = json!({"model": "gpt-4.1", "messages": [
        {"role": "user", "content": "Send the weather to ada@corp.io"},
    ]});
    let answer =
        json!({"model": "gpt-4.1", "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 3}});
    let request = post("/openai/v1/chat/completions", &headers, &body.to_string());
    call(&engine, request, answers("application/json", &[&answer.to_string()]));
    let trace = recorded.only();
    let text = serde_json::to_string(&trace).unwrap();
    assert_eq!(serde_json::from_str::<Trace>(&text).unwrap(), trace, "a record reads back as it was");
    let mut value: Value = serde_json::from_str(&text).unwrap();
    value["id"] = json!("trace_00000000000000000000000000");
    value["started_at"] = json!("2026-11-21T12:00:00Z");
    value["latency"] = json!({"total_us": 1500, "own_us": 500, "upstream_us": 1000, "ttfb_us": 1400});
    // Which detectors look at a place before they turn away is theirs to change.
    value["detector_cost"].as_array_mut().unwrap().retain(|row| row["detector"] == "email");
    value
}

#[test]
fn a_trace_is_written_as_the_golden_file_says() {
    let written = format!("{}\n", serde_json::to_string_pretty(&traced()).unwrap());
    if std::env::var_os("RENLAYER_BLESS").is_some() {
        std::fs::write(GOLDEN, &written).unwrap();
    }
    let golden = std::fs::read_to_string(GOLDEN).unwrap();
    assert_eq!(written, golden, "see the head of this file");
}
