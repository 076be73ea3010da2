//! What each command does. One file per command; each takes its parsed arguments and answers with a [`Failure`] or
//! with nothing more to say.

mod agent;
mod check;
mod config;
mod dlp;
mod key;
mod limit;
mod migrate;
mod open;
mod policy;
mod serve;
mod trace;

use clap::CommandFactory;
use clap::error::ErrorKind;

use crate::cli::{Cli, Command, ServeArgs};
use crate::failure::Failure;
use crate::runtime;

/// Does what the command line asks.
pub(crate) fn run(cli: Cli) -> Result<(), Failure> {
    let Cli { place, serve: outer, command } = cli;
    let command = match command {
        None => Command::Serve(outer),
        Some(Command::Serve(inner)) => Command::Serve(inner.or(outer)),
        Some(other) => {
            refuse_serving_flags(&outer);
            other
        }
    };
    match command {
        Command::Serve(args) => runtime::run(args.workers, serve::run(&place, &args)),
        Command::Check => check::run(&place),
        Command::Config(command) => runtime::run(Some(1), config::run(&place, command)),
        Command::Dlp(command) => dlp::run(&place, command),
        Command::Migrate => runtime::run(Some(1), migrate::run(&place)),
        Command::Agent(command) => runtime::run(Some(1), agent::run(&place, command)),
        Command::Key(command) => runtime::run(Some(1), key::run(&place, command)),
        Command::Limit(command) => runtime::run(Some(1), limit::run(&place, command)),
        Command::Policy(command) => runtime::run(Some(1), policy::run(&place, command)),
        Command::Trace(command) => runtime::run(Some(1), trace::run(&place, command)),
    }
}

/// `renlayer --listen … check` means something that will not happen.
fn refuse_serving_flags(args: &ServeArgs) {
    if *args != ServeArgs::default() {
        let message = "flags of `serve` stand before another command";
        Cli::command().error(ErrorKind::ArgumentConflict, message).exit();
    }
}
