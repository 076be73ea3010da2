//! `renlayer check`

use renlayer_core::snapshot::Governance;

use crate::cli::Place;
use crate::failure::{Exit, Failure};
use crate::output::{Output, notice};
use crate::settings::Sources;

/// Reads the configuration and compiles what it declares, and tells what is wrong, with line and key.
pub(super) fn run(place: &Place) -> Result<(), Failure> {
    let sources = Sources::of(place);
    let name = sources.file().map_or("the built-in configuration".into(), |file| file.display().to_string());
    let (loaded, environment) = sources.load()?;
    for warning in &loaded.warnings {
        notice(format_args!("warning: {warning}"));
    }
    let config = loaded.config;
    Governance::compile(&config, &environment, [], [0; 32])
        .map_err(|error| Failure::new(Exit::Configuration, format!("{name}: {error}")))?;
    let declare = &config.declare;
    let mut output = Output::stdout(false);
    let cedar = match declare.cedar.len() {
        0 => String::new(),
        texts => format!(", {texts} Cedar texts"),
    };
    output.line(format_args!(
        "{name} is valid: {} routes, {} agents, {} policies, {} limits{cedar}",
        config.routes.len(),
        declare.agents.len(),
        declare.policies.len(),
        declare.limits.len()
    ))?;
    Ok(output.flush()?)
}
