//! What limits admit, refuse and report.
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
use renlayer_policy::{Admission, Demand, Facts, Limit, LimitSet, LimitState, Limiter, Subject, Upstream};
use serde_json::{Value, json};

fn limits(written: Value) -> LimitSet {
    LimitSet::compile(serde_json::from_value(written).unwrap()).unwrap()
}

fn facts<'a>(agent: &'a str, user: Option<&'a str>) -> Facts<'a> {
    Facts { agent_id: Some(agent), user, ..Facts::at(Timestamp::UNIX_EPOCH) }
}

fn admitted(admission: Admission) -> Vec<LimitState> {
    match admission {
        Admission::Admitted(reserved) => reserved.limits().to_vec(),
        Admission::Refused { limit } => panic!("refused by {}", limit.name),
    }
}

fn refused(admission: Admission) -> LimitState {
    match admission {
        Admission::Refused { limit } => limit,
        Admission::Admitted(_) => panic!("admitted"),
    }
}

fn is_admitted(admission: &Admission) -> bool {
    matches!(admission, Admission::Admitted(_))
}

#[test]
fn scopes_say_whose_actions_count_together() {
    let (ann, bob) = (Some("ann"), Some("bob"));
    for (scope, second, together) in [
        ("per_agent", ("t1", "a1", bob), true),
        ("per_agent", ("t1", "a2", ann), false),
        ("per_agent", ("t2", "a1", ann), false),
        ("per_user", ("t1", "a2", ann), true),
        ("per_user", ("t1", "a1", bob), false),
        ("per_user", ("t1", "a1", None), false),
        ("per_tenant", ("t1", "a2", bob), true),
        ("per_tenant", ("t2", "a1", ann), false),
    ] {
        let limits = limits(
            json!([{"name": "l", "scope": scope, "dimension": "requests", "window": "minute", "max": 1}]),
        );
        let limiter = Limiter::new();
        admitted(limiter.admit(&limits, &Subject::of("t1", &facts("a1", ann)), Demand::NONE, 0));
        let (tenant, agent, user) = second;
        let admission = limiter.admit(&limits, &Subject::of(tenant, &facts(agent, user)), Demand::NONE, 0);
        assert_eq!(!is_admitted(&admission), together, "{scope} {second:?}");
    }
}

#[test]
fn leaving_the_user_out_is_no_way_around_a_limit_per_user() {
    let limits = limits(
        json!([{"name": "l", "scope": "per_user", "dimension": "requests", "window": "minute", "max": 1}]),
    );
    let (limiter, anonymous, other) = (Limiter::new(), facts("a1", None), facts("a2", None));
    admitted(limiter.admit(&limits, &Subject::of("t", &anonymous), Demand::NONE, 0));
    refused(limiter.admit(&limits, &Subject::of("t", &anonymous), Demand::NONE, 1));
    admitted(limiter.admit(&limits, &Subject::of("t", &other), Demand::NONE, 1));
}

#[test]
fn filters_say_which_actions_count() {
    let upstream = Upstream { scheme: "https", host: "api.example.com", port: 443, path: "/v1/x" };
    let call = Facts { agent_name: Some("bot"), upstream, model: Some("gpt-4o"), ..facts("agent_1", None) };
    let unread = Facts { model: None, unreadable: Some("not JSON"), ..call };
    for (filter, facts, applies) in [
        (json!({}), call, true),
        (json!({"agents": ["bot"]}), call, true),
        (json!({"agents": ["agent_?"]}), call, true),
        (json!({"agents": ["other"]}), call, false),
        (json!({"upstream": "*.example.com/v1/*"}), call, true),
        (json!({"upstream": {"not": "*.example.com"}}), call, false),
        (json!({"upstream": {"url": "*", "method": "POST"}}), call, false),
        (json!({"model": ["gpt-*", "o1"]}), call, true),
        (json!({"model": "claude-*"}), call, false),
        (json!({"model": "claude-*"}), unread, true),
        (json!({"model": "gpt-*", "agents": ["other"]}), call, false),
    ] {
        let mut limit =
            json!({"name": "l", "scope": "per_agent", "dimension": "requests", "window": "hour", "max": 5});
        limit.as_object_mut().unwrap().extend(filter.as_object().unwrap().clone());
        let states = admitted(Limiter::new().admit(
            &limits(json!([limit])),
            &Subject::of("t", &facts),
            Demand::NONE,
            0,
        ));
        assert_eq!(!states.is_empty(), applies, "{filter}");
    }
}

#[test]
fn a_limit_may_count_what_one_policy_decided_on_alone() {
    let limits = limits(json!([
        {"name": "l", "scope": "per_agent", "policy": "watch-*", "dimension": "requests", "window": "hour", "max": 5},
    ]));
    let call = facts("a", None);
    for (id, name, applies) in
        [(Some("pol_1"), Some("watch-iam"), true), (Some("pol_1"), Some("other"), false), (None, None, false)]
    {
        let subject = Subject { policy_id: id, policy_name: name, ..Subject::of("t", &call) };
        let states = admitted(Limiter::new().admit(&limits, &subject, Demand::NONE, 0));
        assert_eq!(!states.is_empty(), applies, "{name:?}");
    }
}

#[test]
fn there_is_no_burst_at_a_boundary_and_waits_are_exact() {
    let limits = limits(
        json!([{"name": "l", "scope": "per_agent", "dimension": "requests", "window": "minute", "max": 3}]),
    );
    let (limiter, call) = (Limiter::new(), facts("a", None));
    let subject = Subject::of("t", &call);
    for (now, remaining, reset, retry) in
        [(59_000, 2, 60_000, 0), (59_500, 1, 60_000, 0), (59_999, 0, 60_000, 59_001)]
    {
        let states = admitted(limiter.admit(&limits, &subject, Demand::NONE, now));
        let state = (states[0].remaining, states[0].reset_after_ms, states[0].retry_after_ms);
        assert_eq!(state, (remaining, reset, retry), "at {now}");
    }
    for (now, retry) in [(60_000, 59_000), (90_000, 29_000), (118_999, 1)] {
        let state = refused(limiter.admit(&limits, &subject, Demand::NONE, now));
        assert_eq!((state.retry_after_ms, state.remaining, state.exceeded), (retry, 0, true), "at {now}");
    }
    admitted(limiter.admit(&limits, &subject, Demand::NONE, 119_000));
    assert_eq!(refused(limiter.admit(&limits, &subject, Demand::NONE, 119_000)).retry_after_ms, 500);
}

#[test]
fn a_refused_action_consumes_from_none() {
    let limits = limits(json!([
        {"name": "wide", "scope": "per_tenant", "dimension": "requests", "window": "hour", "max": 3},
        {"name": "narrow", "scope": "per_agent", "dimension": "requests", "window": "minute", "max": 1},
    ]));
    let (limiter, one, two) = (Limiter::new(), facts("a1", None), facts("a2", None));
    admitted(limiter.admit(&limits, &Subject::of("t", &one), Demand::NONE, 0));
    for now in 1..50 {
        assert_eq!(
            &*refused(limiter.admit(&limits, &Subject::of("t", &one), Demand::NONE, now)).name,
            "narrow"
        );
    }
    let states = admitted(limiter.admit(&limits, &Subject::of("t", &two), Demand::NONE, 50));
    assert_eq!(states[0].remaining, 1);
}

#[test]
fn of_several_that_refuse_the_longest_wait_is_told() {
    let limits = limits(json!([
        {"name": "minute", "scope": "per_agent", "dimension": "requests", "window": "minute", "max": 1},
        {"name": "day", "scope": "per_agent", "dimension": "requests", "window": "day", "max": 1},
        {"name": "hour", "scope": "per_agent", "dimension": "requests", "window": "hour", "max": 1},
    ]));
    let (limiter, call) = (Limiter::new(), facts("a", None));
    admitted(limiter.admit(&limits, &Subject::of("t", &call), Demand::NONE, 0));
    let state = refused(limiter.admit(&limits, &Subject::of("t", &call), Demand::NONE, 10));
    assert_eq!((&*state.name, state.retry_after_ms), ("day", 86_399_990));
}

#[test]
fn a_limit_that_observes_reports_and_never_refuses() {
    let limits = limits(json!([
        {"name": "l", "scope": "per_agent", "dimension": "requests", "window": "minute", "max": 2, "mode": "observe"},
    ]));
    let (limiter, call) = (Limiter::new(), facts("a", None));
    let at = |now| {
        let states = admitted(limiter.admit(&limits, &Subject::of("t", &call), Demand::NONE, now));
        (states[0].exceeded, states[0].remaining)
    };
    assert_eq!([at(0), at(1), at(2), at(3)], [(false, 1), (false, 0), (true, 0), (true, 0)]);
    assert_eq!([at(60_000), at(60_001), at(60_002)], [(false, 0), (false, 0), (true, 0)]);
}

#[test]
fn admission_is_exact_under_concurrency() {
    let limits = limits(json!([
        {"name": "tenant", "scope": "per_tenant", "dimension": "requests", "window": "minute", "max": 500},
        {"name": "agent", "scope": "per_agent", "dimension": "requests", "window": "minute", "max": 200},
        {"name": "user", "scope": "per_user", "dimension": "requests", "window": "minute", "max": 10_000},
    ]));
    let (limiter, count) = (Limiter::new(), AtomicU64::new(0));
    thread::scope(|scope| {
        for thread in 0..8 {
            let (limiter, limits, count) = (&limiter, &limits, &count);
            scope.spawn(move || {
                let agents = ["a0", "a1", "a2", "a3"];
                for n in 0..400 {
                    let call = facts(agents[(thread + n) % 4], Some("ann"));
                    if is_admitted(&limiter.admit(limits, &Subject::of("t", &call), Demand::NONE, 1_000)) {
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert_eq!(count.into_inner(), 500);
    let states = admitted(limiter.admit(
        &limits,
        &Subject::of("t", &facts("late", Some("ann"))),
        Demand::NONE,
        61_000,
    ));
    let user = states.iter().find(|state| &*state.name == "user").unwrap();
    assert_eq!(user.remaining, 9_999);
}

#[test]
fn memory_is_bounded_and_a_flood_of_users_frees_nobody() {
    let limits = limits(
        json!([{"name": "l", "scope": "per_user", "dimension": "requests", "window": "day", "max": 2}]),
    );
    let limiter = Limiter::with_capacity(640);
    let ann = facts("a", Some("ann"));
    admitted(limiter.admit(&limits, &Subject::of("t", &ann), Demand::NONE, 0));
    admitted(limiter.admit(&limits, &Subject::of("t", &ann), Demand::NONE, 0));
    let mut refusals = 0;
    for n in 0..10_000 {
        let user = format!("user-{n}");
        let call = facts("a", Some(&user));
        refusals +=
            u32::from(!is_admitted(&limiter.admit(&limits, &Subject::of("t", &call), Demand::NONE, 1 + n)));
    }
    assert!(limiter.len() <= 640 + 64, "{}", limiter.len());
    assert!(refusals > 9_000, "{refusals}");
    refused(limiter.admit(&limits, &Subject::of("t", &ann), Demand::NONE, 10_001));

    limiter.sweep(2 * 86_400_000);
    assert!(limiter.is_empty());
}

#[test]
fn idle_counts_go_as_new_ones_come() {
    let limits = limits(
        json!([{"name": "l", "scope": "per_user", "dimension": "requests", "window": "minute", "max": 2}]),
    );
    let limiter = Limiter::new();
    for n in 0..200_000_i64 {
        let user = n.to_string();
        limiter.admit(&limits, &Subject::of("t", &facts("a", Some(&user))), Demand::NONE, n * 100);
    }
    assert!(limiter.len() < 40_000, "{}", limiter.len());
}

#[test]
fn a_clock_that_jumps_counts_on() {
    let limits = limits(json!([
        {"name": "l", "scope": "per_agent", "dimension": "requests", "window": "hour", "max": 2},
        {"name": "m", "scope": "per_agent", "dimension": "requests", "window": "minute", "max": 2},
    ]));
    let (hour, start) = (3_600_000, 1_800_000_000_000);
    // What was counted keeps its age, however far the clock goes back; what has had its time is free, however far it goes on.
    for (jumps, free) in [
        (&[start - 1][..], false),
        (&[start - 100 * 365 * 24 * hour], false),
        (&[0, -start, i64::MIN], false),
        (&[start + hour - 1], false),
        (&[start + hour], true),
        (&[i64::MAX], true),
        (&[i64::MIN, i64::MIN + hour - 1], false),
        (&[i64::MIN, i64::MAX], true),
    ] {
        let limiter = Limiter::new();
        let ask = |now| {
            is_admitted(&limiter.admit(&limits, &Subject::of("t", &facts("a", None)), Demand::NONE, now))
        };
        assert!(ask(start) && ask(start) && !ask(start));
        let last = jumps.iter().map(|now| ask(*now)).next_back();
        assert_eq!(last, Some(free), "{jumps:?}");
        limiter.sweep(i64::MIN);
        limiter.sweep(i64::MAX);
    }
}

#[test]
fn amounts_that_overflow_admit_nothing() {
    let limits = limits(json!([
        {"name": "t", "scope": "per_agent", "dimension": "tokens", "window": "day", "max": 100},
        {"name": "s", "scope": "per_agent", "dimension": "spend", "window": "month", "max": "18446744073709.551615"},
    ]));
    let limiter = Limiter::new();
    let ask = |demand| limiter.admit(&limits, &Subject::of("t", &facts("a", None)), demand, 0);
    for (tokens, spend) in [(u64::MAX, 0), (u64::MAX, u64::MAX), (101, u64::MAX)] {
        assert!(!is_admitted(&ask(Demand::priced(tokens, spend))), "{tokens} {spend}");
    }
    let Admission::Admitted(first) = ask(Demand::priced(60, u64::MAX - 1)) else { panic!("refused") };
    // A sum that passes the largest number is no small one.
    assert!(!is_admitted(&ask(Demand::priced(1, 2))) && !is_admitted(&ask(Demand::priced(41, 0))));
    assert!(is_admitted(&ask(Demand::priced(40, 1))));
    first.settle(renlayer_policy::Use { tokens: u64::MAX, spend_micros: u64::MAX });
    assert!(!is_admitted(&ask(Demand::priced(1, 0))));
}

#[test]
fn unknown_words_and_numbers_past_all_bounds_are_unreadable() {
    for (limit, reason) in [
        (json!({"dimension": "dollars"}), "unknown variant `dollars`"),
        (json!({"window": "fortnight"}), "unknown variant `fortnight`"),
        (json!({"max": -1}), "a number such as"),
        (json!({"max": 18_446_744_073_710_u64}), "a number such as"),
        (json!({"max": "0.0000001", "dimension": "spend"}), "a number such as"),
    ] {
        let mut written =
            json!({"name": "l", "scope": "per_agent", "dimension": "requests", "window": "day", "max": 5});
        written.as_object_mut().unwrap().extend(limit.as_object().unwrap().clone());
        let error = serde_json::from_value::<Limit>(written).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn mistakes_are_named() {
    for (limit, field, reason) in [
        (json!({"max": 0}), "max", "more than 0"),
        (json!({"max": 1.5}), "max", "whole numbers"),
        (json!({"max": 0, "dimension": "spend"}), "max", "more than 0"),
        (json!({"window": null}), "window", "counted over a `window`"),
        (json!({"window": "month"}), "window", "only `spend`"),
        (json!({"window": "month", "dimension": "tokens"}), "window", "only `spend`"),
        (json!({"dimension": "concurrency"}), "window", "has no window"),
        (json!({"policy": []}), "policy", "matches nothing"),
        (json!({"agents": ["a", ""]}), "agents[1]", "empty"),
        (json!({"upstream": {"url": "a:b"}}), "upstream.url", "not a port"),
        (json!({"model": {"not": ["[a]"]}}), "model.not", "not a wildcard"),
    ] {
        let mut written =
            json!({"name": "l", "scope": "per_agent", "dimension": "requests", "window": "day", "max": 5});
        written.as_object_mut().unwrap().extend(limit.as_object().unwrap().clone());
        let written: Limit = serde_json::from_value(written).unwrap();
        let errors = LimitSet::compile(vec![written]).unwrap_err();
        assert_eq!(errors[0].field, field);
        assert!(errors[0].reason.contains(reason), "{}", errors[0]);
    }
}

proptest! {
    /// However actions of several agents come, no window of any limit holds more than it allows, and an action is refused
    /// only if some limit has no room.
    #[test]
    fn all_or_nothing_agrees_with_counting_everything(
        steps in prop::collection::vec((0i64..9_000, 0usize..3), 1..120),
        per_agent in 1u64..6,
        per_tenant in 1u64..9,
    ) {
        let limits = limits(json!([
            {"name": "agent", "scope": "per_agent", "dimension": "requests", "window": "minute", "max": per_agent},
            {"name": "tenant", "scope": "per_tenant", "dimension": "requests", "window": "minute", "max": per_tenant},
        ]));
        let limiter = Limiter::new();
        let mut log: Vec<(i64, usize)> = Vec::new();
        let mut now = 0;
        for (step, agent) in steps {
            now += step;
            let young = log.iter().filter(|(at, _)| now - at < 60_000);
            let room = (young.clone().count() as u64) < per_tenant
                && (young.filter(|(_, other)| *other == agent).count() as u64) < per_agent;
            let name = agent.to_string();
            let admission = limiter.admit(&limits, &Subject::of("t", &facts(&name, None)), Demand::NONE, now);
            prop_assert_eq!(is_admitted(&admission), room);
            if room {
                log.push((now, agent));
            }
        }
    }
}
