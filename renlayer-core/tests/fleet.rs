//! How a save takes effect on a fleet, over each engine: instances are played by hand here, one step at a time. What real
//! processes make of it is in the end-to-end tests.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

#[macro_use]
#[path = "support/suite.rs"]
mod suite;
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use renlayer_core::id::{InstanceId, SaveId};
use renlayer_core::store::{AgentRecord, InForce, Member, Saved, Standing, Store, StoreError};
use support::{noon, over_postgres, over_sqlite, tenant};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

suite! {
    a_save_is_the_next_epoch
    what_changes_nothing_is_no_epoch
    a_save_waits_for_every_instance
    an_instance_that_refuses_keeps_everything_as_it_was
    an_instance_that_is_gone_is_waited_for_once
    an_instance_that_was_given_up_gets_a_lease_for_what_is_in_force_alone
    what_changes_nothing_waits_for_what_is_there
    savers_come_one_after_the_other
    an_epoch_of_another_save_is_another_one
    an_instance_with_a_long_lease_that_is_gone_is_waited_for_too
    an_instance_that_is_there_and_does_not_answer_fails_the_save
    the_turn_of_a_dead_saver_is_taken_over_and_that_of_a_slow_one_is_not
    a_watch_rings_when_others_save
}

/// Long enough for a busy machine, short enough to wait for its end.
const TERM: Duration = Duration::from_millis(700);

/// What is in force before the first save.
const NOTHING: InForce = InForce { epoch: 0, save: None };

/// Longer than any test, however busy the machine is.
const LONG: Duration = Duration::from_secs(60);

struct Instance {
    store: Arc<dyn Store>,
    who: Member,
    beats: AtomicI64,
}

impl Instance {
    async fn join(store: &Arc<dyn Store>, name: &str) -> Self {
        Self::join_for(store, name, TERM).await
    }

    async fn join_for(store: &Arc<dyn Store>, name: &str, term: Duration) -> Self {
        let who = Member { id: InstanceId::mint(Timestamp::now()), name: name.into(), term, beat: 0 };
        let instance = Self { store: Arc::clone(store), who, beats: AtomicI64::new(1) };
        assert!(instance.renew(in_force(store).await).await);
        instance
    }

    /// Whether a lease is granted to one who judges by that.
    async fn renew(&self, applied: InForce) -> bool {
        let who = Member { beat: self.beats.fetch_add(1, Ordering::Relaxed), ..self.who.clone() };
        self.store.renew(&who, applied).await.unwrap().in_force == applied
    }

    /// What the fleet comes to once `is` holds of it; the lease is kept meanwhile.
    async fn sees(&self, applied: InForce, is: impl Fn(Standing) -> bool) -> Standing {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(20) {
            let standing = self.store.standing().await.unwrap();
            if is(standing) {
                return standing;
            }
            self.renew(applied).await;
            sleep(Duration::from_millis(5)).await;
        }
        panic!("it does not come to it")
    }
}

async fn in_force(store: &Arc<dyn Store>) -> InForce {
    store.standing().await.unwrap().in_force
}

type Saving = JoinHandle<Result<Saved<AgentRecord>, StoreError>>;

fn saving(store: &Arc<dyn Store>, name: &'static str) -> Saving {
    let store = Arc::clone(store);
    tokio::spawn(async move { store.create_agent(tenant(), name, None, None, noon()).await })
}

async fn names(store: &dyn Store) -> Vec<String> {
    store.agents(tenant()).await.unwrap().into_iter().map(|agent| agent.name).collect()
}

async fn a_save_is_the_next_epoch(store: Arc<dyn Store>) {
    assert_eq!(store.standing().await.unwrap(), Standing { in_force: InForce::default(), proposed: None });
    let saved = saving(&store, "one").await.unwrap().unwrap();
    assert_eq!((saved.epoch, saved.instances.len()), (1, 0));
    let refused = saving(&store, "one").await.unwrap().unwrap_err();
    assert!(refused.is_exists());
    assert_eq!(saving(&store, "two").await.unwrap().unwrap().epoch, 2, "one that failed has no number");
}

async fn what_changes_nothing_is_no_epoch(store: Arc<dyn Store>) {
    let declare = renlayer_core::config::Declare::default();
    let first = store.declare(tenant(), &declare, &[], noon()).await.unwrap();
    let again = store.declare(tenant(), &declare, &[], noon()).await.unwrap();
    assert_eq!(again.epoch, first.epoch);
}

async fn a_save_waits_for_every_instance(store: Arc<dyn Store>) {
    let (one, two) = (Instance::join(&store, "one").await, Instance::join(&store, "two").await);
    let save = saving(&store, "bot");
    let proposed = one.sees(NOTHING, |fleet| fleet.proposed.is_some()).await.proposed.unwrap();
    let proposal = store.proposal(proposed, tenant()).await.unwrap().unwrap();
    assert!(proposal.agents.iter().any(|agent| agent.name == "bot"));
    assert_eq!(names(&*store).await, ["default"], "nothing is changed yet");

    assert!(store.answer(one.who.id, proposed, None).await.unwrap());
    sleep(Duration::from_millis(50)).await;
    assert_eq!(store.standing().await.unwrap().in_force, NOTHING, "one has not answered");
    store.answer(two.who.id, proposed, None).await.unwrap();
    let fleet = one.sees(NOTHING, |fleet| fleet.in_force.epoch == 1).await;
    assert_eq!((fleet.in_force.save, fleet.proposed), (Some(proposed), None));
    let stored = store.governance(tenant()).await.unwrap();
    assert_eq!(stored.revision, proposal.revision, "what was made is what was proposed");
    assert_eq!(stored.agents, proposal.agents);

    assert!(!one.renew(NOTHING).await, "an epoch that is over gets no lease");
    assert!(one.renew(fleet.in_force).await);
    sleep(Duration::from_millis(50)).await;
    assert!(!save.is_finished(), "one does not judge by it yet");
    assert!(two.renew(fleet.in_force).await);
    let saved = save.await.unwrap().unwrap();
    assert_eq!((saved.epoch, saved.instances), (1, vec!["one".to_owned(), "two".to_owned()]));
}

async fn an_instance_that_refuses_keeps_everything_as_it_was(store: Arc<dyn Store>) {
    let (one, two) = (Instance::join(&store, "one").await, Instance::join(&store, "two").await);
    let save = saving(&store, "bot");
    let proposed = one.sees(NOTHING, |fleet| fleet.proposed.is_some()).await.proposed.unwrap();
    store.answer(one.who.id, proposed, None).await.unwrap();
    store.answer(two.who.id, proposed, Some("there is no such route")).await.unwrap();
    let refused = save.await.unwrap().unwrap_err();
    assert!(refused.is_refused_by_fleet());
    assert_eq!(refused.to_string(), "the instance two refuses the change: there is no such route");
    assert_eq!(names(&*store).await, ["default"]);
    assert_eq!(store.standing().await.unwrap(), Standing { in_force: InForce::default(), proposed: None });
    assert!(one.renew(NOTHING).await);
    one.store.leave(one.who.id).await.unwrap();
    two.store.leave(two.who.id).await.unwrap();
    assert_eq!(saving(&store, "bot").await.unwrap().unwrap().epoch, 1, "the turn has been passed on");
}

async fn an_instance_that_is_gone_is_waited_for_once(store: Arc<dyn Store>) {
    Instance::join(&store, "gone").await;
    let began = Instant::now();
    let saved = saving(&store, "one").await.unwrap().unwrap();
    assert!(began.elapsed() >= TERM, "its lease may be used until its end");
    assert_eq!(saved.instances.len(), 0);
    assert_eq!(store.instances().await.unwrap(), [], "nobody waits for it again");
}

async fn an_instance_that_was_given_up_gets_a_lease_for_what_is_in_force_alone(store: Arc<dyn Store>) {
    let paused = Instance::join(&store, "paused").await;
    assert_eq!(saving(&store, "one").await.unwrap().unwrap().epoch, 1);
    assert!(!paused.renew(NOTHING).await);
    assert_eq!(store.instances().await.unwrap(), [], "asking in vain does not make it a member");
    assert!(
        !store.answer(paused.who.id, SaveId::mint(noon()), None).await.unwrap(),
        "who has no row cannot answer"
    );
    assert!(paused.renew(in_force(&store).await).await);
    let there = store.instances().await.unwrap();
    // Another saver may have seen the row before it was taken away, and waits for its beat to move.
    assert_eq!(there.iter().map(|instance| instance.beat > 1).collect::<Vec<_>>(), [true]);
}

async fn what_changes_nothing_waits_for_what_is_there(store: Arc<dyn Store>) {
    let declare = renlayer_core::config::Declare::default();
    store.declare(tenant(), &declare, &[], noon()).await.unwrap();
    let slow = Instance::join(&store, "slow").await;
    let before = in_force(&store).await;
    let save = saving(&store, "bot");
    let proposed = slow.sees(before, |fleet| fleet.proposed.is_some()).await.proposed.unwrap();
    store.answer(slow.who.id, proposed, None).await.unwrap();
    slow.sees(before, |fleet| fleet.in_force.epoch == 2).await;
    // Whoever saved it does not see it through, and somebody asks for what is there already.
    save.abort();
    let again = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.declare(tenant(), &declare, &[], noon()).await }
    });
    sleep(Duration::from_millis(100)).await;
    assert!(!again.is_finished(), "it is not in force everywhere");
    assert!(slow.renew(in_force(&store).await).await);
    assert_eq!(again.await.unwrap().unwrap().epoch, 2);
}

async fn savers_come_one_after_the_other(store: Arc<dyn Store>) {
    const SAVERS: u64 = 50;
    let savers: Vec<_> = (0..SAVERS)
        .map(|i| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                store.create_agent(tenant(), &format!("bot-{i}"), None, None, noon()).await
            })
        })
        .collect();
    let mut epochs = Vec::new();
    for saver in savers {
        epochs.push(saver.await.unwrap().unwrap().epoch);
    }
    epochs.sort_unstable();
    assert_eq!(epochs, (1..=SAVERS).collect::<Vec<_>>(), "no number is left out or there twice");
    assert_eq!(names(&*store).await.len() as u64, SAVERS + 1, "and no save is lost");
}

async fn an_epoch_of_another_save_is_another_one(store: Arc<dyn Store>) {
    let one = Instance::join(&store, "one").await;
    one.store.leave(one.who.id).await.unwrap();
    saving(&store, "bot").await.unwrap().unwrap();
    // What an instance has in force whose store has lost its saves, and has made others since.
    let lost = InForce { epoch: 1, save: Some(SaveId::mint(noon())) };
    assert!(!one.renew(lost).await);
    assert_eq!(store.instances().await.unwrap(), []);
    assert!(one.renew(in_force(&store).await).await);
}

async fn an_instance_with_a_long_lease_that_is_gone_is_waited_for_too(store: Arc<dyn Store>) {
    // Longer than those that are there may take to answer.
    Instance::join_for(&store, "gone", Duration::from_secs(11)).await;
    let saved = saving(&store, "bot").await.unwrap().unwrap();
    assert_eq!((saved.epoch, saved.instances.len()), (1, 0));
    assert_eq!(store.instances().await.unwrap(), []);
}

async fn an_instance_that_is_there_and_does_not_answer_fails_the_save(store: Arc<dyn Store>) {
    let silent = Instance::join_for(&store, "silent", LONG).await;
    let save = saving(&store, "bot");
    while !save.is_finished() {
        assert!(silent.renew(NOTHING).await);
        sleep(TERM / 4).await;
    }
    let error = save.await.unwrap().unwrap_err();
    assert!(error.to_string().contains("the instance silent does not answer"), "{error}");
    assert_eq!(names(&*store).await, ["default"]);
    assert_eq!(store.standing().await.unwrap().proposed, None);
}

async fn the_turn_of_a_dead_saver_is_taken_over_and_that_of_a_slow_one_is_not(store: Arc<dyn Store>) {
    let instance = Instance::join_for(&store, "slow to compile", LONG).await;
    let dead = saving(&store, "dead");
    let abandoned = instance.sees(NOTHING, |fleet| fleet.proposed.is_some()).await.proposed;
    dead.abort();
    let slow = saving(&store, "slow");
    let proposed =
        instance.sees(NOTHING, |fleet| ![None, abandoned].contains(&fleet.proposed)).await.proposed;
    let third = saving(&store, "third");
    // Longer than a dead one keeps the turn.
    let until = Instant::now() + Duration::from_secs(7);
    while Instant::now() < until {
        assert!(instance.renew(NOTHING).await);
        sleep(TERM / 4).await;
    }
    store.answer(instance.who.id, proposed.unwrap(), None).await.unwrap();
    instance.sees(NOTHING, |fleet| fleet.in_force.epoch == 1).await;
    store.leave(instance.who.id).await.unwrap();
    assert_eq!(slow.await.unwrap().unwrap().epoch, 1);
    assert_eq!(third.await.unwrap().unwrap().epoch, 2);
    assert_eq!(names(&*store).await, ["default", "slow", "third"]);
}

async fn a_watch_rings_when_others_save(store: Arc<dyn Store>) {
    let mut watch = store.watch().await.unwrap();
    let saver = Arc::clone(&store);
    tokio::spawn(async move {
        for i in 0..1_000 {
            let _ = saver.create_agent(tenant(), &format!("bot-{i}"), None, None, noon()).await;
        }
    });
    tokio::time::timeout(Duration::from_secs(10), watch.changed()).await.unwrap();
}
