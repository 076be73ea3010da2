//! A part of the limiter's counts, behind one lock.
//!
//! A shard holds a bounded number of counts. Idle ones are swept whenever it has doubled since the last sweep, which costs
//! each new subject a constant; and when it is full of busy ones, subjects it has no count for share one count per limit.
//! That is strict on newcomers and cannot be used to make the limiter forget, or grow without end.

use std::collections::HashMap;

use super::count::Count;
use super::key::Key;

/// Number of counts below which a sweep is not worth its while.
const SWEEP_MIN: usize = 256;

/// How long a full shard waits before it looks again for counts to drop.
const SWEEP_REST_MS: i64 = 1_000;

/// Where the count of one subject under one limit is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) subject: Key,
    /// The count of the limit's newcomers when the shard is full.
    pub(super) shared: Key,
    /// Window of the limit; none where it has none.
    pub(super) window: u64,
}

#[derive(Debug)]
pub(super) struct Shard {
    counts: HashMap<Key, Count>,
    shared: HashMap<Key, Count>,
    capacity: usize,
    /// Number of counts at which the next sweep is worth its while.
    sweep_at: usize,
    swept: i64,
    /// How long a hold may be silent.
    ttl: i64,
}

impl Shard {
    pub(super) fn new(capacity: usize, ttl: i64) -> Self {
        let (counts, shared) = (HashMap::new(), HashMap::new());
        Self { counts, shared, capacity, sweep_at: SWEEP_MIN, swept: i64::MIN, ttl }
    }

    /// The count at `place`, if something was counted there.
    pub(super) fn find(&mut self, place: &Place, now: i64) -> Option<&mut Count> {
        let key = self.key(place, now);
        self.named(key, place.window)
    }

    /// The count at `place`, made if need be, and its name.
    pub(super) fn find_or_make(&mut self, place: &Place, now: i64) -> (Key, &mut Count) {
        let key = self.key(place, now);
        let own = key == place.subject || self.counts.contains_key(&key);
        let counts = if own { &mut self.counts } else { &mut self.shared };
        let count = counts.entry(key).or_default();
        count.log.over(place.window);
        (key, count)
    }

    /// The count of this name.
    pub(super) fn named(&mut self, key: Key, window: u64) -> Option<&mut Count> {
        let count = self.get(key)?;
        count.log.over(window);
        Some(count)
    }

    /// The same, over whatever window it counts.
    pub(super) fn get(&mut self, key: Key) -> Option<&mut Count> {
        self.counts.get_mut(&key).or_else(|| self.shared.get_mut(&key))
    }

    /// Puts a count that was kept elsewhere where there is none.
    pub(super) fn restore(&mut self, key: Key, count: impl FnOnce() -> Count) {
        if self.counts.len() < self.capacity {
            self.counts.entry(key).or_insert_with(count);
        }
    }

    /// The names of the counts that have changed since they were kept.
    pub(super) fn changed(&self) -> Vec<Key> {
        let counts = self.counts.iter().chain(&self.shared);
        counts.filter(|(_, count)| count.changed).map(|(key, _)| *key).collect()
    }

    /// Drops counts in which nothing counts any more.
    pub(super) fn sweep(&mut self, now: i64) {
        for counts in [&mut self.counts, &mut self.shared] {
            counts.values_mut().for_each(|count| count.reap(count.log.by_the_log(now), self.ttl));
            counts.retain(|_, count| !count.is_idle(now));
            counts.values_mut().for_each(|count| count.log.shrink());
            counts.shrink_to(counts.len().saturating_mul(2));
        }
        self.sweep_at = self.counts.len().saturating_mul(2).max(SWEEP_MIN);
        self.swept = now;
    }

    pub(super) fn len(&self) -> usize {
        self.counts.len() + self.shared.len()
    }

    /// The name of the subject's own count, if it has one or may have one, else of the one that newcomers share.
    fn key(&mut self, place: &Place, now: i64) -> Key {
        if self.counts.contains_key(&place.subject) {
            return place.subject;
        }
        let full = self.counts.len() >= self.capacity;
        let rested = now.saturating_sub(self.swept).saturating_abs() >= SWEEP_REST_MS;
        if self.counts.len() >= self.sweep_at || (full && rested) {
            self.sweep(now);
        }
        if self.counts.len() < self.capacity { place.subject } else { place.shared }
    }
}
