//! What a decision costs when nothing matches, which is the most that can be asked of a set of its size: ten policies, a
//! thousand, ten thousand, over the same call. The ratio of the columns is what counts; times are the machine's.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench stops where it is surprised"
)]

use divan::{Bencher, black_box};
use jiff::Timestamp;
use renlayer_policy::{
    ActionType, Admission, Demand, Facts, LimitSet, Limiter, Message, Policy, PolicyAction, PolicySet, Role,
    Subject, Upstream, Use,
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

/// Names that begin with all letters, so that no search for a few first letters takes the place of the pass.
fn codename(n: usize) -> String {
    let letters = (0..8u32).map(|at| n.wrapping_mul(2_654_435_761) / 26usize.pow(at) % 26);
    letters
        .zip(std::iter::repeat(b'a'))
        .map(|(letter, a)| char::from(a + u8::try_from(letter).unwrap()))
        .collect()
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
    let set = set(size, |n| json!({"prompt": {"contains": codename(n), "ignore_case": n % 2 == 0}}));
    let messages = prompt();
    bencher.bench(|| set.decide(black_box(&facts(&messages))));
}

#[divan::bench(args = SIZES)]
fn patterns_in_4_kib(bencher: Bencher<'_, '_>, size: usize) {
    let set = set(size, |n| json!({"prompt": {"regex": format!("{} ?[a-z]+ {n}", codename(n))}}));
    let messages = prompt();
    bencher.bench(|| set.decide(black_box(&facts(&messages))));
}

/// Conditions of all kinds that need no prompt, as tenants write them.
fn of_a_head(n: usize) -> Value {
    match n % 8 {
        0 => json!({"agent": format!("agent-{n}")}),
        1 => json!({"agent": format!("team-{n}-*"), "action_type": "chat_completion"}),
        2 => json!({"upstream": format!("*.host{n}.example.com/v1/*")}),
        3 => {
            json!({"upstream": {"url": format!("api.openai.com/v1/tenants/{n}/*"), "method": ["POST", "PUT"]}})
        }
        4 => json!({"model": [format!("model-{n}"), format!("ft:{n}-*")], "upstream": "api.openai.com"}),
        5 => json!({"tool": {"name": format!("tool_{n}"), "phase": "called"}, "dialect": "openai_*"}),
        6 => json!({"header": {"name": "X-Team", "equals": format!("team-{n}")}, "stream": true}),
        _ => json!({"user": format!("*@tenant{n}.example.com"), "max_tokens": {"gt": 4096}}),
    }
}

#[divan::bench(args = SIZES)]
fn all_kinds_without_texts(bencher: Bencher<'_, '_>, size: usize) {
    let set = set(size, of_a_head);
    let messages = prompt();
    let headers = [("x-team", "blue"), ("accept", "*/*")];
    let facts = Facts { user: Some("ann@example.com"), headers: &headers, ..facts(&messages) };
    bencher.bench(|| set.decide(black_box(&facts)));
}

#[divan::bench(args = SIZES)]
fn all_kinds_in_4_kib(bencher: Bencher<'_, '_>, size: usize) {
    let set = set(size, |n| match n % 3 {
        0 => of_a_head(n),
        1 => {
            json!({"action_type": "chat_completion", "prompt": {"contains": codename(n), "ignore_case": true}})
        }
        _ => json!({"prompt": {"regex": format!(r"project[- ]{n}\d*\b"), "role": "any"}}),
    });
    let messages = prompt();
    let facts = Facts { action_type: ActionType::ChatCompletion, ..facts(&messages) };
    bencher.bench(|| set.decide(black_box(&facts)));
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
        limiter.admit(&limits, &Subject::of("tenant", black_box(&call)), Demand::NONE, now)
    });
}

#[divan::bench]
fn reserve_meter_and_settle_under_three_limits(bencher: Bencher<'_, '_>) {
    let limits = json!([
        {"name": "a", "scope": "per_agent", "dimension": "tokens", "window": "minute", "max": 1_000_000_000},
        {"name": "b", "scope": "per_tenant", "dimension": "spend", "window": "month", "max": 1_000_000_000},
        {"name": "c", "scope": "per_tenant", "dimension": "concurrency", "max": 1_000_000},
    ]);
    let limits = LimitSet::compile(serde_json::from_value(limits).unwrap()).unwrap();
    let (limiter, call) = (Limiter::new(), facts(&[]));
    let mut now = 0;
    bencher.bench_local(|| {
        now += 1;
        let subject = Subject::of("tenant", black_box(&call));
        let Admission::Admitted(mut held) = limiter.admit(&limits, &subject, Demand::priced(500, 900), now)
        else {
            return;
        };
        let _ = held.meter(Use { tokens: 200, spend_micros: 300 }, now);
        held.settle(Use { tokens: 400, spend_micros: 700 });
    });
}
