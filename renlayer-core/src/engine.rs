//! The engine: governance, counters and the way to the traces, shared by every exchange.
//!
//! An [`Engine`] is cheap to clone. [`Engine::begin`](crate::exchange) starts an action; [`Engine::load`] swaps the
//! governance under running traffic, and what has begun goes on under the version it began with.

use std::{fmt, sync::Arc};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use renlayer_policy::Limiter;

use crate::{
    clock::{Clock, SystemClock},
    sessions::Sessions,
    snapshot::Governance,
    stand_ins::Vault,
    trace::Recorder,
};

/// The engine. All clones share one state.
#[derive(Clone)]
pub struct Engine(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) governance: ArcSwap<Governance>,
    pub(crate) limiter: Limiter,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) stand_ins: Arc<Vault>,
    pub(crate) recorder: Arc<dyn Recorder>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Engine {
    /// An engine that judges by `governance` and hands its traces to `recorder`.
    pub fn new(governance: Governance, recorder: Arc<dyn Recorder>) -> Self {
        Self::with_clock(governance, recorder, Arc::new(SystemClock::default()))
    }

    /// The same, counting with a limiter that others may look into.
    pub fn counting_with(governance: Governance, recorder: Arc<dyn Recorder>, limiter: Limiter) -> Self {
        Self::made_of(Arc::new(governance), recorder, Arc::new(SystemClock::default()), limiter)
    }

    /// The same by another clock than the machine's.
    pub fn with_clock(governance: Governance, recorder: Arc<dyn Recorder>, clock: Arc<dyn Clock>) -> Self {
        Self::sharing(Arc::new(governance), recorder, clock)
    }

    /// An engine with counters of its own that judges by a governance which is in force elsewhere.
    pub(crate) fn sharing(
        governance: Arc<Governance>,
        recorder: Arc<dyn Recorder>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self::made_of(governance, recorder, clock, Limiter::default())
    }

    fn made_of(
        governance: Arc<Governance>,
        recorder: Arc<dyn Recorder>,
        clock: Arc<dyn Clock>,
        limiter: Limiter,
    ) -> Self {
        let governance = ArcSwap::new(governance);
        Self(Arc::new(Shared {
            governance,
            limiter,
            sessions: Arc::default(),
            stand_ins: Arc::default(),
            recorder,
            clock,
        }))
    }

    /// Judges every action that begins from now on by `governance`. Counters go on.
    pub fn load(&self, governance: Governance) {
        self.0.governance.store(Arc::new(governance));
    }

    /// Drops the counts of limits that no longer count at `now`, and stand-ins that have been idle too long, so that subjects
    /// which stay away take no memory.
    pub fn sweep(&self, now: Timestamp) {
        self.0.limiter.sweep(now.as_millisecond());
        self.0.stand_ins.sweep(now);
    }

    /// The governance in force.
    pub fn governance(&self) -> Arc<Governance> {
        self.0.governance.load_full()
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}
