//! The configuration in the README is one that works.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use renlayer_core::{
    config::{Environment, Format, Overrides, Source, load},
    key::AgentKey,
    snapshot::Governance,
};

const README: &str = include_str!("../../README.md");

#[test]
fn the_configuration_of_the_readme_compiles() {
    let yaml = README.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let key = AgentKey::mint().unwrap();
    let environment: Environment = [("BILLING_BOT_KEY", key.reveal()), ("OPENAI_API_KEY", "of-the-provider")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect();
    let file = Source { name: "README.md", text: yaml, format: Format::Yaml };
    let config =
        load(Some(file), &environment, &Overrides::default()).unwrap_or_else(|e| panic!("{e}")).config;
    let governance = Governance::compile(&config, &environment, [], [0; 32]).unwrap();
    assert_eq!(governance.keys.len(), 1);
    assert_eq!(governance.default_tenant.routes.names().collect::<Vec<_>>(), ["openai"]);
}
