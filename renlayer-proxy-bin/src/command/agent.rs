//! `renlayer agent`

use jiff::Timestamp;
use renlayer_core::config::Mode;
use renlayer_core::store::{AgentRecord, default_tenant};
use serde_json::{Value, json};

use super::open::open;
use crate::cli::{AgentCommand, NewAgent, Place};
use crate::failure::{Exit, Failure};
use crate::output::{Output, Table};

/// Creates, changes or lists agents.
pub(super) async fn run(place: &Place, command: AgentCommand) -> Result<(), Failure> {
    match command {
        AgentCommand::Create(agent) => create(place, agent).await,
        AgentCommand::Update { name, mode } => update(place, &name, mode.to_mode()).await,
        AgentCommand::List { json } => list(place, json).await,
    }
}

async fn create(place: &Place, NewAgent { name, mode, json }: NewAgent) -> Result<(), Failure> {
    if name.is_empty() || name.len() > 100 || name.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Failure::usage("an agent's name has 1 to 100 characters and no spaces"));
    }
    let store = open(place).await?;
    let created = store.create_agent(default_tenant(), &name, None, mode.to_mode(), Timestamp::now()).await;
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

async fn update(place: &Place, name: &str, mode: Option<Mode>) -> Result<(), Failure> {
    let store = open(place).await?;
    let agents = store.agents(default_tenant()).await?;
    let agent = agents.iter().find(|agent| agent.name == name).ok_or_else(|| {
        Failure::new(Exit::No, format!("there is no agent `{name}`")).next("`renlayer agent list` shows all")
    })?;
    let changed = store.set_agent_mode(default_tenant(), agent.id, mode).await;
    let saved = changed.map_err(|error| match error.is_kept_by_file() {
        true => Failure::new(Exit::No, error).next("change its `mode` there and reload"),
        false => error.into(),
    })?;
    store.close().await;
    crate::output::in_force(&saved);
    let mut output = Output::stdout(false);
    output.line(match mode {
        Some(Mode::Enforce) => format!("decisions on calls of {name} take effect"),
        Some(Mode::Observe) => format!("decisions on calls of {name} are recorded, and have no effect"),
        None => format!("decisions on calls of {name} take effect where they do for its tenant"),
    })?;
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
        let mut table = Table::new(&["name", "id", "kept by", "created", "state", "mode"]);
        for agent in &agents {
            let state = if agent.disabled_at.is_some() { "disabled" } else { "active" };
            let kept_by = agent.managed_by.as_str();
            table.row([
                agent.name.clone(),
                agent.id.to_string(),
                kept_by.into(),
                agent.created_at.to_string(),
                state.into(),
                agent.mode.map_or("-", Mode::as_str).into(),
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
        "mode": agent.mode,
    })
}
