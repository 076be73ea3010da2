//! `renlayer limit`

use std::collections::HashSet;

use renlayer_core::policy::{Limit, Mode, Window};
use renlayer_core::store::default_tenant;

use super::open::open;
use crate::cli::{LimitCommand, Place};
use crate::failure::Failure;
use crate::output::{Output, Table};
use crate::settings::Sources;

/// Lists limits, or shows one.
pub(super) async fn run(place: &Place, command: LimitCommand) -> Result<(), Failure> {
    match command {
        LimitCommand::List { json } => list(place, json).await,
        LimitCommand::Show { name, json } => show(place, &name, json).await,
    }
}

/// The limits that the store holds and those that the file would add, by name.
async fn limits(place: &Place) -> Result<Vec<Limit>, Failure> {
    let store = open(place).await?;
    let mut limits = store.governance(default_tenant()).await?.limits;
    store.close().await;
    let stored: HashSet<_> = limits.iter().map(|limit| limit.name.clone()).collect();
    let declared = Sources::of(place).config()?.declare.limits;
    limits.extend(declared.into_iter().filter(|limit| !stored.contains(&limit.name)));
    limits.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(limits)
}

async fn list(place: &Place, json: bool) -> Result<(), Failure> {
    let limits = limits(place).await?;
    let mut output = Output::stdout(json);
    if output.is_json() {
        limits.iter().try_for_each(|limit| output.json(limit))?;
    } else {
        let mut table = Table::new(&["name", "scope", "counts", "at most", "per", "of", "state", "id"]);
        limits.iter().for_each(|limit| table.row(cells(limit)));
        output.table(&table)?;
    }
    Ok(output.flush()?)
}

async fn show(place: &Place, name: &str, json: bool) -> Result<(), Failure> {
    let limits = limits(place).await?;
    let limit = limits.iter().find(|limit| limit.name == name || limit.id.as_str() == name);
    let limit = limit.ok_or_else(|| {
        Failure::usage(format!("there is no limit `{name}`"))
            .next("`renlayer limit list` shows the limits there are")
    })?;
    let mut output = Output::stdout(json);
    if output.is_json() {
        output.json(limit)?
    } else {
        output.pretty(limit)?
    }
    Ok(output.flush()?)
}

fn cells(limit: &Limit) -> [String; 8] {
    let filters = [
        ("agents", !limit.agents.is_empty()),
        ("policy", limit.policy.is_some()),
        ("upstream", limit.upstream.is_some()),
        ("model", limit.model.is_some()),
    ];
    let filters: Vec<_> = filters.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| name).collect();
    let of = if filters.is_empty() { "everything".into() } else { format!("some: {}", filters.join(", ")) };
    let state = match limit.mode {
        Mode::Enforce => "enforced",
        Mode::Observe => "observing",
    };
    let id = if limit.id.is_empty() { "(not yet loaded)".into() } else { limit.id.to_string() };
    [
        limit.name.clone(),
        limit.scope.to_string(),
        limit.dimension.to_string(),
        limit.max.to_string(),
        limit.window.map_or("at once", Window::as_str).into(),
        of,
        state.into(),
        id,
    ]
}
