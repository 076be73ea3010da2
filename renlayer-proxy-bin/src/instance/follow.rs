//! Follows the fleet: what anybody saves is prepared here, put into force, and answered for, before the save returns.

use std::sync::Arc;
use std::time::Duration;

use renlayer_core::Engine;
use renlayer_core::id::SaveId;
use renlayer_core::snapshot::Governance;
use renlayer_core::store::{InForce, Revision, Watch, default_tenant};
use tokio::sync::Mutex;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::govern::{Compiled, Governor, Local};
use super::lease::Membership;
use crate::failure::Failure;

/// Between two looks whether decisions by replaced governance have ended; they take microseconds.
const SETTLING: Duration = Duration::from_micros(500);

/// Keeps an engine at what the configuration and the store say.
pub(super) struct Follower {
    governor: Governor,
    engine: Engine,
    membership: Arc<Membership>,
    /// Held while a configuration is put into force, so that there is one at a time.
    reloading: Mutex<()>,
    /// Held while governance is compiled, so that an older one never replaces a newer.
    state: Mutex<State>,
}

struct State {
    local: Local,
    /// A configuration on its way into force; what is proposed meanwhile has to agree with it.
    next: Option<Local>,
    /// What the engine's governance was compiled from.
    revision: Revision,
    /// That what is in force was compiled with another configuration.
    outdated: bool,
    /// The last save that was answered.
    answered: Option<SaveId>,
    /// What its proposal was compiled to, until it is in force or replaced.
    prepared: Option<(SaveId, Compiled)>,
}

/// What comes of a proposal.
enum Proposed {
    Compiled(Compiled),
    Refused(String),
    /// Nobody waits for an answer any more.
    Over,
}

// === impl Follower ===

impl Follower {
    /// Follows for `engine`, whose governance was compiled from `local` and what the store held at `revision`.
    pub(super) fn new(
        governor: Governor,
        engine: Engine,
        membership: Arc<Membership>,
        (local, revision): (Local, Revision),
    ) -> Self {
        let state = State { local, next: None, revision, outdated: false, answered: None, prepared: None };
        Self { governor, engine, membership, reloading: Mutex::default(), state: Mutex::new(state) }
    }

    /// Takes part in the fleet: returns once a lease is held.
    pub(super) async fn join(&self) -> Result<(), Failure> {
        while !self.membership.renew().await? {
            self.look(false).await?;
            sleep(SETTLING).await;
        }
        Ok(())
    }

    /// Puts another configuration into force, or leaves everything as it is. Where the store goes away once it holds what is declared,
    /// that is done when it is back.
    pub(super) async fn reload(&self, local: Local) -> Result<(), Failure> {
        let _one_at_a_time = self.reloading.lock().await;
        // What does not compile by itself is not even compared with what others save.
        self.governor.check(&local)?;
        self.state.lock().await.next = Some(local.clone());
        let declared = self.governor.declare(&local).await;
        let mut state = self.state.lock().await;
        state.next = None;
        match declared {
            Ok(()) => (state.local, state.outdated) = (local, true),
            // It may have been prepared with what is not to be.
            Err(_) => state.prepared = None,
        }
        // Also where it failed: another's save may have been put into force with it.
        let recompiled = self.recompile(&mut state).await;
        declared.and(recompiled.map_err(|failure| match state.outdated {
            true => failure.next("what it declares is in the store, and put into force once it can be"),
            false => failure,
        }))
    }

    /// Follows for as long as it is polled. What fails is said once, until it works again.
    pub(super) async fn run(&self) {
        let mut ticks = interval(self.membership.period());
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut watch = None;
        let mut failing = false;
        loop {
            let due = tokio::select! {
                _ = ticks.tick() => true,
                () = self.rung(&mut watch) => false,
            };
            let looked = self.look(due).await;
            match &looked {
                Err(failure) if !failing => {
                    tracing::error!(
                        "what the store holds is not put into force, what is in force stays: {failure}"
                    );
                }
                Ok(()) if failing => tracing::info!("the store is followed again"),
                _ => {}
            }
            failing = looked.is_err();
            if failing {
                // Bells may ring all the time.
                sleep(self.membership.period()).await;
            }
        }
    }

    async fn rung(&self, watch: &mut Option<Watch>) {
        match watch {
            Some(watch) => watch.changed().await,
            None => match self.governor.store.watch().await {
                Ok(opened) => *watch = Some(opened),
                Err(_) => sleep(self.membership.period()).await,
            },
        }
    }

    /// Does whatever is due; now and then also looks for what was written past all saves.
    async fn look(&self, thoroughly: bool) -> Result<(), Failure> {
        // Not before it is locked: what is asked for later is never older than what is in force here.
        let mut state = self.state.lock().await;
        let standing = self.governor.store.standing().await?;
        // What is in force comes before what may be.
        let put = self.put_into_force(&mut state, standing.in_force, thoroughly).await;
        // Also where that failed: it may be what is proposed that mends it.
        match standing.proposed.filter(|&save| Some(save) != state.answered) {
            Some(save) => put.and(self.prepare(&mut state, save).await),
            None => put,
        }
    }

    /// Puts into force what is not yet: what was saved, what this process declares since, what was written past all saves.
    async fn put_into_force(
        &self,
        state: &mut State,
        in_force: InForce,
        thoroughly: bool,
    ) -> Result<(), Failure> {
        let applied = self.membership.applied();
        if in_force != applied {
            self.apply(state, in_force).await?;
            if in_force.epoch <= applied.epoch {
                tracing::error!(
                    "the store has lost saves: epoch {} of this process was none of its own; what it holds is in force now",
                    applied.epoch
                );
            }
            return Ok(());
        }
        if state.outdated || (thoroughly && self.governor.revision().await? != state.revision) {
            self.recompile(state).await?;
        }
        Ok(())
    }

    /// Compiles a proposal, and answers it.
    async fn prepare(&self, state: &mut State, save: SaveId) -> Result<(), Failure> {
        let known = state.prepared.as_ref().is_some_and(|(prepared, _)| *prepared == save);
        let refusal = match known {
            true => None,
            false => match self.compile_proposal(state, save).await? {
                Proposed::Over => return Ok(()),
                Proposed::Compiled(compiled) => {
                    state.prepared = Some((save, compiled));
                    None
                }
                Proposed::Refused(why) => Some(why),
            },
        };
        // Where there is no row to answer in, it is due again.
        if self.governor.store.answer(self.membership.id(), save, refusal.as_deref()).await? {
            state.answered = Some(save);
        }
        Ok(())
    }

    async fn compile_proposal(&self, state: &State, save: SaveId) -> Result<Proposed, Failure> {
        let proposal = self.governor.store.proposal(save, default_tenant()).await;
        let compiled = match proposal {
            Ok(None) => return Ok(Proposed::Over),
            Ok(Some(proposal)) => {
                let local = state.next.as_ref().unwrap_or(&state.local);
                self.governor.compile_stored(local, proposal).await
            }
            Err(error) if error.is_transient() => return Err(error.into()),
            Err(error) => Err(error.into()),
        };
        Ok(match compiled {
            Ok(compiled) => Proposed::Compiled(compiled),
            Err(failure) => Proposed::Refused(failure.in_a_word()),
        })
    }

    /// Puts what is in force into force here.
    async fn apply(&self, state: &mut State, in_force: InForce) -> Result<(), Failure> {
        match state.prepared.take_if(|(save, _)| Some(*save) == in_force.save) {
            Some((_, compiled)) => {
                self.load(state, compiled, in_force).await;
                Ok(())
            }
            None => self.recompile(state).await,
        }
    }

    /// Compiles what the store holds, and puts it into force.
    async fn recompile(&self, state: &mut State) -> Result<(), Failure> {
        let (compiled, in_force) = self.governor.compile(&state.local).await?;
        state.outdated = false;
        self.load(state, compiled, in_force).await;
        Ok(())
    }

    async fn load(&self, state: &mut State, compiled: Compiled, in_force: InForce) {
        let before = self.engine.load(compiled.governance.at_epoch(in_force.epoch));
        state.revision = compiled.revision;
        settle(&before).await;
        tracing::debug!(epoch = in_force.epoch, "governance is in force");
        if let Err(error) = self.membership.apply(in_force).await {
            tracing::debug!("the lease is asked for again with the next renewal: {error}");
        }
    }
}

/// Waits until nothing is decided by replaced governance any more.
async fn settle(replaced: &Governance) {
    while replaced.is_deciding() {
        sleep(SETTLING).await;
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use renlayer_core::config::{Config, Environment};
    use renlayer_core::store::{self, Store};
    use renlayer_core::trace::{Recorder, Trace};

    use super::*;

    struct Nowhere;

    impl Recorder for Nowhere {
        fn record(&self, _: Trace) {}
    }

    async fn follower() -> (Arc<dyn Store>, Arc<Follower>) {
        let store = store::open(&"sqlite::memory:".parse().unwrap()).await.unwrap();
        store.migrate(Timestamp::now()).await.unwrap();
        let governor = Governor::new(Arc::clone(&store)).await.unwrap();
        let local =
            Local { config: Arc::new(Config::default()), environment: Arc::new(Environment::default()) };
        governor.declare(&local).await.unwrap();
        let (Compiled { governance, revision }, in_force) = governor.compile(&local).await.unwrap();
        let engine = Engine::new(governance, Arc::new(Nowhere));
        let term = Duration::from_secs(2);
        let membership = Arc::new(Membership::new(Arc::clone(&store), engine.clone(), in_force, term));
        (store, Arc::new(Follower::new(governor, engine, membership, (local, revision))))
    }

    #[tokio::test]
    async fn a_save_returns_once_it_is_in_force() {
        let (store, follower) = follower().await;
        assert!(!follower.engine.lease().is_held(follower.engine.ticks()));
        follower.join().await.unwrap();
        assert!(follower.engine.lease().is_held(follower.engine.ticks()));
        let start = follower.engine.governance();
        let following = Arc::clone(&follower);
        let task = tokio::spawn(async move {
            tokio::join!(following.run(), following.membership.keep());
        });
        let saved = store.create_agent(default_tenant(), "late", None, None, Timestamp::now()).await.unwrap();
        let changed = follower.engine.governance();
        assert_eq!((changed.epoch, saved.epoch), (start.epoch + 1, start.epoch + 1));
        assert_eq!(saved.instances.len(), 1);
        task.abort();
    }

    #[tokio::test]
    async fn a_change_is_put_into_force_once() {
        let (store, follower) = follower().await;
        let start = follower.engine.governance();
        follower.look(true).await.unwrap();
        assert!(Arc::ptr_eq(&start, &follower.engine.governance()), "nothing has changed");
        store.create_agent(default_tenant(), "late", None, None, Timestamp::now()).await.unwrap();
        follower.look(true).await.unwrap();
        let changed = follower.engine.governance();
        assert!(!Arc::ptr_eq(&start, &changed));
        follower.look(true).await.unwrap();
        assert!(Arc::ptr_eq(&changed, &follower.engine.governance()), "nothing has changed since");
    }

    #[tokio::test]
    async fn a_configuration_that_could_not_be_compiled_at_once_is_put_into_force_later() {
        let (_store, follower) = follower().await;
        let start = follower.engine.governance();
        follower.state.lock().await.outdated = true;
        follower.look(false).await.unwrap();
        let later = follower.engine.governance();
        assert!(!Arc::ptr_eq(&start, &later));
        follower.look(false).await.unwrap();
        assert!(Arc::ptr_eq(&later, &follower.engine.governance()), "once");
    }

    #[tokio::test]
    async fn a_store_that_is_away_leaves_what_is_in_force() {
        let (store, follower) = follower().await;
        let start = follower.engine.governance();
        store.close().await;
        follower.look(true).await.unwrap_err();
        assert!(Arc::ptr_eq(&start, &follower.engine.governance()));
    }
}
