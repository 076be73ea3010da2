//! `renlayer dlp scan`: files, folders and standard input.

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::Path;
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use renlayer_core::dlp::{Format, Scanner, Settings};

use super::baseline::Baseline;
use super::files::{self, Found};
use super::pool;
use super::report::{Report, Tally};
use super::source::{self, Limits, Scanned, Seen};
use crate::cli::{FailOn, ScanArgs};
use crate::failure::{Exit, Failure};
use crate::output::{is_watched, notice};

/// A run under way.
struct Run {
    report: Report,
    baseline: Baseline,
    tally: Tally,
    fail_on: FailOn,
    failing: bool,
    unread: usize,
}

/// Scans everything that was named and tells what was found where.
pub(super) fn run(settings: Settings, args: &ScanArgs) -> Result<(), Failure> {
    let baseline = args.baseline.as_deref().map_or_else(Baseline::new, Baseline::read)?;
    let scanner = super::scanner(&settings.with_fingerprint_key(baseline.key()))?;
    let mut run = Run::new(args, &scanner, baseline);
    let limits = Limits { max_bytes: args.max_size.saturating_mul(1 << 20), binary: args.binary };
    if args.paths.is_empty() || args.paths.iter().any(|path| is_stdin(path)) {
        run.stdin(&scanner, limits.max_bytes)?;
    }
    let named: Vec<_> = args.paths.iter().filter(|path| !is_stdin(path)).cloned().collect();
    run.files(&scanner, &files::find(&named, args.no_ignore), limits, args)?;
    run.finish(args.write_baseline.is_some())
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Whether the progress bar can stay where it is.
fn says_nothing(seen: &Option<io::Result<Seen>>) -> bool {
    matches!(seen, Some(Ok(Seen::Scanned(scanned))) if scanned.findings.is_empty() && scanned.opaque.is_empty())
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

// === impl Run ===

impl Run {
    fn new(args: &ScanArgs, scanner: &Scanner, baseline: Baseline) -> Self {
        Self {
            report: Report::new(args, scanner),
            baseline,
            tally: Tally::default(),
            fail_on: args.fail_on.unwrap_or(FailOn::Low),
            failing: false,
            unread: 0,
        }
    }

    fn stdin(&mut self, scanner: &Scanner, max_bytes: u64) -> io::Result<()> {
        let mut bytes = Vec::new();
        io::stdin().lock().take(max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > max_bytes {
            self.unread(Path::new("-"), &"larger than --max-size");
            return Ok(());
        }
        self.scanned("-", &source::scan(scanner, &bytes, Format::Text))
    }

    fn files(
        &mut self,
        scanner: &Scanner,
        found: &[Found],
        limits: Limits,
        args: &ScanArgs,
    ) -> io::Result<()> {
        let threads =
            args.threads.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
        let progress = progress(found.len());
        let outcome = pool::look_at_all(scanner, found, limits, threads, |file, seen| {
            progress.inc(1);
            if says_nothing(&seen) {
                self.file(file, seen)
            } else {
                progress.suspend(|| self.file(file, seen))
            }
        });
        progress.finish_and_clear();
        outcome
    }

    fn file(&mut self, file: &Found, seen: Option<io::Result<Seen>>) -> io::Result<()> {
        match (file, seen) {
            (Err((path, error)), _) => self.unread(path, error),
            (Ok(path), Some(Err(error))) => self.unread(path, &error),
            (Ok(path), Some(Ok(Seen::TooLarge))) => self.unread(path, &"larger than --max-size"),
            (Ok(_), Some(Ok(Seen::Binary))) => self.tally.binary += 1,
            (Ok(path), Some(Ok(Seen::Scanned(scanned)))) => {
                return self.scanned(&path.display().to_string(), &scanned);
            }
            (Ok(_), None) => {}
        }
        Ok(())
    }

    fn scanned(&mut self, path: &str, scanned: &Scanned) -> io::Result<()> {
        self.tally.files += 1;
        self.tally.bytes += scanned.bytes;
        for located in &scanned.findings {
            if self.baseline.knows(path, &located.finding) {
                self.tally.known += 1;
                continue;
            }
            self.tally.findings += 1;
            self.failing |= self.fail_on.reached_by(located.finding.severity);
            self.report.tell(path, located, &mut self.baseline)?;
        }
        if let Some(reason) = scanned.opaque.first() {
            let parts = scanned.opaque.len();
            let reason = format!("{parts} parts could not be looked into ({})", reason.as_str());
            self.unread(Path::new(path), &reason);
        }
        Ok(())
    }

    /// What was not read is not clean: it is told, and the run fails.
    fn unread(&mut self, path: &Path, reason: &dyn std::fmt::Display) {
        self.unread += 1;
        let (path, reason) = (path.display().to_string(), reason.to_string());
        notice(format_args!("{path}: {reason}"));
        self.report.unread(&path, &reason);
    }

    /// Finding what is to be known is no failure.
    fn finish(self, is_baseline: bool) -> Result<(), Failure> {
        self.report.finish(&self.tally, &self.baseline)?;
        match (self.unread, self.failing && !is_baseline) {
            (0, false) => Ok(()),
            (0, true) => Err(Failure::silent(Exit::No)),
            (unread, _) => Err(Failure::usage(format!("{unread} paths could not be read, or not in full"))),
        }
    }
}
