//! `renlayer policy`, as far as it saves: policies of the store and their versions.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Policies that the store keeps.
#[derive(Debug, Subcommand)]
pub(crate) enum SavedPolicyCommand {
    /// Save a new policy; once this returns, every running proxy judges by it
    #[command(after_help = "\
Examples:
  renlayer policy create no-iam.yaml --reason 'IAM changes are not for agents'
  echo '{\"name\": \"no-iam\", \"match\": {\"upstream\": \"*.amazonaws.com/iam/*\"}, \"action\": \"DENY\"}' | renlayer policy create -

A file holds one policy, as YAML, TOML or JSON by its ending; standard input (`-`) is YAML, which JSON is too. A file whose name ends
in `.cedar` holds Cedar policies, and its name without that is theirs.")]
    Create(SaveArgs),
    /// Save a new version of the policy of that name
    Update(SaveArgs),
    /// Print a policy as it is saved, or as a version of it was
    Show {
        /// Its name
        name: String,

        /// The version; without, the latest
        #[arg(long, value_name = "N")]
        version: Option<i64>,

        /// The Cedar policies of that name, where a native policy has it, too
        #[arg(long)]
        cedar: bool,
    },
    /// Let a policy take part again (Cedar policies do as long as they are there)
    Enable(ChangeArgs),
    /// Leave a policy out of every decision; it stays in the list
    Disable(ChangeArgs),
    /// Take a policy away; its history stays, and `rollback` brings it back
    Delete(ChangeArgs),
    /// Tell who changed a policy, when, why, and what
    History {
        /// Its name; of a policy that was deleted, too
        name: String,

        /// The Cedar policies of that name, where a native policy has it, too
        #[arg(long)]
        cedar: bool,

        /// Print JSON, one version a line, the latest first
        #[arg(long)]
        json: bool,
    },
    /// Go back to what an earlier version said; that is a new version
    Rollback {
        #[command(flatten)]
        change: ChangeArgs,

        /// The version to go back to
        #[arg(value_name = "VERSION")]
        version: i64,
    },
}

/// A policy in a file.
#[derive(Args, Clone, Debug)]
pub(crate) struct SaveArgs {
    /// The file with the policy (`-`: standard input)
    pub(crate) file: PathBuf,

    /// Only where this is its latest version
    #[arg(long, value_name = "N")]
    pub(crate) if_version: Option<i64>,

    #[command(flatten)]
    pub(crate) author: Author,
}

/// A policy to change.
#[derive(Args, Clone, Debug)]
pub(crate) struct ChangeArgs {
    /// Its name
    pub(crate) name: String,

    /// The Cedar policies of that name, where a native policy has it, too
    #[arg(long)]
    pub(crate) cedar: bool,

    #[command(flatten)]
    pub(crate) author: Author,
}

/// What the history says of a change.
#[derive(Args, Clone, Debug)]
pub(crate) struct Author {
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,

    /// Who makes the change
    #[arg(long, value_name = "NAME", env = "USER", default_value = "unknown", hide_env_values = true)]
    pub(crate) by: String,
}
