//! What nothing is decided about passes as it is: every byte, and each as it comes.

use renlayer_tests::harness::Renlayer;
use renlayer_tests::upstream::{Coding, Ending, Pace, Part, Script, Upstream};
use serde_json::{Value, json};

/// A call in each dialect, through renlayer and as the upstream knows it.
const CALLS: [(&str, &str); 6] = [
    ("/openai/v1/chat/completions", "/v1/chat/completions"),
    ("/openai/v1/responses", "/v1/responses"),
    ("/anthropic/v1/messages", "/v1/messages"),
    (
        "/gemini/v1beta/models/gemini-test:streamGenerateContent?alt=sse",
        "/v1beta/models/gemini-test:streamGenerateContent",
    ),
    ("/gemini/v1/models/gemini-test:generateContent", "/v1/models/gemini-test:generateContent"),
    ("/http/any/path?q=a%20b&q=c", "/any/path"),
];

/// Every fragment ends where no sensitive value could go on, so that none has to wait for the next.
fn talkative() -> Script {
    Script::parts(vec![
        Part::Thinking(vec!["Let me ".into(), "think. ".into()]),
        Part::text(["Grüße, ", "世界 ", "\u{1f600} ", "\\ \" \n and more. "]),
        Part::tool("weather", ["{ ", "\"place\":\"Oslo\" ", "} "]),
    ])
}

fn body(stream: bool) -> Value {
    json!({"model": "m", "stream": stream, "max_tokens": 10, "messages": [{"role": "user", "content": "Hi"}]})
}

#[test]
fn answers_are_the_upstreams_byte_for_byte_in_every_dialect() {
    let upstream = Upstream::start();
    upstream.play(talkative());
    let renlayer = Renlayer::in_front_of(&upstream).start();
    for (path, upstream_path) in CALLS {
        for stream in [false, true] {
            if upstream_path == "/any/path" {
                continue; // the echo says which headers it got: another test's business
            }
            let query = path.split_once('?').map_or(String::new(), |(_, query)| format!("?{query}"));
            let straight = call_upstream(&upstream, &format!("{upstream_path}{query}"), &body(stream));
            let through = renlayer.post(path, &[], &body(stream));
            assert_eq!(through.status, 200, "{path}: {through:#?}");
            assert_eq!(through.text(), straight.text(), "{path}, stream: {stream}");
            assert_eq!(through.header("content-type"), straight.header("content-type"), "{path}");
        }
    }
}

#[test]
fn the_bytes_survive_any_cut_of_the_answer() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    for (path, upstream_path) in &CALLS[..4] {
        let query = path.split_once('?').map_or(String::new(), |(_, query)| format!("?{query}"));
        upstream.play(talkative());
        let whole = call_upstream(&upstream, &format!("{upstream_path}{query}"), &body(true)).text();
        for size in [1, 2, 3, 7, 61] {
            upstream.play(Script { cut_every: Some(size), ..talkative() });
            let through = renlayer.post(path, &[], &body(true));
            assert_eq!(through.text(), whole, "{path} cut every {size}");
        }
    }
}

#[test]
fn requests_arrive_byte_for_byte_with_path_and_query() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    let odd = "{ \"model\" :\"m\",\r\n\t\"messages\":[ {\"role\":\"user\",\"content\":\"\\u0048i \\ud83d\\ude00 \u{e9}\"} ] , \"x\": 1e0 }";
    for (path, expected) in CALLS {
        upstream.forget();
        let answer =
            renlayer.call("POST", path, &[("x-own", "kept"), ("accept-language", "de")], odd.as_bytes());
        assert_eq!(answer.status, 200, "{path}: {answer:#?}");
        let request = upstream.only_request();
        assert_eq!((request.path.as_str(), &request.body[..]), (expected, odd.as_bytes()));
        assert_eq!((request.header("x-own"), request.header("accept-language")), (Some("kept"), Some("de")));
        let address = upstream.address().to_string();
        assert_eq!(request.header("host"), Some(address.as_str()));
    }
    assert_eq!(upstream.only_request().query, "q=a%20b&q=c");
}

#[test]
fn each_chunk_arrives_while_the_next_is_yet_to_be_sent() {
    let upstream = Upstream::start();
    let script = || Script { pace: Pace::Gated, ..Script::says(["Hello ", "again ", "there "]) };
    let renlayer = Renlayer::in_front_of(&upstream).start();
    for path in ["/openai/v1/chat/completions", "/openai/v1/responses", "/anthropic/v1/messages"] {
        upstream.play(script());
        let mut connection = renlayer.connect();
        connection.send(&renlayer.request("POST", path, &[], body(true).to_string().as_bytes()));
        upstream.release(1);
        let head = connection.head().expect("a head before the rest");
        let mut released = 1;
        for word in ["Hello", "again", "there "] {
            // As many events as come before and with the word, not one more.
            let events = events_until(path, word);
            upstream.release(events - released);
            released = events;
            connection.read_until(&head, word);
        }
        upstream.release(100);
        assert!(connection.body(&head, |_| true).1, "{path}: the end");
    }
}

#[test]
fn a_compressed_answer_is_readable_and_says_the_same() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    for coding in [Coding::Gzip, Coding::Deflate] {
        upstream.play(Script { coding, ..Script::says(["Hello ", "there."]) });
        let answer = renlayer.post(
            "/openai/v1/chat/completions",
            &[("accept-encoding", "gzip, deflate")],
            &body(false),
        );
        let text = match answer.header("content-encoding") {
            None => answer.text(),
            Some(coding) => unpack(coding, &answer.body),
        };
        assert!(text.contains("Hello there."), "{coding:?}: {text}");
    }
}

#[test]
fn every_call_is_a_trace_with_what_it_was() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    let kinds = [
        ("/openai/v1/chat/completions", "chat_completion", json!(19)),
        ("/openai/v1/responses", "chat_completion", json!(19)),
        ("/anthropic/v1/messages", "chat_completion", json!(19)),
        ("/openai/v1/embeddings", "embedding", json!(12)),
        ("/http/any", "http_request", Value::Null),
    ];
    for (path, kind, tokens) in kinds {
        for stream in [false, true] {
            let mut body = body(stream);
            if stream {
                body["stream_options"] = json!({"include_usage": true});
            }
            body["input"] = json!("Hi");
            let answer =
                renlayer.post(path, &[("x-renlayer-user", "ada"), ("x-renlayer-session", "s1")], &body);
            let trace = renlayer.trace(&answer);
            let known = (&trace["status"], &trace["outcome"], &trace["action_type"], &trace["http_status"]);
            assert_eq!(
                known,
                (&json!("ALLOWED"), &json!("completed"), &json!(kind), &json!(200)),
                "{path} {trace:#}"
            );
            assert_eq!((&trace["user"], &trace["session"]), (&json!("ada"), &json!("s1")), "{path}");
            assert_eq!(trace["usage"]["total"], tokens, "{path}, stream: {stream}: {trace:#}");
            assert_eq!(trace["enforced"], true);
        }
    }
    assert!(
        upstream.requests().iter().all(|request| !request.everything().to_lowercase().contains("x-renlayer"))
    );
}

#[test]
fn a_providers_error_is_passed_on_with_its_headers() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    for status in [400, 401, 429, 500, 529] {
        upstream.play(Script::error(status));
        let straight = call_upstream(&upstream, "/v1/messages", &body(false));
        let through = renlayer.post("/anthropic/v1/messages", &[], &body(false));
        assert_eq!((through.status, through.text()), (status, straight.text()));
        assert_eq!(through.header("retry-after"), straight.header("retry-after"));
    }
}

#[test]
fn methods_without_a_body_and_kept_connections_work() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    let mut connection = renlayer.connect();
    for method in ["GET", "DELETE", "OPTIONS", "GET"] {
        let host = renlayer.address();
        connection.send(format!("{method} /http/thing HTTP/1.1\r\nhost: {host}\r\n\r\n").as_bytes());
        let answer = connection.response().expect("an answer on the kept connection");
        assert_eq!((answer.status, answer.json()["method"].as_str()), (200, Some(method)));
    }
    upstream.play(Script { ending: Ending::Complete, ..Script::raw("text/plain", Vec::<String>::new()) });
    assert_eq!(renlayer.get("/http/empty").text(), "");
}

fn call_upstream(upstream: &Upstream, path: &str, body: &Value) -> renlayer_tests::harness::Response {
    let body = body.to_string();
    let mut connection = renlayer_tests::harness::Connection::open(upstream.address());
    let head = format!("POST {path} HTTP/1.1\r\nhost: upstream\r\ncontent-length: {}\r\n\r\n", body.len());
    connection.send(head.as_bytes()).send(body.as_bytes()).response().expect("the upstream's answer")
}

/// How many events of the scripted stream there are up to the one that says `word`.
fn events_until(path: &str, word: &str) -> usize {
    let twin = Upstream::start();
    twin.play(Script::says(["Hello ", "again ", "there "]));
    let path = path.trim_start_matches("/openai").trim_start_matches("/anthropic");
    let text = call_upstream(&twin, path, &body(true)).text();
    let events: Vec<&str> = text.split_inclusive("\n\n").collect();
    events.iter().position(|event| event.contains(word)).expect("the word in an event") + 1
}

fn unpack(coding: &str, bytes: &[u8]) -> String {
    use std::io::Read as _;
    let mut text = String::new();
    match coding {
        "gzip" => flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).expect("gzip"),
        "deflate" => flate2::read::ZlibDecoder::new(bytes).read_to_string(&mut text).expect("deflate"),
        other => panic!("an answer in {other}"),
    };
    text
}
