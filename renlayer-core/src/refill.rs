//! Supplies a limiter that counts together with others: speaks with the store that they share, off the path of the calls.
//!
//! One [`Refiller`] for a process, one conversation with the store at a time: what all calls need of all counts goes in one
//! batch. A call that finds too little at hand waits for the end of a round and looks again ([`Refills`]), for a bounded time;
//! while the store does not answer nobody waits.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use renlayer_policy::{Applied, Claim, Limiter};
use tokio::sync::{Mutex, Notify, watch};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::clock::Clock;
use crate::store::StoreError;
use crate::store::shared::{CountName, SharedCounts, Swap};

/// How often it is looked after what nobody waits for.
const TICK: Duration = Duration::from_millis(50);

/// How long a store that does not answer is left alone.
const REST: Duration = Duration::from_millis(250);

/// How long the store may take to answer.
const ANSWER: Duration = Duration::from_secs(2);

/// How long a call waits at most.
const PATIENCE: Duration = Duration::from_secs(3);

/// Most counts in one batch.
const BATCH: usize = 256;

/// How often a batch is tried at once where others are faster.
const ATTEMPTS: u32 = 16;

/// Speaks with the store for a limiter.
pub struct Refiller {
    limiter: Limiter,
    store: Arc<dyn SharedCounts>,
    clock: Arc<dyn Clock>,
    alert: Arc<Notify>,
    rounds: watch::Sender<Round>,
    /// Claims that have not taken effect, as far as is known. Held through a round.
    due: Mutex<Vec<Claim>>,
    /// Whether it was said that a count cannot be read.
    unreadable: AtomicBool,
}

/// Where calls wait for what the store grants.
#[derive(Clone, Debug)]
pub struct Refills(watch::Receiver<Round>);

/// How the last round went.
#[derive(Clone, Copy, Debug, Default)]
struct Round {
    away: bool,
}

// === impl Refiller ===

impl Refiller {
    /// A refiller, and with it the limiter, for counts that `store` keeps under names made with `key`.
    ///
    /// # Errors
    ///
    /// The system has no randomness to give.
    pub fn new(
        store: Arc<dyn SharedCounts>,
        key: [u8; 16],
        clock: Arc<dyn Clock>,
    ) -> Result<Self, getrandom::Error> {
        let mut holder = [0; 8];
        getrandom::fill(&mut holder)?;
        let alert = Arc::new(Notify::new());
        let alerted = Arc::clone(&alert);
        let limiter = Limiter::sharing(u64::from_le_bytes(holder), move || alerted.notify_one()).keyed(key);
        let (rounds, _) = watch::channel(Round::default());
        Ok(Self {
            limiter,
            store,
            clock,
            alert,
            rounds,
            due: Mutex::default(),
            unreadable: AtomicBool::new(false),
        })
    }

    /// The limiter that it supplies.
    pub fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    /// Where calls wait.
    pub fn refills(&self) -> Refills {
        Refills(self.rounds.subscribe())
    }

    /// Supplies the limiter for as long as it is polled. What fails is said once, until it works again.
    pub async fn run(&self) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.alert.notified() => {}
                _ = ticks.tick() => {}
            }
            let asked = self.round(Limiter::claims).await;
            let was_away = self.rounds.send_replace(Round { away: asked.is_err() }).away;
            match &asked {
                Err(error) if !was_away => {
                    tracing::error!("limits that instances share refuse what is not leased already: {error}");
                }
                Ok(()) if was_away => tracing::info!("limits that instances share are counted again"),
                _ => {}
            }
            if asked.is_err() {
                sleep(REST).await;
            }
        }
    }

    /// Gives back what is not in use. What cannot be given back counts as spent when its time is over.
    ///
    /// # Errors
    ///
    /// The store does not answer.
    pub async fn finish(&self) -> Result<(), StoreError> {
        self.round(Limiter::last_claims).await
    }

    /// Removes from the store what counts nothing any more, and tells how much that was.
    ///
    /// # Errors
    ///
    /// The store does not answer.
    pub async fn forget(&self) -> Result<u64, StoreError> {
        self.store.forget().await
    }

    async fn round(&self, claims: fn(&Limiter, i64) -> Vec<Claim>) -> Result<(), StoreError> {
        let mut due = self.due.lock().await;
        due.extend(claims(&self.limiter, self.now()));
        let mut left = std::mem::take(&mut *due);
        while !left.is_empty() {
            // A claim that is lost on the way would leave its count without another one.
            due.extend(left.drain(..left.len().min(BATCH)));
            if let Err(error) = self.settle(&mut due).await {
                due.append(&mut left);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Has claims take effect, and takes them out of `due` as they do. Those that others are always faster than wait for the
    /// next round.
    async fn settle(&self, due: &mut Vec<Claim>) -> Result<(), StoreError> {
        for attempt in 0..ATTEMPTS {
            if !self.attempt(due).await? {
                break;
            }
            // Somebody was faster: not all of us at the same moment again.
            let mut random = [0];
            let _ = getrandom::fill(&mut random);
            sleep(Duration::from_micros(u64::from(random[0]) * u64::from(attempt + 1) * 2)).await;
        }
        Ok(())
    }

    /// Whether there are some left that another attempt may do something for.
    async fn attempt(&self, due: &mut Vec<Claim>) -> Result<bool, StoreError> {
        let asked = self.now();
        let names: Vec<CountName> = due.iter().map(Claim::name).collect();
        let held = answer(self.store.read(&names)).await?;
        let mut swaps = Vec::with_capacity(due.len());
        let mut done = Vec::with_capacity(due.len());
        for (claim, was) in due.iter_mut().zip(held.states) {
            let applied = claim.apply(was.as_deref(), held.now_ms, asked);
            done.push(applied == Applied::Done);
            match applied {
                Applied::Swap { state, until_ms } => {
                    swaps.push(Swap { name: claim.name(), was, is: state, until_ms });
                }
                Applied::Unreadable => self.tell_unreadable(),
                Applied::Done => {}
            }
        }
        let mut faster = false;
        if !swaps.is_empty() {
            let swapped = answer(self.store.swap(held.now_ms, &swaps)).await?;
            for (swap, swapped) in swaps.iter().zip(swapped) {
                let nth = names.iter().position(|name| *name == swap.name);
                if let Some(done) = nth.and_then(|nth| done.get_mut(nth)) {
                    *done = swapped;
                }
                faster |= !swapped;
            }
        }
        let now = self.now();
        let mut done = done.into_iter();
        due.retain(|claim| {
            let done = done.next().unwrap_or(false);
            if done {
                self.limiter.granted(claim, now);
            }
            !done
        });
        Ok(faster)
    }

    /// Said once: it stays so until somebody does something about it.
    fn tell_unreadable(&self) {
        if !self.unreadable.swap(true, Ordering::Relaxed) {
            tracing::error!("a count that instances share was written by another version: its limit refuses");
        }
    }

    /// The time that its limiter is to be asked at.
    pub fn now(&self) -> i64 {
        millis(&*self.clock)
    }
}

/// The time of a limiter that counts together with others.
pub(crate) fn millis(clock: &dyn Clock) -> i64 {
    i64::try_from(clock.ticks().as_millis()).unwrap_or(i64::MAX)
}

async fn answer<T>(asked: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    timeout(ANSWER, asked).await.unwrap_or_else(|_| Err(StoreError::unreachable()))
}

// === impl Refills ===

impl Refills {
    /// Looks again after each round, until `look` is answered; no longer than a call can be made to wait, and not at all while
    /// the store is away.
    pub async fn until(&self, mut look: impl FnMut() -> bool) {
        let mut rounds = self.0.clone();
        let mut waited = pin!(sleep(PATIENCE));
        loop {
            let away = rounds.borrow_and_update().away;
            if look() || away {
                return;
            }
            tokio::select! {
                round = rounds.changed() => if round.is_err() { return },
                () = &mut waited => return,
            }
        }
    }
}
