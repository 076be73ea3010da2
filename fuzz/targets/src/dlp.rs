//! The scanner over any bytes.

use std::sync::LazyLock;

use renlayer_dlp::{
    Action, Direction, Finding, Format, Input, KnownValues, OpaqueReason, Report, Scanner, Settings, Verdict,
};
use serde_json::{Value, json};

use crate::Target;
use crate::input::{Choices, pieces, seed};

/// The scanner's.
pub const TARGETS: &[Target] = &[
    Target {
        name: "dlp_scan",
        holds: "any body is survived, findings lie in it",
        run: scan,
        seeds: bodies,
        words: WORDS,
    },
    Target {
        name: "dlp_redact",
        holds: "markers are no findings, JSON stays JSON",
        run: redact,
        seeds: bodies,
        words: WORDS,
    },
    Target {
        name: "dlp_json",
        holds: "every finding's pointer leads somewhere",
        run: json,
        seeds: bodies,
        words: WORDS,
    },
    Target {
        name: "dlp_form",
        holds: "a redacted form keeps its fields",
        run: form,
        seeds: bodies,
        words: WORDS,
    },
    Target {
        name: "dlp_stream",
        holds: "pieces give what the whole gives",
        run: stream,
        seeds: texts,
        words: WORDS,
    },
    Target { name: "dlp_work", holds: "work grows as the body does", run: work, seeds: texts, words: WORDS },
    Target {
        name: "dlp_pattern",
        holds: "a pattern is refused, or works in pieces too",
        run: pattern,
        seeds: patterns,
        words: SYNTAX,
    },
];

const WORDS: &[&str] = &[
    "\"",
    "\\u00",
    "\\ud83d\\ude00",
    "\\\"",
    "{\"",
    "\":",
    "[",
    "]}",
    "%40",
    "%",
    "&",
    "=",
    "+",
    "\r\n",
    "@",
    ".io",
    "://",
    "-----BEGIN ",
    "PRIVATE KEY-----",
    "-----END ",
    "ghp_",
    "AKIA",
    "eyJ",
    "sk-",
    "xoxb-",
    "glpat-",
    "password",
    "api_key",
    "curl -u ",
    "postgres://",
    "SSN ",
    "+49",
    "DE89",
    "4111",
    "::",
    "192.168.",
    "[REDACTED:",
    "{\"type\":\"service_account\"",
    "PuTTY-User-Key-File-2: ",
    "é",
    "\u{200b}",
    "phone",
    "iban",
    "card",
];

const SYNTAX: &[&str] = &[
    "\\b",
    "\\B",
    "^",
    "$",
    "(?m)",
    "(?i)",
    "(?s)",
    "(?-u)",
    "[^",
    "]",
    "{1,8}",
    "{0,64}",
    "*?",
    "+",
    "|",
    "()",
    "\\d",
    "\\w",
    "\\p{L}",
    "\\x00",
    "(?:",
    ")",
    "[[:alpha:]]",
    "\n",
    "\\b{start}",
    "&&",
    "--",
];

/// A value that must not come back.
pub(crate) const KNOWN: &str = "zebra-quilt/8841+harbour";

/// Such a value, compiled.
pub(crate) fn known() -> &'static KnownValues {
    static KNOWN_VALUES: LazyLock<KnownValues> = LazyLock::new(|| KnownValues::new([KNOWN.as_bytes()]));
    &KNOWN_VALUES
}

/// Every built-in detector, each of which does `action`, however unsure it is.
fn acting(action: &str, patterns: &Value) -> Result<Scanner, renlayer_dlp::SettingsError> {
    let settings = json!({
        "actions": { "CRITICAL": action, "HIGH": action, "MEDIUM": action, "LOW": "redact" },
        "confidence": { "record": 0, "warn": 0, "redact": 0, "block": 0 },
        "patterns": patterns,
        "keywords": [{ "name": "codenames", "words": ["bluebird", "blue", "ok", "été"] }],
    });
    Scanner::new(&serde_json::from_value::<Settings>(settings).unwrap())
}

/// One that takes everything out.
pub(crate) fn redacting() -> &'static Scanner {
    static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
        let patterns = json!([
            { "name": "employee", "regex": "EMP-[0-9]{6}" },
            { "name": "inner", "regex": "[a-z0-9]{1,8}@corp\\.(io|example)\\b" },
            { "name": "line", "regex": "(?m)^=+[a-z]*$" },
        ]);
        acting("redact", &patterns).unwrap()
    });
    &SCANNER
}

fn blocking() -> &'static Scanner {
    static SCANNER: LazyLock<Scanner> = LazyLock::new(|| acting("block", &json!([])).unwrap());
    &SCANNER
}

fn read(scanner: &Scanner, bytes: &[u8], format: Format) -> Report {
    scanner.scan(bytes, Input { format, direction: Direction::Response, known: Some(known()) })
}

/* ===== what holds ===== */

fn scan(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let format = choices.one_of(&[Format::Text, Format::Json, Format::Form, Format::Ndjson]);
    let body = choices.rest();
    let report = read(redacting(), body, format);
    assert_eq!(report.scanned, body.len());
    for finding in &report.findings {
        assert!(finding.start < finding.end && finding.end <= body.len(), "{finding:?} in {}", body.len());
        assert!((0.0..=1.0).contains(&finding.confidence), "{finding:?}");
    }
    assert!(report.findings.is_sorted_by_key(|finding| finding.start), "{:?}", report.findings);
    assert!(report.opaque.iter().all(|opaque| opaque.range.end <= body.len()), "{:?}", report.opaque);
    let redacted = report.redact_all(body);
    if std::str::from_utf8(body).is_ok() {
        assert!(
            std::str::from_utf8(&redacted).is_ok(),
            "a finding ends inside a character: {:?}",
            report.findings
        );
    }
}

fn redact(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let format = choices.one_of(&[Format::Text, Format::Json, Format::Form, Format::Ndjson]);
    let body = choices.rest();
    let once = read(redacting(), body, format).redact_all(body).into_owned();
    if format == Format::Json && is_json(body) {
        assert!(is_json(&once), "was JSON, is: {}", String::from_utf8_lossy(&once));
    }
    // What redaction joins may be a finding of its own, the marker never.
    let markers = markers(&once);
    for finding in read(redacting(), &once, format).findings {
        let inside =
            |marker: &&std::ops::Range<usize>| finding.start >= marker.start && finding.end <= marker.end;
        assert_eq!(markers.iter().find(inside), None, "{finding:?} in {}", String::from_utf8_lossy(&once));
    }
}

fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

fn markers(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let begin = b"[REDACTED:";
    let starts = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(begin));
    // A body may hold what a marker begins with, and no class after it.
    let is_class = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(byte);
    starts
        .filter_map(|at| Some(at..at + 1 + bytes[at..].iter().position(|byte| *byte == b']')?))
        .filter(|range| bytes[range.start + begin.len()..range.end - 1].iter().all(is_class))
        .collect()
}

fn json(bytes: &[u8]) {
    let body = Choices::new(bytes).rest();
    let body = body.get(1..).unwrap_or_default();
    let report = read(redacting(), body, Format::Json);
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return };
    assert!(
        report.opaque.iter().all(|opaque| opaque.reason == OpaqueReason::TooManyFindings),
        "{:?}",
        report.opaque
    );
    for Finding { pointer, class, .. } in &report.findings {
        let pointer = pointer.as_deref().expect("a finding in JSON has a pointer");
        let outer = pointer.split('#').next().unwrap_or_default();
        // A name may hold a `#` itself.
        assert!(pointer != outer || value.pointer(outer).is_some(), "{class} at {pointer}");
    }
}

fn form(bytes: &[u8]) {
    let body = bytes.get(1..).unwrap_or_default();
    let report = read(redacting(), body, Format::Form);
    let redacted = report.redact_all(body);
    let fields =
        |form: &[u8]| form.split(|byte| *byte == b'&').map(|field| field.contains(&b'=')).collect::<Vec<_>>();
    assert_eq!(fields(body), fields(&redacted), "{}", String::from_utf8_lossy(&redacted));
}

fn stream(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let (scanner, cuts) = (choices.one_of(&[redacting(), blocking()]), choices.cuts());
    in_pieces(scanner, choices.text(), &cuts);
}

/// Pieces release what redacting the whole, as it stands, gives; blocked ones what stands before.
fn in_pieces(scanner: &Scanner, text: &str, cuts: &[usize]) {
    let whole = read(scanner, text.as_bytes(), Format::Verbatim);
    let first = whole.findings.iter().position(|finding| finding.effect() == Action::Block);
    let before = Report {
        findings: whole.findings[..first.unwrap_or(whole.findings.len())].to_vec(),
        ..Report::default()
    };
    let end = first.map_or(text.len(), |first| {
        whole.findings[first].start.max(before.findings.iter().map(|finding| finding.end).max().unwrap_or(0))
    });
    let expected = String::from_utf8(before.redact(&text.as_bytes()[..end]).into_owned()).unwrap();

    let mut stream = scanner.stream(Direction::Response, Some(known().clone()));
    let mut out = String::new();
    let mut verdict = Verdict::Continue;
    for piece in pieces(text, cuts) {
        verdict = stream.push(piece, &mut out);
        assert!(expected.starts_with(&out), "{out:?} is no beginning of {expected:?}");
        if verdict == Verdict::Block {
            break;
        }
    }
    if verdict == Verdict::Continue {
        verdict = stream.finish(&mut out);
    }
    assert_eq!(verdict == Verdict::Block, first.is_some(), "{:?}", whole.findings);
    assert_eq!(out, expected);
    if first.is_none() {
        assert_eq!((stream.findings(), stream.held()), (&whole.findings[..], 0));
    }
}

/// The most bytes that all verifiers together look at, for each byte of a body that is made to be the worst.
const MOST_PER_BYTE: u64 = 2_048;
/// Twice as long as any verifier looks ahead: work that grew with the square would be far beyond the bound.
const LONG: usize = 64 << 10;

fn work(bytes: &[u8]) {
    let text = bytes.get(4..).unwrap_or_default();
    if text.is_empty() {
        return;
    }
    let body = text.repeat(LONG.div_ceil(text.len()));
    let report = read(redacting(), &body, Format::Text);
    let work = report.cost.iter().map(|(_, _, bytes)| bytes).sum::<u64>();
    assert!(
        work <= MOST_PER_BYTE * body.len() as u64,
        "{work} bytes looked at for {}: {:?}",
        body.len(),
        report.cost
    );
}

fn pattern(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let cuts = choices.cuts();
    let (regex, text) = choices.text().split_once('\n').unwrap_or((choices.text(), ""));
    let patterns = json!([{ "name": "own", "regex": regex }]);
    match acting("redact", &patterns) {
        Ok(scanner) => in_pieces(&scanner, text, &cuts),
        Err(error) => assert!(error.to_string().contains("patterns[0].regex"), "{error}"),
    }
}

/* ===== seeds ===== */

/// One of each kind of thing that detectors look for. No part of it is a credential.
fn samples() -> Vec<String> {
    let letters =
        |n: usize| "zZ9aB3xY7wQ1eR5tU8iO2pL4kJ6hG0abcdefQ7".chars().cycle().take(n).collect::<String>();
    vec![
        "Write to alice@corp.io or éa@corp.io, please.".into(),
        "card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00, SSN 536-22-8145".into(),
        format!("key {}{} and {}{}", "AKIA", "Q7ZT4MWPX2LKVB3R", "ghp_", letters(36)),
        format!(
            "-----BEGIN RSA {} KEY-----\nMIIEpAIB{}\n-----END RSA {0} KEY-----\n",
            "PRIVATE",
            letters(64)
        ),
        "+49 30 901820 (212) 736-5000 81.2.69.160 2a00:1450:4001:830::200e".into(),
        "postgres://app:s3cr3t-9x@db.corp.io/main curl -u elastic:kx72-Hq9 x".into(),
        format!("api_token: \"{}\" DATADOG_API_KEY={}", letters(32), "0024a292".repeat(4)),
        format!("{}.{}.{}", "eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiJhZ2VudC03In0", letters(43)),
        format!(
            "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nPrivate-Lines: 1\n{}\nPrivate-MAC: {}",
            letters(64),
            "0a".repeat(20)
        ),
        format!("{{\"type\":\"service_account\",\"private_key_id\":\"{}\"}}", "0a".repeat(20)),
        format!("{KNOWN} zebra-quilt%2F8841%2bharbour zebra-quilt\\u002f8841+harbour"),
        "EMP-123456 bluebird ===abc\n[REDACTED:pii.email] password=[REDACTED:secret.generic]".into(),
    ]
}

fn texts() -> Vec<Vec<u8>> {
    let samples = samples();
    let mut seeds: Vec<_> = samples.iter().map(|text| seed(&[0, 3, 0, 7], text)).collect();
    seeds.push(seed(&[1, 0, 0, 0], samples.join(" ")));
    seeds
}

fn bodies() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for text in samples() {
        let escaped: String = text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
        let percent: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        seeds.push(seed(&[0], &text));
        seeds.push(seed(&[1], json!({ "a~/b": [text, { "inner": json!({ "to": text }).to_string() }], "n": 4111111111111111_u64 }).to_string()));
        seeds.push(seed(&[1], format!("[\"{escaped}\"]")));
        let cut = text.char_indices().nth(text.chars().count() / 3).map_or(0, |(at, _)| at);
        let parts = [&text[..cut], &text[cut..]].map(|part| json!({ "type": "text", "text": part }));
        seeds.push(seed(&[1], json!({ "content": parts }).to_string()));
        seeds.push(seed(&[2], format!("a={percent}&b&{percent}=c+d")));
        seeds.push(seed(&[3], format!("{}\nnot json {text}\n[1,2]\r\n", json!(text))));
    }
    seeds
}

fn patterns() -> Vec<Vec<u8>> {
    [
        "EMP-[0-9]{6}\nEMP-123456 EMP-12",
        "\\b[0-9]{3,}-?[0-9]+\n12 345-6 7890",
        "(?m)^=+[a-z]*$\n===abc\n==\n=x",
        "(?i)caf\u{e9}|tee\nCAF\u{c9} Tee",
        "[a-z]{1,8}@corp\\.(io|example)\\b\na@corp.io b@corp.ion",
        "(a|b)*c\naababc",
        "a{1000}{1000}\nx",
        "\\p{L}+[^a]\nabc",
    ]
    .iter()
    .map(|text| seed(&[0, 2, 5], text))
    .collect()
}
