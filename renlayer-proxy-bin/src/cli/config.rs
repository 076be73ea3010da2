//! `renlayer config`.

use clap::Subcommand;

/// The configuration and what the database holds of it.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Tell where the database is not as the configuration declares
    #[command(after_help = "\
Examples:
  renlayer config drift --config renlayer.yaml
  renlayer config drift --json

`+` the file declares it and the database does not have it, `-` an earlier file declared it, `~` it says something else: first
what the database says, then the file. It is what the next start or reload would change, for there the file wins. Nothing
is changed here. What was made by the command line stands beside the file and is no drift.

Exit codes: 0 none, 1 some, 2 the command line is wrong, 3 the configuration is wrong, 4 the database is away.")]
    Drift {
        /// Print JSON, one difference a line
        #[arg(long)]
        json: bool,
    },
}
