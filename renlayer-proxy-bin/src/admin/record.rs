//! Counts each trace on its way to where traces go.

use std::sync::Arc;

use renlayer_core::trace::{Recorder, Trace};

use super::Metrics;

/// A recorder that counts before it hands on.
pub(crate) struct Counted<R> {
    metrics: Arc<Metrics>,
    inner: R,
}

// === impl Counted ===

impl<R> Counted<R> {
    /// Counts what goes to `inner`.
    pub(crate) fn new(metrics: Arc<Metrics>, inner: R) -> Self {
        Self { metrics, inner }
    }
}

impl<R: Recorder> Recorder for Counted<R> {
    fn record(&self, trace: Trace) {
        self.metrics.ended(&trace);
        self.inner.record(trace);
    }
}
