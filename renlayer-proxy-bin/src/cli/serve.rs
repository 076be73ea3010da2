//! `renlayer serve`, and what plain `renlayer` shares with it.

use std::net::SocketAddr;

use clap::Args;
use renlayer_core::config::{LogLevel, Mode, Overrides, Upstream};

use super::Place;

/// Flags of the proxy; each wins over the environment and the file.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub(crate) struct ServeArgs {
    /// Where agents connect [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,

    /// Record verdicts without acting on them
    #[arg(long)]
    pub(crate) observe: bool,

    /// Where calls go that no route takes
    #[arg(long, value_name = "URL")]
    pub(crate) default_upstream: Option<Upstream>,

    /// The least severity that is logged: error, warn, info, debug or trace
    #[arg(long, value_name = "LEVEL", value_parser = log_level)]
    pub(crate) log_level: Option<LogLevel>,

    /// Threads that serve calls [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) workers: Option<u16>,
}

// === impl ServeArgs ===

impl ServeArgs {
    /// These flags, and those of `outer` where these say nothing.
    pub(crate) fn or(self, outer: Self) -> Self {
        Self {
            listen: self.listen.or(outer.listen),
            observe: self.observe || outer.observe,
            default_upstream: self.default_upstream.or(outer.default_upstream),
            log_level: self.log_level.or(outer.log_level),
            workers: self.workers.or(outer.workers),
        }
    }

    /// What they put in place of the configuration.
    pub(crate) fn overrides(&self, place: &Place) -> Overrides {
        Overrides {
            listen: self.listen,
            database: place.database.clone(),
            mode: self.observe.then_some(Mode::Observe),
            default_upstream: self.default_upstream.clone(),
            log_level: self.log_level,
        }
    }
}

fn log_level(text: &str) -> Result<LogLevel, String> {
    const LEVELS: [LogLevel; 5] =
        [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace];
    let known = LEVELS.into_iter().find(|level| level.as_str() == text);
    known.ok_or_else(|| "expected error, warn, info, debug or trace".into())
}
