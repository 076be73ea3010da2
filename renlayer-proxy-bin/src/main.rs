//! The `renlayer` binary: a reverse proxy that governs what AI agents do, and the command line beside it.
//!
//! | module | job |
//! |---|---|
//! | `cli` | what can be said on the command line |
//! | `command` | doing it |
//! | `settings` | from flags, file and environment to a configuration |
//! | `instance` | store, engine and traces of a running proxy, and their reload |
//! | `durable` | answers that wait until their traces are stored, where `traces.durability` is `strict` |
//! | `serve` | the way in: listener, connections, drain |
//! | `upstream` | the way out: pooled connections, timeouts, failures as answers |
//! | `admin` | health and metrics, under `/_/` |
//! | `output` | the only place that prints |
#![forbid(unsafe_code)]

mod admin;
mod cli;
mod command;
mod durable;
mod failure;
mod instance;
mod logging;
mod output;
mod runtime;
mod serve;
mod settings;
mod upstream;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;

/// A call makes some hundred small allocations that die together: with the system's allocator they took an eighth of
/// the processor's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match command::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.is_silent() {
                output::notice(&failure);
            }
            failure.code()
        }
    }
}
