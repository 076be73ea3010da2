//! What users complain of: values that look like data and are none.

use renlayer_dlp::{Direction, Finding, Format, Input, Scanner, Severity};

const FILE: &str = include_str!("harmless.txt");

/// The blocks of the file, each with its title.
fn blocks() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILE.split("\n## ").skip(1).filter_map(|block| block.split_once('\n'))
}

fn input(format: Format) -> Input<'static> {
    Input { format, direction: Direction::Request, known: None }
}

fn assert_harmless(findings: &[Finding], text: &str, place: &str) {
    let severe = findings.iter().filter(|finding| finding.severity > Severity::Low);
    let found: Vec<_> = severe.map(|f| (&f.class, text.get(f.start..f.end).unwrap_or_default())).collect();
    assert!(found.is_empty(), "{place}: {found:?}");
}

#[test]
fn nothing_above_low_is_found_where_there_is_nothing() {
    let scanner = Scanner::builtin();
    for (title, text) in blocks() {
        assert_harmless(&scanner.scan(text.as_bytes(), input(Format::Text)).findings, text, title);
        for line in text.lines() {
            let body = serde_json::json!({ "messages": [{ "role": "user", "content": line }] }).to_string();
            assert_harmless(&scanner.scan(body.as_bytes(), input(Format::Json)).findings, &body, title);
        }
    }
}

#[test]
fn a_stream_of_it_is_released_as_it_came() {
    let scanner = Scanner::builtin();
    for (title, text) in blocks() {
        let mut stream = scanner.stream(Direction::Response, None);
        let mut out = String::new();
        for piece in text.split_inclusive(' ') {
            let _ = stream.push(piece, &mut out);
        }
        let _ = stream.finish(&mut out);
        assert_eq!(out, text, "{title}");
    }
}
