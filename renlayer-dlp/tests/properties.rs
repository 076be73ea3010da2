//! What holds for every text, every body and every split.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it should be"
)]

use std::borrow::Cow;
use std::sync::LazyLock;

use proptest::prelude::*;
use renlayer_dlp::{
    Action, Direction, Format, Input, KnownValues, Report, Scanner, Settings, StreamScanner, Verdict,
};
use serde_json::Value;

const INJECTED: &str = "inj3cted/s3cret+value";

/// Everything is redacted, and there are patterns and words of one's own.
fn redacting() -> Scanner {
    static SCANNER: LazyLock<Scanner> = LazyLock::new(|| scanner("redact"));
    SCANNER.clone()
}

fn blocking() -> Scanner {
    static SCANNER: LazyLock<Scanner> = LazyLock::new(|| scanner("block"));
    SCANNER.clone()
}

fn injected() -> KnownValues {
    static KNOWN: LazyLock<KnownValues> = LazyLock::new(|| KnownValues::new([INJECTED.as_bytes()]));
    KNOWN.clone()
}

fn scanner(action: &str) -> Scanner {
    let json = format!(
        r#"{{
        "actions": {{"CRITICAL": "{action}", "HIGH": "{action}", "MEDIUM": "{action}", "LOW": "redact"}},
        "confidence": {{"record": 0, "warn": 0, "redact": 0, "block": 0}},
        "patterns": [
            {{"name": "employee", "regex": "EMP-[0-9]{{6}}"}},
            {{"name": "inner", "regex": "[a-z0-9]{{1,8}}@corp\\.(io|example)\\b"}},
            {{"name": "digits", "regex": "\\b[0-9]{{3,}}-?[0-9]+"}},
            {{"name": "line", "regex": "(?m)^=+[a-z]*$"}}
        ],
        "keywords": [{{"name": "codenames", "words": ["bluebird", "blue", "ok", "été"]}}]
    }}"#
    );
    Scanner::new(&serde_json::from_str::<Settings>(&json).unwrap()).unwrap()
}

fn scan(scanner: &Scanner, bytes: &[u8], format: Format, known: Option<&KnownValues>) -> Report {
    scanner.scan(bytes, Input { format, direction: Direction::Response, known })
}

/// Things that detectors look for, whole and in pieces, so that near misses and overlaps come up.
fn plant() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "alice@corp.io".to_owned(),
        "4111 1111 1111 1111".to_owned(),
        "378282246310005".to_owned(),
        ["AKIA", "Q7ZT4MWPX2LKVB3R"].concat(),
        ["ghp_", "zZ9aB3xY7wQ1eR5tU8iO2pL4kJ6hG0abcdef"].concat(),
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq0eLzXH5vPzYkRkzR1mUuYfMbGmU\nq0eLzXH5vPzYkR\n-----END RSA PRIVATE KEY-----"
            .to_owned(),
        "+49 30 901820".to_owned(),
        "(212) 736-5000".to_owned(),
        "81.2.69.160 2a00:1450:4001:830::200e".to_owned(),
        "DE89 3704 0044 0532 0130 00".to_owned(),
        "SSN 536-22-8145".to_owned(),
        "postgres://app:s3cr3t-9x@db.corp.io/main".to_owned(),
        "https://deploy:hunter-22@corp.io/x".to_owned(),
        "curl -u elastic:kx72-Hq9 x".to_owned(),
        ["api_token: \"Zf3D0LXCM3EIMbgJ", "pUNnkRtOfOueHznB\""].concat(),
        ["DATADOG_API_KEY=0024a29224affe29", "d173c0bf99e5a89d"].concat(),
        ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJh", "Z2VudC03In0.q5Z7bV0c2Rk9wXhT3mLfY8uJ1aNsEoPdK4gHt6IxUzQ"].concat(),
        ["xoxb-781236542736-2364535789652-", "GkwFDQoHqzXDVsC6GzqYUypD"].concat(),
        ["110201543:AA", "HdqTcvCH1vGWJxfSeofSAs0K5PALDsawx"].concat(),
        INJECTED.to_owned(),
        "aW5qM2N0ZWQvczNjcmV0K3ZhbHVl".to_owned(),
        "inj3cted%2Fs3cret%2Bvalue".to_owned(),
        "EMP-123456".to_owned(),
        "bluebird".to_owned(),
        "éa@corp.io".to_owned(),
        "4111\u{200b} 1111\u{a0}１１１１ 1111".to_owned(),
        ["A\u{ad}KIA", "Q7ZT4MW\u{200d}\u{fe0f}PX2LKVB3R"].concat(),
        "ａlice\u{202e}@corp．io".to_owned(),
        "536\u{2013}22\u{2013}8145 \u{200b}\u{200b} – 12–13 —".to_owned(),
        "alice@corp.io".chars().map(|c| char::from_u32(0xe0000 + u32::from(c)).unwrap()).collect(),
    ]);
    (fixed, 0.0..1.0f64, 0.0..1.0f64, prop::bool::weighted(0.6)).prop_map(|(text, a, b, whole)| {
        if whole {
            return text;
        }
        let cut = |share: f64| {
            (0..=text.len()).filter(|&i| text.is_char_boundary(i)).nth((share * 12.0) as usize).unwrap_or(0)
        };
        let (a, b) = (cut(a).min(cut(b)), text.len() - cut(b).min(text.len()));
        text.get(a..b.max(a)).unwrap_or_default().to_owned()
    })
}

fn filler() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(" ".to_owned()),
        Just(String::new()),
        Just("\"\\\n".to_owned()),
        "[ a-z@.:=-]{0,12}",
        "[0-9 -]{0,24}",
        "\\PC{0,6}",
        prop::collection::vec(
            prop::sample::select(vec![
                '\u{200b}',
                '\u{feff}',
                '\u{a0}',
                '–',
                '１',
                '\u{e0031}',
                'x',
                '4',
                ' '
            ]),
            0..9
        )
        .prop_map(|all| all.into_iter().collect()),
        Just("To be, or not to be: that is the question. ".repeat(40)),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop_oneof![plant(), filler()], 0..8).prop_map(|parts| parts.concat())
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(Value::from(4_111_111_111_111_111_u64)),
        text().prop_map(Value::from),
        text().prop_map(|text| Value::from(
            serde_json::json!({ "inner": [text, 4_111_111_111_111_111_u64] }).to_string()
        )),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A message of one text, in which some characters are written as `\u`, as some writers do with all beyond ASCII.
fn escaping(text: &str, escaped: impl Fn(char) -> bool) -> String {
    let escape =
        |c: char| c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
    let plain = |c: char| serde_json::to_string(&c).unwrap().trim_matches('"').to_owned();
    let spell = |c: char| match c {
        '"' => "\\\"".to_owned(),
        c if escaped(c) => escape(c),
        c => plain(c),
    };
    message(&format!("\"{}\"", text.chars().map(spell).collect::<String>()))
}

/// A message of one text, which is written so.
fn message(content: &str) -> String {
    format!("{{\"role\":\"user\",\"content\":{content}}}")
}

/// Feeds a stream and gathers what it releases.
fn feed(mut stream: StreamScanner, pieces: &[&str]) -> (String, Verdict, StreamScanner) {
    let mut out = String::new();
    for piece in pieces {
        if stream.push(piece, &mut out) == Verdict::Block {
            return (out, Verdict::Block, stream);
        }
    }
    let verdict = stream.finish(&mut out);
    (out, verdict, stream)
}

fn pieces<'t>(text: &'t str, cuts: &[usize]) -> Vec<&'t str> {
    let mut at: Vec<usize> =
        cuts.iter().map(|cut| text.floor_char_boundary(*cut % (text.len() + 1))).collect();
    at.extend([0, text.len()]);
    at.sort_unstable();
    at.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect()
}

fn redacted(report: &Report, text: &str) -> String {
    match report.redact(text.as_bytes()) {
        Cow::Borrowed(_) => text.to_owned(),
        Cow::Owned(bytes) => String::from_utf8(bytes).unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_stream_releases_what_redacting_the_whole_gives(text in text(), cuts in prop::collection::vec(0..4096usize, 0..12)) {
        let scanner = redacting();
        let known = injected();
        let whole = scan(&scanner, text.as_bytes(), Format::Verbatim, Some(&known));
        let (out, verdict, stream) = feed(scanner.stream(Direction::Response, Some(known)), &pieces(&text, &cuts));
        prop_assert_eq!(verdict, Verdict::Continue);
        prop_assert_eq!(out, redacted(&whole, &text));
        prop_assert_eq!(stream.findings(), &whole.findings[..]);
        prop_assert_eq!(stream.held(), 0);
    }

    #[test]
    fn a_blocked_stream_releases_what_stands_before_the_match(text in text(), cuts in prop::collection::vec(0..4096usize, 0..12)) {
        let scanner = blocking();
        let whole = scan(&scanner, text.as_bytes(), Format::Verbatim, None);
        let (out, verdict, _) = feed(scanner.stream(Direction::Response, None), &pieces(&text, &cuts));
        let Some(first) = whole.findings.iter().find(|f| f.action == Action::Block) else {
            prop_assert_eq!(verdict, Verdict::Continue);
            return Ok(());
        };
        prop_assert_eq!(verdict, Verdict::Block);
        let before = Report { findings: whole.findings.iter().take_while(|f| *f != first).cloned().collect(), ..Report::default() };
        // What was redacted before may reach beyond where the match begins.
        let end = before.findings.iter().map(|f| f.end).fold(first.start, usize::max);
        let released = redacted(&before, &text[..end]);
        prop_assert_eq!(out, released);
    }

    #[test]
    fn no_byte_of_a_match_is_released_before_it_is_decided(text in text()) {
        let scanner = redacting();
        let whole = redacted(&scan(&scanner, text.as_bytes(), Format::Verbatim, None), &text);
        let mut stream = scanner.stream(Direction::Response, None);
        let mut out = String::new();
        for c in text.chars() {
            let _ = stream.push(c.encode_utf8(&mut [0; 4]), &mut out);
            prop_assert!(whole.starts_with(&out), "{:?} is no beginning of {:?}", out, whole);
        }
    }

    #[test]
    fn redacted_json_is_json_and_clean_and_otherwise_unchanged(value in json(), pretty: bool) {
        let body = if pretty { serde_json::to_vec_pretty(&value) } else { serde_json::to_vec(&value) }.unwrap();
        let scanner = redacting();
        let report = scan(&scanner, &body, Format::Json, None);
        let out = report.redact_all(&body).into_owned();
        let parsed = serde_json::from_slice::<Value>(&out);
        prop_assert!(parsed.is_ok(), "{}", String::from_utf8_lossy(&out));
        for finding in &report.findings {
            // A name may hold the sign that leads into a document in a string. That of a long name is cut.
            let pointer = finding.pointer.as_deref().unwrap();
            let outer = pointer.split('#').next().unwrap();
            prop_assert!(value.pointer(pointer).or(value.pointer(outer)).is_some() || outer.contains(['~', '…']) || report.findings.len() > 1, "{}", outer);
        }
        // What is outside the findings is as it was.
        let (mut at, mut rest) = (0, &out[..]);
        for finding in report.findings.iter().filter(|f| f.end > 0) {
            if finding.end <= at { continue; }
            let kept = &body[at.min(finding.start)..finding.start];
            let kept = if finding.start < at { &[][..] } else { kept };
            let marker = finding.marker();
            prop_assert!(rest.starts_with(kept) && rest[kept.len()..].starts_with(marker.as_bytes()));
            rest = &rest[kept.len() + marker.len()..];
            at = finding.end;
        }
        prop_assert_eq!(rest, &body[at..]);
    }

    #[test]
    fn a_string_in_json_says_what_the_text_says(text in text()) {
        let scanner = redacting();
        // A string that is a document of its own is read as one.
        prop_assume!(!text.trim().starts_with(['{', '[']));
        let bodies = [message(&serde_json::to_string(&text).unwrap()), escaping(&text, |c| !c.is_ascii()), escaping(&text, |c| !c.is_alphanumeric()), escaping(&text, |c| matches!(c, 'a' | '@' | '1'))];
        let classes = |report: &Report| report.findings.iter().map(|f| (f.class.clone(), f.fingerprint)).collect::<Vec<_>>();
        let plain = scan(&scanner, text.as_bytes(), Format::Text, None);
        for body in bodies {
            let json = scan(&scanner, body.as_bytes(), Format::Json, None);
            prop_assert_eq!(classes(&plain), classes(&json), "{}", body);
        }
    }

    #[test]
    fn bytes_of_any_kind_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..400), text in text()) {
        let scanner = redacting();
        let known = injected();
        let mixed = [&bytes[..], text.as_bytes(), &bytes].concat();
        for format in [Format::Text, Format::Json, Format::Form, Format::Ndjson] {
            for body in [&bytes, &mixed] {
                let report = scan(&scanner, body, format, Some(&known));
                let _ = report.redact_all(body);
                prop_assert!(report.findings.iter().all(|f| f.start < f.end && f.end <= body.len()));
            }
        }
    }

    #[test]
    fn a_redacted_form_keeps_its_fields(fields in prop::collection::vec((text(), text()), 1..5)) {
        let encode = |text: &str| text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect::<String>();
        let body = fields.iter().map(|(k, v)| format!("{}={}", encode(k), encode(v))).collect::<Vec<_>>().join("&");
        let scanner = redacting();
        let report = scan(&scanner, body.as_bytes(), Format::Form, None);
        let out = String::from_utf8(report.redact(body.as_bytes()).into_owned()).unwrap();
        prop_assert_eq!(out.split('&').count(), fields.len());
        prop_assert!(out.split('&').all(|field| field.split('=').count() == 2));
        let values = fields.iter().filter(|(_, v)| v == "alice@corp.io").count();
        prop_assert!(report.findings.len() >= values);
    }
}

/// An anchor is waited for, however long it is and wherever a piece ends in it.
#[test]
fn long_anchors_that_a_cut_divides_are_found() {
    let (scanner, known) = (redacting(), injected());
    let before =
        "what stands before is long enough to be looked at by blocks rather than byte by byte ".repeat(2);
    let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq0eLzXH5vPzYkRkzR1mUuYfMbGmU\nq0eLzXH5vPzYkR\n-----END RSA PRIVATE KEY-----";
    for value in ["::200eaW5qM2N0ZWQvczNjcmV0K3ZhbHVl", "inj3cted%2Fs3cret%2Bvalue", key] {
        let text = format!("{before}{value}");
        let whole = scan(&scanner, text.as_bytes(), Format::Verbatim, Some(&known));
        for cut in before.len()..text.len() {
            let stream = scanner.stream(Direction::Response, Some(known.clone()));
            let (out, ..) = feed(stream, &[&text[..cut], &text[cut..]]);
            assert_eq!(out, redacted(&whole, &text), "cut at {cut}");
        }
    }
}

/// What models write leaves token by token, as it came: only a word that could be the beginning of what is blocked or
/// redacted waits, and never longer than for the next token.
#[test]
fn ordinary_tokens_are_released_at_once() {
    let mut stream = Scanner::builtin().stream(Direction::Response, None);
    let text = "The| weather| in| Oslo| is| mild|,| write| to| ada|@corp|.io| or| call| Bob|.|\n\nYours|,| A|da|!|\n\nP|.S|.| She| said| that| people| can| keep| the| map|,| and| the| helper| of| \
         the| group| will| set| up| a| HTTP| server| for| it|,| with| help| from| Philip|.";
    let tokens: Vec<&str> = text.split('|').collect();
    let (mut out, mut held) = (String::new(), Vec::<&str>::new());
    for token in &tokens {
        let _ = stream.push(token, &mut out);
        assert!(stream.held() <= token.len(), "held longer than to the token after it, at {token:?}");
        held.extend((stream.held() > 0).then_some(*token));
    }
    assert!(held.len() * 5 < tokens.len(), "held: {held:?}");
    let _ = stream.finish(&mut out);
    assert_eq!(out, tokens.concat());
    assert_eq!(stream.findings().iter().map(|found| &*found.class).collect::<Vec<_>>(), ["pii.email"]);
}
