//! Counts each trace on its way to where traces go.

use std::sync::Arc;

use renlayer_core::trace::{Recorder, Trace};

use super::Metrics;

/// A recorder that counts before it hands on.
pub(crate) struct Counted {
    metrics: Arc<Metrics>,
    inner: Arc<dyn Recorder>,
}

// === impl Counted ===

impl Counted {
    /// Counts what goes to `inner`.
    pub(crate) fn new(metrics: Arc<Metrics>, inner: Arc<dyn Recorder>) -> Self {
        Self { metrics, inner }
    }
}

impl Recorder for Counted {
    fn record(&self, trace: Trace) {
        self.metrics.ended(&trace);
        self.inner.record(trace);
    }
}
