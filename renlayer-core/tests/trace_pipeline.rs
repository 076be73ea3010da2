//! Traces on their way to a store that comes and goes, on a paused clock.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use renlayer_core::config::TraceSettings;
use renlayer_core::store::{StoreError, TraceGap, TraceStore};
use renlayer_core::trace::Trace;
use renlayer_core::trace::pipeline::{NotRecorded, TraceCounters, TracePipeline, TraceSink};
use support::trace;

/// A store in memory that does as it is told.
#[derive(Default)]
struct Scripted {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    mood: Mood,
    traces: BTreeMap<String, Trace>,
    calls: Vec<usize>,
    gaps: Vec<u64>,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Mood {
    #[default]
    Well,
    Away,
    /// Does its work, but says that it failed.
    Forgetful,
    /// Never answers.
    Hung,
    /// Refuses traces of the model `poison`.
    Picky,
}

#[async_trait]
impl TraceStore for Scripted {
    async fn append_traces(&self, traces: &[Trace]) -> Result<(), StoreError> {
        let mood = self.mood();
        match mood {
            Mood::Away => return Err(StoreError::unreachable()),
            Mood::Hung => return std::future::pending().await,
            Mood::Picky if traces.iter().any(|trace| trace.model.as_deref() == Some("poison")) => {
                return Err(StoreError::refused("23514"));
            }
            _ => {}
        }
        let mut state = self.state.lock().unwrap();
        state.calls.push(traces.len());
        state.traces.extend(traces.iter().map(|trace| (trace.id.to_string(), trace.clone())));
        if mood == Mood::Forgetful { Err(StoreError::unreachable()) } else { Ok(()) }
    }

    async fn record_gap(&self, gap: &TraceGap) -> Result<(), StoreError> {
        if self.mood() == Mood::Away {
            return Err(StoreError::unreachable());
        }
        self.state.lock().unwrap().gaps.push(gap.traces);
        Ok(())
    }
}

impl Scripted {
    fn mood(&self) -> Mood {
        self.state.lock().unwrap().mood
    }

    fn becomes(&self, mood: Mood) {
        self.state.lock().unwrap().mood = mood;
    }

    fn count(&self) -> usize {
        self.state.lock().unwrap().traces.len()
    }

    fn calls(&self) -> Vec<usize> {
        self.state.lock().unwrap().calls.clone()
    }

    fn gaps(&self) -> Vec<u64> {
        self.state.lock().unwrap().gaps.clone()
    }
}

fn settings(journal: &Path) -> TraceSettings {
    TraceSettings { journal: journal.to_owned(), batch: 10, ..TraceSettings::default() }
}

fn start(store: &Arc<Scripted>, settings: &TraceSettings) -> (TracePipeline, TraceSink) {
    let pipeline = TracePipeline::start(store.clone(), settings).unwrap();
    let sink = pipeline.sink();
    (pipeline, sink)
}

fn record(sink: &TraceSink, seconds: std::ops::Range<i64>) {
    seconds.for_each(|second| sink.record(trace(second)));
}

/// Lets the paused clock run until `reached`.
async fn until(sink: &TraceSink, reached: impl Fn(&TraceCounters) -> bool) {
    for _ in 0..10_000 {
        if reached(&sink.counters()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(reached(&sink.counters()), "never came: {:?}", sink.counters());
}

#[tokio::test(start_paused = true)]
async fn traces_are_stored_in_batches() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Scripted::default());
    let (pipeline, sink) = start(&store, &settings(directory.path()));
    record(&sink, 0..25);
    until(&sink, |counters| counters.stored == 25).await;
    assert_eq!(store.calls(), [10, 10, 5]);
    let counters = pipeline.drain(Duration::from_secs(1)).await;
    assert_eq!(counters, TraceCounters { stored: 25, ..TraceCounters::default() });
}

#[tokio::test(start_paused = true)]
async fn a_trace_that_a_call_waits_for_waits_five_milliseconds_at_most_for_company() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Scripted::default());
    let (_pipeline, sink) = start(&store, &settings(directory.path()));
    let begun = tokio::time::Instant::now();
    sink.record_strict(trace(0)).await.unwrap();
    assert!(begun.elapsed() <= Duration::from_millis(6), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn traces_that_nobody_waits_for_gather_for_a_while() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Scripted::default());
    let (_pipeline, sink) = start(&store, &settings(directory.path()));
    for second in 0..4 {
        record(&sink, second..second + 1);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(store.calls().is_empty());
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert_eq!(store.calls(), [4]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_full_waits_no_longer() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Scripted::default());
    let (_pipeline, sink) = start(&store, &settings(directory.path()));
    for range in [0..1, 1..10, 10..11] {
        record(&sink, range);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(store.calls(), [10]);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_goes_and_comes_back_has_every_trace_once() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Scripted::default());
    let (pipeline, sink) = start(&store, &settings(directory.path()));
    record(&sink, 0..15);
    until(&sink, |counters| counters.stored == 15).await;
    for mood in [Mood::Away, Mood::Forgetful] {
        store.becomes(mood);
        let journaled = sink.counters().journaled;
        let more = i64::try_from(journaled).unwrap() + 100;
        record(&sink, more..more + 30);
        until(&sink, |counters| counters.journaled == journaled + 30).await;
        assert!(sink.counters().journal_bytes > 0);
        store.becomes(Mood::Well);
        until(&sink, |counters| counters.replayed == counters.journaled && counters.journal_bytes == 0).await;
    }
    let counters = pipeline.drain(Duration::from_secs(1)).await;
    assert_eq!((store.count(), counters.dropped), (75, 0));
}

#[tokio::test(start_paused = true)]
async fn what_a_dead_process_left_is_stored_by_the_next_and_again_by_the_next_but_one() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Scripted::default());
    store.becomes(Mood::Away);
    let (pipeline, sink) = start(&store, &settings(directory.path()));
    record(&sink, 0..20);
    until(&sink, |counters| counters.journaled == 20).await;
    drop((pipeline, sink));
    // The next process begins with the same journal, and dies before it removes what it has replayed.
    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let entry = entry.unwrap();
        let mut bytes = std::fs::read(entry.path()).unwrap();
        if entry.path().extension().is_some_and(|extension| extension == "journal") {
            // It died in the middle of a frame.
            bytes.extend([200, 0, 0, 0, 1, 2]);
        }
        std::fs::write(copy.path().join(entry.file_name()), bytes).unwrap();
    }
    store.becomes(Mood::Well);
    for journal in [directory.path(), copy.path()] {
        let journal = settings(journal);
        // The first process may not have let go of its lock yet.
        let pipeline = loop {
            match TracePipeline::start(store.clone(), &journal) {
                Ok(pipeline) => break pipeline,
                Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        };
        let sink = pipeline.sink();
        until(&sink, |counters| counters.replayed == 20 && counters.journal_bytes == 0).await;
        assert_eq!(store.count(), 20);
    }
}

#[tokio::test(start_paused = true)]
async fn a_hung_store_keeps_nobody_waiting() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Scripted::default());
    store.becomes(Mood::Hung);
    let (pipeline, sink) = start(&store, &settings(directory.path()));
    record(&sink, 0..200);
    until(&sink, |counters| counters.journaled >= 150).await;
    let begun = tokio::time::Instant::now();
    let counters = pipeline.drain(Duration::from_secs(2)).await;
    assert!(begun.elapsed() <= Duration::from_secs(3));
    assert_eq!((counters.journaled, counters.dropped), (200, 0));
}

#[tokio::test(start_paused = true)]
async fn what_neither_store_nor_journal_takes_is_counted_and_recorded() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Scripted::default());
    store.becomes(Mood::Away);
    let one = serde_json::to_vec(&trace(0)).unwrap().len() as u64 + 8;
    let small = TraceSettings { journal_max_bytes: one * 12, ..settings(directory.path()) };
    let (pipeline, sink) = start(&store, &small);
    record(&sink, 0..30);
    until(&sink, |counters| counters.journaled + counters.dropped == 30).await;
    let dropped = sink.counters().dropped;
    assert!((17..=19).contains(&dropped), "{dropped}");
    store.becomes(Mood::Well);
    until(&sink, |counters| counters.journal_bytes == 0).await;
    pipeline.drain(Duration::from_secs(1)).await;
    assert_eq!(store.gaps(), [dropped]);
    assert_eq!(store.count() as u64, 30 - dropped);
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_drops_and_counts() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Scripted::default());
    let narrow = TraceSettings { queue: 5, ..settings(directory.path()) };
    let (pipeline, sink) = start(&store, &narrow);
    // Nothing else runs between these.
    record(&sink, 0..12);
    assert_eq!(sink.counters().dropped, 7);
    let counters = pipeline.drain(Duration::from_secs(1)).await;
    assert_eq!((counters.stored, store.gaps()), (5, vec![7]));
}

#[tokio::test(start_paused = true)]
async fn a_trace_that_the_store_refuses_does_not_keep_the_others_out() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Scripted::default());
    store.becomes(Mood::Picky);
    let (pipeline, sink) = start(&store, &settings(directory.path()));
    let mut poison = trace(3);
    poison.model = Some("poison".into());
    record(&sink, 0..3);
    sink.record(poison.clone());
    record(&sink, 4..9);
    assert_eq!(sink.record_strict(poison).await, Err(NotRecorded));
    until(&sink, |counters| counters.stored == 8 && counters.dropped == 2).await;
    pipeline.drain(Duration::from_secs(1)).await;
    assert_eq!((store.count(), store.gaps().iter().sum::<u64>()), (8, 2));
}

#[tokio::test(start_paused = true)]
async fn strict_answers_when_the_trace_is_in_store_or_journal_and_says_when_it_is_in_neither() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Scripted::default());
    let one = serde_json::to_vec(&trace(0)).unwrap().len() as u64 + 8;
    let tiny = TraceSettings { journal_max_bytes: one, ..settings(directory.path()) };
    let (pipeline, sink) = start(&store, &tiny);
    assert_eq!(sink.record_strict(trace(0)).await, Ok(()));
    assert_eq!(store.count(), 1);
    store.becomes(Mood::Away);
    assert_eq!(sink.record_strict(trace(1)).await, Ok(()));
    assert_eq!(sink.counters().journaled, 1);
    assert_eq!(sink.record_strict(trace(2)).await, Err(NotRecorded));
    pipeline.drain(Duration::from_secs(1)).await;
    assert_eq!(sink.record_strict(trace(3)).await, Err(NotRecorded), "after the end");
}

#[tokio::test(start_paused = true)]
async fn draining_while_the_store_is_away_fills_the_journal() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Scripted::default());
    store.becomes(Mood::Away);
    let (pipeline, sink) = start(&store, &settings(directory.path()));
    record(&sink, 0..33);
    let counters = pipeline.drain(Duration::from_secs(1)).await;
    assert_eq!((counters.journaled, counters.dropped), (33, 0));
    store.becomes(Mood::Well);
    let (_pipeline, sink) = start(&store, &settings(directory.path()));
    until(&sink, |counters| counters.replayed == 33).await;
    assert_eq!(store.count(), 33);
}

#[tokio::test]
async fn a_journal_belongs_to_one_process() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Scripted::default());
    let (_pipeline, _sink) = start(&store, &settings(directory.path()));
    let second = TracePipeline::start(store, &settings(directory.path())).err().unwrap();
    assert_eq!(second.kind(), std::io::ErrorKind::WouldBlock);
}
