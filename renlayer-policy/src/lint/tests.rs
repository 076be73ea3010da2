//! What lint finds, and what it does not.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::sampling::{alike, policies, policy, sample};
use crate::{Decided, Decision, Facts, PolicySet};

fn read(written: Value) -> Vec<Policy> {
    serde_json::from_value(written).unwrap()
}

/// Policies named by their place, in order, each with its conditions and its action.
fn of(written: &[(Value, &str)]) -> Vec<Policy> {
    let policies = written.iter().enumerate().map(|(place, (matches, action))| {
        json!({"name": format!("p{place}"), "priority": place, "match": matches, "action": action})
    });
    read(policies.collect())
}

fn findings(policies: &[Policy]) -> Vec<Finding> {
    lint(policies, PolicyAction::Allow, &Known::default()).unwrap()
}

fn told(policies: &[Policy]) -> Vec<(FindingKind, String, Vec<String>, Proof)> {
    let told = |finding: Finding| (finding.kind, finding.name, finding.by, finding.proof);
    findings(policies).into_iter().map(told).collect()
}

fn native(finding: &Finding) -> Option<&Example> {
    match finding.counterexample.as_ref()? {
        Counterexample::Native(example) => Some(example),
        Counterexample::Cedar(_) => None,
    }
}

fn decide(set: &PolicySet, facts: &Facts<'_>) -> Decision {
    match set.decide(&Facts { findings: facts.findings.or(Some(&[])), ..*facts }) {
        Decided::Final(decision) => decision,
        Decided::NeedsFindings => unreachable!("findings are known"),
    }
}

#[test]
fn what_earlier_policies_cover_is_proved() {
    use FindingKind::{Contradiction, Duplicate, Shadowed};
    for (first, second, expected) in [
        (json!({"model": "gpt-*"}), json!({"model": "gpt-4*"}), Some(Shadowed)),
        (json!({"model": "gpt-4*"}), json!({"model": "gpt-*"}), None),
        (json!({"model": ["a", "b"]}), json!({"model": "A", "user": "ann"}), Some(Shadowed)),
        (json!({"model": {"not": "a"}}), json!({"model": "b"}), Some(Shadowed)),
        (json!({"model": {"not": "a*"}}), json!({"model": "*a"}), None),
        (json!({"agent": "a*"}), json!({"agent": "ab"}), Some(Shadowed)),
        (json!({"agent": {"not": "b"}}), json!({"agent": "a"}), None),
        (
            json!({"upstream": "*.example.com"}),
            json!({"upstream": "https://a.example.com/x"}),
            Some(Shadowed),
        ),
        (json!({"upstream": "*.example.com"}), json!({"upstream": "a*.example.com"}), Some(Shadowed)),
        (json!({"upstream": "*.example.com"}), json!({"upstream": "a*.b.example.com"}), Some(Shadowed)),
        (json!({"upstream": "*.com"}), json!({"upstream": "*example.com"}), Some(Shadowed)),
        (json!({"upstream": "*/iam/*"}), json!({"upstream": "*/iam/users/*"}), Some(Shadowed)),
        (
            json!({"upstream": {"method": ["GET", "HEAD"]}}),
            json!({"upstream": {"url": "*", "method": "get"}}),
            Some(Shadowed),
        ),
        (json!({"body_bytes": {"gt": 5}}), json!({"body_bytes": {"gte": 6, "lt": 9}}), Some(Shadowed)),
        (json!({"body_bytes": {"gt": 5}}), json!({"body_bytes": {"gte": 5}}), None),
        (json!({"max_tokens": {"not": {"lte": 9}}}), json!({"max_tokens": {"gt": 20}}), Some(Shadowed)),
        (json!({"action_type": {"not": "embedding"}}), json!({"action_type": "tool_call"}), Some(Shadowed)),
        (json!({"stream": true}), json!({"stream": {"not": false}}), None),
        (
            json!({"time": {"days": "weekdays"}}),
            json!({"time": {"days": "mon", "hours": "09:00-10:00"}}),
            Some(Shadowed),
        ),
        (json!({"time": {"hours": "08:00-12:00"}}), json!({"time": {"hours": "11:00-13:00"}}), None),
        (json!({"tool": "shell*"}), json!({"tool": {"name": "shell_x", "phase": "called"}}), Some(Shadowed)),
        (json!({"tool": {"name": "a", "phase": "called"}}), json!({"tool": "a"}), None),
        (
            json!({"tool": {"arguments": {"/n": {"gt": 1}}}}),
            json!({"tool": {"name": "t", "arguments": {"/n": {"gt": 1}}}}),
            Some(Shadowed),
        ),
        (json!({"header": "X-A"}), json!({"header": {"name": "x-a", "equals": "1"}}), Some(Shadowed)),
        (
            json!({"header": {"name": "X-A", "equals": "b"}}),
            json!({"header": {"name": "X-A", "equals": "B", "ignore_case": true}}),
            None,
        ),
        (json!({"prompt": "bird"}), json!({"prompt": "bluebird"}), Some(Shadowed)),
        (
            json!({"prompt": {"contains": "BIRD", "ignore_case": true}}),
            json!({"prompt": "bluebird"}),
            Some(Shadowed),
        ),
        (json!({"prompt": "bird"}), json!({"prompt": {"contains": "bird", "ignore_case": true}}), None),
        (json!({"prompt": {"contains": "a", "role": "any"}}), json!({"prompt": "a"}), Some(Shadowed)),
        (
            json!({"dlp": "secret.*"}),
            json!({"dlp": {"class": "secret.aws", "severity": "HIGH"}}),
            Some(Shadowed),
        ),
        (
            json!({"mcp": {"server": "git*"}}),
            json!({"mcp": {"server": "github", "tool": {"not": "get_*"}}}),
            Some(Shadowed),
        ),
        (
            json!({"risk": {"spend": {"gt": 1.5}}}),
            json!({"risk": {"spend": {"gt": 2}, "denials": {"gt": 1}}}),
            Some(Shadowed),
        ),
        (json!({"user": "ann"}), json!({"user": "ann"}), Some(Duplicate)),
        (json!({"user": "x"}), json!({"model": ["a*"], "user": {"not": "*"}, "session": "s"}), None),
        (json!({"user": "x"}), json!({"max_tokens": {"gt": 9, "lt": 9}}), Some(Contradiction)),
        (json!({"user": "x"}), json!({"upstream": {"not": "*"}}), Some(Contradiction)),
        (json!({"user": "x"}), json!({"tool": {"name": {"not": ["*"]}}}), Some(Contradiction)),
        (json!({"user": "x"}), json!({"risk": {"actions": [{"lt": 0}]}}), Some(Contradiction)),
    ] {
        let found = told(&of(&[(first.clone(), "DENY"), (second.clone(), "DENY")]));
        let found: Vec<_> =
            found.iter().map(|(kind, name, _, proof)| (*kind, name.as_str(), *proof)).collect();
        let expected: Vec<_> = expected.map(|kind| (kind, "p1", Proof::Proved)).into_iter().collect();
        assert_eq!(found, expected, "{first} then {second}");
    }
}

#[test]
fn several_policies_may_cover_one_together() {
    let policies = of(&[
        (json!({"agent": "x"}), "ALLOW"),
        (json!({"action_type": ["chat_completion", "embedding"]}), "DENY"),
        (json!({"body_bytes": {"lt": 10}}), "DENY"),
        (json!({"action_type": {"not": ["chat_completion", "embedding"]}}), "FLAG"),
        (json!({"user": "ann"}), "DENY"),
    ]);
    let by = vec!["p1".into(), "p3".into()];
    assert_eq!(told(&policies), [(FindingKind::Shadowed, "p4".into(), by, Proof::Proved)]);
}

#[test]
fn what_observes_or_is_disabled_covers_nothing() {
    for (key, value) in [("mode", json!("observe")), ("enabled", json!(false))] {
        let mut first = json!({"name": "a", "priority": 1, "match": {}, "action": "DENY"});
        first[key] = value;
        let second = json!({"name": "b", "priority": 2, "match": {"user": "x"}, "action": "DENY"});
        assert_eq!(told(&read(json!([first, second]))), []);
    }
}

#[test]
fn a_body_that_cannot_be_read_is_told_apart() {
    let [finding] =
        &findings(&of(&[(json!({"model": "gpt-*"}), "ALLOW"), (json!({"model": "gpt-4"}), "DENY")]))[..]
    else {
        panic!("one finding")
    };
    assert_eq!(
        finding.reason,
        "`p0` decides every call that it matches, save some whose body cannot be read"
    );
    assert!(native(finding).is_some_and(|example| example.unreadable));
}

#[test]
fn what_reads_in_two_ways_is_left_to_a_denial() {
    let iam = json!({"upstream": "*/iam/*"});
    let policies = of(&[(iam.clone(), "ALLOW"), (iam, "DENY")]);
    assert_eq!(told(&policies), []);
    let found =
        widening((&policies[1..], PolicyAction::Allow), (&policies, PolicyAction::Allow), &Known::default());
    assert_eq!(&*found.unwrap()[0].name, "p0");
    let arguments = json!({"tool": {"arguments": {"/n": {"gt": 1}}}});
    let found = told(&of(&[(arguments.clone(), "ALLOW"), (arguments, "DENY")]));
    assert_eq!(found, [(FindingKind::Shadowed, "p1".into(), vec!["p0".into()], Proof::Heuristic)]);
}

#[test]
fn where_nothing_is_proved_it_is_said() {
    let policies = of(&[
        (json!({"prompt": {"regex": "^[a-c]+$", "role": "any"}}), "DENY"),
        (json!({"prompt": {"regex": "^[ab]+$", "role": "system"}}), "DENY"),
    ]);
    let shadowed: Vec<_> =
        told(&policies).into_iter().filter(|(kind, ..)| *kind == FindingKind::Shadowed).collect();
    assert_eq!(shadowed, [(FindingKind::Shadowed, "p1".into(), vec!["p0".into()], Proof::Heuristic)]);
}

#[test]
fn patterns_are_looked_at() {
    use FindingKind::{MatchesEverything, SlowPattern};
    for (matches, expected) in [
        (json!({"prompt": {"regex": "secret project"}}), vec![]),
        (json!({"prompt": {"regex": "[0-9]{16}"}}), vec![(SlowPattern, "match.prompt.regex", Proof::Proved)]),
        (
            json!({"prompt": {"regex": ["bluebird", ".*"]}}),
            vec![
                (MatchesEverything, "match.prompt.regex[1]", Proof::Proved),
                (SlowPattern, "match.prompt.regex[1]", Proof::Proved),
            ],
        ),
        (
            json!({"header": {"name": "a", "regex": {"not": "^"}}}),
            vec![(MatchesEverything, "match.header.regex.not", Proof::Heuristic)],
        ),
        (
            json!({"header": {"name": "a", "regex": ".+"}}),
            vec![(MatchesEverything, "match.header.regex", Proof::Heuristic)],
        ),
        (
            json!({"tool": {"arguments": {"/a": [1, {"regex": "x*"}]}}}),
            vec![(MatchesEverything, "match.tool.arguments./a[1].regex", Proof::Proved)],
        ),
    ] {
        let found = findings(&of(&[(matches.clone(), "DENY")]));
        let found: Vec<_> =
            found.iter().map(|f| (f.kind, f.place.as_deref().unwrap_or(""), f.proof)).collect();
        assert_eq!(found, expected, "{matches}");
    }
}

#[test]
fn names_that_nothing_has_are_found() {
    let known = Known {
        agents: Some(vec!["billing-bot".into()]),
        tools: Some(vec!["shell".into()]),
        models: Some(vec!["gpt-4o".into()]),
        agent_ids: None,
    };
    let mut policies = of(&[
        (json!({"agent": ["billing-*", "bot"], "model": {"not": ["GPT-4o", "gpt-5"]}}), "DENY"),
        (json!({"tool": {"name": "shel"}, "mcp": {"tool": "shell"}}), "DENY"),
    ]);
    policies[1].scope = crate::Scope::Agents(vec!["x".into()]);
    let found = lint(&policies, PolicyAction::Allow, &known).unwrap();
    let found: Vec<_> =
        found.iter().map(|f| (f.kind, f.place.as_deref().unwrap_or(""), &*f.reason)).collect();
    assert_eq!(
        found,
        [
            (FindingKind::UnknownAgent, "match.agent[1]", "there is no agent `bot`"),
            (FindingKind::UnknownModel, "match.model.not[1]", "there is no model `gpt-5`"),
            (FindingKind::UnknownAgent, "scope.agents", "there is no agent `x`"),
            (FindingKind::UnknownTool, "match.tool.name", "there is no tool `shel`"),
        ]
    );
    assert_eq!(told(&policies), []);
    let by_id = of(&[(json!({"agent": ["agent_1", "bot"]}), "DENY")]);
    let known = Known { agent_ids: Some("agent_".into()), ..known };
    let found = lint(&by_id, PolicyAction::Allow, &known).unwrap();
    assert_eq!((found.len(), &*found[0].reason), (1, "there is no agent `bot`"));
}

#[test]
fn a_change_allows_something_new_or_does_not() {
    let deny = |matches: Value| (matches, "DENY");
    let allow = |matches: Value| (matches, "ALLOW");
    for (before, after, by) in [
        (vec![deny(json!({"model": "gpt-*"}))], vec![deny(json!({"model": "gpt-4*"}))], Some("default")),
        (vec![deny(json!({"model": "gpt-4*"}))], vec![deny(json!({"model": "gpt-*"}))], None),
        (
            vec![deny(json!({"model": "a"})), deny(json!({"model": "b"}))],
            vec![deny(json!({"model": ["b", "a"]}))],
            None,
        ),
        (
            vec![deny(json!({"user": "a"}))],
            vec![allow(json!({"session": "s"})), deny(json!({"user": "a"}))],
            Some("p0"),
        ),
        (
            vec![deny(json!({"user": "a"}))],
            vec![deny(json!({"user": "a"})), allow(json!({"session": "s"}))],
            None,
        ),
        (vec![deny(json!({"user": "a"}))], vec![(json!({"user": "a"}), "FLAG")], Some("p0")),
        (vec![deny(json!({"stream": true}))], vec![deny(json!({"stream": {"not": false}}))], None),
        (vec![deny(json!({"stream": {"not": false}}))], vec![deny(json!({"stream": true}))], Some("default")),
        (vec![deny(json!({"prompt": "bird"}))], vec![deny(json!({"prompt": "bluebird"}))], Some("default")),
        (vec![deny(json!({"prompt": "bluebird"}))], vec![deny(json!({"prompt": "bird"}))], None),
        (
            vec![deny(json!({"tool": "sh*"}))],
            vec![deny(json!({"tool": {"name": "sh*", "phase": "called"}}))],
            Some("default"),
        ),
        (
            vec![deny(json!({"upstream": "*/iam/*"}))],
            vec![deny(json!({"upstream": "*/iam/users/*"}))],
            Some("default"),
        ),
        (
            vec![deny(json!({"prompt": {"regex": "cat|dog"}}))],
            vec![deny(json!({"prompt": {"regex": "cat"}}))],
            Some("default"),
        ),
        (
            vec![deny(json!({"time": {"hours": "08:00-18:00", "zone": "Europe/Berlin"}}))],
            vec![deny(json!({"time": {"hours": "08:00-18:00"}}))],
            Some("default"),
        ),
        (
            vec![deny(json!({"dlp": "secret.*"}))],
            vec![deny(json!({"dlp": {"class": "secret.*", "severity": "CRITICAL"}}))],
            Some("default"),
        ),
        (vec![], vec![], None),
    ] {
        let (before, after) = (of(&before), of(&after));
        let found =
            widening((&before, PolicyAction::Allow), (&after, PolicyAction::Allow), &Known::default())
                .unwrap();
        let found: Vec<_> = found.iter().map(|f| (&*f.name, f.proof, f.counterexample.is_some())).collect();
        let expected: Vec<_> = by.map(|by| (by, Proof::Proved, true)).into_iter().collect();
        assert_eq!(found, expected, "{before:?} to {after:?}");
    }
    let flips = widening((&[], PolicyAction::Deny), (&[], PolicyAction::Allow), &Known::default()).unwrap();
    assert_eq!((flips.len(), &*flips[0].name, &flips[0].by[..]), (1, "default", &["default".to_owned()][..]));
}

#[test]
fn an_agent_may_have_the_name_of_another_as_its_id_unless_ids_are_known_by_their_beginning() {
    let before = of(&[(json!({"agent": "bot"}), "DENY")]);
    let after = of(&[(json!({"agent": "helper"}), "ALLOW"), (json!({"agent": "bot"}), "DENY")]);
    let by_id = of(&[(json!({"agent": "agent_1"}), "ALLOW"), (json!({"agent": "bot"}), "DENY")]);
    for (ids, after, expected) in [
        (None, &after, Some("GET https://example.com/, agent `helper`, agent id `bot`")),
        (Some("agent_"), &after, None),
        (Some("agent_"), &by_id, Some("GET https://example.com/, agent `bot`, agent id `agent_1`")),
    ] {
        let known = Known { agent_ids: ids.map(Into::into), ..Known::default() };
        let found = widening((&before, PolicyAction::Allow), (after, PolicyAction::Allow), &known).unwrap();
        let shown = found.first().map(|finding| finding.counterexample.as_ref().unwrap().to_string());
        assert_eq!(shown.as_deref(), expected);
    }
}

#[test]
fn an_example_says_what_matters() {
    let before = of(&[(json!({"agent": "bot", "model": "gpt-*", "upstream": {"method": "POST"}}), "DENY")]);
    let after = of(&[(
        json!({"agent": "bot", "model": "gpt-*", "upstream": {"method": "POST"}, "user": "ann"}),
        "DENY",
    )]);
    let found =
        widening((&before, PolicyAction::Allow), (&after, PolicyAction::Allow), &Known::default()).unwrap();
    let example = found[0].counterexample.as_ref().unwrap();
    assert_eq!(example.to_string(), "POST https://example.com/, agent `bot`, model `gpt-`");
    assert_eq!(serde_json::to_value(example).unwrap()["agent"], "bot");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Against random calls: what is proved never to take part does not.
    #[test]
    fn what_is_proved_is_so(
        written in prop_oneof![vec(policy(), 1..6), alike()], samples in vec(sample(), 40)
    ) {
        let policies = policies(written);
        let set = PolicySet::compile(policies.clone(), PolicyAction::Allow).unwrap();
        let idle = |finding: &&Finding| {
            finding.proof == Proof::Proved
                && matches!(finding.kind, FindingKind::Shadowed | FindingKind::Contradiction)
        };
        for finding in findings(&policies).iter().filter(idle) {
            let everywhere = !finding.reason.contains("save");
            for sample in &samples {
                let facts = sample.facts();
                if facts.unreadable.is_some() && !everywhere {
                    continue;
                }
                let decision = decide(&set, &facts);
                let mut part = decision.policy.iter().chain(&decision.observed);
                prop_assert!(part.all(|policy| policy.id != finding.policy), "{:?} on {:?}", finding, sample);
            }
        }
    }

    /// What is not said to widen does not, and what is said is shown.
    #[test]
    fn no_change_widens_unsaid(before in prop_oneof![vec(policy(), 0..5), alike()], after in prop_oneof![vec(policy(), 0..5), alike()], samples in vec(sample(), 40)) {
        let (before, after) = (policies(before), policies(after));
        let found = widening((&before, PolicyAction::Allow), (&after, PolicyAction::Allow), &Known::default()).unwrap();
        let [was, is] = [before, after].map(|policies| PolicySet::compile(policies, PolicyAction::Allow).unwrap());
        for example in found.iter().filter_map(native) {
            example.judged(|facts| {
                assert_eq!(decide(&was, facts).action, PolicyAction::Deny);
                assert_ne!(decide(&is, facts).action, PolicyAction::Deny);
            });
        }
        if found.is_empty() {
            for sample in &samples {
                let widens = decide(&was, &sample.facts()).action == PolicyAction::Deny
                    && decide(&is, &sample.facts()).action != PolicyAction::Deny;
                prop_assert!(!widens, "{:?}", sample);
            }
        }
    }

    /// A change that takes nothing away, and a set beside itself, widen nothing.
    #[test]
    fn a_set_is_no_wider_than_itself(written in vec(policy(), 0..6)) {
        let policies = policies(written);
        let found = widening((&policies, PolicyAction::Allow), (&policies, PolicyAction::Allow), &Known::default()).unwrap();
        prop_assert_eq!(found, vec![]);
    }
}
