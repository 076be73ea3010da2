//! Streams at every split: one cut at every character, two cuts at every pair of characters, in texts with one of each
//! kind of finding beside whatever makes cutting hard. `properties.rs` asks the same of random texts.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it should be"
)]

use std::sync::LazyLock;

use renlayer_dlp::{
    Action, Direction, Format, Input, KnownValues, Report, Scanner, Settings, StreamScanner, Verdict,
};

const INJECTED: &str = "inj3cted/s3cret";

/// A class, and a text that holds one finding of it. Credentials are put together here, so that none stands in the file.
fn samples() -> Vec<(&'static str, String)> {
    let own = |text: &str| text.to_owned();
    vec![
        ("pii.email", own("alice@corp.io")),
        ("pii.phone", own("+49 30 901820")),
        ("pii.ip_address", own("2a00:1450:4001:830::200e")),
        ("payment.card_number", own("4111 1111 1111 1111")),
        ("payment.iban", own("DE89 3704 0044 0532 0130 00")),
        ("gov_id.us.ssn", own("SSN 536-22-8145")),
        ("secret.aws_access_key", ["AKIA", "Q7ZT4MWPX2LKVB3R"].concat()),
        ("secret.github_token", ["ghp_", "zZ9aB3xY7wQ1eR5tU8iO2pL4kJ6hG0abcdef"].concat()),
        (
            "secret.jwt",
            ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJh", "Z2VudC03In0.q5Z7bV0c2Rk9wXhT3mLfY8uJ1aNsEoPdK4gHt6IxUzQ"]
                .concat(),
        ),
        ("secret.database_url", own("postgres://app:s3cr3t-9x@db.corp.io/main")),
        (
            "secret.private_key",
            [
                "-----BEGIN RSA PRIVATE",
                " KEY-----\nMIIEpAIBAAKCAQEA7bq0eLzXH5vPzYkRkzR1mUuYfMbGmU\n-----END RSA PRIVATE KEY-----",
            ]
            .concat(),
        ),
        ("secret.injected", own(INJECTED)),
        ("secret.injected", own("inj3cted%2Fs3cret")),
        ("secret.injected", own("inj3cted\\u002fs3cret")),
        ("secret.injected", own("aW5qM2N0ZWQvczNjcmV0")),
        ("payment.card_number", own("4111\u{200b} 1111\u{a0}１１１１ 1111")),
        ("secret.aws_access_key", ["A\u{ad}KIA", "Q7ZT4MW\u{200d}\u{fe0f}PX2LKVB3R"].concat()),
        (
            "pii.email",
            "ada@corp.io".chars().map(|c| char::from_u32(0xe0000 + u32::from(c)).unwrap()).collect(),
        ),
        ("custom.employee", own("EMP-123456")),
        ("custom.line", own("\n==abc\n")),
        ("custom.codenames", own("été")),
    ]
}

/// What stands before and after it.
const AROUND: &[(&str, &str)] = &[
    ("", ""),
    ("é\u{1f600} ", " \u{200b}ß"),
    ("say \\\"\\u00e9 ", "\\n\\\" \\ud83d"),
    ("a@b 12 gh AK ", ". Bye 1"),
];

fn scanner(action: &str) -> Scanner {
    let settings = format!(
        r#"{{
        "actions": {{"CRITICAL": "{action}", "HIGH": "{action}", "MEDIUM": "{action}", "LOW": "redact"}},
        "confidence": {{"record": 0, "warn": 0, "redact": 0, "block": 0}},
        "patterns": [
            {{"name": "employee", "regex": "EMP-[0-9]{{6}}"}},
            {{"name": "line", "regex": "(?m)^=+[a-z]*$"}}
        ],
        "keywords": [{{"name": "codenames", "words": ["été"]}}]
    }}"#
    );
    Scanner::new(&serde_json::from_str::<Settings>(&settings).unwrap()).unwrap()
}

static REDACTING: LazyLock<Scanner> = LazyLock::new(|| scanner("redact"));
static BLOCKING: LazyLock<Scanner> = LazyLock::new(|| scanner("block"));
static KNOWN: LazyLock<KnownValues> = LazyLock::new(|| KnownValues::new([INJECTED.as_bytes()]));

fn whole(scanner: &Scanner, text: &str) -> Report {
    let input = Input { format: Format::Verbatim, direction: Direction::Response, known: Some(&KNOWN) };
    scanner.scan(text.as_bytes(), input)
}

fn redacted(report: &Report, text: &str) -> String {
    String::from_utf8(report.redact(text.as_bytes()).into_owned()).unwrap()
}

/// What leaves before and with the end.
fn feed(scanner: &Scanner, pieces: &[&str]) -> (String, Verdict, StreamScanner) {
    let mut stream = scanner.stream(Direction::Response, Some(KNOWN.clone()));
    let mut out = String::new();
    for piece in pieces {
        if stream.push(piece, &mut out) == Verdict::Block {
            return (out, Verdict::Block, stream);
        }
    }
    let verdict = stream.finish(&mut out);
    (out, verdict, stream)
}

/// Where a text can be cut.
fn places(text: &str) -> Vec<usize> {
    (0..=text.len()).filter(|place| text.is_char_boundary(*place)).collect()
}

fn texts() -> impl Iterator<Item = (&'static str, String)> {
    let samples = samples();
    AROUND.iter().flat_map(move |(before, after)| {
        samples.clone().into_iter().map(move |(class, text)| (class, format!("{before}{text}{after}")))
    })
}

#[test]
fn a_cut_anywhere_gives_what_the_whole_gives() {
    for (class, text) in texts() {
        let report = whole(&REDACTING, &text);
        assert!(report.findings.iter().any(|found| &*found.class == class), "no {class} in {text:?}");
        let expected = redacted(&report, &text);
        for cut in places(&text) {
            let (head, tail) = text.split_at(cut);
            let (out, verdict, stream) = feed(&REDACTING, &[head, tail]);
            assert_eq!((&*out, verdict), (&*expected, Verdict::Continue), "{text:?} cut at {cut}");
            assert_eq!(stream.findings(), report.findings, "{text:?} cut at {cut}");
        }
    }
}

#[test]
fn two_cuts_anywhere_give_what_the_whole_gives() {
    for (_, text) in texts().filter(|(_, text)| text.len() <= 40) {
        let expected = redacted(&whole(&REDACTING, &text), &text);
        let places = places(&text);
        for (nth, &first) in places.iter().enumerate() {
            for &second in &places[nth..] {
                let pieces = [&text[..first], &text[first..second], &text[second..]];
                let (out, ..) = feed(&REDACTING, &pieces);
                assert_eq!(out, expected, "{text:?} cut at {first} and {second}");
            }
        }
    }
}

#[test]
fn a_cut_anywhere_lets_nothing_of_what_is_blocked_leave() {
    for (_, text) in texts() {
        let report = whole(&BLOCKING, &text);
        let Some(first) = report.findings.iter().position(|found| found.effect() == Action::Block) else {
            continue;
        };
        let before = Report { findings: report.findings[..first].to_vec(), ..Report::default() };
        let expected = redacted(&before, &text[..report.findings[first].start]);
        for cut in places(&text) {
            let (head, tail) = text.split_at(cut);
            let (out, verdict, _) = feed(&BLOCKING, &[head, tail]);
            assert_eq!((&*out, verdict), (&*expected, Verdict::Block), "{text:?} cut at {cut}");
        }
    }
}

/* ===== how long a byte is held ===== */

const ORDINARY: &[&str] = &[
    "The weather in Oslo is mild, with some rain towards the evening. I would pack a light jacket, a pair of good shoes, \
     and something to read on the train; the ride to Bergen takes about seven hours.\n\nShall I look for a place to stay?\n",
    "Voici les étapes : d'abord, ouvrez la fenêtre ; ensuite, mesurez 250 g de farine. Für später: Grüße aus Zürich, \
     das Treffen ist am 12. März um 14:30 Uhr.\n",
    "## Steps\n\n1. Install version 3.12.4 of the tool.\n2. Run `make test` (it takes 90 s).\n3. **Commit** the result.\n\n\
     | a | b |\n|---|---|\n| 1 | 20 |\n",
    "```rust\nfn main() {\n    let total: u64 = (1..=10).map(|n| n * n).sum();\n    println!(\"{total}\");\n}\n```\n",
    "{\"city\": \"Oslo\", \"days\": 3, \"tags\": [\"rain\", \"mild\"], \"ok\": true}\n",
];

/// Words with the space before them, as models write.
fn tokens(text: &str) -> Vec<&str> {
    let mut ends: Vec<usize> =
        text.char_indices().filter(|(_, c)| matches!(c, ' ' | '\n')).map(|(place, _)| place).collect();
    ends.push(text.len());
    ends.dedup();
    let mut start = 0;
    let cut = |end: usize| {
        let token = &text[start..end];
        start = end;
        token
    };
    ends.into_iter().map(cut).filter(|token| !token.is_empty()).collect()
}

/// The last bytes of a text may be part of an anchor that no pass has seen yet: after chunks shorter than that they may
/// wait for one more.
const UNSEEN: usize = 4;

/// The share of bytes that wait for another chunk; no byte may wait for two.
fn share_held(text: &str, chunks: &[&str]) -> f64 {
    let mut stream = Scanner::builtin().stream(Direction::Response, None);
    let (mut out, mut held) = (String::new(), 0);
    for (nth, chunk) in chunks.iter().enumerate() {
        let _ = stream.push(chunk, &mut out);
        assert!(
            stream.held() <= chunk.len().max(UNSEEN),
            "{:?} waits for more than {chunk:?}",
            &chunks[..nth]
        );
        held += stream.held();
    }
    assert!(text.starts_with(&out));
    held as f64 / text.len() as f64
}

#[test]
fn on_ordinary_text_no_byte_waits_for_more_than_the_next_chunk() {
    let mut shares = Vec::new();
    for text in ORDINARY {
        shares.push(share_held(text, &tokens(text)));
        for size in [8, 16, 64] {
            let chunks: Vec<&str> = chunks(text, size);
            shares.push(share_held(text, &chunks));
        }
    }
    println!("{shares:.3?}");
    let most = shares.iter().copied().fold(0.0, f64::max);
    assert!(most < 0.25, "shares of the bytes that waited: {shares:?}");
}

fn chunks(mut text: &str, size: usize) -> Vec<&str> {
    let mut chunks = Vec::new();
    while !text.is_empty() {
        let (chunk, rest) = text.split_at(text.ceil_char_boundary(size.min(text.len())));
        chunks.push(chunk);
        text = rest;
    }
    chunks
}
