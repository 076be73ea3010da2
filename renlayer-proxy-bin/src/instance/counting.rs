//! How limits are counted: by this instance alone, or together with others.

use std::sync::Arc;

use jiff::Timestamp;
use renlayer_core::Engine;
use renlayer_core::clock::{Clock, SystemClock};
use renlayer_core::config::Config;
use renlayer_core::policy::Limiter;
use renlayer_core::refill::Refiller;
use renlayer_core::snapshot::Governance;
use renlayer_core::store::{Counters, StoreError, shared};
use renlayer_core::trace::Recorder;

use super::counts::Keeper;
use crate::failure::{Exit, Failure};

/// How limits are counted.
#[derive(Clone)]
pub(super) enum Counting {
    /// In memory, kept beside.
    Alone(Arc<Keeper>),
    /// In slices of what instances share.
    Together(Arc<Refiller>, Arc<dyn Clock>),
}

// === impl Counting ===

impl Counting {
    /// Counts as the configuration says, under names made with `key`; alone, over what `store` has kept.
    pub(super) async fn start(
        config: &Config,
        store: Arc<dyn Counters>,
        key: [u8; 16],
    ) -> Result<Self, Failure> {
        let counters = config.counters.store_beside(&config.database);
        let unusable = |error: &dyn std::fmt::Display| {
            Failure::new(Exit::Unavailable, format!("limits cannot be counted in {counters}: {error}"))
                .next("name another place in counters.store or RENLAYER_COUNTERS_STORE")
        };
        let Some(shared) = shared::open(&counters, &config.database).map_err(|error| unusable(&error))?
        else {
            let keeper = Keeper::start(Limiter::new().keyed(key), store).await?;
            return Ok(Self::Alone(Arc::new(keeper)));
        };
        let key = shared.keep_key(key).await.map_err(|error| unusable(&error))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let refiller = Refiller::new(shared, key, Arc::clone(&clock)).map_err(|error| unusable(&error))?;
        Ok(Self::Together(Arc::new(refiller), clock))
    }

    /// An engine that counts so.
    pub(super) fn engine(&self, governance: Governance, recorder: Arc<dyn Recorder>) -> Engine {
        match self {
            Self::Alone(keeper) => Engine::counting_with(governance, recorder, keeper.limiter().clone()),
            Self::Together(refiller, clock) => {
                Engine::counting_together(governance, recorder, Arc::clone(clock), refiller)
            }
        }
    }

    /// Counts for as long as it is polled.
    pub(super) async fn run(&self) {
        match self {
            Self::Alone(keeper) => keeper.run().await,
            Self::Together(refiller, _) => refiller.run().await,
        }
    }

    /// Keeps what was counted last, or gives back what is not spent.
    pub(super) async fn finish(&self) -> Result<(), StoreError> {
        match self {
            Self::Alone(keeper) => keeper.keep().await,
            Self::Together(refiller, _) => refiller.finish().await,
        }
    }

    /// Removes from the store what counts nothing any more.
    pub(super) async fn forget(&self, now: Timestamp) -> Result<u64, StoreError> {
        match self {
            Self::Alone(keeper) => keeper.forget(now).await,
            Self::Together(refiller, _) => refiller.forget().await,
        }
    }
}
