//! Policies that are found decide as policies that are all asked.

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::sampling::{policies, policy, sample};
use crate::{Decided, Facts, Message, PolicyAction, PolicySet, Role, Upstream};

fn set(written: Vec<Value>) -> PolicySet {
    PolicySet::compile(policies(written), PolicyAction::Allow).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn what_is_found_decides_as_what_is_asked_one_by_one(
        written in vec(policy(), 0..12), samples in vec(sample(), 1..6)
    ) {
        let set = set(written);
        for sample in samples {
            let facts = sample.facts();
            let decided = set.decide(&facts);
            prop_assert_eq!(&decided, &set.decide_one_by_one(&facts));
            let explanation = set.explain(&facts);
            let known = Facts { findings: facts.findings.or(Some(&[])), ..facts };
            prop_assert_eq!(Decided::Final(explanation.decision), set.decide_one_by_one(&known));
        }
    }
}

#[test]
fn what_has_nothing_of_a_call_is_not_asked() {
    let set = set(vec![
        json!({"name": "0", "match": {"agent": ["bot", "ops-*"]}, "action": "DENY"}),
        json!({"name": "1", "match": {"model": "gpt-4o"}, "action": "DENY"}),
        json!({"name": "2", "match": {"upstream": "*.api.example.com"}, "action": "DENY"}),
        json!({"name": "3", "match": {"upstream": "*/iam/*"}, "action": "DENY"}),
        json!({"name": "4", "match": {"header": {"name": "X-Team", "equals": "red"}}, "action": "DENY"}),
        json!({"name": "5", "match": {"prompt": "bluebird"}, "action": "DENY"}),
        json!({"name": "6", "match": {"prompt": {"regex": "red ?wing"}}, "action": "DENY"}),
        json!({"name": "7", "match": {"agent": {"not": "bot"}}, "action": "DENY"}),
        json!({"name": "8", "match": {}, "action": "DENY", "scope": {"agents": ["bot"]}}),
        json!({"name": "9", "match": {"tool": "shell"}, "action": "DENY", "enabled": false}),
    ]);
    let nothing = Facts::at(Timestamp::UNIX_EPOCH);
    let upstream = Upstream { host: "eu.api.example.com", path: "//iam/x", ..Upstream::default() };
    let headers = [("x-team", "Red")];
    let says = |text| [Message { role: Role::User, text }];
    for (facts, expected) in [
        (nothing, vec![7]),
        (Facts { agent_name: Some("bot"), ..nothing }, vec![0, 7, 8]),
        (Facts { agent_id: Some("ops-1"), ..nothing }, vec![0, 7]),
        (Facts { model: Some("GPT-4o"), ..nothing }, vec![1, 7]),
        (Facts { upstream, ..nothing }, vec![2, 3, 7]),
        (Facts { headers: &headers, ..nothing }, vec![4, 7]),
        (Facts { messages: &says("the BLUEBIRD bluebird".into()), ..nothing }, vec![5, 7]),
        (Facts { messages: &says("a Redwing".into()), ..nothing }, vec![6, 7]),
        (Facts { unreadable: Some("torn"), ..nothing }, vec![1, 5, 6, 7]),
    ] {
        assert_eq!(set.candidates(&facts), expected);
    }
}
