//! `renlayer limit`.

use clap::Subcommand;

/// Limits.
#[derive(Debug, Subcommand)]
pub(crate) enum LimitCommand {
    /// List limits, by name
    List {
        /// Print JSON, one limit a line
        #[arg(long)]
        json: bool,
    },
    /// Show one limit, as it is written
    Show {
        /// Its name or id
        #[arg(value_name = "NAME")]
        name: String,

        /// Print JSON on one line
        #[arg(long)]
        json: bool,
    },
}
