//! `renlayer agent`

use jiff::Timestamp;
use renlayer_core::store::{AgentRecord, default_tenant};
use serde_json::{Value, json};

use super::open::open;
use crate::cli::{AgentCommand, NewAgent, Place};
use crate::failure::{Exit, Failure};
use crate::output::{Output, Table};

/// Creates or lists agents.
pub(super) async fn run(place: &Place, command: AgentCommand) -> Result<(), Failure> {
    match command {
        AgentCommand::Create(agent) => create(place, agent).await,
        AgentCommand::List { json } => list(place, json).await,
    }
}

async fn create(place: &Place, NewAgent { name, json }: NewAgent) -> Result<(), Failure> {
    if name.is_empty() || name.len() > 100 || name.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Failure::usage("an agent's name has 1 to 100 characters and no spaces"));
    }
    let store = open(place).await?;
    let created = store.create_agent(default_tenant(), &name, None, Timestamp::now()).await;
    let saved = created.map_err(|error| match error.is_exists() {
        true => {
            Failure::new(Exit::No, error).next(format!("`renlayer key create {name}` makes a key for it"))
        }
        false => error.into(),
    })?;
    store.close().await;
    crate::output::in_force(&saved);
    let agent = saved.made;
    let mut output = Output::stdout(json);
    if output.is_json() {
        output.json(&as_json(&agent))?;
    } else {
        output.line(format_args!("created agent {} ({})", agent.name, agent.id))?;
        output.line(format_args!("`renlayer key create {}` makes a key for it", agent.name))?;
    }
    Ok(output.flush()?)
}

async fn list(place: &Place, json: bool) -> Result<(), Failure> {
    let store = open(place).await?;
    let agents = store.agents(default_tenant()).await?;
    store.close().await;
    let mut output = Output::stdout(json);
    if output.is_json() {
        agents.iter().try_for_each(|agent| output.json(&as_json(agent)))?;
    } else {
        let mut table = Table::new(&["name", "id", "kept by", "created", "state"]);
        for agent in &agents {
            let state = if agent.disabled_at.is_some() { "disabled" } else { "active" };
            let kept_by = agent.managed_by.as_str();
            table.row([
                agent.name.clone(),
                agent.id.to_string(),
                kept_by.into(),
                agent.created_at.to_string(),
                state.into(),
            ]);
        }
        output.table(&table)?;
    }
    Ok(output.flush()?)
}

fn as_json(agent: &AgentRecord) -> Value {
    json!({
        "id": agent.id,
        "name": agent.name,
        "description": agent.description,
        "managed_by": agent.managed_by.as_str(),
        "created_at": agent.created_at,
        "disabled_at": agent.disabled_at,
    })
}
