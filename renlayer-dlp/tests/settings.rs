//! What settings do, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it should be"
)]

use renlayer_dlp::{Action, Direction, Format, Input, Report, Scanner, Settings, Severity};

fn scanner(json: &str) -> Scanner {
    Scanner::new(&serde_json::from_str(json).unwrap()).unwrap()
}

fn refusal(json: &str) -> String {
    Scanner::new(&serde_json::from_str(json).unwrap()).unwrap_err().to_string()
}

fn scan(scanner: &Scanner, text: &str) -> Report {
    scanner.scan(text.as_bytes(), Input { format: Format::Text, direction: Direction::Request, known: None })
}

/// Class and text of each finding.
fn found(scanner: &Scanner, text: &str) -> Vec<(String, String)> {
    scan(scanner, text)
        .findings
        .iter()
        .map(|f| (f.class.to_string(), text[f.start..f.end].to_owned()))
        .collect()
}

#[test]
fn patterns_match_as_the_regex_crate_does() {
    let haystacks = [
        "id EMP-123456, EMP-12345, EMP-1234567; EMP-654321",
        "mail a.b@corp.io and x@corp.ioX or longlonglong@corp.io",
        "AB-1 ab-22 Ab-333 __AB-1 AB-1__",
        "key: abcKEYdef KEYghi xKEY",
        "tel 555-0100 555 0100 5550100",
        "été ÉTÉ straße 東京-12",
        "====\nabc ==x\n==yz",
        "aaaaaaaaab aaaab b",
    ];
    for regex in [
        r"EMP-[0-9]{6}",
        r"\bEMP-[0-9]{6}\b",
        r"[a-z.]{1,12}@corp\.io\b",
        r"(?i)ab-[0-9]+",
        r"\b[A-Z]{2}-\d\b",
        r"\w{0,3}KEY\w*",
        r"(?:KEY|EMP)[a-z-]+",
        r"\d{3}[ -]?\d{4}",
        r"(?m)^=+[a-z]*$",
        r"[^\x00-\x7F]+",
        r"東京-\d+",
        r"a+b",
        r"(a|aa)+b?",
    ] {
        let json = serde_json::json!({ "detectors": {"pii.*": {"enabled": false}}, "patterns": [{ "name": "p", "regex": regex }] });
        let scanner = Scanner::new(&serde_json::from_value::<Settings>(json).unwrap()).unwrap();
        let oracle = regex::bytes::RegexBuilder::new(&regex.replace(r"\b", r"(?-u:\b)")).build().unwrap();
        for text in haystacks {
            let ours: Vec<_> = scan(&scanner, text)
                .findings
                .iter()
                .filter(|f| &*f.class == "custom.p")
                .map(|f| f.start..f.end)
                .collect();
            let theirs: Vec<_> = oracle.find_iter(text.as_bytes()).map(|m| m.range()).collect();
            assert_eq!(ours, theirs, "{regex} in {text}");
        }
    }
}

#[test]
fn a_report_that_is_full_drops_the_least_severe() {
    let scanner = scanner("{}");
    let key = ["AKIA", "Q7ZT4MWPX2LKVB3R"].concat();
    let (low, high) = ("national ID: 1985-4477-K\n", "mail alice@corp.io\n");
    let report = scan(&scanner, &(low.repeat(11_000) + &key));
    let severe = || report.findings.iter().filter(|f| f.severity > Severity::Low);
    assert_eq!((report.findings.len(), severe().count()), (10_000, 1));
    assert!(severe().all(|f| &*f.class == "secret.aws_access_key"), "{:?}", severe().next());
    assert!(report.findings.is_sorted_by_key(|f| f.start));
    assert!(!report.opaque.is_empty());
    // What the settings redact stays however little it is.
    let redacting = self::scanner(r#"{"detectors": {"pii.email": {"severity": "LOW", "action": "redact"}}}"#);
    let report = scan(&redacting, &(low.repeat(11_000) + high));
    assert!(report.findings.iter().any(|f| f.action == Action::Redact && f.severity == Severity::Low));
    // Of severe ones the first stay, and no others beside them.
    let report = scan(&scanner, &(low.repeat(11_000) + &high.repeat(11_000)));
    assert_eq!(report.findings.len(), 10_000);
    assert!(report.findings.iter().all(|f| f.severity > Severity::Low));
}

#[test]
fn what_a_view_finds_again_counts_once() {
    let text: String = (0..6_000).map(|i| format!("joe{i}@acme-corp.com%20\n")).collect();
    let report = scan(&scanner("{}"), &text);
    assert_eq!((report.findings.len(), report.opaque.len()), (6_000, 0));
}

#[test]
fn what_a_full_report_lost_is_said_once() {
    let emails: Vec<String> = (0..12_000).map(|i| format!("\"joe{i}@acme-corp.com\"")).collect();
    let body = format!("[{}]", emails.join(","));
    let input = Input { format: Format::Json, direction: Direction::Request, known: None };
    let report = Scanner::builtin().scan(body.as_bytes(), input);
    assert_eq!(report.findings.len(), 10_000);
    let [lost] = &report.opaque[..] else { panic!("{:?}", report.opaque) };
    let first = report.findings.last().map_or(0, |last| last.end);
    assert!(lost.range.start > first && lost.range.end > body.len() - 40, "{lost:?}");
}

#[test]
fn keywords_are_whole_words_in_either_case_unless_told_otherwise() {
    let list = |more: &str| {
        scanner(&format!(
            r#"{{"keywords": [{{"name": "k", "words": ["bluebird", "blue", "C++", "été"]{more}}}]}}"#
        ))
    };
    for (more, text, words) in [
        ("", "Bluebird blue bluebirds BLUE C++. ÉTÉ", "Bluebird blue BLUE C++ ÉTÉ"),
        (r#", "case_sensitive": true"#, "Bluebird blue", "blue"),
        (r#", "whole_words": false"#, "bluebirds Xblue", "bluebird blue"),
    ] {
        let found: Vec<_> = found(&list(more), text).into_iter().map(|(_, word)| word).collect();
        assert_eq!(found.join(" "), words, "{more}");
    }
}

#[test]
fn what_cannot_work_is_refused_with_its_place_and_the_reason() {
    for (json, message) in [
        (
            r#"{"detectors": {"pii.emial": {}}}"#,
            "detectors.pii.emial: no detector has the class `pii.emial`; did you mean `pii.email`?",
        ),
        (
            r#"{"allow": [{"detector": "nope.*", "value": "x"}]}"#,
            "allow[0].detector: no detector has the class `nope.*`",
        ),
        (r#"{"allow": [{}]}"#, "allow[0]: needs one of `value`, `regex` and `path`"),
        (r#"{"allow": [{"regex": "("}]}"#, "allow[0].regex: "),
        (
            r#"{"patterns": [{"name": "a", "regex": "x("}]}"#,
            "patterns[0].regex: pattern `a`: unclosed group (at byte 1)",
        ),
        (
            r#"{"patterns": [{"name": "a", "regex": "x*"}]}"#,
            "patterns[0].regex: pattern `a`: matches the empty string",
        ),
        (
            r#"{"patterns": [{"name": "a", "regex": "\\w{1000}"}]}"#,
            "patterns[0].regex: pattern `a`: cannot be compiled within 4 MiB",
        ),
        (r#"{"patterns": [{"name": "a b", "regex": "x"}]}"#, "patterns[0].name: `a b` is no name"),
        (
            r#"{"patterns": [{"name": "a", "regex": "x"}, {"name": "a", "regex": "y"}]}"#,
            "patterns and keywords: `custom.a` is there twice",
        ),
        (
            r#"{"keywords": [{"name": "a", "words": []}]}"#,
            "keywords[0].words: list `a`: needs 1 to 20000 words",
        ),
        (
            r#"{"keywords": [{"name": "a", "words": ["x", " "]}]}"#,
            "keywords[0].words[1]: list `a`: a word has 1 to 256 bytes",
        ),
    ] {
        let refusal = refusal(json);
        assert!(refusal.starts_with(message), "{json}: {refusal}");
    }
    assert!(serde_json::from_str::<Settings>(r#"{"patern": []}"#).is_err());
}

#[test]
fn overrides_go_from_the_general_to_the_specific() {
    let scanner = scanner(
        r#"{"actions": {"MEDIUM": "redact"},
            "detectors": {"pii.*": {"severity": "HIGH"}, "pii.email": {"action": "block"}, "secret.*": {"enabled": false}},
            "patterns": [{"name": "ours", "regex": "OURS", "severity": "MEDIUM"}]}"#,
    );
    let email = scan(&scanner, "to a@corp.io").findings[0].clone();
    assert_eq!((email.severity, email.action), (Severity::High, Action::Block));
    let ours = scan(&scanner, "OURS").findings[0].clone();
    assert_eq!((ours.severity, ours.action), (Severity::Medium, Action::Redact));
    let reserved = scan(&scanner, "to a@example.com").findings[0].clone();
    assert_eq!((reserved.severity, reserved.action), (Severity::Low, Action::Record));
    let key = ["AKIA", "Q7ZT4MWPX2LKVB3R"].concat();
    assert!(found(&scanner, &key).is_empty());
    let listed: Vec<_> = scanner.detectors().filter(|d| !d.enabled).collect();
    assert!(!listed.is_empty() && listed.iter().all(|d| d.class.starts_with("secret.")));
}

#[test]
fn allowed_values_are_no_findings_and_neither_is_what_lies_inside_them() {
    let scanner = scanner(
        r#"{"allow": [{"detector": "payment.card_number", "value": "4111 1111 1111 1111"}, {"regex": ".*@corp\\.io"}],
            "patterns": [{"name": "four", "regex": "1111", "severity": "LOW"}]}"#,
    );
    assert_eq!(found(&scanner, "4111-1111-1111-1111 a@corp.io"), []);
    assert_eq!(found(&scanner, "a@corp.io.net"), [("pii.email".to_owned(), "a@corp.io.net".to_owned())]);
}

#[test]
fn a_pattern_may_go_one_way_only_and_ask_for_a_checksum() {
    let scanner = scanner(
        r#"{"patterns": [{"name": "out", "regex": "OUT", "direction": "request"},
                         {"name": "iban", "regex": "[A-Z]{2}\\d{2}[A-Z0-9]{11,30}", "check": "iban"}]}"#,
    );
    let response = Input { format: Format::Text, direction: Direction::Response, known: None };
    assert_eq!(found(&scanner, "OUT").len(), 1);
    assert!(scanner.scan(b"OUT", response).findings.is_empty());
    let ibans = found(&scanner, "DE89370400440532013000 DE89370400440532013001");
    assert!(
        ibans
            .iter()
            .filter(|(class, _)| class == "custom.iban")
            .map(|(_, v)| &**v)
            .eq(["DE89370400440532013000"])
    );
}

#[test]
fn a_pattern_may_ask_for_length_and_entropy() {
    let scanner = scanner(
        r#"{"detectors": {"*": {"enabled": false}, "custom.*": {"enabled": true}}, "patterns": [
            {"name": "key", "regex": "k-[a-z0-9]+", "min_entropy": 3.0, "min_length": 12, "max_length": 20}]}"#,
    );
    let text = "k-abc k-aaaaaaaaaaaaaa k-9f2kq7x1zb4m k-9f2kq7x1zb4m9f2kq7x1zb4m";
    assert_eq!(found(&scanner, text), [("custom.key".to_owned(), "k-9f2kq7x1zb4m".to_owned())]);
    for (setting, word) in
        [(r#""min_entropy": 9"#, "min_entropy"), (r#""min_length": 3, "max_length": 2"#, "max_length")]
    {
        let refused = refusal(&format!(r#"{{"patterns": [{{"name": "p", "regex": "abc", {setting}}}]}}"#));
        assert!(refused.starts_with(&format!("patterns[0].{word}")), "{refused}");
    }
}

#[test]
fn a_place_in_a_document_may_be_allowed() {
    let scanner = scanner(r#"{"allow": [{"detector": "pii.email", "path": "/meta/*"}]}"#);
    let body =
        br#"{"meta": {"owner": "ada@corp.io"}, "text": "bob@corp.io", "in": "{\"meta\": \"eve@corp.io\"}"}"#;
    let input = Input { format: Format::Json, direction: Direction::Request, known: None };
    let places: Vec<_> = scanner.scan(body, input).findings.into_iter().filter_map(|f| f.pointer).collect();
    assert_eq!(places, ["/text", "/in#/meta"]);
    assert!(refusal(r#"{"allow": [{"path": "/a", "value": "b"}]}"#).contains("one of"));
}

#[test]
fn some_agents_may_have_other_settings() {
    let settings: Settings = serde_json::from_str(
        r#"{"detectors": {"pii.email": {"action": "redact", "severity": "HIGH"}}, "agents": [
            {"names": ["mail-*"], "detectors": {"pii.email": {"action": "record"}}},
            {"names": ["mail-old", "x"], "detectors": {"pii.email": {"enabled": false}}, "allow": [{"value": "v"}]}]}"#,
    )
    .unwrap();
    assert_eq!(settings.for_agent("other"), None);
    let email = |agent: &str| {
        let scanner = Scanner::new(&settings.for_agent(agent).unwrap()).unwrap();
        let report = scan(&scanner, "to ada@corp.io");
        report.findings.first().map(|finding| (finding.action, finding.severity))
    };
    assert_eq!(email("mail-new"), Some((Action::Record, Severity::High)));
    assert_eq!(email("mail-old"), None);
    assert_eq!(email("x"), None);
    let refused =
        refusal(r#"{"agents": [{"names": ["a"], "detectors": {"pii.emial": {"enabled": false}}}]}"#);
    assert!(
        refused.starts_with("agents[0].detectors.pii.emial") && refused.contains("pii.email"),
        "{refused}"
    );
    assert!(refusal(r#"{"agents": [{"names": []}]}"#).starts_with("agents[0].names"));
}
