//! What the connections share: the scripts to answer by, the requests received, the gate for paced answers.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Serialize;
use tokio::sync::Semaphore;

use super::script::Script;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    /// The version it was spoken in, as `HTTP/1.1`.
    pub version: String,
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query, or empty.
    pub query: String,
    /// Names (lower case) and values in order.
    pub headers: Vec<(String, String)>,
    /// The body's bytes, after transfer coding, before content coding.
    pub body: Bytes,
    /// Whether the body arrived whole.
    pub whole: bool,
    /// How the answer went.
    pub answered: Answered,
}

/// How an answer went, as far as the upstream can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// Still under way.
    Pending,
    /// To its scripted end.
    Whole,
    /// The other side went away first.
    Abandoned,
}

#[derive(Default)]
pub(super) struct Desk {
    scripts: Mutex<Vec<Script>>,
    requests: Mutex<Vec<Received>>,
    most_at_once: AtomicUsize,
    pub(super) gate: Gate,
}

/// A semaphore that starts closed.
pub(super) struct Gate(Semaphore);

impl Received {
    /// The first value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; fails the test when it is not.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the request's body is JSON")
    }

    /// Everything that arrived, as one text: to assert that something is nowhere in it.
    #[must_use]
    pub fn everything(&self) -> String {
        let headers: String = self.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
        format!(
            "{} {}?{}\n{headers}\n{}",
            self.method,
            self.path,
            self.query,
            String::from_utf8_lossy(&self.body)
        )
    }

    /// The credential it carried, wherever its dialect puts one.
    pub(super) fn credential(&self) -> Option<&str> {
        ["authorization", "x-api-key", "x-goog-api-key", "api-key"]
            .iter()
            .find_map(|name| self.header(name))
            .map(|value| value.strip_prefix("Bearer ").unwrap_or(value))
    }

    pub(super) fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "version": self.version, "method": self.method, "path": self.path, "query": self.query, "headers": self.headers,
            "body": String::from_utf8_lossy(&self.body), "body_base64": STANDARD.encode(&self.body),
            "whole": self.whole, "answered": self.answered,
        })
    }
}

impl Desk {
    pub(super) fn replace(&self, scripts: Vec<Script>) {
        *lock(&self.scripts) = scripts;
    }

    /// The script for a request to `path`; the default one when none matches.
    pub(super) fn script_for(&self, path: &str) -> Script {
        let mut scripts = lock(&self.scripts);
        let chosen = scripts.iter_mut().find(|script| path.contains(&script.when) && script.times != Some(0));
        chosen.map_or_else(Script::default, |script| {
            script.times = script.times.map(|left| left.saturating_sub(1));
            script.clone()
        })
    }

    /// Keeps the request and says under which number.
    pub(super) fn record(&self, request: Received) -> usize {
        let mut requests = lock(&self.requests);
        requests.push(request);
        self.most_at_once.fetch_max(under_way(&requests), Ordering::Relaxed);
        requests.len() - 1
    }

    pub(super) fn settle(&self, number: usize, answered: Answered) {
        if let Some(request) = lock(&self.requests).get_mut(number) {
            request.answered = answered;
        }
    }

    pub(super) fn under_way(&self) -> usize {
        under_way(&lock(&self.requests))
    }

    pub(super) fn most_at_once(&self) -> usize {
        self.most_at_once.load(Ordering::Relaxed)
    }

    pub(super) fn requests(&self) -> Vec<Received> {
        lock(&self.requests).clone()
    }

    pub(super) fn forget(&self) {
        lock(&self.requests).clear();
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self(Semaphore::new(0))
    }
}

impl Gate {
    pub(super) fn add_permits(&self, chunks: usize) {
        self.0.add_permits(chunks);
    }

    /// Waits until one more chunk may go.
    pub(super) async fn pass(&self) {
        if let Ok(permit) = self.0.acquire().await {
            permit.forget();
        }
    }
}

fn under_way(requests: &[Received]) -> usize {
    requests.iter().filter(|request| request.answered == Answered::Pending).count()
}

// A test that failed while it held a lock must not fail the others in its wake.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
