//! `renlayer policy diff`

use renlayer_core::compile::policies;
use renlayer_core::policy::PolicyAction;
use renlayer_core::policy::diff::{Diff, diff};
use serde::Serialize;

use super::lint::read;
use crate::cli::DiffArgs;
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// Another verdict where no policy matches.
#[derive(Serialize)]
#[serde(tag = "change", rename = "default_action")]
struct DefaultAction {
    before: PolicyAction,
    after: PolicyAction,
}

/// Tells what differs between the policies of two files.
pub(super) fn run(args: &DiffArgs) -> Result<(), Failure> {
    let (before, after) = (read(&args.before)?.declare, read(&args.after)?.declare);
    let changes = diff(&policies(&before), &policies(&after));
    let default = DefaultAction { before: before.default_action, after: after.default_action };
    let default = (default.before != default.after).then_some(default);
    tell(args, &changes, default.as_ref())?;
    if changes.is_empty() && default.is_none() { Ok(()) } else { Err(Failure::silent(Exit::No)) }
}

fn tell(args: &DiffArgs, changes: &Diff, default: Option<&DefaultAction>) -> Result<(), Failure> {
    let mut output = Output::stdout(args.json);
    if output.is_json() {
        changes.policies.iter().try_for_each(|change| output.json(change))?;
        default.iter().try_for_each(|default| output.json(default))?;
        return Ok(output.flush()?);
    }
    for change in &changes.policies {
        output.text(change.to_string().trim_end())?;
    }
    if let Some(DefaultAction { before, after }) = default {
        output.line(format_args!("~ default_action: {before} → {after}"))?;
    }
    if changes.is_empty() && default.is_none() {
        output.line("nothing differs")?;
    }
    Ok(output.flush()?)
}
