//! A part of the limiter's counts, behind one lock.
//!
//! A shard holds a bounded number of logs. Idle ones are swept whenever it has doubled since the last sweep, which costs
//! each new subject a constant; and when it is full of busy ones, subjects it has no log for share one log per limit.
//! That is strict on newcomers and cannot be used to make the limiter forget, or grow without end.

use std::collections::HashMap;

use super::log::Log;

/// Number of logs below which a sweep is not worth its while.
const SWEEP_MIN: usize = 256;

/// How long a full shard waits before it looks again for logs to drop.
const SWEEP_REST_MS: i64 = 1_000;

/// Names a log: a keyed hash of limit and subject, so that what callers send is neither kept nor able to collide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key(pub(super) u64, pub(super) u64);

/// Where the count of one subject under one limit is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) subject: Key,
    /// The log of the limit's newcomers when the shard is full.
    pub(super) shared: Key,
    /// Window of the limit.
    pub(super) window: u64,
}

#[derive(Debug)]
pub(super) struct Shard {
    logs: HashMap<Key, Log>,
    shared: HashMap<Key, Log>,
    capacity: usize,
    /// Number of logs at which the next sweep is worth its while.
    sweep_at: usize,
    swept: i64,
}

impl Shard {
    pub(super) fn new(capacity: usize) -> Self {
        let (logs, shared) = (HashMap::new(), HashMap::new());
        Self { logs, shared, capacity, sweep_at: SWEEP_MIN, swept: i64::MIN }
    }

    /// The log at `place`, if something was counted there.
    pub(super) fn find(&mut self, place: &Place, now: i64) -> Option<&mut Log> {
        let log = if self.has_room_for(place, now) {
            self.logs.get_mut(&place.subject)
        } else {
            self.shared.get_mut(&place.shared)
        };
        log.map(|log| log.over(place.window))
    }

    /// The log at `place`, made if need be.
    pub(super) fn find_or_make(&mut self, place: &Place, now: i64) -> &mut Log {
        let log = if self.has_room_for(place, now) {
            self.logs.entry(place.subject).or_default()
        } else {
            self.shared.entry(place.shared).or_default()
        };
        log.over(place.window)
    }

    /// Drops logs in which nothing counts any more.
    pub(super) fn sweep(&mut self, now: i64) {
        for logs in [&mut self.logs, &mut self.shared] {
            logs.retain(|_, log| !log.is_idle(now));
            logs.values_mut().for_each(Log::shrink);
            logs.shrink_to(logs.len().saturating_mul(2));
        }
        self.sweep_at = self.logs.len().saturating_mul(2).max(SWEEP_MIN);
        self.swept = now;
    }

    pub(super) fn len(&self) -> usize {
        self.logs.len() + self.shared.len()
    }

    /// Whether the subject has a log of its own or may have one.
    fn has_room_for(&mut self, place: &Place, now: i64) -> bool {
        if self.logs.contains_key(&place.subject) {
            return true;
        }
        let full = self.logs.len() >= self.capacity;
        let rested = now.saturating_sub(self.swept).saturating_abs() >= SWEEP_REST_MS;
        if self.logs.len() >= self.sweep_at || (full && rested) {
            self.sweep(now);
        }
        self.logs.len() < self.capacity
    }
}
