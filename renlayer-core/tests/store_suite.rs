//! What every store does, run over each engine.
//!
//! The PostgreSQL half runs where `RENLAYER_TEST_POSTGRES_URL` names a server, each test in a schema of its own. Where
//! it does not run it says so; `RENLAYER_TEST_REQUIRE_POSTGRES=1` makes that a failure.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

#[macro_use]
#[path = "support/suite.rs"]
mod suite;
mod support;

use std::sync::Arc;

use jiff::SignedDuration;
use renlayer_core::config::{
    Config, Declare, DeclaredCedar, Environment, Format, Mode, Overrides, Route, Source, load,
};
use renlayer_core::key::{AgentKey, KeyHint};
use renlayer_core::policy::{Admission, CountRecord, Demand, Facts, LimitSet, Limiter, Policy, Subject, Use};
use renlayer_core::store::{
    Change, Counts, FingerprintKey, GapKind, ManagedBy, NewKey, Reconciled, Store, TailPosition, TraceFilter,
    TraceGap, TraceTail, default_agent,
};
use renlayer_core::trace::{Outcome, Reason, ReasonKind, Status, Trace};
use serde_json::json;
use support::{after, noon, over_postgres, over_sqlite, tenant, trace};

suite! {
    migrating_twice_changes_nothing
    a_trace_comes_back_as_it_went_in
    appending_again_does_no_harm
    what_an_agent_chose_cannot_break_the_store
    filters_select
    pages_go_from_the_newest_to_the_oldest_without_gap_or_double
    the_tail_follows_the_order_of_storing
    a_large_batch_is_stored_whole
    many_writers_at_once_store_everything_once
    retention_removes_and_is_recorded
    what_is_too_old_is_removed_in_pieces
    gaps_are_recorded
    agents_are_made_listed_and_switched_off
    modes_come_from_the_file_or_by_hand_and_not_from_both
    keys_are_made_listed_and_revoked
    a_declaration_is_stored_and_read_back
    declaring_again_changes_nothing
    what_differs_from_the_file_is_told_and_left_as_it_is
    what_vanishes_from_the_file_is_removed
    cedar_policies_and_groups_come_and_go_with_the_file
    the_file_takes_over_what_has_its_name
    a_key_that_an_operator_revoked_stays_revoked
    every_change_is_another_revision
    policies_are_saved_version_by_version
    a_policy_goes_back_to_what_it_said_before
    of_two_saves_at_once_one_is_refused
    cedar_policies_have_versions_like_native_ones
    only_the_file_changes_what_it_keeps
    a_policy_that_does_not_compile_is_never_stored
    the_first_fingerprint_key_stays
    tenants_do_not_see_each_other
    counts_are_kept_replaced_and_forgotten
    a_limiter_goes_on_where_another_stopped
}

async fn migrating_twice_changes_nothing(store: Arc<dyn Store>) {
    store.migrate(after(60)).await.unwrap();
    let agents = store.agents(tenant()).await.unwrap();
    assert_eq!(agents.len(), 1);
    assert_eq!(agents[0].id, default_agent(tenant()));
    assert_eq!(agents[0].created_at, noon());
    store.ping().await.unwrap();
}

async fn a_trace_comes_back_as_it_went_in(store: Arc<dyn Store>) {
    let mut rich = trace(0);
    rich.reasons = vec![Reason {
        kind: ReasonKind::Policy,
        by: Some("pol_x".into()),
        name: None,
        status: Status::Denied,
        enforced: true,
        observed_by: None,
    }];
    rich.outcome = Outcome::Refused;
    store.append_traces(std::slice::from_ref(&rich)).await.unwrap();
    assert_eq!(store.trace(tenant(), rich.id).await.unwrap(), Some(rich));
    assert_eq!(store.trace(tenant(), trace(1).id).await.unwrap(), None);
}

async fn appending_again_does_no_harm(store: Arc<dyn Store>) {
    let traces: Vec<_> = (0..10).map(trace).collect();
    store.append_traces(&[]).await.unwrap();
    store.append_traces(&traces[..6]).await.unwrap();
    store.append_traces(&traces[3..]).await.unwrap();
    store.append_traces(&traces).await.unwrap();
    assert_eq!(all(&*store).await.len(), 10);
}

async fn what_an_agent_chose_cannot_break_the_store(store: Arc<dyn Store>) {
    let mut hostile = trace(0);
    hostile.model = Some("a\0b".into());
    hostile.session = Some("s".repeat(100_000).into());
    hostile.user = Some("' OR 1=1 --".into());
    store.append_traces(std::slice::from_ref(&hostile)).await.unwrap();
    let by_session =
        TraceFilter { session: hostile.session.clone().map(String::from), ..TraceFilter::default() };
    let by_model = TraceFilter { model: Some("a\0b".into()), ..TraceFilter::default() };
    let by_user = TraceFilter { user: Some("' OR 1=1 --".into()), ..TraceFilter::default() };
    for filter in [by_session, by_model, by_user] {
        assert_eq!(select(&*store, &filter).await, [hostile.clone()]);
    }
}

async fn filters_select(store: Arc<dyn Store>) {
    let mut denied = trace(10);
    denied.status = Status::Denied;
    denied.session = Some("s1".into());
    denied.reasons = vec![Reason {
        kind: ReasonKind::RateLimitExceeded,
        by: Some("lim_x".into()),
        name: None,
        status: Status::Denied,
        enforced: true,
        observed_by: None,
    }];
    let mut other = trace(20);
    other.agent = None;
    other.model = Some("claude".into());
    other.upstream = Some("https://api.anthropic.com/v1/messages".into());
    let plain = trace(30);
    store.append_traces(&[denied.clone(), other.clone(), plain.clone()]).await.unwrap();

    let filter = TraceFilter::default;
    for (name, filter, expected) in [
        ("all", filter(), vec![&plain, &other, &denied]),
        ("status", TraceFilter { status: Some(Status::Denied), ..filter() }, vec![&denied]),
        ("agent by name", TraceFilter { agent: Some("bot".into()), ..filter() }, vec![&plain, &denied]),
        (
            "agent by id",
            TraceFilter { agent: plain.agent.as_ref().map(|agent| agent.id.to_string()), ..filter() },
            vec![&plain, &denied],
        ),
        ("session", TraceFilter { session: Some("s1".into()), ..filter() }, vec![&denied]),
        ("user", TraceFilter { user: Some("ada".into()), ..filter() }, vec![&plain, &other, &denied]),
        ("reason", TraceFilter { reason: Some(ReasonKind::RateLimitExceeded), ..filter() }, vec![&denied]),
        ("model", TraceFilter { model: Some("claude".into()), ..filter() }, vec![&other]),
        ("host", TraceFilter { upstream_host: Some("api.anthropic.com".into()), ..filter() }, vec![&other]),
        ("since", TraceFilter { since: Some(after(20)), ..filter() }, vec![&plain, &other]),
        ("until", TraceFilter { until: Some(after(20)), ..filter() }, vec![&denied]),
        (
            "several",
            TraceFilter { agent: Some("bot".into()), since: Some(after(11)), ..filter() },
            vec![&plain],
        ),
        ("nothing", TraceFilter { user: Some("eve".into()), ..filter() }, vec![]),
    ] {
        let found = select(&*store, &filter).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "by {name}");
    }
}

async fn pages_go_from_the_newest_to_the_oldest_without_gap_or_double(store: Arc<dyn Store>) {
    // Many began in the same moment, and two on other days.
    let mut traces: Vec<_> = [0, 0, 0, 0, 1, 2, 2, -90_000, 90_000].map(trace).into();
    store.append_traces(&traces).await.unwrap();
    traces.sort_by_key(|trace| std::cmp::Reverse((trace.started_at, trace.id)));
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = store.traces(tenant(), &TraceFilter::default(), cursor.as_ref(), 2).await.unwrap();
        assert!(page.traces.len() <= 2);
        seen.extend(page.traces);
        match page.next {
            // A cursor survives its way through a caller.
            Some(next) => cursor = Some(next.to_string().parse().unwrap()),
            None => break,
        }
    }
    assert_eq!(seen, traces);
}

async fn the_tail_follows_the_order_of_storing(store: Arc<dyn Store>) {
    let filter = TraceFilter::default();
    let start = store.tail_traces(tenant(), &filter, None, 10).await.unwrap();
    assert!(start.traces.is_empty());
    let (late, early) = (trace(100), trace(5));
    store.append_traces(std::slice::from_ref(&late)).await.unwrap();
    store.append_traces(std::slice::from_ref(&early)).await.unwrap();
    let both = settled(&*store, start.position, 2).await;
    assert_eq!(both.traces, [late.clone(), early.clone()]);
    let position = both.position.to_string().parse().unwrap();
    assert!(store.tail_traces(tenant(), &filter, Some(position), 10).await.unwrap().traces.is_empty());
    let last = store.tail_traces(tenant(), &filter, None, 1).await.unwrap();
    assert_eq!(last.traces, [early]);
    let none = store.tail_traces(tenant(), &filter, None, 0).await.unwrap();
    assert_eq!((none.traces.len(), none.position), (0, both.position));
}

/// The tail once it has so many traces: on PostgreSQL it holds back while older transactions of the server are under
/// way, those of the tests beside this one among them.
async fn settled(store: &dyn Store, after: TailPosition, count: usize) -> TraceTail {
    for _ in 0..1_000 {
        let tail = store.tail_traces(tenant(), &TraceFilter::default(), Some(after), 10).await.unwrap();
        if tail.traces.len() >= count {
            return tail;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the tail never showed {count} traces");
}

async fn a_large_batch_is_stored_whole(store: Arc<dyn Store>) {
    let traces: Vec<_> = (0..1_203).map(trace).collect();
    store.append_traces(&traces).await.unwrap();
    assert_eq!(all(&*store).await.len(), traces.len());
}

/// Overlapping batches, of days that have not been seen before.
async fn many_writers_at_once_store_everything_once(store: Arc<dyn Store>) {
    const DAY: i64 = 86_400;
    let traces: Arc<Vec<_>> = Arc::new((0..400).map(|number| trace(number % 4 * DAY + number)).collect());
    let writers = (0..8).map(|writer| {
        let (store, traces) = (store.clone(), traces.clone());
        tokio::spawn(async move {
            for chunk in traces[writer * 25..].chunks(60) {
                store.append_traces(chunk).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let mut ids: Vec<_> = all(&*store).await.iter().map(|trace| trace.id).collect();
    assert_eq!(ids.len(), traces.len());
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), traces.len());
}

async fn retention_removes_and_is_recorded(store: Arc<dyn Store>) {
    const DAY: i64 = 86_400;
    let times = [-3 * DAY, -2 * DAY, -DAY, -100, 0];
    store.append_traces(&times.map(trace)).await.unwrap();
    assert_eq!(store.purge_traces(after(-10 * DAY), noon()).await.unwrap(), 0);
    assert_eq!(store.purge_traces(after(-99), after(1)).await.unwrap(), 4);
    assert_eq!(all(&*store).await.len(), 1);
    let gaps = store.gaps(10).await.unwrap();
    let expected = TraceGap {
        kind: GapKind::Expired,
        traces: 4,
        from: after(-3 * DAY),
        until: after(-99),
        recorded_at: after(1),
    };
    assert_eq!(gaps, [expected]);
    // Old days can be stored again: a journal may hold them.
    store.append_traces(&[trace(-3 * DAY)]).await.unwrap();
    assert_eq!(all(&*store).await.len(), 2);
}

async fn what_is_too_old_is_removed_in_pieces(store: Arc<dyn Store>) {
    let traces: Vec<_> = (0..1_200).map(trace).collect();
    store.append_traces(&traces).await.unwrap();
    assert_eq!(store.purge_traces(after(1_100), after(9_000)).await.unwrap(), 1_100);
    let gaps = store.gaps(10).await.unwrap();
    assert_eq!(gaps.iter().map(|gap| gap.traces).collect::<Vec<_>>(), [1_100]);
}

async fn gaps_are_recorded(store: Arc<dyn Store>) {
    let gap = |traces, second| TraceGap {
        kind: GapKind::Dropped,
        traces,
        from: after(second),
        until: after(second + 1),
        recorded_at: after(second + 2),
    };
    store.record_gap(&gap(7, 0)).await.unwrap();
    store.record_gap(&gap(9, 10)).await.unwrap();
    assert_eq!(store.gaps(10).await.unwrap(), [gap(9, 10), gap(7, 0)]);
    assert_eq!(store.gaps(1).await.unwrap(), [gap(9, 10)]);
}

async fn agents_are_made_listed_and_switched_off(store: Arc<dyn Store>) {
    let agent = store.create_agent(tenant(), "billing-bot", Some("pays"), None, noon()).await.unwrap().made;
    let again = store.create_agent(tenant(), "billing-bot", None, None, noon()).await.unwrap_err();
    assert!(again.is_exists());
    assert_eq!(again.to_string(), "this agent is there already");
    let names = |agents: Vec<renlayer_core::store::AgentRecord>| {
        agents.into_iter().map(|agent| (agent.name, agent.disabled_at)).collect::<Vec<_>>()
    };
    let (billing, default) = ("billing-bot".to_owned(), "default".to_owned());
    assert_eq!(
        names(store.agents(tenant()).await.unwrap()),
        [(billing.clone(), None), (default.clone(), None)]
    );
    store.set_agent_enabled(tenant(), agent.id, false, after(5)).await.unwrap();
    assert_eq!(names(store.agents(tenant()).await.unwrap()), [(billing, Some(after(5))), (default, None)]);
    store.set_agent_enabled(tenant(), agent.id, true, after(6)).await.unwrap();
    assert_eq!(store.agents(tenant()).await.unwrap()[0], agent);
    let unknown = renlayer_core::id::AgentId::mint(noon());
    assert!(store.set_agent_enabled(tenant(), unknown, true, noon()).await.unwrap_err().is_not_found());
}

async fn modes_come_from_the_file_or_by_hand_and_not_from_both(store: Arc<dyn Store>) {
    let mode_of = async |name: &str| {
        let agents = store.agents(tenant()).await.unwrap();
        agents.into_iter().find(|agent| agent.name == name).unwrap().mode
    };
    let made = store.create_agent(tenant(), "new", None, Some(Mode::Observe), noon()).await.unwrap().made;
    assert_eq!((made.mode, mode_of("new").await), (Some(Mode::Observe), Some(Mode::Observe)));
    store.set_agent_mode(tenant(), made.id, Some(Mode::Enforce)).await.unwrap();
    assert_eq!(mode_of("new").await, Some(Mode::Enforce));
    store.set_agent_mode(tenant(), made.id, None).await.unwrap();
    assert_eq!(mode_of("new").await, None);
    let unknown = renlayer_core::id::AgentId::mint(noon());
    assert!(store.set_agent_mode(tenant(), unknown, None).await.unwrap_err().is_not_found());

    let key = AgentKey::mint().unwrap();
    let config = declared(
        "declare: { mode: observe, agents: [{ name: new, mode: enforce }, { name: default, mode: observe }] }",
        &key,
    );
    store.declare(tenant(), &config.declare, &[], after(1)).await.unwrap();
    assert_eq!(store.governance(tenant()).await.unwrap().mode, Some(Mode::Observe));
    assert_eq!((mode_of("new").await, mode_of("default").await), (Some(Mode::Enforce), Some(Mode::Observe)));
    let refused = store.set_agent_mode(tenant(), made.id, None).await.unwrap_err();
    assert!(refused.is_kept_by_file(), "{refused}");
    let again = store.declare(tenant(), &config.declare, &[], after(2)).await.unwrap();
    assert_eq!(again.made, Reconciled::default());

    // What the file no longer says is said no longer.
    store.declare(tenant(), &Declare::default(), &[], after(3)).await.unwrap();
    assert_eq!((store.governance(tenant()).await.unwrap().mode, mode_of("default").await), (None, None));
}

async fn keys_are_made_listed_and_revoked(store: Arc<dyn Store>) {
    let agent = default_agent(tenant());
    let new = new_key(&AgentKey::mint().unwrap());
    let key = store.create_key(tenant(), &new, noon()).await.unwrap().made;
    assert!(store.create_key(tenant(), &new, noon()).await.unwrap_err().is_exists());
    assert_eq!(store.keys(tenant(), Some(agent)).await.unwrap(), std::slice::from_ref(&key));
    assert!(key.is_active(after(59)) && !key.is_active(after(60)));
    store.revoke_key(tenant(), key.id, after(7)).await.unwrap();
    store.revoke_key(tenant(), key.id, after(8)).await.unwrap();
    let keys = store.keys(tenant(), None).await.unwrap();
    assert_eq!(keys[0].revoked_at, Some(after(7)));
    assert!(!keys[0].is_active(noon()));
    let foreign =
        NewKey { agent: renlayer_core::id::AgentId::mint(noon()), ..new_key(&AgentKey::mint().unwrap()) };
    assert!(store.create_key(tenant(), &foreign, noon()).await.unwrap_err().is_not_found());
}

async fn a_declaration_is_stored_and_read_back(store: Arc<dyn Store>) {
    let key = AgentKey::mint().unwrap();
    let config = declared(FULL, &key);
    let done = store.declare(tenant(), &config.declare, &config.routes, noon()).await.unwrap().made;
    // Agent, key, two policies, limit, secret, route, two settings.
    assert_eq!(done.counts(), Counts { added: 9, changed: 0, removed: 0 });
    let governance = store.governance(tenant()).await.unwrap();
    assert_eq!(governance.routes, config.routes);
    assert_eq!(governance.secrets, config.declare.secrets);
    assert_eq!(governance.dlp, config.declare.dlp);
    assert_eq!(governance.default_action, config.declare.default_action);
    let names: Vec<_> = governance.policies.iter().map(|policy| &*policy.name).collect();
    assert_eq!(names, ["flag-mail", "no-iam"]);
    assert!(governance.policies.iter().all(|policy| policy.id.as_str().starts_with("pol_")));
    assert!(governance.limits[0].id.as_str().starts_with("lim_"));
    assert_eq!(governance.keys.len(), 1);
    assert_eq!(governance.keys[0].hash, key.hash());
    let agent = governance.agents.iter().find(|agent| agent.name == "billing-bot").unwrap();
    assert_eq!((agent.id, agent.managed_by), (governance.keys[0].agent, ManagedBy::File));
}

async fn declaring_again_changes_nothing(store: Arc<dyn Store>) {
    let key = AgentKey::mint().unwrap();
    let config = declared(FULL, &key);
    store.declare(tenant(), &config.declare, &config.routes, noon()).await.unwrap();
    let before = store.governance(tenant()).await.unwrap();
    let done = store.declare(tenant(), &config.declare, &config.routes, after(9)).await.unwrap().made;
    assert_eq!(done, Reconciled::default());
    assert_eq!(format!("{before:?}"), format!("{:?}", store.governance(tenant()).await.unwrap()));
}

async fn what_differs_from_the_file_is_told_and_left_as_it_is(store: Arc<dyn Store>) {
    let key = AgentKey::mint().unwrap();
    let config = declared(FULL, &key);
    store.declare(tenant(), &config.declare, &config.routes, noon()).await.unwrap();
    let agreed = store.drift(tenant(), &config.declare, &config.routes, after(1)).await.unwrap();
    assert!(agreed.is_empty(), "{agreed:?}");
    // What means the same is no difference, and what others manage is none either.
    let same = FULL.replace("{ agent: \"billing-*\" }", "{ agent: [\"billing-*\"] }");
    store.create_policy(tenant(), &policy("by-hand", "gpt-4*"), &change(1, None)).await.unwrap();
    store.create_agent(tenant(), "by-hand", None, None, after(1)).await.unwrap();

    let before = store.revision(tenant()).await.unwrap();
    let agent = store.agents(tenant()).await.unwrap().into_iter().find(|agent| agent.name == "billing-bot");
    store.set_agent_enabled(tenant(), agent.unwrap().id, false, after(2)).await.unwrap();
    let changed = same
        .replace("max: 60", "max: 61")
        .replace("action: DENY", "action: FLAG")
        .replace("EMP-", "EMPL-")
        .replace("  secrets: [{ name: openai-key, from: { env: OPENAI_API_KEY } }]\n", "")
        .replace(", credential: openai-key", "")
        .replace("policies:", "policies:\n    - { name: new, match: {}, action: ALLOW }");
    let other = declared(&changed, &key);
    let known = store.revision(tenant()).await.unwrap();
    assert_ne!(before, known);
    let drift = store.drift(tenant(), &other.declare, &other.routes, after(3)).await.unwrap();
    let told: Vec<String> = drift.drifts.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "~ agent billing-bot\n    enabled: false → true",
            "+ policy new",
            "~ policy no-iam\n    action: DENY → FLAG",
            "~ limit rpm\n    max: 60 → 61",
            "- secret openai-key",
            "~ route openai\n    credential: no longer openai-key",
            "~ setting dlp\n    patterns",
        ]
    );
    assert_eq!(store.revision(tenant()).await.unwrap(), known, "nothing of it was done");
    let done = store.declare(tenant(), &other.declare, &other.routes, after(3)).await.unwrap();
    assert_eq!(done.made, drift, "what was told is what is done");
    assert!(store.drift(tenant(), &other.declare, &other.routes, after(4)).await.unwrap().is_empty());
}

async fn what_vanishes_from_the_file_is_removed(store: Arc<dyn Store>) {
    let key = AgentKey::mint().unwrap();
    let config = declared(FULL, &key);
    let by_hand = store.create_agent(tenant(), "by-hand", None, None, noon()).await.unwrap().made;
    store.declare(tenant(), &config.declare, &config.routes, noon()).await.unwrap();
    let done = store.declare(tenant(), &Declare::default(), &[], after(5)).await.unwrap().made;
    // Both settings go back to what they are without a file.
    assert_eq!(done.counts(), Counts { added: 0, changed: 2, removed: 7 });
    let governance = store.governance(tenant()).await.unwrap();
    assert!(governance.policies.is_empty() && governance.limits.is_empty());
    assert!(governance.routes.is_empty() && governance.secrets.is_empty());
    assert_eq!(governance.keys[0].revoked_at, Some(after(5)));
    let disabled: Vec<_> = governance.agents.iter().map(|agent| (&*agent.name, agent.disabled_at)).collect();
    assert_eq!(disabled, [("billing-bot", Some(after(5))), ("by-hand", None), ("default", None)]);
    assert_eq!(by_hand.managed_by, ManagedBy::Api);

    let back = store.declare(tenant(), &config.declare, &config.routes, after(10)).await.unwrap().made;
    assert_eq!(back.counts().removed, 0);
    let governance = store.governance(tenant()).await.unwrap();
    assert_eq!(governance.policies.len(), 2);
    assert!(governance.keys[0].is_active(after(10)));
    assert!(governance.agents.iter().all(|agent| agent.disabled_at.is_none()));
}

async fn cedar_policies_and_groups_come_and_go_with_the_file(store: Arc<dyn Store>) {
    let yaml = r#"
declare:
  agents: [{ name: bot, groups: [billing] }]
  groups: [{ name: billing, groups: [finance] }, { name: finance }]
  cedar: [{ name: base, text: 'permit (principal in Group::"finance", action, resource);' }]"#;
    let config = declared(yaml, &AgentKey::mint().unwrap());
    for _ in 0..2 {
        let before = store.revision(tenant()).await.unwrap();
        let done = store.declare(tenant(), &config.declare, &[], noon()).await.unwrap().made;
        let governance = store.governance(tenant()).await.unwrap();
        assert_eq!(governance.cedar, config.declare.cedar);
        assert_eq!(governance.directory, config.declare.directory);
        let changed = store.revision(tenant()).await.unwrap() != before;
        assert_eq!(changed, done != Reconciled::default());
    }
    store.declare(tenant(), &Declare::default(), &[], after(5)).await.unwrap();
    let governance = store.governance(tenant()).await.unwrap();
    assert!(governance.cedar.is_empty() && governance.directory == Default::default());
}

async fn the_file_takes_over_what_has_its_name(store: Arc<dyn Store>) {
    let made = store.create_agent(tenant(), "billing-bot", None, None, noon()).await.unwrap().made;
    let config = declared(FULL, &AgentKey::mint().unwrap());
    store.declare(tenant(), &config.declare, &config.routes, after(1)).await.unwrap();
    let governance = store.governance(tenant()).await.unwrap();
    let agent = governance.agents.iter().find(|agent| agent.name == "billing-bot").unwrap();
    assert_eq!((agent.id, agent.managed_by), (made.id, ManagedBy::File));
    assert_eq!(governance.keys[0].agent, made.id);
}

async fn a_key_that_an_operator_revoked_stays_revoked(store: Arc<dyn Store>) {
    let config = declared(FULL, &AgentKey::mint().unwrap());
    store.declare(tenant(), &config.declare, &config.routes, noon()).await.unwrap();
    let key = store.keys(tenant(), None).await.unwrap().remove(0);
    store.revoke_key(tenant(), key.id, after(1)).await.unwrap();
    store.declare(tenant(), &config.declare, &config.routes, after(2)).await.unwrap();
    assert_eq!(store.keys(tenant(), None).await.unwrap()[0].revoked_at, Some(after(1)));
}

async fn every_change_is_another_revision(store: Arc<dyn Store>) {
    let key = AgentKey::mint().unwrap();
    let mut seen = vec![store.revision(tenant()).await.unwrap()];
    macro_rules! changes {
        ($($change:expr;)*) => {
            $({
                $change.await.unwrap();
                let now = store.revision(tenant()).await.unwrap();
                assert!(!seen.contains(&now), "not noticed: {}", stringify!($change));
                assert_eq!(now, store.revision(tenant()).await.unwrap());
                seen.push(now);
            })*
        };
    }
    let agent = default_agent(tenant());
    let made = store.create_key(tenant(), &new_key(&AgentKey::mint().unwrap()), noon()).await.unwrap().made;
    let (full, other) = (declared(FULL, &key), declared(&FULL.replace("max: 60", "max: 61"), &key));
    changes! {
        store.create_agent(tenant(), "by-hand", None, None, noon());
        store.create_key(tenant(), &new_key(&AgentKey::mint().unwrap()), noon());
        store.revoke_key(tenant(), made.id, noon());
        store.set_agent_enabled(tenant(), agent, false, noon());
        store.set_agent_enabled(tenant(), agent, false, after(1));
        store.set_agent_enabled(tenant(), agent, true, after(1));
        store.set_agent_mode(tenant(), agent, Some(Mode::Observe));
        store.set_agent_mode(tenant(), agent, Some(Mode::Enforce));
        store.create_policy(tenant(), &policy("by-hand", "gpt-4*"), &change(0, None));
        store.declare(tenant(), &full.declare, &full.routes, noon());
        store.declare(tenant(), &other.declare, &other.routes, after(2));
        store.declare(tenant(), &full.declare, &full.routes, after(1));
        store.declare(tenant(), &Declare::default(), &[], after(3));
    }
    store.declare(tenant(), &Declare::default(), &[], after(4)).await.unwrap();
    store.append_traces(&[trace(0)]).await.unwrap();
    assert_eq!(seen.last(), Some(&store.revision(tenant()).await.unwrap()), "nothing of it has changed");
}

fn policy(name: &str, model: &str) -> Policy {
    serde_json::from_value(json!({ "name": name, "match": { "model": model }, "action": "DENY" })).unwrap()
}

fn change(seconds: i64, reason: Option<&str>) -> Change {
    Change { by: "ada".into(), reason: reason.map(str::to_owned), at: after(seconds) }
}

async fn policies_are_saved_version_by_version(store: Arc<dyn Store>) {
    let made = store
        .create_policy(tenant(), &policy("no-gpt", "gpt-4*"), &change(1, Some("too dear")))
        .await
        .unwrap()
        .made;
    assert_eq!((made.version, made.managed_by, made.created_at), (1, ManagedBy::Api, after(1)));
    assert_eq!(made.policy.id.as_str(), made.id.to_string());
    let again = store.create_policy(tenant(), &policy("no-gpt", "x"), &change(2, None)).await;
    assert!(again.unwrap_err().is_exists());

    let mut off = policy("no-gpt-5", "gpt-5*");
    off.enabled = false;
    let saved = store.update_policy(tenant(), made.id, Some(1), &off, &change(3, None)).await.unwrap().made;
    assert_eq!((saved.version, &*saved.policy.name), (2, "no-gpt-5"));
    assert_eq!(store.policies(tenant()).await.unwrap(), [saved], "it stays visible");
    assert_eq!(store.policy_named(tenant(), "no-gpt").await.unwrap(), None);

    store.remove_policy(tenant(), made.id, &change(4, Some("not needed"))).await.unwrap();
    assert_eq!(store.policies(tenant()).await.unwrap(), []);
    let gone = store.policy_named(tenant(), "no-gpt-5").await.unwrap().unwrap();
    assert_eq!((gone.version, gone.removed_at), (3, Some(after(4))));
    assert!(store.remove_policy(tenant(), made.id, &change(5, None)).await.unwrap_err().is_not_found());

    let history = store.policy_history(tenant(), made.id).await.unwrap();
    let told: Vec<_> = history
        .iter()
        .map(|v| {
            (v.version, v.policy.as_ref().map(|p| &*p.name), v.saved_at, &*v.saved_by, v.reason.as_deref())
        })
        .collect();
    assert_eq!(
        told,
        [
            (3, None, after(4), "ada", Some("not needed")),
            (2, Some("no-gpt-5"), after(3), "ada", None),
            (1, Some("no-gpt"), after(1), "ada", Some("too dear")),
        ]
    );
}

async fn a_policy_goes_back_to_what_it_said_before(store: Arc<dyn Store>) {
    let (first, second) = (policy("no-gpt", "gpt-4*"), policy("no-gpt", "gpt-5*"));
    let id = store.create_policy(tenant(), &first, &change(1, None)).await.unwrap().made.id;
    store.update_policy(tenant(), id, None, &second, &change(2, None)).await.unwrap();
    let back = store.restore_policy(tenant(), id, 1, &change(3, Some("it broke"))).await.unwrap().made;
    assert_eq!((back.version, &back.policy.matches), (3, &first.matches));
    let history = store.policy_history(tenant(), id).await.unwrap();
    assert_eq!((history[0].restores, history[0].reason.as_deref()), (Some(1), Some("it broke")));
    assert_eq!(history[1].policy.as_ref().unwrap().matches, second.matches, "what was is not changed");
    assert!(store.restore_policy(tenant(), id, 9, &change(4, None)).await.unwrap_err().is_not_found());

    // A policy that was removed comes back, unless its name is another's.
    store.remove_policy(tenant(), id, &change(5, None)).await.unwrap();
    assert!(store.restore_policy(tenant(), id, 4, &change(6, None)).await.unwrap_err().is_not_found());
    let other = store.create_policy(tenant(), &first, &change(7, None)).await.unwrap().made;
    assert!(store.restore_policy(tenant(), id, 1, &change(8, None)).await.unwrap_err().is_exists());
    store.remove_policy(tenant(), other.id, &change(9, None)).await.unwrap();
    let back = store.restore_policy(tenant(), id, 2, &change(10, None)).await.unwrap().made;
    assert_eq!((back.version, back.removed_at), (5, None));
    assert_eq!(store.governance(tenant()).await.unwrap().policies[0].matches, second.matches);
}

async fn of_two_saves_at_once_one_is_refused(store: Arc<dyn Store>) {
    let id = store.create_policy(tenant(), &policy("p", "a"), &change(0, None)).await.unwrap().made.id;
    let savers = (0..8).map(|i| {
        let store = store.clone();
        tokio::spawn(async move {
            let policy = policy("p", &format!("model-{i}"));
            store.update_policy(tenant(), id, Some(1), &policy, &change(i, None)).await
        })
    });
    let mut saved = 0;
    for saver in savers.collect::<Vec<_>>() {
        match saver.await.unwrap() {
            Ok(record) => saved += record.made.version - 1,
            Err(error) => assert!(error.is_outdated() || error.is_transient(), "{error}"),
        }
    }
    assert_eq!(saved, 1, "one of them, and no version is lost or there twice");
    assert_eq!(store.policy_history(tenant(), id).await.unwrap().len(), 2);
}

async fn cedar_policies_have_versions_like_native_ones(store: Arc<dyn Store>) {
    let text = |text: &str| DeclaredCedar { name: "base".into(), text: text.into(), file: None };
    let permit = text("permit (principal, action, resource);");
    let made = store.save_cedar(tenant(), None, &permit, &change(1, Some("a start"))).await.unwrap().made;
    assert_eq!((made.version, made.managed_by, &made.policy), (1, ManagedBy::Api, &permit));
    let again = store.save_cedar(tenant(), None, &permit, &change(2, None)).await.unwrap_err();
    assert!(again.is_exists());
    // A native policy of the same name is another one.
    let native =
        store.create_policy(tenant(), &policy("base", "gpt-4*"), &change(2, None)).await.unwrap().made;
    assert_eq!(store.policies(tenant()).await.unwrap(), std::slice::from_ref(&native));
    assert!(store.cedar_history(tenant(), native.id).await.unwrap_err().is_not_found());

    let seen = store.revision(tenant()).await.unwrap();
    let forbid = text("forbid (principal, action, resource);");
    let known = Some((made.id, Some(1)));
    let saved = store.save_cedar(tenant(), known, &forbid, &change(3, None)).await.unwrap().made;
    assert_eq!((saved.version, &saved.policy), (2, &forbid));
    assert!(store.save_cedar(tenant(), known, &permit, &change(4, None)).await.unwrap_err().is_outdated());
    for broken in ["permit (principal);", "permit (principal in Group::\"nobody\", action, resource);"] {
        let refused =
            store.save_cedar(tenant(), Some((made.id, None)), &text(broken), &change(4, None)).await;
        assert!(refused.is_err(), "{broken}");
    }
    assert_eq!(store.governance(tenant()).await.unwrap().cedar, [forbid]);
    assert_ne!(store.revision(tenant()).await.unwrap(), seen);

    store.remove_cedar(tenant(), made.id, &change(5, Some("a mistake"))).await.unwrap();
    assert!(store.governance(tenant()).await.unwrap().cedar.is_empty());
    let gone = store.cedar_named(tenant(), "base").await.unwrap().unwrap();
    assert_eq!((gone.version, gone.removed_at), (3, Some(after(5))));
    let back = store.restore_cedar(tenant(), made.id, 1, &change(6, None)).await.unwrap().made;
    assert_eq!((back.version, &back.policy), (4, &permit));
    let history = store.cedar_history(tenant(), made.id).await.unwrap();
    let told: Vec<_> =
        history.iter().map(|v| (v.version, v.policy.is_some(), v.reason.as_deref(), v.restores)).collect();
    assert_eq!(
        told,
        [
            (4, true, None, Some(1)),
            (3, false, Some("a mistake"), None),
            (2, true, None, None),
            (1, true, Some("a start"), None)
        ]
    );

    // The file takes it over, with its history, and keeps it from then on.
    let yaml = "declare: { cedar: [{ name: base, text: 'permit (principal, action, resource);' }] }";
    let config = declared(yaml, &AgentKey::mint().unwrap());
    store.declare(tenant(), &config.declare, &[], after(7)).await.unwrap();
    let kept = store.cedar_named(tenant(), "base").await.unwrap().unwrap();
    assert_eq!((kept.id, kept.version, kept.managed_by), (made.id, 5, ManagedBy::File));
    assert!(store.remove_cedar(tenant(), made.id, &change(8, None)).await.unwrap_err().is_kept_by_file());
    store.declare(tenant(), &Declare::default(), &[], after(9)).await.unwrap();
    assert_eq!(store.cedar_history(tenant(), made.id).await.unwrap().len(), 6);
    assert_eq!(store.policies(tenant()).await.unwrap(), [native]);
}

async fn only_the_file_changes_what_it_keeps(store: Arc<dyn Store>) {
    let config = declared(FULL, &AgentKey::mint().unwrap());
    store.declare(tenant(), &config.declare, &config.routes, noon()).await.unwrap();
    let kept = store.policy_named(tenant(), "no-iam").await.unwrap().unwrap();
    let refused = [
        store.update_policy(tenant(), kept.id, None, &kept.policy, &change(1, None)).await.map(drop),
        store.restore_policy(tenant(), kept.id, 1, &change(1, None)).await.map(drop),
        store.remove_policy(tenant(), kept.id, &change(1, None)).await.map(drop),
    ];
    assert!(refused.iter().all(|result| result.as_ref().unwrap_err().is_kept_by_file()));
    assert_eq!(store.policy_history(tenant(), kept.id).await.unwrap().len(), 1);
}

async fn a_policy_that_does_not_compile_is_never_stored(store: Arc<dyn Store>) {
    let broken: Policy = serde_json::from_value(
        json!({ "name": "p", "match": { "prompt": { "regex": "(" } }, "action": "ALLOW" }),
    )
    .unwrap();
    assert!(store.create_policy(tenant(), &broken, &change(0, None)).await.is_err());
    let id = store.create_policy(tenant(), &policy("p", "a"), &change(1, None)).await.unwrap().made.id;
    assert!(store.update_policy(tenant(), id, None, &broken, &change(2, None)).await.is_err());
    assert_eq!(store.policy_history(tenant(), id).await.unwrap().len(), 1);
}

async fn the_first_fingerprint_key_stays(store: Arc<dyn Store>) {
    let instances = (0..8).map(|second| {
        let store = store.clone();
        tokio::spawn(async move {
            let own = FingerprintKey::mint().unwrap();
            let kept = store.keep_fingerprint_key(tenant(), &own, after(second)).await.unwrap();
            (own.reveal(), kept.reveal())
        })
    });
    let mut keys = Vec::new();
    for instance in instances.collect::<Vec<_>>() {
        keys.push(instance.await.unwrap());
    }
    let kept = keys[0].1;
    assert!(keys.iter().all(|(_, other)| *other == kept), "all have the same");
    assert_eq!(keys.iter().filter(|(own, _)| *own == kept).count(), 1, "which is that of one of them");
    store.declare(tenant(), &Declare::default(), &[], after(9)).await.unwrap();
    let later = FingerprintKey::mint().unwrap();
    let later = store.keep_fingerprint_key(tenant(), &later, after(10)).await.unwrap();
    assert_eq!(later.reveal(), kept);
    assert_eq!(format!("{later:?}"), "FingerprintKey(…)");
}

async fn tenants_do_not_see_each_other(store: Arc<dyn Store>) {
    let other = renlayer_core::id::TenantId::mint(noon());
    let mut theirs = trace(0);
    theirs.tenant = other;
    store.append_traces(std::slice::from_ref(&theirs)).await.unwrap();
    assert!(all(&*store).await.is_empty());
    assert_eq!(store.trace(tenant(), theirs.id).await.unwrap(), None);
    assert_eq!(store.trace(other, theirs.id).await.unwrap(), Some(theirs));
    assert!(store.agents(other).await.unwrap().is_empty());
}

fn count(name: u32, until: i64, state: &[u8]) -> CountRecord {
    let mut bytes = [0xff; 16];
    bytes[..4].copy_from_slice(&name.to_be_bytes());
    CountRecord { name: bytes, until_ms: after(until).as_millisecond(), state: state.to_vec() }
}

async fn counts_are_kept_replaced_and_forgotten(store: Arc<dyn Store>) {
    assert!(store.counts(noon()).await.unwrap().is_empty());
    store.keep_counts(&[]).await.unwrap();
    let kept: Vec<_> = (0..203).map(|n| count(n, 10, &[0, 1, 255])).collect();
    store.keep_counts(&kept).await.unwrap();
    let longer: Vec<_> = (100..150).map(|n| count(n, 20, b"")).collect();
    store.keep_counts(&longer).await.unwrap();
    let mut all = store.counts(after(9)).await.unwrap();
    all.sort_by_key(|count| count.name);
    assert_eq!(all, [&kept[..100], &longer, &kept[150..]].concat());
    assert_eq!(store.counts(after(10)).await.unwrap().len(), 50);
    assert_eq!(store.forget_counts(after(10)).await.unwrap(), 153);
    assert_eq!(store.counts(noon()).await.unwrap().len(), 50);
}

async fn a_limiter_goes_on_where_another_stopped(store: Arc<dyn Store>) {
    let limits = serde_json::json!([
        {"name": "rpm", "scope": "per_agent", "dimension": "requests", "window": "hour", "max": 3},
        {"name": "budget", "scope": "per_tenant", "dimension": "spend", "window": "month", "max": 5},
    ]);
    let limits = LimitSet::compile(serde_json::from_value(limits).unwrap()).unwrap();
    let facts = Facts { agent_id: Some("agent_1"), ..Facts::at(noon()) };
    let subject = Subject::of("ten_1", &facts);
    let ask = |limiter: &Limiter, seconds| {
        limiter.admit(&limits, &subject, Demand::priced(0, 2_000_000), after(seconds).as_millisecond())
    };
    let key = store.keep_fingerprint_key(tenant(), &FingerprintKey::mint().unwrap(), noon()).await.unwrap();
    let before = Limiter::new().keyed(key.for_counts());
    let Admission::Admitted(spent) = ask(&before, 0) else { panic!("there is room") };
    spent.settle(Use { tokens: 0, spend_micros: 1_500_000 });
    drop(ask(&before, 1));
    store.keep_counts(&before.changed()).await.unwrap();

    let key = store.keep_fingerprint_key(tenant(), &FingerprintKey::mint().unwrap(), noon()).await.unwrap();
    let limiter = Limiter::new().keyed(key.for_counts());
    limiter.restore(store.counts(after(2)).await.unwrap());
    let Admission::Refused { limit } = ask(&limiter, 2) else { panic!("3.5 of 5 are spent") };
    assert_eq!((&*limit.name, limit.remaining), ("budget", 1_500_000));
    let Admission::Admitted(last) = limiter.admit(&limits, &subject, Demand::NONE, after(3).as_millisecond())
    else {
        panic!("two of three were made")
    };
    assert_eq!(last.limits()[0].remaining, 0);
}

// === helpers ===

const FULL: &str = r#"
routes:
  - { name: openai, prefix: /openai, upstream: "https://api.openai.com", dialect: openai, credential: openai-key,
      timeouts: { connect: 2s } }
declare:
  default_action: FLAG
  agents: [{ name: billing-bot, keys: ["${KEY}"] }]
  secrets: [{ name: openai-key, from: { env: OPENAI_API_KEY } }]
  policies:
    - { name: no-iam, priority: 10, match: { upstream: "*.amazonaws.com/iam/*" }, action: DENY, message: "No." }
    - { name: flag-mail, match: { agent: "billing-*" }, action: FLAG, scope: { agents: [billing-bot] } }
  limits: [{ name: rpm, scope: per_agent, agents: [billing-bot], dimension: requests, window: minute, max: 60 }]
  dlp:
    patterns: [{ name: employee-id, regex: "EMP-[0-9]{6}", severity: CRITICAL }]
"#;

fn declared(text: &str, key: &AgentKey) -> Config {
    let environment = Environment::from_iter([("KEY", key.reveal())]);
    let source = Source { name: "renlayer.yaml", text, format: Format::Yaml };
    let loaded = load(Some(source), &environment, &Overrides::default());
    loaded.unwrap_or_else(|errors| panic!("{errors}")).config
}

fn new_key(key: &AgentKey) -> NewKey {
    NewKey {
        agent: default_agent(tenant()),
        hash: key.hash(),
        hint: KeyHint::of(key.reveal()),
        expires_at: Some(noon() + SignedDuration::from_secs(60)),
    }
}

async fn all(store: &dyn Store) -> Vec<Trace> {
    select(store, &TraceFilter::default()).await
}

async fn select(store: &dyn Store, filter: &TraceFilter) -> Vec<Trace> {
    let page = store.traces(tenant(), filter, None, 10_000).await.unwrap();
    assert!(page.next.is_none());
    page.traces
}

#[test]
fn routes_are_compared_by_value() {
    let route = Route::by_prefix("x", "https://x.example".parse().unwrap(), None);
    assert_eq!(serde_json::from_str::<Route>(&serde_json::to_string(&route).unwrap()).unwrap(), route);
}
