//! How findings are told: a line each for people, JSON Lines, a SARIF document, or a baseline.

use std::io;
use std::path::PathBuf;

use renlayer_core::dlp::{Finding, Scanner};
use serde::Serialize;

use super::baseline::Baseline;
use super::sarif::Sarif;
use super::source::Located;
use crate::cli::{ReportFormat, ScanArgs};
use crate::failure::Failure;
use crate::output::Output;

/// Where findings go.
pub(super) enum Report {
    /// A line each.
    Text(Output),
    /// A JSON value each.
    Json(Output),
    /// One document at the end.
    Sarif(Output, Sarif),
    /// A file of what is known.
    Baseline(PathBuf),
}

/// A finding as JSON Lines tell it.
#[derive(Serialize)]
struct Line<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    #[serde(flatten)]
    finding: &'a Finding,
}

/// What came of a whole run.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) files: usize,
    pub(super) bytes: usize,
    pub(super) findings: usize,
    pub(super) known: usize,
    pub(super) binary: usize,
}

// === impl Report ===

impl Report {
    /// As the command line asks for it.
    pub(super) fn new(args: &ScanArgs, scanner: &Scanner) -> Self {
        let output = Output::stdout(args.report_format() == ReportFormat::Json);
        match (&args.write_baseline, args.report_format()) {
            (Some(path), _) => Self::Baseline(path.clone()),
            (None, ReportFormat::Text) => Self::Text(output),
            (None, ReportFormat::Json) => Self::Json(output),
            (None, ReportFormat::Sarif) => Self::Sarif(output, Sarif::new(scanner)),
        }
    }

    /// Tells one finding, or notes it.
    pub(super) fn tell(&mut self, path: &str, located: &Located, baseline: &mut Baseline) -> io::Result<()> {
        let Located { finding, span } = located;
        match self {
            Self::Text(output) => output.text(&for_people(path, located)),
            Self::Json(output) => {
                output.json(&Line { path, line: span.start.line, column: span.start.column, finding })
            }
            Self::Sarif(_, sarif) => {
                sarif.result(path, located);
                Ok(())
            }
            Self::Baseline(_) => {
                baseline.add(path, finding);
                Ok(())
            }
        }
    }

    /// Notes something that could not be read; `notice` told it already.
    pub(super) fn unread(&mut self, path: &str, reason: &str) {
        if let Self::Sarif(_, sarif) = self {
            sarif.notification(path, reason);
        }
    }

    /// Says what is left to say.
    pub(super) fn finish(self, tally: &Tally, baseline: &Baseline) -> Result<(), Failure> {
        match self {
            Self::Text(mut output) => {
                output.line(tally.summary())?;
                Ok(output.flush()?)
            }
            Self::Json(mut output) => Ok(output.flush()?),
            Self::Sarif(mut output, sarif) => {
                output.pretty(&sarif.document())?;
                Ok(output.flush()?)
            }
            Self::Baseline(path) => {
                baseline.write(&path)?;
                let mut output = Output::stdout(false);
                let (known, path) = (baseline.len(), path.display());
                output.line(format_args!("{known} findings are known from now on, by {path}"))?;
                Ok(output.flush()?)
            }
        }
    }
}

fn for_people(path: &str, located: &Located) -> String {
    let Located { finding, span } = located;
    let evidence: String = finding.evidence.names().flat_map(|name| [", ", name]).collect();
    format!(
        "{path}:{}:{}: {} {} ({} bytes, confidence {:.2}{evidence})",
        span.start.line,
        span.start.column,
        finding.severity,
        finding.class,
        finding.end - finding.start,
        finding.confidence,
    )
}

// === impl Tally ===

impl Tally {
    fn summary(&self) -> String {
        let Self { files, bytes, findings, known, binary } = self;
        let known = if *known > 0 { format!(" ({known} known ones not told)") } else { String::new() };
        let binary = if *binary > 0 { format!(", {binary} binary files left out") } else { String::new() };
        format!("{findings} findings{known} in {files} files, {bytes} bytes scanned{binary}")
    }
}
