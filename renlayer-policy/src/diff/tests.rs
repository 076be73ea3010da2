//! What is said of two policies, and of two sets.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::sampling::{policies, policy as random};

fn policy(name: &str, rest: Value) -> Policy {
    let mut whole = json!({"name": name, "match": {}, "action": "DENY"});
    whole.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    serde_json::from_value(whole).unwrap()
}

#[test]
fn conditions_are_told_apart_by_what_they_mean() {
    for (before, after, expected) in [
        (json!({"model": "gpt-4*"}), json!({"model": "gpt-4o*"}), vec!["match.model: gpt-4* → gpt-4o*"]),
        (json!({"model": ["a", "b"]}), json!({"model": ["b", "a"]}), vec![]),
        (json!({"model": ["a"]}), json!({"model": "a"}), vec![]),
        (json!({"model": ["a", "b"]}), json!({"model": ["b", "c"]}), vec!["match.model: +c -a"]),
        (json!({"model": "a"}), json!({"model": ["a", "b"]}), vec!["match.model: a → [a, b]"]),
        (json!({"model": "a"}), json!({"model": {"not": "a"}}), vec!["match.model: a → not a"]),
        (json!({"model": {"not": "a"}}), json!({"model": {"not": "b"}}), vec!["match.model.not: a → b"]),
        (json!({"model": "a"}), json!({}), vec!["match.model: no longer a"]),
        (json!({}), json!({"user": "a b, c"}), vec!["match.user: now \"a b, c\""]),
        (json!({"upstream": "a.example"}), json!({"upstream": {"url": "a.example"}}), vec![]),
        (
            json!({"upstream": "a.example"}),
            json!({"upstream": {"url": "a.example", "method": ["GET", "POST"]}}),
            vec!["match.upstream.method: now [GET, POST]"],
        ),
        (
            json!({"header": "X-A"}),
            json!({"header": {"name": "X-A", "present": false}}),
            vec!["match.header.present: now false"],
        ),
        (
            json!({"body_bytes": {"gt": 5}}),
            json!({"body_bytes": {"gt": 6, "lt": 9}}),
            vec!["match.body_bytes.gt: 5 → 6", "match.body_bytes.lt: now 9"],
        ),
        (json!({"body_bytes": 5}), json!({"body_bytes": {"gt": 5}}), vec!["match.body_bytes: 5 → { gt: 5 }"]),
        (
            json!({}),
            json!({"prompt": {"contains": "x", "ignore_case": true}, "tool": {"arguments": {"/n": {"gt": 1}}}}),
            vec![
                "match.prompt.contains: now x",
                "match.prompt.ignore_case: now true",
                "match.tool.arguments./n: now { gt: 1 }",
            ],
        ),
    ] {
        let changes = fields(&policy("p", json!({"match": before})), &policy("p", json!({"match": after})));
        let told: Vec<_> = changes.iter().map(ToString::to_string).collect();
        assert_eq!(told, expected, "{before} to {after}");
    }
}

#[test]
fn fields_are_told_too() {
    let before = policy("p", json!({"message": "no", "scope": {"agents": ["a"]}}));
    let after = policy(
        "p",
        json!({"action": "FLAG", "priority": 5, "enabled": false, "mode": "observe", "message": "no!"}),
    );
    let told: Vec<_> = fields(&before, &after).iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "action: DENY → FLAG",
            "enabled: true → false",
            "message: no → no!",
            "priority: 1000 → 5",
            "scope: no longer { agents: [a] }",
            "mode: now observe",
        ]
    );
}

#[test]
fn sets_are_told_policy_by_policy() {
    let before = [
        policy("first", json!({"priority": 1})),
        policy("second", json!({"priority": 2, "match": {"user": "a"}})),
        policy("third", json!({"priority": 3})),
        policy("gone", json!({"priority": 4, "action": "ALLOW"})),
    ];
    let after = [
        policy("third", json!({"priority": 0})),
        policy("first", json!({"priority": 1})),
        policy("second", json!({"priority": 2, "match": {"user": "b"}})),
        policy("new", json!({"priority": 7, "match": {"agent": "bot"}, "action": "FLAG"})),
    ];
    let told = diff(&before, &after);
    assert_eq!(
        told.to_string(),
        "~ third\n    priority: 3 → 0\n    tried at place 1, before at 3: now first\n\
         ~ second\n    match.user: a → b\n\
         + new (FLAG)\n    match.agent: now bot\n    priority: 1000 → 7\n\
         - gone (ALLOW)\n"
    );
    let data = serde_json::to_value(&told).unwrap();
    assert_eq!(data["policies"][0]["moved"], json!({"from": 3, "to": 1}));
    assert_eq!(data["policies"][1]["fields"], json!([{"path": "match.user", "before": "a", "after": "b"}]));
    assert_eq!(data["policies"][3], json!({"change": "removed", "name": "gone", "action": "ALLOW"}));
}

#[test]
fn a_policy_with_an_id_may_be_renamed() {
    let before =
        [policy("old", json!({"id": "pol_1"})), policy("other", json!({"id": "pol_2", "priority": 2000}))];
    let after = [policy("new", json!({"id": "pol_1"})), policy("other", json!({"priority": 2000}))];
    assert_eq!(diff(&before, &after).to_string(), "~ new\n    name: old → new\n");
}

proptest! {
    #[test]
    fn nothing_differs_from_itself_and_something_from_anything_else(written in vec(random(), 0..4), other in random()) {
        let mut policies = policies(written);
        prop_assert_eq!(diff(&policies, &policies), Diff::default());
        let other: Policy = serde_json::from_value(other).unwrap();
        let before = policies.clone();
        policies.push(Policy { name: "other".into(), ..other });
        prop_assert_eq!(diff(&before, &policies).policies.len(), 1);
    }
}
