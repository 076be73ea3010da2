//! The reference page lists every condition, and its examples are policies that compile.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it is surprised"
)]

use std::iter::Peekable;

use renlayer_policy::{Conditions, Policy, PolicyAction, PolicySet};
use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value, json};

const PAGE: &str = include_str!("../../docs/policy-conditions.md");

/// Each section of the page, by its heading.
fn sections() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGE.split("\n## ").skip(1).filter_map(|section| section.split_once('\n'))
}

/// Each example of a section: a fenced block is cut before every line that begins at its margin.
fn examples(section: &str) -> Vec<String> {
    let mut examples: Vec<String> = Vec::new();
    for block in section.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        for line in block.lines() {
            match examples.last_mut().filter(|_| line.starts_with(' ')) {
                Some(example) => *example += &format!("\n{line}"),
                None => examples.push(line.to_owned()),
            }
        }
    }
    examples
}

fn compile(matches: &Value) -> Result<(), String> {
    let policy = json!({"name": "example", "match": matches, "action": "DENY"});
    let policy: Policy = serde_json::from_value(policy).map_err(|error| error.to_string())?;
    PolicySet::compile(vec![policy], PolicyAction::Allow).map(drop).map_err(|errors| format!("{errors:?}"))
}

#[test]
fn every_condition_has_a_section_with_an_example() {
    for name in Conditions::NAMES {
        let section = sections().find(|(heading, _)| *heading == format!("`{name}`"));
        let (_, section) = section.unwrap_or_else(|| panic!("no section about `{name}`"));
        let used = examples(section).iter().any(|example| example.starts_with(&format!("{name}:")));
        assert!(used, "no example of `{name}`");
    }
}

#[test]
fn every_section_is_about_a_condition() {
    for (heading, _) in sections().filter(|(heading, _)| heading.starts_with('`')) {
        assert!(Conditions::NAMES.contains(&heading.trim_matches('`')), "{heading}");
    }
}

#[test]
fn every_example_compiles() {
    let examples: Vec<_> = sections().flat_map(|(_, section)| examples(section)).collect();
    assert!(examples.len() > 30);
    for example in examples {
        compile(&yaml(&example)).unwrap_or_else(|error| panic!("{example}: {error}"));
    }
}

#[test]
fn the_policy_at_the_top_is_one() {
    let written = PAGE.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let policy: Policy = serde_json::from_value(yaml(written)).unwrap();
    PolicySet::compile(vec![policy], PolicyAction::Allow).unwrap();
}

/// As much of YAML as the page uses.
fn yaml(text: &str) -> Value {
    let events = Parser::new_from_str(text).map(|event| event.unwrap().0);
    let mut events =
        events.skip_while(|event| matches!(event, Event::StreamStart | Event::DocumentStart(_))).peekable();
    node(&mut events)
}

fn node<'a>(events: &mut Peekable<impl Iterator<Item = Event<'a>>>) -> Value {
    match events.next().unwrap() {
        Event::Scalar(text, ScalarStyle::Plain, ..) => plain(&text),
        Event::Scalar(text, ..) => Value::from(&*text),
        Event::SequenceStart(..) => {
            let mut list = Vec::new();
            while events.next_if(|event| matches!(event, Event::SequenceEnd)).is_none() {
                list.push(node(events));
            }
            list.into()
        }
        Event::MappingStart(..) => {
            let mut map = Map::new();
            while events.next_if(|event| matches!(event, Event::MappingEnd)).is_none() {
                let key = node(events);
                map.insert(key.as_str().unwrap().to_owned(), node(events));
            }
            map.into()
        }
        other => panic!("{other:?}"),
    }
}

/// Numbers and booleans are written the same way in JSON; everything else is a text.
fn plain(text: &str) -> Value {
    let value: Result<Value, _> = serde_json::from_str(text);
    value.ok().filter(|value| value.is_number() || value.is_boolean()).unwrap_or_else(|| text.into())
}
