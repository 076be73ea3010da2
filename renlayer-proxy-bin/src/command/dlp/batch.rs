//! `renlayer dlp scan --batch`: JSON Lines in, JSON Lines out, one answer per line and in order, each flushed, so that
//! another program can hold a conversation over the pipe.

use std::io::{self, BufRead, Write};

use renlayer_core::dlp::{Direction, Finding, Format, Input, Scanner};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::cli::{FailOn, ScanArgs};
use crate::failure::{Exit, Failure};
use crate::output::{Output, notice};

/// One line in.
#[derive(Deserialize)]
struct Question<'a> {
    /// Any JSON value; it comes back as it was written.
    #[serde(borrow)]
    id: &'a RawValue,
    text: String,
}

/// One line out.
#[derive(Serialize)]
struct Answer<'a> {
    id: &'a RawValue,
    findings: Vec<Told<'a>>,
}

/// A finding; its range counts bytes of the text in UTF-8.
#[derive(Serialize)]
struct Told<'a> {
    class: &'a str,
    severity: &'static str,
    start: usize,
    end: usize,
    confidence: f32,
    detector: &'a str,
}

/// Answers standard input until it ends.
pub(super) fn run(scanner: &Scanner, args: &ScanArgs) -> Result<(), Failure> {
    let fail_on = args.fail_on.unwrap_or(FailOn::Never);
    converse(scanner, fail_on, io::stdin().lock(), &mut Output::stdout(true))
}

fn converse<W: Write>(
    scanner: &Scanner,
    fail_on: FailOn,
    mut input: impl BufRead,
    output: &mut Output<W>,
) -> Result<(), Failure> {
    let (mut number, mut bad, mut failing) = (0_usize, 0_usize, false);
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        number += 1;
        if !line.trim_ascii().is_empty() {
            match serde_json::from_slice::<Question<'_>>(&line) {
                Ok(question) => failing |= answer(scanner, fail_on, &question, output)?,
                Err(error) => {
                    bad += 1;
                    // serde's message may quote the line; its kind and column do not.
                    let column = error.column();
                    notice(format_args!(
                        "line {number}: not {{\"id\": …, \"text\": \"…\"}} (at column {column})"
                    ));
                }
            }
        }
        line.clear();
    }
    match (bad, failing) {
        (0, false) => Ok(()),
        (0, true) => Err(Failure::silent(Exit::No)),
        (bad, _) => Err(Failure::usage(format!("{bad} lines could not be read"))),
    }
}

/// Whether a finding is one that fails the run.
fn answer<W: Write>(
    scanner: &Scanner,
    fail_on: FailOn,
    question: &Question<'_>,
    output: &mut Output<W>,
) -> io::Result<bool> {
    let input = Input { format: Format::Text, direction: Direction::Request, known: None };
    let report = scanner.scan(question.text.as_bytes(), input);
    output.json(&Answer { id: question.id, findings: report.findings.iter().map(Told::new).collect() })?;
    output.flush()?;
    Ok(report.findings.iter().any(|finding| fail_on.reached_by(finding.severity)))
}

// === impl Told ===

impl<'a> Told<'a> {
    fn new(finding: &'a Finding) -> Self {
        Self {
            class: &finding.class,
            severity: finding.severity.as_str(),
            start: finding.start,
            end: finding.end,
            confidence: finding.confidence,
            detector: &finding.detector,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_answered_and_bad_ones_are_counted() {
        let input = "{\"id\": 1, \"text\": \"nothing\"}\n\nno json\n{\"id\": {\"a\": 1}, \"text\": \"é alice@corp.io\"}\n";
        let mut out = Vec::new();
        let answered =
            converse(&Scanner::builtin(), FailOn::Never, input.as_bytes(), &mut Output::new(&mut out, true));
        assert_eq!(answered.unwrap_err().to_string(), "error: 1 lines could not be read");
        let lines: Vec<serde_json::Value> =
            out.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0], serde_json::json!({"id": 1, "findings": []}));
        assert_eq!(lines[1]["id"]["a"], 1);
        let finding = &lines[1]["findings"][0];
        assert_eq!(
            (&finding["class"], &finding["start"], &finding["end"]),
            (&"pii.email".into(), &3.into(), &16.into())
        );
    }
}
