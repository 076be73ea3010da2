//! What the table tests of all conditions share.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Compiler, Conditions};
use crate::call::Call;
use crate::facts::Facts;
use crate::text::Needles;
use crate::truth::Truth;

/// A call about which nothing is known.
pub(super) fn call<'a>() -> Facts<'a> {
    Facts::at(Timestamp::UNIX_EPOCH)
}

/// What the condition `name`, written as `written`, says of a call.
fn holds(name: &str, written: &Value, facts: &Facts<'_>) -> Truth {
    let conditions: Conditions = serde_json::from_value(json!({ name: written })).unwrap();
    let again = serde_json::to_value(&conditions).unwrap();
    assert_eq!(serde_json::from_value::<Conditions>(again).unwrap(), conditions, "writes what it reads");
    let mut needles = Needles::default();
    let mut compiler = Compiler { needles: &mut needles, faults: Vec::new() };
    let tests = conditions.compile(&mut compiler);
    assert_eq!(compiler.faults, [], "{written}");
    let texts = needles.build().unwrap();
    Truth::all(tests.iter().map(|test| test.holds(&Call::new(facts, &texts))))
}

/// Asserts what the condition `name` says of `facts`, case by case.
pub(super) fn assert_table<const N: usize>(name: &str, facts: &Facts<'_>, table: [(Value, Truth); N]) {
    for (written, expected) in table {
        assert_eq!(holds(name, &written, facts), expected, "{name}: {written}");
    }
}

/// Asserts where and why the condition `name` is refused, case by case.
pub(super) fn assert_refused<const N: usize>(name: &str, table: [(Value, &str, &str); N]) {
    for (written, place, reason) in table {
        let conditions: Conditions = serde_json::from_value(json!({ name: written })).unwrap();
        let mut compiler = Compiler { needles: &mut Needles::default(), faults: Vec::new() };
        conditions.compile(&mut compiler);
        let (root, fault) = compiler.faults.first().unwrap_or_else(|| panic!("{written} is accepted"));
        assert_eq!(fault.path(root), format!("match.{name}{place}"), "{written}");
        assert!(fault.reason.contains(reason), "{written}: {}", fault.reason);
    }
}

/// Asserts that the condition `name` cannot even be read, and what the error mentions.
pub(super) fn assert_unreadable<const N: usize>(name: &str, table: [(Value, &str); N]) {
    for (written, mention) in table {
        let error = serde_json::from_value::<Conditions>(json!({ name: written })).unwrap_err().to_string();
        assert!(error.contains(mention), "{written}: {error}");
    }
}
