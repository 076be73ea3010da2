//! What is written badly is refused with its place and its reason: never a panic, never a policy that cannot match.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it is surprised"
)]

use renlayer_policy::{Policy, PolicyAction, PolicySet};
use serde_json::{Value, json};

/// Where and why the condition `written` is refused.
fn refusal(name: &str, written: &Value) -> (String, String) {
    let policy = json!([{ "name": "p", "match": { name: written }, "action": "DENY" }]);
    match serde_json::from_value::<Vec<Policy>>(policy) {
        Err(error) => (String::new(), error.to_string()),
        Ok(policies) => {
            let refused = PolicySet::compile(policies, PolicyAction::Allow);
            let Err(errors) = refused else { panic!("{name}: {written:.80} is accepted") };
            (errors[0].condition.clone(), errors[0].reason.clone())
        }
    }
}

fn assert_refused<const N: usize>(table: [(&str, Value, &str, &str); N]) {
    for (name, written, place, reason) in table {
        let (at, why) = refusal(name, &written);
        assert_eq!(at, place, "{name}: {written:.80}: {why:.200}");
        assert!(why.contains(reason), "{name}: {written:.80}: {why:.200}");
    }
}

#[test]
fn patterns_that_do_not_compile() {
    let deep = format!("{}a{}", "(".repeat(10_000), ")".repeat(10_000));
    let nested = format!("{}a{}", "(?:".repeat(500), ")".repeat(500));
    assert_refused([
        ("prompt", json!({"regex": ["a", "[z-a]"]}), "match.prompt.regex[1]", "at character 2"),
        (
            "prompt",
            json!({"regex": "(?P<n>a)(?P<n>b)"}),
            "match.prompt.regex",
            "duplicate capture group name",
        ),
        ("prompt", json!({"regex": r"(a)\1"}), "match.prompt.regex", "backreferences are not supported"),
        ("prompt", json!({"regex": "(?<=a)b"}), "match.prompt.regex", "look-around"),
        ("prompt", json!({"regex": "a{2,1}"}), "match.prompt.regex", "invalid repetition"),
        ("prompt", json!({"regex": "a{99999999999}"}), "match.prompt.regex", "decimal literal invalid"),
        ("prompt", json!({"regex": r"\w{9000}"}), "match.prompt.regex", "more than a mebibyte"),
        ("prompt", json!({"regex": r"\p{Klingon}"}), "match.prompt.regex", "property not found"),
        ("prompt", json!({"regex": deep}), "match.prompt.regex", "longer than 4096 bytes"),
        ("prompt", json!({"regex": nested}), "match.prompt.regex", "maximum number of nested"),
        ("prompt", json!({"regex": ""}), "match.prompt.regex", "matches everything"),
        (
            "header",
            json!({"name": "a", "regex": {"not": "*"}}),
            "match.header.regex.not",
            "missing expression",
        ),
        (
            "tool",
            json!({"arguments": {"/a": {"regex": "("}}}),
            "match.tool.arguments./a.regex",
            "unclosed group",
        ),
        ("model", json!(["a", "[bc]"]), "match.model[1]", "not a wildcard here"),
        ("model", json!("a\\"), "match.model", "lone `\\`"),
        ("agent", json!({"not": "*".repeat(513)}), "match.agent.not", "longer than 512 bytes"),
        ("upstream", json!("https://a.example:99999"), "match.upstream.url", "not a port"),
        ("upstream", json!("https://user@a.example"), "match.upstream.url", "host pattern"),
        ("upstream", json!({"method": "GET /"}), "match.upstream.method", "not an HTTP method"),
    ]);
}

#[test]
fn numbers_that_are_none() {
    for name in ["body_bytes", "prompt_tokens", "max_tokens"] {
        for (written, reason) in [
            (json!(-1), "invalid value: integer `-1`"),
            (json!({"gt": -1}), "invalid value: integer `-1`"),
            (json!({"lte": 1.5}), "invalid type: floating point"),
            (serde_json::from_str("99999999999999999999999").unwrap(), "invalid type: floating point"),
            (json!({"gt": "5"}), "invalid type: string"),
            (json!({"gt": 5, "gte": null, "above": 1}), "unknown field `above`"),
        ] {
            let (_, why) = refusal(name, &written);
            assert!(why.contains(reason), "{name}: {written}: {why}");
        }
    }
    assert_refused([
        ("risk", json!({"spend": -1}), "", "an amount"),
        ("risk", json!({"spend": {"gt": 1e300}}), "", "an amount"),
        ("risk", json!({"spend": u64::MAX}), "", "an amount"),
        ("risk", json!({"spend": "0.0000001"}), "", "at most six decimals"),
        ("risk", json!({"spend": "NaN"}), "", "an amount"),
        ("risk", json!({"denials": -1}), "", "invalid value: integer `-1`"),
        ("dlp", json!({"count": -1}), "", "invalid value: integer `-1`"),
        ("tool", json!({"arguments": {"/a": u64::MAX}}), "", "number is too large"),
        ("tool", json!({"arguments": {"/a": {"gt": u64::MAX}}}), "", "number is too large"),
        ("tool", json!({"arguments": {"/a": {"gt": "1"}}}), "match.tool.arguments./a.gt", "must be a number"),
    ]);
    for (priority, reason) in [
        (json!(1.5), "floating point"),
        (json!(u64::MAX), "invalid value"),
        (json!("1"), "invalid type: string"),
    ] {
        let policy = json!({"name": "p", "match": {}, "action": "DENY", "priority": priority});
        let error = serde_json::from_value::<Policy>(policy).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn numbers_that_are_not_finite() {
    use renlayer_policy::condition::{ArgumentMatch, Scalar};
    for float in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
        for argument in [
            ArgumentMatch { gt: Some(Scalar::Float(float)), ..ArgumentMatch::default() },
            ArgumentMatch { lte: Some(Scalar::Float(float)), ..ArgumentMatch::default() },
            ArgumentMatch { equals: Some(Scalar::Float(float)), ..ArgumentMatch::default() },
        ] {
            let mut policy: Policy = serde_json::from_value(
                json!({"name": "p", "match": {"tool": {"arguments": {"/a": 1}}}, "action": "DENY"}),
            )
            .unwrap();
            let tool = policy.matches.tool.as_mut().unwrap();
            tool.values[0].arguments = [("/a".to_owned(), argument.into())].into();
            let errors = PolicySet::compile(vec![policy], PolicyAction::Allow).unwrap_err();
            assert!(errors[0].condition.starts_with("match.tool.arguments./a."), "{}", errors[0]);
            assert!(errors[0].reason.contains("finite"), "{}", errors[0]);
        }
    }
}

#[test]
fn times_and_zones_that_do_not_exist() {
    for zone in
        ["Mars/Base", "", " ", "../../etc/passwd", "Europe/Berlin ", "UTC+25", "\u{0}", &"A/".repeat(5_000)]
    {
        let (place, why) = refusal("time", &json!({"days": "mon", "zone": zone}));
        assert_eq!(place, "match.time.zone", "{zone:.40}: {why:.100}");
        assert!(why.contains("is not an IANA time zone"), "{why:.100}");
    }
    assert_refused([
        ("time", json!({"hours": "25:00-26:00"}), "match.time.hours", "not a span"),
        ("time", json!({"hours": "09:60-10:00"}), "match.time.hours", "not a span"),
        ("time", json!({"hours": "-1:00-10:00"}), "match.time.hours", "not a span"),
        ("time", json!({"hours": "99999999999:00-10:00"}), "match.time.hours", "not a span"),
        ("time", json!({"days": "mon-fri-sun"}), "match.time.days", "not a day"),
        ("time", json!({"days": ["mon", 8]}), "", "invalid type: integer `8`"),
    ]);
}

#[test]
fn text_that_nests_without_end() {
    for (open, close) in [("[", "]"), ("{\"not\":", "}"), ("{\"match\":", "}")] {
        let nested = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        for text in [
            nested.clone(),
            format!("[{{\"name\":\"p\",\"match\":{{\"model\":{nested}}},\"action\":\"DENY\"}}]"),
        ] {
            let error = serde_json::from_str::<Vec<Policy>>(&text).unwrap_err();
            assert_eq!(error.line(), 1, "{error}");
        }
    }
    let pointer = "/a".repeat(100_000);
    let deep = json!({"name": "p", "match": {"tool": {"arguments": {pointer: 1}}}, "action": "DENY"});
    let errors =
        PolicySet::compile(vec![serde_json::from_value(deep).unwrap()], PolicyAction::Allow).unwrap_err();
    assert!(errors[0].reason.contains("longer than"), "{}", errors[0].reason);
}

#[test]
fn text_without_end() {
    let long = "x".repeat(10 << 20);
    for (name, written) in [
        ("agent", json!(long)),
        ("model", json!([long])),
        ("user", json!({ "not": long })),
        ("prompt", json!(long)),
        ("prompt", json!({ "regex": long })),
        ("upstream", json!(format!("{long}/x"))),
        ("upstream", json!({ "method": long })),
        ("header", json!(long)),
        ("header", json!({ "name": "a", "equals": long })),
        ("tool", json!({ "arguments": { "/a": { "equals": long } } })),
        ("tool", json!({ "arguments": { "/a": { "contains": long } } })),
        ("mcp", json!({ "resource": long })),
        ("dlp", json!({ "class": long })),
        ("time", json!({ "days": long })),
        ("time", json!({ "days": "mon", "zone": long })),
    ] {
        let (place, why) = refusal(name, &written);
        assert!(place.starts_with(&format!("match.{name}")), "{place}: {why:.100}");
        assert!(why.len() < 2_000, "{name}: a reason of {} bytes", why.len());
    }
}

#[test]
fn lists_in_the_place_of_a_map() {
    for name in ["upstream", "header", "tool", "mcp", "time", "dlp", "prompt", "risk", "body_bytes", "model"]
    {
        for written in [json!([[]]), json!({"not": [[]]}), json!([["a", "b"]])] {
            let (_, why) = refusal(name, &written);
            assert!(
                why.contains("invalid type: sequence") || why.contains("found a list"),
                "{name}: {written}: {why}"
            );
        }
    }
    for policy in [
        json!({"name": "p", "match": [], "action": "ALLOW"}),
        json!({"name": "p", "match": [null, null], "action": "ALLOW"}),
    ] {
        let error = serde_json::from_value::<Policy>(policy).unwrap_err().to_string();
        assert!(error.contains("expected a mapping"), "{error}");
    }
}

#[test]
fn ten_megabytes_of_policies() {
    let one = r#"{"name":"p","match":{"model":["gpt-4*","o1"],"prompt":{"contains":"launch codes"}},"action":"DENY"}"#;
    let many = format!("[{}]", vec![one; (10 << 20) / one.len()].join(","));
    let policies: Vec<Policy> = serde_json::from_str(&many).unwrap();
    assert!(policies.len() > 100_000);
    let set = PolicySet::compile(policies, PolicyAction::Allow).unwrap();
    assert!(set.len() > 100_000);
    // One that is wrong among them is told, and no more than it.
    let wrong = many.replacen("gpt-4*", "[gpt]", 1);
    let errors = PolicySet::compile(serde_json::from_str(&wrong).unwrap(), PolicyAction::Allow).unwrap_err();
    assert_eq!((errors.len(), &*errors[0].condition), (1, "match.model[0]"));
}
