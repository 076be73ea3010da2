//! What a Cedar decision costs beside how many policies are stored: ten, a thousand, five thousand, over the same call. The
//! ratio of the columns is what counts; times are the machine's.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a bench stops where it is surprised")]

use divan::{Bencher, black_box};
use jiff::Timestamp;
use renlayer_policy::cedar::{CedarDecided, CedarSet, CedarText, Directory};
use renlayer_policy::{ActionType, Facts, PolicyAction, Upstream};

const SIZES: [usize; 3] = [10, 1_000, 5_000];

fn main() {
    divan::main();
}

/// Some policies are about the call whatever the size; the others are about other agents, groups, hosts and tools.
fn set(size: usize, about: usize) -> CedarSet {
    let text = |n| if n < about { about_the_call(n) } else { about_others(n) };
    let texts = (0..size).map(|n| CedarText { name: format!("p{n}"), text: text(n) });
    let groups = (0..=100).map(|n| (format!("g{n}"), Vec::new())).collect();
    let agents = (0..100).map(|n| (format!("agent-{n}"), vec![format!("g{n}")])).collect();
    CedarSet::compile(texts.collect(), Directory { tenant: "t".into(), agents, groups }).unwrap()
}

/// One permit, and forbids that do not hold.
fn about_the_call(n: usize) -> String {
    if n == 0 {
        return "permit (principal in Group::\"g0\", action, resource);".to_owned();
    }
    format!(
        "forbid (principal, action == Action::\"chat_completion\", resource) \
         when {{ context.body has model && context.body.model == \"model-{n}\" }};"
    )
}

fn about_others(n: usize) -> String {
    match n % 4 {
        0 => format!(
            "permit (principal == Agent::\"agent-{n}\", action, resource == Upstream::\"host{n}.example.com\");"
        ),
        1 => format!(
            "permit (principal in Group::\"g{}\", action, resource) when {{ context.method == \"GET\" }};",
            1 + n % 100
        ),
        2 => format!("forbid (principal, action, resource == Upstream::\"host{n}.example.com\");"),
        _ => {
            format!("forbid (principal, action == Action::\"call_tool\", resource == Tool::\"tool_{n}\");")
        }
    }
}

fn facts(agent: &'static str) -> Facts<'static> {
    let upstream =
        Upstream { scheme: "https", host: "api.openai.com", port: 443, path: "/v1/chat/completions" };
    Facts {
        agent_name: Some(agent),
        action_type: ActionType::ChatCompletion,
        method: "POST",
        upstream,
        model: Some("gpt-4o"),
        stream: Some(true),
        prompt_tokens: Some(1_000),
        ..Facts::at(Timestamp::UNIX_EPOCH)
    }
}

#[divan::bench(args = SIZES)]
fn known_agent(bencher: Bencher<'_, '_>, size: usize) {
    let (set, facts) = (set(size, 4), facts("agent-0"));
    let CedarDecided::Final(decision) = set.decide(&facts) else { panic!("nothing asks about findings") };
    assert_eq!(decision.action(), PolicyAction::Allow);
    bencher.bench(|| set.decide(black_box(&facts)));
}

#[divan::bench(args = SIZES)]
fn agent_that_no_policy_names(bencher: Bencher<'_, '_>, size: usize) {
    let (set, facts) = (set(size, 4), facts("stranger"));
    bencher.bench(|| set.decide(black_box(&facts)));
}

/// What is about the call is evaluated: of a thousand stored policies so many.
#[divan::bench(args = [1, 10, 100])]
fn policies_about_the_call(bencher: Bencher<'_, '_>, about: usize) {
    let (set, facts) = (set(1_000, about), facts("agent-0"));
    bencher.bench(|| set.decide(black_box(&facts)));
}

#[divan::bench(args = SIZES, sample_count = 3, sample_size = 1)]
fn compile(bencher: Bencher<'_, '_>, size: usize) {
    bencher.bench(|| set(size, 4));
}
