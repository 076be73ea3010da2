//! Keeps the right to judge: the lease that an instance holds among the others of its fleet.

use std::fs;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use renlayer_core::Engine;
use renlayer_core::id::InstanceId;
use renlayer_core::store::{InForce, Member, Store, StoreError};
use tokio::time::{MissedTickBehavior, interval, timeout};

/// How often a lease is renewed within its term.
const RENEWALS: u32 = 4;

/// One instance among others.
pub(super) struct Membership {
    store: Arc<dyn Store>,
    engine: Engine,
    who: Member,
    /// What the engine judges by, with no decision by anything else under way.
    applied: Mutex<InForce>,
    /// The number of the next renewal.
    beats: AtomicI64,
}

// === impl Membership ===

impl Membership {
    /// A member that holds no lease yet, whose engine judges by `applied`.
    pub(super) fn new(store: Arc<dyn Store>, engine: Engine, applied: InForce, term: Duration) -> Self {
        let who = Member { id: InstanceId::mint(Timestamp::now()), name: name(), term, beat: 0 };
        engine.lease().hold_until(Duration::ZERO);
        Self { store, engine, who, applied: Mutex::new(applied), beats: AtomicI64::new(1) }
    }

    pub(super) fn id(&self) -> InstanceId {
        self.who.id
    }

    /// How long may pass between two looks at the fleet.
    pub(super) fn period(&self) -> Duration {
        self.who.term / RENEWALS
    }

    /// What the engine is known to judge by.
    pub(super) fn applied(&self) -> InForce {
        *self.applied.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Renews the lease for that by which the engine judges from now on.
    pub(super) async fn apply(&self, in_force: InForce) -> Result<bool, StoreError> {
        *self.applied.lock().unwrap_or_else(PoisonError::into_inner) = in_force;
        self.renew().await
    }

    /// Asks for the lease once more, and tells whether it is held.
    pub(super) async fn renew(&self) -> Result<bool, StoreError> {
        let applied = self.applied();
        // From before it is sent: whoever grants it counts from later.
        let sent = self.engine.ticks();
        let who = Member { beat: self.beats.fetch_add(1, Ordering::Relaxed), ..self.who.clone() };
        let standing = self.store.renew(&who, applied).await?;
        let granted = standing.in_force == applied;
        if granted {
            self.engine.lease().hold_until(sent + self.who.term);
        }
        Ok(granted)
    }

    /// Renews the lease for as long as it is polled. That it is lost is said once, until it is held again.
    pub(super) async fn keep(&self) {
        let mut ticks = interval(self.period());
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut lost = false;
        loop {
            ticks.tick().await;
            // A renewal that takes longer than this is better asked for again.
            let renewed = timeout(self.who.term / 2, self.renew()).await;
            let held = self.engine.lease().is_held(self.engine.ticks());
            match renewed {
                Ok(Err(error)) if !held && !lost => tracing::error!("the lease is lost: {error}"),
                _ if !held && !lost => {
                    tracing::error!("the lease is lost: what is in force is not known in time")
                }
                _ if held && lost => tracing::info!("the lease is held again"),
                _ => {}
            }
            lost = !held;
        }
    }

    /// Gives the lease up.
    pub(super) async fn leave(&self) {
        self.engine.lease().hold_until(Duration::ZERO);
        if let Err(error) = self.store.leave(self.who.id).await {
            tracing::warn!("the lease could not be given up, the next save waits for its end: {error}");
        }
    }
}

/// What operators know this instance by: its host and its process.
fn name() -> String {
    let host =
        fs::read_to_string("/proc/sys/kernel/hostname").ok().or_else(|| std::env::var("HOSTNAME").ok());
    let host = host.as_deref().map_or("localhost", str::trim);
    format!("{host}:{}", std::process::id())
}
