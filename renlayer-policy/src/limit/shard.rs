//! A part of the limiter's counts, behind one lock.
//!
//! A shard holds a bounded number of counts. Idle ones are swept whenever it has doubled since the last sweep, which costs
//! each new subject a constant; and when it is full of busy ones, subjects it has no count for share one count per limit.
//! That is strict on newcomers and cannot be used to make the limiter forget, or grow without end.
//!
//! Where counts are slices of what instances share, newcomers are refused instead, and told to come again in a second: a count of
//! theirs would be another one than what other instances count of them. Slices that are not in use go back within that time.

use std::collections::HashMap;

use super::count::Count;
use super::key::Key;
use super::shared::Terms;
use super::tally::Tally;

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
    /// Of the limit.
    pub(super) terms: Terms,
}

#[derive(Debug)]
pub(super) struct Shard {
    counts: HashMap<Key, Tally>,
    shared: HashMap<Key, Tally>,
    capacity: usize,
    /// Whether its counts are slices of what instances share.
    sliced: bool,
    /// Number of counts at which the next sweep is worth its while.
    sweep_at: usize,
    swept: i64,
    /// How long a hold may be silent.
    ttl: i64,
}

impl Shard {
    pub(super) fn new(capacity: usize, ttl: i64, sliced: bool) -> Self {
        let (counts, shared) = (HashMap::new(), HashMap::new());
        Self { counts, shared, capacity, sliced, sweep_at: SWEEP_MIN, swept: i64::MIN, ttl }
    }

    /// The count at `place`, if something was counted there.
    pub(super) fn find(&mut self, place: &Place, now: i64) -> Option<&mut Tally> {
        let key = self.key(place, now)?;
        let tally = self.get(key)?;
        tally.over(place.terms);
        Some(tally)
    }

    /// Whether there is neither a count for `place` nor room for one.
    pub(super) fn is_crowded(&mut self, place: &Place, now: i64) -> bool {
        self.key(place, now).is_none()
    }

    /// The count at `place`, made if need be, and its name; none where there is [no room](Self::is_crowded) for one.
    pub(super) fn find_or_make(&mut self, place: &Place, now: i64) -> Option<(Key, &mut Tally)> {
        let key = self.key(place, now)?;
        let own = key == place.subject || self.counts.contains_key(&key);
        let counts = if own { &mut self.counts } else { &mut self.shared };
        let tally = counts.entry(key).or_insert_with(|| Tally::new(self.sliced, place.terms));
        tally.over(place.terms);
        Some((key, tally))
    }

    /// The count of this name, over whatever window it counts.
    pub(super) fn get(&mut self, key: Key) -> Option<&mut Tally> {
        self.counts.get_mut(&key).or_else(|| self.shared.get_mut(&key))
    }

    /// Puts a count that was kept elsewhere where there is none.
    pub(super) fn restore(&mut self, key: Key, count: impl FnOnce() -> Count) {
        if self.counts.len() < self.capacity && !self.sliced {
            self.counts.entry(key).or_insert_with(|| Tally::Own(count()));
        }
    }

    /// The names of the counts that have changed since they were kept.
    pub(super) fn changed(&self) -> Vec<Key> {
        let counts = self.counts.iter().chain(&self.shared);
        counts.filter(|(_, tally)| tally.has_changed()).map(|(key, _)| *key).collect()
    }

    /// Drops counts in which nothing counts any more.
    pub(super) fn sweep(&mut self, now: i64) {
        for counts in [&mut self.counts, &mut self.shared] {
            counts.values_mut().for_each(|tally| tally.reap(now, self.ttl));
            counts.retain(|_, tally| !tally.is_idle(now));
            counts.values_mut().for_each(Tally::shrink);
            counts.shrink_to(counts.len().saturating_mul(2));
        }
        self.sweep_at = self.counts.len().saturating_mul(2).max(SWEEP_MIN);
        self.swept = now;
    }

    /// Whether there is no room for another subject.
    pub(super) fn is_full(&self) -> bool {
        self.counts.len() >= self.capacity
    }

    pub(super) fn len(&self) -> usize {
        self.counts.len() + self.shared.len()
    }

    /// The name of the subject's own count, if it has one or may have one, else of the one that newcomers share, where they do.
    fn key(&mut self, place: &Place, now: i64) -> Option<Key> {
        if self.counts.contains_key(&place.subject) {
            return Some(place.subject);
        }
        let rested = now.saturating_sub(self.swept).saturating_abs() >= SWEEP_REST_MS;
        if self.counts.len() >= self.sweep_at || (self.is_full() && rested) {
            self.sweep(now);
        }
        match self.is_full() {
            false => Some(place.subject),
            true => (!self.sliced).then_some(place.shared),
        }
    }
}
