//! `renlayer agent` and `renlayer key`.

use clap::{Args, Subcommand};
use jiff::Timestamp;

/// Agents.
#[derive(Debug, Subcommand)]
pub(crate) enum AgentCommand {
    /// Create an agent
    Create(NewAgent),
    /// List agents
    List {
        /// Print JSON, one agent a line
        #[arg(long)]
        json: bool,
    },
}

/// An agent to be.
#[derive(Args, Debug)]
pub(crate) struct NewAgent {
    /// Its name, by which policies, limits and traces know it
    pub(crate) name: String,

    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Create a key for an agent; it is shown once and stored as a hash
    #[command(after_help = "\
Examples:
  renlayer key create billing-bot
  renlayer key create billing-bot --expires 2027-01-01T00:00:00Z --json")]
    Create(NewKey),
    /// List keys, without the keys themselves
    List {
        /// Only those of this agent
        #[arg(long, value_name = "NAME")]
        agent: Option<String>,

        /// Print JSON, one key a line
        #[arg(long)]
        json: bool,
    },
    /// Revoke a key; once this returns, no running proxy lets a call with it through
    Revoke {
        /// The key's id, as `key list` shows it
        id: renlayer_core::id::KeyId,
    },
}

/// A key to be.
#[derive(Args, Debug)]
pub(crate) struct NewKey {
    /// The agent it is for
    pub(crate) agent: String,

    /// When it ends, in RFC 3339; without, it does not
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<Timestamp>,

    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}
