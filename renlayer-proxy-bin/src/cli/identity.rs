//! `renlayer agent` and `renlayer key`.

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use renlayer_core::config::Mode;

/// Agents.
#[derive(Debug, Subcommand)]
pub(crate) enum AgentCommand {
    /// Create an agent
    Create(NewAgent),
    /// Say whether decisions on an agent's calls take effect
    #[command(after_help = "\
Examples:
  renlayer agent update new-bot --mode observe      record what would be decided, refuse nothing
  renlayer agent update new-bot --mode inherit      as for its tenant again

An agent that the configuration file declares is changed there.")]
    Update {
        /// Its name
        name: String,

        /// `inherit` leaves it to the tenant, and that to the process
        #[arg(long, value_name = "MODE")]
        mode: AgentMode,
    },
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

    /// Whether decisions on its calls take effect
    #[arg(long, value_name = "MODE", default_value = "inherit")]
    pub(crate) mode: AgentMode,

    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Whether decisions on an agent's calls take effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AgentMode {
    /// They do
    Enforce,
    /// They are recorded only
    Observe,
    /// As for its tenant
    Inherit,
}

impl AgentMode {
    /// The mode as it is kept.
    pub(crate) fn to_mode(self) -> Option<Mode> {
        match self {
            Self::Enforce => Some(Mode::Enforce),
            Self::Observe => Some(Mode::Observe),
            Self::Inherit => None,
        }
    }
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
