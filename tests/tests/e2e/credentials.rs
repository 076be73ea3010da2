//! The route's credential: the upstream gets it, the agent never does, not even from an upstream that echoes it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use renlayer_tests::harness::{Renlayer, agent_key, provider_key};
use renlayer_tests::upstream::{Coding, Script, Upstream};
use serde_json::json;

fn guarded(upstream: &Upstream) -> Renlayer {
    Renlayer::in_front_of(upstream).with_agent().with_credential().start()
}

fn call(renlayer: &Renlayer, path: &str, stream: bool) -> renlayer_tests::harness::Response {
    let bearer = format!("Bearer {}", agent_key());
    let body = json!({"model": "m", "stream": stream, "input": "Hi", "messages": [{"role": "user", "content": "Hi"}]});
    renlayer.post(path, &[("authorization", &bearer)], &body)
}

#[test]
fn the_credential_is_put_where_each_provider_wants_it_and_the_agent_key_stays_home() {
    let upstream = Upstream::start();
    let renlayer = guarded(&upstream);
    let bearer = format!("Bearer {}", provider_key());
    let cases = [
        ("/openai/v1/chat/completions", "authorization", bearer.clone()),
        ("/anthropic/v1/messages", "x-api-key", provider_key()),
        ("/gemini/v1/models/m:generateContent", "x-goog-api-key", provider_key()),
    ];
    for (path, header, value) in cases {
        upstream.forget();
        assert_eq!(call(&renlayer, path, false).status, 200, "{path}");
        let request = upstream.only_request();
        assert_eq!(request.header(header), Some(value.as_str()), "{path}");
        assert!(!request.everything().contains(&agent_key()), "{path}");
    }
}

#[test]
fn a_provider_key_that_the_agent_brings_does_not_replace_the_routes() {
    let upstream = Upstream::start();
    let renlayer = guarded(&upstream);
    let key = agent_key();
    let headers =
        [("x-renlayer-key", key.as_str()), ("authorization", "Bearer of its own"), ("x-api-key", "own")];
    let body = json!({"model": "m", "messages": []});
    assert_eq!(renlayer.post("/openai/v1/chat/completions", &headers, &body).status, 200);
    let request = upstream.only_request();
    let credentials: Vec<_> = request.headers.iter().filter(|(name, _)| name == "authorization").collect();
    assert_eq!(credentials, [&("authorization".to_owned(), format!("Bearer {}", provider_key()))]);
}

#[test]
fn an_echoed_credential_is_removed_from_body_headers_and_streams() {
    let upstream = Upstream::start();
    let renlayer = guarded(&upstream);
    let secret = provider_key();
    let forms = [
        secret.clone(),
        STANDARD.encode(&secret),
        URL_SAFE_NO_PAD.encode(format!("x{secret}")),
        secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
        secret.bytes().map(|byte| format!("%{byte:02X}")).collect(),
    ];
    for form in &forms {
        for coding in [Coding::Identity, Coding::Gzip] {
            upstream.play(Script { coding, ..Script::says([format!("You sent {form}.")]) });
            let answer = call(&renlayer, "/openai/v1/chat/completions", false);
            assert!(!answer.everything().contains(form.as_str()), "{form}, {coding:?}: {answer:#?}");
            let trace = renlayer.trace(&answer);
            assert!(!trace.to_string().contains(form.as_str()), "{form}: {trace:#}");
        }
    }
    upstream.play(Script {
        headers: vec![("x-seen".into(), "Bearer {{credential}}".into())],
        ..Script::default()
    });
    let answer = call(&renlayer, "/openai/v1/chat/completions", false);
    assert!(!answer.everything().contains(&secret), "in a header: {answer:#?}");
    assert!(!call(&renlayer, "/http/echo", false).everything().contains(&secret), "from the echo endpoint");
    assert!(!renlayer.log().contains(&secret) && !renlayer.log().contains(&agent_key()));
}

#[test]
fn an_echoed_credential_split_over_a_stream_is_removed_wherever_it_is_split() {
    let upstream = Upstream::start();
    let renlayer = guarded(&upstream);
    let secret = provider_key();
    for path in ["/openai/v1/chat/completions", "/anthropic/v1/messages"] {
        for at in 1..secret.len() {
            let (front, back) = secret.split_at(at);
            upstream.play(Script::says(["It is ", front, back, "!"]));
            let answer = call(&renlayer, path, true);
            let text: String = answer
                .events()
                .iter()
                .filter_map(|event| {
                    event
                        .pointer("/choices/0/delta/content")
                        .or_else(|| event.pointer("/delta/text"))?
                        .as_str()
                })
                .collect();
            assert!(
                !text.contains(&secret) && !answer.text().contains(&secret),
                "{path} split at {at}: {text}"
            );
            assert!(text.starts_with("It is ") && text.ends_with('!'), "{path} split at {at}: {text}");
        }
    }
}

#[test]
fn an_error_that_repeats_the_credential_is_cleaned_too() {
    let upstream = Upstream::start();
    let renlayer = guarded(&upstream);
    let raw = Script::raw("application/json", ["{\"error\":{\"message\":\"bad key: {{credential}}\"}}"]);
    upstream.play(Script { status: 401, ..raw });
    let answer = call(&renlayer, "/openai/v1/chat/completions", false);
    assert_eq!(answer.status, 401);
    assert!(answer.text().contains("bad key") && !answer.text().contains(&provider_key()), "{answer:#?}");
}

#[test]
fn a_missing_credential_refuses_rather_than_forwarding_without_or_with_the_agents() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream)
        .with_agent()
        .route(&format!(
            "name: keyless, prefix: /keyless, upstream: \"{}\", dialect: openai, credential: absent",
            upstream.url()
        ))
        .declare("secrets:\n  - { name: absent, from: { env: RENLAYER_TEST_SURELY_UNSET } }")
        .start();
    let answer = call(&renlayer, "/keyless/v1/chat/completions", false);
    assert!(answer.status >= 400, "{answer:#?}");
    assert!(upstream.requests().is_empty());
}
