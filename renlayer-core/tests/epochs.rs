//! Governance that is replaced under way, and the right to judge by it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod drive;

use std::time::Duration;

use bytes::Bytes;
use drive::{Upstream, answers, call, engine, governance, post, response};
use http::StatusCode;
use renlayer_core::{
    Engine,
    exchange::{Answer, Ingress, LastLook, Overflow},
    key::AgentKey,
    trace::{Outcome, ReasonKind, Status},
};
use serde_json::json;

const ROUTES: &str = r#"
routes:
  - { name: openai, prefix: /openai, upstream: "https://api.openai.example", dialect: openai }
"#;
const CHAT: &str = "/openai/v1/chat/completions";
const DENY: &str = "declare: { policies: [{ name: closed, match: {}, action: DENY }] }";

fn with(more: &str) -> String {
    format!("{ROUTES}\n{more}\n")
}

fn chat() -> String {
    json!({"model": "gpt-4.1", "messages": [{"role": "user", "content": "hello"}]}).to_string()
}

fn parts() -> http::request::Parts {
    post(CHAT, &[], "").into_parts().0
}

fn lose_lease(engine: &Engine) {
    engine.lease().hold_until(Duration::ZERO);
}

#[test]
fn a_call_is_judged_by_what_is_in_force_when_its_body_is_there() {
    let (engine, recorded) = engine(ROUTES, &[]);
    let mut reading = engine.begin(parts(), Ingress::Reverse).unwrap();
    reading.push(Bytes::from(chat())).unwrap();
    let replaced = engine.load(governance(&with(DENY), &[]).at_epoch(8));
    assert!(!replaced.is_deciding(), "gathering a body decides nothing");
    let refused = reading.end().err().unwrap();
    assert_eq!(refused.response.status(), StatusCode::FORBIDDEN);
    assert_eq!(refused.response.headers()["x-renlayer-epoch"], "8");
    let trace = recorded.only();
    assert_eq!((trace.status, trace.epoch), (Status::Denied, 8));
}

#[test]
fn a_key_that_is_revoked_while_the_body_comes_opens_nothing() {
    let key = AgentKey::mint().unwrap();
    let agents = with("declare: { agents: [{ name: bot, keys: [\"${KEY}\"] }] }\nauth: required");
    let (engine, recorded) = engine(&agents, &[("KEY", key.reveal())]);
    for header in ["authorization", "x-api-key"] {
        engine.load(governance(&agents, &[("KEY", key.reveal())]));
        let value =
            if header == "authorization" { format!("Bearer {}", key.reveal()) } else { key.reveal().into() };
        let parts = post(CHAT, &[(header, &value)], "").into_parts().0;
        let mut reading = engine.begin(parts, Ingress::Reverse).unwrap();
        reading.push(Bytes::from(chat())).unwrap();
        engine.load(governance(&with("auth: required"), &[]).at_epoch(2));
        let refused = reading.end().err().unwrap();
        assert_eq!(refused.response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(recorded.only().reasons[0].kind, ReasonKind::Unauthenticated);
    }
}

#[test]
fn a_key_that_stays_good_is_taken_out_again_and_the_path_rewritten_once() {
    let key = AgentKey::mint().unwrap();
    let agents = with("declare: { agents: [{ name: bot, keys: [\"${KEY}\"] }] }");
    let (engine, recorded) = engine(&agents, &[("KEY", key.reveal())]);
    let path = format!("{CHAT}?a=b&key={}", key.reveal());
    let parts = post(&path, &[("x-renlayer-key", key.reveal())], "").into_parts().0;
    let mut reading = engine.begin(parts, Ingress::Reverse).unwrap();
    reading.push(Bytes::from(chat())).unwrap();
    engine.load(governance(&agents, &[("KEY", key.reveal())]).at_epoch(2));
    let forward = reading.end().unwrap().admit().unwrap();
    assert_eq!(forward.parts.uri, "https://api.openai.example/v1/chat/completions?a=b");
    assert!(!forward.parts.headers.contains_key("x-renlayer-key"));
    assert_eq!(forward.body, chat());
    drop(forward);
    let trace = recorded.only();
    assert_eq!(trace.agent.unwrap().name.as_ref(), "bot");
}

#[test]
fn an_unread_body_is_let_through_by_what_is_in_force() {
    let small = "mode: observe\nbounds: { max_body_bytes: 8 }";
    let (engine, recorded) = engine(&with(small), &[]);
    let reading = engine.begin(parts(), Ingress::Reverse).unwrap();
    engine.load(governance(&with("bounds: { max_body_bytes: 8 }"), &[]));
    assert!(matches!(reading.overflow(Bytes::from("much longer than that")), Overflow::Refused(_)));
    assert_eq!(recorded.only().outcome, Outcome::Refused);
}

#[test]
fn replaced_governance_decides_until_the_call_is_forwarded() {
    let (engine, recorded) = engine(ROUTES, &[]);
    let reading = engine.begin(parts(), Ingress::Reverse).unwrap();
    let permit = reading.end().unwrap();
    let replaced = engine.load(governance(ROUTES, &[]));
    assert!(replaced.is_deciding(), "it has decided, and the call is not on its way");
    let forward = permit.admit().unwrap();
    assert!(!replaced.is_deciding());
    drop(forward);
    assert_eq!(recorded.count(), 1);

    let permit = engine.begin(parts(), Ingress::Reverse).unwrap().end().unwrap();
    let replaced = engine.load(governance(ROUTES, &[]));
    drop(permit);
    assert!(!replaced.is_deciding(), "a client that leaves ends the decision");
}

#[test]
fn a_call_that_waits_for_its_connection_is_looked_at_once_more() {
    let observe = with("mode: observe");
    let observe = observe.as_str();
    for (what, begun, in_force, lost, may_go) in [
        ("nothing happens", ROUTES, None, false, true),
        ("another governance is in force", ROUTES, Some(ROUTES), false, false),
        ("the lease is lost", ROUTES, None, true, false),
        ("the one in force observes", ROUTES, Some(observe), false, true),
        ("it was observed, and is not any more", observe, Some(ROUTES), false, false),
        ("the lease of who observes is lost", observe, None, true, true),
        ("the lease of who serves on is lost", &with("lease: { lost: serve }"), None, true, true),
    ] {
        let (engine, recorded) = engine(begun, &[]);
        let forward = engine.begin(parts(), Ingress::Reverse).unwrap().end().unwrap().admit().unwrap();
        let look = forward.parts.extensions.get::<LastLook>().unwrap();
        assert!(look.may_go(), "{what}");
        in_force.into_iter().for_each(|yaml| drop(engine.load(governance(yaml, &[]).at_epoch(2))));
        if lost {
            lose_lease(&engine);
        }
        assert_eq!(look.may_go(), may_go, "{what}");
        if !may_go {
            let refused = forward.pending.unsent();
            assert_eq!(refused.response.status(), StatusCode::SERVICE_UNAVAILABLE, "{what}");
            assert_eq!(refused.response.headers()["retry-after"], "1", "{what}");
            let trace = recorded.only();
            assert_eq!((trace.outcome, trace.status), (Outcome::Refused, Status::Denied), "{what}");
            let kind = if lost { ReasonKind::NoLease } else { ReasonKind::EpochBehind };
            assert_eq!(trace.reasons[0].kind, kind, "{what}");
        }
    }
}

#[test]
fn without_a_lease_nothing_is_let_through() {
    let (engine, recorded) = engine(ROUTES, &[]);
    // Lost before the call, and lost between the decision and its way out.
    let permit = engine.begin(parts(), Ingress::Reverse).unwrap().end().unwrap();
    lose_lease(&engine);
    let refused = permit.admit().err().unwrap();
    assert_eq!(refused.response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.response.headers()["retry-after"], "1");
    assert_eq!(recorded.only().reasons[0].kind, ReasonKind::NoLease);
    let outcome = call(&engine, post(CHAT, &[], &chat()), Upstream::MustNotBeAsked);
    assert_eq!(outcome.status, StatusCode::SERVICE_UNAVAILABLE);
    let trace = recorded.only();
    assert_eq!((trace.status, trace.reasons.len()), (Status::Denied, 1));

    engine.lease().hold_until(engine.ticks() + Duration::from_secs(60));
    let outcome = call(&engine, post(CHAT, &[], &chat()), answers("application/json", &["{}"]));
    assert_eq!(outcome.status, StatusCode::OK);
}

#[test]
fn who_serves_without_a_lease_says_so_and_still_denies() {
    for (more, mode, status, sent) in [
        ("lease: { lost: serve }", "enforce", Status::Flagged, true),
        ("", "observe", Status::Denied, true),
        (DENY, "enforce", Status::Denied, false),
    ] {
        let lost = if more == DENY { "lease: { lost: serve }" } else { "" };
        let (engine, recorded) = engine(&with(&format!("mode: {mode}\n{more}\n{lost}")), &[]);
        lose_lease(&engine);
        let upstream = if sent { answers("application/json", &["{}"]) } else { Upstream::MustNotBeAsked };
        let outcome = call(&engine, post(CHAT, &[], &chat()), upstream);
        let trace = recorded.only();
        assert_eq!((outcome.status.is_success(), trace.status), (sent, status), "{more}");
        let said = trace.reasons.iter().filter(|reason| reason.kind == ReasonKind::NoLease).count();
        assert_eq!(said, 1, "{more}");
    }
}

#[test]
fn no_earlier_version_judges_than_is_asked_for() {
    let (engine, recorded) = engine(ROUTES, &[]);
    engine.load(governance(ROUTES, &[]).at_epoch(3));
    for (asked, status) in [("3", 200), ("0", 200), ("4", 503), ("-1", 400), ("three", 400), ("", 400)] {
        let upstream =
            if status == 200 { answers("application/json", &["{}"]) } else { Upstream::MustNotBeAsked };
        let request = post(CHAT, &[("x-renlayer-min-epoch", asked)], &chat());
        let outcome = call(&engine, request, upstream);
        assert_eq!(outcome.status, status, "{asked}");
        assert_eq!(outcome.headers["x-renlayer-epoch"], "3");
        if let Some(sent) = outcome.forwarded {
            assert!(!sent.headers().contains_key("x-renlayer-min-epoch"));
        }
        assert_eq!(recorded.only().epoch, 3);
    }
}

#[test]
fn an_answer_goes_on_under_what_it_began_with() {
    let (engine, recorded) = engine(ROUTES, &[]);
    let reading = engine.begin(parts(), Ingress::Reverse).unwrap();
    let forward = reading.end().unwrap().admit().unwrap();
    engine.load(governance(&with(DENY), &[]).at_epoch(2));
    lose_lease(&engine);
    let (head, chunks) = response("application/json", &["{}"]).into_parts();
    let Answer::Whole(mut answer) = forward.pending.answered(head) else { panic!("it is judged whole") };
    chunks.into_iter().for_each(|chunk| answer.push(chunk).unwrap());
    assert_eq!(answer.end().unwrap().status(), StatusCode::OK);
    assert_eq!(recorded.only().epoch, 0);
}
