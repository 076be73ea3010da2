//! Answers that wait until their traces are stored.
//!
//! Where `traces.durability` is `strict`, no caller holds a whole answer whose trace could still be lost: an answer that
//! was judged whole is held back until its trace is in the store or in the journal, and of a stream the end is. If the
//! trace can be kept in neither, the answer is a refusal, or the stream breaks off.

mod body;
mod service;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use renlayer_core::id::TraceId;
use renlayer_core::trace::pipeline::{NotRecorded, TraceSink};
use renlayer_core::trace::{Recorder, Trace};
use tokio::sync::oneshot;

pub(crate) use self::service::Acknowledged;

/// How long the fate of a trace is kept for an answer that nobody waits for any more.
const FORGET_AFTER: Duration = Duration::from_secs(10);

type Fate = oneshot::Receiver<Result<(), NotRecorded>>;

/// A recorder that can tell when a trace is safe.
pub(crate) struct Durable {
    sink: TraceSink,
    fates: Arc<Mutex<HashMap<TraceId, Fate>>>,
}

// === impl Durable ===

impl Durable {
    /// Records into `sink`.
    pub(crate) fn new(sink: TraceSink) -> Self {
        Self { sink, fates: Arc::default() }
    }

    /// The fate of a trace that was recorded; none of one that was not, or not yet.
    fn fate(&self, id: TraceId) -> Option<Fate> {
        lock(&self.fates).remove(&id)
    }
}

fn lock(fates: &Mutex<HashMap<TraceId, Fate>>) -> MutexGuard<'_, HashMap<TraceId, Fate>> {
    fates.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recorder for Durable {
    fn record(&self, trace: Trace) {
        let (id, sink, fates) = (trace.id, self.sink.clone(), Arc::clone(&self.fates));
        let (decide, fate) = oneshot::channel();
        lock(&fates).insert(id, fate);
        tokio::spawn(async move {
            let recorded = sink.record_strict(trace).await;
            // Whoever waits took the fate; whoever left did not, and will not.
            if decide.send(recorded).is_ok() {
                tokio::time::sleep(FORGET_AFTER).await;
                lock(&fates).remove(&id);
            }
        });
    }
}
