//! A PostgreSQL server that goes away and comes back, seen through a connection that can be cut.
//!
//! Runs where `RENLAYER_TEST_POSTGRES_URL` names a server by host and port; see `store_suite.rs`.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use renlayer_core::config::TraceSettings;
use renlayer_core::store::{self, TraceFilter};
use renlayer_core::trace::pipeline::{TraceCounters, TracePipeline, TraceSink};
use support::{Schema, noon, tenant, trace};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Passes connections on to a server while `open` says so, and cuts them when it no longer does.
async fn serve(listener: TcpListener, server: String, open: watch::Receiver<bool>) {
    while let Ok((client, _)) = listener.accept().await {
        let (server, mut open) = (server.clone(), open.clone());
        tokio::spawn(async move {
            if *open.borrow() {
                let upstream = TcpStream::connect(server).await.unwrap();
                let (mut client, mut upstream) = (client, upstream);
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut client, &mut upstream) => {}
                    _ = open.wait_for(|open| !open) => {}
                }
            }
        });
    }
}

async fn until(sink: &TraceSink, reached: impl Fn(&TraceCounters) -> bool) {
    for _ in 0..2_000 {
        if reached(&sink.counters()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(reached(&sink.counters()), "never came: {:?}", sink.counters());
}

#[tokio::test]
async fn no_trace_is_lost_while_the_server_is_away() {
    let Some(schema) = Schema::create().await else { return };
    let (head, rest) = schema.url.split_once('@').unwrap();
    let (server, path) = rest.split_once('/').unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("{head}@{}/{path}", listener.local_addr().unwrap());
    let (switch, open) = watch::channel(true);
    let proxy = tokio::spawn(serve(listener, server.to_owned(), open));

    let store = store::open(&url.parse().unwrap()).await.unwrap();
    store.migrate(noon()).await.unwrap();
    let journal = tempfile::tempdir().unwrap();
    let settings =
        TraceSettings { journal: journal.path().to_owned(), batch: 20, ..TraceSettings::default() };
    let pipeline = TracePipeline::start(Arc::clone(&store) as _, &settings).unwrap();
    let sink = pipeline.sink();

    (0..50).for_each(|number| sink.record(trace(number)));
    until(&sink, |counters| counters.stored == 50).await;
    switch.send(false).unwrap();
    (50..150).for_each(|number| sink.record(trace(number)));
    until(&sink, |counters| counters.journaled == 100).await;
    assert!(store.ping().await.unwrap_err().is_transient());
    switch.send(true).unwrap();
    until(&sink, |counters| counters.replayed == 100 && counters.journal_bytes == 0).await;
    (150..160).for_each(|number| sink.record(trace(number)));
    let counters = pipeline.drain(Duration::from_secs(5)).await;
    assert_eq!((counters.stored, counters.dropped), (60, 0));
    let page = store.traces(tenant(), &TraceFilter::default(), None, 1_000).await.unwrap();
    assert_eq!(page.traces.len(), 160);

    store.close().await;
    proxy.abort();
    schema.remove().await;
}
