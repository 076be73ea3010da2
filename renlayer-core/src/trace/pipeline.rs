//! The way of a trace from the call it records to the store.
//!
//! A [`TraceSink`] takes traces without ever waiting. One task stores them in batches. Where the store is away, or slower
//! than the calls, they go to a local [journal](super::journal) and from there to the store when it is back, also after a
//! crash. What neither can take is dropped, counted, and recorded in the store as a gap.
//!
//! ```text
//! record() ──► queue ──► batch ──► store
//!    full │               │ away, slow      ▲
//!         ▼               ▼                 │ back again
//!      dropped ◄─ full ─ journal ───────────┘
//! ```

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::journal::Journal;
use super::writer::{Drain, Writer};
use super::{Recorder, Trace};
use crate::config::TraceSettings;
use crate::store::TraceStore;

/// Takes traces; cheap to clone.
#[derive(Clone)]
pub struct TraceSink {
    queue: mpsc::Sender<Submission>,
    crowded: Crowded,
    tally: Arc<Tally>,
}

/// The task that stores traces.
pub struct TracePipeline {
    sink: TraceSink,
    drain: mpsc::Sender<Drain>,
    task: JoinHandle<()>,
}

/// A trace was not recorded: the store was away, and the journal full or failing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the trace could not be recorded")]
pub struct NotRecorded;

/// How many traces went which way since the process began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TraceCounters {
    /// Stored at once.
    pub stored: u64,
    /// Written to the journal.
    pub journaled: u64,
    /// Stored from the journal.
    pub replayed: u64,
    /// Lost: at a bound, refused by the store, or damaged in the journal.
    pub dropped: u64,
    /// In the journal now, in bytes.
    pub journal_bytes: u64,
}

/// A trace on its way, and who waits for it.
pub(super) struct Submission {
    pub(super) trace: Box<Trace>,
    pub(super) done: Done,
}

/// Who waits for a trace, if anybody does.
pub(super) type Done = Option<oneshot::Sender<Result<(), NotRecorded>>>;

/// How sinks wake a task that lets traces gather in the queue: when a batch is there, or half of what the queue takes.
#[derive(Clone)]
pub(super) struct Crowded {
    notify: Arc<Notify>,
    from: usize,
}

/// The counters, shared by sinks and task.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) stored: AtomicU64,
    pub(super) journaled: AtomicU64,
    pub(super) replayed: AtomicU64,
    pub(super) journal_bytes: AtomicU64,
    dropped: AtomicU64,
    unrecorded: Mutex<Option<Drops>>,
}

/// Drops that the store does not know of yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Drops {
    pub(super) traces: u64,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

// === impl TracePipeline ===

impl TracePipeline {
    /// Starts the task on the current runtime. What an earlier process left in the journal is stored first.
    ///
    /// # Errors
    /// When the journal's directory cannot be made, read, or is in use by another process.
    pub fn start(store: Arc<dyn TraceStore>, settings: &TraceSettings) -> io::Result<Self> {
        let journal = Journal::open(&settings.journal, settings.journal_max_bytes)?;
        let (queue, submissions) = mpsc::channel(settings.queue.max(1));
        let (drain, drains) = mpsc::channel(1);
        let tally = Arc::new(Tally::default());
        let crowded = Crowded::of(settings);
        let writer = Writer::new(store, journal, settings.batch, tally.clone(), crowded.clone());
        let task = tokio::spawn(writer.run(submissions, drains));
        Ok(Self { sink: TraceSink { queue, crowded, tally }, drain, task })
    }

    /// Takes traces for this pipeline.
    pub fn sink(&self) -> TraceSink {
        self.sink.clone()
    }

    /// Takes no more traces, and stores those that are under way; what the store has not taken by the deadline goes to
    /// the journal. Answers when everything is in one of the two, or counted as dropped.
    pub async fn drain(self, deadline: Duration) -> TraceCounters {
        let deadline = tokio::time::Instant::now() + deadline;
        // The task is gone only if the runtime is.
        let _ = self.drain.send(Drain { deadline }).await;
        let _ = self.task.await;
        self.sink.counters()
    }
}

// === impl TraceSink ===

impl TraceSink {
    /// Takes a trace. Neither waits nor fails: at the bound, the trace is dropped and counted.
    pub fn record(&self, trace: Trace) {
        let submission = Submission { trace: Box::new(trace), done: None };
        if self.queue.try_send(submission).is_err() {
            self.tally.drop_traces(1);
        }
        self.crowded.tell(&self.queue);
    }

    /// Takes a trace and answers when it is in the store or in the journal.
    ///
    /// # Errors
    /// When it is in neither.
    pub async fn record_strict(&self, trace: Trace) -> Result<(), NotRecorded> {
        let (done, recorded) = oneshot::channel();
        let submission = Submission { trace: Box::new(trace), done: Some(done) };
        if self.queue.send(submission).await.is_err() {
            self.tally.drop_traces(1);
            return Err(NotRecorded);
        }
        self.crowded.tell(&self.queue);
        recorded.await.unwrap_or(Err(NotRecorded))
    }

    /// How many traces went which way.
    pub fn counters(&self) -> TraceCounters {
        TraceCounters {
            stored: self.tally.stored.load(Relaxed),
            journaled: self.tally.journaled.load(Relaxed),
            replayed: self.tally.replayed.load(Relaxed),
            dropped: self.tally.dropped.load(Relaxed),
            journal_bytes: self.tally.journal_bytes.load(Relaxed),
        }
    }
}

impl Recorder for TraceSink {
    fn record(&self, trace: Trace) {
        Self::record(self, trace);
    }
}

// === impl Crowded ===

impl Crowded {
    fn of(settings: &TraceSettings) -> Self {
        let from = settings.batch.min(settings.queue / 2).max(1);
        Self { notify: Arc::default(), from }
    }

    /// Whether the queue should be emptied now.
    pub(super) fn is(&self, queue: &mpsc::Receiver<Submission>) -> bool {
        queue.len() >= self.from
    }

    /// Resolves when it should be.
    pub(super) async fn notified(&self) {
        self.notify.notified().await;
    }

    fn tell(&self, queue: &mpsc::Sender<Submission>) {
        if queue.max_capacity() - queue.capacity() >= self.from {
            self.notify.notify_one();
        }
    }
}

// === impl Tally ===

impl Tally {
    /// Counts traces that are lost.
    pub(super) fn drop_traces(&self, traces: u64) {
        if traces == 0 {
            return;
        }
        self.dropped.fetch_add(traces, Relaxed);
        let now = Timestamp::now();
        self.remember(Drops { traces, from: now, until: now });
    }

    /// The drops that are to be recorded; they count as recorded from now on.
    pub(super) fn take_drops(&self) -> Option<Drops> {
        self.unrecorded().take()
    }

    /// Drops that could not be recorded after all.
    pub(super) fn remember(&self, drops: Drops) {
        let mut unrecorded = self.unrecorded();
        *unrecorded = Some(unrecorded.map_or(drops, |known| known.with(drops)));
    }

    pub(super) fn has_drops(&self) -> bool {
        self.unrecorded().is_some()
    }

    fn unrecorded(&self) -> std::sync::MutexGuard<'_, Option<Drops>> {
        self.unrecorded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drops {
    fn with(self, other: Self) -> Self {
        Self {
            traces: self.traces + other.traces,
            from: self.from.min(other.from),
            until: self.until.max(other.until),
        }
    }
}
