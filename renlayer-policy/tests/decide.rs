//! Which policy decides, and what the decision says of the others.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it is surprised"
)]

use jiff::Timestamp;
use renlayer_policy::{
    Decided, Decision, Facts, FindingFact, Needs, Policy, PolicyAction, PolicyRef, PolicySet, Severity,
};
use serde_json::{Value, json};

fn policies(written: Value) -> Vec<Policy> {
    serde_json::from_value(written).unwrap()
}

fn set(written: Value) -> PolicySet {
    PolicySet::compile(policies(written), PolicyAction::Allow).unwrap()
}

fn bot() -> Facts<'static> {
    Facts { agent_id: Some("agent_1"), agent_name: Some("bot"), ..Facts::at(Timestamp::UNIX_EPOCH) }
}

fn decision(set: &PolicySet, facts: &Facts<'_>) -> Decision {
    match set.decide(facts) {
        Decided::Final(decision) => decision,
        Decided::NeedsFindings => panic!("waits for findings"),
    }
}

fn names(policies: &[PolicyRef]) -> Vec<&str> {
    policies.iter().map(|policy| &*policy.name).collect()
}

/// The name of the policy that decides, or `default`, and its verdict.
fn verdict(set: &PolicySet, facts: &Facts<'_>) -> (String, PolicyAction) {
    let decision = decision(set, facts);
    (decision.policy.map_or("default".to_owned(), |policy| policy.name.to_string()), decision.action)
}

#[test]
fn the_first_match_in_order_decides() {
    let set = set(json!([
        {"id": "pol_3", "name": "late", "priority": 20, "match": {}, "action": "DENY"},
        {"id": "pol_2", "name": "younger", "priority": 10, "match": {"agent": "bot"}, "action": "DENY"},
        {"id": "pol_1", "name": "older", "priority": 10, "match": {"agent": "bot"}, "action": "ALLOW"},
        {"id": "pol_4", "name": "first", "priority": -5, "match": {"agent": "other"}, "action": "FLAG"},
    ]));
    assert_eq!(verdict(&set, &bot()), ("older".into(), PolicyAction::Allow));
    let other = Facts { agent_id: Some("other"), ..bot() };
    assert_eq!(verdict(&set, &other), ("first".into(), PolicyAction::Flag));
    let nobody = Facts::at(Timestamp::UNIX_EPOCH);
    assert_eq!(verdict(&set, &nobody), ("late".into(), PolicyAction::Deny));
}

#[test]
fn without_a_match_the_default_decides() {
    let one = policies(json!([{"name": "a", "match": {"agent": "other"}, "action": "FLAG"}]));
    for default in [PolicyAction::Allow, PolicyAction::Flag, PolicyAction::Deny] {
        for policies in [Vec::new(), one.clone()] {
            let set = PolicySet::compile(policies, default).unwrap();
            assert_eq!(verdict(&set, &bot()), ("default".into(), default));
        }
    }
}

#[test]
fn scope_and_enabled_take_a_policy_out() {
    let set = set(json!([
        {"name": "disabled", "priority": 1, "match": {}, "action": "DENY", "enabled": false},
        {"name": "theirs", "priority": 2, "match": {}, "action": "DENY", "scope": {"agents": ["agent_2", "ops-*"]}},
        {"name": "ours", "priority": 3, "match": {}, "action": "FLAG", "scope": {"agents": ["agent_1"]}},
        {"name": "all", "priority": 4, "match": {}, "action": "DENY", "scope": "tenant"},
    ]));
    assert_eq!(verdict(&set, &bot()).0, "ours");
    assert_eq!(verdict(&set, &Facts { agent_id: None, agent_name: Some("ops-1"), ..bot() }).0, "theirs");
    assert_eq!(verdict(&set, &Facts { agent_id: None, agent_name: None, ..bot() }).0, "all");
}

#[test]
fn a_policy_that_observes_never_decides() {
    let set = set(json!([
        {"name": "would-deny", "priority": 1, "match": {}, "action": "DENY", "mode": "observe"},
        {"name": "would-not-match", "priority": 2, "match": {"agent": "x"}, "action": "DENY", "mode": "observe"},
        {"name": "decides", "priority": 3, "match": {}, "action": "FLAG"},
        {"name": "too-late", "priority": 4, "match": {}, "action": "DENY", "mode": "observe"},
    ]));
    let decision = decision(&set, &bot());
    assert_eq!(decision.policy.unwrap().name.as_ref(), "decides");
    assert_eq!(names(&decision.observed), ["would-deny"]);
    assert_eq!(decision.observed[0].action, PolicyAction::Deny);
}

#[test]
fn what_cannot_be_evaluated_is_held_against_the_call() {
    let unread = Facts { unreadable: Some("not JSON"), ..bot() };
    for (action, matches, fails_closed) in [
        ("DENY", json!({"model": "gpt-4o"}), true),
        ("FLAG", json!({"model": "gpt-4o"}), true),
        ("ALLOW", json!({"model": "gpt-4o"}), false),
        ("ALLOW", json!({"model": {"not": "gpt-4o"}}), false),
        ("DENY", json!({"model": {"not": "gpt-4o"}}), true),
        ("ALLOW", json!({"tool": {"not": "shell"}}), false),
        ("DENY", json!({"prompt": "x", "agent": "bot"}), true),
    ] {
        let set = set(json!([{"id": "pol_1", "name": "p", "match": matches, "action": action}]));
        let decision = decision(&set, &unread);
        assert_eq!(decision.policy.is_some(), fails_closed, "{action} {matches}");
        let recorded: Vec<_> = decision.unevaluable.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(recorded, ["pol_1"], "{action} {matches}");
    }
}

#[test]
fn one_condition_that_is_certainly_false_rules_out_what_is_unknown() {
    let set = set(json!([{"name": "p", "match": {"prompt": "x", "agent": "other"}, "action": "DENY"}]));
    let decision = decision(&set, &Facts { unreadable: Some("not JSON"), ..bot() });
    assert_eq!((decision.policy, decision.unevaluable), (None, Vec::new()));
}

#[test]
fn absent_facts_are_known_to_be_absent() {
    let set = set(json!([{"name": "p", "match": {"model": "*"}, "action": "DENY"}]));
    assert_eq!(verdict(&set, &bot()).0, "default");
    assert!(decision(&set, &bot()).unevaluable.is_empty());
}

#[test]
fn only_a_policy_that_may_win_waits_for_findings() {
    let findings = [FindingFact { class: "secret.x", severity: Severity::High, count: 1 }];
    let set = set(json!([
        {"name": "head", "priority": 1, "match": {"agent": "bot", "action_type": "embedding"}, "action": "FLAG"},
        {"name": "scan", "priority": 2, "match": {"dlp": "secret.*", "agent": "bot"}, "action": "DENY"},
        {"name": "last", "priority": 3, "match": {}, "action": "FLAG"},
    ]));
    assert_eq!(set.needs(), Needs { findings: true, ..Needs::default() });
    assert_eq!(set.decide(&bot()), Decided::NeedsFindings);
    assert_eq!(verdict(&set, &Facts { findings: Some(&findings), ..bot() }).0, "scan");
    assert_eq!(verdict(&set, &Facts { findings: Some(&[]), ..bot() }).0, "last");
    let embedding = Facts { action_type: renlayer_policy::ActionType::Embedding, ..bot() };
    assert_eq!(verdict(&set, &embedding).0, "head");
    assert_eq!(verdict(&set, &Facts { agent_id: None, agent_name: None, ..bot() }).0, "last");
}

#[test]
fn needs_are_those_of_enabled_policies() {
    for (matches, enabled, body, findings) in [
        (json!({"agent": "a", "upstream": "*"}), true, false, false),
        (json!({"prompt": "a"}), true, true, false),
        (json!({"dlp": "a"}), true, false, true),
        (json!({"dlp": "a", "tool": "b"}), true, true, true),
        (json!({"dlp": "a", "tool": "b"}), false, false, false),
    ] {
        let set = set(json!([{"name": "p", "match": matches, "action": "DENY", "enabled": enabled}]));
        assert_eq!(set.needs(), Needs { body, findings, ..Needs::default() }, "{matches}");
    }
}

#[test]
fn an_explanation_names_winner_followers_and_what_ruled_the_others_out() {
    let set = set(json!([
        {"name": "off", "priority": 1, "match": {}, "action": "DENY", "enabled": false},
        {"name": "near", "priority": 2, "match": {"agent": "bot", "model": "gpt-*"}, "action": "DENY"},
        {"name": "far", "priority": 3, "match": {"user": "ann", "model": "gpt-*"}, "action": "DENY"},
        {"name": "watching", "priority": 4, "match": {}, "action": "DENY", "mode": "observe"},
        {"name": "winner", "priority": 5, "match": {"agent": "bot"}, "action": "ALLOW"},
        {"name": "follower", "priority": 6, "match": {}, "action": "DENY"},
        {"name": "elsewhere", "priority": 7, "match": {}, "action": "DENY", "scope": {"agents": ["x"]}},
    ]));
    let explanation = set.explain(&bot());
    assert_eq!(Decided::Final(explanation.decision.clone()), set.decide(&bot()));
    assert_eq!(explanation.decision.policy.as_ref().unwrap().name.as_ref(), "winner");
    assert_eq!(names(&explanation.matches), ["watching", "winner", "follower"]);
    let misses: Vec<_> =
        explanation.misses.iter().map(|m| (&*m.policy.name, m.ruled_out_by.clone(), m.held)).collect();
    assert_eq!(
        misses,
        [
            ("off", vec!["enabled"], 0),
            ("near", vec!["model"], 1),
            ("far", vec!["model", "user"], 0),
            ("elsewhere", vec!["scope"], 0),
        ]
    );
    let near: Vec<_> = explanation.near_misses().map(|miss| &*miss.policy.name).collect();
    assert_eq!(near, ["off", "near", "elsewhere"]);
}

#[test]
fn everything_that_is_wrong_is_reported_at_once() {
    let errors = PolicySet::compile(
        policies(json!([
            {"id": "pol_1", "name": "one", "match": {"prompt": [{"regex": "a"}, {"regex": "("}]}, "action": "DENY"},
            {"id": "pol_2", "name": "two", "match": {"agent": [], "model": ""}, "action": "DENY",
             "scope": {"agents": ["a", "{b}"]}},
        ])),
        PolicyAction::Allow,
    )
    .unwrap_err();
    let places: Vec<_> =
        errors.iter().map(|error| (error.policy.as_str(), error.condition.as_str())).collect();
    assert_eq!(
        places,
        [
            ("pol_1", "match.prompt[1].regex"),
            ("pol_2", "scope.agents[1]"),
            ("pol_2", "match.agent"),
            ("pol_2", "match.model"),
        ]
    );
    assert_eq!(errors[0].to_string(), "policy `one`: match.prompt[1].regex: unclosed group, at character 1");
}

#[test]
fn policies_are_written_as_they_are_read() {
    for written in [
        json!({"name": "a", "match": {}, "action": "ALLOW", "priority": 1000, "enabled": true}),
        json!({"id": "pol_1", "name": "a", "description": "d", "match": {"agent": "x", "model": ["a", "b"],
               "user": {"not": ["u", "v"]}, "upstream": "*.example.com/x"}, "action": "DENY", "message": "no",
               "priority": -3, "scope": {"agents": ["b"]}, "enabled": false, "mode": "observe"}),
    ] {
        let policy: Policy = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(serde_json::to_value(&policy).unwrap(), written);
    }
    for (refused, mention) in [
        (json!({"name": "a", "action": "DENY"}), "missing field `match`"),
        (json!({"name": "a", "match": {}, "action": "deny"}), "unknown variant `deny`"),
        (json!({"name": "a", "match": {"agnet": "x"}, "action": "DENY"}), "unknown field `agnet`"),
        (json!({"name": "a", "match": {}, "action": "DENY", "prio": 1}), "unknown field `prio`"),
        (json!({"name": "a", "match": {}, "action": "DENY", "scope": "agents"}), "`tenant` or"),
    ] {
        let error = serde_json::from_value::<Policy>(refused.clone()).unwrap_err().to_string();
        assert!(error.contains(mention), "{refused}: {error}");
    }
}
