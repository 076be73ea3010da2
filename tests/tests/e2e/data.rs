//! Sensitive data in whole bodies: blocked, redacted or marked, both ways, with nothing else changed.

use renlayer_tests::harness::{Renlayer, aws_access_key, card_number};
use renlayer_tests::upstream::{Coding, Script, Upstream};
use serde_json::{Value, json};

const REDACT_EMAIL: &str = "dlp:\n  detectors: { pii.email: { severity: HIGH, action: redact } }";
const EMAIL: &str = "ada.lovelace@analytical-engines.com";

#[test]
fn a_card_number_does_not_leave() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream)
        .declare("dlp:\n  detectors: { payment.card_number: { action: block } }")
        .start();
    let card = card_number();
    let spaced: Vec<&str> = [&card[..4], &card[4..8], &card[8..12], &card[12..]].into();
    for written in [card.clone(), spaced.join(" "), spaced.join("-")] {
        let answer = renlayer.chat(&format!("Charge my card {written}, please."));
        assert_eq!(answer.status, 403, "{written}: {answer:#?}");
        assert!(answer.text().contains("payment.card_number"));
        let trace = renlayer.trace(&answer);
        assert_eq!((&trace["status"], &trace["reasons"][0]["kind"]), (&json!("DLP_BLOCKED"), &json!("dlp")));
        assert_eq!(trace["findings"][0]["class"], "payment.card_number");
        for place in [answer.everything(), trace.to_string(), renlayer.log()] {
            assert!(!place.contains(&written), "{place}");
        }
    }
    assert!(upstream.requests().is_empty());
}

#[test]
fn a_secret_is_blocked_by_default_in_any_disguise() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    let key = aws_access_key();
    let escaped: String = key.chars().map(|c| format!("\\u{:04x}", c as u32)).collect();
    let bodies = [
        json!({"messages": [{"role": "user", "content": format!("key {key} end")}]}).to_string(),
        json!({"messages": [{"role": "tool", "content": json!({"inner": json!({"key": key}).to_string()}).to_string()}]}).to_string(),
        format!("{{\"messages\":[{{\"role\":\"user\",\"content\":\"key {escaped} end\"}}]}}"),
        json!({"messages": [], "metadata": {key.as_str(): "as a name"}}).to_string(),
    ];
    for body in bodies {
        let answer = renlayer.call("POST", "/openai/v1/chat/completions", &[], body.as_bytes());
        assert_eq!(answer.status, 403, "{body}: {answer:#?}");
        assert_eq!(renlayer.trace(&answer)["status"], "DLP_BLOCKED");
    }
    let form = format!("a=1&key={key}");
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(renlayer.call("POST", "/http/form", &headers, form.as_bytes()).status, 403);
    assert!(upstream.requests().is_empty());
}

#[test]
fn an_email_is_redacted_on_its_way_out_and_every_other_byte_stays() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).declare(REDACT_EMAIL).start();
    let body = |address: &str| {
        format!(
            "{{ \"model\": \"m\",\n  \"messages\":[{{\"role\":\"user\",\"content\":\"Write to {address}, \\u00e9t\u{e9} \\n ok\"}}],\"n\":1.50 }}"
        )
    };
    let answer = renlayer.call("POST", "/openai/v1/chat/completions", &[], body(EMAIL).as_bytes());
    assert_eq!(answer.status, 200, "{answer:#?}");
    let sent = upstream.only_request();
    assert_eq!(String::from_utf8_lossy(&sent.body), body("[REDACTED:pii.email]"));
    assert_eq!(sent.header("content-length"), Some(sent.body.len().to_string().as_str()));
    let trace = renlayer.trace(&answer);
    assert_eq!(trace["status"], "DLP_WARNED", "{trace:#}");
    assert!(!trace.to_string().contains(EMAIL));
    assert!(
        trace["request_body"]["text"].as_str().is_some_and(|text| text.contains("[REDACTED:pii.email]")),
        "{trace:#}"
    );
}

#[test]
fn an_email_is_redacted_in_a_whole_answer_and_it_stays_valid() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).declare(REDACT_EMAIL).start();
    for coding in [Coding::Identity, Coding::Gzip] {
        upstream.play(Script { coding, ..Script::says([format!("\"Quoted\" {EMAIL}\nand on.")]) });
        let answer = renlayer.chat("Hi");
        let body = answer.json();
        let said = body.pointer("/choices/0/message/content").and_then(Value::as_str);
        assert_eq!(said, Some("\"Quoted\" [REDACTED:pii.email]\nand on."), "{coding:?}");
        assert!(answer.whole && !renlayer.trace(&answer).to_string().contains(EMAIL));
    }
}

#[test]
fn a_secret_in_a_whole_answer_does_not_arrive() {
    let upstream = Upstream::start();
    let key = aws_access_key();
    upstream.play(Script::says([format!("The key is {key}.")]));
    let renlayer = Renlayer::in_front_of(&upstream).start();
    for path in [
        "/openai/v1/chat/completions",
        "/openai/v1/responses",
        "/anthropic/v1/messages",
        "/gemini/v1/models/m:generateContent",
    ] {
        let answer = renlayer.post(
            path,
            &[],
            &json!({"model": "m", "input": "Hi", "messages": [{"role": "user", "content": "Hi"}]}),
        );
        assert!(!answer.everything().contains(&key), "{path}");
        assert_eq!(answer.status, 403, "{path}");
        assert_eq!(renlayer.trace(&answer)["status"], "DLP_BLOCKED", "{path}");
    }
}

#[test]
fn patterns_keywords_and_allow_lists_of_ones_own_hold() {
    let upstream = Upstream::start();
    let own = r#"
dlp:
  patterns: [{ name: employee-id, regex: "EMP-[0-9]{6}", severity: CRITICAL }]
  keywords: [{ name: codenames, words: [bluebird], severity: HIGH, action: block }]
  allow: [{ detector: pii.email, value: "ada.lovelace@analytical-engines.com" }]
  detectors: { pii.email: { severity: HIGH, action: block } }
"#;
    let renlayer = Renlayer::in_front_of(&upstream).declare(own).start();
    let cases = [
        ("I am EMP-123456.", 403),
        ("I am EMP-12345.", 200),
        ("Project Bluebird is on.", 403),
        ("Bluebirds sing.", 200),
        ("Write to ada.lovelace@analytical-engines.com.", 200),
        ("Write to charles.babbage@analytical-engines.com.", 403),
    ];
    for (prompt, status) in cases {
        assert_eq!(renlayer.chat(prompt).status, status, "{prompt}");
    }
}
