//! The limiter: counts in memory, in shards, each behind a lock.
//!
//! An action takes the locks of all counts it touches, in the order of their shards, so that no two actions wait for each
//! other; looks whether there is room everywhere; and only then takes its place everywhere.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use smallvec::SmallVec;

use super::count::{Count, Open, Ticket};
use super::key::{Key, Namer};
use super::reservation::Hold;
use super::set::{Compiled, LimitSet, Subject};
use super::shard::{Place, Shard};
use super::{Admission, CountRecord, Demand, Dimension, LimitState, Reservation};
use crate::Mode;

const SHARDS: usize = 64;

/// Most subjects counted apart, over all limits.
const DEFAULT_CAPACITY: usize = 1 << 20;

/// How long a hold may be silent before it is taken for lost: longer than an upstream may.
const DEFAULT_TTL_MS: i64 = 3_600_000;

/// How many counts are written out under one lock.
const AT_ONCE: usize = 32;

/// When to ask again for what is free as soon as another action ends.
const RETRY_MS: u64 = 1_000;

/// Counts what limits admit. Clones count together; it reads no clock.
#[derive(Clone, Debug)]
pub struct Limiter {
    counts: Arc<Counts>,
    namer: Arc<Namer>,
}

/// Every count there is.
#[derive(Debug)]
pub(super) struct Counts {
    shards: Box<[Mutex<Shard>]>,
    tickets: AtomicU64,
    ttl: i64,
}

/// A limit that applies, how much the action asks of it, and where its count is.
struct Applied<'a> {
    limit: &'a Compiled,
    demand: Demand,
    amount: u64,
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
        Self { counts: Arc::new(Counts::new(subjects, DEFAULT_TTL_MS)), namer: Arc::new(Namer::random()) }
    }

    /// The same limiter, naming its counts with a key that stays: what it keeps is then found again by another one.
    #[must_use]
    pub fn keyed(self, key: [u8; 16]) -> Self {
        Self { namer: Arc::new(Namer::new(key)), ..self }
    }

    /// A limiter that has counted nothing yet and takes holds for lost that have been silent for so long.
    pub fn with_ttl(ttl_ms: i64) -> Self {
        let counts = Arc::new(Counts::new(DEFAULT_CAPACITY, ttl_ms.max(1)));
        Self { counts, namer: Arc::new(Namer::random()) }
    }

    /// Admits one action at `now_ms` and holds what it may use, or refuses it.
    ///
    /// `now_ms` is best taken from a clock that does not go back; where it does, what counts keeps its age.
    pub fn admit(&self, limits: &LimitSet, subject: &Subject<'_>, demand: Demand, now_ms: i64) -> Admission {
        let applied: SmallVec<[_; 4]> =
            limits.applying(subject).map(|limit| self.locate(limit, subject, demand)).collect();
        let mut locked = self.counts.lock(&applied);
        let refusals = applied.iter().filter(|applied| applied.limit.limit().mode == Mode::Enforce);
        let refusals = refusals.filter_map(|applied| self.counts.refusal(applied, &mut locked, now_ms));
        if let Some(limit) = refusals.max_by_key(|state| (state.shortage, state.retry_after_ms)) {
            return Admission::Refused { limit };
        }
        let mut reservation = Reservation::new(self.counts.clone(), now_ms);
        for applied in &applied {
            let (state, hold) = self.counts.count(applied, &mut locked, now_ms);
            reservation.add(state, hold);
        }
        Admission::Admitted(reservation)
    }

    /// Drops what no longer counts, and what was held by actions that are lost. It happens by itself as subjects come; call
    /// it now and then where they may stop coming.
    pub fn sweep(&self, now_ms: i64) {
        for shard in &self.counts.shards {
            lock(shard).sweep(now_ms);
        }
    }

    /// The counts that have changed since this was last asked, to be kept elsewhere. What is under way at the moment alone
    /// is not among them: it does not outlive its process.
    pub fn changed(&self) -> Vec<CountRecord> {
        let mut records = Vec::new();
        for shard in &self.counts.shards {
            let changed = lock(shard).changed();
            // A few at a time: calls wait for the same lock.
            for some in changed.chunks(AT_ONCE) {
                let mut shard = lock(shard);
                records.extend(some.iter().filter_map(|key| CountRecord::of(*key, shard.get(*key)?)));
            }
        }
        records
    }

    /// Takes over counts that were kept elsewhere, where nothing has been counted yet.
    pub fn restore(&self, records: impl IntoIterator<Item = CountRecord>) {
        for record in records {
            let key = record.key();
            let shard = self.counts.shards.get(shard_of(key)).map(lock);
            shard.into_iter().for_each(|mut shard| shard.restore(key, || record.to_count()));
        }
    }

    /// How many counts are kept.
    pub fn len(&self) -> usize {
        self.counts.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    /// Whether no count is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn locate<'a>(&self, limit: &'a Compiled, subject: &Subject<'_>, demand: Demand) -> Applied<'a> {
        let written = limit.limit();
        let (kind, name) = subject.counted_as(written.scope);
        // What is counted is part of the name: requests are not to be taken for tokens where a limit is rewritten.
        let counts = written.dimension.as_str();
        let (tenant, id, of) = (subject.tenant, written.id.as_str(), written.name.as_str());
        let key = self.namer.name(&[tenant, id, of, counts, kind, name]);
        let shared = self.namer.name(&[tenant, id, of, counts]);
        let place = Place { subject: key, shared, window: limit.window() };
        Applied { limit, demand, amount: limit.asked(demand), shard: shard_of(key), place }
    }
}

impl Counts {
    fn new(subjects: usize, ttl: i64) -> Self {
        let per_shard = subjects.div_ceil(SHARDS).max(1);
        let shards = (0..SHARDS).map(|_| Mutex::new(Shard::new(per_shard, ttl))).collect();
        Self { shards, tickets: AtomicU64::new(0), ttl }
    }

    /// How long a hold may be silent.
    pub(super) fn ttl(&self) -> i64 {
        self.ttl
    }

    /// The count that a hold is in, if it is still there.
    pub(super) fn with<T>(&self, hold: &Hold, change: impl FnOnce(&mut Count) -> T) -> Option<T> {
        let mut shard = lock(self.shards.get(hold.shard)?);
        shard.named(hold.key, hold.window).map(change)
    }

    fn lock(&self, applied: &[Applied<'_>]) -> Locked<'_> {
        let mut numbers: SmallVec<[_; 4]> = applied.iter().map(|applied| applied.shard).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().filter_map(|n| Some((n, lock(self.shards.get(n)?)))).collect()
    }

    /// Where `applied` stands, if it has no room.
    fn refusal(&self, applied: &Applied<'_>, locked: &mut Locked<'_>, now: i64) -> Option<LimitState> {
        let count = shard(locked, applied)?.find(&applied.place, now);
        let standing = count.map_or_else(Standing::default, |count| self.stand(applied, count, now));
        let shortage = applied.limit.shortage(applied.amount, standing.total, applied.demand)?;
        Some(standing.state(applied).with_shortage(Some(shortage)))
    }

    /// Counts the action under `applied` unless that only observes and has no room, and says where it stands.
    fn count(
        &self,
        applied: &Applied<'_>,
        locked: &mut Locked<'_>,
        now: i64,
    ) -> (Option<LimitState>, Option<Hold>) {
        let Some(shard) = shard(locked, applied) else { return (None, None) };
        let (key, count) = shard.find_or_make(&applied.place, now);
        let before = self.stand(applied, count, now);
        let shortage = applied.limit.shortage(applied.amount, before.total, applied.demand);
        let hold = match shortage {
            None => self.take(applied, key, count, now),
            Some(_) => None,
        };
        let after = Applied { amount: 1, ..*applied };
        let state = self.stand(&after, count, now).state(applied);
        (Some(state.with_shortage(shortage)), hold)
    }

    /// Takes the action's place; what is only known at its end is held until then.
    fn take(&self, applied: &Applied<'_>, key: Key, count: &mut Count, now: i64) -> Option<Hold> {
        let (dimension, grain) = (applied.limit.limit().dimension, applied.limit.grain);
        let now = count.log.advance(now);
        count.changed = true;
        if dimension != Dimension::Concurrency && applied.amount > 0 {
            count.log.record(now, applied.amount, grain);
        }
        if dimension == Dimension::Requests {
            return None;
        }
        let ticket: Ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        count.hold(ticket, Open { at: now, held: applied.amount, used: 0, seen: now, grain });
        let (shard, window) = (applied.shard, applied.place.window);
        let enforces = applied.limit.limit().mode == Mode::Enforce;
        let (held, max) = (applied.amount, applied.limit.max);
        Some(Hold { shard, key, window, dimension, ticket, at: now, grain, held, told: 0, max, enforces })
    }

    fn stand(&self, applied: &Applied<'_>, count: &mut Count, now: i64) -> Standing {
        let now = count.log.advance(now);
        count.reap(now, self.ttl);
        if applied.limit.limit().dimension == Dimension::Concurrency {
            let total = count.under_way();
            let retry = if total < applied.limit.max { 0 } else { RETRY_MS };
            return Standing { total, reset: 0, retry };
        }
        let retry = count.log.retry_after(now, applied.amount, applied.limit.max);
        Standing { total: count.log.total(), reset: count.log.reset_after(now), retry }
    }
}

/// Where a count stands.
#[derive(Default)]
struct Standing {
    total: u64,
    reset: u64,
    retry: u64,
}

impl Standing {
    fn state(&self, applied: &Applied<'_>) -> LimitState {
        applied.limit.state(self.total, self.reset, self.retry)
    }
}

/// What a panic elsewhere left behind are counts like any other.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn shard<'a>(locked: &'a mut Locked<'_>, applied: &Applied<'_>) -> Option<&'a mut Shard> {
    locked.iter_mut().find(|(number, _)| *number == applied.shard).map(|(_, shard)| &mut **shard)
}

/// A few low bits choose the shard.
#[allow(clippy::cast_possible_truncation, reason = "the remainder is below the number of shards")]
fn shard_of(key: Key) -> usize {
    (key.0 % SHARDS as u128) as usize
}
