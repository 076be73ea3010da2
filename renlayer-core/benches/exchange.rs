//! What one action costs without a socket: key, policy, limit, both scans, and the trace handed over.
//!
//! `cargo bench -p renlayer-core --bench exchange`. The parse of the same body into a `serde_json::Value` stands beside it:
//! absolute times are the machine's, the ratio is ours.
#![allow(clippy::expect_used, clippy::panic, reason = "a bench that cannot run should say so at once")]

use std::sync::Arc;

use bytes::Bytes;
use divan::{Bencher, black_box};
use http::{Request, Response};
use renlayer_core::{
    Engine,
    config::{Environment, Format, Overrides, Source, load},
    exchange::{Answer, Forward, Ingress},
    key::AgentKey,
    snapshot::Governance,
    trace::{Recorder, Trace},
};
use serde_json::{Value, json};

fn main() {
    divan::main();
}

const SIZES: [usize; 2] = [1 << 10, 16 << 10];

struct Nowhere;

impl Recorder for Nowhere {
    fn record(&self, trace: Trace) {
        black_box(trace);
    }
}

/// An engine with everything on, and the key of its agent.
fn engine() -> (Engine, AgentKey) {
    let yaml = r#"
auth: required
routes: [{ name: openai, prefix: /openai, upstream: "https://api.openai.example", dialect: openai }]
declare:
  agents: [{ name: bot, keys: ["${KEY}"] }]
  policies:
    - { name: no-iam, priority: 10, match: { upstream: "*.amazonaws.com/iam/*" }, action: DENY }
    - { name: no-bluebird, priority: 20, match: { prompt: { contains: bluebird } }, action: DENY }
    - { name: models, priority: 30, match: { model: "gpt-3*" }, action: FLAG }
  limits: [{ name: many, scope: per_agent, dimension: requests, window: minute, max: 1000000000 }]
"#;
    let key = AgentKey::mint().expect("randomness");
    let environment: Environment = [("KEY".to_owned(), key.reveal().to_owned())].into_iter().collect();
    let source = Source { name: "bench.yaml", text: yaml, format: Format::Yaml };
    let config = load(Some(source), &environment, &Overrides::default()).expect("a configuration").config;
    let governance = Governance::compile(&config, &environment, [], [7; 32]).expect("governance");
    (Engine::new(governance, Arc::new(Nowhere)), key)
}

/// Prose that says nothing sensitive, so many bytes of it.
fn prose(length: usize) -> String {
    const WORDS: &str =
        "The report covers deliveries of the third quarter, which grew by 12 percent over 2025. ";
    WORDS.chars().cycle().take(length).collect()
}

fn chat(length: usize) -> Bytes {
    let messages =
        json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": prose(length)}]);
    json!({"model": "gpt-4.1", "messages": messages, "temperature": 0.2}).to_string().into()
}

fn completion() -> Bytes {
    let message = json!({"role": "assistant", "content": prose(400)});
    let usage = json!({"prompt_tokens": 50, "completion_tokens": 90, "total_tokens": 140});
    json!({"id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-4.1", "usage": usage,
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}]})
    .to_string()
    .into()
}

fn forward(engine: &Engine, key: &AgentKey, body: Bytes) -> Forward {
    let request = Request::post("/openai/v1/chat/completions")
        .header("authorization", format!("Bearer {}", key.reveal()))
        .header("content-type", "application/json");
    let parts = request.body(()).expect("a request").into_parts().0;
    let admitted = engine.begin(parts, Ingress::Reverse).and_then(|mut reading| {
        reading.push(body).expect("within the bound");
        reading.end()?.admit()
    });
    admitted.unwrap_or_else(|refused| panic!("refused: {refused:?}"))
}

#[divan::bench(args = SIZES)]
fn action(bencher: Bencher<'_, '_>, size: usize) {
    let (engine, key) = engine();
    let (body, answer) = (chat(size), completion());
    bencher.bench(|| {
        let Forward { pending, .. } = forward(&engine, &key, body.clone());
        let head =
            Response::builder().header("content-type", "application/json").body(()).expect("a response");
        let Answer::Whole(mut whole) = pending.answered(head.into_parts().0) else { panic!("not whole") };
        whole.push(answer.clone()).expect("within the bound");
        whole.end().expect("allowed")
    });
}

#[divan::bench(args = SIZES)]
fn parse_of_the_same_bodies(bencher: Bencher<'_, '_>, size: usize) {
    let (body, answer) = (chat(size), completion());
    bencher.bench(|| {
        let request: Value = serde_json::from_slice(&body).expect("JSON");
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        (request, answer)
    });
}

/// A stream of fifty events, as a model writes them: the time is that of the whole action.
#[divan::bench]
fn stream_of_fifty_events(bencher: Bencher<'_, '_>) {
    let (engine, key) = engine();
    let body = chat(1 << 10);
    let events: Vec<Bytes> = prose(300)
        .split_inclusive(' ')
        .take(50)
        .map(|word| {
            let delta = json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "gpt-4.1",
                "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": null}]});
            format!("data: {delta}\n\n").into()
        })
        .collect();
    bencher.bench(|| {
        let Forward { pending, .. } = forward(&engine, &key, body.clone());
        let head =
            Response::builder().header("content-type", "text/event-stream").body(()).expect("a response");
        let Answer::Stream { mut stream, .. } = pending.answered(head.into_parts().0) else {
            panic!("not a stream")
        };
        let mut out = Vec::with_capacity(64);
        for event in &events {
            stream.push(event.clone(), &mut out);
        }
        stream.end(&mut out);
        out
    });
}
