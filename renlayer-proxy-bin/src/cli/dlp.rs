//! `renlayer dlp`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use renlayer_core::dlp::Severity;

/// Data loss prevention.
#[derive(Debug, Subcommand)]
pub(crate) enum DlpCommand {
    /// Scan files, folders or standard input
    #[command(after_help = "\
Examples:
  renlayer dlp scan .                            all files below the working directory
  git diff --cached | renlayer dlp scan -        what is about to be committed
  renlayer dlp scan --json --fail-on high src/   JSON Lines; exit code 1 from HIGH on
  renlayer dlp scan --batch < texts.jsonl        {\"id\":…,\"text\":…} in, {\"id\":…,\"findings\":[…]} out

The found text itself is never shown. Exit codes: 0 nothing at or above --fail-on, 1 something,
2 a file or an input line could not be read.")]
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

    /// Print JSON, one finding a line
    #[arg(long, conflicts_with = "batch")]
    pub(crate) json: bool,

    /// Answer JSON Lines on standard input, line by line
    #[arg(long, conflicts_with = "paths")]
    pub(crate) batch: bool,

    /// The least severity that makes the exit code 1 [default: low; with --batch: never]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<FailOn>,
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
