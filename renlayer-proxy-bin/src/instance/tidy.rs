//! Removes what has had its time: traces past their retention, and the counts of limits that no longer count, in memory and in
//! the store.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use renlayer_core::Engine;
use renlayer_core::store::{Store, StoreError};
use tokio::time::{MissedTickBehavior, interval};

use super::counting::Counting;

/// How long something may stay past its time.
const PERIOD: Duration = Duration::from_secs(3600);

/// Tidies up at once and then hourly, for as long as it is polled. Without a retention traces are kept for good.
pub(super) async fn run(
    (store, engine, counting): (Arc<dyn Store>, Engine, Counting),
    retention: Option<Duration>,
) {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let now = Timestamp::now();
        engine.sweep(now);
        if let Err(error) = counting.forget(now).await {
            tracing::warn!("counts that count nothing any more stay for another hour: {error}");
        }
        let Some(retention) = retention else { continue };
        match purge(&*store, retention, now).await {
            Ok(0) => {}
            Ok(traces) => tracing::info!(traces, "traces past their retention removed"),
            Err(error) => tracing::warn!("traces past their retention stay for another hour: {error}"),
        }
    }
}

async fn purge(store: &dyn Store, retention: Duration, now: Timestamp) -> Result<u64, StoreError> {
    // A retention that reaches back beyond all time keeps everything.
    match now.checked_sub(retention) {
        Ok(before) => store.purge_traces(before, now).await,
        Err(_) => Ok(0),
    }
}
