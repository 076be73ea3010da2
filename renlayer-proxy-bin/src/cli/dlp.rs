//! `renlayer dlp`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use renlayer_core::dlp::Severity;

/// Data loss prevention.
#[derive(Debug, Subcommand)]
pub(crate) enum DlpCommand {
    /// Scan files, folders or standard input
    #[command(after_help = "\
Examples:
  renlayer dlp scan .                              all files below the working directory
  renlayer dlp scan --class 'secret.*' .           only what opens doors
  git diff --cached | renlayer dlp scan -          what is about to be committed
  renlayer dlp scan --json --fail-on high src/     JSON Lines; exit code 1 from HIGH on
  renlayer dlp scan --format sarif . > dlp.sarif   for code scanning services
  renlayer dlp scan --write-baseline known.json .  from now on, only what is new:
  renlayer dlp scan --baseline known.json .
  renlayer dlp scan --batch < texts.jsonl          {\"id\":…,\"text\":…} in, {\"id\":…,\"findings\":[…]} out

In folders, files that Git ignores, that a .renlayerignore names or that are binary are left out; a file that is named
is always read. A line that holds `renlayer:allow` has no findings. The found text itself is never shown.

Exit codes: 0 nothing at or above --fail-on, 1 something, 2 a file or an input line could not be read.")]
    Scan(ScanArgs),
    /// List detectors
    Detectors {
        /// Print JSON, one detector a line
        #[arg(long)]
        json: bool,
    },
}

/// What to scan and how to tell.
#[derive(Args, Debug)]
pub(crate) struct ScanArgs {
    /// Files and folders; `-` is standard input [default: -]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// How to tell what was found
    #[arg(long, value_enum, default_value_t, conflicts_with = "batch")]
    pub(crate) format: ReportFormat,

    /// The same as --format json
    #[arg(long, conflicts_with_all = ["batch", "format"])]
    pub(crate) json: bool,

    /// Answer JSON Lines on standard input, line by line
    #[arg(long, conflicts_with = "paths")]
    pub(crate) batch: bool,

    /// The least severity that makes the exit code 1 [default: low; with --batch: never]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<FailOn>,

    /// Only look for these classes, such as `secret.*`; may be repeated
    #[arg(long = "class", value_name = "GLOB")]
    pub(crate) classes: Vec<String>,

    /// Say nothing of findings that this file knows
    #[arg(long, value_name = "FILE", conflicts_with = "batch")]
    pub(crate) baseline: Option<PathBuf>,

    /// Write what is found to this file, for --baseline, instead of telling it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["batch", "baseline", "format", "json"])]
    pub(crate) write_baseline: Option<PathBuf>,

    /// Read files that Git or a .renlayerignore ignores as well
    #[arg(long, conflicts_with = "batch")]
    pub(crate) no_ignore: bool,

    /// Read binary files as well
    #[arg(long, conflicts_with = "batch")]
    pub(crate) binary: bool,

    /// Do not read files larger than this, in MiB; each is reported
    #[arg(long, value_name = "MIB", default_value_t = 256, conflicts_with = "batch")]
    pub(crate) max_size: u64,

    /// How many files to read at a time [default: one per core]
    #[arg(long, value_name = "N", conflicts_with = "batch")]
    pub(crate) threads: Option<NonZeroUsize>,
}

/// How a scan of files tells what it found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// A line for people
    #[default]
    Text,
    /// JSON Lines, one finding a line
    Json,
    /// One SARIF 2.1.0 document
    Sarif,
}

/// From which severity on findings make a scan fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Low,
    Medium,
    High,
    Critical,
    /// Findings never make it fail
    Never,
}

// === impl ScanArgs ===

impl ScanArgs {
    /// The format that was asked for, in either way.
    pub(crate) fn report_format(&self) -> ReportFormat {
        if self.json { ReportFormat::Json } else { self.format }
    }
}

// === impl FailOn ===

impl FailOn {
    /// Whether a finding of this severity makes the scan fail.
    pub(crate) fn reached_by(self, severity: Severity) -> bool {
        let least = match self {
            Self::Low => Severity::Low,
            Self::Medium => Severity::Medium,
            Self::High => Severity::High,
            Self::Critical => Severity::Critical,
            Self::Never => return false,
        };
        severity >= least
    }
}
