//! An upstream that fails, and a client that leaves: the caller gets an answer in its own dialect, the trace the truth.

use std::time::{Duration, Instant};

use renlayer_tests::harness::{PATIENCE, Renlayer, Setup, base64};
use renlayer_tests::upstream::{Answered, Ending, Pace, Script, Upstream};
use serde_json::{Value, json};

const DIALECTS: [(&str, &str); 3] = [
    ("/openai/v1/chat/completions", "/error/message"),
    ("/anthropic/v1/messages", "/error/message"),
    ("/gemini/v1/models/m:generateContent", "/error/message"),
];

fn chat(stream: bool) -> Value {
    json!({"model": "m", "stream": stream, "messages": [{"role": "user", "content": "Hi"}]})
}

fn impatient(upstream: &Upstream) -> Setup {
    Renlayer::in_front_of(upstream).top("timeouts: { connect: 1s, first_byte: 1s, idle: 1s }")
}

#[test]
fn an_upstream_that_is_not_there_is_a_502() {
    let address = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("its address")
    };
    let renlayer = Setup::default().routes_to(&format!("http://{address}")).start();
    for (path, message) in DIALECTS {
        let answer = renlayer.post(path, &[], &chat(false));
        assert_eq!(answer.status, 502, "{path}: {answer:#?}");
        assert!(answer.json().pointer(message).is_some_and(Value::is_string), "{path}: {answer:#?}");
        let trace = renlayer.trace(&answer);
        assert_eq!(
            (&trace["status"], &trace["outcome"]),
            (&json!("ALLOWED"), &json!("upstream_error")),
            "{trace:#}"
        );
    }
}

#[test]
fn an_upstream_that_never_answers_is_a_504_in_time() {
    let upstream = Upstream::start();
    let renlayer = impatient(&upstream).start();
    upstream.play(Script { ending: Ending::NeverStarts, ..Script::default() });
    for (path, message) in DIALECTS {
        let start = Instant::now();
        let answer = renlayer.post(path, &[], &chat(false));
        assert_eq!(answer.status, 504, "{path}: {answer:#?}");
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        assert!(answer.json().pointer(message).is_some_and(Value::is_string), "{path}: {answer:#?}");
        assert_eq!(renlayer.trace(&answer)["outcome"], "upstream_timeout");
    }
}

#[test]
fn a_slow_first_byte_within_the_bound_is_waited_for() {
    let upstream = Upstream::start();
    let renlayer = impatient(&upstream).start();
    upstream.play(Script { think_ms: 400, ..Script::default() });
    assert_eq!(renlayer.chat("Hi").status, 200);
}

#[test]
fn bytes_that_are_no_http_and_resets_are_a_502() {
    let upstream = Upstream::start();
    let renlayer = impatient(&upstream).start();
    let garbage = ["bm90IGh0dHANCg0K", "SFRUUC8xLjEgMjAwIE9LDQpjb250ZW50LWxlbmd0aDogLTENCg0K"];
    for socket in garbage {
        upstream.play(Script { socket_base64: Some(socket.into()), ..Script::default() });
        let answer = renlayer.chat("Hi");
        assert_eq!(answer.status, 502, "{answer:#?}");
        assert_eq!(renlayer.trace(&answer)["outcome"], "upstream_error");
    }
}

#[test]
fn a_stream_that_dies_ends_for_the_client_too_and_what_came_arrives() {
    let upstream = Upstream::start();
    let renlayer = impatient(&upstream).start();
    for ending in [Ending::DiesAfter(3), Ending::ResetsAfter(3)] {
        for path in ["/openai/v1/chat/completions", "/anthropic/v1/messages"] {
            upstream.play(Script { ending, ..Script::says(["Hello ", "again ", "there"]) });
            let answer = renlayer.post(path, &[], &chat(true));
            assert_eq!(answer.status, 200);
            let came = if path.contains("chat") { "Hello" } else { "message_start" };
            assert!(answer.text().contains(came), "{ending:?} {path}: {answer:#?}");
            assert!(!answer.text().contains("there"), "{ending:?} {path}");
            // Either cut as the upstream cut it, or ended with the dialect's own error: never as if it were complete.
            assert!(!answer.whole || answer.text().contains("error"), "{ending:?} {path}: {answer:#?}");
            assert_eq!(renlayer.trace(&answer)["outcome"], "upstream_error", "{ending:?} {path}");
        }
    }
}

#[test]
fn a_stream_that_falls_silent_is_ended_in_time() {
    let upstream = Upstream::start();
    let renlayer = impatient(&upstream).start();
    upstream.play(Script { ending: Ending::HangsAfter(2), ..Script::says(["Hello ", "again"]) });
    let start = Instant::now();
    let answer = renlayer.chat_stream("Hi");
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    assert!(answer.text().contains("Hello") && !answer.text().contains("again"));
    assert_eq!(renlayer.trace(&answer)["outcome"], "upstream_timeout");
}

#[test]
fn an_answer_shorter_than_it_says_is_not_passed_off_as_whole() {
    let upstream = Upstream::start();
    let renlayer = impatient(&upstream).start();
    let short = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 100\r\n\r\nshort";
    upstream.play(Script { socket_base64: Some(base64(short)), ..Script::default() });
    let answer = renlayer.get("/http/short");
    assert!(!answer.whole || answer.status == 502, "{answer:#?}");
    assert_eq!(renlayer.trace(&answer)["outcome"], "upstream_error");
}

#[test]
fn a_client_that_leaves_ends_the_upstreams_work_and_is_traced() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    upstream.play(Script { pace: Pace::Gated, ..Script::says(["Hello ", "again"]) });
    let mut connection = renlayer.connect();
    let body = chat(true).to_string();
    connection.send(&renlayer.request("POST", "/openai/v1/chat/completions", &[], body.as_bytes()));
    upstream.release(2);
    let head = connection.head().expect("a head");
    connection.read_until(&head, "Hello");
    drop(connection);
    let start = Instant::now();
    while upstream.only_request().answered == Answered::Pending {
        assert!(start.elapsed() < PATIENCE, "the upstream was not told");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(upstream.only_request().answered, Answered::Abandoned);
    let trace = renlayer.find_trace(|trace| trace["outcome"] == "client_disconnected");
    assert_eq!(trace["id"].as_str(), head.header("x-renlayer-trace-id"));
}

#[test]
fn a_client_that_leaves_before_the_head_is_traced_too() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    upstream.play(Script { ending: Ending::NeverStarts, ..Script::default() });
    let mut connection = renlayer.connect();
    let body = chat(false).to_string();
    connection.send(&renlayer.request("POST", "/openai/v1/chat/completions", &[], body.as_bytes()));
    let start = Instant::now();
    while upstream.requests().is_empty() {
        assert!(start.elapsed() < PATIENCE, "the request did not arrive");
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(connection);
    let trace = renlayer.find_trace(|trace| trace["outcome"] == "client_disconnected");
    assert_eq!(trace["http_status"], Value::Null, "nobody was there to see one");
    while upstream.only_request().answered != Answered::Abandoned {
        assert!(start.elapsed() < PATIENCE, "the upstream was not told");
        std::thread::sleep(Duration::from_millis(10));
    }
}
