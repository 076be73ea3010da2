//! Keeps what limits have counted, so that a restart does not forget it: taken over at the start, kept every second, off the
//! path of every call, and once more at the end. A sudden death forgets the last second.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use renlayer_core::policy::{CountRecord, Limiter};
use renlayer_core::store::{Counters, StoreError};
use tokio::sync::Mutex;
use tokio::time::{MissedTickBehavior, interval};

/// What a sudden death may forget.
const PERIOD: Duration = Duration::from_secs(1);

/// How many counts are written at once.
const BATCH: usize = 1_024;

/// Keeps the counts of a limiter.
pub(super) struct Keeper {
    limiter: Limiter,
    store: Arc<dyn Counters>,
    /// What is to be kept and is not yet, by name.
    due: Mutex<HashMap<[u8; 16], CountRecord>>,
}

// === impl Keeper ===

impl Keeper {
    /// Takes over what `store` has kept for `limiter`, whose counts it keeps from then on.
    pub(super) async fn start(limiter: Limiter, store: Arc<dyn Counters>) -> Result<Self, StoreError> {
        limiter.restore(store.counts(Timestamp::now()).await?);
        Ok(Self { limiter, store, due: Mutex::default() })
    }

    /// The limiter whose counts are kept.
    pub(super) fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    /// Keeps what changes, for as long as it is polled. What fails is said once, until it works again.
    pub(super) async fn run(&self) {
        let mut ticks = interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut failing = false;
        loop {
            ticks.tick().await;
            let kept = self.keep().await;
            match &kept {
                Err(error) if !failing => {
                    tracing::error!("what limits count is not kept, a restart would forget it: {error}");
                }
                Ok(()) if failing => tracing::info!("what limits count is kept again"),
                _ => {}
            }
            failing = kept.is_err();
        }
    }

    /// Keeps what has changed since; what cannot be kept now is due the next time.
    pub(super) async fn keep(&self) -> Result<(), StoreError> {
        let mut due = self.due.lock().await;
        due.extend(self.limiter.changed().into_iter().map(|count| (count.name, count)));
        while !due.is_empty() {
            let batch: Vec<CountRecord> = due.values().take(BATCH).cloned().collect();
            self.store.keep_counts(&batch).await?;
            batch.iter().for_each(|kept| drop(due.remove(&kept.name)));
        }
        Ok(())
    }

    /// Removes from the store what counts nothing any more.
    pub(super) async fn forget(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.store.forget_counts(now).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex as Lock;

    use renlayer_core::policy::{Admission, Demand, Facts, LimitSet, Subject};

    use super::*;

    /// Keeps counts in memory, unless it is away.
    #[derive(Default)]
    struct Memory {
        away: Lock<bool>,
        kept: Lock<HashMap<[u8; 16], CountRecord>>,
    }

    #[async_trait::async_trait]
    impl Counters for Memory {
        async fn counts(&self, _: Timestamp) -> Result<Vec<CountRecord>, StoreError> {
            Ok(self.kept.lock().unwrap().values().cloned().collect())
        }

        async fn keep_counts(&self, counts: &[CountRecord]) -> Result<(), StoreError> {
            if *self.away.lock().unwrap() {
                return Err(StoreError::unreachable());
            }
            self.kept.lock().unwrap().extend(counts.iter().map(|count| (count.name, count.clone())));
            Ok(())
        }

        async fn forget_counts(&self, _: Timestamp) -> Result<u64, StoreError> {
            Ok(0)
        }
    }

    fn remaining(limiter: &Limiter, user: &str) -> Option<u64> {
        let limit =
            r#"[{"name": "l", "scope": "per_user", "dimension": "requests", "window": "day", "max": 2}]"#;
        let limits = LimitSet::compile(serde_json::from_str(limit).unwrap()).unwrap();
        let facts = Facts { user: Some(user), ..Facts::at(Timestamp::UNIX_EPOCH) };
        let now = Timestamp::now().as_millisecond();
        match limiter.admit(&limits, &Subject::of("t", &facts), Demand::NONE, now) {
            Admission::Admitted(counted) => Some(counted.limits()[0].remaining),
            Admission::Refused { .. } => None,
        }
    }

    #[tokio::test]
    async fn what_was_counted_while_the_store_was_away_is_kept_when_it_is_back() {
        let store = Arc::new(Memory::default());
        let start = || Keeper::start(Limiter::new().keyed([1; 16]), Arc::clone(&store) as _);
        let keeper = start().await.unwrap();
        *store.away.lock().unwrap() = true;
        assert_eq!(remaining(&keeper.limiter, "ann"), Some(1));
        keeper.keep().await.unwrap_err();
        assert_eq!(remaining(&keeper.limiter, "bob"), Some(1));
        *store.away.lock().unwrap() = false;
        keeper.keep().await.unwrap();
        assert_eq!(store.kept.lock().unwrap().len(), 2);

        let again = start().await.unwrap();
        assert_eq!((remaining(&again.limiter, "ann"), remaining(&again.limiter, "ann")), (Some(0), None));
        assert_eq!(remaining(&again.limiter, "cy"), Some(1));
    }

    #[tokio::test]
    async fn more_than_one_batch_is_kept() {
        let store = Arc::new(Memory::default());
        let keeper = Keeper::start(Limiter::new(), Arc::clone(&store) as _).await.unwrap();
        for user in 0..BATCH + 5 {
            remaining(&keeper.limiter, &user.to_string());
        }
        keeper.keep().await.unwrap();
        assert_eq!(store.kept.lock().unwrap().len(), BATCH + 5);
    }
}
