//! The configurations in the README and on the page about limits work, and that page names all there is.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use renlayer_core::{
    config::{Environment, Format, Overrides, Source, load},
    key::AgentKey,
    policy::{Dimension, LimitScope, Window},
    snapshot::Governance,
};

const README: &str = include_str!("../../README.md");
const LIMITS: &str = include_str!("../../docs/limits.md");

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

#[test]
fn the_configurations_of_the_page_about_limits_compile() {
    let environment = Environment::default();
    let examples = LIMITS.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let examples: Vec<String> = examples
        .map(|yaml| yaml.replace("declare:\n", "declare:\n  agents: [{ name: billing-bot }]\n"))
        .collect();
    assert_eq!(examples.len(), 3);
    for yaml in &examples {
        let file = Source { name: "limits.md", text: yaml, format: Format::Yaml };
        let loaded = load(Some(file), &environment, &Overrides::default()).unwrap_or_else(|e| panic!("{e}"));
        Governance::compile(&loaded.config, &environment, [], [0; 32]).unwrap();
    }
}

#[test]
fn the_page_about_limits_names_all_there_is() {
    use {Dimension as D, LimitScope as S, Window as W};
    let dimensions = [D::Requests, D::Tokens, D::Spend, D::Concurrency].map(D::as_str);
    let windows = [W::Minute, W::Hour, W::Day, W::Month].map(W::as_str);
    let scopes = [S::PerAgent, S::PerUser, S::PerTenant].map(S::as_str);
    for name in dimensions.iter().chain(&windows).chain(&scopes) {
        assert!(LIMITS.contains(&format!("`{name}`")), "{name}");
    }
}
