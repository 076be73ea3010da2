//! `docs/cedar.md`: its examples compile, its schema is the one that ships, and its table of facts is complete.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use renlayer_policy::cedar::{CedarSet, CedarText, Directory, SCHEMA};

const DOCS: &str = include_str!("../../docs/cedar.md");

fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    DOCS.split(fence.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn examples_compile() {
    let examples = blocks("cedar");
    assert!(examples.len() > 2);
    let groups = [("finance".to_owned(), Vec::new())];
    for text in examples {
        let texts = vec![CedarText { name: "example".into(), text: text.into() }];
        let directory = Directory { groups: groups.clone().into(), ..Directory::default() };
        CedarSet::compile(texts, directory).unwrap_or_else(|errors| panic!("{text}\n{errors:?}"));
    }
}

#[test]
fn the_schema_is_the_one_that_ships() {
    assert_eq!(blocks("cedarschema"), [SCHEMA]);
}

#[test]
fn every_fact_and_every_action_is_listed() {
    let table = DOCS.split("## Schema").next().unwrap();
    let facts = SCHEMA.split("type Facts = {").nth(1).unwrap().split("};").next().unwrap();
    let facts = facts.lines().filter(|line| line.starts_with("  ") && !line.trim_start().starts_with("//"));
    for fact in facts.map(|line| line.trim().split([':', '?']).next().unwrap()) {
        assert!(table.contains(&format!("`{fact}")), "{fact} is not in the table of facts");
    }
    let actions = SCHEMA.lines().filter_map(|line| line.strip_prefix("action "));
    for action in actions.flat_map(|line| line.split(" appliesTo").next().unwrap().split(", ")) {
        assert!(table.contains(&format!("`{action}`")), "{action} is not in the table of actions");
    }
}
