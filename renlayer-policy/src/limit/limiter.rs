//! The limiter: counts in memory, in shards, each behind a lock.
//!
//! An action takes the locks of all counts it touches, in the order of their shards, so that no two actions wait for each
//! other; looks whether there is room everywhere; and only then takes its place everywhere.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use smallvec::SmallVec;

use super::set::{Compiled, LimitSet, Subject};
use super::shard::{Key, Place, Shard};
use super::{Admission, LimitState};
use crate::Mode;

const SHARDS: usize = 64;

/// Most subjects counted apart, over all limits.
const DEFAULT_CAPACITY: usize = 1 << 20;

/// Counts what limits admit. Shared by reference; it reads no clock.
#[derive(Debug)]
pub struct Limiter {
    shards: Box<[Mutex<Shard>]>,
    hashers: [RandomState; 2],
}

/// A limit that applies, and where its count is.
struct Applied<'a> {
    limit: &'a Compiled,
    shard: usize,
    place: Place,
}

/// The shards an action touches, locked, by number.
type Locked<'a> = SmallVec<[(usize, MutexGuard<'a, Shard>); 4]>;

impl Default for Limiter {
    fn default() -> Self {
        Self::new()
    }
}

impl Limiter {
    /// A limiter that has counted nothing yet.
    pub fn new() -> Self {
        Self::with_capacity(DEFAULT_CAPACITY)
    }

    /// A limiter that counts at most about `subjects` subjects apart. When more than that are busy, the newcomers under
    /// one limit share counts until others fall idle.
    pub fn with_capacity(subjects: usize) -> Self {
        let per_shard = subjects.div_ceil(SHARDS).max(1);
        Self {
            shards: (0..SHARDS).map(|_| Mutex::new(Shard::new(per_shard))).collect(),
            hashers: [RandomState::new(), RandomState::new()],
        }
    }

    /// Admits one action at `now_ms`, or refuses it.
    ///
    /// `now_ms` is best taken from a clock that does not go back; where it does, what counts keeps its age.
    pub fn admit(&self, limits: &LimitSet, subject: &Subject<'_>, now_ms: i64) -> Admission {
        let applied: SmallVec<[_; 4]> =
            limits.applying(subject).map(|limit| self.locate(limit, subject)).collect();
        let mut locked = self.lock(&applied);
        let refusals = applied.iter().filter(|applied| applied.limit.limit().mode == Mode::Enforce);
        let refusals = refusals.filter_map(|applied| Self::refusal(applied, &mut locked, now_ms));
        if let Some(limit) = refusals.max_by_key(|state| state.retry_after_ms) {
            return Admission::Refused { limit };
        }
        Admission::Admitted(
            applied.iter().filter_map(|applied| Self::count(applied, &mut locked, now_ms)).collect(),
        )
    }

    /// Drops what no longer counts. It happens by itself as subjects come; call it now and then where they may stop
    /// coming.
    pub fn sweep(&self, now_ms: i64) {
        for shard in &self.shards {
            lock(shard).sweep(now_ms);
        }
    }

    /// How many counts are kept.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    /// Whether no count is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn locate<'a>(&self, limit: &'a Compiled, subject: &Subject<'_>) -> Applied<'a> {
        let written = limit.limit();
        let of_limit = (subject.tenant, written.id.as_str(), written.name.as_str());
        let key = self.key(&(of_limit, subject.counted_as(written.scope)));
        let place = Place { subject: key, shared: self.key(&of_limit), window: written.window.millis() };
        #[allow(clippy::cast_possible_truncation, reason = "a few low bits choose the shard")]
        let shard = key.0 as usize % SHARDS;
        Applied { limit, shard, place }
    }

    fn key(&self, of: &impl std::hash::Hash) -> Key {
        let [first, second] = &self.hashers;
        Key(first.hash_one(of), second.hash_one(of))
    }

    fn lock(&self, applied: &[Applied<'_>]) -> Locked<'_> {
        let mut numbers: SmallVec<[_; 4]> = applied.iter().map(|applied| applied.shard).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().filter_map(|n| Some((n, lock(self.shards.get(n)?)))).collect()
    }

    /// Where `applied` stands, if it has no room.
    fn refusal(applied: &Applied<'_>, locked: &mut Locked<'_>, now: i64) -> Option<LimitState> {
        let log = shard(locked, applied)?.find(&applied.place, now)?;
        let max = applied.limit.limit().max;
        let now = log.advance(now);
        (log.total() >= max)
            .then(|| applied.limit.state(log.total(), log.reset_after(now), log.retry_after(now, max), true))
    }

    /// Counts the action under `applied` unless that only observes and has no room, and says where it stands.
    fn count(applied: &Applied<'_>, locked: &mut Locked<'_>, now: i64) -> Option<LimitState> {
        let log = shard(locked, applied)?.find_or_make(&applied.place, now);
        let max = applied.limit.limit().max;
        let now = log.advance(now);
        let exceeded = log.total() >= max;
        if !exceeded {
            log.record(now, applied.limit.grain);
        }
        Some(applied.limit.state(log.total(), log.reset_after(now), log.retry_after(now, max), exceeded))
    }
}

/// What a panic elsewhere left behind are counts like any other.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn shard<'a>(locked: &'a mut Locked<'_>, applied: &Applied<'_>) -> Option<&'a mut Shard> {
    locked.iter_mut().find(|(number, _)| *number == applied.shard).map(|(_, shard)| &mut **shard)
}
