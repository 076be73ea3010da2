//! SARIF 2.1.0, the interchange format of code scanning services (OASIS, `sarif-v2.1.0-os`).
//!
//! One run, one rule a class, one result a finding. Text of the scanned file is in none of it (`snippet` and
//! `partialFingerprints` are left out: the one would carry the value, the other would have to be keyed to be of use).

use std::collections::HashMap;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use renlayer_core::dlp::{Scanner, Severity};
use serde_json::{Value, json};

use super::source::Located;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What a path may not hold as it is in a URI reference (RFC 3986, section 3.3).
const NOT_IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b':')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A document under way.
pub(super) struct Sarif {
    /// What each class finds, and its severity.
    classes: HashMap<String, (String, Severity)>,
    rules: Vec<Value>,
    rule_index: HashMap<String, usize>,
    results: Vec<Value>,
    notifications: Vec<Value>,
}

// === impl Sarif ===

impl Sarif {
    /// An empty document over the classes of a scanner.
    pub(super) fn new(scanner: &Scanner) -> Self {
        let mut classes = HashMap::new();
        for detector in scanner.detectors() {
            classes
                .entry(detector.class.to_string())
                .or_insert_with(|| (detector.finds.to_string(), detector.severity));
        }
        Self {
            classes,
            rules: Vec::new(),
            rule_index: HashMap::new(),
            results: Vec::new(),
            notifications: Vec::new(),
        }
    }

    /// Adds a finding.
    pub(super) fn result(&mut self, path: &str, located: &Located) {
        let Located { finding, span } = located;
        let index = self.rule(&finding.class);
        self.results.push(json!({
            "ruleId": &*finding.class,
            "ruleIndex": index,
            "level": level(finding.severity),
            "message": { "text": format!("{} ({}, confidence {:.2})", self.finds(&finding.class), finding.severity, finding.confidence) },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": uri(path) },
                "region": {
                    "startLine": span.start.line,
                    "startColumn": span.start.column,
                    "endLine": span.end.line,
                    "endColumn": span.end.column,
                    "byteOffset": finding.start,
                    "byteLength": finding.end - finding.start,
                },
            } }],
            "properties": { "confidence": finding.confidence, "evidence": finding.evidence, "detector": &*finding.detector },
        }));
    }

    /// Adds something that could not be read.
    pub(super) fn notification(&mut self, path: &str, reason: &str) {
        self.notifications.push(json!({
            "level": "error",
            "message": { "text": reason },
            "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri(path) } } }],
        }));
    }

    /// The whole document.
    pub(super) fn document(self) -> Value {
        json!({
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "renlayer",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": self.rules,
                } },
                "columnKind": "unicodeCodePoints",
                "invocations": [{
                    "executionSuccessful": self.notifications.is_empty(),
                    "toolExecutionNotifications": self.notifications,
                }],
                "results": self.results,
            }],
        })
    }

    /// The index of the rule of a class, which is added when it is new.
    fn rule(&mut self, class: &str) -> usize {
        if let Some(index) = self.rule_index.get(class) {
            return *index;
        }
        let severity = self.classes.get(class).map_or(Severity::High, |(_, severity)| *severity);
        self.rules.push(json!({
            "id": class,
            "shortDescription": { "text": self.finds(class) },
            "defaultConfiguration": { "level": level(severity) },
            "properties": { "tags": ["security"], "security-severity": score(severity) },
        }));
        let index = self.rules.len() - 1;
        self.rule_index.insert(class.to_owned(), index);
        index
    }

    fn finds(&self, class: &str) -> String {
        self.classes.get(class).map_or_else(|| class.to_owned(), |(finds, _)| finds.clone())
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// On the scale of CVSS, as services that rank results read it.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.0",
        Severity::Low => "2.0",
    }
}

/// A relative reference for a relative path, a `file` URI for an absolute one.
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let encoded = utf8_percent_encode(path, NOT_IN_PATH);
    if path.starts_with('/') { format!("file://{encoded}") } else { encoded.to_string() }
}

#[cfg(test)]
mod tests {
    use renlayer_core::dlp::Format;

    use super::*;
    use crate::command::dlp::source;

    #[test]
    fn a_document_names_rules_places_and_no_values() {
        let scanner = Scanner::builtin();
        let mut sarif = Sarif::new(&scanner);
        for located in &source::scan(&scanner, b"x\nto alice@corp.io, bob@corp.io", Format::Text).findings {
            sarif.result("./a b.txt", located);
        }
        sarif.notification("/gone", "no such file");
        let document = sarif.document();
        let run = &document["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 1);
        let (first, second) = (&run["results"][0], &run["results"][1]);
        assert_eq!((&first["ruleId"], &second["ruleIndex"]), (&json!("pii.email"), &json!(0)));
        let place = &first["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20b.txt");
        assert_eq!(
            place["region"],
            json!({"startLine": 2, "startColumn": 4, "endLine": 2, "endColumn": 17, "byteOffset": 5, "byteLength": 13})
        );
        assert_eq!(run["invocations"][0]["executionSuccessful"], false);
        assert!(!document.to_string().contains("alice"));
    }

    #[test]
    fn paths_become_uris() {
        for (path, expected) in [
            ("src/a.rs", "src/a.rs"),
            ("./a#b?.txt", "a%23b%3F.txt"),
            ("/tmp/é", "file:///tmp/%C3%A9"),
            ("-", "-"),
        ] {
            assert_eq!(uri(path), expected, "{path}");
        }
    }
}
