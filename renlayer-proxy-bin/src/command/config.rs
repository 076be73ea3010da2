//! `renlayer config`

use jiff::Timestamp;
use renlayer_core::store::{Reconciled, default_tenant};

use super::open::open;
use crate::cli::{ConfigCommand, Place};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::settings::Sources;

/// Tells where the store is not as the file declares.
pub(super) async fn run(place: &Place, command: ConfigCommand) -> Result<(), Failure> {
    let ConfigCommand::Drift { json } = command;
    let config = Sources::of(place).config()?;
    let store = open(place).await?;
    let drift = store.drift(default_tenant(), &config.declare, &config.routes, Timestamp::now()).await?;
    store.close().await;
    tell(&drift, json)?;
    if drift.is_empty() { Ok(()) } else { Err(Failure::silent(Exit::No)) }
}

fn tell(drift: &Reconciled, json: bool) -> Result<(), Failure> {
    let mut output = Output::stdout(json);
    if output.is_json() {
        drift.drifts.iter().try_for_each(|drift| output.json(drift))?;
    } else if drift.is_empty() {
        output.line("the database is as the configuration declares")?;
    } else {
        drift.drifts.iter().try_for_each(|drift| output.text(&drift.to_string()))?;
    }
    Ok(output.flush()?)
}
