//! What is reserved, metered and settled, and what of it counts.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it is surprised"
)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use jiff::Timestamp;
use proptest::prelude::*;
use renlayer_policy::{
    Admission, Demand, Facts, LimitSet, LimitState, Limiter, Reservation, Shortage, Subject, Use,
};
use serde_json::{Value, json};

fn limits(written: Value) -> LimitSet {
    LimitSet::compile(serde_json::from_value(written).unwrap()).unwrap()
}

fn tokens(max: u64) -> LimitSet {
    limits(
        json!([{"name": "l", "scope": "per_tenant", "dimension": "tokens", "window": "minute", "max": max}]),
    )
}

fn used(tokens: u64) -> Use {
    Use { tokens, spend_micros: 0 }
}

fn facts(agent: &str) -> Facts<'_> {
    Facts { agent_id: Some(agent), ..Facts::at(Timestamp::UNIX_EPOCH) }
}

fn ask(limiter: &Limiter, limits: &LimitSet, demand: Demand, now: i64) -> Result<Reservation, LimitState> {
    match limiter.admit(limits, &Subject::of("t", &facts("a")), demand, now) {
        Admission::Admitted(reserved) => Ok(reserved),
        Admission::Refused { limit } => Err(limit),
    }
}

#[test]
fn what_is_reserved_counts_until_it_is_settled() {
    let (limiter, limits) = (Limiter::new(), tokens(1_000));
    let first = ask(&limiter, &limits, Demand::priced(700, 0), 0).unwrap();
    assert!(first.is_metered());
    assert_eq!(first.limits()[0].remaining, 300);
    let refused = ask(&limiter, &limits, Demand::priced(301, 0), 10_000).unwrap_err();
    assert_eq!((refused.retry_after_ms, refused.shortage), (50_000, Some(Shortage::Full)));
    first.settle(used(120));
    let second = ask(&limiter, &limits, Demand::priced(880, 0), 10_000).unwrap();
    assert_eq!(second.limits()[0].remaining, 0);
    drop(second);
    let refused = ask(&limiter, &limits, Demand::priced(500, 0), 20_000).unwrap_err();
    assert_eq!(refused.remaining, 0, "what was dropped stays reserved");
    assert!(ask(&limiter, &limits, Demand::priced(120, 0), 60_000).is_ok(), "the first one's time is over");
    assert!(ask(&limiter, &limits, Demand::priced(880, 0), 70_000).is_ok());
}

#[test]
fn what_can_never_be_admitted_says_so() {
    let limits = limits(json!([
        {"name": "t", "scope": "per_tenant", "dimension": "tokens", "window": "hour", "max": 100},
        {"name": "s", "scope": "per_tenant", "dimension": "spend", "window": "month", "max": "0.5"},
    ]));
    let limiter = Limiter::new();
    for (demand, limit, shortage, retry) in [
        (Demand::priced(101, 0), "t", Shortage::TooLarge, false),
        (Demand::priced(1, 500_001), "s", Shortage::TooLarge, false),
        (Demand { priced: false, ..Demand::priced(1, 0) }, "s", Shortage::Unpriced, false),
        (Demand::priced(u64::MAX, u64::MAX), "s", Shortage::TooLarge, false),
    ] {
        let refused = ask(&limiter, &limits, demand, 0).unwrap_err();
        assert_eq!((&*refused.name, refused.shortage), (limit, Some(shortage)));
        assert_eq!(refused.may_be_retried(), retry);
    }
    assert!(limiter.is_empty(), "a refused action leaves no mark");
    ask(&limiter, &limits, Demand::priced(100, 500_000), 0).unwrap().settle(used(100));
    assert!(ask(&limiter, &limits, Demand::NONE, 0).is_ok(), "who uses nothing needs no room");
}

#[test]
fn an_answer_may_grow_beyond_what_it_holds_while_there_is_room() {
    let (limiter, limits) = (Limiter::new(), tokens(100));
    let mut one = ask(&limiter, &limits, Demand::priced(40, 0), 0).unwrap();
    let two = ask(&limiter, &limits, Demand::priced(40, 0), 0).unwrap();
    assert!(one.meter(used(40), 1).is_ok() && one.meter(used(60), 2).is_ok());
    let beyond = one.meter(used(61), 3).unwrap_err();
    assert_eq!((&*beyond.name, beyond.remaining, beyond.retry_after_ms), ("l", 0, 59_997));
    assert_eq!(one.used(), used(61));
    two.settle(used(0));
    assert!(one.meter(used(100), 4).is_ok());
    drop(one);
    let refused = ask(&limiter, &limits, Demand::priced(1, 0), 5).unwrap_err();
    assert_eq!(refused.remaining, 0, "what is known to be used counts");
}

#[test]
fn a_limit_that_is_rewritten_counts_anew_what_it_did_not_count() {
    let limiter = Limiter::new();
    drop(ask(&limiter, &tokens(1_000), Demand::priced(900, 0), 0).unwrap());
    let rewritten = limits(
        json!([{"name": "l", "scope": "per_tenant", "dimension": "requests", "window": "hour", "max": 5}]),
    );
    let first = ask(&limiter, &rewritten, Demand::priced(900, 0), 1).unwrap();
    assert_eq!(first.limits()[0].remaining, 4);
    let larger = ask(&limiter, &tokens(2_000), Demand::priced(1_000, 0), 2).unwrap();
    assert_eq!(larger.limits()[0].remaining, 100, "another number counts on");
}

#[test]
fn as_many_as_allowed_go_on_at_once() {
    let limits = limits(json!([{"name": "l", "scope": "per_agent", "dimension": "concurrency", "max": 2}]));
    let limiter = Limiter::new();
    let one = ask(&limiter, &limits, Demand::NONE, 0).unwrap();
    let two = ask(&limiter, &limits, Demand::NONE, 0).unwrap();
    let refused = ask(&limiter, &limits, Demand::NONE, 1).unwrap_err();
    assert_eq!((refused.remaining, refused.retry_after_ms, refused.window), (0, 1_000, None));
    drop(one);
    let three = ask(&limiter, &limits, Demand::NONE, 2).unwrap();
    assert!(ask(&limiter, &limits, Demand::NONE, 2).is_err());
    two.settle(used(5));
    three.settle(used(5));
    limiter.sweep(3);
    assert!(limiter.is_empty());
}

#[test]
fn what_is_lost_is_given_back_but_for_what_is_known_to_be_used() {
    let limits = limits(json!([
        {"name": "t", "scope": "per_agent", "dimension": "tokens", "window": "day", "max": 100},
        {"name": "c", "scope": "per_agent", "dimension": "concurrency", "max": 1},
    ]));
    let limiter = Limiter::with_ttl(1_000);
    let mut lost = ask(&limiter, &limits, Demand::priced(100, 0), 0).unwrap();
    assert!(lost.meter(used(30), 900).is_ok());
    assert!(ask(&limiter, &limits, Demand::priced(1, 0), 1_800).is_err(), "it gave a sign of life");
    std::mem::forget(lost);
    assert!(ask(&limiter, &limits, Demand::priced(71, 0), 2_000).is_err());
    let next = ask(&limiter, &limits, Demand::priced(70, 0), 2_001).unwrap();
    assert_eq!(next.limits()[0].remaining, 0);
}

#[test]
fn who_was_taken_for_lost_and_comes_back_counts_in_full() {
    let limits = limits(
        json!([{"name": "t", "scope": "per_agent", "dimension": "tokens", "window": "day", "max": 100}]),
    );
    for (by_meter, expected) in [(true, 10), (false, 10)] {
        let limiter = Limiter::with_ttl(1_000);
        let mut late = ask(&limiter, &limits, Demand::priced(100, 0), 0).unwrap();
        assert!(late.meter(used(30), 900).is_ok());
        drop(ask(&limiter, &limits, Demand::priced(1, 0), 2_000).unwrap());
        if by_meter {
            let _ = late.meter(used(89), 2_500);
            drop(late);
        } else {
            late.settle(used(89));
        }
        let left = ask(&limiter, &limits, Demand::priced(1, 0), 3_000).unwrap();
        assert_eq!(left.limits()[0].remaining + 1, expected);
    }
}

#[test]
fn a_clock_set_back_neither_frees_nor_loses_what_is_held() {
    let (limiter, limits) = (Limiter::new(), tokens(100));
    let held = ask(&limiter, &limits, Demand::priced(100, 0), 100_000).unwrap();
    for now in [99_500, 40_000, 0, 30_000] {
        assert!(ask(&limiter, &limits, Demand::priced(1, 0), now).is_err(), "at {now}");
    }
    held.settle(used(60));
    assert!(ask(&limiter, &limits, Demand::priced(41, 0), 30_001).is_err());
    assert!(ask(&limiter, &limits, Demand::priced(40, 0), 30_001).is_ok());
}

#[test]
fn a_hard_cap_holds_under_any_concurrency() {
    let limits = limits(json!([
        {"name": "tokens", "scope": "per_tenant", "dimension": "tokens", "window": "hour", "max": 10_000},
        {"name": "spend", "scope": "per_tenant", "dimension": "spend", "window": "day", "max": 1},
        {"name": "at once", "scope": "per_tenant", "dimension": "concurrency", "max": 5},
    ]));
    let limiter = Limiter::new();
    let (spent, tokens, at_once, most) = Default::default();
    let count = |sum: &AtomicU64, n| {
        sum.fetch_add(n, Ordering::Relaxed);
    };
    thread::scope(|scope| {
        for thread in 0..8_u64 {
            let (limiter, limits) = (&limiter, &limits);
            let (spent, tokens, at_once, most): (&AtomicU64, &AtomicU64, &AtomicU64, &AtomicU64) =
                (&spent, &tokens, &at_once, &most);
            scope.spawn(move || {
                for n in 0..500_u64 {
                    let bound = 10 + (thread + n) % 90;
                    let Ok(mut reserved) = ask(limiter, limits, Demand::priced(bound, bound * 100), 0) else {
                        continue;
                    };
                    most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    let real = bound - n % 10;
                    assert!(reserved.meter(used(real / 2), 1).is_ok());
                    count(tokens, real);
                    count(spent, real * 100);
                    at_once.fetch_sub(1, Ordering::SeqCst);
                    reserved.settle(Use { tokens: real, spend_micros: real * 100 });
                }
            });
        }
    });
    let (tokens, spent) = (tokens.into_inner(), spent.into_inner());
    assert!((9_900..=10_000).contains(&tokens), "{tokens}");
    assert!(spent <= 1_000_000 && spent == tokens * 100, "{spent}");
    assert!(most.into_inner() <= 5);
    let left = ask(&limiter, &limits, Demand::NONE, 1).unwrap();
    assert_eq!(left.limits()[0].remaining, 10_000 - tokens);
    assert_eq!(left.limits()[1].remaining, 1_000_000 - spent);
}

#[test]
fn what_was_counted_is_found_again_after_a_restart() {
    let limits = limits(json!([
        {"name": "rpm", "scope": "per_agent", "dimension": "requests", "window": "minute", "max": 3},
        {"name": "spend", "scope": "per_tenant", "dimension": "spend", "window": "month", "max": 10},
        {"name": "at once", "scope": "per_tenant", "dimension": "concurrency", "max": 9},
    ]));
    let key = [9; 16];
    let before = Limiter::new().keyed(key);
    let open = ask(&before, &limits, Demand::priced(0, 4_000_000), 1_000).unwrap();
    ask(&before, &limits, Demand::priced(0, 3_000_000), 2_000)
        .unwrap()
        .settle(Use { tokens: 0, spend_micros: 1_000_000 });
    let kept = before.changed();
    assert_eq!(kept.len(), 2, "what is at once does not outlive the process");
    assert!(before.changed().is_empty(), "nothing has changed since");
    drop(open);
    assert_eq!(before.changed().len(), 1);

    let after = Limiter::new().keyed(key);
    after.restore(kept.clone());
    let now = ask(&after, &limits, Demand::priced(0, 5_000_000), 3_000).unwrap();
    let left: Vec<_> = now.limits().iter().map(|limit| limit.remaining).collect();
    assert_eq!(left, [0, 0, 8]);
    drop(now);
    assert!(ask(&after, &limits, Demand::NONE, 60_999).is_err());
    assert!(ask(&after, &limits, Demand::NONE, 61_000).is_ok());
    let later = ask(&after, &limits, Demand::NONE, 3_700_000).unwrap();
    assert_eq!(later.limits()[1].remaining, 4_000_000, "what was under way when the process ended is lost");

    let stranger = Limiter::new().keyed([8; 16]);
    stranger.restore(kept.iter().cloned());
    assert!(
        ask(&stranger, &limits, Demand::priced(0, 10_000_000), 3_000).is_ok(),
        "another key, other names"
    );
    let mangled = kept.into_iter().map(|mut record| {
        record.state.truncate(20);
        record
    });
    Limiter::new().restore(mangled);
}

#[test]
fn what_was_forgotten_before_a_restart_is_not_taken_from_what_others_hold_after_it() {
    let over = |window| {
        limits(json!([
            {"name": "t", "scope": "per_tenant", "dimension": "tokens", "window": window, "max": 10_000}
        ]))
    };
    let before = Limiter::new().keyed([9; 16]);
    let forgotten = ask(&before, &over("minute"), Demand::priced(10_000, 0), 0).unwrap();
    drop(ask(&before, &over("minute"), Demand::priced(0, 0), 65_000).unwrap());
    drop(ask(&before, &over("day"), Demand::priced(5_000, 0), 75_000).unwrap());
    let after = Limiter::new().keyed([9; 16]);
    after.restore(before.changed());
    // By now what was under way when the process ended is taken for lost.
    let left = ask(&after, &over("day"), Demand::priced(1_000, 0), 3_700_000).unwrap();
    assert_eq!(left.limits()[0].remaining, 4_000);
    drop((forgotten, left));
}

/// Every action by itself, nothing forgotten: the definition.
#[derive(Debug, Default)]
struct Naive {
    actions: Vec<Action>,
}

#[derive(Debug)]
struct Action {
    at: i64,
    agent: usize,
    counts: Use,
    open: bool,
}

/// One limit of the model.
#[derive(Clone, Copy, Debug)]
struct Rule {
    dimension: &'static str,
    per_agent: bool,
    window: i64,
    max: u64,
}

impl Rule {
    fn written(&self, nth: usize) -> Value {
        let window = match self.window {
            0 => json!(null),
            60_000 => json!("minute"),
            _ => json!("hour"),
        };
        let max = match self.dimension {
            "spend" => json!(format!("0.{:06}", self.max)),
            _ => json!(self.max),
        };
        let scope = if self.per_agent { "per_agent" } else { "per_tenant" };
        json!({"name": format!("l{nth}"), "scope": scope, "dimension": self.dimension, "window": window, "max": max})
    }

    fn of(&self, counts: Use) -> u64 {
        match self.dimension {
            "tokens" => counts.tokens,
            "spend" => counts.spend_micros,
            _ => 1,
        }
    }

    fn total(&self, naive: &Naive, agent: usize, now: i64) -> u64 {
        let theirs = naive.actions.iter().filter(|action| !self.per_agent || action.agent == agent);
        if self.window == 0 {
            return theirs.filter(|action| action.open).count() as u64;
        }
        theirs.filter(|action| now < action.at + self.window).map(|action| self.of(action.counts)).sum()
    }

    fn admits(&self, naive: &Naive, agent: usize, bound: Use, now: i64) -> bool {
        let amount = self.of(bound);
        amount == 0 || self.total(naive, agent, now) + amount <= self.max
    }
}

#[derive(Clone, Debug)]
enum Step {
    Admit { agent: usize, bound: Use },
    Meter { nth: usize, used: Use },
    Settle { nth: usize, used: Use },
    Drop { nth: usize },
    Pass { ms: i64 },
}

fn a_use(most: u64) -> impl Strategy<Value = Use> {
    (0..most, 0..most).prop_map(|(tokens, spend_micros)| Use { tokens, spend_micros })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0usize..3, a_use(40)).prop_map(|(agent, bound)| Step::Admit { agent, bound }),
        2 => (0usize..9, a_use(60)).prop_map(|(nth, used)| Step::Meter { nth, used }),
        2 => (0usize..9, a_use(60)).prop_map(|(nth, used)| Step::Settle { nth, used }),
        1 => (0usize..9).prop_map(|nth| Step::Drop { nth }),
        3 => prop_oneof![0i64..50, 0i64..40_000, 0i64..2_000_000].prop_map(|ms| Step::Pass { ms }),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    let dimension = prop::sample::select(vec!["requests", "tokens", "spend", "concurrency"]);
    (dimension, any::<bool>(), any::<bool>(), 1u64..90).prop_map(|(dimension, per_agent, hour, max)| {
        let window = if hour { 3_600_000 } else { 60_000 };
        Rule { dimension, per_agent, window: if dimension == "concurrency" { 0 } else { window }, max }
    })
}

proptest! {
    /// What stands in a store may have been written by anybody.
    #[test]
    fn no_kept_count_breaks_a_limiter(
        version in prop_oneof![Just(1_u8), any::<u8>()],
        numbers in prop::collection::vec(prop_oneof![any::<i64>(), 0i64..5, Just(60_000)], 0..40),
        now in any::<i64>(),
    ) {
        let limits = tokens(1_000);
        let written = Limiter::new().keyed([3; 16]);
        drop(ask(&written, &limits, Demand::priced(5, 0), 0));
        let mut record = written.changed().remove(0);
        record.state = std::iter::once(version).chain(numbers.iter().flat_map(|n| n.to_le_bytes())).collect();
        let limiter = Limiter::new().keyed([3; 16]);
        limiter.restore([record]);
        for at in [now, now.saturating_add(1), 0] {
            if let Ok(mut reserved) = ask(&limiter, &limits, Demand::priced(5, 0), at) {
                let _ = reserved.meter(used(2_000), at);
                reserved.settle(used(3));
            }
            limiter.changed();
            limiter.sweep(at);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever is admitted, metered, settled and dropped, in whatever order and however late: it is admitted exactly if all
    /// limits have room by the definition, an answer is to be cut exactly if what it used is beyond them, and what never
    /// uses more than it declared never takes a limit beyond its number.
    #[test]
    fn agrees_with_counting_everything(
        rules in prop::collection::vec(rule(), 1..5),
        steps in prop::collection::vec(step(), 1..120),
        honest in any::<bool>(),
    ) {
        let written: Vec<Value> = rules.iter().enumerate().map(|(nth, rule)| rule.written(nth)).collect();
        // Nothing is silent for so long in this test.
        let (limits, limiter) = (limits(json!(written)), Limiter::with_ttl(i64::MAX / 4));
        let mut naive = Naive::default();
        let mut open: Vec<(usize, Use, Reservation)> = Vec::new();
        let mut now = 1_000_000;
        for step in steps {
            let within = |bound: Use, used: Use| if honest {
                Use { tokens: used.tokens.min(bound.tokens), spend_micros: used.spend_micros.min(bound.spend_micros) }
            } else {
                used
            };
            match step {
                Step::Pass { ms } => now += ms,
                Step::Admit { agent, bound } => {
                    let name = agent.to_string();
                    let demand = Demand { at_most: bound, priced: true };
                    let admission = limiter.admit(&limits, &Subject::of("t", &facts(&name)), demand, now);
                    let room = rules.iter().all(|rule| rule.admits(&naive, agent, bound, now));
                    prop_assert_eq!(matches!(admission, Admission::Admitted(_)), room);
                    if let Admission::Admitted(reserved) = admission {
                        open.push((naive.actions.len(), bound, reserved));
                        naive.actions.push(Action { at: now, agent, counts: bound, open: true });
                    }
                }
                Step::Meter { nth, used } if !open.is_empty() => {
                    let nth = nth % open.len();
                    let (action, bound, reserved) = &mut open[nth];
                    let used = within(*bound, used);
                    let before = naive.actions[*action].counts;
                    naive.actions[*action].counts = before.max(used);
                    let agent = naive.actions[*action].agent;
                    let beyond = rules.iter().any(|rule| {
                        matches!(rule.dimension, "tokens" | "spend")
                            && rule.of(naive.actions[*action].counts) > rule.of(before)
                            && rule.total(&naive, agent, now) > rule.max
                    });
                    prop_assert_eq!(reserved.meter(used, now).is_err(), beyond);
                }
                Step::Settle { nth, used } if !open.is_empty() => {
                    let (action, bound, reserved) = open.swap_remove(nth % open.len());
                    let used = within(bound, used);
                    naive.actions[action].counts = used;
                    naive.actions[action].open = false;
                    reserved.settle(used);
                }
                Step::Drop { nth } if !open.is_empty() => {
                    let (action, _, reserved) = open.swap_remove(nth % open.len());
                    naive.actions[action].open = false;
                    drop(reserved);
                }
                Step::Meter { .. } | Step::Settle { .. } | Step::Drop { .. } => {}
            }
            if honest {
                for rule in &rules {
                    prop_assert!((0..3).all(|agent| rule.total(&naive, agent, now) <= rule.max));
                }
            }
        }
    }
}
