//! `renlayer policy replay`.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

/// What is replayed.
#[derive(Args, Clone, Debug)]
pub(crate) struct ReplayArgs {
    /// The configuration with the change: its policies (Cedar and groups too), their default and its detectors' settings stand in
    /// place of those in force
    #[arg(value_name = "CHANGE")]
    pub(crate) change: PathBuf,

    /// Traces from this time on: RFC 3339, or an age such as 90s, 15m, 2h, 7d
    #[arg(long, value_name = "TIME", value_parser = super::trace::moment, default_value = "7d")]
    pub(crate) since: Timestamp,

    /// Traces before this time
    #[arg(long, value_name = "TIME", value_parser = super::trace::moment)]
    pub(crate) until: Option<Timestamp>,

    /// Only traces of this agent, by id or name
    #[arg(long, value_name = "NAME")]
    pub(crate) agent: Option<String>,

    /// How many calls to show of those that would be judged otherwise
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) examples: usize,

    /// Print JSON: one line a call that would be judged otherwise, and last a summary
    #[arg(long)]
    pub(crate) json: bool,
}
