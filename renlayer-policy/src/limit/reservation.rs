//! What an admitted action holds until it is settled.

use std::fmt;
use std::sync::Arc;

use super::count::{Count, Ticket};
use super::key::Key;
use super::limiter::Counts;
use super::tally::{Metered, Tally};
use super::{Dimension, LimitState, Shortage, Use};

/// What was reserved for one action, under all limits that count what it uses.
///
/// It counts as what it holds until [`settle`](Self::settle) says what was used. Dropped without that, it stays what it held:
/// nobody knows better. A place among those at once is given back either way.
#[must_use = "dropped at once, it stays reserved without having been used"]
pub struct Reservation {
    counts: Arc<Counts>,
    limits: Vec<LimitState>,
    /// Of the limits that hold something, and which of `limits` that is.
    holds: Vec<(usize, Hold)>,
    used: Use,
    /// When the counts were last told that the action goes on.
    seen: i64,
}

/// What is held under one limit.
#[derive(Debug)]
pub(super) struct Hold {
    pub(super) shard: usize,
    pub(super) key: Key,
    pub(super) dimension: Dimension,
    pub(super) ticket: Ticket,
    pub(super) at: i64,
    pub(super) grain: i64,
    /// How much counts for the action.
    pub(super) held: u64,
    /// What the count was last told to be used: what it counts once it takes the action for lost.
    pub(super) told: u64,
    pub(super) max: u64,
    pub(super) enforces: bool,
}

impl Metered {
    /// The limit, which has no room for what was used.
    fn full(&self, at_admission: &LimitState) -> LimitState {
        let full = at_admission.clone().with_shortage(Some(Shortage::Full));
        LimitState { remaining: 0, reset_after_ms: self.reset, retry_after_ms: self.retry, ..full }
    }
}

impl Reservation {
    pub(super) fn new(counts: Arc<Counts>, now: i64) -> Self {
        Self { counts, limits: Vec::new(), holds: Vec::new(), used: Use::default(), seen: now }
    }

    pub(super) fn add(&mut self, state: Option<LimitState>, hold: Option<Hold>) {
        let nth = self.limits.len();
        self.limits.extend(state);
        self.holds.extend(hold.map(|hold| (nth, hold)));
    }

    /// Where each limit that applied stood when the action was admitted, the action counted.
    pub fn limits(&self) -> &[LimitState] {
        &self.limits
    }

    /// Whether tokens or money are counted of it.
    pub fn is_metered(&self) -> bool {
        self.holds.iter().any(|(_, hold)| hold.dimension.is_metered())
    }

    /// Notes what the action has used so far.
    ///
    /// # Errors
    ///
    /// The limit that this goes beyond, where it is more than was reserved and there is no room for the rest: the action is
    /// to be ended. What was used counts all the same.
    pub fn meter(&mut self, used: Use, now_ms: i64) -> Result<(), Box<LimitState>> {
        self.used = self.used.max(used);
        let due = now_ms.saturating_sub(self.seen).saturating_abs() > self.counts.ttl() / 4;
        if due {
            self.seen = now_ms;
        }
        let mut beyond = None;
        for (nth, hold) in &mut self.holds {
            let amount = if hold.dimension.is_metered() { hold.dimension.of(self.used) } else { 0 };
            let grows = amount > hold.held;
            if !grows && !due {
                continue;
            }
            let metered = hold.meter(&self.counts, amount, now_ms);
            let over = metered.filter(|metered| grows && hold.enforces && metered.beyond);
            beyond = beyond.or(over.zip(self.limits.get(*nth)));
        }
        beyond.map_or(Ok(()), |(metered, state)| Err(Box::new(metered.full(state))))
    }

    /// Ends the action, which used so much and no more.
    pub fn settle(mut self, used: Use) {
        for (_, hold) in std::mem::take(&mut self.holds) {
            hold.settle(&self.counts, Some(used));
        }
    }

    /// What the action is known to have used so far.
    pub fn used(&self) -> Use {
        self.used
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        for (_, hold) in std::mem::take(&mut self.holds) {
            hold.settle(&self.counts, None);
        }
    }
}

impl fmt::Debug for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reservation").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Hold {
    /// Tells the count what is used, and answers where it stands by then.
    fn meter(&mut self, counts: &Counts, used: u64, now: i64) -> Option<Metered> {
        let metered = counts.with(self, now, |tally| match tally {
            Tally::Own(count) => self.meter_own(count, used, now),
            Tally::Slice(slice) => {
                // One that is lost counts as what it held, in the store: what it uses beyond that is not counted.
                let lost = (self.held.max(used), used > self.held);
                let (held, beyond) = slice.meter(self.ticket, used, now).unwrap_or(lost);
                let (retry, reset) = slice.waits(1, now);
                Metered { held, beyond, retry, reset }
            }
        })?;
        self.told = self.told.max(used);
        self.held = metered.held;
        Some(metered)
    }

    fn meter_own(&self, count: &mut Count, used: u64, now: i64) -> Metered {
        let lost = self.told;
        let now = count.log.advance(now);
        let held = count.meter(self.ticket, used, now);
        // It was taken for lost: what it uses from now on is beyond what it was told.
        if held.is_none() {
            count.log.correct(self.at, lost, used.max(lost), self.grain);
        }
        let (beyond, reset) = (count.log.total() > self.max, count.log.reset_after(now));
        let retry = count.log.retry_after(now, 1, self.max);
        Metered { held: held.unwrap_or(used.max(lost)), beyond, retry, reset }
    }

    /// Ends the hold: what was used is what counts, or what was held where that is not known.
    fn settle(self, counts: &Counts, used: Option<Use>) {
        let amount = used.map(|used| if self.dimension.is_metered() { self.dimension.of(used) } else { 0 });
        counts.with(&self, i64::MIN, |tally| match tally {
            Tally::Own(count) => {
                if count.release(self.ticket, amount).is_none() {
                    let is = amount.unwrap_or(self.held);
                    count.log.correct(self.at, self.told, is, self.grain);
                    count.changed = true;
                }
            }
            Tally::Slice(slice) => slice.release(self.ticket, amount),
        });
    }
}
