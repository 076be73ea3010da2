//! What no honest client sends: refused or judged in full, never waved through, and never the end of the process.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use renlayer_tests::harness::{Renlayer, Setup, aws_access_key, base64};
use renlayer_tests::upstream::Upstream;
use serde_json::json;

const CHAT: &str = "/openai/v1/chat/completions";

/// Policies on the prompt and detectors on: a body that cannot be read cannot be judged.
fn strict(upstream: &Upstream) -> Setup {
    Renlayer::in_front_of(upstream).declare(
        "policies:\n  - { name: no-codes, match: { prompt: { contains: launch codes } }, action: DENY, message: No. }",
    )
}

#[test]
fn bodies_that_are_no_json_are_not_waved_through_where_a_policy_reads_them() {
    let upstream = Upstream::start();
    let renlayer = strict(&upstream).start();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let messages = |inner: &str| format!("{{\"model\":\"m\",\"messages\":{inner}}}").into_bytes();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("no JSON", b"{\"messages\": [".to_vec()),
        ("bare words", b"launch codes".to_vec()),
        ("trailing bytes", [messages("[]"), b"{}".to_vec()].concat()),
        (
            "invalid UTF-8",
            [&b"{\"messages\":[{\"role\":\"user\",\"content\":\"\xff\xfe"[..], b"\"}]}"].concat(),
        ),
        ("deep nesting", messages(&deep)),
        ("NUL", messages("[{\"role\":\"user\",\"content\":\"a\0b\"}]")),
        ("a key twice", messages("[{\"role\":\"user\",\"content\":\"launch codes\",\"content\":\"hello\"}]")),
        (
            "a key twice, the other way",
            messages("[{\"role\":\"user\",\"content\":\"hello\",\"content\":\"launch codes\"}]"),
        ),
        (
            "messages twice",
            b"{\"messages\":[{\"role\":\"user\",\"content\":\"launch codes\"}],\"messages\":[]}".to_vec(),
        ),
    ];
    for (what, body) in cases {
        let answer = renlayer.call("POST", CHAT, &[], &body);
        assert!((400..500).contains(&answer.status), "{what}: {} {}", answer.status, answer.text());
        let trace = renlayer.trace(&answer);
        assert_eq!(trace["status"], "DENIED", "{what}: {trace:#}");
    }
    assert!(upstream.requests().is_empty(), "{:#?}", upstream.requests());
    assert_eq!(renlayer.chat("Hi").status, 200, "it still serves");
}

#[test]
fn a_body_over_the_bound_is_a_413_however_it_is_framed() {
    let upstream = Upstream::start();
    let renlayer = strict(&upstream).top("bounds: { max_body_bytes: 10000 }").start();
    let long = json!({"messages": [{"role": "user", "content": "a".repeat(20_000)}]}).to_string();
    let answer = renlayer.call("POST", CHAT, &[], long.as_bytes());
    assert_eq!(answer.status, 413, "{answer:#?}");
    assert_eq!(renlayer.trace(&answer)["reasons"][0]["kind"], "body_too_large");
    let chunked = format!("{:x}\r\n{long}\r\n0\r\n\r\n", long.len());
    let answer = renlayer.call("POST", CHAT, &[("transfer-encoding", "chunked")], chunked.as_bytes());
    assert_eq!(answer.status, 413, "{answer:#?}");
    assert!(upstream.requests().is_empty());
}

#[test]
fn a_body_that_stops_half_way_is_never_forwarded() {
    let upstream = Upstream::start();
    let renlayer = strict(&upstream).start();
    let host = renlayer.address();
    let body = json!({"messages": [{"role": "user", "content": "Hi"}]}).to_string();
    for head in [
        "content-length: 1000\r\n\r\n".to_owned(),
        format!("transfer-encoding: chunked\r\n\r\n{:x}\r\n", body.len()),
    ] {
        let request =
            format!("POST {CHAT} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n{head}{body}");
        let mut connection = renlayer.connect();
        connection.send(request.as_bytes()).finish_sending();
        let answer = connection.response();
        assert!(answer.as_ref().is_none_or(|answer| answer.status >= 400), "{answer:#?}");
    }
    assert!(upstream.requests().is_empty(), "{:#?}", upstream.requests());
    let trace = renlayer.find_trace(|trace| trace["method"] == "POST");
    assert!(["refused", "client_disconnected"].map(Some).contains(&trace["outcome"].as_str()), "{trace:#}");
}

#[test]
fn ambiguous_framing_never_becomes_two_requests() {
    let upstream = Upstream::start();
    let renlayer = strict(&upstream).start();
    let host = renlayer.address();
    let smuggled = "GET /http/smuggled HTTP/1.1\r\nhost: x\r\n\r\n";
    let body = format!("0\r\n\r\n{smuggled}");
    let length = body.len();
    let framings = [
        ("both lengths", format!("content-length: {length}\r\ntransfer-encoding: chunked\r\n")),
        ("two lengths", format!("content-length: 5\r\ncontent-length: {length}\r\n")),
        ("a list of lengths", format!("content-length: 5, {length}\r\n")),
        ("a signed length", format!("content-length: +{length}\r\n")),
        ("a length that is no number", "content-length: 0x10\r\n".into()),
        ("an unknown coding", format!("transfer-encoding: xchunked\r\ncontent-length: {length}\r\n")),
        ("chunked not last", "transfer-encoding: chunked, identity\r\n".into()),
        ("chunked twice", "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n".into()),
        ("a space before the colon", format!("transfer-encoding : chunked\r\ncontent-length: {length}\r\n")),
        ("a folded line", format!("x-a: b\r\n transfer-encoding: chunked\r\ncontent-length: {length}\r\n")),
        ("a bare line feed", format!("x-a: b\ntransfer-encoding: chunked\r\ncontent-length: {length}\r\n")),
        ("a NUL in a value", format!("x-a: b\0c\r\ncontent-length: {length}\r\n")),
    ];
    for (what, framing) in framings {
        upstream.forget();
        let mut connection = renlayer.connect();
        let head = format!("POST /http/first HTTP/1.1\r\nhost: {host}\r\n{framing}\r\n");
        connection.send(head.as_bytes()).send(body.as_bytes()).finish_sending();
        while connection.response().is_some() {}
        let seen = upstream.requests();
        assert!(!seen.iter().any(|request| request.path.contains("smuggled")), "{what}: {seen:#?}");
        for request in &seen {
            let (length, chunked) = (request.header("content-length"), request.header("transfer-encoding"));
            assert!(length.is_none() || chunked.is_none(), "{what}: forwarded with both: {request:#?}");
            assert!(request.whole, "{what}: forwarded in part");
        }
    }
    assert_eq!(renlayer.chat("Hi").status, 200, "it still serves");
}

#[test]
fn heads_that_cannot_be_read_are_refused_with_a_trace() {
    let upstream = Upstream::start();
    let renlayer = strict(&upstream).start();
    let host = renlayer.address();
    let long = "a".repeat(200_000);
    let get = |rest: String| format!("GET /http/x HTTP/1.1\r\n{rest}\r\n\r\n");
    let cases = [
        ("NOT HTTP AT ALL\r\n\r\n".to_owned(), 400, "malformed_head"),
        (format!("GET  /http/x  HTTP/1.1\r\nhost: {host}\r\n\r\n"), 400, "malformed_head"),
        (format!("GET /http/x HTTP/9.9\r\nhost: {host}\r\n\r\n"), 400, "malformed_head"),
        (format!("G\u{1}T /http/x HTTP/1.1\r\nhost: {host}\r\n\r\n"), 400, "malformed_head"),
        (get(format!("host: {host}\r\na b: c")), 400, "malformed_head"),
        (get(format!("host: {host}\r\nno colon here")), 400, "framing"),
        (get(format!("host: {host}\r\ncontent-length: 5\r\ntransfer-encoding: chunked")), 400, "framing"),
        (get(format!("host: {host}\r\ncontent-length: 5\r\ncontent-length: 6")), 400, "framing"),
        (get(format!("host: {host}\nx: y")), 400, "framing"),
        (get("x: y".to_owned()), 400, "host"),
        (get(format!("host: {host}\r\nhost: other")), 400, "host"),
        (get(format!("host: {host}\r\nx-long: {long}")), 431, "head_too_large"),
        (get(format!("host: {host}\r\n{}x: y", "x: y\r\n".repeat(300))), 431, "head_too_large"),
        (format!("GET /http/{} HTTP/1.1\r\nhost: {host}\r\n\r\n", &long[..30_000]), 414, "target_too_long"),
    ];
    for (head, status, code) in &cases {
        let mut connection = renlayer.connect();
        connection.send(head.as_bytes());
        let shown: String = head.chars().take(80).collect();
        let answer = connection.response().unwrap_or_else(|| panic!("no answer to {shown}"));
        assert_eq!(answer.status, *status, "{shown}: {answer:#?}");
        assert_eq!(answer.json()["error"]["renlayer"]["decided_by"], *code, "{shown}");
        let trace = renlayer.trace(&answer);
        assert_eq!(trace["reasons"][0]["kind"], "bad_request", "{shown}: {trace:#}");
        assert_eq!(trace["reasons"][0]["by"], *code, "{shown}: {trace:#}");
        assert_eq!(
            (&trace["outcome"], &trace["http_status"]),
            (&json!("refused"), &json!(status)),
            "{shown}"
        );
        let peer = trace["refused_head"]["peer"].as_str().unwrap_or_default();
        assert!(peer.starts_with("127.0.0.1:"), "{shown}: {trace:#}");
    }
    assert_eq!(renlayer.traces().len(), cases.len(), "one trace for each");
    assert!(upstream.requests().is_empty(), "{:#?}", upstream.requests());
    assert_eq!(renlayer.chat("Hi").status, 200, "it still serves");
}

#[test]
fn encodings_that_cannot_be_looked_into_are_refused() {
    let upstream = Upstream::start();
    let renlayer = strict(&upstream).start();
    let hidden =
        json!({"messages": [{"role": "user", "content": format!("key {}", aws_access_key())}]}).to_string();
    for coding in ["compress", "aes128gcm", "gzip, made-up", "gzip"] {
        // Under a name that is not what it is, too.
        let answer = renlayer.call("POST", CHAT, &[("content-encoding", coding)], hidden.as_bytes());
        assert!((400..500).contains(&answer.status), "{coding}: {answer:#?}");
    }
    let answer = renlayer.call("POST", CHAT, &[("content-encoding", "gzip")], &gzip(hidden.as_bytes()));
    assert_eq!(answer.status, 403, "a secret under gzip: {answer:#?}");
    let answer =
        renlayer.call("POST", CHAT, &[("content-type", "application/json; charset=utf-16")], &utf16(&hidden));
    assert!((400..500).contains(&answer.status), "UTF-16: {answer:#?}");
    assert!(upstream.requests().is_empty(), "{:#?}", upstream.requests());
    let fine = gzip(json!({"messages": [{"role": "user", "content": "Hi"}]}).to_string().as_bytes());
    assert_eq!(renlayer.call("POST", CHAT, &[("content-encoding", "gzip")], &fine).status, 200);
}

#[test]
fn a_bomb_is_refused_within_bounds() {
    let upstream = Upstream::start();
    let renlayer = strict(&upstream).start();
    let once = gzip(&vec![b'0'; 100 << 20]);
    let twice = gzip(&once);
    let before = std::time::Instant::now();
    for (coding, bomb) in [("gzip", &once), ("gzip, gzip", &twice)] {
        let answer = renlayer.call("POST", CHAT, &[("content-encoding", coding)], bomb);
        assert!((400..500).contains(&answer.status), "{coding}: {answer:#?}");
    }
    assert!(before.elapsed().as_secs() < 10, "took {:?}", before.elapsed());
    assert!(upstream.requests().is_empty());
    assert_eq!(renlayer.chat("Hi").status, 200, "it still serves");
}

#[test]
fn an_answer_that_is_a_bomb_or_a_lie_does_no_harm() {
    use renlayer_tests::upstream::Script;
    let upstream = Upstream::start();
    let renlayer = strict(&upstream).start();
    let headers =
        vec![("content-type".into(), "application/json".into()), ("content-encoding".into(), "gzip".into())];
    let bomb = base64(gzip(&vec![b'0'; 100 << 20]));
    upstream.play(Script { headers: headers.clone(), raw_base64: Some(vec![bomb]), ..Script::default() });
    let answer = renlayer.chat("Hi");
    assert!(answer.body.len() < (20 << 20), "{} bytes arrived", answer.body.len());
    upstream.play(Script { headers, raw: Some(vec!["this is no gzip".into()]), ..Script::default() });
    let answer = renlayer.chat("Hi");
    assert!(answer.status >= 500 || !answer.whole || answer.text() == "this is no gzip", "{answer:#?}");
    upstream.play(Script::default());
    assert_eq!(renlayer.chat("Hi").status, 200, "it still serves");
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).and_then(|()| encoder.finish()).expect("gzip into memory")
}

fn utf16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}
