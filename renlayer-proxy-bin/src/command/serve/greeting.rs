//! The first words of a proxy: where it listens, and how an agent is pointed at it.

use std::io;
use std::net::SocketAddr;

use renlayer_core::config::{Auth, Config, Mode, Route};
use renlayer_core::dialect::Provider;

use crate::admin::PREFIX;
use crate::output::Output;

/// Says them on standard output.
pub(super) fn say(config: &Config, agents: SocketAddr, operators: Option<SocketAddr>) -> io::Result<()> {
    let mut output = Output::stdout(false);
    lines(config, agents, operators).into_iter().try_for_each(|line| output.line(line))?;
    output.flush()
}

fn lines(config: &Config, agents: SocketAddr, operators: Option<SocketAddr>) -> Vec<String> {
    let mut lines =
        vec![format!("renlayer listens on http://{agents} and keeps its records in {}", config.database)];
    let variables: Vec<_> = config.routes.iter().filter_map(|route| variable(route, agents)).collect();
    if !variables.is_empty() {
        lines.push("Point an agent at it:".into());
        lines.extend(variables.into_iter().map(|variable| format!("  {variable}")));
    }
    if let Some(upstream) = &config.default_upstream {
        lines.push(format!("Every other path goes to {}", upstream.uri()));
    }
    let keyless = config.auth == Auth::LoopbackDefault && agents.ip().is_loopback();
    lines.push(match keyless {
        true => {
            "Calls without an agent key belong to the agent `default`; provider keys are passed on.".into()
        }
        false => "Every call needs an agent key: `renlayer key create AGENT`".into(),
    });
    if config.mode == Mode::Observe {
        lines.push("Observing only: verdicts are recorded, and nothing is refused unless tenant, agent or policy say `enforce`.".into());
    }
    if let Some(admin) = operators.or(Some(agents).filter(|address| address.ip().is_loopback())) {
        lines.push(format!(
            "Health: http://{admin}{PREFIX}health/ready   Metrics: http://{admin}{PREFIX}metrics"
        ));
    }
    lines.push("Traces: `renlayer trace tail`".into());
    lines
}

/// What an SDK reads its base URL from. Their paths differ: OpenAI's holds the version.
fn variable(route: &Route, agents: SocketAddr) -> Option<String> {
    let prefix = route.prefix.as_deref()?;
    match (route.dialect?, route.name.as_str()) {
        (Provider::OpenAi, "openai") => Some(format!("OPENAI_BASE_URL=http://{agents}{prefix}/v1")),
        (Provider::Anthropic, _) => Some(format!("ANTHROPIC_BASE_URL=http://{agents}{prefix}")),
        (Provider::Gemini, "gemini") => Some(format!("GOOGLE_GEMINI_BASE_URL=http://{agents}{prefix}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_told_where_to_call() {
        let address = "127.0.0.1:8080".parse().unwrap();
        let said = lines(&Config::default(), address, None).join("\n");
        for expected in [
            "OPENAI_BASE_URL=http://127.0.0.1:8080/openai/v1",
            "ANTHROPIC_BASE_URL=http://127.0.0.1:8080/anthropic",
            "GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:8080/gemini",
            "http://127.0.0.1:8080/_/health/ready",
            "renlayer trace tail",
        ] {
            assert!(said.contains(expected), "{expected} in\n{said}");
        }
    }

    #[test]
    fn a_public_listener_has_no_admin_paths_and_needs_keys() {
        let address = "192.0.2.1:8080".parse().unwrap();
        let said = lines(&Config::default(), address, None).join("\n");
        assert!(said.contains("renlayer key create") && !said.contains(PREFIX), "{said}");
    }
}
