//! `renlayer policy list`

use std::collections::HashSet;

use renlayer_core::policy::{Mode, Policy, Scope};
use renlayer_core::store::default_tenant;

use crate::cli::Place;
use crate::command::open::open;
use crate::failure::Failure;
use crate::output::{Output, Table};
use crate::settings::Sources;

/// Prints the policies that the store holds and those that the file would add, in the order in which they are tried.
pub(super) async fn run(place: &Place, json: bool) -> Result<(), Failure> {
    let store = open(place).await?;
    let mut policies = store.governance(default_tenant()).await?.policies;
    store.close().await;
    let stored: HashSet<_> = policies.iter().map(|policy| policy.name.clone()).collect();
    let declared = Sources::of(place).config()?.declare.policies;
    policies.extend(declared.into_iter().filter(|policy| !stored.contains(&policy.name)));
    policies.sort_by_key(|policy| policy.priority);
    let mut output = Output::stdout(json);
    if output.is_json() {
        policies.iter().try_for_each(|policy| output.json(policy))?;
    } else {
        let mut table = Table::new(&["priority", "name", "action", "for", "state", "id"]);
        policies.iter().for_each(|policy| table.row(cells(policy)));
        output.table(&table)?;
    }
    Ok(output.flush()?)
}

fn cells(policy: &Policy) -> [String; 6] {
    let state = match (policy.enabled, policy.mode) {
        (false, _) => "off",
        (true, Some(Mode::Observe)) => "observing",
        (true, Some(Mode::Enforce)) => "enforced",
        (true, None) => "on",
    };
    let whose = match &policy.scope {
        Scope::Tenant => "everyone".into(),
        Scope::Agents(agents) => agents.join(", "),
    };
    let id = if policy.id.is_empty() { "(not yet loaded)".into() } else { policy.id.to_string() };
    [policy.priority.to_string(), policy.name.clone(), policy.action.to_string(), whose, state.into(), id]
}
