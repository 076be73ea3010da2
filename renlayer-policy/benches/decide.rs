//! What a decision costs when nothing matches, which is the most that can be asked of a set of its size.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench stops where it is surprised"
)]

use divan::{Bencher, black_box};
use jiff::Timestamp;
use renlayer_policy::{
    Facts, LimitSet, Limiter, Message, Policy, PolicyAction, PolicySet, Role, Subject, Upstream,
};
use serde_json::{Value, json};

const SIZES: [usize; 3] = [10, 1_000, 10_000];

fn main() {
    divan::main();
}

fn set(size: usize, matches: impl Fn(usize) -> Value) -> PolicySet {
    let policies = (0..size).map(|n| json!({"name": format!("p{n}"), "match": matches(n), "action": "DENY"}));
    let policies: Vec<Policy> = serde_json::from_value(policies.collect()).unwrap();
    PolicySet::compile(policies, PolicyAction::Allow).unwrap()
}

fn facts<'a>(messages: &'a [Message<'a>]) -> Facts<'a> {
    let upstream =
        Upstream { scheme: "https", host: "api.openai.com", port: 443, path: "/v1/chat/completions" };
    Facts {
        agent_id: Some("agent_01J9ZQ4T7G"),
        agent_name: Some("billing-bot"),
        method: "POST",
        upstream,
        model: Some("gpt-4o"),
        messages,
        ..Facts::at(Timestamp::UNIX_EPOCH)
    }
}

fn prompt() -> [Message<'static>; 1] {
    let text = "Summarise the quarterly report and list what changed since spring. ".repeat(62);
    [Message { role: Role::User, text: text.into() }]
}

#[divan::bench(args = SIZES)]
fn agents(bencher: Bencher<'_, '_>, size: usize) {
    let set = set(size, |n| json!({"agent": format!("agent-{n}")}));
    bencher.bench(|| set.decide(black_box(&facts(&[]))));
}

#[divan::bench(args = SIZES)]
fn upstreams(bencher: Bencher<'_, '_>, size: usize) {
    let set = set(size, |n| json!({"upstream": format!("*.host{n}.example.com/v1/*")}));
    bencher.bench(|| set.decide(black_box(&facts(&[]))));
}

#[divan::bench(args = SIZES)]
fn texts_in_4_kib(bencher: Bencher<'_, '_>, size: usize) {
    let set =
        set(size, |n| json!({"prompt": {"contains": format!("codename {n}"), "ignore_case": n % 2 == 0}}));
    let messages = prompt();
    bencher.bench(|| set.decide(black_box(&facts(&messages))));
}

#[divan::bench(args = [10, 100])]
fn patterns_in_4_kib(bencher: Bencher<'_, '_>, size: usize) {
    let set = set(size, |n| json!({"prompt": {"regex": format!("code ?name [a-z]+ {n}")}}));
    let messages = prompt();
    bencher.bench(|| set.decide(black_box(&facts(&messages))));
}

#[divan::bench]
fn admission_under_three_limits(bencher: Bencher<'_, '_>) {
    let limits = json!([
        {"name": "a", "scope": "per_agent", "dimension": "requests", "window": "minute", "max": 1_000_000},
        {"name": "b", "scope": "per_user", "dimension": "requests", "window": "hour", "max": 1_000_000},
        {"name": "c", "scope": "per_tenant", "dimension": "requests", "window": "day", "max": 1_000_000},
    ]);
    let limits = LimitSet::compile(serde_json::from_value(limits).unwrap()).unwrap();
    let (limiter, call) = (Limiter::new(), facts(&[]));
    let mut now = 0;
    bencher.bench_local(|| {
        now += 1;
        limiter.admit(&limits, &Subject::of("tenant", black_box(&call)), now)
    });
}
