//! What is tokenized on its way out comes back on its way in: to whom it belongs, in whatever shape the answer has.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod drive;

use drive::{Upstream, answers, call, engine, post};
use http::Request;
use serde_json::{Value, json};

const CONFIG: &str = r#"
routes: [{ name: up, prefix: /, upstream: "http://upstream.test", dialect: openai }]
declare:
  dlp:
    detectors: { pii.email: { action: tokenize } }
    keywords: [{ name: projects, words: ['blue "bird"'], action: tokenize }]
"#;

/// A value that has to be escaped in JSON.
const PROJECT: &str = "blue \"bird\"";
const ADDRESS: &str = "alice@corp.io";

fn ask(text: &str, session: &str, stream: bool) -> Request<Vec<bytes::Bytes>> {
    let body = json!({"model": "m", "stream": stream, "messages": [{"role": "user", "content": text}]});
    post("/v1/chat/completions", &[("x-renlayer-session", session)], &body.to_string())
}

/// What the upstream is told of a text.
fn told(outcome: &drive::Outcome) -> String {
    let body: Value = serde_json::from_slice(outcome.sent().body()).unwrap();
    body["messages"][0]["content"].as_str().unwrap().to_owned()
}

/// The stand-ins of both values, as an upstream sees them.
fn stand_ins(engine: &renlayer_core::Engine, session: &str) -> (String, String) {
    let outcome = call(
        engine,
        ask(&format!("{ADDRESS}|{PROJECT}"), session, false),
        answers("application/json", &["{}"]),
    );
    let told = told(&outcome);
    let (address, project) = told.split_once('|').unwrap();
    assert!(
        address.starts_with("[TOKEN:pii.email:") && project.starts_with("[TOKEN:custom.projects:"),
        "{told}"
    );
    (address.to_owned(), project.to_owned())
}

#[test]
fn a_value_comes_back_in_text_and_in_arguments() {
    let (engine, recorded) = engine(CONFIG, &[]);
    let (address, project) = stand_ins(&engine, "s");
    let trace = recorded.only();
    assert_eq!(trace.findings.len(), 2);
    assert!(!serde_json::to_string(&trace).unwrap().contains("alice"), "{trace:?}");

    let arguments = json!({"to": address, "about": project}).to_string();
    let answer = json!({"choices": [{"message": {
        "content": format!("Wrote to {address} on {project}."),
        "tool_calls": [{"function": {"name": "send", "arguments": arguments}}],
    }}]});
    let outcome = call(&engine, ask("and?", "s", false), answers("application/json", &[&answer.to_string()]));
    let message = &outcome.json()["choices"][0]["message"];
    assert_eq!(message["content"], format!("Wrote to {ADDRESS} on {PROJECT}."));
    let arguments = message["tool_calls"][0]["function"]["arguments"].as_str().unwrap();
    let arguments: Value = serde_json::from_str(arguments).unwrap();
    assert_eq!(arguments, json!({"to": ADDRESS, "about": PROJECT}));
    let trace = serde_json::to_string(&recorded.only()).unwrap();
    assert!(!trace.contains("alice") && !trace.contains("blue") && trace.contains(&address), "{trace}");
}

#[test]
fn a_value_is_the_same_stand_in_in_a_session_and_another_one_elsewhere() {
    let (engine, _) = engine(CONFIG, &[]);
    let (again, elsewhere) = (stand_ins(&engine, "s"), stand_ins(&engine, "t"));
    assert_eq!(stand_ins(&engine, "s"), again);
    assert!(again.0 != elsewhere.0 && again.1 != elsewhere.1);

    let answer = json!({"choices": [{"message": {"content": again.0}}]}).to_string();
    let outcome = call(&engine, ask("and?", "t", false), answers("application/json", &[&answer]));
    assert_eq!(outcome.json()["choices"][0]["message"]["content"], again.0, "nobody else gets it back");
}

/// The deltas of a stream that says `text` in pieces that are cut at `cut`, in the member that `delta` makes.
fn stream(text: &str, cut: usize, delta: impl Fn(&str) -> Value) -> String {
    let (head, tail) = text.split_at(cut);
    let event = |delta: Value| {
        format!(
            "data: {}\n\n",
            json!({"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}]})
        )
    };
    format!("{}{}data: [DONE]\n\n", event(delta(head)), event(delta(tail)))
}

/// What the deltas of a stream say together.
fn said(stream: &str, piece: impl Fn(&Value) -> Option<&str>) -> String {
    let data = stream.lines().filter_map(|line| line.strip_prefix("data: ")).filter(|data| *data != "[DONE]");
    let events: Vec<Value> = data.map(|data| serde_json::from_str(data).unwrap()).collect();
    events.iter().filter_map(|event| piece(&event["choices"][0]["delta"])).collect()
}

#[test]
fn a_value_comes_back_in_a_stream_wherever_it_is_cut() {
    let (engine, _) = engine(CONFIG, &[]);
    let (address, project) = stand_ins(&engine, "s");
    let play = |events: String| -> String {
        let upstream: Upstream = answers("text/event-stream", &[&events]);
        call(&engine, ask("and?", "s", true), upstream).text()
    };
    let text = format!("To {address} on {project}!");
    for cut in 0..=text.len() {
        let streamed = play(stream(&text, cut, |piece| json!({"content": piece})));
        let said = said(&streamed, |delta| delta["content"].as_str());
        assert_eq!(said, format!("To {ADDRESS} on {PROJECT}!"), "cut at {cut}: {streamed}");
    }
    let arguments = json!({"to": address, "about": project}).to_string();
    for cut in 0..=arguments.len() {
        let call = |piece: &str| json!({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]});
        let streamed = play(stream(&arguments, cut, call));
        let said = said(&streamed, |delta| delta["tool_calls"][0]["function"]["arguments"].as_str());
        let said: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(said, json!({"to": ADDRESS, "about": PROJECT}), "cut at {cut}: {streamed}");
    }
}

#[test]
fn a_stand_in_may_keep_its_shape() {
    let (engine, _) = engine(
        r#"routes: [{ name: up, prefix: /, upstream: "http://upstream.test", dialect: openai }]
declare:
  dlp:
    detectors: { pii.email: { action: tokenize, keep_shape: true }, payment.card_number: { action: tokenize, keep_shape: true } }
"#,
        &[],
    );
    let text = "Mail Alice.Smith@corp.io now";
    let shaped = told(&call(&engine, ask(text, "s", false), answers("application/json", &["{}"])));
    let shape = |text: &str| -> String {
        text.chars()
            .map(|c| match c {
                'a'..='z' => 'a',
                'A'..='Z' => 'A',
                '0'..='9' => '0',
                other => other,
            })
            .collect()
    };
    assert!(shaped != text && shape(&shaped) == shape(text), "{shaped}");
    let answer = json!({"choices": [{"message": {"content": shaped}}]}).to_string();
    let outcome = call(&engine, ask("and?", "s", false), answers("application/json", &[&answer]));
    assert_eq!(outcome.json()["choices"][0]["message"]["content"], text);
}
