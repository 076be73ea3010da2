//! The task behind the [pipeline](super::pipeline): collects batches, keeps one operation of the store under way, and
//! uses the journal for what the store cannot take.

use std::pin::Pin;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use super::Trace;
use super::journal::{Chunk, Journal};
use super::pipeline::{Crowded, Done, Drops, NotRecorded, Submission, Tally};
use crate::store::{GapKind, StoreError, TraceGap, TraceStore};

/// How long a trace waits for company where a call waits for the trace, and where nobody does. A batch costs a
/// transaction, some switches between threads, and the pages that every index ends with, however few traces it has.
const LINGER_AWAITED: Duration = Duration::from_millis(5);
const LINGER: Duration = Duration::from_millis(25);

/// How long an operation of the store may take before the store counts as away.
const STORE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the store is left alone after it failed: first, and at most.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// How often gaps are recorded while traces are being dropped.
const GAP_INTERVAL: Duration = Duration::from_secs(1);

/// Batches that may wait while the store works on one; what is more goes to the journal.
const WAITING_BATCHES: usize = 4;

/// Bytes that are read from the journal at once.
const REPLAY_BYTES: usize = 1 << 20;

/// A wish to end.
pub(super) struct Drain {
    pub(super) deadline: Instant,
}

pub(super) struct Writer {
    store: Arc<dyn TraceStore>,
    journal: Arc<Mutex<Journal>>,
    tally: Arc<Tally>,
    batch: usize,
    waiting: Vec<Submission>,
    /// When what waits has waited for long enough.
    due: Instant,
    /// A call waits for one of the traces that came last.
    awaited: bool,
    /// The queue holds enough to be looked after before that.
    crowded: Crowded,
    away: Option<Away>,
    next_gap: Instant,
    /// The journal had something when last looked at.
    behind: bool,
}

/// The store failed, and is tried again later.
struct Away {
    until: Instant,
    backoff: Duration,
}

/// An operation of the store, and what to do when it ends.
struct Attempt {
    work: Work,
    result: Pin<Box<dyn Future<Output = Result<Vec<bool>, StoreError>> + Send>>,
}

enum Work {
    Live(Batch),
    /// With how many of its frames cannot be read.
    Replay(Chunk, u64),
    Gap(Drops),
}

/// Traces that are being stored, shared with the operation that does it, and who waits for each.
struct Batch {
    traces: Arc<Vec<Trace>>,
    done: Vec<Done>,
}

// === impl Writer ===

impl Writer {
    pub(super) fn new(
        store: Arc<dyn TraceStore>,
        journal: Journal,
        batch: usize,
        tally: Arc<Tally>,
        crowded: Crowded,
    ) -> Self {
        tally.journal_bytes.store(journal.bytes(), Relaxed);
        let now = Instant::now();
        Self {
            store,
            behind: !journal.is_empty(),
            journal: Arc::new(Mutex::new(journal)),
            tally,
            batch: batch.max(1),
            waiting: Vec::new(),
            due: now,
            awaited: false,
            crowded,
            away: None,
            next_gap: now,
        }
    }

    /// Runs until it is told to end, or until nobody can submit any more.
    pub(super) async fn run(
        mut self,
        mut queue: mpsc::Receiver<Submission>,
        mut drains: mpsc::Receiver<Drain>,
    ) {
        let mut attempt: Option<Attempt> = None;
        let mut received = Vec::new();
        let mut drain: Option<Instant> = None;
        loop {
            if attempt.is_none() {
                self.top_up(&mut queue, drain.is_some());
                attempt = self.next_attempt(drain.is_some()).await;
            }
            if self.waiting.len() >= self.batch * WAITING_BATCHES
                || self.is_away() && self.is_due(drain.is_some())
            {
                self.journal_waiting().await;
            }
            if drain.is_some() && queue.is_empty() && self.waiting.is_empty() && attempt.is_none() {
                break;
            }
            // Traces may stay in the queue while there is time: being woken for each of them would cost more than
            // storing them does.
            let busy = attempt.is_some();
            let unhurried = (busy && !self.awaited || !busy && !self.waiting.is_empty())
                && drain.is_none()
                && !self.crowded.is(&queue);
            let taking = !(unhurried || drain.is_some() && queue.is_empty());
            let wake = self.next_wake(busy, drain);
            tokio::select! {
                biased;
                result = under_way(&mut attempt) => {
                    if let Some(Attempt { work, .. }) = attempt.take() {
                        self.settle(work, result).await;
                    }
                }
                Some(Drain { deadline }) = drains.recv(), if drain.is_none() => {
                    queue.close();
                    drain = Some(deadline);
                }
                () = self.crowded.notified(), if unhurried => {}
                count = queue.recv_many(&mut received, self.batch), if taking => {
                    if count == 0 {
                        drain.get_or_insert_with(|| Instant::now() + STORE_TIMEOUT);
                    }
                    self.accept(&mut received);
                }
                () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {
                    if drain.is_some_and(|deadline| deadline <= Instant::now()) {
                        self.give_up(&mut queue, attempt.take()).await;
                        break;
                    }
                }
            }
        }
        self.say_goodbye().await;
    }

    fn accept(&mut self, received: &mut Vec<Submission>) {
        self.awaited = received.iter().any(|submission| submission.done.is_some());
        let due = Instant::now() + if self.awaited { LINGER_AWAITED } else { LINGER };
        self.due = if self.waiting.is_empty() { due } else { self.due.min(due) };
        self.waiting.append(received);
    }

    /// Makes what is due one batch with what has gathered in the queue.
    fn top_up(&mut self, queue: &mut mpsc::Receiver<Submission>, draining: bool) {
        if !self.is_due(draining) {
            return;
        }
        while self.waiting.len() < self.batch
            && let Ok(submission) = queue.try_recv()
        {
            self.waiting.push(submission);
        }
    }

    fn is_away(&self) -> bool {
        self.away.as_ref().is_some_and(|away| Instant::now() < away.until)
    }

    /// Whether what waits has waited for long enough.
    fn is_due(&self, draining: bool) -> bool {
        let full = self.waiting.len() >= self.batch;
        !self.waiting.is_empty() && (full || draining || self.due <= Instant::now())
    }

    fn next_wake(&self, busy: bool, drain: Option<Instant>) -> Option<Instant> {
        let due = (!busy && !self.waiting.is_empty()).then_some(self.due);
        let retry = self.away.as_ref().filter(|_| !busy && (self.behind || self.tally.has_drops()));
        let gap = (!busy && self.away.is_none() && self.tally.has_drops()).then_some(self.next_gap);
        [due, retry.map(|away| away.until), gap, drain].into_iter().flatten().min()
    }

    /// What the store should do next: first what waits, then what the journal holds, then what was lost.
    async fn next_attempt(&mut self, draining: bool) -> Option<Attempt> {
        if self.is_away() {
            return None;
        }
        if self.is_due(draining) {
            let count = self.waiting.len().min(self.batch);
            let batch: Batch = self.waiting.drain(..count).collect();
            let traces = batch.traces.clone();
            return Some(self.attempt(Work::Live(batch), traces));
        }
        if self.behind && !draining {
            return self.next_replay().await;
        }
        if self.tally.has_drops() && (draining || self.next_gap <= Instant::now()) {
            let drops = self.tally.take_drops()?;
            self.next_gap = Instant::now() + GAP_INTERVAL;
            return Some(self.attempt(Work::Gap(drops), Arc::default()));
        }
        None
    }

    async fn next_replay(&mut self) -> Option<Attempt> {
        let peeked = self.with_journal(|journal| journal.peek(REPLAY_BYTES)).await;
        let chunk = match peeked {
            Some(Ok(chunk)) if !chunk.is_empty() => chunk,
            Some(Err(error)) => {
                tracing::error!(kind = %error.kind(), "the trace journal cannot be read");
                self.behind = false;
                return None;
            }
            _ => {
                self.behind = false;
                return None;
            }
        };
        let traces: Vec<Trace> =
            chunk.payloads.iter().filter_map(|payload| serde_json::from_slice(payload).ok()).collect();
        let unreadable = chunk.damaged + (chunk.payloads.len() - traces.len()) as u64;
        Some(self.attempt(Work::Replay(chunk, unreadable), Arc::new(traces)))
    }

    fn attempt(&self, work: Work, traces: Arc<Vec<Trace>>) -> Attempt {
        let store = self.store.clone();
        let gap = match &work {
            Work::Gap(drops) => Some(drops.as_gap()),
            _ => None,
        };
        let operation = async move {
            match gap {
                Some(gap) => store.record_gap(&gap).await.map(|()| Vec::new()),
                None => append(&*store, &traces).await,
            }
        };
        let result =
            async move { timeout(STORE_TIMEOUT, operation).await.unwrap_or(Err(StoreError::unreachable())) };
        Attempt { work, result: Box::pin(result) }
    }

    async fn settle(&mut self, work: Work, result: Result<Vec<bool>, StoreError>) {
        match result {
            Ok(stored) => {
                self.away = None;
                self.succeeded(work, &stored).await;
            }
            Err(error) => {
                self.store_failed(&error);
                match work {
                    Work::Live(batch) => self.put_in_journal(batch.into_submissions()).await,
                    Work::Replay(..) => {}
                    Work::Gap(drops) => self.tally.remember(drops),
                }
            }
        }
    }

    async fn succeeded(&mut self, work: Work, stored: &[bool]) {
        let count = stored.iter().filter(|stored| **stored).count() as u64;
        self.tally.drop_traces(stored.len() as u64 - count);
        match work {
            Work::Live(batch) => {
                self.tally.stored.fetch_add(count, Relaxed);
                for (done, stored) in batch.done.into_iter().zip(stored) {
                    answer(done, if *stored { Ok(()) } else { Err(NotRecorded) });
                }
            }
            Work::Replay(chunk, unreadable) => {
                self.tally.drop_traces(unreadable);
                self.tally.replayed.fetch_add(count, Relaxed);
                let taken = self.with_journal(move |journal| journal.take(&chunk)).await;
                if let Some(Err(error)) = taken {
                    tracing::warn!(kind = %error.kind(), "a segment of the trace journal cannot be removed");
                }
            }
            Work::Gap(_) => {}
        }
    }

    fn store_failed(&mut self, error: &StoreError) {
        let backoff = self.away.as_ref().map_or(BACKOFF.0, |away| (away.backoff * 2).min(BACKOFF.1));
        if self.away.is_none() {
            tracing::warn!(%error, "the store takes no traces; they go to the journal until it does");
        }
        self.away = Some(Away { until: Instant::now() + backoff, backoff });
    }

    async fn journal_waiting(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        self.put_in_journal(waiting).await;
    }

    async fn put_in_journal(&mut self, submissions: Vec<Submission>) {
        let payloads: Vec<_> = submissions
            .iter()
            .map(|submission| serde_json::to_vec(&submission.trace).unwrap_or_default())
            .collect();
        let appended = self.with_journal(move |journal| journal.append(&payloads)).await;
        let kept = match appended {
            Some((kept, Ok(()))) => kept,
            Some((kept, Err(error))) => {
                tracing::error!(%error, lost = submissions.len() - kept, "traces are lost");
                kept
            }
            None => 0,
        };
        self.behind |= kept > 0;
        self.tally.journaled.fetch_add(kept as u64, Relaxed);
        self.tally.drop_traces((submissions.len() - kept) as u64);
        for (index, submission) in submissions.into_iter().enumerate() {
            answer(submission.done, if index < kept { Ok(()) } else { Err(NotRecorded) });
        }
    }

    /// The time to end is over: whatever is not stored goes to the journal, also what the store may be storing.
    async fn give_up(&mut self, queue: &mut mpsc::Receiver<Submission>, attempt: Option<Attempt>) {
        match attempt.map(|attempt| attempt.work) {
            Some(Work::Live(batch)) => self.put_in_journal(batch.into_submissions()).await,
            Some(Work::Gap(drops)) => self.tally.remember(drops),
            Some(Work::Replay(..)) | None => {}
        }
        while let Ok(submission) = queue.try_recv() {
            self.waiting.push(submission);
        }
        self.journal_waiting().await;
    }

    /// Says what only the log can say now.
    async fn say_goodbye(&self) {
        if let Some(drops) = self.tally.take_drops() {
            tracing::error!(lost = drops.traces, "traces were lost, and the store does not know of it");
        }
    }

    /// Runs something on the journal where it may block. None only if it panicked.
    async fn with_journal<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Journal) -> T + Send + 'static,
    ) -> Option<T> {
        let (journal, tally) = (self.journal.clone(), self.tally.clone());
        let run = move || {
            let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
            let result = run(&mut journal);
            tally.journal_bytes.store(journal.bytes(), Relaxed);
            result
        };
        tokio::task::spawn_blocking(run).await.ok()
    }
}

/// The result of what is under way; never, when nothing is.
async fn under_way(attempt: &mut Option<Attempt>) -> Result<Vec<bool>, StoreError> {
    match attempt {
        Some(attempt) => (&mut attempt.result).await,
        None => std::future::pending().await,
    }
}

/// Stores traces and tells which of them were. One that the store will never take does not keep the others out.
async fn append(store: &dyn TraceStore, traces: &[Trace]) -> Result<Vec<bool>, StoreError> {
    match store.append_traces(traces).await {
        Ok(()) => return Ok(vec![true; traces.len()]),
        Err(error) if error.is_transient() => return Err(error),
        Err(error) => tracing::error!(%error, "the store refuses a batch of traces; trying each by itself"),
    }
    let mut stored = Vec::with_capacity(traces.len());
    for trace in traces {
        match store.append_traces(std::slice::from_ref(trace)).await {
            Ok(()) => stored.push(true),
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => {
                tracing::error!(%error, trace = %trace.id, "the store refuses a trace");
                stored.push(false);
            }
        }
    }
    Ok(stored)
}

fn answer(done: Done, result: Result<(), NotRecorded>) {
    if let Some(done) = done {
        // Whoever waited may have gone.
        let _ = done.send(result);
    }
}

// === impl Batch ===

impl FromIterator<Submission> for Batch {
    fn from_iter<I: IntoIterator<Item = Submission>>(submissions: I) -> Self {
        let (traces, done) =
            submissions.into_iter().map(|submission| (*submission.trace, submission.done)).unzip();
        Self { traces: Arc::new(traces), done }
    }
}

impl Batch {
    fn into_submissions(self) -> Vec<Submission> {
        let traces = Arc::unwrap_or_clone(self.traces);
        let submission = |(trace, done)| Submission { trace: Box::new(trace), done };
        traces.into_iter().zip(self.done).map(submission).collect()
    }
}

impl Drops {
    fn as_gap(self) -> TraceGap {
        TraceGap {
            kind: GapKind::Dropped,
            traces: self.traces,
            from: self.from,
            until: self.until,
            recorded_at: Timestamp::now(),
        }
    }
}
