//! Heads that were refused on the way to hyper, waiting for the request that stands in for them.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use renlayer_core::exchange::BadHead;

/// What one connection refused. Requests of an HTTP/1 connection are served in the order of their heads, so that a head's
/// number finds its request.
#[derive(Clone, Default)]
pub(in super::super) struct Refusals(Arc<Shared>);

#[derive(Default)]
struct Shared {
    served: AtomicU64,
    refused: Mutex<Option<(u64, BadHead)>>,
}

// === impl Refusals ===

impl Refusals {
    /// The head of this number, counted from zero, is refused.
    pub(super) fn put(&self, number: u64, head: BadHead) {
        *self.0.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some((number, head));
    }

    /// Counts the next request, and says what it stands in for.
    pub(in super::super) fn next(&self) -> Option<BadHead> {
        let number = self.0.served.fetch_add(1, Relaxed);
        let mut refused = self.0.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.take_if(|(refused, _)| *refused == number).map(|(_, head)| head)
    }
}
