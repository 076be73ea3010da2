//! Who calls: the agent key, wherever the client's SDK puts its key, and what a call without one is worth.

use renlayer_tests::harness::{AGENT_NAME, Renlayer, agent_key, base64};
use renlayer_tests::upstream::Upstream;
use serde_json::{Value, json};

fn chat() -> Value {
    json!({"model": "m", "messages": [{"role": "user", "content": "Hi"}]})
}

#[test]
fn the_agent_key_is_accepted_wherever_an_sdk_puts_it() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).with_agent().start();
    let key = agent_key();
    let bearer = format!("Bearer {key}");
    let basic = format!("Basic {}", base64(format!("agent:{key}")));
    let places = [
        ("authorization", bearer.as_str()),
        ("Authorization", bearer.as_str()),
        ("x-api-key", &key),
        ("api-key", &key),
        ("x-goog-api-key", &key),
        ("x-renlayer-key", &key),
        ("proxy-authorization", &bearer),
        ("proxy-authorization", &basic),
    ];
    for (name, value) in places {
        upstream.forget();
        let answer = renlayer.post("/openai/v1/chat/completions", &[(name, value)], &chat());
        assert_eq!(answer.status, 200, "{name}: {answer:#?}");
        assert_eq!(renlayer.trace(&answer)["agent"]["name"], AGENT_NAME, "{name}");
        assert!(!upstream.only_request().everything().contains(&key), "{name}: the key left");
    }
}

#[test]
fn a_providers_key_in_its_usual_place_stays_when_the_agent_key_comes_in_ours() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).with_agent().start();
    let headers = [("x-renlayer-key", agent_key()), ("authorization", "Bearer own-provider-key".into())];
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(renlayer.post("/openai/v1/chat/completions", &headers, &chat()).status, 200);
    assert_eq!(upstream.only_request().header("authorization"), Some("Bearer own-provider-key"));
}

#[test]
fn no_key_or_a_wrong_one_is_refused_and_traced() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).with_agent().start();
    let mut wrong = agent_key();
    wrong.replace_range(10..11, "X");
    let bearer = format!("Bearer {wrong}");
    let attempts: [&[(&str, &str)]; 4] = [
        &[],
        &[("authorization", &bearer)],
        &[("x-api-key", "rlk_")],
        &[("authorization", "Bearer of bad news")],
    ];
    for headers in attempts {
        for path in ["/openai/v1/chat/completions", "/anthropic/v1/messages", "/http/any"] {
            let answer = renlayer.post(path, headers, &chat());
            assert_eq!(answer.status, 401, "{path} with {headers:?}");
            assert!(!answer.everything().contains(&wrong));
            let trace = renlayer.trace(&answer);
            assert_eq!((&trace["status"], &trace["outcome"]), (&json!("DENIED"), &json!("refused")));
            assert_eq!(trace["reasons"][0]["kind"], "unauthenticated");
            assert!(!trace.to_string().contains(&wrong));
        }
    }
    assert!(upstream.requests().is_empty());
    assert!(!renlayer.log().contains(&wrong));
}

#[test]
fn a_key_counts_once_it_is_made_and_no_more_once_it_is_revoked() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).with_agent().start();
    let made: Value =
        serde_json::from_str(&renlayer.command(&["key", "create", AGENT_NAME, "--json"]).out).expect("a key");
    let (id, key) = (made["id"].as_str().expect("its id"), made["key"].as_str().expect("itself"));
    let status = || renlayer.post("/openai/v1/chat/completions", &[("x-renlayer-key", key)], &chat()).status;
    assert_eq!(status(), 200);
    let revoked = renlayer.command(&["key", "revoke", id]);
    assert_eq!(revoked.code, Some(0));
    assert!(revoked.err.contains("in force on "), "{}", revoked.err);
    assert_eq!(status(), 401);
}

#[test]
fn on_loopback_a_call_without_a_key_is_the_default_agents_and_keeps_its_provider_key() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    let answer =
        renlayer.post("/openai/v1/chat/completions", &[("authorization", "Bearer own-key")], &chat());
    assert_eq!(renlayer.trace(&answer)["agent"]["name"], "default");
    assert_eq!(upstream.only_request().header("authorization"), Some("Bearer own-key"));
}

#[test]
fn a_web_page_cannot_use_the_loopback_listener() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    for header in [("origin", "https://evil.test"), ("sec-fetch-site", "cross-site")] {
        let answer = renlayer.post("/openai/v1/chat/completions", &[header], &chat());
        assert_eq!(answer.status, 403, "{header:?}");
    }
    let body = chat().to_string();
    let foreign = format!(
        "POST /openai/v1/chat/completions HTTP/1.1\r\nhost: evil.test\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = renlayer.connect().send(foreign.as_bytes()).response().expect("an answer");
    assert_eq!(answer.status, 403, "a foreign host name: {answer:#?}");
    assert!(upstream.requests().is_empty());
}

#[test]
fn where_no_route_leads_the_answer_says_so() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    for path in ["/nowhere/v1/chat/completions", "/openaix/v1/models", "/"] {
        let answer = renlayer.get(path);
        assert!((400..500).contains(&answer.status), "{path}: {answer:#?}");
    }
    assert!(upstream.requests().is_empty());
}
