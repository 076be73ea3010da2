//! Limits on tokens, money and what is under way: what the agent sees, what the upstream sees, what is counted.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

mod drive;

use bytes::Bytes;
use drive::{Outcome, Upstream, answers, call, engine, post, response};
use http::StatusCode;
use renlayer_core::{
    Engine,
    exchange::{Answer, Ingress, Pending, Stream, UpstreamFailure},
    trace::{Outcome as Ended, ReasonKind, Spend, Status},
};
use serde_json::{Value, json};

const CHAT: &str = "/openai/v1/chat/completions";
const RESPONSES: &str = "/openai/v1/responses";
const MESSAGES: &str = "/anthropic/v1/messages";
const GEMINI: &str = "/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse";

fn with(limits: &str) -> String {
    format!(
        r#"
routes:
  - {{ name: openai, prefix: /openai, upstream: "https://api.openai.example", dialect: openai }}
  - {{ name: mistral, prefix: /mistral, upstream: "https://api.mistral.ai", dialect: openai }}
  - {{ name: anthropic, prefix: /anthropic, upstream: "https://api.anthropic.example", dialect: anthropic }}
  - {{ name: gemini, prefix: /gemini, upstream: "https://gemini.example", dialect: gemini }}
  - {{ name: tools, prefix: /tools, upstream: "http://tools.example:9000", dialect: http }}
prices: [{{ model: house, input: 1, output: 2 }}]
{limits}"#
    )
}

fn limit(dimension: &str, window: &str, max: &str) -> String {
    with(&format!(
        "declare: {{ limits: [{{ name: cap, scope: per_tenant, dimension: {dimension}, window: {window}, max: {max} }}] }}"
    ))
}

/// A prompt of `input` tokens as they are counted here, and a bound.
fn asking(model: &str, input: usize, bound: Option<u64>, stream: bool) -> String {
    let mut body = json!({"model": model, "messages": [{"role": "user", "content": "x".repeat(input * 4)}]});
    let members = body.as_object_mut().unwrap();
    members.extend(bound.map(|bound| ("max_tokens".to_owned(), json!(bound))));
    members.extend(stream.then(|| ("stream".to_owned(), json!(true))));
    body.to_string()
}

fn completion(input: u64, output: u64) -> String {
    json!({
        "id": "c", "object": "chat.completion", "model": "gpt-4.1",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hi"}}],
        "usage": {"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output},
    })
    .to_string()
}

fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

fn delta(text: &str) -> String {
    event(&json!({"id": "c", "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]}))
}

fn usage_event(input: u64, output: u64) -> String {
    event(&json!({"id": "c", "choices": [], "usage": {"prompt_tokens": input, "completion_tokens": output}}))
}

const DONE: &str = "data: [DONE]\n\n";

/// How much of the one limit is left, which a call that asks for far too much is told.
fn left(engine: &Engine) -> i64 {
    let outcome = call(
        engine,
        post(CHAT, &[], &asking("house", 1, Some(900_000_000), false)),
        Upstream::MustNotBeAsked,
    );
    outcome.json()["error"]["renlayer"]["limit"]["remaining"].as_i64().unwrap()
}

fn begin(engine: &Engine, path: &str, body: &str) -> Pending {
    let (parts, chunks) = post(path, &[], body).into_parts();
    let mut reading = engine.begin(parts, Ingress::Reverse).unwrap();
    for chunk in chunks {
        reading.push(chunk).unwrap();
    }
    reading.end().unwrap().admit().unwrap().pending
}

fn streaming(pending: Pending) -> Stream {
    match pending.answered(response("text/event-stream", &[]).into_parts().0) {
        Answer::Stream { stream, .. } => stream,
        Answer::Whole(_) => panic!("an event stream streams"),
    }
}

#[test]
fn tokens_are_reserved_before_and_settled_after() {
    let (engine, recorded) = engine(&limit("tokens", "minute", "1000"), &[]);
    let asked = post(CHAT, &[], &asking("gpt-4.1", 100, Some(901), false));
    let outcome = call(&engine, asked, Upstream::MustNotBeAsked);
    assert_eq!(outcome.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!outcome.headers.contains_key("retry-after") && outcome.headers["x-should-retry"] == "false");
    let told = &outcome.json()["error"];
    assert_eq!(
        (told["code"].as_str(), told["type"].as_str()),
        (Some("rate_limit_exceeded"), Some("rate_limit_error"))
    );
    assert_eq!(
        told["renlayer"]["limit"],
        json!({"name": "cap", "scope": "per_tenant", "dimension": "tokens", "window": "minute", "limit": 1000,
            "remaining": 1000, "shortage": "too_large"})
    );
    let trace = recorded.only();
    assert_eq!((trace.status, trace.reasons[0].kind), (Status::Denied, ReasonKind::RateLimitExceeded));

    let asked = || post(CHAT, &[], &asking("gpt-4.1", 100, Some(500), false));
    call(&engine, asked(), answers("application/json", &[&completion(90, 60)]));
    recorded.only();
    assert_eq!(left(&engine), 1000 - 150);
    recorded.only();
    let pending = begin(&engine, CHAT, &asking("gpt-4.1", 100, Some(500), false));
    assert_eq!(left(&engine), 250, "what is under way is reserved");
    recorded.only();
    let refused = call(&engine, asked(), Upstream::MustNotBeAsked);
    assert_eq!(refused.headers["retry-after"], "60");
    assert_eq!(refused.json()["error"]["renlayer"]["limit"]["shortage"], "full");
    recorded.only();
    drop(pending.failed(UpstreamFailure::ConnectFailed));
    assert_eq!(left(&engine), 850, "a call that did not come about used nothing");
}

#[test]
fn what_an_upstream_refuses_or_never_answers_is_not_paid_for() {
    for (upstream, expected) in [
        (Upstream::Fails(UpstreamFailure::Dns), 1000),
        (Upstream::Fails(UpstreamFailure::Timeout), 900),
        (Upstream::BreaksOff(response("application/json", &["{"])), 900),
        (
            {
                let mut refused = response("application/json", &["{\"error\": {}}"]);
                *refused.status_mut() = StatusCode::BAD_REQUEST;
                Upstream::Answers(refused)
            },
            1000,
        ),
        (answers("application/json", &["{\"choices\": []}"]), 1000 - 100 - 4),
    ] {
        let (engine, _) = engine(&limit("tokens", "minute", "1000"), &[]);
        call(&engine, post(CHAT, &[], &asking("gpt-4.1", 100, Some(500), false)), upstream);
        assert_eq!(left(&engine), expected);
    }
}

#[test]
fn a_stream_is_asked_for_its_usage_and_keeps_it_back_from_who_did_not_ask() {
    let (engine, recorded) = engine(&limit("tokens", "minute", "100000"), &[]);
    let chunks = [delta("Hello "), delta("world."), usage_event(70, 30), DONE.to_owned()];
    let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
    let body = asking("gpt-4.1", 10, None, true);
    let outcome = call(&engine, post(CHAT, &[], &body), answers("text/event-stream", &chunks));
    let sent: Value = serde_json::from_slice(outcome.sent().body()).unwrap();
    assert_eq!(sent["stream_options"], json!({"include_usage": true}));
    assert_eq!(outcome.sent().headers()["content-length"], outcome.sent().body().len().to_string());
    assert_eq!(outcome.text(), [chunks[0], chunks[1], DONE].concat());
    let trace = recorded.only();
    assert_eq!((trace.usage.input, trace.usage.output), (Some(70), Some(30)));
    assert_eq!(trace.coverage.response.scanned, chunks.concat().len() as u64);
    assert_eq!(left(&engine), 100_000 - 100);

    let mut asked: Value = serde_json::from_str(&body).unwrap();
    asked["stream_options"] = json!({"include_usage": true});
    let asked = asked.to_string();
    let outcome = call(&engine, post(CHAT, &[], &asked), answers("text/event-stream", &chunks));
    assert_eq!((outcome.sent().body(), outcome.text()), (&Bytes::from(asked), chunks.concat()));

    let outcome = call(
        &engine,
        post("/mistral/v1/chat/completions", &[], &body),
        answers("text/event-stream", &chunks),
    );
    assert_eq!(outcome.sent().body(), body.as_bytes(), "it tells its usage unasked and refuses to be asked");
}

#[test]
fn without_a_limit_that_waits_for_it_nothing_is_asked_for() {
    for yaml in [with(""), limit("requests", "minute", "5")] {
        let (engine, _) = engine(&yaml, &[]);
        let body = asking("gpt-4.1", 10, None, true);
        let outcome = call(&engine, post(CHAT, &[], &body), answers("text/event-stream", &[DONE]));
        assert_eq!(outcome.sent().body(), body.as_bytes());
    }
}

/// A stream of so many pieces in each dialect, without an end, and how it is ended when it is cut.
fn endless() -> Vec<(&'static str, String, Vec<String>, &'static str)> {
    let text = "so four tokens. ";
    let chat = vec![delta(text); 40];
    let responses = (0..40).map(|n| {
        event(&json!({"type": "response.output_text.delta", "sequence_number": n, "output_index": 0, "content_index": 0,
            "delta": text}))
    });
    let start = [
        event(
            &json!({"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 10, "output_tokens": 1}}}),
        ),
        event(
            &json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        ),
    ];
    let block = |_| {
        event(
            &json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}),
        )
    };
    let gemini =
        vec![event(&json!({"candidates": [{"content": {"parts": [{"text": text}]}, "index": 0}]})); 40];
    let input = json!({"model": "gpt-4.1", "stream": true, "input": "x".repeat(40)}).to_string();
    let contents = json!({"contents": [{"parts": [{"text": "x".repeat(40)}]}]}).to_string();
    vec![
        (CHAT, asking("gpt-4.1", 10, None, true), chat, r#""finish_reason":"length""#),
        (RESPONSES, input, responses.collect(), r#""reason":"max_output_tokens""#),
        (
            MESSAGES,
            asking("claude-sonnet-4-5", 10, None, true),
            start.into_iter().chain((0..40).map(block)).collect(),
            r#""stop_reason":"max_tokens""#,
        ),
        (GEMINI, contents, gemini, r#""finishReason":"MAX_TOKENS""#),
    ]
}

#[test]
fn a_stream_is_cut_where_a_limit_has_no_room_for_more() {
    for (path, body, chunks, end) in endless() {
        let yaml = format!("{}\nbounds: {{ assumed_output_tokens: 20 }}", limit("tokens", "minute", "60"));
        let (engine, recorded) = engine(&yaml, &[]);
        let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
        let outcome = call(&engine, post(path, &[], &body), answers("text/event-stream", &chunks));
        assert_eq!(outcome.status, StatusCode::OK);
        let text = outcome.text();
        assert!(text.contains(end), "{path}: {text}");
        assert!(text.contains("rate_limit_exceeded"), "{path}: it says why");
        let said = text.matches("four").count();
        assert!(
            (12..=13).contains(&said),
            "{path}: {said} pieces of four tokens, ten of the prompt, sixty at most"
        );
        let trace = recorded.only();
        assert_eq!((trace.status, trace.outcome), (Status::Denied, Ended::Cut), "{path}");
        assert_eq!(trace.reasons[0].kind, ReasonKind::RateLimitExceeded);
        assert!(trace.reasons[0].enforced);
        assert_eq!(left(&engine), 0, "{path}: what was used counts");
    }
}

#[test]
fn an_answer_that_has_ended_is_not_cut_for_what_it_turns_out_to_have_used() {
    let (engine, recorded) = engine(&limit("tokens", "minute", "100"), &[]);
    let finish = event(&json!({"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}));
    let chunks = [delta("Hello. "), finish, usage_event(50, 500), DONE.to_owned()];
    let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
    let body = asking("gpt-4.1", 10, Some(20), true);
    let outcome = call(&engine, post(CHAT, &[], &body), answers("text/event-stream", &chunks));
    assert_eq!(outcome.text(), [chunks[0], chunks[1], DONE].concat());
    assert_eq!(recorded.only().status, Status::Allowed);
    assert_eq!(left(&engine), 0, "and it counts in full");
}

#[test]
fn observed_nothing_is_cut() {
    for (path, body, chunks, _) in endless() {
        let yaml = format!(
            "mode: observe\nbounds: {{ assumed_output_tokens: 20 }}\n{}",
            limit("tokens", "minute", "60")
        );
        let (engine, recorded) = engine(&yaml, &[]);
        let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
        let outcome = call(&engine, post(path, &[], &body), answers("text/event-stream", &chunks));
        assert_eq!(outcome.text(), chunks.concat());
        let trace = recorded.only();
        assert_eq!((trace.status, trace.enforced, trace.reasons.len()), (Status::Denied, false, 1), "{path}");
    }
}

#[test]
fn a_declared_bound_is_the_upstreams_to_keep_unless_it_is_passed_by_far() {
    for (bound, pieces, cut) in [(40, 15, false), (10, 9, false), (10, 15, true)] {
        let (engine, recorded) = engine(&limit("tokens", "minute", "50"), &[]);
        let chunks = vec![delta("so four tokens. "); pieces];
        let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
        let body = asking("gpt-4.1", 10, Some(bound), true);
        call(&engine, post(CHAT, &[], &body), answers("text/event-stream", &chunks));
        assert_eq!(recorded.only().outcome == Ended::Cut, cut, "{bound} {pieces}");
    }
}

#[test]
fn who_leaves_pays_for_what_came() {
    let (engine, recorded) = engine(&limit("tokens", "minute", "10000"), &[]);
    let mut stream = streaming(begin(&engine, CHAT, &asking("gpt-4.1", 100, Some(5_000), true)));
    let mut out = Vec::new();
    stream.push(delta(&"y".repeat(200)).into(), &mut out);
    assert_eq!(left(&engine), 10_000 - 5_100);
    recorded.only();
    drop(stream);
    let trace = recorded.only();
    assert_eq!(trace.outcome, Ended::ClientDisconnected);
    assert_eq!(trace.spend, Some(Spend { micros: 100 * 2 + 50 * 8, estimated: true }));
    assert_eq!(left(&engine), 10_000 - 150);

    // The beginning of an answer of Anthropic's tells one token of output, and not how many came.
    let body = asking("claude-sonnet-4-5", 100, Some(5_000), true);
    let mut stream = streaming(begin(&engine, MESSAGES, &body));
    for data in [
        json!({"type": "message_start", "message": {"usage": {"input_tokens": 10, "cache_read_input_tokens": 50,
            "cache_creation_input_tokens": 20, "output_tokens": 1}}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "y".repeat(200)}}),
    ] {
        stream.push(event(&data).into(), &mut out);
    }
    drop(stream);
    assert_eq!(left(&engine), 10_000 - 150 - 130);
}

#[test]
fn each_dialects_stream_settles_on_what_its_provider_says() {
    let done = |usage: Value| json!({"type": "response.completed", "sequence_number": 1, "response": {"id": "r", "status": "completed", "usage": usage}});
    let cases: [(&str, String, Vec<Value>); 4] = [
        (
            CHAT,
            asking("gpt-4.1", 10, Some(500), true),
            vec![
                json!({"choices": [{"index": 0, "delta": {"content": "Hi. "}, "finish_reason": "stop"}]}),
                json!({"choices": [], "usage": {"prompt_tokens": 40, "completion_tokens": 60, "total_tokens": 100,
                    "prompt_tokens_details": {"cached_tokens": 20}, "completion_tokens_details": {"reasoning_tokens": 50}}}),
            ],
        ),
        (
            RESPONSES,
            json!({"model": "gpt-4.1", "stream": true, "input": "x", "max_output_tokens": 500}).to_string(),
            vec![
                json!({"type": "response.output_text.delta", "sequence_number": 0, "output_index": 0, "delta": "Hi. "}),
                done(json!({"input_tokens": 40, "output_tokens": 60, "total_tokens": 100,
                    "input_tokens_details": {"cached_tokens": 20}})),
            ],
        ),
        (
            MESSAGES,
            asking("gpt-4.1", 10, Some(500), true),
            vec![
                json!({"type": "message_start", "message": {"usage": {"input_tokens": 20, "cache_read_input_tokens": 20,
                    "output_tokens": 1}}}),
                json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 60}}),
                json!({"type": "message_stop"}),
            ],
        ),
        (
            "/gemini/v1beta/models/gpt-4.1:streamGenerateContent?alt=sse",
            json!({"contents": [{"parts": [{"text": "x"}]}], "generationConfig": {"maxOutputTokens": 500}})
                .to_string(),
            vec![
                json!({"candidates": [{"content": {"parts": [{"text": "Hi. "}]}, "index": 0}],
                    "usageMetadata": {"promptTokenCount": 40, "candidatesTokenCount": 1, "totalTokenCount": 41}}),
                json!({"candidates": [{"finishReason": "STOP", "index": 0}], "usageMetadata": {"promptTokenCount": 40,
                    "cachedContentTokenCount": 20, "candidatesTokenCount": 10, "thoughtsTokenCount": 50, "totalTokenCount": 100}}),
            ],
        ),
    ];
    for (path, body, events) in cases {
        let (engine, recorded) = engine(&limit("tokens", "minute", "1000"), &[]);
        let chunks: Vec<String> = events.iter().map(event).collect();
        let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
        call(&engine, post(path, &[], &body), answers("text/event-stream", &chunks));
        let micros = 20 * 2 + 10 + 60 * 8;
        assert_eq!(recorded.only().spend, Some(Spend { micros, estimated: false }), "{path}");
        assert_eq!(left(&engine), 1000 - 100, "{path}");
    }
}

#[test]
fn whenever_a_client_leaves_it_pays_for_what_came_until_then() {
    let chunks: Vec<String> = (1..12).map(|n| delta(&"z ".repeat(n * 7))).collect();
    for leaves_after in 0..=chunks.len() {
        let (engine, recorded) = engine(&limit("tokens", "minute", "10000"), &[]);
        let mut stream = streaming(begin(&engine, CHAT, &asking("gpt-4.1", 100, None, true)));
        let mut out = Vec::new();
        for chunk in &chunks[..leaves_after] {
            stream.push(chunk.clone().into(), &mut out);
        }
        drop(stream);
        let written: u64 = (1..=leaves_after as u64).map(|n| n * 14).sum();
        assert_eq!(left(&engine), 10_000 - 100 - written.div_ceil(4) as i64, "after {leaves_after}");
        assert!(recorded.count() >= 1);
    }
}

#[test]
fn who_leaves_before_the_head_pays_for_what_was_sent() {
    for stream in [true, false] {
        let (engine, recorded) = engine(&limit("tokens", "minute", "10000"), &[]);
        drop(begin(&engine, CHAT, &asking("gpt-4.1", 100, Some(5_000), stream)));
        let trace = recorded.only();
        assert_eq!(trace.outcome, Ended::ClientDisconnected);
        assert_eq!(trace.spend, Some(Spend { micros: 100 * 2, estimated: true }));
        assert_eq!(left(&engine), 10_000 - 100, "stream: {stream}");
    }
    // What is worked off later is, whoever waits for it.
    let (engine, _) = engine(&limit("tokens", "minute", "10000"), &[]);
    let body =
        json!({"model": "gpt-4.1", "background": true, "max_output_tokens": 5000, "input": "x".repeat(400)});
    drop(begin(&engine, RESPONSES, &body.to_string()));
    assert_eq!(left(&engine), 10_000 - 5_100);
}

#[test]
fn who_leaves_while_an_answer_is_gathered_pays_for_what_came() {
    let (engine, recorded) = engine(&limit("tokens", "minute", "10000"), &[]);
    let pending = begin(&engine, CHAT, &asking("gpt-4.1", 100, Some(5_000), false));
    let Answer::Whole(mut whole) = pending.answered(response("application/json", &[]).into_parts().0) else {
        panic!("JSON is read whole");
    };
    whole.push("x".repeat(400).into()).unwrap();
    drop(whole);
    assert_eq!(recorded.only().spend, Some(Spend { micros: 100 * 2 + 100 * 8, estimated: true }));
    assert_eq!(left(&engine), 10_000 - 200);
}

#[test]
fn money_is_counted_by_the_providers_figures() {
    let (engine, recorded) = engine(&limit("spend", "month", "\"0.01\""), &[]);
    let body = json!({"model": "claude-3-haiku-20240307", "max_tokens": 1000, "messages": [{"role": "user", "content": "hi"}]});
    let answer = json!({"type": "message", "stop_reason": "end_turn", "content": [], "usage": {"input_tokens": 100,
        "cache_read_input_tokens": 1000, "cache_creation_input_tokens": 400, "output_tokens": 200}});
    call(
        &engine,
        post(MESSAGES, &[], &body.to_string()),
        answers("application/json", &[&answer.to_string()]),
    );
    let micros = 25 + 30 + 120 + 250;
    let trace = recorded.only();
    assert_eq!(trace.spend, Some(Spend { micros, estimated: false }));
    assert_eq!(
        (trace.usage.input, trace.usage.cached_input, trace.usage.cache_write),
        (Some(1500), Some(1000), Some(400))
    );
    assert_eq!(left(&engine), 10_000 - micros as i64);
    recorded.only();

    let outcome =
        call(&engine, post(CHAT, &[], &asking("house", 10, Some(5_000), false)), Upstream::MustNotBeAsked);
    assert_eq!(outcome.status, StatusCode::TOO_MANY_REQUESTS);
    let told = outcome.json()["error"].clone();
    assert_eq!((&told["code"], &told["type"]), (&json!("budget_exceeded"), &json!("insufficient_quota")));
    assert!(told["message"].as_str().unwrap().contains("of 0.01 spend per month"), "{told}");
    assert_eq!(recorded.only().reasons[0].kind, ReasonKind::BudgetExceeded);
}

#[test]
fn what_has_no_price_is_not_let_through_under_a_limit_on_money() {
    let limits =
        "declare: { limits: [{ name: cap, scope: per_tenant, dimension: spend, window: day, max: 5 }] }";
    let asked = || post(CHAT, &[], &asking("nobody-knows", 10, Some(10), false));
    let (strict, recorded) = engine(&with(limits), &[]);
    let outcome = call(&strict, asked(), Upstream::MustNotBeAsked);
    assert_eq!(outcome.status, StatusCode::FORBIDDEN);
    assert_eq!(outcome.json()["error"]["renlayer"]["limit"]["shortage"], "unpriced");
    assert_eq!(recorded.only().reasons[0].kind, ReasonKind::BudgetExceeded);
    let other = call(&strict, post("/tools/x", &[], "{}"), answers("application/json", &["{}"]));
    assert_eq!(other.status, StatusCode::OK, "what is no model costs nothing");

    let yaml = with(limits).replace("prices: [", "prices: [{ model: \"*\", input: 10, output: 30 }, ");
    let (priced, recorded) = engine(&yaml, &[]);
    call(&priced, asked(), answers("application/json", &[&completion(10, 10)]));
    assert_eq!(recorded.only().spend, Some(Spend { micros: 400, estimated: false }));
}

#[test]
fn a_budget_holds_under_any_concurrency() {
    let (engine, recorded) = engine(&limit("spend", "day", "\"0.05\""), &[]);
    let spent: u64 = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..8_u64)
            .map(|caller| {
                let engine = &engine;
                scope.spawn(move || {
                    let mut spent = 0;
                    for n in 0..40 {
                        let (bound, real) = (200 + n, 100 + (caller * 7 + n) % 100);
                        let body = asking("house", 10, Some(bound), n % 2 == 0);
                        let events = [delta("so "), usage_event(10, real), DONE.to_owned()].concat();
                        let upstream = if n % 2 == 0 {
                            answers("text/event-stream", &[&events])
                        } else {
                            answers("application/json", &[&completion(10, real)])
                        };
                        let outcome = call(engine, post(CHAT, &[], &body), upstream);
                        spent += if outcome.status == StatusCode::OK { 10 + 2 * real } else { 0 };
                    }
                    spent
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).sum()
    });
    assert!((49_000..=50_000).contains(&spent), "{spent}");
    assert_eq!(recorded.count(), 8 * 40);
    assert_eq!(left(&engine), 50_000 - spent as i64);
}

#[test]
fn tools_that_are_offered_are_read_and_counted() {
    let (engine, _) = engine(&limit("tokens", "minute", "10000"), &[]);
    let mut body: Value = serde_json::from_str(&asking("gpt-4.1", 100, Some(0), false)).unwrap();
    let tool = json!([{"type": "function", "function": {"name": "f", "description": "d".repeat(4_000)}}]);
    body["tools"] = tool.clone();
    let pending = begin(&engine, CHAT, &body.to_string());
    assert_eq!(10_000 - left(&engine), 100 + (tool.to_string().len() as i64 + 3) / 4);
    drop(pending);
}

#[test]
fn several_answers_may_reach_the_bound_each() {
    for (member, most) in [("n", 5), ("best_of", 5)] {
        let (engine, _) = engine(&limit("tokens", "minute", "1000"), &[]);
        let mut body: Value = serde_json::from_str(&asking("gpt-4.1", 0, Some(200), false)).unwrap();
        body[member] = json!(most);
        let pending = begin(&engine, CHAT, &body.to_string());
        assert_eq!(left(&engine), 0, "{member}");
        drop(pending);
        body[member] = json!(most + 1);
        let outcome = call(&engine, post(CHAT, &[], &body.to_string()), Upstream::MustNotBeAsked);
        assert_eq!(outcome.status, StatusCode::TOO_MANY_REQUESTS);
    }
}

#[test]
fn each_of_several_prompts_is_answered() {
    for (prompt, answers) in [
        (json!("one"), 1),
        (json!(["one", "two", "three"]), 3),
        (json!([1, 2, 3]), 1),
        (json!([[1, 2], [3, 4]]), 2),
    ] {
        let (engine, _) = engine(&limit("tokens", "minute", "10000"), &[]);
        let body =
            json!({"model": "gpt-3.5-turbo-instruct", "prompt": prompt, "max_tokens": 100}).to_string();
        let pending = begin(&engine, "/openai/v1/completions", &body);
        assert_eq!((10_000 - left(&engine)) / 100, answers, "{prompt}");
        drop(pending);
    }
}

#[test]
fn a_bound_in_words_that_the_upstream_does_not_know_is_none() {
    let unbounded = |path: &str, member: &str| {
        let (engine, _) = engine(&limit("tokens", "minute", "10000"), &[]);
        let mut body: Value = serde_json::from_str(&asking("gpt-4.1", 0, None, false)).unwrap();
        body[member] = json!(10);
        let pending = begin(&engine, path, &body.to_string());
        let reserved = 10_000 - left(&engine);
        drop(pending);
        reserved == 4_096
    };
    for (path, member, expected) in [
        (CHAT, "max_tokens", false),
        (CHAT, "max_completion_tokens", false),
        (CHAT, "max_output_tokens", true),
        (RESPONSES, "max_output_tokens", false),
        (RESPONSES, "max_tokens", true),
        (MESSAGES, "max_tokens", false),
        (MESSAGES, "max_output_tokens", true),
    ] {
        assert_eq!(unbounded(path, member), expected, "{path} {member}");
    }
}

#[test]
fn an_answer_that_is_fetched_later_keeps_what_was_reserved() {
    let (engine, recorded) = engine(&limit("tokens", "minute", "10000"), &[]);
    let body =
        json!({"model": "gpt-4.1", "background": true, "max_output_tokens": 500, "input": "x".repeat(400)});
    let queued = json!({"id": "r", "status": "queued", "model": "gpt-4.1", "usage": null}).to_string();
    call(&engine, post(RESPONSES, &[], &body.to_string()), answers("application/json", &[&queued]));
    assert_eq!(recorded.only().spend, Some(Spend { micros: 100 * 2 + 500 * 8, estimated: true }));
    assert_eq!(left(&engine), 10_000 - 600);
}

#[test]
fn counting_tokens_and_calling_tools_uses_none() {
    let (engine, _) = engine(&limit("tokens", "minute", "100"), &[]);
    for path in [
        "/anthropic/v1/messages/count_tokens",
        "/anthropic/v1/messages/count%5ftokens",
        "/gemini/v1beta/models/gemini-2.5-flash:countTokens",
        "/tools/x",
    ] {
        let body =
            if path.starts_with("/gemini") { "{}".to_owned() } else { asking("m", 500, Some(500), false) };
        let outcome =
            call(&engine, post(path, &[], &body), answers("application/json", &["{\"input_tokens\": 500}"]));
        assert_eq!(outcome.status, StatusCode::OK, "{path}");
    }
    assert_eq!(left(&engine), 100);
}

#[test]
fn so_many_at_once_and_no_more() {
    let yaml = with("declare: { limits: [{ name: cap, scope: per_agent, dimension: concurrency, max: 2 }] }");
    let (engine, _) = engine(&yaml, &[]);
    let body = asking("gpt-4.1", 1, None, true);
    let refused = || -> Outcome {
        let body = asking("gpt-4.1", 1, None, false);
        call(&engine, post(CHAT, &[], &body), answers("application/json", &["{}"]))
    };
    let one = streaming(begin(&engine, CHAT, &body));
    let mut two = streaming(begin(&engine, CHAT, &body));
    let outcome = refused();
    assert_eq!(
        (outcome.status, &outcome.headers["retry-after"]),
        (StatusCode::TOO_MANY_REQUESTS, &"1".parse().unwrap())
    );
    assert!(outcome.json()["error"]["message"].as_str().unwrap().contains("of 2 calls at once"));
    drop(one);
    assert_eq!(refused().status, StatusCode::OK);
    let three = begin(&engine, CHAT, &body);
    assert_eq!(refused().status, StatusCode::TOO_MANY_REQUESTS);
    two.end(&mut Vec::new());
    assert_eq!(refused().status, StatusCode::OK);
    drop(three.failed(UpstreamFailure::Reset));
}

#[test]
fn a_session_that_spent_too_much_is_denied() {
    let yaml = with(
        "declare: { policies: [{ name: dear, match: { risk: { spend: { gte: \"0.003\" } } }, action: DENY }] }",
    );
    let (engine, _) = engine(&yaml, &[]);
    for (session, status) in [("a", 200), ("a", 200), ("b", 200), ("a", 403), ("b", 200), ("b", 403)] {
        let request = post(CHAT, &[("x-renlayer-session", session)], &asking("house", 10, Some(900), false));
        let outcome = call(&engine, request, answers("application/json", &[&completion(500, 500)]));
        assert_eq!(outcome.status.as_u16(), status, "{session}");
    }
}

#[test]
fn a_limit_may_count_what_a_policy_flagged_alone() {
    let yaml = with(
        r#"
declare:
  policies: [{ name: watch, match: { prompt: { contains: bluebird } }, action: FLAG }]
  limits: [{ name: cap, scope: per_agent, policy: watch, dimension: requests, window: day, max: 1 }]
"#,
    );
    let (engine, _) = engine(&yaml, &[]);
    for (text, status) in [("wren", 200), ("bluebird", 200), ("wren", 200), ("bluebird", 429), ("wren", 200)]
    {
        let body = json!({"model": "m", "messages": [{"role": "user", "content": text}]}).to_string();
        let outcome = call(&engine, post(CHAT, &[], &body), answers("application/json", &["{}"]));
        assert_eq!(outcome.status.as_u16(), status, "{text}");
    }
}

#[test]
fn answers_say_where_limits_stand_in_their_callers_words_alone() {
    let yaml = with(
        r#"
declare:
  limits:
    - { name: rpm, scope: per_agent, dimension: requests, window: minute, max: 10 }
    - { name: tpm, scope: per_agent, dimension: tokens, window: minute, max: 1000 }
    - { name: seen, scope: per_agent, dimension: requests, window: hour, max: 1, mode: observe }
"#,
    );
    for (path, model, theirs, others) in [
        (CHAT, "gpt-4.1", "x-ratelimit-remaining-", "anthropic-ratelimit-"),
        (MESSAGES, "claude-3-haiku", "anthropic-ratelimit-", "x-ratelimit-"),
        ("/gemini/v1beta/models/gemini-2.5-flash:generateContent", "", "ratelimit", "x-ratelimit-"),
    ] {
        let (engine, _) = engine(&yaml, &[]);
        let body = if model.is_empty() {
            r#"{"generationConfig":{"maxOutputTokens":90}}"#.to_owned()
        } else {
            asking(model, 10, Some(90), false)
        };
        let ask = |upstream| call(&engine, post(path, &[], &body), upstream);
        let outcome = ask(answers("application/json", &["{}"]));
        assert_eq!(
            outcome.headers["ratelimit-policy"],
            "\"rpm\";q=10;w=60, \"tpm\";q=1000;w=60;qu=\"tokens\""
        );
        let named =
            |start: &str| outcome.headers.keys().filter(|name| name.as_str().starts_with(start)).count();
        assert!(named(theirs) >= 2 && named(others) == 0, "{path}: {:?}", outcome.headers);
        if path == CHAT {
            assert_eq!(outcome.headers["x-ratelimit-remaining-requests"], "9");
            assert_eq!(outcome.headers["x-ratelimit-remaining-tokens"], "900");
            assert_eq!(outcome.headers["x-ratelimit-reset-tokens"], "1m0s");
        }
    }
}

#[test]
fn a_refusal_names_its_limit_in_each_dialect() {
    let google = json!({"contents": [{"parts": [{"text": "x"}]}]}).to_string();
    for (path, body, place) in [
        (CHAT, asking("gpt-4.1", 1, Some(1), false), "/error/renlayer/limit/dimension"),
        (MESSAGES, asking("claude-3-haiku", 1, Some(1), false), "/renlayer/limit/dimension"),
        (
            "/gemini/v1beta/models/gemini-2.5-flash:generateContent",
            google,
            "/error/details/0/metadata/dimension",
        ),
    ] {
        let (engine, _) = engine(&limit("requests", "minute", "1"), &[]);
        let ask = |upstream| call(&engine, post(path, &[], &body), upstream);
        ask(answers("application/json", &["{}"]));
        let refused = ask(Upstream::MustNotBeAsked);
        assert_eq!(refused.json().pointer(place), Some(&json!("requests")), "{path}: {}", refused.text());
        assert_eq!(refused.headers["retry-after"], "60");
        assert!(refused.headers["ratelimit"].to_str().unwrap().starts_with("\"cap\";r=0;t="), "{path}");
    }
}

/// Counts words, and how often it is asked.
#[derive(Default)]
struct Words(std::sync::atomic::AtomicUsize);

impl renlayer_core::tokens::CountTokens for Words {
    fn count(&self, _: &str, text: &str) -> u64 {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        text.split_whitespace().count() as u64
    }
}

#[test]
fn tokens_are_counted_where_a_limit_on_them_applies_and_nowhere_else() {
    let limits = with(
        r#"
bounds: { assumed_output_tokens: 100 }
declare:
  agents: [{ name: limited, keys: [a-key-of-the-limited-one] }]
  limits:
    - { name: cap, scope: per_agent, agents: [limited], dimension: tokens, window: hour, max: 1000 }
    - { name: calls, scope: per_agent, dimension: requests, window: hour, max: 1000 }"#,
    );
    let (engine, recorded) = engine(&limits, &[]);
    let words = std::sync::Arc::new(Words::default());
    engine.count_tokens_with(words.clone());
    let body = json!({"model": "house", "stream": true, "stream_options": {"include_usage": true},
        "messages": [{"role": "user", "content": "one two three four five"}]});
    let chunk = |text: &str| event(&json!({"choices": [{"index": 0, "delta": {"content": text}}]}));
    let chunks = [chunk("six seven"), chunk(" eight")];
    let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
    let left = |headers: &[(&str, &str)]| {
        // The upstream dies before it tells what was used.
        let dies = Upstream::BreaksOff(response("text/event-stream", &chunks));
        let outcome = call(&engine, post(CHAT, headers, &body.to_string()), dies);
        outcome.headers.get("x-ratelimit-remaining-tokens").map(|left| left.to_str().unwrap().to_owned())
    };
    assert_eq!(left(&[]), None);
    let spent = recorded.only().spend.unwrap();
    // Four bytes to a token: 23 of the prompt at 1, 15 of the answer at 2.
    assert_eq!(spent, Spend { micros: 6 + 2 * 4, estimated: true });
    assert_eq!(words.0.load(std::sync::atomic::Ordering::Relaxed), 0);

    let limited = [("x-renlayer-key", "a-key-of-the-limited-one")];
    assert_eq!(left(&limited).as_deref(), Some("895"), "5 words and 100");
    assert_eq!(recorded.only().spend.unwrap(), Spend { micros: 5 + 2 * 3, estimated: true });
    assert_eq!(left(&limited).as_deref(), Some("887"), "8 words are settled");
    assert!(words.0.load(std::sync::atomic::Ordering::Relaxed) > 0);
}

#[test]
fn a_whole_answer_that_does_not_tell_its_usage_is_counted_where_a_limit_applies() {
    let limits = with(
        r#"
bounds: { assumed_output_tokens: 100 }
declare:
  agents: [{ name: limited, keys: [a-key-of-the-limited-one] }]
  limits: [{ name: cap, scope: per_agent, agents: [limited], dimension: tokens, window: hour, max: 1000 }]"#,
    );
    let (engine, recorded) = engine(&limits, &[]);
    let words = std::sync::Arc::new(Words::default());
    engine.count_tokens_with(words.clone());
    let body =
        json!({"model": "house", "messages": [{"role": "user", "content": "one two three four five"}]});
    let long = "a-very-long-id".repeat(100);
    let answer = json!({"id": long, "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {
        "role": "assistant", "content": "six seven", "tool_calls": [
            {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{ \"n\": 8 }"}}]}}]});
    let spent = |headers: &[(&str, &str)], answer: &Value| {
        let answers = answers("application/json", &[&answer.to_string()]);
        assert_eq!(call(&engine, post(CHAT, headers, &body.to_string()), answers).status, StatusCode::OK);
        recorded.only().spend.unwrap()
    };
    let limited = [("x-renlayer-key", "a-key-of-the-limited-one")];
    // Five words at 1; two and four at 2.
    assert_eq!(spent(&limited, &answer), Spend { micros: 5 + 2 * 6, estimated: true });
    assert!(words.0.load(std::sync::atomic::Ordering::Relaxed) > 0);
    // Where there is nothing to count it is four bytes to a token, as it is where no limit applies.
    let nothing = json!({"id": long, "choices": []});
    let estimated = nothing.to_string().len().div_ceil(4) as u64;
    assert_eq!(spent(&limited, &nothing).micros, 5 + 2 * estimated);
    assert_eq!(spent(&[], &answer).micros, 6 + 2 * answer.to_string().len().div_ceil(4) as u64);
    // What the provider says counts, whatever is written.
    let mut told = answer.clone();
    told["usage"] = json!({"prompt_tokens": 7, "completion_tokens": 3});
    assert_eq!(spent(&limited, &told), Spend { micros: 7 + 2 * 3, estimated: false });
}
