//! `renlayer policy diff`

use std::collections::BTreeSet;
use std::path::Path;

use renlayer_core::compile::policies;
use renlayer_core::config::{Declare, DeclaredCedar};
use renlayer_core::policy::diff::{Diff, diff};
use renlayer_core::policy::{PolicyAction, PolicyId};
use serde::Serialize;

use super::lint::{STORE, side};
use crate::cli::{DiffArgs, Place};
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// Another verdict where no policy matches.
#[derive(Serialize)]
#[serde(tag = "change", rename = "default_action")]
struct DefaultAction {
    before: PolicyAction,
    after: PolicyAction,
}

/// What became of a text of Cedar policies.
#[derive(Serialize)]
struct CedarChange {
    cedar: String,
    change: Became,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Became {
    Added,
    Removed,
    Changed,
}

impl Became {
    fn sign(self) -> char {
        match self {
            Self::Added => '+',
            Self::Removed => '-',
            Self::Changed => '~',
        }
    }
}

/// Tells what differs between the policies of two files.
pub(super) async fn run(place: &Place, args: &DiffArgs) -> Result<(), Failure> {
    let (before, after) = (named(place, &args.before).await?, named(place, &args.after).await?);
    let changes = diff(&policies(&before), &policies(&after));
    let default = DefaultAction { before: before.default_action, after: after.default_action };
    let default = (default.before != default.after).then_some(default);
    let cedar = cedar(&before.cedar, &after.cedar);
    tell(args, &changes, &cedar, default.as_ref())?;
    match changes.is_empty() && cedar.is_empty() && default.is_none() {
        true => Ok(()),
        false => Err(Failure::silent(Exit::No)),
    }
}

/// One side of the comparison. Policies of the store are told by their names as those of a file are: a file that takes over what was
/// made by hand leaves its id as it is.
async fn named(place: &Place, file: &Path) -> Result<Declare, Failure> {
    let mut declare = side(place, file).await?;
    if file == Path::new(STORE) {
        declare.policies.iter_mut().for_each(|policy| policy.id = PolicyId::default());
    }
    Ok(declare)
}

/// What became of texts of Cedar policies, by name; their places among each other say nothing.
fn cedar(before: &[DeclaredCedar], after: &[DeclaredCedar]) -> Vec<CedarChange> {
    let find = |texts: &[DeclaredCedar], name: &str| texts.iter().find(|text| text.name == name).cloned();
    let names: BTreeSet<&str> = before.iter().chain(after).map(|text| &*text.name).collect();
    let change = |name: &str| match (find(before, name), find(after, name)) {
        (None, _) => Some(Became::Added),
        (_, None) => Some(Became::Removed),
        (Some(old), Some(new)) => (old.text.trim() != new.text.trim()).then_some(Became::Changed),
    };
    names
        .into_iter()
        .filter_map(|name| Some(CedarChange { cedar: name.to_owned(), change: change(name)? }))
        .collect()
}

fn tell(
    args: &DiffArgs,
    changes: &Diff,
    cedar: &[CedarChange],
    default: Option<&DefaultAction>,
) -> Result<(), Failure> {
    let mut output = Output::stdout(args.json);
    if output.is_json() {
        changes.policies.iter().try_for_each(|change| output.json(change))?;
        cedar.iter().try_for_each(|change| output.json(change))?;
        default.iter().try_for_each(|default| output.json(default))?;
        return Ok(output.flush()?);
    }
    for change in &changes.policies {
        output.text(change.to_string().trim_end())?;
    }
    for CedarChange { cedar, change } in cedar {
        output.text(&format!("{} cedar {cedar}", change.sign()))?;
    }
    if let Some(DefaultAction { before, after }) = default {
        output.line(format_args!("~ default_action: {before} → {after}"))?;
    }
    if changes.is_empty() && cedar.is_empty() && default.is_none() {
        output.line("nothing differs")?;
    }
    Ok(output.flush()?)
}
