//! Observe and enforce: who says which, and that they decide alike and differ in effect alone.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod drive;

use bytes::Bytes;
use drive::{Outcome, Upstream, answers, call, engine, post};
use http::StatusCode;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use renlayer_core::{
    config::Mode,
    trace::{Instead, ModeLevel, Outcome as Ended, Reason, ReasonKind, Status, Trace, TracedMode},
};
use serde_json::{Value, json};

const CHAT: &str = "/openai/v1/chat/completions";
const BODY: &str = r#"{"model":"gpt-4.1","messages":[{"role":"user","content":"hi"}]}"#;

/// What a level of a configuration says.
const SAID: [Option<Mode>; 3] = [None, Some(Mode::Enforce), Some(Mode::Observe)];

fn config(mode: Mode, declare: &Value) -> String {
    let route = json!({"name": "openai", "prefix": "/openai", "upstream": "https://api.openai.example",
        "dialect": "openai"});
    json!({"mode": mode, "routes": [route], "declare": declare}).to_string()
}

/// Adds a `mode` where one is said.
fn saying(mode: Option<Mode>, mut object: Value) -> Value {
    if let Some(mode) = mode {
        object["mode"] = json!(mode);
    }
    object
}

/// Calls that a policy denies, under every mode that process, tenant, agent and policy can say.
#[test]
fn the_strictest_enforce_wins_where_nothing_narrower_says_observe() {
    for process in [Mode::Enforce, Mode::Observe] {
        for (tenant, agent, policy) in
            SAID.iter().flat_map(|t| SAID.iter().flat_map(move |a| SAID.iter().map(move |p| (*t, *a, *p))))
        {
            let levels = [Some(process), tenant, agent, policy];
            let enforces = (0..levels.len()).any(|at| {
                levels[at] == Some(Mode::Enforce) && !levels[at + 1..].contains(&Some(Mode::Observe))
            });
            let declare = saying(
                tenant,
                json!({
                    "agents": [saying(agent, json!({"name": "default"}))],
                    "policies": [saying(policy, json!({"name": "no", "match": {}, "action": "DENY"}))],
                }),
            );
            let (engine, recorded) = engine(&config(process, &declare), &[]);
            let outcome = call(&engine, post(CHAT, &[], BODY), answers("application/json", &["{}"]));
            let trace = recorded.only();
            let case = format!("{levels:?}");
            assert_eq!(outcome.forwarded.is_none(), enforces, "{case}");
            assert_eq!((trace.status, trace.enforced), (Status::Denied, enforces), "{case}");

            let (mode, by) = [(agent, ModeLevel::Agent), (tenant, ModeLevel::Tenant)]
                .into_iter()
                .find_map(|(said, by)| Some((said?, by)))
                .unwrap_or((process, ModeLevel::Process));
            assert_eq!(trace.mode, TracedMode { mode, by }, "{case}");
            let whose = match policy {
                Some(Mode::Observe) => Some(ModeLevel::Policy),
                _ => (!enforces).then_some(by),
            };
            assert_eq!(trace.reasons[0].observed_by, whose, "{case}");
            // A policy that observes for itself refuses nobody; the others would have.
            let would = (!enforces && policy != Some(Mode::Observe))
                .then_some(Instead { outcome: Ended::Refused, http_status: Some(403) });
            assert_eq!(trace.instead, would, "{case}");
        }
    }
}

#[test]
fn an_agent_that_is_observed_stands_beside_one_that_is_not() {
    let (watched, other) = ("a-key-of-the-watched-one", "a-key-of-the-other-agent");
    let declare = json!({
        "agents": [
            {"name": "watched", "keys": [watched], "mode": "observe"},
            {"name": "other", "keys": [other]},
        ],
        "dlp": {"detectors": {"pii.email": {"action": "redact"}}},
    });
    let (engine, recorded) = engine(&config(Mode::Enforce, &declare), &[]);
    let body = BODY.replace("hi", "write to ada@corp.io");
    for (key, sent) in [(watched, "ada@corp.io"), (other, "[REDACTED:pii.email]")] {
        let request = post(CHAT, &[("x-renlayer-key", key)], &body);
        let outcome = call(&engine, request, answers("application/json", &["{}"]));
        let body = String::from_utf8(outcome.sent().body().to_vec()).unwrap();
        assert_eq!(body, BODY.replace("hi", &format!("write to {sent}")));
        let trace = recorded.only();
        assert_eq!((trace.status, trace.enforced), (Status::DlpWarned, key == other));
        assert_eq!(trace.findings[0].finding.observed, key == watched);
    }
}

#[test]
fn findings_that_are_only_observed_refuse_nobody() {
    let declare = json!({"dlp": {"observe": true, "detectors": {"pii.email": {"action": "block"}}}});
    let (engine, recorded) = engine(&config(Mode::Enforce, &declare), &[]);
    let body = BODY.replace("hi", "write to ada@corp.io");
    let answer = r#"{"choices":[{"message":{"role":"assistant","content":"to ada@corp.io"}}]}"#;
    let outcome = call(&engine, post(CHAT, &[], &body), answers("application/json", &[answer]));
    assert_eq!((outcome.sent().body().as_ref(), outcome.text()), (body.as_bytes(), answer.to_owned()));
    let trace = recorded.only();
    assert_eq!((trace.status, trace.enforced, trace.instead), (Status::DlpBlocked, false, None));
    assert_eq!(trace.reasons[0].observed_by, Some(ModeLevel::Dlp));
}

#[test]
fn a_call_whose_credential_is_missing_goes_on_with_its_own() {
    let mut config: Value = serde_json::from_str(&config(
        Mode::Observe,
        &json!({"secrets": [{"name": "key", "from": {"env": "NOT_SET"}}]}),
    ))
    .unwrap();
    config["routes"][0]["credential"] = json!("key");
    let (engine, recorded) = engine(&config.to_string(), &[]);
    let request = post(CHAT, &[("authorization", "Bearer of-the-agent")], BODY);
    let outcome = call(&engine, request, answers("application/json", &["{}"]));
    assert_eq!(outcome.sent().headers()["authorization"], "Bearer of-the-agent");
    let trace = recorded.only();
    assert_eq!((trace.status, trace.reasons[0].kind), (Status::Denied, ReasonKind::Credential));
    assert_eq!(trace.instead, Some(Instead { outcome: Ended::Refused, http_status: Some(503) }));
}

#[test]
fn an_event_that_cannot_be_read_goes_on_without_the_credential() {
    let secret = format!("{}-{}", "provider", "credential-of-the-route");
    let mut config: Value = serde_json::from_str(&config(
        Mode::Observe,
        &json!({"secrets": [{"name": "key", "from": {"env": "UPSTREAM_KEY"}}]}),
    ))
    .unwrap();
    config["routes"][0]["credential"] = json!("key");
    let (engine, recorded) = engine(&config.to_string(), &[("UPSTREAM_KEY", &secret)]);
    let first = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"what you asked for\"}}]}\n\n";
    let long = "x".repeat(17 << 20);
    let rest = format!("{long} you sent {secret}\n\n");
    let chunks = [first, "data: ", &rest[..9 << 20], &rest[9 << 20..]];
    let body = BODY.replacen('{', "{\"stream\":true,", 1);
    let outcome = call(&engine, post(CHAT, &[], &body), answers("text/event-stream", &chunks));
    let text = outcome.text();
    let read = text.strip_suffix(&format!("data: {long} you sent [REDACTED:secret.injected]\n\n")).unwrap();
    let said: String = read.lines().filter_map(|line| line.strip_prefix("data: ")).map(content).collect();
    assert_eq!(said, "what you asked for");
    let trace = recorded.only();
    assert_eq!(trace.instead, Some(Instead { outcome: Ended::Cut, http_status: None }));
    assert!(trace.reasons.iter().any(|reason| reason.kind == ReasonKind::Unscannable && !reason.enforced));
    let covered = &trace.coverage.response;
    assert_eq!(covered.scanned + covered.opaque, first.len() as u64 + 6 + rest.len() as u64);
}

/* ===== any configuration, any calls ===== */

/// A call, and what its upstream answers.
#[derive(Clone, Debug)]
struct Made {
    body: String,
    encoding: Option<&'static str>,
    /// With a key that nobody knows.
    stranger: bool,
    stream: bool,
    said: Vec<String>,
}

/// Texts with and without something to find, put together so that they stand nowhere as such.
fn text() -> impl Strategy<Value = String> {
    let card = ["4242"; 4].join(" ");
    let secret = secret();
    select(vec![
        "hello".to_owned(),
        "write to ada@corp.io".to_owned(),
        format!("pay with {card}"),
        format!("ada@corp.io pays with {card}"),
        format!("the key is {secret}, is it not?"),
        "a long story about nothing ".repeat(8),
    ])
}

fn secret() -> String {
    format!("{}-{}", "provider", "credential-of-the-route")
}

fn made() -> impl Strategy<Value = Made> {
    let bodies = (text(), select(&["gpt-4.1", "gpt-4o", "house"][..]), any::<bool>(), 0..40_u64);
    let broken = select(&["{\"model\": ", "{\"model\": \"a\", \"model\": \"b\"}"][..]);
    let encoding = prop::option::weighted(0.1, select(&["compress", "gzip"][..]));
    (bodies, prop::option::weighted(0.1, broken), encoding, prop::bool::weighted(0.1), vec(text(), 1..4))
        .prop_map(|((text, model, stream, bound), broken, encoding, stranger, said)| {
            let mut body = json!({"model": model, "messages": [{"role": "user", "content": text}]});
            if bound > 10 {
                body["max_tokens"] = json!(bound);
            }
            if stream {
                body["stream"] = json!(true);
            }
            let body = broken.map_or_else(|| body.to_string(), str::to_owned);
            Made { body, encoding, stranger, stream, said }
        })
}

fn policy() -> impl Strategy<Value = Value> {
    let matches = select(vec![
        json!({}),
        json!({"model": "gpt-4*"}),
        json!({"model": {"not": "house"}, "stream": true}),
        json!({"prompt": {"contains": "ada"}}),
        json!({"dlp": {"class": "payment.*"}}),
        json!({"max_tokens": {"gt": 20}}),
    ]);
    let action = select(&["ALLOW", "FLAG", "DENY"][..]);
    (matches, action, prop::bool::weighted(0.3), 0..3).prop_map(|(matches, action, observes, priority)| {
        let policy = json!({"match": matches, "action": action, "priority": priority});
        saying(observes.then_some(Mode::Observe), policy)
    })
}

fn limit() -> impl Strategy<Value = Value> {
    let counted = select(vec![
        json!({"dimension": "requests", "window": "hour", "max": 2}),
        json!({"dimension": "tokens", "window": "hour", "max": 120}),
        json!({"dimension": "spend", "window": "day", "max": 0.0001}),
        json!({"dimension": "concurrency", "max": 1}),
    ]);
    let scope = select(&["per_agent", "per_tenant"][..]);
    (counted, scope, prop::bool::weighted(0.2)).prop_map(|(mut limit, scope, observes)| {
        limit["scope"] = json!(scope);
        saying(observes.then_some(Mode::Observe), limit)
    })
}

/// Governance without a word on modes but those of single rules.
fn governance() -> impl Strategy<Value = Value> {
    let action = || select(&["record", "warn", "redact", "block"][..]);
    let cedar = select(vec![
        Vec::new(),
        vec!["permit (principal, action, resource);"],
        vec![
            "permit (principal, action, resource); forbid (principal, action, resource) when { context.method == \"POST\" && context.findings.classes.contains(\"pii\") };",
        ],
    ]);
    let parts = (vec(policy(), 0..4), vec(limit(), 0..3), action(), action(), prop::bool::weighted(0.1));
    (parts, cedar, select(&["ALLOW", "FLAG"][..])).prop_map(
        |((policies, limits, email, card, dlp_observes), cedar, default)| {
            let named = |objects: Vec<Value>, kind: &str| -> Vec<Value> {
                let name = |(at, mut object): (usize, Value)| {
                    object["name"] = json!(format!("{kind}-{at}"));
                    object
                };
                objects.into_iter().enumerate().map(name).collect()
            };
            let cedar: Vec<_> = cedar.into_iter().map(|text| json!({"name": "c", "text": text})).collect();
            json!({
                "policies": named(policies, "policy"),
                "limits": named(limits, "limit"),
                "cedar": cedar,
                "default_action": default,
                "secrets": [{"name": "key", "from": {"env": "UPSTREAM_KEY"}}],
                "dlp": {"observe": dlp_observes, "detectors": {
                    "pii.email": {"action": email}, "payment.card_number": {"action": card},
                }},
            })
        },
    )
}

/// The configuration with `mode` said by one of the levels.
fn under(mode: Mode, level: ModeLevel, declare: &Value, credential: bool) -> String {
    let mut declare = declare.clone();
    let mut process = Mode::Enforce;
    match level {
        ModeLevel::Tenant => declare["mode"] = json!(mode),
        ModeLevel::Agent => declare["agents"] = json!([{"name": "default", "mode": mode}]),
        _ => process = mode,
    }
    let mut config: Value = serde_json::from_str(&config(process, &declare)).unwrap();
    config["prices"] =
        json!([{"model": "house", "input": 1, "output": 2}, {"model": "gpt-4*", "input": 1, "output": 2}]);
    config["bounds"] = json!({"assumed_output_tokens": 20});
    if credential {
        config["routes"][0]["credential"] = json!("key");
    }
    config.to_string()
}

fn answer(made: &Made) -> Vec<String> {
    if !made.stream {
        let whole: String = made.said.concat();
        return vec![json!({
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": whole}}],
            "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
        })
        .to_string()];
    }
    let event = |text: &String| {
        let choice = json!({"index": 0, "delta": {"content": text}, "finish_reason": null});
        format!("data: {}\n\n", json!({"choices": [choice]}))
    };
    made.said.iter().map(event).chain(["data: [DONE]\n\n".to_owned()]).collect()
}

/// What is said in an answer.
fn words(made: &Made, bytes: &[Bytes]) -> String {
    let text = String::from_utf8(bytes.concat()).unwrap();
    if !made.stream {
        return content(&text);
    }
    let events = text.lines().filter_map(|line| line.strip_prefix("data: ")).filter(|data| *data != "[DONE]");
    events.map(content).collect()
}

/// What is said in one answer or event.
fn content(data: &str) -> String {
    let value: Value = serde_json::from_str(data).unwrap();
    let choice = &value["choices"][0];
    let content = choice["delta"]["content"].as_str().or(choice["message"]["content"].as_str());
    content.unwrap_or_default().to_owned()
}

fn made_by(engine: &renlayer_core::Engine, made: &Made) -> Outcome {
    let mut headers = vec![];
    headers.extend(made.stranger.then_some(("x-renlayer-key", "rlk_nobody-knows-this-one")));
    headers.extend(made.encoding.map(|coding| ("content-encoding", coding)));
    let chunks = answer(made);
    let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
    let media = if made.stream { "text/event-stream" } else { "application/json" };
    call(engine, post(CHAT, &headers, &made.body), answers(media, &chunks))
}

/// What was decided, without its effect.
fn decided(trace: &Trace) -> (Status, Option<Reason>) {
    let without_effect = |reason: &Reason| Reason { enforced: true, observed_by: None, ..reason.clone() };
    (trace.status, trace.reasons.first().map(without_effect))
}

/// Where a call leaves the usual way, as the observing side must have it: as it came.
fn untouched(made: &Made, observed: &Outcome, credential: bool) -> Result<(), TestCaseError> {
    prop_assert_eq!(observed.status, StatusCode::OK);
    prop_assert!(!observed.aborted);
    let sent = observed.sent();
    let expected = match credential {
        // A credential that an agent came to know does not go where it has no business.
        true => made.body.replace(&secret(), "[REDACTED:secret.injected]"),
        false => made.body.clone(),
    };
    // Streams are asked for their usage where a limit waits for it.
    let mut body: Value = serde_json::from_slice(sent.body()).unwrap_or_default();
    let asked = body.as_object_mut().and_then(|body| body.remove("stream_options")).is_some();
    match asked {
        true => prop_assert_eq!(body, serde_json::from_str::<Value>(&expected).unwrap()),
        false => prop_assert_eq!(sent.body(), expected.as_bytes()),
    }
    let injected = sent.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
    prop_assert_eq!(injected, credential.then(|| format!("Bearer {}", secret())));
    prop_assert!(!sent.headers().contains_key("x-renlayer-key"));
    let whole = made.said.concat();
    match credential {
        true => prop_assert_eq!(
            words(made, &observed.chunks),
            whole.replace(&secret(), "[REDACTED:secret.injected]")
        ),
        false => prop_assert_eq!(observed.text(), answer(made).concat()),
    }
    let limits = |name: &http::HeaderName| name.as_str().contains("ratelimit") || name == "retry-after";
    prop_assert!(!observed.headers.keys().any(limits));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn observe_decides_as_enforce_does_and_has_no_effect(
        declare in governance(),
        level in select(&[ModeLevel::Process, ModeLevel::Tenant, ModeLevel::Agent][..]),
        credential in any::<bool>(),
        calls in vec(made(), 1..5),
    ) {
        let secret = secret();
        let env = [("UPSTREAM_KEY", secret.as_str())];
        let (enforcing, enforced) = engine(&under(Mode::Enforce, level, &declare, credential), &env);
        let (observing, observed) = engine(&under(Mode::Observe, level, &declare, credential), &env);
        for made in &calls {
            // An agent's mode says nothing of who could not be authenticated.
            let made = &Made { stranger: made.stranger && level != ModeLevel::Agent, ..made.clone() };
            let really = made_by(&enforcing, made);
            let watched = made_by(&observing, made);
            let (real, seen) = (enforced.only(), observed.only());

            prop_assert_eq!(decided(&real), decided(&seen), "{:?}\n{:?}", real.reasons, seen.reasons);
            prop_assert_eq!(real.mode, TracedMode { mode: Mode::Enforce, by: level });
            prop_assert_eq!(seen.mode, TracedMode { mode: Mode::Observe, by: level });
            let ended = matches!(real.outcome, Ended::Refused | Ended::Cut).then_some(real.outcome);
            prop_assert_eq!(seen.instead.map(|instead| instead.outcome), ended);
            let status = (real.outcome == Ended::Refused).then_some(really.status.as_u16());
            prop_assert_eq!(seen.instead.and_then(|instead| instead.http_status), status);
            prop_assert_eq!(real.instead, None);

            untouched(made, &watched, credential)?;
            prop_assert_eq!(seen.outcome, Ended::Completed);
            let credential_came_back = |reason: &&Reason| reason.by.as_deref() == Some("secret.injected");
            prop_assert!(seen.reasons.iter().filter(|reason| !credential_came_back(reason)).all(|reason| !reason.enforced));
            prop_assert!(!serde_json::to_string(&seen).unwrap().contains(&secret) || !credential);
        }
    }
}

#[test]
fn an_upstream_that_fails_fails_in_both_modes() {
    for mode in [Mode::Enforce, Mode::Observe] {
        let (engine, recorded) = engine(&config(mode, &json!({})), &[]);
        let failure = Upstream::Fails(renlayer_core::exchange::UpstreamFailure::Timeout);
        assert_eq!(call(&engine, post(CHAT, &[], BODY), failure).status, StatusCode::GATEWAY_TIMEOUT);
        assert_eq!(recorded.only().instead, None);
    }
}
