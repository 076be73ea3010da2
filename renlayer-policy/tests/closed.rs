//! No body that could not be read lets a call through which a reading of it would have stopped.
//!
//! For random policies and a random call, the call is judged twice: as it is, and with some of what its body tells taken
//! away and marked as unreadable. Whatever was taken away, the second judgement must not be milder.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it is surprised"
)]

use jiff::Timestamp;
use proptest::prelude::*;
use renlayer_policy::{
    Conditions, Decided, Decision, Facts, FindingFact, Message, Mode, Policy, PolicyAction, PolicySet, Role,
    Scope, Severity, Tool, ToolPhase,
};
use serde_json::{Map, Value, json};

/// One value of a condition that asks about the body, or about the head.
fn condition() -> impl Strategy<Value = (&'static str, Value)> {
    let value = prop_oneof![
        Just(("model", json!("a*"))),
        Just(("model", json!("b"))),
        Just(("stream", json!(true))),
        Just(("prompt", json!("x"))),
        Just(("prompt", json!({"regex": "y+", "role": "any"}))),
        Just(("prompt", json!({"contains": {"not": "x"}}))),
        Just(("tool", json!("t"))),
        Just(("tool", json!({"name": "t", "arguments": {"/n": {"gt": 1}}}))),
        Just(("max_tokens", json!({"gte": 5}))),
        Just(("prompt_tokens", json!({"lt": 5}))),
        Just(("dlp", json!({"class": "secret.*", "count": {"lt": 3}}))),
        Just(("dlp", json!("secret.*"))),
        Just(("mcp", json!({"server": "*"}))),
        Just(("user", json!("ann"))),
    ];
    (value, any::<bool>())
        .prop_map(|((name, value), negated)| (name, if negated { json!({ "not": value }) } else { value }))
}

fn policy() -> impl Strategy<Value = Policy> {
    let action = prop_oneof![Just(PolicyAction::Allow), Just(PolicyAction::Flag), Just(PolicyAction::Deny)];
    let mode = prop_oneof![3 => Just(None), 1 => Just(Some(Mode::Enforce)), 1 => Just(Some(Mode::Observe))];
    (prop::collection::vec(condition(), 0..3), action, mode).prop_map(|(conditions, action, mode)| Policy {
        id: "pol".into(),
        name: "p".into(),
        description: None,
        matches: conditions_of(conditions),
        action,
        message: None,
        priority: 1,
        scope: Scope::Tenant,
        enabled: true,
        mode,
    })
}

fn conditions_of(conditions: Vec<(&'static str, Value)>) -> Conditions {
    let map: Map<_, _> = conditions.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    serde_json::from_value(map.into()).unwrap()
}

/// What a body tells, and what of it is still known when it cannot be read in full.
#[derive(Clone, Debug)]
struct Body {
    model: Option<&'static str>,
    stream: Option<bool>,
    messages: Vec<Message<'static>>,
    tools: Vec<Tool<'static>>,
    max_tokens: Option<u64>,
    prompt_tokens: Option<u64>,
    findings: Vec<FindingFact<'static>>,
}

fn body() -> impl Strategy<Value = Body> {
    let role = prop_oneof![Just(Role::User), Just(Role::Tool)];
    let message = (role, prop_oneof![Just("x"), Just("yy"), Just("z")]);
    let messages =
        prop::collection::vec(message.prop_map(|(role, text)| Message { role, text: text.into() }), 0..3);
    let tool = prop_oneof![Just(r#"{"n": 1}"#), Just(r#"{"n": 2}"#), Just("{")].prop_map(|arguments| Tool {
        name: "t".into(),
        phase: ToolPhase::Called,
        arguments: Some(arguments.into()),
    });
    let finding =
        (1u64..4).prop_map(|count| FindingFact { class: "secret.x", severity: Severity::High, count });
    (
        prop::option::of(prop_oneof![Just("aa"), Just("b")]),
        prop::option::of(any::<bool>()),
        messages,
        prop::collection::vec(tool, 0..2),
        prop::option::of(0u64..9),
        prop::option::of(0u64..9),
        prop::collection::vec(finding, 0..2),
    )
        .prop_map(|(model, stream, messages, tools, max_tokens, prompt_tokens, findings)| Body {
            model,
            stream,
            messages,
            tools,
            max_tokens,
            prompt_tokens,
            findings,
        })
}

impl Body {
    fn facts(&self, unreadable: Option<&'static str>) -> Facts<'_> {
        Facts {
            user: Some("ann"),
            model: self.model,
            stream: self.stream,
            messages: &self.messages,
            tools: &self.tools,
            max_tokens: self.max_tokens,
            prompt_tokens: self.prompt_tokens,
            findings: Some(&self.findings),
            unreadable,
            ..Facts::at(Timestamp::UNIX_EPOCH)
        }
    }

    /// The same body, of which only part was understood.
    fn torn(&self, keep: [bool; 7]) -> Self {
        let [model, stream, message, tool, max_tokens, prompt_tokens, finding] = keep;
        let some = |keep: bool| if keep { usize::MAX } else { 0 };
        Self {
            model: self.model.filter(|_| model),
            // A reader that gave up may say that no stream was asked for.
            stream: if stream { self.stream } else { Some(false) },
            messages: self.messages.iter().take(some(message)).cloned().collect(),
            tools: self.tools.iter().take(some(tool)).cloned().collect(),
            max_tokens: self.max_tokens.filter(|_| max_tokens),
            prompt_tokens: self.prompt_tokens.filter(|_| prompt_tokens),
            findings: self.findings.iter().take(some(finding)).copied().collect(),
        }
    }
}

fn decide(set: &PolicySet, facts: &Facts<'_>) -> Decision {
    match set.decide(facts) {
        Decided::Final(decision) => decision,
        Decided::NeedsFindings => unreachable!("findings are known"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// One policy: what it forbids when it can read, it forbids when it cannot; what it lets through when it cannot
    /// read, it lets through when it can.
    #[test]
    fn a_policy_is_never_milder_unread(policy in policy(), body in body(), keep: [bool; 7]) {
        let strict = policy.action != PolicyAction::Allow;
        let policy = Policy { mode: None, ..policy };
        let set = PolicySet::compile(vec![policy], PolicyAction::Allow).unwrap();
        let read = decide(&set, &body.facts(None)).policy.is_some();
        let unread = decide(&set, &body.torn(keep).facts(Some("torn"))).policy.is_some();
        // Arguments that are no JSON cannot be judged even in a body that was read.
        let readable = body.tools.iter().all(|tool| tool.arguments.as_deref() != Some("{"));
        if strict && readable {
            prop_assert!(!read || unread);
        }
        if !strict && readable {
            prop_assert!(!unread || read);
        }
    }

    /// Where nothing was unevaluable, the verdict is the one of the whole body.
    #[test]
    fn a_verdict_without_doubt_is_the_right_one(
        policies in prop::collection::vec(policy(), 0..5), body in body(), keep: [bool; 7]
    ) {
        let set = PolicySet::compile(policies, PolicyAction::Allow).unwrap();
        let unread = decide(&set, &body.torn(keep).facts(Some("torn")));
        if unread.unevaluable.is_empty() {
            prop_assert_eq!(unread, decide(&set, &body.facts(None)));
        }
    }

    /// Waiting for findings is only ever answered when the findings could matter; a final answer without them is the
    /// answer with them, whatever they are.
    #[test]
    fn an_answer_before_the_scan_is_the_answer_after_it(
        policies in prop::collection::vec(policy(), 0..5), body in body()
    ) {
        let set = PolicySet::compile(policies, PolicyAction::Allow).unwrap();
        let facts = body.facts(None);
        if let Decided::Final(early) = set.decide(&Facts { findings: None, ..facts }) {
            prop_assert_eq!(early, decide(&set, &facts));
        }
    }

    /// The explanation is the decision's own.
    #[test]
    fn explanations_agree_with_decisions(
        policies in prop::collection::vec(policy(), 0..6), body in body(), torn: bool
    ) {
        let count = policies.len();
        let set = PolicySet::compile(policies, PolicyAction::Allow).unwrap();
        let facts = body.facts(torn.then_some("torn"));
        let explanation = set.explain(&facts);
        prop_assert_eq!(explanation.matches.len() + explanation.misses.len(), count);
        let winner = explanation.matches.iter().find(|policy| policy.mode != Some(Mode::Observe));
        prop_assert_eq!(winner, explanation.decision.policy.as_ref());
        prop_assert_eq!(explanation.decision, decide(&set, &facts));
    }
}
