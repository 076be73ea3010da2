//! The scripted upstream itself: each dialect in its true shape, and each fault.

use std::net::SocketAddr;

use renlayer_tests::harness::{Connection, Response};
use renlayer_tests::upstream::{Answered, Coding, Ending, Pace, Part, Script, Upstream};
use serde_json::{Value, json};

fn post(address: SocketAddr, path: &str, body: &Value) -> Response {
    send(address, path, body).response().expect("an answer")
}

fn send(address: SocketAddr, path: &str, body: &Value) -> Connection {
    let body = body.to_string();
    let mut connection = Connection::open(address);
    connection
        .send(format!("POST {path} HTTP/1.1\r\nhost: upstream\r\nauthorization: Bearer hush\r\n").as_bytes());
    connection.send(format!("content-length: {}\r\n\r\n{body}", body.len()).as_bytes());
    connection
}

/// A reading of one kind of event: what it adds to the text, or to the arguments.
type Reading = fn(&Value) -> Option<&str>;

#[test]
fn every_dialect_streams_the_scripted_words_and_arguments() {
    let upstream = Upstream::start();
    upstream.play(Script::parts(vec![
        Part::Thinking(vec!["hm".into()]),
        Part::text(["Good ", "mor", "ning"]),
        Part::tool("weather", ["{\"place\":", "\"Oslo\"}"]),
    ]));
    let cases: [(&str, Reading, Reading); 4] = [
        (
            "/v1/chat/completions",
            |event| event.pointer("/choices/0/delta/content")?.as_str(),
            |event| event.pointer("/choices/0/delta/tool_calls/0/function/arguments")?.as_str(),
        ),
        (
            "/v1/responses",
            |event| (event["type"] == "response.output_text.delta").then(|| event["delta"].as_str())?,
            |event| {
                (event["type"] == "response.function_call_arguments.delta")
                    .then(|| event["delta"].as_str())?
            },
        ),
        (
            "/v1/messages",
            |event| event.pointer("/delta/text")?.as_str(),
            |event| event.pointer("/delta/partial_json")?.as_str(),
        ),
        (
            "/v1beta/models/gemini-test:streamGenerateContent?alt=sse",
            |event| {
                let part = event.pointer("/candidates/0/content/parts/0")?;
                if part["thought"] == true { None } else { part["text"].as_str() }
            },
            |event| event.pointer("/candidates/0/content/parts/0/functionCall/args/place")?.as_str(),
        ),
    ];
    for (path, text, arguments) in cases {
        let answer = post(upstream.address(), path, &json!({"model": "m", "stream": true}));
        assert_eq!(answer.header("content-type"), Some("text/event-stream"), "{path}");
        let events = answer.events();
        assert_eq!(events.iter().filter_map(text).collect::<String>(), "Good morning", "{path}: {events:#?}");
        let arguments: String = events.iter().filter_map(arguments).collect();
        assert!(["{\"place\":\"Oslo\"}", "Oslo"].contains(&arguments.as_str()), "{path}: {arguments}");
    }
}

#[test]
fn a_chat_stream_reports_usage_when_asked_and_ends_in_done() {
    let upstream = Upstream::start();
    let body = json!({"model": "m", "stream": true, "stream_options": {"include_usage": true}});
    let answer = post(upstream.address(), "/v1/chat/completions", &body);
    let last = answer.events().pop().expect("events");
    assert_eq!((&last["choices"], &last["usage"]["total_tokens"]), (&json!([]), &json!(19)));
    assert!(answer.text().ends_with("data: [DONE]\n\n"));
}

#[test]
fn choices_take_turns() {
    let upstream = Upstream::start();
    let choices = vec![vec![Part::text(["a", "b"])], vec![Part::text(["c", "d"])]];
    upstream.play(Script { choices, ..Script::default() });
    let answer = post(upstream.address(), "/v1/chat/completions", &json!({"stream": true, "n": 2}));
    let order: Vec<_> =
        answer.events().iter().filter_map(|event| event["choices"][0]["index"].as_u64()).collect();
    assert_eq!(order, [0, 1, 0, 1, 0, 1, 0, 1]);
}

#[test]
fn embeddings_come_as_floats_or_base64() {
    let upstream = Upstream::start();
    let plain = post(upstream.address(), "/v1/embeddings", &json!({"input": ["a", "b"]})).json();
    assert_eq!(plain["data"][1]["embedding"], json!([1.0, 0.25, -0.5]));
    let packed =
        post(upstream.address(), "/v1/embeddings", &json!({"input": "a", "encoding_format": "base64"}));
    assert_eq!(packed.json()["data"][0]["embedding"], "AAAAAAAAgD4AAAC/");
}

#[test]
fn mcp_initialises_lists_and_calls() {
    let upstream = Upstream::start();
    upstream.play(Script::says(["42"]));
    let rpc = |method: &str| {
        post(upstream.address(), "/mcp", &json!({"jsonrpc": "2.0", "id": 7, "method": method}))
    };
    assert_eq!(rpc("initialize").header("mcp-session-id"), Some("session-test"));
    assert_eq!(rpc("tools/list").json()["result"]["tools"][0]["name"], "say");
    assert_eq!(rpc("tools/call").json()["result"]["content"][0]["text"], "42");
    assert_eq!(rpc("no/such").json()["error"]["code"], -32601);
}

#[test]
fn errors_have_the_providers_shape() {
    let upstream = Upstream::start();
    upstream.play(Script::error(429));
    let cases = [
        ("/v1/chat/completions", "/error/code", json!("rate_limit_exceeded")),
        ("/v1/messages", "/error/type", json!("rate_limit_error")),
        ("/v1/models/m:generateContent", "/error/status", json!("RESOURCE_EXHAUSTED")),
    ];
    for (path, pointer, expected) in cases {
        let answer = post(upstream.address(), path, &json!({}));
        assert_eq!(answer.status, 429);
        assert_eq!(answer.json().pointer(pointer), Some(&expected), "{path}");
    }
}

#[test]
fn faults_look_as_scripted_from_outside() {
    let upstream = Upstream::start();
    for ending in [Ending::DiesAfter(2), Ending::ResetsAfter(2)] {
        upstream.play(Script { ending, ..Script::says(["one", "two", "three"]) });
        let answer = post(upstream.address(), "/v1/chat/completions", &json!({"stream": true}));
        assert!(
            !answer.whole && answer.text().contains("one") && !answer.text().contains("two"),
            "{answer:#?}"
        );
    }
    let not_http = Script { socket_base64: Some("bm90IGh0dHANCg0K".into()), ..Script::default() };
    upstream.play(not_http);
    assert!(send(upstream.address(), "/v1/chat/completions", &json!({})).head().is_none());
    upstream.play(Script { coding: Coding::Gzip, ..Script::default() });
    let packed = post(upstream.address(), "/v1/chat/completions", &json!({}));
    assert_eq!((packed.header("content-encoding"), packed.body.first()), (Some("gzip"), Some(&0x1f)));
}

#[test]
fn a_gated_stream_waits_for_each_release_and_notices_a_leaving_client() {
    let upstream = Upstream::start();
    upstream.play(Script { pace: Pace::Gated, ..Script::raw("text/plain", ["one", "two", "three"]) });
    let mut connection = send(upstream.address(), "/any", &json!({}));
    upstream.release(1);
    let head = connection.head().expect("a head");
    assert_eq!(connection.read_until(&head, "one"), "one");
    assert_eq!(upstream.only_request().answered, Answered::Pending);
    drop(connection);
    while upstream.only_request().answered == Answered::Pending {
        std::thread::yield_now();
    }
    assert_eq!(upstream.only_request().answered, Answered::Abandoned);
}

#[test]
fn the_credential_comes_back_where_the_script_says() {
    let upstream = Upstream::start();
    let headers = vec![("x-seen".into(), "{{credential}}".into())];
    upstream.play(Script { headers, ..Script::says(["key: {{credential}}"]) });
    let answer = post(upstream.address(), "/v1/chat/completions", &json!({}));
    assert_eq!(answer.header("x-seen"), Some("hush"));
    assert_eq!(answer.json()["choices"][0]["message"]["content"], "key: hush");
}

#[test]
fn scripts_and_requests_travel_over_the_control_paths() {
    let upstream = Upstream::start();
    let script = json!([{"when": "/messages", "choices": [[{"text": ["Hi"]}]], "times": 1}]);
    assert_eq!(post(upstream.address(), "/__script", &script).status, 200);
    assert!(post(upstream.address(), "/v1/messages", &json!({})).text().contains("\"Hi\""));
    assert!(post(upstream.address(), "/v1/messages", &json!({})).text().contains("Hello from upstream."));
    let mut connection = Connection::open(upstream.address());
    connection.send(b"GET /__requests HTTP/1.1\r\nhost: upstream\r\n\r\n");
    let requests = connection.response().expect("an answer").json();
    assert_eq!(requests[0]["path"], "/v1/messages");
    assert_eq!(post(upstream.address(), "/__script", &json!({"wen": ""})).status, 400);
}
