//! `renlayer key`

use jiff::Timestamp;
use renlayer_core::id::KeyId;
use renlayer_core::key::{AgentKey, KeyHint};
use renlayer_core::store::{self, AgentRecord, KeyRecord, Store, default_tenant};
use serde_json::{Map, Value, json};

use super::open::open;
use crate::cli::{KeyCommand, NewKey, Place};
use crate::failure::{Exit, Failure};
use crate::output::{Output, Table};

/// Creates, lists or revokes keys.
pub(super) async fn run(place: &Place, command: KeyCommand) -> Result<(), Failure> {
    match command {
        KeyCommand::Create(key) => create(place, key).await,
        KeyCommand::List { agent, json } => list(place, agent.as_deref(), json).await,
        KeyCommand::Revoke { id } => revoke(place, id).await,
    }
}

async fn create(place: &Place, new: NewKey) -> Result<(), Failure> {
    let now = Timestamp::now();
    if new.expires.is_some_and(|end| end <= now) {
        return Err(Failure::usage(
            "a key that has expired already is of no use: --expires lies in the past",
        ));
    }
    let store = open(place).await?;
    let agent = find(&*store, &new.agent).await?;
    let key = AgentKey::mint().map_err(|error| Failure::new(Exit::Unavailable, error))?;
    let record = store::NewKey {
        agent: agent.id,
        hash: key.hash(),
        hint: KeyHint::of(key.reveal()),
        expires_at: new.expires,
    };
    let saved = store.create_key(default_tenant(), &record, now).await?;
    store.close().await;
    crate::output::in_force(&saved);
    let stored = saved.made;
    let mut output = Output::stdout(new.json);
    if output.is_json() {
        let mut shown = as_json(&stored, &agent.name);
        shown.insert("key".into(), key.reveal().into());
        output.json(&shown)?;
    } else {
        output.line(key.reveal())?;
        crate::output::notice(format_args!(
            "This is key {} of {}. It is shown this once.",
            stored.id, agent.name
        ));
    }
    Ok(output.flush()?)
}

async fn list(place: &Place, agent: Option<&str>, json: bool) -> Result<(), Failure> {
    let store = open(place).await?;
    let only = match agent {
        Some(name) => Some(find(&*store, name).await?.id),
        None => None,
    };
    let agents = store.agents(default_tenant()).await?;
    let keys = store.keys(default_tenant(), only).await?;
    store.close().await;
    let name = |key: &KeyRecord| {
        let agent = agents.iter().find(|agent| agent.id == key.agent);
        agent.map(|agent| agent.name.clone()).unwrap_or_default()
    };
    let mut output = Output::stdout(json);
    if output.is_json() {
        keys.iter().try_for_each(|key| output.json(&as_json(key, &name(key))))?;
    } else {
        let mut table = Table::new(&["id", "agent", "key", "kept by", "created", "state"]);
        for key in &keys {
            table.row([
                key.id.to_string(),
                name(key),
                key.hint.to_string(),
                key.managed_by.as_str().into(),
                key.created_at.to_string(),
                state(key, Timestamp::now()),
            ]);
        }
        output.table(&table)?;
    }
    Ok(output.flush()?)
}

async fn revoke(place: &Place, id: KeyId) -> Result<(), Failure> {
    let store = open(place).await?;
    let revoked = store.revoke_key(default_tenant(), id, Timestamp::now()).await;
    let saved = revoked.map_err(|error| match error.is_not_found() {
        true => Failure::usage(error).next("`renlayer key list` shows the keys there are"),
        false => error.into(),
    })?;
    store.close().await;
    crate::output::in_force(&saved);
    let mut output = Output::stdout(false);
    output.line(format_args!("revoked {id}"))?;
    Ok(output.flush()?)
}

async fn find(store: &dyn Store, name: &str) -> Result<AgentRecord, Failure> {
    let agents = store.agents(default_tenant()).await?;
    let found = agents.into_iter().find(|agent| agent.name == name || agent.id.to_string() == name);
    found.ok_or_else(|| {
        Failure::usage(format!("there is no agent `{name}`"))
            .next(format!("`renlayer agent create {name}` makes it"))
    })
}

fn state(key: &KeyRecord, now: Timestamp) -> String {
    match (key.revoked_at, key.expires_at) {
        (Some(_), _) => "revoked".into(),
        (None, Some(end)) if end <= now => "expired".into(),
        (None, Some(end)) => format!("until {end}"),
        (None, None) => "active".into(),
    }
}

fn as_json(key: &KeyRecord, agent: &str) -> Map<String, Value> {
    let shown = json!({
        "id": key.id,
        "agent": agent,
        "agent_id": key.agent,
        "hint": key.hint.to_string(),
        "managed_by": key.managed_by.as_str(),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
    });
    shown.as_object().cloned().unwrap_or_default()
}
