//! The command line: what can be said, and its help.
//!
//! Parsing only; [`crate::command`] does what is asked.

mod config;
mod dlp;
mod identity;
mod limit;
mod policy;
mod replay;
mod saved_policy;
mod serve;
mod trace;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use renlayer_core::config::DatabaseUrl;

pub(crate) use self::config::ConfigCommand;
pub(crate) use self::dlp::{DlpCommand, FailOn, ReportFormat, ScanArgs};
pub(crate) use self::identity::{AgentCommand, KeyCommand, NewAgent, NewKey};
pub(crate) use self::limit::LimitCommand;
pub(crate) use self::policy::{DiffArgs, LintArgs, PolicyCommand, TestArgs};
pub(crate) use self::replay::ReplayArgs;
pub(crate) use self::saved_policy::{Author, ChangeArgs, SaveArgs, SavedPolicyCommand};
pub(crate) use self::serve::ServeArgs;
pub(crate) use self::trace::{FilterArgs, ListArgs, TailArgs, TraceCommand};

const AFTER_HELP: &str = "\
Examples:
  renlayer                                    start on 127.0.0.1:8080 with built-in detectors
  renlayer serve --config renlayer.yaml       start with a configuration
  renlayer check --config renlayer.yaml       find mistakes in it without starting
  renlayer config drift                       what a reload would change in the database
  renlayer key create billing-bot             a new key for an agent, shown once
  renlayer dlp scan src/ notes.md             find sensitive data in files
  renlayer policy test --url https://api.openai.com/v1/chat/completions --body call.json
  renlayer policy lint --since main.yaml      what is wrong with policies, and what is newly allowed
  renlayer trace tail                         watch what agents do

Exit codes:
  0  done
  1  done, and the answer is no: findings, mistakes, a verdict other than expected
  2  the command line or its input is wrong
  3  the configuration is wrong
  4  something is not there: the database, the port

Every setting of the configuration file can also be given in the environment
(RENLAYER_LISTEN_ADDR, RENLAYER_DATABASE_URL, RENLAYER_DEFAULT_UPSTREAM, RENLAYER_LOG_LEVEL, …).";

/// The enforcement layer for AI agents: every call they make passes through it, is judged, and leaves a trace.
///
/// Without a command it starts the proxy.
#[derive(Debug, Parser)]
#[command(name = "renlayer", version, after_help = AFTER_HELP, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) place: Place,

    #[command(flatten)]
    pub(crate) serve: ServeArgs,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Where configuration and data are.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Place {
    /// The configuration file: YAML, TOML or JSON
    #[arg(long, short, value_name = "FILE", env = "RENLAYER_CONFIG", global = true)]
    pub(crate) config: Option<PathBuf>,

    /// The database: sqlite://FILE or postgres://USER@HOST/DATABASE
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) database: Option<DatabaseUrl>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the proxy (SIGTERM drains it; SIGHUP, or a change of its file, reloads the configuration)
    Serve(ServeArgs),
    /// Find mistakes in a configuration, with line and key
    Check,
    /// The configuration, and what the database holds of it
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Bring the database's schema up to date
    Migrate,
    /// Agents: identities that call
    #[command(subcommand)]
    Agent(AgentCommand),
    /// Agent keys: what agents prove their identity with
    #[command(subcommand)]
    Key(KeyCommand),
    /// Find sensitive data in files
    #[command(subcommand)]
    Dlp(DlpCommand),
    /// Limits: how much agents may do
    #[command(subcommand)]
    Limit(LimitCommand),
    /// Policies: which calls are allowed
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Traces: what agents did, and what was decided
    #[command(subcommand)]
    Trace(TraceCommand),
}
