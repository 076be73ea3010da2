//! Follows the store: what the command line or another instance writes takes effect here without a signal.

use std::time::Duration;

use renlayer_core::Engine;
use renlayer_core::config::{Config, Environment};
use renlayer_core::store::Revision;
use tokio::sync::Mutex;
use tokio::time::{MissedTickBehavior, interval};

use super::govern::{Compiled, Governor};
use crate::failure::Failure;

/// How long a change in the store may go unnoticed. The command line promises it in words.
const PERIOD: Duration = Duration::from_millis(500);

/// Keeps an engine at what the configuration and the store say.
pub(super) struct Follower {
    governor: Governor,
    engine: Engine,
    /// Held while governance is compiled, so that an older one never replaces a newer.
    in_force: Mutex<InForce>,
}

/// What the engine's governance was compiled from.
pub(super) struct InForce {
    pub(super) config: Config,
    pub(super) environment: Environment,
    pub(super) revision: Revision,
}

// === impl Follower ===

impl Follower {
    /// Follows for `engine`, whose governance was compiled from `in_force`.
    pub(super) fn new(governor: Governor, engine: Engine, in_force: InForce) -> Self {
        Self { governor, engine, in_force: Mutex::new(in_force) }
    }

    /// Puts another configuration into force, or leaves everything as it is.
    pub(super) async fn reload(&self, config: Config, environment: Environment) -> Result<(), Failure> {
        let mut in_force = self.in_force.lock().await;
        let Compiled { governance, revision } = self.governor.declare(&config, &environment).await?;
        self.engine.load(governance);
        *in_force = InForce { config, environment, revision };
        Ok(())
    }

    /// Follows for as long as it is polled. What fails is said once, until it works again.
    pub(super) async fn run(&self) {
        let mut ticks = interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut failing = false;
        loop {
            ticks.tick().await;
            failing = match self.catch_up().await {
                Ok(()) => {
                    if failing {
                        tracing::info!("the store is followed again");
                    }
                    false
                }
                Err(failure) => {
                    if !failing {
                        tracing::error!("the store cannot be followed, what is in force stays: {failure}");
                    }
                    true
                }
            }
        }
    }

    /// Compiles what the store holds, if that has changed.
    async fn catch_up(&self) -> Result<(), Failure> {
        let mut in_force = self.in_force.lock().await;
        if self.governor.revision().await? == in_force.revision {
            return Ok(());
        }
        let compiled = self.governor.compile(&in_force.config, &in_force.environment).await?;
        self.engine.load(compiled.governance);
        in_force.revision = compiled.revision;
        tracing::debug!("what the store holds has changed and is in force");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use renlayer_core::store::{self, Store, default_tenant};
    use renlayer_core::trace::{Recorder, Trace};

    use super::*;

    struct Nowhere;

    impl Recorder for Nowhere {
        fn record(&self, _: Trace) {}
    }

    async fn follower() -> (Arc<dyn Store>, Follower) {
        let store = store::open(&"sqlite::memory:".parse().unwrap()).await.unwrap();
        store.migrate(Timestamp::now()).await.unwrap();
        let governor = Governor::new(Arc::clone(&store)).await.unwrap();
        let (config, environment) = (Config::default(), Environment::default());
        let Compiled { governance, revision } = governor.declare(&config, &environment).await.unwrap();
        let engine = Engine::new(governance, Arc::new(Nowhere));
        (store, Follower::new(governor, engine, InForce { config, environment, revision }))
    }

    #[tokio::test]
    async fn a_change_is_put_into_force_once() {
        let (store, follower) = follower().await;
        let start = follower.engine.governance();
        follower.catch_up().await.unwrap();
        assert!(Arc::ptr_eq(&start, &follower.engine.governance()), "nothing has changed");
        store.create_agent(default_tenant(), "late", None, Timestamp::now()).await.unwrap();
        follower.catch_up().await.unwrap();
        let changed = follower.engine.governance();
        assert!(!Arc::ptr_eq(&start, &changed));
        follower.catch_up().await.unwrap();
        assert!(Arc::ptr_eq(&changed, &follower.engine.governance()), "nothing has changed since");
    }

    #[tokio::test]
    async fn a_store_that_is_away_leaves_what_is_in_force() {
        let (store, follower) = follower().await;
        let start = follower.engine.governance();
        store.close().await;
        follower.catch_up().await.unwrap_err();
        assert!(Arc::ptr_eq(&start, &follower.engine.governance()));
    }
}
