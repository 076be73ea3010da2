//! `renlayer policy`

mod case;
mod diff;
mod judge;
mod lint;
mod list;
mod replay;
mod saved;
mod tell;

use crate::cli::{Place, PolicyCommand, TestArgs};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::settings::Sources;

/// Tests, checks, compares, replays, lists or saves policies.
pub(super) async fn run(place: &Place, command: PolicyCommand) -> Result<(), Failure> {
    match command {
        PolicyCommand::Test(args) => test(place, *args),
        PolicyCommand::Lint(args) => lint::run(place, &args).await,
        PolicyCommand::Diff(args) => diff::run(place, &args).await,
        PolicyCommand::List { json } => list::run(place, json).await,
        PolicyCommand::Replay(args) => replay::run(place, *args).await,
        PolicyCommand::Saved(command) => saved::run(place, command).await,
    }
}

/// Judges the sample call by the configuration alone: neither the store nor an upstream is asked.
fn test(place: &Place, args: TestArgs) -> Result<(), Failure> {
    let (loaded, environment) = Sources::of(place).load()?;
    let (json, case) = (args.json, case::Case::read(args)?);
    let expected = case.expect;
    let verdict = judge::judge(&loaded.config, &environment, case)?;
    let mut output = Output::stdout(json);
    tell::tell(&verdict, &mut output)?;
    output.flush()?;
    match expected {
        Some(expected) if expected != verdict.status => Err(Failure::new(
            Exit::No,
            format!("expected {}, and the verdict is {}", expected.as_str(), verdict.status.as_str()),
        )),
        _ => Ok(()),
    }
}
