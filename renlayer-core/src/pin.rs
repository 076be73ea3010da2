//! Which governance decides: one that is in force when a decision begins, and is not given up for over before the decision
//! has ended.
//!
//! Whoever replaces governance can wait until nobody decides by the old one any more. Two things must not pass each other
//! for that: a decision counts itself in and then looks whether its governance is still in force; a replacement takes it
//! out of force and then looks whether anybody is counted. With a fence between the two steps of each, at least one of them sees
//! the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering, fence};

use arc_swap::ArcSwap;

use crate::snapshot::Governance;

/// How many decisions are under way.
#[derive(Debug, Default)]
pub(crate) struct Deciding(AtomicUsize);

/// A decision under way; counted until it is dropped.
pub(crate) struct Pin(Arc<Governance>);

impl Deciding {
    /// Whether there are any, after their governance was taken out of force.
    pub(crate) fn any(&self) -> bool {
        fence(Ordering::SeqCst);
        self.0.load(Ordering::SeqCst) > 0
    }
}

impl Pin {
    /// Begins a decision by a governance; none where it is not in force any more.
    pub(crate) fn new(governance: &Arc<Governance>, in_force: &ArcSwap<Governance>) -> Option<Self> {
        governance.deciding.0.fetch_add(1, Ordering::SeqCst);
        let pin = Self(governance.clone());
        fence(Ordering::SeqCst);
        Arc::ptr_eq(governance, &in_force.load()).then_some(pin)
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        self.0.deciding.0.fetch_sub(1, Ordering::SeqCst);
    }
}
