//! The engine: governance, counters and the way to the traces, shared by every exchange.
//!
//! An [`Engine`] is cheap to clone. [`Engine::begin`](crate::exchange) starts an action; [`Engine::load`] swaps the
//! governance under running traffic, and what has begun goes on under the version it began with.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use renlayer_policy::Limiter;
use tokio::{sync::watch, time::timeout};

use crate::{
    clock::{Clock, SystemClock},
    exchange::{Notes, Turns},
    lease::Lease,
    refill::{self, Refiller, Refills},
    sessions::Sessions,
    snapshot::Governance,
    stand_ins::Vault,
    tokens::{CountTokens, Estimate},
    trace::Recorder,
};

/// The engine. All clones share one state.
#[derive(Clone)]
pub struct Engine(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) governance: ArcSwap<Governance>,
    pub(crate) lease: Lease,
    /// Tells of the epochs as they come into force.
    epochs: watch::Sender<u64>,
    /// When the answers under way that a change overtakes are judged again.
    pub(crate) turns: Turns,
    pub(crate) limiter: Limiter,
    /// Where calls wait for what the limiter shares with others; none where it counts by itself.
    pub(crate) refills: Option<Refills>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) stand_ins: Arc<Vault>,
    pub(crate) recorder: Arc<dyn Recorder>,
    /// Told why calls are refused, where this engine stands beside another.
    pub(crate) notes: Option<Arc<Notes>>,
    pub(crate) clock: Arc<dyn Clock>,
    tokens: OnceLock<Arc<dyn CountTokens>>,
}

impl Shared {
    fn new(
        governance: Arc<Governance>,
        recorder: Arc<dyn Recorder>,
        clock: Arc<dyn Clock>,
        limiter: Limiter,
        refills: Option<Refills>,
    ) -> Self {
        Self {
            epochs: watch::Sender::new(governance.epoch),
            governance: ArcSwap::new(governance),
            lease: Lease::default(),
            turns: Turns::default(),
            limiter,
            refills,
            sessions: Arc::default(),
            stand_ins: Arc::default(),
            recorder,
            notes: None,
            clock,
            tokens: OnceLock::new(),
        }
    }

    /// What counts tokens where a limit asks for them.
    pub(crate) fn tokens(&self) -> Arc<dyn CountTokens> {
        self.tokens.get_or_init(|| Arc::new(Estimate)).clone()
    }
}

impl Engine {
    /// An engine that judges by `governance` and hands its traces to `recorder`.
    pub fn new(governance: Governance, recorder: Arc<dyn Recorder>) -> Self {
        Self::with_clock(governance, recorder, Arc::new(SystemClock::default()))
    }

    /// The same, counting with a limiter that others may look into.
    pub fn counting_with(governance: Governance, recorder: Arc<dyn Recorder>, limiter: Limiter) -> Self {
        Self::made_of(Arc::new(governance), recorder, Arc::new(SystemClock::default()), limiter, None)
    }

    /// The same, counting together with other engines. `clock` is the refiller's, which has to run.
    pub fn counting_together(
        governance: Governance,
        recorder: Arc<dyn Recorder>,
        clock: Arc<dyn Clock>,
        refiller: &Refiller,
    ) -> Self {
        let refills = Some(refiller.refills());
        Self::made_of(Arc::new(governance), recorder, clock, refiller.limiter().clone(), refills)
    }

    /// The same by another clock than the machine's.
    pub fn with_clock(governance: Governance, recorder: Arc<dyn Recorder>, clock: Arc<dyn Clock>) -> Self {
        Self::made_of(Arc::new(governance), recorder, clock, Limiter::default(), None)
    }

    fn made_of(
        governance: Arc<Governance>,
        recorder: Arc<dyn Recorder>,
        clock: Arc<dyn Clock>,
        limiter: Limiter,
        refills: Option<Refills>,
    ) -> Self {
        Self(Arc::new(Shared::new(governance, recorder, clock, limiter, refills)))
    }

    /// An engine that judges a call by a governance as one that shares this state would, and changes nothing of it: counters,
    /// stand-ins and what `sessions` have done are its own.
    pub(crate) fn beside(
        shared: &Shared,
        governance: Arc<Governance>,
        notes: Arc<Notes>,
        clock: Arc<dyn Clock>,
        sessions: Sessions,
    ) -> Self {
        Self(Arc::new(Shared {
            sessions: Arc::new(sessions),
            tokens: OnceLock::from(shared.tokens()),
            notes: Some(notes.clone()),
            ..Shared::new(governance, notes, clock, Limiter::default(), None)
        }))
    }

    /// Counts tokens with `counter` where a limit on tokens or spend asks for them; by an estimate where nobody says so before the
    /// first call.
    pub fn count_tokens_with(&self, counter: Arc<dyn CountTokens>) {
        // Said twice, the first word stays.
        let _ = self.0.tokens.set(counter);
    }

    /// Judges every action that is decided from now on by `governance`, and gives back the one before. Counters go on.
    /// While that one still [decides](Governance::is_deciding), a call may yet be let through by it.
    pub fn load(&self, governance: Governance) -> Arc<Governance> {
        let epoch = governance.epoch;
        let before = self.0.governance.swap(Arc::new(governance));
        self.0.turns.restart();
        self.0.epochs.send_replace(epoch);
        before
    }

    /// The right to judge: for good, unless somebody sets an end.
    pub fn lease(&self) -> &Lease {
        &self.0.lease
    }

    /// The moment, by the clock that never goes back.
    pub fn ticks(&self) -> Duration {
        self.0.clock.ticks()
    }

    /// Waits until an epoch is in force, or a later one.
    pub async fn reached(&self, epoch: u64) {
        let mut epochs = self.0.epochs.subscribe();
        // The sender lives as long as this engine.
        let _ = epochs.wait_for(|&there| there >= epoch).await;
    }

    /// Drops the counts of limits that no longer count at `now`, and stand-ins that have been idle too long, so that subjects
    /// which stay away take no memory.
    pub fn sweep(&self, now: Timestamp) {
        self.0.limiter.sweep(self.0.counted_at());
        self.0.stand_ins.sweep(now);
    }

    /// The governance in force.
    pub fn governance(&self) -> Arc<Governance> {
        self.0.governance.load_full()
    }

    pub(crate) fn of(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0
    }
}

impl Shared {
    /// Whether this is the governance in force.
    pub(crate) fn judges_by(&self, governance: &Arc<Governance>) -> bool {
        Arc::ptr_eq(governance, &self.governance.load())
    }

    /// Waits until another governance than this is in force; `leased`, also until no lease is held.
    pub(crate) async fn overtaken(&self, governance: &Arc<Governance>, leased: bool) {
        let mut epochs = self.epochs.subscribe();
        while self.judges_by(governance) {
            // The sender lives as long as this.
            let changed = epochs.changed();
            let _ = match self.lease.left(self.clock.ticks()).filter(|_| leased) {
                Some(Duration::ZERO) => return,
                Some(left) => timeout(left, changed).await.unwrap_or(Ok(())),
                None => changed.await,
            };
        }
    }

    /// The time by which limits count: what is kept beyond the process is of the wall's, what is leased of the one that never
    /// goes back.
    pub(crate) fn counted_at(&self) -> i64 {
        if self.limiter.is_shared() {
            refill::millis(&*self.clock)
        } else {
            self.clock.wall().as_millisecond()
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}
