//! A Rust service that governs the calls to its own tools: an axum router with the enforcement layer around it.
//!
//! ```text
//! cargo run -p renlayer-examples --bin governed-service
//! curl -i localhost:3000/tools/weather -d '{"city": "Oslo"}'
//! curl -i localhost:3000/tools/delete  -d '{"table": "users"}'      # denied by policy
//! curl -i localhost:3000/tools/weather -d '{"card": "4111 1111 1111 1111"}'  # blocked by the scan
//! ```

use std::{error::Error, sync::Arc};

use axum::{Json, Router, routing::post};
use renlayer_core::{
    Engine,
    config::{Environment, Format, Overrides, Source, load},
    layer::EnforcementLayer,
    snapshot::Governance,
    trace::{Recorder, Trace},
};
use serde_json::{Value, json};

const GOVERNANCE: &str = r#"
declare:
  policies:
    - { name: no-deletion, match: { upstream: "*/tools/delete" }, action: DENY, message: Agents do not delete. }
  limits:
    - { name: thirty, scope: per_agent, dimension: requests, window: minute, max: 30 }
"#;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let app = Router::new().route("/tools/{name}", post(answer)).layer(EnforcementLayer::inline(engine()?));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app).await?;
    Ok(())
}

fn engine() -> Result<Engine, Box<dyn Error>> {
    let environment = Environment::default();
    let file = Source { name: "governance", text: GOVERNANCE, format: Format::Yaml };
    let config = load(Some(file), &environment, &Overrides::default())?.config;
    let governance = Governance::compile(&config, &environment, [], [0; 32])?;
    Ok(Engine::new(governance, Arc::new(Lines)))
}

async fn answer(Json(arguments): Json<Value>) -> Json<Value> {
    Json(json!({ "asked": arguments, "answer": 42 }))
}

/// Writes each trace as a line of JSON; a service would send them on.
struct Lines;

impl Recorder for Lines {
    fn record(&self, trace: Trace) {
        match serde_json::to_string(&trace) {
            Ok(line) => println!("{line}"),
            Err(error) => eprintln!("a trace could not be written: {error}"),
        }
    }
}
