//! The exchange from end to end, without a socket: what the upstream sees, what the agent sees, what the trace says.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod drive;

use std::io::Write as _;

use bytes::Bytes;
use drive::{Upstream, answers, call, engine, post, response};
use flate2::{Compression, write::GzEncoder};
use http::StatusCode;
use renlayer_core::{
    exchange::{BadHead, HeadFault, UpstreamFailure},
    key::AgentKey,
    trace::{Outcome, ReasonKind, Status, Trace},
};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::json;

const ROUTES: &str = r#"
routes:
  - { name: openai, prefix: /openai, upstream: "https://api.openai.example", dialect: openai }
  - { name: anthropic, prefix: /anthropic, upstream: "https://api.anthropic.example", dialect: anthropic }
  - { name: tools, prefix: /tools, upstream: "http://tools.example:9000/base", dialect: http }
"#;
const CHAT: &str = "/openai/v1/chat/completions";

fn with(declare: &str) -> String {
    format!("{ROUTES}\n{declare}")
}

fn chat(text: &str) -> String {
    json!({"model": "gpt-4.1", "messages": [{"role": "user", "content": text}]}).to_string()
}

fn completion(text: &str) -> String {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-4.1",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12},
    })
    .to_string()
}

fn delta(text: &str) -> String {
    let event = json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]});
    format!("data: {event}\n\n")
}

/// A card number that passes its checksum, put together so that it stands nowhere as such.
fn card() -> String {
    ["4242"; 4].join(" ")
}

fn kinds(trace: &Trace) -> Vec<ReasonKind> {
    trace.reasons.iter().map(|reason| reason.kind).collect()
}

#[test]
fn what_nothing_decides_on_goes_through_as_it_came() {
    let (engine, recorded) = engine(ROUTES, &[]);
    let body = chat("hello");
    let answer = completion("hi there");
    let request =
        post(CHAT, &[("authorization", "Bearer of-the-agent"), ("x-renlayer-session", "s1")], &body);
    let outcome = call(&engine, request, answers("application/json", &[&answer[..20], &answer[20..]]));

    let sent = outcome.sent();
    assert_eq!(sent.uri(), "https://api.openai.example/v1/chat/completions");
    assert_eq!(sent.headers()["authorization"], "Bearer of-the-agent");
    assert!(!sent.headers().contains_key("x-renlayer-session") && !sent.headers().contains_key("host"));
    assert_eq!(sent.body(), body.as_bytes());
    assert_eq!(outcome.text(), answer);

    let trace = recorded.only();
    assert_eq!(outcome.headers["x-renlayer-trace-id"], trace.id.to_string());
    assert_eq!(
        (trace.status, trace.outcome, trace.http_status),
        (Status::Allowed, Outcome::Completed, Some(200))
    );
    assert_eq!(trace.session.as_deref(), Some("s1"));
    assert_eq!(trace.model.as_deref(), Some("gpt-4.1"));
    assert_eq!(trace.agent.unwrap().name.as_ref(), "default");
    assert_eq!((trace.usage.input, trace.usage.output), (Some(5), Some(7)));
    assert_eq!(trace.coverage.request.scanned, body.len() as u64);
    assert_eq!(trace.coverage.response.scanned, answer.len() as u64);
    assert_eq!(trace.request_body.unwrap().text, body);
    assert_eq!(trace.upstream.as_deref(), Some("https://api.openai.example/v1/chat/completions"));
}

#[test]
fn refusals_that_need_no_more_than_the_head() {
    let known = AgentKey::mint().unwrap();
    let yaml = with("auth: required\ndeclare: { agents: [{ name: bot, keys: [\"${KEY}\"] }] }");
    let unknown = AgentKey::mint().unwrap();
    let bearer = |key: &AgentKey| format!("Bearer {}", key.reveal());
    for (path, key, status, reason) in [
        (CHAT, None, 401, ReasonKind::Unauthenticated),
        (CHAT, Some(bearer(&unknown)), 401, ReasonKind::Unauthenticated),
        ("/nowhere/v1", Some(bearer(&known)), 404, ReasonKind::Route),
        ("/openai/v1/../admin", Some(bearer(&known)), 400, ReasonKind::BadRequest),
        ("/openai/v1/%2e%2e/admin", Some(bearer(&known)), 400, ReasonKind::BadRequest),
        ("http://127.0.0.1/openai/v1", Some(bearer(&known)), 400, ReasonKind::Route),
    ] {
        let (engine, recorded) = engine(&yaml, &[("KEY", known.reveal())]);
        let headers: Vec<_> = key.iter().map(|key| ("authorization", key.as_str())).collect();
        let outcome = call(&engine, post(path, &headers, "{}"), Upstream::MustNotBeAsked);
        assert_eq!(outcome.status.as_u16(), status, "{path}");
        let trace = recorded.only();
        assert_eq!((trace.status, trace.outcome), (Status::Denied, Outcome::Refused));
        assert_eq!(kinds(&trace), [reason], "{path}");
        assert_eq!(outcome.json()["error"]["renlayer"]["trace_id"], trace.id.to_string());
    }
}

#[test]
fn without_a_key_web_pages_are_refused_and_agents_are_not() {
    for (header, status) in [(("accept", "*/*"), 200), (("origin", "https://a.example"), 403)] {
        let (engine, recorded) = engine(ROUTES, &[]);
        let outcome = call(&engine, post(CHAT, &[header], &chat("hi")), answers("application/json", &["{}"]));
        assert_eq!(outcome.status.as_u16(), status);
        assert_eq!(recorded.only().http_status, Some(status));
    }
}

#[test]
fn a_policy_denies_another_flags() {
    let yaml = with(
        r#"
declare:
  policies:
    - { name: no-bluebird, priority: 10, match: { prompt: { contains: bluebird } }, action: DENY, message: not that one }
    - { name: watch-red, priority: 20, match: { prompt: { contains: redkite } }, action: FLAG }
"#,
    );
    for (text, status, traced) in [
        ("the bluebird", 403, Status::Denied),
        ("a redkite", 200, Status::Flagged),
        ("a wren", 200, Status::Allowed),
    ] {
        let (engine, recorded) = engine(&yaml, &[]);
        let outcome = call(&engine, post(CHAT, &[], &chat(text)), answers("application/json", &["{}"]));
        assert_eq!(outcome.status.as_u16(), status, "{text}");
        let trace = recorded.only();
        assert_eq!(trace.status, traced, "{text}");
        if traced == Status::Denied {
            assert_eq!(outcome.json()["error"]["message"], "not that one");
            assert_eq!(outcome.json()["error"]["code"], "policy_denied");
            assert_eq!(trace.reasons[0].name.as_deref(), Some("no-bluebird"));
            assert!(trace.reasons[0].by.as_deref().unwrap().starts_with("pol_"));
        }
    }
}

#[test]
fn a_limit_answers_429_in_the_callers_dialect() {
    let yaml = with(
        "declare: { limits: [{ name: one, scope: per_agent, dimension: requests, window: minute, max: 1 }] }",
    );
    let (engine, recorded) = engine(&yaml, &[]);
    let first = call(&engine, post(CHAT, &[], &chat("hi")), answers("application/json", &["{}"]));
    assert_eq!(first.headers["ratelimit-policy"], "\"one\";q=1;w=60");
    assert_eq!(recorded.only().status, Status::Allowed);

    let second = call(&engine, post(CHAT, &[], &chat("hi")), Upstream::MustNotBeAsked);
    assert_eq!(second.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(
        second.headers.contains_key("retry-after")
            && second.headers.contains_key("x-ratelimit-limit-requests")
    );
    assert_eq!(second.json()["error"]["code"], "rate_limit_exceeded");
    assert_eq!(kinds(&recorded.only()), [ReasonKind::RateLimitExceeded]);

    let anthropic =
        json!({"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": "hi"}]}).to_string();
    let third = call(&engine, post("/anthropic/v1/messages", &[], &anthropic), Upstream::MustNotBeAsked);
    assert_eq!(third.json()["error"]["type"], "rate_limit_error");
    assert!(third.headers.contains_key("anthropic-ratelimit-requests-reset"));
}

#[test]
fn a_card_blocks_an_address_is_redacted_and_neither_is_told() {
    let yaml = with("declare: { dlp: { detectors: { pii.email: { action: redact } } } }");
    let (engine, recorded) = engine(&yaml, &[]);
    let blocked =
        call(&engine, post(CHAT, &[], &chat(&format!("pay with {}", card()))), Upstream::MustNotBeAsked);
    assert_eq!(blocked.status, StatusCode::FORBIDDEN);
    assert_eq!(blocked.json()["error"]["code"], "dlp_blocked");
    assert!(!blocked.text().contains("4242"));
    let trace = recorded.only();
    assert_eq!(trace.status, Status::DlpBlocked);
    assert!(!serde_json::to_string(&trace).unwrap().contains("4242"), "the trace keeps no value");
    assert_eq!(trace.reasons[0].by.as_deref(), Some("payment.card_number"));

    let outcome = call(
        &engine,
        post(CHAT, &[], &chat("write to ada@corp.io now")),
        answers("application/json", &["{}"]),
    );
    assert_eq!(outcome.sent().body(), chat("write to [REDACTED:pii.email] now").as_bytes());
    assert_eq!(outcome.sent().headers()["content-length"], outcome.sent().body().len().to_string());
    assert_eq!(recorded.only().status, Status::DlpWarned);
}

#[test]
fn an_answer_that_must_not_go_back_is_refused() {
    let (engine, recorded) = engine(ROUTES, &[]);
    let answer = completion(&format!("here: {}", card()));
    let outcome = call(&engine, post(CHAT, &[], &chat("hi")), answers("application/json", &[&answer]));
    assert_eq!(outcome.status, StatusCode::FORBIDDEN);
    assert!(!outcome.text().contains("4242"));
    assert_eq!(recorded.only().status, Status::DlpBlocked);
}

#[test]
fn a_stream_leaves_chunk_by_chunk_as_it_came() {
    let (engine, recorded) = engine(ROUTES, &[]);
    let chunks = [delta("Hello "), delta("world. "), delta("Bye. "), "data: [DONE]\n\n".to_owned()];
    let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
    let outcome = call(&engine, post(CHAT, &[], &chat("hi")), answers("text/event-stream", &chunks));
    assert_eq!(outcome.text(), chunks.concat());
    let trace = recorded.only();
    assert_eq!((trace.status, trace.outcome), (Status::Allowed, Outcome::Completed));
    assert_eq!(trace.response_body.unwrap().text, "Hello world. Bye. ");
    assert_eq!(trace.coverage.response.scanned, chunks.concat().len() as u64);
}

#[test]
fn a_card_in_a_stream_is_cut_wherever_it_is_split() {
    let whole = format!("the number is {} ok", card());
    let (engine, recorded) = engine(ROUTES, &[]);
    for at in 1..whole.len() {
        let chunks = [delta(&whole[..at]), delta(&whole[at..]), "data: [DONE]\n\n".to_owned()];
        let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
        let outcome = call(&engine, post(CHAT, &[], &chat("hi")), answers("text/event-stream", &chunks));
        assert!(!outcome.text().contains("4242"), "split at {at}: {}", outcome.text());
        assert!(outcome.text().contains("content_filter") && outcome.text().ends_with("data: [DONE]\n\n"));
        let trace = recorded.only();
        assert_eq!((trace.status, trace.outcome), (Status::DlpBlocked, Outcome::Cut));
    }
}

#[test]
fn a_path_spelt_otherwise_is_judged_as_what_it_names() {
    let yaml = r#"
routes: [{ name: openai, prefix: /openai, upstream: "https://api.openai.example", dialect: openai }]
declare: { policies: [{ name: no-gpt-4, match: { model: "gpt-4*" }, action: DENY }] }
"#;
    let asked = r#"{"model":"gpt-4o","messages":[]}"#;
    for (path, body) in [
        ("/openai/v1/chat/%63ompletions", asked),
        ("/openai/v1/Chat/Completions", asked),
        ("/openai/Deployments/gpt-4o/chat/completions", "{}"),
        ("/openai/deployments/%67pt-4o/chat/completions", "{}"),
    ] {
        let (engine, recorded) = engine(yaml, &[]);
        let outcome = call(&engine, post(path, &[], body), Upstream::MustNotBeAsked);
        assert_eq!(outcome.status, 403, "{path}");
        recorded.only();
    }
}

#[test]
fn a_credential_is_injected_and_an_echo_of_it_taken_out() {
    let secret = format!("{}-{}", "provider", "credential-of-the-route");
    let yaml = r#"
routes:
  - { name: openai, prefix: /openai, upstream: "https://api.openai.example", dialect: openai, credential: openai-key }
declare: { secrets: [{ name: openai-key, from: { env: UPSTREAM_KEY } }] }
"#;
    for mode in ["enforce", "observe"] {
        let (engine, recorded) = engine(&format!("mode: {mode}\n{yaml}"), &[("UPSTREAM_KEY", &secret)]);
        let mut echo = response("application/json", &[&completion(&format!("you sent {secret}"))]);
        echo.headers_mut().insert("x-echo", secret.parse().unwrap());
        let request = post(CHAT, &[("authorization", "Bearer dummy"), ("x-api-key", "dummy")], &chat("hi"));
        let outcome = call(&engine, request, Upstream::Answers(echo));
        assert_eq!(outcome.sent().headers()["authorization"], format!("Bearer {secret}"));
        assert!(!outcome.sent().headers().contains_key("x-api-key"));
        assert!(
            !outcome.text().contains(&secret) && !format!("{:?}", outcome.headers).contains(&secret),
            "{mode}"
        );
        assert_eq!(outcome.json()["choices"][0]["message"]["content"], "you sent [REDACTED:secret.injected]");
        assert!(!serde_json::to_string(&recorded.only()).unwrap().contains(&secret));

        let whole = format!("you sent {secret} to me");
        for at in 1..whole.len() {
            let chunks = [delta(&whole[..at]), delta(&whole[at..]), "data: [DONE]\n\n".to_owned()];
            let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
            let outcome = call(&engine, post(CHAT, &[], &chat("hi")), answers("text/event-stream", &chunks));
            let said: String = texts(&outcome.text());
            assert_eq!(said, "you sent [REDACTED:secret.injected] to me", "{mode}, split at {at}");
            recorded.only();
        }
    }
}

fn texts(stream: &str) -> String {
    let events =
        stream.lines().filter_map(|line| line.strip_prefix("data: ")).filter(|data| *data != "[DONE]");
    let values = events.map(|data| serde_json::from_str::<serde_json::Value>(data).unwrap());
    values.filter_map(|v| v["choices"][0]["delta"]["content"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_missing_credential_refuses_and_says_so() {
    let yaml = r#"
routes:
  - { name: openai, prefix: /openai, upstream: "https://api.openai.example", dialect: openai, credential: openai-key }
declare: { secrets: [{ name: openai-key, from: { env: UPSTREAM_KEY } }] }
"#;
    let (engine, recorded) = engine(yaml, &[]);
    let outcome = call(&engine, post(CHAT, &[], &chat("hi")), Upstream::MustNotBeAsked);
    assert_eq!(outcome.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(kinds(&recorded.only()), [ReasonKind::Credential]);
}

#[test]
fn observe_refuses_nothing_and_says_what_would_have_been() {
    let yaml = with(
        r#"
mode: observe
declare:
  policies: [{ name: nothing, match: { model: "*" }, action: DENY }]
  dlp: { detectors: { pii.email: { action: redact } } }
"#,
    );
    let (engine, recorded) = engine(&yaml, &[]);
    let body = chat(&format!("{} and ada@corp.io", card()));
    let answer = completion(&card());
    let outcome = call(&engine, post(CHAT, &[], &body), answers("application/json", &[&answer]));
    assert_eq!((outcome.sent().body().as_ref(), outcome.text()), (body.as_bytes(), answer));
    let trace = recorded.only();
    assert_eq!((trace.status, trace.enforced, trace.outcome), (Status::Denied, false, Outcome::Completed));
    assert!(kinds(&trace).contains(&ReasonKind::Dlp) && trace.reasons.iter().all(|reason| !reason.enforced));
    assert!(!serde_json::to_string(&trace).unwrap().contains("4242"));
}

#[test]
fn bad_bodies_are_refused_with_their_reason() {
    let deep = format!("{{\"model\":\"m\",\"messages\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    let long = chat(&"x".repeat(2000));
    let yaml = with("bounds: { max_body_bytes: 1500 }");
    for (headers, body, status, reason) in [
        (&[][..], r#"{"model": "m", "messages": ["#, 400, ReasonKind::BadRequest),
        (&[], r#"{"model": "m", "model": "n", "messages": []}"#, 400, ReasonKind::BadRequest),
        (&[], &deep, 400, ReasonKind::BadRequest),
        (&[], &long, 413, ReasonKind::BodyTooLarge),
        (&[("content-encoding", "compress")], "anything", 403, ReasonKind::Unscannable),
        (&[("content-encoding", "br, br, br, br")], "anything", 403, ReasonKind::Unscannable),
        (&[("content-encoding", "zstd")], "P*M\u{18}\u{1}\0\0\0x", 403, ReasonKind::Unscannable),
        (&[("content-encoding", "gzip")], "not gzip", 400, ReasonKind::BadRequest),
        (&[("content-encoding", "br")], "not br", 400, ReasonKind::BadRequest),
        (&[("content-encoding", "zstd, gzip")], "neither", 400, ReasonKind::BadRequest),
    ] {
        let (engine, recorded) = engine(&yaml, &[]);
        let outcome = call(&engine, post(CHAT, headers, body), Upstream::MustNotBeAsked);
        assert_eq!(outcome.status.as_u16(), status, "{reason:?}");
        assert_eq!(kinds(&recorded.only()), [reason]);
    }
}

/// Encoded as zstd and then as gzip.
fn pack(body: &str) -> Bytes {
    let inner = compress_to_vec(body.as_bytes(), CompressionLevel::Fastest);
    let mut outer = GzEncoder::new(Vec::new(), Compression::fast());
    outer.write_all(&inner).unwrap();
    outer.finish().unwrap().into()
}

#[test]
fn encoded_bodies_are_scanned_and_leave_plain_where_they_are_redacted() {
    let yaml = with("declare: { dlp: { detectors: { pii.email: { action: redact } } } }");
    for (said, wanted) in [("nothing", None), ("write to ada@corp.io", Some("write to [REDACTED:pii.email]"))]
    {
        let (engine, _) = engine(&yaml, &[]);
        let request = post(CHAT, &[("content-encoding", "zstd, gzip")], "").map(|_| vec![pack(&chat(said))]);
        let mut answer = response("application/json", &[]).map(|_| vec![pack(&completion(said))]);
        answer.headers_mut().append("content-encoding", "zstd".parse().unwrap());
        answer.headers_mut().append("content-encoding", "gzip".parse().unwrap());
        let outcome = call(&engine, request, Upstream::Answers(answer));
        for (headers, body, plain) in [
            (outcome.sent().headers(), outcome.sent().body().clone(), chat as fn(&str) -> String),
            (&outcome.headers, outcome.chunks.concat().into(), completion),
        ] {
            assert_eq!(headers.contains_key("content-encoding"), wanted.is_none(), "{said}");
            let expected = wanted.map_or_else(|| pack(&plain(said)), |redacted| plain(redacted).into());
            assert_eq!(body, expected, "{said}");
            let length = headers.get("content-length").map(|length| length.to_str().unwrap().to_owned());
            assert_eq!(length, wanted.map(|_| body.len().to_string()), "{said}");
        }
    }
}

#[test]
fn encoded_answers_that_cannot_be_scanned_are_refused() {
    for (coding, body) in [
        ("compress", Bytes::from_static(b"anything")),
        ("gzip, gzip, gzip, gzip", Bytes::from_static(b"anything")),
        ("br", Bytes::from_static(b"not br")),
        ("zstd, gzip", pack(&"0".repeat(4 << 20))),
    ] {
        let (engine, recorded) = engine(ROUTES, &[]);
        let mut answer = response("text/event-stream", &[]).map(|_| vec![body]);
        answer.headers_mut().insert("content-encoding", coding.parse().unwrap());
        let outcome = call(&engine, post(CHAT, &[], &chat("hi")), Upstream::Answers(answer));
        assert_eq!(outcome.status, StatusCode::BAD_GATEWAY, "{coding}");
        assert_eq!(kinds(&recorded.only()), [ReasonKind::Unscannable], "{coding}");
    }
}

#[test]
fn a_body_past_the_bound_goes_on_unread_in_observe_mode() {
    let (engine, recorded) = engine(&with("mode: observe\nbounds: { max_body_bytes: 100 }"), &[]);
    let body = chat(&"x".repeat(2000));
    let outcome = call(&engine, post(CHAT, &[], &body), answers("application/json", &["{}"]));
    assert_eq!(outcome.sent().body(), body.as_bytes());
    let trace = recorded.only();
    assert_eq!((trace.status, trace.enforced), (Status::Denied, false));
    assert_eq!(trace.coverage.request.opaque_because.as_deref(), Some("body_too_large"));
}

#[test]
fn upstream_failures_are_told_in_the_callers_dialect() {
    for (failure, status, code, outcome) in [
        (UpstreamFailure::Dns, 502, "upstream_error", Outcome::UpstreamError),
        (UpstreamFailure::ConnectFailed, 502, "upstream_error", Outcome::UpstreamError),
        (UpstreamFailure::CertificateUntrusted, 502, "upstream_error", Outcome::UpstreamError),
        (UpstreamFailure::CertificateDates, 502, "upstream_error", Outcome::UpstreamError),
        (UpstreamFailure::CertificateName, 502, "upstream_error", Outcome::UpstreamError),
        (UpstreamFailure::Tls, 502, "upstream_error", Outcome::UpstreamError),
        (UpstreamFailure::Timeout, 504, "upstream_timeout", Outcome::UpstreamTimeout),
        (UpstreamFailure::Reset, 502, "upstream_error", Outcome::UpstreamError),
    ] {
        let (engine, recorded) = engine(ROUTES, &[]);
        let told = call(&engine, post(CHAT, &[], &chat("hi")), Upstream::Fails(failure));
        assert_eq!((told.status.as_u16(), &told.json()["error"]["code"]), (status, &json!(code)));
        let trace = recorded.only();
        assert_eq!((trace.status, trace.outcome), (Status::Allowed, outcome));
        assert_eq!(trace.upstream_failure, Some(failure));
        assert_eq!(told.json()["error"]["message"], failure.to_string());
        assert_eq!(serde_json::to_value(failure).unwrap(), failure.as_str());
    }
}

#[test]
fn an_upstream_that_dies_in_its_stream_is_told_in_the_stream() {
    let (engine, recorded) = engine(ROUTES, &[]);
    let torn = response("text/event-stream", &[&delta("so far "), "data: {\"cho"]);
    let outcome = call(&engine, post(CHAT, &[], &chat("hi")), Upstream::BreaksOff(torn));
    assert!(!outcome.aborted && outcome.text().contains("upstream_error"), "{}", outcome.text());
    let trace = recorded.only();
    assert_eq!(
        (trace.outcome, trace.upstream_failure),
        (Outcome::UpstreamError, Some(UpstreamFailure::Reset))
    );

    let torn = response("text/plain", &["so far "]);
    let outcome = call(&engine, post("/tools/x", &[], "{}"), Upstream::BreaksOff(torn));
    assert!(outcome.aborted, "plain text has no way to say so");
    assert_eq!(recorded.only().outcome, Outcome::UpstreamError);
}

#[test]
fn a_client_that_leaves_is_recorded_at_every_step() {
    let (engine, recorded) = engine(ROUTES, &[]);
    let parts = || post(CHAT, &[], "").into_parts().0;
    drop(engine.begin(parts(), renlayer_core::exchange::Ingress::Reverse).unwrap());
    assert_eq!(recorded.only().outcome, Outcome::ClientDisconnected);
    let forward = engine
        .begin(parts(), renlayer_core::exchange::Ingress::Reverse)
        .and_then(|reading| reading.end())
        .and_then(|permit| permit.admit())
        .unwrap();
    drop(forward);
    assert_eq!(recorded.only().outcome, Outcome::ClientDisconnected);
}

#[test]
fn a_rehearsal_explains_and_leaves_nothing_behind() {
    let yaml = with(
        r#"
declare:
  policies:
    - { name: no-iam, priority: 10, match: { upstream: "*.amazonaws.com/iam/*" }, action: DENY }
    - { name: no-iam-get, priority: 20, match: { upstream: "*.amazonaws.com/iam/*", agent: other }, action: FLAG }
  limits: [{ name: one, scope: per_agent, dimension: requests, window: minute, max: 1 }]
"#,
    );
    let (engine, recorded) = engine(&yaml, &[]);
    let rehearse = |uri: &str| {
        let parts = http::Request::get(uri).body(()).unwrap().into_parts().0;
        engine.rehearse(None, parts, bytes::Bytes::new(), jiff::Timestamp::UNIX_EPOCH).unwrap()
    };
    let denied = rehearse("https://s3.amazonaws.com/iam/users");
    assert_eq!(denied.answer.unwrap_err().status(), StatusCode::FORBIDDEN);
    assert_eq!(denied.trace.status, Status::Denied);
    let explanation = denied.explanation.unwrap();
    assert_eq!(explanation.matches[0].name.as_ref(), "no-iam");
    assert_eq!(explanation.near_misses().next().unwrap().ruled_out_by, ["agent"]);
    assert!(denied.limits.is_none(), "they are not asked");
    for _ in 0..2 {
        let allowed = rehearse("https://s3.amazonaws.com/bucket");
        assert_eq!((allowed.trace.status, allowed.limits.unwrap()[0].remaining), (Status::Allowed, 0));
    }
    assert_eq!(recorded.count(), 0);
}

#[test]
fn a_long_json_answer_is_scanned_as_text() {
    let yaml = with(
        "bounds: { max_body_bytes: 1500 }\ndeclare: { dlp: { detectors: { pii.email: { action: redact } } } }",
    );
    let (engine, recorded) = engine(&yaml, &[]);
    let answer = completion(&format!("{} ask ada@corp.io", "so ".repeat(1000)));
    let pieces: Vec<&str> = vec![&answer[..1000], &answer[1000..2000], &answer[2000..]];
    let outcome = call(&engine, post(CHAT, &[], &chat("hi")), answers("application/json", &pieces));
    assert!(
        outcome.text().ends_with(&answer[answer.len() - 40..])
            && outcome.text().contains("[REDACTED:pii.email]")
    );
    assert!(!outcome.headers.contains_key("content-length"));
    assert_eq!(recorded.only().coverage.response.scanned, answer.len() as u64);
}

#[test]
fn pictures_pass_and_are_counted_as_exempt() {
    let (engine, recorded) = engine(ROUTES, &[]);
    let outcome = call(&engine, post("/tools/x", &[], "{}"), answers("image/png", &["ada@corp.io"]));
    assert_eq!(outcome.text(), "ada@corp.io");
    let trace = recorded.only();
    assert_eq!(trace.coverage.response.exempt, 11);
    assert_eq!(trace.coverage.response.exempt_by.as_deref(), Some("media_type"));
}

#[test]
fn prompt_tokens_are_estimated() {
    let yaml =
        with("declare: { policies: [{ name: long, match: { prompt_tokens: { gt: 10 } }, action: DENY }] }");
    for (length, status) in [(40, 200), (41, 403)] {
        let (engine, _recorded) = engine(&yaml, &[]);
        let outcome =
            call(&engine, post(CHAT, &[], &chat(&"x".repeat(length))), answers("application/json", &["{}"]));
        assert_eq!(outcome.status.as_u16(), status, "{length}");
    }
}

#[test]
fn an_upgrade_is_not_passed_on() {
    let (engine, _recorded) = engine(ROUTES, &[]);
    let headers = [("connection", "upgrade"), ("upgrade", "websocket"), ("sec-websocket-version", "13")];
    let outcome = call(&engine, post("/tools/x", &headers, "{}"), answers("application/json", &["{}"]));
    assert!(!outcome.sent().headers().contains_key("upgrade"));
}

#[test]
fn an_answer_without_a_body_is_complete_with_its_head() {
    let (engine, recorded) = engine(ROUTES, &[]);
    let mut head = post("/tools/x", &[], "");
    *head.method_mut() = http::Method::HEAD;
    let mut empty = response("application/json", &[]);
    *empty.status_mut() = StatusCode::NO_CONTENT;
    for (request, answer) in [(head, response("application/json", &[])), (post("/tools/x", &[], "{}"), empty)]
    {
        let outcome = call(&engine, request, Upstream::Answers(answer));
        assert!(outcome.chunks.is_empty());
        assert_eq!(recorded.only().outcome, Outcome::Completed);
    }
}

#[test]
fn a_session_that_was_refused_too_often_is_denied() {
    let yaml = with(
        r#"
declare:
  policies:
    - { name: too-often, priority: 10, match: { risk: { denials: { gte: 2 } } }, action: DENY }
    - { name: no-bluebird, priority: 20, match: { prompt: { contains: bluebird } }, action: DENY }
"#,
    );
    let (engine, _recorded) = engine(&yaml, &[]);
    for (session, text, status) in [
        ("a", "bluebird", 403),
        ("a", "a wren", 200),
        ("a", "bluebird", 403),
        ("a", "a wren", 403),
        ("b", "a wren", 200),
    ] {
        let request = post(CHAT, &[("x-renlayer-session", session)], &chat(text));
        let outcome = call(&engine, request, answers("application/json", &["{}"]));
        assert_eq!(outcome.status.as_u16(), status, "{session}: {text}");
    }
}

#[test]
fn a_detector_may_be_off_for_some_agents() {
    let keys: Vec<AgentKey> = (0..2).map(|_| AgentKey::mint().unwrap()).collect();
    let yaml = with(
        r#"
declare:
  agents:
    - { name: mailer, keys: ["${MAILER_KEY}"] }
    - { name: other, keys: ["${OTHER_KEY}"] }
  dlp:
    detectors: { pii.email: { severity: HIGH, action: block } }
    agents: [{ names: ["mail*"], detectors: { pii.email: { enabled: false } } }]
"#,
    );
    for (at, expected) in [(0, StatusCode::OK), (1, StatusCode::FORBIDDEN)] {
        let environment = [("MAILER_KEY", keys[0].reveal()), ("OTHER_KEY", keys[1].reveal())];
        let (engine, _) = engine(&yaml, &environment);
        let bearer = format!("Bearer {}", keys[at].reveal());
        let request = post(CHAT, &[("authorization", &bearer)], &chat("to ada@corp.io"));
        let outcome = call(&engine, request, answers("application/json", &[&completion("ok")]));
        assert_eq!(outcome.status, expected);
    }
}

fn bad(fault: HeadFault, target: &str) -> BadHead {
    let peer = Some("127.0.0.1:4000".parse().unwrap());
    BadHead { fault, method: Some(http::Method::POST), target: Some(target.into()), peer }
}

#[test]
fn a_head_that_cannot_be_read_is_refused_with_a_trace() {
    for fault in HeadFault::ALL {
        // Nothing could go on, so that observe mode refuses it, too.
        let (engine, recorded) = engine(&with("mode: observe"), &[]);
        let response = engine.refuse(&bad(fault, CHAT)).response;
        assert_eq!(response.status(), fault.status(), "{fault:?}");
        let trace = recorded.only();
        assert_eq!((trace.status, trace.outcome), (Status::Denied, Outcome::Refused), "{fault:?}");
        assert_eq!(kinds(&trace), [ReasonKind::BadRequest]);
        assert_eq!(trace.reasons[0].by.as_deref(), Some(fault.code()));
        assert_eq!((trace.http_status, trace.enforced), (Some(fault.status().as_u16()), true));
        assert!(trace.agent.is_none() && trace.request_body.is_none() && trace.upstream.is_none());
        let head = trace.refused_head.unwrap();
        assert_eq!((trace.method.as_ref(), head.target.as_deref()), ("POST", Some(CHAT)));
        assert_eq!(head.peer.unwrap().port(), 4000);
        assert_eq!(response.headers()["x-renlayer-trace-id"], trace.id.to_string());
        let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(body["error"]["renlayer"]["decided_by"], fault.code());
        assert_eq!(body["error"]["renlayer"]["trace_id"], trace.id.to_string());
    }
}

#[test]
fn a_trace_keeps_no_secret_of_a_refused_head() {
    let long = format!("/{}", "a".repeat(100_000));
    let card = card().replace(' ', "-");
    let with_card = format!("/http/{card}/x?q={card}");
    for (target, kept) in [
        ("/http/x?key=hidden", Some("/http/x")),
        ("http://user:hidden@host/x#hidden", Some("/x")),
        ("http://user:hidden@host", Some("/")),
        ("user:hidden@host:443", None),
        (&with_card, Some("/http/[REDACTED:payment.card_number]/x")),
        (&long, Some(&long[..256])),
    ] {
        let (engine, recorded) = engine(ROUTES, &[]);
        let response = engine.refuse(&bad(HeadFault::Malformed, target)).response;
        let trace = recorded.only();
        assert_eq!(trace.refused_head.as_ref().unwrap().target.as_deref(), kept, "{target:.80}");
        let told = String::from_utf8(response.body().to_vec()).unwrap();
        let everything = told + &serde_json::to_string(&trace).unwrap();
        assert!(!everything.contains("hidden") && !everything.contains(&card), "{everything}");
    }
}

#[test]
fn a_refused_head_without_a_request_line_says_so() {
    let (engine, recorded) = engine(ROUTES, &[]);
    let unknown = BadHead { fault: HeadFault::Malformed, method: None, target: None, peer: None };
    assert_eq!(engine.refuse(&unknown).response.status(), 400);
    let trace = recorded.only();
    assert_eq!(trace.method.as_ref(), "?");
    let text = serde_json::to_string(&trace).unwrap();
    assert_eq!(serde_json::from_str::<Trace>(&text).unwrap(), trace, "a record reads back as it was");
}
