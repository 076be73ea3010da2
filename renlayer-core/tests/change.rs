//! Governance that is replaced while an answer streams: `streams.on_change`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod drive;

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use drive::{Recorded, Upstream, answers, call, engine, governance, post, response};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header::ETAG};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use jiff::Timestamp;
use renlayer_core::{
    Engine,
    clock::Clock,
    exchange::{Answer, Ingress, Pending, Stream},
    key::AgentKey,
    layer::{EnforcementLayer, RequestBody},
    trace::{ModeLevel, Outcome, ReasonKind, Status, Trace},
};
use serde_json::{Value, json};
use tokio::time::Instant;
use tower::{Layer, ServiceExt, service_fn};

const CHAT: &str = "/openai/v1/chat/completions";
const DENY: &str = "policies: [{ name: closed, match: {}, action: DENY }]";
const FLAG: &str = "policies: [{ name: watched, match: {}, action: FLAG }]";

/// What a configuration is made of here.
#[derive(Clone, Copy)]
struct Parts<'a> {
    top: &'a str,
    openai: &'a str,
    agents: &'a str,
    declare: &'a str,
}

const USUAL: Parts<'_> = Parts {
    top: "",
    openai: "prefix: /openai, upstream: \"https://api.openai.example\"",
    agents: "agents: [{ name: bot, keys: [\"${KEY}\"] }]",
    declare: "",
};

impl Parts<'_> {
    fn yaml(&self, on_change: &str) -> String {
        let Parts { top, openai, agents, declare } = self;
        let declared: Vec<&str> = [*agents, *declare].into_iter().filter(|part| !part.is_empty()).collect();
        format!(
            r#"
streams: {{ on_change: {on_change} }}
{top}
routes:
  - {{ name: openai, dialect: openai, {openai} }}
  - {{ name: anthropic, prefix: /anthropic, upstream: "https://api.anthropic.example", dialect: anthropic }}
  - {{ name: gemini, prefix: /gemini, upstream: "https://gemini.example", dialect: gemini }}
declare: {{ {} }}
"#,
            declared.join(", ")
        )
    }
}

/// An engine with calls through it, and a key that opens it.
struct Fixture {
    engine: Engine,
    recorded: Arc<Recorded>,
    key: AgentKey,
    on_change: &'static str,
}

impl Fixture {
    fn new(on_change: &'static str, parts: Parts<'_>) -> Self {
        let key = AgentKey::mint().unwrap();
        let (engine, recorded) = engine(&parts.yaml(on_change), &[("KEY", key.reveal())]);
        Self { engine, recorded, key, on_change }
    }

    /// Replaces governance.
    fn load(&self, epoch: u64, parts: Parts<'_>) {
        let yaml = parts.yaml(self.on_change);
        self.engine.load(governance(&yaml, &[("KEY", self.key.reveal())]).at_epoch(epoch));
    }

    /// A call that is let through, and the beginning of its answer.
    fn begin(&self, path: &str, body: &Value, events: &[String]) -> Stream {
        let mut stream = self.stream(path, body);
        let mut out = Vec::new();
        events.iter().for_each(|event| stream.push(Bytes::from(event.clone()), &mut out));
        assert_eq!(text(&out), events.concat());
        stream
    }

    /// A call of one piece that is let through.
    fn pending(&self, body: Bytes) -> Pending {
        let (parts, _) = post(CHAT, &[("x-renlayer-key", self.key.reveal())], "").into_parts();
        let mut reading = self.engine.begin(parts, Ingress::Reverse).unwrap();
        reading.push(body).unwrap();
        reading.end().unwrap().admit().unwrap().pending
    }

    fn stream(&self, path: &str, body: &Value) -> Stream {
        let headers = [("x-renlayer-key", self.key.reveal()), ("x-renlayer-session", "s")];
        let (parts, chunks) = post(path, &headers, &body.to_string()).into_parts();
        let mut reading = self.engine.begin(parts, Ingress::Reverse).unwrap();
        chunks.into_iter().for_each(|chunk| reading.push(chunk).unwrap());
        let forward = reading.end().unwrap().admit().unwrap();
        let (head, _) = response("text/event-stream", &[]).into_parts();
        let Answer::Stream { stream, .. } = forward.pending.answered(head) else { panic!("it streams") };
        stream
    }

    fn chat(&self) -> Stream {
        self.begin(CHAT, &asking("hello"), &[delta("Hello ")])
    }

    fn trace(&self) -> Trace {
        self.recorded.only()
    }
}

fn asking(prompt: &str) -> Value {
    json!({"model": "gpt-4.1", "stream": true, "messages": [{"role": "user", "content": prompt}]})
}

fn text(out: &[Bytes]) -> String {
    String::from_utf8(out.concat()).unwrap()
}

fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

fn delta(text: &str) -> String {
    event(&json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4.1",
        "choices": [{"index": 0, "delta": {"content": text}}]}))
}

/// Pushes one more piece, and gives what leaves.
fn push(stream: &mut Stream, piece: &str) -> String {
    let mut out = Vec::new();
    stream.push(Bytes::copy_from_slice(piece.as_bytes()), &mut out);
    text(&out)
}

/// Each dialect that streams: a request, an event of its answer, and how it is ended.
fn dialects() -> Vec<(&'static str, Value, Vec<String>, &'static str)> {
    let message = json!({"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 1}}});
    let block =
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}});
    let words =
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello "}});
    let responses = json!({"type": "response.output_text.delta", "sequence_number": 1, "output_index": 0,
        "content_index": 0, "delta": "Hello "});
    let gemini = json!({"candidates": [{"content": {"parts": [{"text": "Hello "}]}, "index": 0}]});
    vec![
        (CHAT, asking("hello"), vec![delta("Hello ")], r#""finish_reason":"content_filter""#),
        (
            "/openai/v1/responses",
            json!({"model": "gpt-4.1", "stream": true, "input": "hello"}),
            vec![event(&responses)],
            "event: response.incomplete",
        ),
        (
            "/anthropic/v1/messages",
            json!({"model": "claude-sonnet-4-5", "stream": true, "max_tokens": 9,
                "messages": [{"role": "user", "content": "hello"}]}),
            vec![event(&message), event(&block), event(&words)],
            "event: message_stop",
        ),
        (
            "/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
            json!({"contents": [{"role": "user", "parts": [{"text": "hello"}]}]}),
            vec![event(&gemini)],
            r#""finishReason":"SAFETY""#,
        ),
    ]
}

#[test]
fn an_answer_goes_on_unless_told_otherwise() {
    let fixture = Fixture::new("finish", USUAL);
    let mut stream = fixture.chat();
    fixture.load(2, Parts { agents: "", top: "auth: required", declare: DENY, ..USUAL });
    fixture.engine.lease().hold_until(Duration::ZERO);
    assert!(stream.overtaken().is_none(), "there is nothing to be woken for");
    assert_eq!(push(&mut stream, &delta("again.")), delta("again."));
    stream.end(&mut Vec::new());
    let trace = fixture.trace();
    assert_eq!((trace.status, trace.outcome, trace.epoch), (Status::Allowed, Outcome::Completed, 0));
    assert_eq!(trace.ended_by_epoch, None);
}

#[test]
fn a_call_that_would_be_refused_now_ends_in_its_own_dialect() {
    for (path, body, events, end) in dialects() {
        let fixture = Fixture::new("judge", USUAL);
        let mut stream = fixture.begin(path, &body, &events);
        fixture.load(7, Parts { declare: DENY, ..USUAL });
        let told = push(&mut stream, events.last().unwrap());
        assert!(!told.contains("Hello"), "{path}: {told}");
        assert!(told.contains(end) && told.contains("policy_denied"), "{path}: {told}");
        assert!(stream.has_ended());
        assert_eq!(push(&mut stream, events.last().unwrap()), "");
        let trace = fixture.trace();
        assert_eq!((trace.status, trace.enforced, trace.outcome), (Status::Denied, true, Outcome::Cut));
        assert_eq!((trace.epoch, trace.ended_by_epoch), (0, Some(7)), "{path}");
        assert_eq!(trace.reasons.len(), 1, "{path}: {:?}", trace.reasons);
        assert_eq!(trace.reasons[0].name.as_deref(), Some("closed"));
        assert_eq!(trace.http_status, Some(200));
    }
}

#[test]
fn whatever_would_refuse_the_call_ends_its_answer() {
    let forbid = r#"cedar: [{ name: c, text: "forbid (principal, action, resource);" }]"#;
    let block = "dlp: { detectors: { pii.email: { severity: HIGH, action: block } } }";
    let required = "auth: required";
    for (what, now, kind, code) in [
        (
            "its key is revoked, or its agent is switched off or gone",
            Parts { agents: "", top: required, ..USUAL },
            ReasonKind::Unauthenticated,
            "unauthenticated",
        ),
        ("a policy denies", Parts { declare: DENY, ..USUAL }, ReasonKind::Policy, "policy_denied"),
        (
            "no policy allows",
            Parts { declare: "default_action: DENY", ..USUAL },
            ReasonKind::Policy,
            "policy_denied",
        ),
        (
            "a policy asks for what was in the request",
            Parts {
                declare: "policies: [{ name: p, match: { dlp: { class: pii.email } }, action: DENY }]",
                ..USUAL
            },
            ReasonKind::Policy,
            "policy_denied",
        ),
        ("Cedar forbids", Parts { declare: forbid, ..USUAL }, ReasonKind::Cedar, "policy_denied"),
        ("what it carried is blocked", Parts { declare: block, ..USUAL }, ReasonKind::Dlp, "dlp_blocked"),
        (
            "its route leads elsewhere",
            Parts { openai: "prefix: /openai, upstream: \"https://elsewhere.example\"", ..USUAL },
            ReasonKind::Route,
            "route_refused",
        ),
        (
            "its route is gone",
            Parts { openai: "host: other.example, upstream: \"https://api.openai.example\"", ..USUAL },
            ReasonKind::Route,
            "route_refused",
        ),
        (
            "another model is pinned",
            Parts {
                openai: "prefix: /openai, upstream: \"https://api.openai.example\", model: gpt-nano",
                ..USUAL
            },
            ReasonKind::Route,
            "route_refused",
        ),
        (
            "its body is too long",
            Parts { top: "bounds: { max_body_bytes: 16 }", ..USUAL },
            ReasonKind::BodyTooLarge,
            "body_too_large",
        ),
    ] {
        let fixture = Fixture::new("judge", USUAL);
        let mut stream = fixture.begin(CHAT, &asking("write to ada@corp.io"), &[delta("Hello ")]);
        fixture.load(3, now);
        let told = push(&mut stream, &delta("again."));
        assert!(told.contains(&format!(r#""code":"{code}""#)) && !told.contains("again"), "{what}: {told}");
        let trace = fixture.trace();
        assert_eq!((trace.outcome, trace.enforced), (Outcome::Cut, true), "{what}");
        assert_eq!(trace.reasons[0].kind, kind, "{what}: {:?}", trace.reasons);
        assert_eq!(trace.ended_by_epoch, Some(3), "{what}");
        assert_eq!(trace.agent.unwrap().name.as_ref(), "bot", "{what}");
    }
}

#[test]
fn an_answer_whose_call_would_still_go_through_goes_on() {
    let fixture = Fixture::new("judge", USUAL);
    let mut stream = fixture.chat();
    for epoch in 2..6 {
        fixture.load(epoch, Parts { declare: FLAG, ..USUAL });
        assert_eq!(push(&mut stream, &delta("a ")), delta("a "));
        assert_eq!(push(&mut stream, &delta("b ")), delta("b "));
    }
    stream.end(&mut Vec::new());
    let trace = fixture.trace();
    assert_eq!(
        (trace.status, trace.outcome, trace.ended_by_epoch),
        (Status::Allowed, Outcome::Completed, None)
    );
}

#[test]
fn an_answer_is_scanned_by_what_it_began_with() {
    let fixture = Fixture::new("judge", USUAL);
    let mut stream = fixture.chat();
    let redact = "dlp: { detectors: { pii.email: { severity: HIGH, action: redact } } }";
    fixture.load(2, Parts { declare: redact, ..USUAL });
    let said = delta("Write to ada@corp.io today.");
    assert_eq!(push(&mut stream, &said), said);
    stream.end(&mut Vec::new());
    assert_eq!(fixture.trace().outcome, Outcome::Completed);
}

#[test]
fn a_change_before_the_first_event_and_one_before_the_end_are_seen() {
    let fixture = Fixture::new("judge", USUAL);
    let mut stream = fixture.stream(CHAT, &asking("hello"));
    fixture.load(2, Parts { declare: DENY, ..USUAL });
    assert!(push(&mut stream, &delta("Hello")).contains("policy_denied"));
    assert_eq!(fixture.trace().outcome, Outcome::Cut);

    fixture.load(3, USUAL);
    let mut stream = fixture.chat();
    // What could begin a secret is held back, and would leave with the end.
    assert!(!push(&mut stream, &delta("AKIA")).contains("AKIA"));
    fixture.load(4, Parts { declare: DENY, ..USUAL });
    let mut out = Vec::new();
    stream.end(&mut out);
    assert!(text(&out).contains("policy_denied") && !text(&out).contains("AKIA"), "{}", text(&out));
    assert_eq!(fixture.trace().outcome, Outcome::Cut);
}

#[tokio::test]
async fn no_trailers_leave_after_an_answer_that_a_change_has_ended() {
    for (now, whole) in [(Parts { declare: DENY, ..KEYLESS }, false), (KEYLESS, true)] {
        let (engine, recorded) = engine(&KEYLESS.yaml("judge"), &[]);
        let inner = service_fn(|_: http::Request<RequestBody<Full<Bytes>>>| async {
            let trailers = HeaderMap::from_iter([(ETAG, HeaderValue::from_static("said"))]);
            let body = Full::from(delta("Hello ")).with_trailers(std::future::ready(Some(Ok(trailers))));
            Ok::<_, Infallible>(
                Response::builder().header("content-type", "text/event-stream").body(body).unwrap(),
            )
        });
        let request = post(CHAT, &[], "").map(|_| Full::from(asking("hello").to_string()));
        let response = EnforcementLayer::reverse(engine.clone()).layer(inner).oneshot(request).await.unwrap();
        let mut body = response.into_body();
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), delta("Hello "));
        engine.load(governance(&now.yaml("judge"), &[]).at_epoch(2));
        let rest = body.collect().await.unwrap();
        assert_eq!(rest.trailers().is_some(), whole);
        let told = text(&[rest.to_bytes()]);
        assert_eq!(told.contains("policy_denied"), !whole, "{told}");
        assert_eq!(recorded.only().ended_by_epoch, (!whole).then_some(2));
    }
}

#[test]
fn a_request_is_kept_only_for_an_answer_that_may_be_judged_again() {
    for (on_change, media, kept) in [
        ("judge", "text/event-stream", true),
        ("judge", "application/json", false),
        ("cut", "text/event-stream", false),
        ("finish", "text/event-stream", false),
    ] {
        let fixture = Fixture::new(on_change, USUAL);
        let asked: Arc<str> = json!({"model": "gpt-4.1", "messages": []}).to_string().into();
        let pending = fixture.pending(Bytes::from_owner(Shared(asked.clone())));
        let (head, _) = response(media, &[]).into_parts();
        let answer = pending.answered(head);
        assert_eq!(Arc::strong_count(&asked) > 1, kept, "{on_change} {media}");
        drop(answer);
        assert_eq!(Arc::strong_count(&asked), 1);
    }
}

/// Text whose holders are counted.
struct Shared(Arc<str>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

#[test]
fn an_answer_that_is_too_long_to_be_judged_whole_ends_with_any_change() {
    let fixture = Fixture::new("judge", Parts { top: "bounds: { max_body_bytes: 64 }", ..USUAL });
    let pending = fixture.pending(Bytes::from(r#"{"model":"gpt-4.1","messages":[]}"#));
    let (head, _) = response("application/json", &[]).into_parts();
    let Answer::Whole(whole) = pending.answered(head) else { panic!("it is judged whole") };
    let mut out = Vec::new();
    let (_, mut stream) = whole.overflow(Bytes::from(vec![b'a'; 100]), &mut out).unwrap();
    fixture.load(2, USUAL);
    assert!(!push(&mut stream, "again").contains("again"));
    let trace = fixture.trace();
    assert_eq!((trace.outcome, trace.ended_by_epoch), (Outcome::Cut, Some(2)));
    assert_eq!(trace.reasons[0].kind, ReasonKind::EpochBehind);
}

#[test]
fn observed_nothing_ends_and_the_trace_says_what_would_have() {
    for on_change in ["judge", "cut"] {
        let observing = Parts { top: "mode: observe", ..USUAL };
        let fixture = Fixture::new(on_change, observing);
        let mut stream = fixture.chat();
        for epoch in [2, 3] {
            fixture.load(epoch, Parts { declare: DENY, ..observing });
            assert_eq!(push(&mut stream, &delta("again.")), delta("again."));
        }
        // Nowhere to go is no ground to end what is under way either.
        fixture.load(
            4,
            Parts { openai: "prefix: /openai, upstream: \"https://elsewhere.example\"", ..observing },
        );
        assert_eq!(push(&mut stream, &delta("again.")), delta("again."));
        stream.end(&mut Vec::new());
        let trace = fixture.trace();
        assert_eq!(
            (trace.status, trace.enforced, trace.outcome),
            (Status::Denied, false, Outcome::Completed)
        );
        let instead = trace.instead.unwrap();
        assert_eq!((instead.outcome, instead.http_status), (Outcome::Cut, None));
        assert_eq!(trace.ended_by_epoch, Some(2), "the first that would have");
        let kinds: Vec<_> = trace.reasons.iter().map(|reason| (reason.kind, reason.observed_by)).collect();
        let process = Some(ModeLevel::Process);
        match on_change {
            "judge" => assert_eq!(kinds, [(ReasonKind::Policy, process), (ReasonKind::Route, process)]),
            _ => assert_eq!(kinds, [(ReasonKind::EpochBehind, process)]),
        }
    }
}

#[test]
fn the_mode_in_force_says_whether_an_answer_ends() {
    let observing = Parts { top: "mode: observe", ..USUAL };
    // From observe to enforce: what would have been refused before ends now.
    let fixture = Fixture::new("judge", Parts { declare: DENY, ..observing });
    let mut stream = fixture.chat();
    fixture.load(2, Parts { declare: DENY, ..USUAL });
    assert!(push(&mut stream, &delta("again.")).contains("policy_denied"));
    let trace = fixture.trace();
    assert_eq!((trace.outcome, trace.enforced, trace.instead), (Outcome::Cut, true, None));

    // A policy that insists ends an answer that is observed otherwise.
    let fixture = Fixture::new("judge", observing);
    let mut stream = fixture.chat();
    let insists = "policies: [{ name: p, match: {}, action: DENY, mode: enforce }]";
    fixture.load(2, Parts { declare: insists, ..observing });
    assert!(push(&mut stream, &delta("again.")).contains("policy_denied"));
    assert_eq!(fixture.trace().outcome, Outcome::Cut);

    // One that observes for itself ends none, and is told.
    let fixture = Fixture::new("judge", USUAL);
    let mut stream = fixture.chat();
    let tried = "policies: [{ name: p, match: {}, action: DENY, mode: observe }]";
    fixture.load(2, Parts { declare: tried, ..USUAL });
    assert_eq!(push(&mut stream, &delta("again.")), delta("again."));
    stream.end(&mut Vec::new());
    let trace = fixture.trace();
    assert_eq!((trace.outcome, trace.enforced, trace.ended_by_epoch), (Outcome::Completed, false, None));
    assert_eq!(trace.reasons[0].observed_by, Some(ModeLevel::Policy));
}

#[test]
fn any_change_ends_an_answer_that_is_to_be_cut() {
    for (path, body, events, end) in dialects() {
        let fixture = Fixture::new("cut", USUAL);
        let mut stream = fixture.begin(path, &body, &events);
        fixture.load(2, USUAL);
        let told = push(&mut stream, events.last().unwrap());
        assert!(!told.contains("Hello") && told.contains(end), "{path}: {told}");
        assert!(told.contains("unavailable"), "{path}: {told}");
        let trace = fixture.trace();
        assert_eq!((trace.status, trace.outcome), (Status::Denied, Outcome::Cut));
        assert_eq!((trace.reasons[0].kind, trace.ended_by_epoch), (ReasonKind::EpochBehind, Some(2)));
    }
}

#[test]
fn judging_again_counts_under_no_limit_and_a_cut_answer_counts_as_far_as_it_came() {
    let limits = "limits: [{ name: calls, scope: per_tenant, dimension: requests, window: hour, max: 2 }, \
                  { name: tokens, scope: per_tenant, dimension: tokens, window: hour, max: 10000 }]";
    let parts = Parts { declare: limits, ..USUAL };
    let denying = format!("{limits}, {DENY}");
    let fixture = Fixture::new("judge", parts);
    let mut stream = fixture.chat();
    for epoch in 2..8 {
        fixture.load(epoch, parts);
        assert_eq!(push(&mut stream, &delta("some more words ")), delta("some more words "));
    }
    fixture.load(8, Parts { declare: &denying, ..USUAL });
    assert!(push(&mut stream, &delta("again.")).contains("policy_denied"));
    let trace = fixture.trace();
    let spend = trace.spend.unwrap();
    assert!(spend.estimated && spend.micros > 0, "{spend:?}");

    fixture.load(9, parts);
    for (nth, status) in [(2, StatusCode::OK), (3, StatusCode::TOO_MANY_REQUESTS)] {
        let headers = [("x-renlayer-key", fixture.key.reveal())];
        let upstream = if nth == 2 { answers("application/json", &["{}"]) } else { Upstream::MustNotBeAsked };
        let asked = post(CHAT, &headers, &asking("hello").to_string());
        let outcome = call(&fixture.engine, asked, upstream);
        assert_eq!(outcome.status, status, "call {nth}: {}", outcome.text());
        fixture.trace();
    }
}

#[test]
fn what_the_session_did_is_known_and_judging_again_adds_nothing_to_it() {
    let risky = "policies: [{ name: p, match: { risk: { denials: { gte: 2 } } }, action: DENY }]";
    let fixture = Fixture::new("judge", USUAL);
    let mut stream = fixture.chat();
    let deny = |fixture: &Fixture| {
        let headers = [("x-renlayer-key", fixture.key.reveal()), ("x-renlayer-session", "s")];
        let asked = post("/nowhere", &headers, "{}");
        call(&fixture.engine, asked, Upstream::MustNotBeAsked);
        fixture.trace();
    };
    deny(&fixture);
    for epoch in 2..6 {
        fixture.load(epoch, Parts { declare: risky, ..USUAL });
        assert_eq!(push(&mut stream, &delta("a ")), delta("a "), "one denial is not two");
    }
    deny(&fixture);
    fixture.load(6, Parts { declare: risky, ..USUAL });
    assert!(push(&mut stream, &delta("a ")).contains("policy_denied"));
}

#[test]
fn without_a_lease_an_answer_ends_that_must_not_outlive_its_governance() {
    for on_change in ["judge", "cut"] {
        let fixture = Fixture::new(on_change, USUAL);
        let mut stream = fixture.chat();
        fixture.engine.lease().hold_until(fixture.engine.ticks() + Duration::from_secs(60));
        assert_eq!(push(&mut stream, &delta("again.")), delta("again."));
        fixture.engine.lease().hold_until(Duration::ZERO);
        let told = push(&mut stream, &delta("again."));
        assert!(told.contains(r#""code":"unavailable""#) && !told.contains("again."), "{told}");
        let trace = fixture.trace();
        assert_eq!((trace.outcome, trace.reasons[0].kind), (Outcome::Cut, ReasonKind::NoLease));

        for (top, status, enforced) in
            [("lease: { lost: serve }", Status::Flagged, true), ("mode: observe", Status::Denied, false)]
        {
            let fixture = Fixture::new(on_change, Parts { top, ..USUAL });
            let mut stream = fixture.chat();
            fixture.engine.lease().hold_until(Duration::ZERO);
            for _ in 0..2 {
                assert_eq!(push(&mut stream, &delta("again.")), delta("again."));
            }
            stream.end(&mut Vec::new());
            let trace = fixture.trace();
            assert_eq!((trace.status, trace.enforced), (status, enforced), "{top}");
            let kinds: Vec<_> = trace.reasons.iter().map(|reason| reason.kind).collect();
            assert_eq!(kinds, [ReasonKind::NoLease], "{top}");
        }
    }
}

#[test]
fn a_body_that_went_on_unread_ends_where_it_would_be_refused_now() {
    let small = "mode: observe\nbounds: { max_body_bytes: 16 }";
    let fixture = Fixture::new("judge", Parts { top: small, ..USUAL });
    let headers = [("x-renlayer-key", fixture.key.reveal())];
    let (parts, chunks) = post(CHAT, &headers, &asking("hello").to_string()).into_parts();
    let reading = fixture.engine.begin(parts, Ingress::Reverse).unwrap();
    let chunk = chunks.into_iter().next().unwrap();
    let renlayer_core::exchange::Overflow::Unread { permit, .. } = reading.overflow(chunk) else {
        panic!("it is observed")
    };
    let (head, _) = response("text/event-stream", &[]).into_parts();
    let Answer::Stream { mut stream, .. } = permit.admit().unwrap().pending.answered(head) else { panic!() };
    fixture.load(2, Parts { top: small, declare: FLAG, ..USUAL });
    assert_eq!(push(&mut stream, &delta("a ")), delta("a "));
    fixture.load(3, Parts { top: "bounds: { max_body_bytes: 16 }", ..USUAL });
    assert!(push(&mut stream, &delta("b ")).contains("body_too_large"));
    assert_eq!(fixture.trace().outcome, Outcome::Cut);
}

/* ===== answers of which nothing comes ===== */

/// The clock of a runtime, which tests let stand still.
struct Runtimes(Instant);

impl Clock for Runtimes {
    fn wall(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn ticks(&self) -> Duration {
        self.0.elapsed()
    }
}

/// One event, and then nothing for ever, or the same for ever.
struct Says {
    event: String,
    first: bool,
    again: bool,
}

impl Body for Says {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let says = std::mem::take(&mut self.first) || self.again;
        if says { Poll::Ready(Some(Ok(Frame::data(self.event.clone().into())))) } else { Poll::Pending }
    }
}

/// An engine by the runtime's clock.
fn running(parts: Parts<'_>, on_change: &str) -> (Engine, Arc<Recorded>) {
    let recorded = Arc::new(Recorded::default());
    let governance = governance(&parts.yaml(on_change), &[]);
    let engine = Engine::with_clock(governance, recorded.clone(), Arc::new(Runtimes(Instant::now())));
    engine.lease().hold_until(Duration::from_secs(2));
    (engine, recorded)
}

/// An answer of which the first event is read.
async fn saying(engine: &Engine, again: bool) -> impl Body<Data = Bytes> + Unpin + use<> {
    let inner = service_fn(move |_: http::Request<RequestBody<Full<Bytes>>>| async move {
        let response = Response::builder().header("content-type", "text/event-stream");
        Ok::<_, Infallible>(response.body(Says { event: delta("Hello "), first: true, again }).unwrap())
    });
    let request = post(CHAT, &[], "").map(|_| Full::from(asking("hello").to_string()));
    let response = EnforcementLayer::reverse(engine.clone()).layer(inner).oneshot(request).await.unwrap();
    let mut body = response.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(first, delta("Hello "));
    body
}

/// An engine, and an answer through it that has said all it will.
async fn idle(parts: Parts<'_>, on_change: &str) -> (Engine, Arc<Recorded>, impl Body<Data = Bytes> + Unpin) {
    let (engine, recorded) = running(parts, on_change);
    let body = saying(&engine, false).await;
    (engine, recorded, body)
}

const KEYLESS: Parts<'_> = Parts { agents: "", ..USUAL };

#[tokio::test(start_paused = true)]
async fn an_answer_of_which_nothing_comes_is_ended_by_the_change_itself() {
    for on_change in ["judge", "cut"] {
        let (engine, recorded, body) = idle(KEYLESS, on_change).await;
        let rest = tokio::spawn(async move { body.collect().await.ok().unwrap().to_bytes() });
        tokio::task::yield_now().await;
        assert!(!rest.is_finished());
        let now = Instant::now();
        engine.load(governance(&Parts { declare: DENY, ..KEYLESS }.yaml(on_change), &[]).at_epoch(2));
        let rest = text(&[rest.await.unwrap()]);
        assert!(rest.ends_with("data: [DONE]\n\n") && rest.contains("content_filter"), "{rest}");
        assert_eq!(now.elapsed(), Duration::ZERO, "it is woken, and waits for nothing else");
        let trace = recorded.only();
        assert_eq!((trace.outcome, trace.ended_by_epoch), (Outcome::Cut, Some(2)));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_which_nothing_comes_goes_on_through_changes_that_allow_it() {
    let (engine, recorded, mut body) = idle(KEYLESS, "judge").await;
    let rest = tokio::spawn(async move {
        let frame = body.frame().await;
        frame.map(|frame| frame.ok().unwrap().into_data().unwrap())
    });
    for epoch in 2..6 {
        engine.load(governance(&Parts { declare: FLAG, ..KEYLESS }.yaml("judge"), &[]).at_epoch(epoch));
        for _ in 0..4 {
            tokio::task::yield_now().await;
        }
        assert!(!rest.is_finished());
    }
    engine.load(governance(&Parts { declare: DENY, ..KEYLESS }.yaml("judge"), &[]).at_epoch(6));
    assert!(text(&[rest.await.unwrap().unwrap()]).contains("policy_denied"));
    assert_eq!(recorded.only().ended_by_epoch, Some(6));
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_which_nothing_comes_is_ended_when_the_lease_is() {
    let (engine, recorded, body) = idle(KEYLESS, "judge").await;
    let start = Instant::now();
    let rest = tokio::spawn(async move { body.collect().await.ok().unwrap().to_bytes() });
    tokio::time::sleep(Duration::from_secs(1)).await;
    engine.lease().hold_until(engine.ticks() + Duration::from_secs(2));
    let rest = text(&[rest.await.unwrap()]);
    assert!(rest.contains(r#""code":"unavailable""#), "{rest}");
    let lasted = start.elapsed();
    assert!(lasted >= Duration::from_secs(3) && lasted < Duration::from_millis(3_010), "{lasted:?}");
    assert_eq!(recorded.only().reasons[0].kind, ReasonKind::NoLease);
}

#[tokio::test(start_paused = true)]
async fn answers_that_a_change_overtakes_are_judged_one_after_the_other() {
    const ANSWERS: u32 = 60;
    let (engine, recorded) = running(KEYLESS, "judge");
    let mut bodies = Vec::new();
    for nth in 0..ANSWERS {
        bodies.push(saying(&engine, nth % 2 == 0).await);
    }
    let change = Instant::now();
    engine.load(governance(&Parts { declare: DENY, ..KEYLESS }.yaml("judge"), &[]).at_epoch(2));
    let mut ending = tokio::task::JoinSet::new();
    for body in bodies {
        ending.spawn(async move {
            let rest = text(&[body.collect().await.ok().unwrap().to_bytes()]);
            assert!(rest.contains("policy_denied") && !rest.contains("Hello"), "{rest}");
            change.elapsed()
        });
    }
    let ended = ending.join_all().await;
    assert!(ended.contains(&Duration::ZERO), "the first at once");
    assert!(ended.iter().all(|&ended| ended <= Duration::from_millis(u64::from(ANSWERS))), "{ended:?}");
    for moment in &ended {
        assert!(ended.iter().filter(|&other| other == moment).count() <= 2, "{ended:?}");
    }
    assert_eq!(recorded.count(), ANSWERS as usize);
}
