//! What every store of shared counts does, run over PostgreSQL and Redis; see `store_suite.rs` for where PostgreSQL comes from.
//! Redis is started here, where `redis-server` is installed; `RENLAYER_TEST_REQUIRE_REDIS` makes its absence a failure.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use renlayer_core::clock::{Clock, SystemClock};
use renlayer_core::config::DatabaseUrl;
use renlayer_core::policy::{Admission, Demand, Facts, LimitSet, Reservation, Subject, Use};
use renlayer_core::refill::Refiller;
use renlayer_core::store::shared::{self, CountName, SharedCounts, SharedState, Swap};
use renlayer_core::store::{self, StoreError};
use serde_json::json;
use support::redis::{Cluster, Redis};
use support::{Schema, noon};
use tokio::task::JoinSet;

macro_rules! suite {
    ($($test:ident)*) => {
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::over_postgres(super::$test).await;
            })*
        }
        mod redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::over_redis(super::$test).await;
            })*
        }
        mod redis_cluster {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::over_redis_cluster(super::$test).await;
            })*
        }
    };
}

suite! {
    what_was_never_swapped_is_not_there
    bytes_come_back_as_they_went_in
    a_swap_takes_effect_only_over_what_was_read
    each_of_a_batch_is_swapped_by_itself
    of_those_who_swap_at_once_nobody_is_lost
    batches_in_any_order_do_not_wait_for_each_other
    the_clock_goes_on
    instances_admit_together_what_one_would
    places_and_tokens_come_back
    a_limit_that_is_edited_while_a_stream_counts_under_it_loses_nothing
}

type Store = Arc<dyn SharedCounts>;

async fn over_postgres<F: Future<Output = ()>>(test: impl FnOnce(Store) -> F) {
    let Some(schema) = Schema::create().await else { return };
    let url: DatabaseUrl = schema.url.parse().unwrap();
    let governance = store::open(&url).await.unwrap();
    governance.migrate(noon()).await.unwrap();
    governance.close().await;
    let counts = shared::open(&"postgres".parse().unwrap(), &url).unwrap().unwrap();
    test(counts).await;
    schema.remove().await;
}

async fn over_redis<F: Future<Output = ()>>(test: impl FnOnce(Store) -> F) {
    let Some(redis) = Redis::start() else { return };
    test(shared::open(&redis.url.parse().unwrap(), &DatabaseUrl::default()).unwrap().unwrap()).await;
}

/// Through the node that has none of it.
async fn over_redis_cluster<F: Future<Output = ()>>(test: impl FnOnce(Store) -> F) {
    let Some(cluster) = Cluster::start().await else { return };
    let [_, without] = cluster.with_and_without("{renlayer}").await;
    test(shared::open(&without.url.parse().unwrap(), &DatabaseUrl::default()).unwrap().unwrap()).await;
}

fn name(n: u8) -> CountName {
    [n; 16]
}

fn swap(n: u8, was: Option<&[u8]>, is: &[u8]) -> Swap {
    Swap { name: name(n), was: was.map(<[u8]>::to_vec), is: is.to_vec(), until_ms: i64::MAX / 10_000 }
}

async fn held(store: &Store, n: u8) -> Option<Vec<u8>> {
    store.read(&[name(n)]).await.unwrap().states.remove(0)
}

async fn what_was_never_swapped_is_not_there(store: Store) {
    let state = store.read(&[name(1), name(2)]).await.unwrap();
    assert_eq!(state.states, [None, None]);
    assert_eq!(store.forget().await.unwrap(), 0);
}

async fn bytes_come_back_as_they_went_in(store: Store) {
    let bytes: Vec<u8> = (0..=255).cycle().take(8_000).collect();
    assert_eq!(store.swap(0, &[swap(1, None, &bytes)]).await.unwrap(), [true]);
    assert_eq!(store.swap(0, &[swap(3, None, b"\0")]).await.unwrap(), [true]);
    let state = store.read(&[name(3), name(2), name(1)]).await.unwrap();
    assert_eq!(state.states, [Some(b"\0".to_vec()), None, Some(bytes)]);
}

async fn a_swap_takes_effect_only_over_what_was_read(store: Store) {
    assert_eq!(store.swap(0, &[swap(1, Some(b"a"), b"b")]).await.unwrap(), [false], "there is nothing");
    assert_eq!(store.swap(0, &[swap(1, None, b"a")]).await.unwrap(), [true]);
    assert_eq!(store.swap(0, &[swap(1, None, b"b")]).await.unwrap(), [false], "there is something");
    assert_eq!(store.swap(0, &[swap(1, Some(b"x"), b"b")]).await.unwrap(), [false]);
    assert_eq!(store.swap(0, &[swap(1, Some(b"a"), b"b")]).await.unwrap(), [true]);
    assert_eq!(held(&store, 1).await.unwrap(), b"b");
}

async fn each_of_a_batch_is_swapped_by_itself(store: Store) {
    store.swap(0, &[swap(1, None, b"a"), swap(2, None, b"a")]).await.unwrap();
    let swaps = [
        swap(2, Some(b"x"), b"b"),
        swap(3, None, b"b"),
        swap(1, Some(b"a"), b"b"),
        swap(4, Some(b"a"), b"b"),
    ];
    assert_eq!(store.swap(0, &swaps).await.unwrap(), [false, true, true, false]);
    let state = store.read(&[1, 2, 3, 4].map(name)).await.unwrap();
    let states: Vec<_> = state.states.iter().map(|state| state.as_deref()).collect();
    assert_eq!(states, [Some(&b"b"[..]), Some(b"a"), Some(b"b"), None]);
}

/// Adds one to a count, as often as it takes.
async fn add(store: &Store, n: u8) {
    loop {
        let was = held(store, n).await;
        let count = was.as_deref().map_or(0, |was| u32::from_le_bytes(was.try_into().unwrap()));
        if store.swap(0, &[swap(n, was.as_deref(), &(count + 1).to_le_bytes())]).await.unwrap()[0] {
            return;
        }
    }
}

async fn of_those_who_swap_at_once_nobody_is_lost(store: Store) {
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            for _ in 0..25 {
                add(&store, 1).await;
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(held(&store, 1).await.unwrap(), 200_u32.to_le_bytes());
}

async fn batches_in_any_order_do_not_wait_for_each_other(store: Store) {
    let mut tasks = JoinSet::new();
    for task in 0..4_u8 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let mut names: Vec<CountName> = (0..40).map(name).collect();
            for round in 0..20_u8 {
                names.rotate_left(usize::from(task * 7 + round) % 40);
                let state = store.read(&names).await.unwrap();
                let swaps = names.iter().zip(state.states).map(|(name, was)| {
                    let is = [was.clone().unwrap_or_default(), vec![task]].concat();
                    Swap { name: *name, was, is, until_ms: i64::MAX / 10_000 }
                });
                store.swap(state.now_ms, &swaps.collect::<Vec<_>>()).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    assert!(held(&store, 0).await.is_some());
}

async fn the_clock_goes_on(store: Store) {
    let before = store.read(&[name(1)]).await.unwrap().now_ms;
    let year_2020 = 1_577_836_800_000;
    assert!(before > year_2020, "{before}");
    for _ in 0..50 {
        if store.read(&[name(1)]).await.unwrap().now_ms > before {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("it stands still");
}

fn limit(dimension: &str, max: u64) -> LimitSet {
    limit_over(dimension, "hour", max)
}

fn limit_over(dimension: &str, window: &str, max: u64) -> LimitSet {
    let window = if dimension == "concurrency" { json!(null) } else { json!(window) };
    let limit =
        json!({"name": "l", "scope": "per_tenant", "dimension": dimension, "window": window, "max": max});
    LimitSet::compile(vec![serde_json::from_value(limit).unwrap()]).unwrap()
}

/// A store, and with it instances, whose clocks were set forward, so that minutes pass at once.
struct Later {
    store: Store,
    clock: SystemClock,
    millis: AtomicI64,
}

impl Later {
    fn than(store: Store) -> Arc<Self> {
        Arc::new(Self { store, clock: SystemClock::default(), millis: AtomicI64::new(0) })
    }

    fn pass(&self, millis: i64) {
        self.millis.fetch_add(millis, Ordering::Relaxed);
    }

    fn passed(&self) -> i64 {
        self.millis.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl SharedCounts for Later {
    async fn keep_key(&self, proposed: [u8; 16]) -> Result<[u8; 16], StoreError> {
        self.store.keep_key(proposed).await
    }

    async fn read(&self, names: &[CountName]) -> Result<SharedState, StoreError> {
        let state = self.store.read(names).await?;
        Ok(SharedState { now_ms: state.now_ms + self.passed(), ..state })
    }

    async fn swap(&self, now_ms: i64, swaps: &[Swap]) -> Result<Vec<bool>, StoreError> {
        self.store.swap(now_ms, swaps).await
    }

    async fn forget(&self) -> Result<u64, StoreError> {
        self.store.forget().await
    }
}

impl Clock for Later {
    fn wall(&self) -> Timestamp {
        self.clock.wall()
    }

    fn ticks(&self) -> Duration {
        self.clock.ticks() + Duration::from_millis(self.passed().unsigned_abs())
    }
}

/// An instance that counts through `store` from now on.
fn instance(store: &Store, tasks: &mut JoinSet<()>) -> Arc<Refiller> {
    instance_by(store, Arc::new(SystemClock::default()), tasks)
}

fn instance_by(store: &Store, clock: Arc<dyn Clock>, tasks: &mut JoinSet<()>) -> Arc<Refiller> {
    let refiller = Arc::new(Refiller::new(Arc::clone(store), [3; 16], clock).unwrap());
    let running = Arc::clone(&refiller);
    tasks.spawn(async move { running.run().await });
    refiller
}

async fn admit(refiller: &Refiller, limits: &LimitSet, tokens: u64) -> Option<Reservation> {
    admit_of("t", refiller, limits, tokens).await
}

async fn admit_of(tenant: &str, refiller: &Refiller, limits: &LimitSet, tokens: u64) -> Option<Reservation> {
    let facts = Facts { agent_id: Some("a"), ..Facts::at(Timestamp::UNIX_EPOCH) };
    let mut admission = None;
    let look = || {
        let (subject, demand) = (Subject::of(tenant, &facts), Demand::priced(tokens, 0));
        admission = refiller.limiter().try_admit(limits, &subject, demand, refiller.now());
        admission.is_some()
    };
    refiller.refills().until(look).await;
    match admission.unwrap() {
        Admission::Admitted(reserved) => Some(reserved),
        Admission::Refused { .. } => None,
    }
}

/// Never more, and as many where the store answers in time: one that stalls for seconds loses a share, which then counts as spent.
async fn instances_admit_together_what_one_would(store: Store) {
    let mut running = JoinSet::new();
    let instances: Vec<_> = (0..4).map(|_| instance(&store, &mut running)).collect();
    for tenant in ["a", "b", "c"] {
        let admitted = admitted_of_a_thousand(tenant, &instances).await;
        assert!(admitted <= 500, "{admitted}");
        if admitted >= 475 {
            return;
        }
    }
    panic!("of a limit of 500 less than 475 were admitted, three times");
}

/// How many of a thousand calls at once are admitted under a limit of 500.
async fn admitted_of_a_thousand(tenant: &'static str, instances: &[Arc<Refiller>]) -> usize {
    let (limits, admitted) = (limit("requests", 500), Arc::new(AtomicUsize::new(0)));
    let mut calls = JoinSet::new();
    for n in 0..1_000 {
        let (instance, limits) = (Arc::clone(&instances[n % 4]), limits.clone());
        let admitted = Arc::clone(&admitted);
        calls.spawn(async move {
            if admit_of(tenant, &instance, &limits, 0).await.is_some() {
                admitted.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    calls.join_all().await;
    admitted.load(Ordering::Relaxed)
}

async fn places_and_tokens_come_back(store: Store) {
    let mut running = JoinSet::new();
    let (one, other) = (instance(&store, &mut running), instance(&store, &mut running));
    for (limits, demand) in [(limit("concurrency", 2), 0), (limit("tokens", 1_000), 500)] {
        let mut held = Vec::new();
        for instance in [&one, &other] {
            held.push(admit(instance, &limits, demand).await.unwrap());
        }
        assert!(admit(&one, &limits, demand).await.is_none());
        held.into_iter().for_each(|reserved| reserved.settle(Use::default()));
        // What each has left over goes back within a second.
        let mut there = 0;
        for _ in 0..40 {
            let both = [admit(&one, &limits, demand).await, admit(&one, &limits, demand).await];
            there = both.iter().flatten().count();
            both.into_iter().flatten().for_each(|reserved| reserved.settle(Use::default()));
            if there == 2 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(there, 2);
    }
}

/// The same limit, over an hour, then a minute, then the hour again, and of another size meanwhile.
async fn a_limit_that_is_edited_while_a_stream_counts_under_it_loses_nothing(store: Store) {
    let mut running = JoinSet::new();
    let later = Later::than(store);
    let shared: Store = Arc::clone(&later) as _;
    let mut next = || instance_by(&shared, Arc::clone(&later) as _, &mut running);
    let (one, other) = (next(), next());
    let (hour, minute) = (limit("tokens", 1_000), limit_over("tokens", "minute", 1_000));
    let stream = admit(&one, &hour, 600).await.unwrap();
    // While only the shorter window is asked over, the stream outlives that.
    for _ in 0..3 {
        // In steps that leave an instance time to say that it is there.
        for _ in 0..8 {
            later.pass(5_000);
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
        for instance in [&one, &other] {
            let reserved = admit(instance, &minute, 10).await.unwrap();
            reserved.settle(Use { tokens: 10, spend_micros: 0 });
        }
    }
    assert!(admit(&other, &limit_over("tokens", "minute", 100), 90).await.is_none(), "20 or 40 count");
    for instance in [&one, &other] {
        assert!(admit(instance, &hour, 341).await.is_none(), "660 count");
    }
    let reserved = admit(&other, &hour, 340).await.unwrap();
    stream.settle(Use { tokens: 700, spend_micros: 0 });
    reserved.settle(Use { tokens: 340, spend_micros: 0 });
    assert!(admit(&one, &hour, 1).await.is_none());
}

#[tokio::test]
async fn instances_with_a_database_each_name_counts_alike_in_redis() {
    over_redis(|store| async move {
        assert_eq!(store.keep_key([1; 16]).await.unwrap(), [1; 16]);
        assert_eq!(store.keep_key([2; 16]).await.unwrap(), [1; 16]);
    })
    .await;
}

#[tokio::test]
async fn postgres_forgets_what_counts_nothing_any_more() {
    over_postgres(|store| async move {
        let gone = Swap { until_ms: 1, ..swap(1, None, b"a") };
        store.swap(0, &[gone, swap(2, None, b"a")]).await.unwrap();
        assert_eq!(store.forget().await.unwrap(), 1);
        assert_eq!((held(&store, 1).await, held(&store, 2).await), (None, Some(b"a".to_vec())));
    })
    .await;
}

#[tokio::test]
async fn redis_lets_go_by_itself_of_what_counts_nothing_any_more() {
    let Some(redis) = Redis::start() else { return };
    let store = shared::open(&redis.url.parse().unwrap(), &DatabaseUrl::default()).unwrap().unwrap();
    let now_ms = store.read(&[]).await.unwrap().now_ms;
    store.swap(now_ms, &[Swap { until_ms: now_ms + 5_000, ..swap(1, None, b"a") }]).await.unwrap();
    let client = ::redis::Client::open(redis.url.clone()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let keys: Vec<String> = ::redis::cmd("KEYS").arg("*").query_async(&mut connection).await.unwrap();
    assert_eq!(keys, ["{renlayer}:count:01010101010101010101010101010101"]);
    let lives: i64 = ::redis::cmd("PTTL").arg(&keys[0]).query_async(&mut connection).await.unwrap();
    assert!((60_000..=65_000).contains(&lives), "{lives}");
}

#[tokio::test]
async fn all_nodes_of_a_cluster_lead_to_the_same_counts() {
    let Some(cluster) = Cluster::start().await else { return };
    let [with, without] = cluster.with_and_without("{renlayer}").await;
    let open =
        |node: &Redis| shared::open(&node.url.parse().unwrap(), &DatabaseUrl::default()).unwrap().unwrap();
    let (one, other) = (open(with), open(without));
    assert_eq!(one.keep_key([1; 16]).await.unwrap(), [1; 16]);
    assert_eq!(other.keep_key([2; 16]).await.unwrap(), [1; 16]);
    let both = [swap(1, None, b"a"), swap(2, None, b"b")];
    assert_eq!(one.swap(0, &both).await.unwrap(), [true, true]);
    assert_eq!(other.swap(0, &both).await.unwrap(), [false, false]);
    assert_eq!(held(&other, 2).await.unwrap(), b"b");
    assert_eq!((with.ask("DBSIZE").await, without.ask("DBSIZE").await), ("3".into(), "0".into()));

    // A part of the cluster is lost, and it refuses all of it.
    without.ask("CLUSTER RESET HARD").await;
    let error = open(without).read(&[name(1)]).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert_eq!(held(&one, 1).await.unwrap(), b"a");
}

#[tokio::test]
async fn nodes_of_a_cluster_that_name_each_other_are_asked_a_few_times_and_no_more() {
    let Some(cluster) = Cluster::start().await else { return };
    let [with, without] = cluster.with_and_without("{renlayer}").await;
    let (id, slot) = (without.ask("CLUSTER MYID").await, with.ask("CLUSTER KEYSLOT {renlayer}").await);
    with.ask(&format!("CLUSTER SETSLOT {slot} NODE {id}")).await;
    let before = [connections(with).await, connections(without).await];
    let store = shared::open(&with.url.parse().unwrap(), &DatabaseUrl::default()).unwrap().unwrap();
    let error = store.read(&[name(1)]).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    let after = [connections(with).await, connections(without).await];
    // One of each node's is that of who asks for the number.
    let made = after.iter().sum::<u64>() - before.iter().sum::<u64>() - 2;
    let sent_on = sent_on(with).await + sent_on(without).await;
    assert_eq!((made, sent_on), (5, 5), "whoever is connected to is asked");
}

async fn connections(node: &Redis) -> u64 {
    figure(node, "stats", "total_connections_received:").await
}

/// How many questions it had no answer for but who else to ask.
async fn sent_on(node: &Redis) -> u64 {
    figure(node, "errorstats", "errorstat_MOVED:count=").await
}

async fn figure(node: &Redis, section: &str, before: &str) -> u64 {
    let info = node.ask(&format!("INFO {section}")).await;
    let figure = info.lines().find_map(|line| line.strip_prefix(before));
    figure.map_or(0, |figure| figure.parse().unwrap())
}

#[tokio::test]
async fn a_store_that_is_not_there_says_so_and_nothing_else() {
    let secret = ["hun", "ter2"].concat();
    for url in [format!("redis://:{secret}@127.0.0.1:9"), format!("redis://app:{secret}@127.0.0.1:9/1")] {
        let store = shared::open(&url.parse().unwrap(), &DatabaseUrl::default()).unwrap().unwrap();
        let error = store.read(&[name(1)]).await.unwrap_err();
        assert!(error.is_transient(), "{error}");
        assert!(!format!("{error} {error:?}").contains(&secret));
    }
}
