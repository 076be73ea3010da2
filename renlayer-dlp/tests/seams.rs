//! Values that neighbouring strings of a JSON document share: cut anywhere, in two and in many.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it should be"
)]

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use renlayer_dlp::{
    Action, Direction, Format, Input, KnownValues, Original, Report, Scanner, Settings, Severity, StandIns,
};
use serde_json::{Value, json};

const INJECTED: &str = "inj3cted/s3cret+value";

fn scanner(action: &str) -> Scanner {
    let json = format!(
        r#"{{"actions":{{"CRITICAL":"{action}","HIGH":"{action}","MEDIUM":"{action}","LOW":"{action}"}}}}"#
    );
    Scanner::new(&serde_json::from_str::<Settings>(&json).unwrap()).unwrap()
}

static REDACTING: LazyLock<Scanner> = LazyLock::new(|| scanner("redact"));
static KNOWN: LazyLock<KnownValues> = LazyLock::new(|| KnownValues::new([INJECTED.as_bytes()]));

fn scan(body: &str) -> Report {
    let input = Input { format: Format::Json, direction: Direction::Request, known: Some(&KNOWN) };
    REDACTING.scan(body.as_bytes(), input)
}

/// What stands before a value, the value, and its class.
fn values() -> Vec<(&'static str, String, &'static str)> {
    vec![
        ("my card ", "4111 1111 1111 1111".into(), "payment.card_number"),
        ("use ", "5555555555554444".into(), "payment.card_number"),
        ("use this: ", "4111-1111-1111-1111".into(), "payment.card_number"),
        ("iban ", "DE89 3704 0044 0532 0130 00".into(), "payment.iban"),
        ("pay ", "GB82WEST12345698765432".into(), "payment.iban"),
        ("my ssn ", "536-22-8145".into(), "gov_id.us.ssn"),
        ("key ", ["AKIA", "Q7ZT4MWPX2LKVB3R"].concat(), "secret.aws_access_key"),
        ("key ", ["ghp_", "zZ9aB3xY7wQ1eR5tU8iO2pL4kJ6hG0abcdef"].concat(), "secret.github_token"),
        ("say ", INJECTED.into(), "secret.injected"),
    ]
}

/// The ways in which parts of a message are written.
const WAYS: [fn(&[String]) -> Value; 5] = [
    |parts| json!({ "a": parts }),
    |parts| json!({ "content": parts.iter().map(|text| json!({ "type": "text", "text": text })).collect::<Value>() }),
    |parts| json!({ "messages": parts.iter().map(|text| json!({ "content": text, "role": "user" })).collect::<Value>() }),
    |parts| json!([[parts, 1], { "parts": "x" }]),
    |parts| json!({ "arguments": json!({ "lines": parts }).to_string() }),
];

/// The value was found in each of `parts` that has some of it, and is gone.
fn assert_cut(parts: &[String], class: &str) {
    for way in WAYS {
        let body = way(parts).to_string();
        let report = scan(&body);
        let found: Vec<_> = report.findings.iter().filter(|f| &*f.class == class).collect();
        assert!(found.len() > 1, "{class} is not found in {body}: {report:?}");
        assert!(found.iter().all(|f| f.fingerprint == found[0].fingerprint), "{report:?}");
        assert!(report.findings.is_sorted_by_key(|f| f.start), "{report:?}");
        let document: Value = serde_json::from_str(&body).unwrap();
        for finding in &found {
            let (outer, inner) =
                finding.pointer.as_deref().map(|p| p.split_once('#').unwrap_or((p, ""))).unwrap();
            let string = document.pointer(outer).and_then(Value::as_str).unwrap();
            let nested: Value = serde_json::from_str(string).unwrap_or_default();
            let string = if inner.is_empty() {
                string
            } else {
                nested.pointer(inner).and_then(Value::as_str).unwrap()
            };
            let raw = body[finding.start..finding.end].replace("\\\\", "\\");
            assert!(string.contains(&raw) || raw.contains("\\u"), "{raw} is not in {string:?}");
        }
        let out = String::from_utf8(report.redact(body.as_bytes()).into_owned()).unwrap();
        serde_json::from_str::<Value>(&out).unwrap();
        assert!(!scan(&out).findings.iter().any(|f| &*f.class == class), "{out} has it still");
    }
}

#[test]
fn a_value_is_found_wherever_it_is_cut_between_two_parts() {
    for (before, value, class) in values() {
        for cut in 1..value.len() {
            let parts = [format!("Hello, {before}{}", &value[..cut]), format!("{} please", &value[cut..])];
            assert_cut(&parts, class);
        }
    }
}

#[test]
fn a_value_is_found_in_many_parts() {
    for (before, value, class) in values() {
        // Numbers alone would be a list of numbers.
        let before = if before.starts_with("use") { "card " } else { before };
        for size in [1, 2, 3, 5] {
            let chars: Vec<char> = value.chars().collect();
            let pieces = chars.chunks(size).map(|piece| piece.iter().collect::<String>());
            let last = std::iter::once(". Thank you.".to_owned());
            let parts: Vec<String> = std::iter::once(before.to_owned()).chain(pieces).chain(last).collect();
            assert_cut(&parts, class);
            // Among more neighbours than are read at a time.
            let many: Vec<String> = (0..300).map(|_| "and ".to_owned()).chain(parts).collect();
            assert_cut(&many, class);
        }
    }
}

#[test]
fn long_and_escaped_strings_are_read_at_their_ends() {
    let (head, tail) = ("my card 4111 1111", " 1111 1111 please");
    let filler = "Nothing stands here, \"é\" and \\ aside. ";
    for n in 0..40 {
        let long = filler.repeat(20) + &"\\".repeat(n) + " ";
        assert_cut(&[format!("{long}{head}"), format!("{tail}, {long}")], "payment.card_number");
    }
    // What stands in the middle is as long as its ends are far from each other.
    let long = filler.repeat(20);
    assert_cut(&["so".into(), format!("and {long}{head}"), tail.into(), "and".into()], "payment.card_number");
    let parts =
        ["x".to_owned(), format!("y 4111 1111 {}and", "z ".repeat(400)), " 1111".into(), " 1111 ok".into()];
    assert!(scan(&WAYS[1](&parts).to_string()).findings.is_empty());
    let escaped = |text: &str| text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect::<String>();
    for n in 0..80 {
        let long = "x ".repeat(n);
        let body = format!(r#"["{}","{}"]"#, escaped(&format!("{long}{head}")), escaped(tail));
        let report = scan(&body);
        let out = String::from_utf8(report.redact(body.as_bytes()).into_owned()).unwrap();
        let parts: Vec<String> = serde_json::from_str(&out).unwrap();
        let marker = "[REDACTED:payment.card_number]";
        assert_eq!(parts, [format!("{long}my card {marker}"), format!("{marker} please")], "{body}");
    }
}

/// Groups of a number, and what is called a number, are no quantities.
#[test]
fn groups_that_are_strings_of_their_own_are_put_together() {
    for body in [
        r#"["x 536-22-","8145"]"#,
        r#"["my number is 4111","1111","1111","1111"]"#,
        r#"[{"text":"num: 41111111"},{"text":"11111111 thanks"}]"#,
    ] {
        let report = scan(body);
        assert!(report.findings.iter().any(|f| f.severity == Severity::Critical), "{body}: {report:?}");
    }
}

/// What stands side by side and is no value that was cut.
#[test]
fn neighbours_that_are_no_value_stay_as_they_are() {
    for body in [
        r#"["12345678","23456789","41111111","11111111","34567890"]"#,
        r#"["411111111111","1111"]"#,
        r#"["53622","8145"]"#,
        r#"["The total is 41111111","11111111"]"#,
        r#"[{"text":"41111111"},{"text":"11111111 in all"}]"#,
        r#"[{"text":"Count: 41111111"},{"text":"11111111 in all"}]"#,
        r#"["4111","1111","1111","1111","5555","5555","5555","4444"]"#,
        r#"[{"text":"In 2024."},{"text":"The year after"}]"#,
        r#"[{"id":"41111111"},{"id":"11111111"}]"#,
        r#"[["41111111"],["11111111"]]"#,
        r#"[{"text":"is 41111111"},{"content":"11111111 it"}]"#,
        r#"[{"text":"is 41111111 ."},{"text":"11111111 it"}]"#,
        r#"{"a":"is 41111111","b":"11111111 it"}"#,
        r#"["d41d8cd98f00b204","e9800998ecf8427e","550e8400-e29b-41d4","a716-446655440000"]"#,
        r#"{"enum":["celsius","fahrenheit"],"required":["location2","unit_of_measurement"]}"#,
    ] {
        let report = scan(body);
        assert!(report.findings.iter().all(|f| f.severity == Severity::Low), "{body}: {report:?}");
    }
}

/// A token that is whole does not grow by the word that the next part begins with.
#[test]
fn what_is_found_by_itself_ends_where_it_ends() {
    let token = ["sk-ant-api03-", &"zZ9aB3xY7wQ1eR5tU8iO2pL4kJ6hG0".repeat(3), "abcAA"].concat();
    for value in [token, ["AKIA", "Q7ZT4MWPX2LKVB3R"].concat(), "4111111111111111".into()] {
        let body =
            json!({ "content": [{ "text": format!("use {value}") }, { "text": "The rest" }] }).to_string();
        let report = scan(&body);
        assert_eq!(report.findings.len(), 1, "{body}: {report:?}");
        assert_eq!(&body[report.findings[0].start..report.findings[0].end], value);
    }
}

#[test]
fn the_first_part_has_the_stand_in_of_the_whole_value() {
    let body = json!({ "content": [{ "text": "card 4111 1111" }, { "text": " 1111 1111 ok" }] }).to_string();
    let input = Input { format: Format::Json, direction: Direction::Request, known: None };
    let mut report = scanner("tokenize").tokenizing(b"one").scan(body.as_bytes(), input);
    assert_eq!(report.action(), Some(Action::Tokenize));
    let mut kept = HashMap::new();
    report.keep_stand_ins(|stand_in, value| kept.insert(stand_in.to_owned(), Original::new(value)).is_none());
    assert_eq!(kept.len(), 1);
    let sent: Value = serde_json::from_slice(&report.redact(body.as_bytes())).unwrap();
    let stand_in = kept.keys().next().unwrap().clone();
    assert_eq!(sent.pointer("/content/0/text").unwrap(), &format!("card {stand_in}"));
    assert_eq!(sent.pointer("/content/1/text").unwrap(), "[REDACTED:payment.card_number] ok");
    let back = StandIns::new([Arc::from(&*stand_in)], Arc::new(move |name: &str| kept.get(name).cloned()));
    let known = KnownValues::restoring(&back);
    let answer = format!("You said {stand_in}.");
    let input = Input { format: Format::Text, direction: Direction::Response, known: Some(&known) };
    let report = Scanner::silent().scan(answer.as_bytes(), input);
    assert_eq!(&*report.redact(answer.as_bytes()), b"You said 4111 1111 1111 1111.");
}

#[test]
fn a_blocked_value_blocks_in_parts_too() {
    let body = json!([{ "text": "card 4111 1111" }, { "text": " 1111 1111 ok" }]).to_string();
    let input = Input { format: Format::Json, direction: Direction::Request, known: None };
    assert_eq!(Scanner::builtin().scan(body.as_bytes(), input).action(), Some(Action::Block));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_parts_the_document_stays_one(
        pick in prop::collection::vec((0..9usize, 0..48usize, 0..48usize, 0..3usize, any::<bool>()), 1..12),
        way in 0..WAYS.len(),
        pretty: bool,
    ) {
        let values = values();
        let part = |&(nth, a, b, dressing, escaped): &(usize, usize, usize, usize, bool)| {
            let value = &values[nth].1;
            let (a, b) = (a.min(b).min(value.len()), a.max(b).min(value.len()));
            let text = match dressing { 0 => value[a..b].to_owned(), 1 => format!("é{} \"", &value[a..b]), _ => format!("\\ {}", &value[a..b]) };
            if escaped { text.replace('1', "\u{1}1") } else { text }
        };
        let parts: Vec<String> = pick.iter().map(part).collect();
        let value = WAYS[way](&parts);
        let body = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let report = scan(&body);
        prop_assert!(report.findings.is_sorted_by_key(|f| f.start));
        prop_assert!(report.findings.iter().all(|f| f.start < f.end && f.end <= body.len() && f.pointer.is_some()));
        let out = report.redact(body.as_bytes()).into_owned();
        prop_assert!(serde_json::from_slice::<Value>(&out).is_ok(), "{}", String::from_utf8_lossy(&out));
    }
}
