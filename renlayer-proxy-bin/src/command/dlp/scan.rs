//! `renlayer dlp scan`: files, folders and standard input.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use renlayer_core::dlp::{Direction, Finding, Format, Input, Scanner};
use serde::Serialize;

use super::files;
use super::place::Lines;
use crate::cli::{FailOn, ScanArgs};
use crate::failure::{Exit, Failure};
use crate::output::{Output, is_watched, notice};

/// A finding as this command tells it.
#[derive(Serialize)]
struct Told<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    #[serde(flatten)]
    finding: &'a Finding,
}

/// What came of a whole run.
#[derive(Default)]
struct Tally {
    files: usize,
    bytes: usize,
    findings: usize,
    failing: bool,
    unread: usize,
}

/// Scans everything that was named and tells what was found where.
pub(super) fn run(scanner: &Scanner, args: &ScanArgs) -> Result<(), Failure> {
    let fail_on = args.fail_on.unwrap_or(FailOn::Low);
    let mut output = Output::stdout(args.json);
    let mut tally = Tally::default();
    let is_stdin = |path: &PathBuf| path.as_os_str() == "-";
    if args.paths.is_empty() || args.paths.iter().any(is_stdin) {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        tally.add(scanner, "-", &bytes, Format::Text, fail_on, &mut output)?;
    }
    let named: Vec<_> = args.paths.iter().filter(|path| !is_stdin(path)).cloned().collect();
    let found = files::find(&named);
    let progress = progress(found.len());
    for file in found {
        match file.and_then(|path| {
            fs::read(&path).map(|bytes| (path.clone(), bytes)).map_err(|error| (path, error))
        }) {
            Ok((path, bytes)) => {
                let format = format_of(&path);
                tally.add(scanner, &path.display().to_string(), &bytes, format, fail_on, &mut output)?;
            }
            Err((path, error)) => {
                tally.unread += 1;
                notice(format_args!("{}: {error}", path.display()));
            }
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    tally.sum_up(&mut output)?;
    output.flush()?;
    tally.verdict()
}

fn format_of(path: &Path) -> Format {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("json") => Format::Json,
        Some("jsonl" | "ndjson") => Format::Ndjson,
        _ => Format::Text,
    }
}

/// Shown to people, and only when a scan takes long enough to wonder.
fn progress(files: usize) -> ProgressBar {
    if files < 100 || !is_watched() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(files as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} files, {eta} left") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

// === impl Tally ===

impl Tally {
    fn add(
        &mut self,
        scanner: &Scanner,
        path: &str,
        bytes: &[u8],
        format: Format,
        fail_on: FailOn,
        output: &mut Output,
    ) -> io::Result<()> {
        let report = scanner.scan(bytes, Input { format, direction: Direction::Request, known: None });
        self.files += 1;
        self.bytes += bytes.len();
        self.findings += report.findings.len();
        self.failing |= report.findings.iter().any(|finding| fail_on.reached_by(finding.severity));
        if report.findings.is_empty() {
            return Ok(());
        }
        let lines = Lines::new(bytes);
        for finding in &report.findings {
            let (line, column) = lines.locate(finding.start);
            tell(output, &Told { path, line, column, finding })?;
        }
        Ok(())
    }

    fn sum_up(&self, output: &mut Output) -> io::Result<()> {
        if output.is_json() {
            return Ok(());
        }
        let Self { files, bytes, findings, .. } = self;
        output.line(format_args!("{findings} findings in {files} files, {bytes} bytes scanned"))
    }

    fn verdict(&self) -> Result<(), Failure> {
        match (self.unread, self.failing) {
            (0, false) => Ok(()),
            (0, true) => Err(Failure::silent(Exit::No)),
            (unread, _) => Err(Failure::usage(format!("{unread} paths could not be read"))),
        }
    }
}

fn tell(output: &mut Output, told: &Told<'_>) -> io::Result<()> {
    if output.is_json() {
        return output.json(told);
    }
    let Told { path, line, column, finding } = told;
    let evidence: Vec<_> = finding.evidence.names().collect();
    output.line(format_args!(
        "{path}:{line}:{column}: {} {} ({} bytes, confidence {:.2}{}{})",
        finding.severity,
        finding.class,
        finding.end - finding.start,
        finding.confidence,
        if evidence.is_empty() { "" } else { ", " },
        evidence.join(", "),
    ))
}
