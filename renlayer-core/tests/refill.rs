//! Calls that wait for what instances share, by a clock that stands still until everybody waits.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use renlayer_core::clock::Clock;
use renlayer_core::policy::{Admission, Demand, Facts, LimitSet, Shortage, Subject};
use renlayer_core::refill::Refiller;
use renlayer_core::store::StoreError;
use renlayer_core::store::shared::{CountName, SharedCounts, SharedState, Swap};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// The runtime's clock.
struct Paused(Instant);

impl Clock for Paused {
    fn wall(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn ticks(&self) -> Duration {
        self.0.elapsed()
    }
}

/// How a store behaves.
#[derive(Clone, Copy, Default, PartialEq)]
enum Behaviour {
    #[default]
    Answers,
    /// It swaps, and its answer is lost.
    LosesAnswers,
    Away,
    Silent,
}

/// A store whose questions are counted.
struct Memory {
    behaviour: Mutex<Behaviour>,
    held: Mutex<HashMap<CountName, Vec<u8>>>,
    began: Instant,
    reads: AtomicUsize,
}

impl Memory {
    fn new() -> Arc<Self> {
        let (behaviour, held, reads) = (Mutex::default(), Mutex::default(), AtomicUsize::new(0));
        Arc::new(Self { behaviour, held, began: Instant::now(), reads })
    }

    fn behaves(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }

    async fn behaviour(&self) -> Result<Behaviour, StoreError> {
        sleep(Duration::from_millis(3)).await;
        let behaviour = *self.behaviour.lock().unwrap();
        match behaviour {
            Behaviour::Away => Err(StoreError::unreachable()),
            Behaviour::Silent => std::future::pending().await,
            behaviour => Ok(behaviour),
        }
    }
}

#[async_trait]
impl SharedCounts for Memory {
    async fn keep_key(&self, proposed: [u8; 16]) -> Result<[u8; 16], StoreError> {
        Ok(proposed)
    }

    async fn read(&self, names: &[CountName]) -> Result<SharedState, StoreError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.behaviour().await?;
        let held = self.held.lock().unwrap();
        let now_ms = i64::try_from(self.began.elapsed().as_millis()).unwrap() + 1_700_000_000_000;
        Ok(SharedState { now_ms, states: names.iter().map(|name| held.get(name).cloned()).collect() })
    }

    async fn swap(&self, _: i64, swaps: &[Swap]) -> Result<Vec<bool>, StoreError> {
        let behaviour = self.behaviour().await?;
        let mut held = self.held.lock().unwrap();
        let swapped = swaps.iter().map(|swap| {
            let same = held.get(&swap.name) == swap.was.as_ref();
            if same {
                held.insert(swap.name, swap.is.clone());
            }
            same
        });
        let swapped = swapped.collect();
        if behaviour == Behaviour::LosesAnswers { Err(StoreError::unreachable()) } else { Ok(swapped) }
    }

    async fn forget(&self) -> Result<u64, StoreError> {
        Ok(0)
    }
}

fn limit(max: u64) -> LimitSet {
    let limit =
        json!({"name": "l", "scope": "per_tenant", "dimension": "requests", "window": "hour", "max": max});
    LimitSet::compile(vec![serde_json::from_value(limit).unwrap()]).unwrap()
}

fn instance(store: &Arc<Memory>, tasks: &mut JoinSet<()>) -> Arc<Refiller> {
    let clock = Arc::new(Paused(Instant::now()));
    let refiller = Arc::new(Refiller::new(Arc::clone(store) as _, [3; 16], clock).unwrap());
    let running = Arc::clone(&refiller);
    tasks.spawn(async move { running.run().await });
    refiller
}

/// Whether a call is admitted, or why not.
async fn call(refiller: &Refiller, limits: &LimitSet) -> Result<(), Shortage> {
    let facts = Facts { agent_id: Some("a"), ..Facts::at(Timestamp::UNIX_EPOCH) };
    let (subject, mut admission) = (Subject::of("t", &facts), None);
    let look = || {
        admission = refiller.limiter().try_admit(limits, &subject, Demand::NONE, refiller.now());
        admission.is_some()
    };
    refiller.refills().until(look).await;
    let at_last = || refiller.limiter().admit(limits, &subject, Demand::NONE, refiller.now());
    match admission.unwrap_or_else(at_last) {
        Admission::Admitted(_) => Ok(()),
        Admission::Refused { limit } => Err(limit.shortage.unwrap()),
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_for_the_same_share_one_question() {
    let (store, mut tasks) = (Memory::new(), JoinSet::new());
    let (refiller, limits) = (instance(&store, &mut tasks), limit(1_000));
    let mut calls = JoinSet::new();
    for _ in 0..200 {
        let (refiller, limits) = (Arc::clone(&refiller), limits.clone());
        calls.spawn(async move { call(&refiller, &limits).await });
    }
    assert!(calls.join_all().await.iter().all(Result::is_ok));
    let reads = store.reads.load(Ordering::Relaxed);
    assert!(reads <= 3, "{reads} questions for 200 calls");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_neither_loses_nor_doubles() {
    let (store, mut tasks) = (Memory::new(), JoinSet::new());
    let (refiller, limits) = (instance(&store, &mut tasks), limit(20));
    for _ in 0..20 {
        store.behaves(Behaviour::LosesAnswers);
        assert_eq!(call(&refiller, &limits).await, Err(Shortage::Unreachable));
        store.behaves(Behaviour::Answers);
        sleep(Duration::from_secs(1)).await;
        // What was granted unheard is what this one takes.
        assert_eq!(call(&refiller, &limits).await, Ok(()));
    }
    assert_eq!(call(&refiller, &limits).await, Err(Shortage::Full), "all 20 were admitted");
}

#[tokio::test(start_paused = true)]
async fn while_the_store_is_away_nobody_waits_and_when_it_is_back_calls_go_on() {
    let (store, mut tasks) = (Memory::new(), JoinSet::new());
    let (refiller, limits) = (instance(&store, &mut tasks), limit(20));
    assert_eq!(call(&refiller, &limits).await, Ok(()));
    store.behaves(Behaviour::Away);
    sleep(Duration::from_secs(15)).await;
    let began = Instant::now();
    for _ in 0..10 {
        assert_eq!(call(&refiller, &limits).await, Err(Shortage::Unreachable));
    }
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    let reads = store.reads.load(Ordering::Relaxed);
    sleep(Duration::from_secs(10)).await;
    assert!(store.reads.load(Ordering::Relaxed) - reads < 50, "it is left alone");
    store.behaves(Behaviour::Answers);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(call(&refiller, &limits).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_count_that_cannot_be_read_refuses_and_leaves_others_alone() {
    let (store, mut tasks) = (Memory::new(), JoinSet::new());
    let (refiller, limits) = (instance(&store, &mut tasks), limit(20));
    assert_eq!(call(&refiller, &limits).await, Ok(()));
    store.held.lock().unwrap().values_mut().for_each(|state| state[0] = 99);
    sleep(Duration::from_secs(30)).await;
    assert_eq!(call(&refiller, &limits).await, Err(Shortage::Unreachable));
    let other =
        json!({"name": "other", "scope": "per_tenant", "dimension": "requests", "window": "hour", "max": 5});
    let other = LimitSet::compile(vec![serde_json::from_value(other).unwrap()]).unwrap();
    assert_eq!(call(&refiller, &other).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_silent_keeps_a_call_waiting_for_a_bounded_time() {
    let (store, mut tasks) = (Memory::new(), JoinSet::new());
    let (refiller, limits) = (instance(&store, &mut tasks), limit(20));
    store.behaves(Behaviour::Silent);
    let began = Instant::now();
    assert_eq!(call(&refiller, &limits).await, Err(Shortage::Unreachable));
    assert_eq!(began.elapsed().as_secs(), 2, "it counts as away after that");
}

#[tokio::test(start_paused = true)]
async fn at_the_end_what_is_not_spent_is_given_back() {
    let (store, mut tasks) = (Memory::new(), JoinSet::new());
    let (first, limits) = (instance(&store, &mut tasks), limit(1_000));
    for _ in 0..100 {
        call(&first, &limits).await.unwrap();
        sleep(Duration::from_millis(5)).await;
    }
    tasks.shutdown().await;
    first.finish().await.unwrap();
    let second = instance(&store, &mut tasks);
    let mut admitted = 0;
    while call(&second, &limits).await.is_ok() {
        admitted += 1;
    }
    assert_eq!(admitted, 900);
}
