//! What holds of every call, so that proofs are not about calls that cannot be.
//!
//! A solver takes the facts of a call for independent: an hour of -5, an agent whose name is not its id. Each law is a
//! policy that forbids what is not so; beside the policies of a set it leaves the calls that there may be.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use cedar_policy::{EntityUid, Policy, PolicySet};

/// Laws of all calls.
const LAWS: &str = include_str!("laws.cedar");

/// The laws of calls that `policies` may be asked about.
pub(super) fn laws<'p>(policies: impl IntoIterator<Item = &'p Policy>) -> Result<Vec<Policy>, String> {
    static OF_ALL: OnceLock<Result<Vec<Policy>, String>> = OnceLock::new();
    let named: BTreeSet<EntityUid> = policies.into_iter().flat_map(Policy::entity_literals).collect();
    let of_named = read(&named.iter().filter_map(law).collect::<String>())?;
    Ok(OF_ALL.get_or_init(|| read(LAWS)).clone()?.into_iter().chain(of_named).collect())
}

fn read(text: &str) -> Result<Vec<Policy>, String> {
    let set: PolicySet = text.parse().map_err(|error| format!("its own laws cannot be read: {error}"))?;
    Ok(set.policies().cloned().collect())
}

/// What is called by a name has it, and who has none stands in nothing.
fn law(uid: &EntityUid) -> Option<String> {
    let kind = uid.type_name().to_string();
    let id = uid.id().unescaped();
    let is = |name: &str, value: &str| format!("{name} == \"{}\"", value.escape_debug());
    let (variable, called) = match kind.as_str() {
        "Group" | "Tenant" => {
            return Some(format!(
                "forbid (principal in {uid}, action, resource) when {{ principal.name == \"\" }};\n"
            ));
        }
        "Agent" => ("principal", is("principal.name", id)),
        "Upstream" => ("resource", is("resource.host", id)),
        "Tool" | "Secret" => ("resource", is("resource.name", id)),
        // An id with several slashes may be divided at any of them.
        "McpTool" if id.matches('/').count() == 1 => {
            let (server, name) = id.split_once('/')?;
            ("resource", format!("{} && {}", is("resource.server", server), is("resource.name", name)))
        }
        _ => return None,
    };
    Some(format!(
        "forbid (principal, action, resource) when {{ {variable} is {kind} && ({variable} == {uid}) != ({called}) }};\n"
    ))
}
