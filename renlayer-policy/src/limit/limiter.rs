//! The limiter: counts in memory, in shards, each behind a lock.
//!
//! An action takes the locks of all counts it touches, in the order of their shards, so that no two actions wait for each
//! other; looks whether there is room everywhere; and only then takes its place everywhere.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use smallvec::SmallVec;

use super::count::Ticket;
use super::key::{Key, Namer};
use super::reservation::Hold;
use super::set::{Compiled, LimitSet, Subject};
use super::shard::{Place, Shard};
use super::shared::{Claim, Due, Whose};
use super::tally::{Ask, RETRY_MS, Room, Standing, Tally};
use super::{Admission, CountRecord, Demand, Dimension, LimitState, Reservation, Shortage};
use crate::Mode;

const SHARDS: usize = 64;

/// Most subjects counted apart, over all limits.
const DEFAULT_CAPACITY: usize = 1 << 20;

/// How long a hold may be silent before it is taken for lost: longer than an upstream may.
const DEFAULT_TTL_MS: i64 = 3_600_000;

/// How many counts are written out under one lock.
const AT_ONCE: usize = 32;

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
    /// Where counts are slices of what instances share.
    slices: Option<Slices>,
}

/// What is needed to look after slices.
struct Slices {
    /// Whose they are: another one for each process.
    holder: u64,
    /// The counts that have to do with the store, each once.
    listed: Mutex<Vec<(usize, Key)>>,
    /// Told when the store should be spoken to before long.
    alert: Box<dyn Fn() + Send + Sync>,
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
        let counts = Counts::new(subjects, DEFAULT_TTL_MS, None);
        Self { counts: Arc::new(counts), namer: Arc::new(Namer::random()) }
    }

    /// A limiter that counts together with others, whose [`key`](Self::keyed) is the same. What it spends it takes from a
    /// store first: `alert` is called when somebody should [claim](Self::claims) before long, and must not block. `holder` is
    /// this limiter's own, never used before.
    pub fn sharing(holder: u64, alert: impl Fn() + Send + Sync + 'static) -> Self {
        Self::sharing_within(DEFAULT_CAPACITY, holder, alert)
    }

    /// The same, for at most about `subjects` subjects at a time: others are [refused](Shortage::Crowded) until some of those
    /// rest. What they used is in the store, so nothing is forgotten with them.
    pub fn sharing_within(subjects: usize, holder: u64, alert: impl Fn() + Send + Sync + 'static) -> Self {
        let slices = Slices { holder, listed: Mutex::default(), alert: Box::new(alert) };
        let counts = Counts::new(subjects, DEFAULT_TTL_MS, Some(slices));
        Self { counts: Arc::new(counts), namer: Arc::new(Namer::random()) }
    }

    /// Whether it counts together with others. Then its time is one that never goes back.
    pub fn is_shared(&self) -> bool {
        self.counts.slices.is_some()
    }

    /// The same limiter, naming its counts with a key that stays: what it keeps is then found again by another one.
    #[must_use]
    pub fn keyed(self, key: [u8; 16]) -> Self {
        Self { namer: Arc::new(Namer::new(key)), ..self }
    }

    /// A limiter that has counted nothing yet and takes holds for lost that have been silent for so long.
    pub fn with_ttl(ttl_ms: i64) -> Self {
        let counts = Arc::new(Counts::new(DEFAULT_CAPACITY, ttl_ms.max(1), None));
        Self { counts, namer: Arc::new(Namer::random()) }
    }

    /// Admits one action at `now_ms` and holds what it may use, or refuses it: also where the store that instances share would
    /// have to be asked first.
    ///
    /// `now_ms` is best taken from a clock that does not go back; where it does, what counts keeps its age.
    pub fn admit(&self, limits: &LimitSet, subject: &Subject<'_>, demand: Demand, now_ms: i64) -> Admission {
        let applied = self.applied(limits, subject, demand);
        let mut locked = self.counts.lock(&applied);
        self.counts.admit(&applied, &mut locked, now_ms)
    }

    /// The same, for somebody who can wait: none where the store has to be asked first. Then it is asked by the next of the
    /// [`claims`](Self::claims), and this is to be called again when that is answered.
    pub fn try_admit(
        &self,
        limits: &LimitSet,
        subject: &Subject<'_>,
        demand: Demand,
        now_ms: i64,
    ) -> Option<Admission> {
        let applied = self.applied(limits, subject, demand);
        let mut locked = self.counts.lock(&applied);
        // Under the same locks, so that nobody else takes in between what was there.
        if self.is_shared() && self.counts.asks(&applied, &mut locked, now_ms) {
            return None;
        }
        Some(self.counts.admit(&applied, &mut locked, now_ms))
    }

    /// What the store is to be told and asked now, about each count once: until a claim was answered there is no other.
    pub fn claims(&self, now_ms: i64) -> Vec<Claim> {
        self.counts.claims(now_ms, false)
    }

    /// The same at the end: what is not in use is given back.
    pub fn last_claims(&self, now_ms: i64) -> Vec<Claim> {
        self.counts.claims(now_ms, true)
    }

    /// Takes in what a claim was answered with, once it has taken effect.
    pub fn granted(&self, claim: &Claim, now_ms: i64) {
        self.counts.granted(claim, now_ms);
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
                records.extend(some.iter().filter_map(|key| shard.get(*key)?.record(*key)));
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

    fn applied<'a>(
        &self,
        limits: &'a LimitSet,
        subject: &'a Subject<'_>,
        demand: Demand,
    ) -> SmallVec<[Applied<'a>; 4]> {
        limits.applying(subject).map(|limit| self.locate(limit, subject, demand)).collect()
    }

    fn locate<'a>(&self, limit: &'a Compiled, subject: &Subject<'_>, demand: Demand) -> Applied<'a> {
        let written = limit.limit();
        let (kind, name) = subject.counted_as(written.scope);
        // What is counted is part of the name: requests are not to be taken for tokens where a limit is rewritten.
        let counts = written.dimension.as_str();
        let (tenant, id, of) = (subject.tenant, written.id.as_str(), written.name.as_str());
        let key = self.namer.name(&[tenant, id, of, counts, kind, name]);
        let shared = self.namer.name(&[tenant, id, of, counts]);
        let place = Place { subject: key, shared, terms: limit.terms() };
        Applied { limit, demand, amount: limit.asked(demand), shard: shard_of(key), place }
    }
}

impl Applied<'_> {
    fn ask(&self, amount: u64, now: i64, ttl: i64) -> Ask {
        let (max, grain, dimension) = (self.limit.max, self.limit.grain, self.limit.limit().dimension);
        Ask { amount, max, dimension, grain, now, ttl, patient: false }
    }

    fn enforces(&self) -> bool {
        self.limit.limit().mode == Mode::Enforce
    }

    /// Why there is no room; none also where the store is to be asked.
    fn shortage(&self, room: Room) -> Option<Shortage> {
        let now = match room {
            Room::Free | Room::Ask => None,
            Room::Full => Some(Shortage::Full),
            Room::Crowded => Some(Shortage::Crowded),
        };
        self.limit.never(self.amount, self.demand).or(now)
    }

    /// The same where nobody can be asked.
    fn shortage_now(&self, room: Room) -> Option<Shortage> {
        let unknown = || (room == Room::Ask).then_some(Shortage::Unreachable);
        self.shortage(room).or_else(unknown)
    }
}

impl Counts {
    fn new(subjects: usize, ttl: i64, slices: Option<Slices>) -> Self {
        let per_shard = subjects.div_ceil(SHARDS).max(1);
        let shard = || Mutex::new(Shard::new(per_shard, ttl, slices.is_some()));
        let shards = (0..SHARDS).map(|_| shard()).collect();
        Self { shards, tickets: AtomicU64::new(0), ttl, slices }
    }

    /// How long a hold may be silent.
    pub(super) fn ttl(&self) -> i64 {
        self.ttl
    }

    /// Changes the count that a hold is in, if it is still there.
    pub(super) fn with<T>(&self, hold: &Hold, now: i64, change: impl FnOnce(&mut Tally) -> T) -> Option<T> {
        let mut shard = lock(self.shards.get(hold.shard)?);
        let tally = shard.get(hold.key)?;
        let changed = change(tally);
        self.look_after(hold.shard, hold.key, tally, now);
        Some(changed)
    }

    fn lock(&self, applied: &[Applied<'_>]) -> Locked<'_> {
        let mut numbers: SmallVec<[_; 4]> = applied.iter().map(|applied| applied.shard).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().filter_map(|n| Some((n, lock(self.shards.get(n)?)))).collect()
    }

    /// The limit that refuses the action; where several do, the one that does so the longest.
    fn refusal(&self, applied: &[Applied<'_>], locked: &mut Locked<'_>, now: i64) -> Option<LimitState> {
        let refusals = applied.iter().filter(|applied| applied.enforces()).filter_map(|applied| {
            let mut standing = self.stand(applied, locked, now, false);
            let shortage = applied.shortage_now(standing.room)?;
            if shortage == Shortage::Unreachable {
                standing.retry = standing.retry.max(RETRY_MS);
            }
            Some(applied.limit.state(&standing).with_shortage(Some(shortage)))
        });
        refusals.max_by_key(|state| (state.shortage, state.retry_after_ms))
    }

    fn admit(self: &Arc<Self>, applied: &[Applied<'_>], locked: &mut Locked<'_>, now: i64) -> Admission {
        match self.refusal(applied, locked, now) {
            Some(limit) => Admission::Refused { limit },
            None => Admission::Admitted(self.reserve(applied, locked, now)),
        }
    }

    /// Whether the store is to be asked before the action is decided on. Then it will be, unless a limit refuses already.
    fn asks(&self, applied: &[Applied<'_>], locked: &mut Locked<'_>, now: i64) -> bool {
        let mut asked: SmallVec<[_; 4]> = SmallVec::new();
        for applied in applied {
            let room = self.stand(applied, locked, now, true).room;
            match applied.shortage(room) {
                Some(_) if applied.enforces() => return false,
                None if room == Room::Ask => asked.push(applied),
                _ => {}
            }
        }
        for applied in &asked {
            let place = shard(locked, applied).and_then(|shard| shard.find_or_make(&applied.place, now));
            let Some((key, tally)) = place else { continue };
            tally.want(applied.amount);
            self.look_after(applied.shard, key, tally, now);
        }
        !asked.is_empty()
    }

    /// Counts the action under all limits that have room for it.
    fn reserve(self: &Arc<Self>, applied: &[Applied<'_>], locked: &mut Locked<'_>, now: i64) -> Reservation {
        let mut reservation = Reservation::new(Arc::clone(self), now);
        for applied in applied {
            let (state, hold) = self.count(applied, locked, now);
            reservation.add(state, hold);
        }
        reservation
    }

    /// Counts the action under `applied` unless that only observes and has no room, and says where it stands.
    fn count(
        &self,
        applied: &Applied<'_>,
        locked: &mut Locked<'_>,
        now: i64,
    ) -> (Option<LimitState>, Option<Hold>) {
        let place = shard(locked, applied).and_then(|shard| shard.find_or_make(&applied.place, now));
        let Some((key, tally)) = place else {
            let state = applied.limit.state(&Standing::crowded(applied.limit.max));
            return (Some(state.with_shortage(Some(Shortage::Crowded))), None);
        };
        let room = tally.stand(&applied.ask(applied.amount, now, self.ttl)).room;
        let shortage = applied.shortage_now(room);
        let hold = match shortage {
            None => self.take(applied, key, tally, now),
            Some(_) => None,
        };
        let state = applied.limit.state(&tally.stand(&applied.ask(1, now, self.ttl)));
        (Some(state.with_shortage(shortage)), hold)
    }

    /// Takes the action's place; what is only known at its end is held until then.
    fn take(&self, applied: &Applied<'_>, key: Key, tally: &mut Tally, now: i64) -> Option<Hold> {
        let (dimension, grain) = (applied.limit.limit().dimension, applied.limit.grain);
        let ask = applied.ask(applied.amount, now, self.ttl);
        let ticket: Option<Ticket> =
            (dimension != Dimension::Requests).then(|| self.tickets.fetch_add(1, Ordering::Relaxed));
        let at = tally.take(&ask, ticket);
        self.look_after(applied.shard, key, tally, now);
        let (shard, enforces) = (applied.shard, applied.enforces());
        let (held, max) = (applied.amount, applied.limit.max);
        ticket.map(|ticket| Hold { shard, key, dimension, ticket, at, grain, held, told: 0, max, enforces })
    }

    fn stand(&self, applied: &Applied<'_>, locked: &mut Locked<'_>, now: i64, patient: bool) -> Standing {
        let ask = Ask { patient, ..applied.ask(applied.amount, now, self.ttl) };
        let Some(shard) = shard(locked, applied) else { return Standing::crowded(ask.max) };
        if let Some(tally) = shard.find(&applied.place, now) {
            return tally.stand(&ask);
        }
        match shard.is_crowded(&applied.place, now) {
            true => Standing::crowded(ask.max),
            false => Standing::of_none(ask.amount, ask.max, self.slices.is_some()),
        }
    }
}

impl Counts {
    /// Sees to it that the store hears of a slice in time.
    fn look_after(&self, shard: usize, key: Key, tally: &mut Tally, now: i64) {
        let Some((slices, slice)) = self.slices.as_ref().zip(tally.slice()) else { return };
        if !std::mem::replace(&mut slice.listed, true) {
            slices.listed().push((shard, key));
        }
        if slice.is_urgent(now) {
            (slices.alert)();
        }
    }

    fn claims(&self, now: i64, closing: bool) -> Vec<Claim> {
        let Some(slices) = &self.slices else { return Vec::new() };
        let listed = std::mem::take(&mut *slices.listed());
        let mut claims = Vec::new();
        for (number, key) in listed {
            let Some(mut shard) = self.shards.get(number).map(lock) else { continue };
            let crowded = shard.is_full();
            let Some(slice) = shard.get(key).and_then(Tally::slice) else { continue };
            // Where others wait for its place, one that is not in use is done with.
            let closing = closing || (crowded && slice.is_unused(now));
            match slice.due(Whose { key, shard: number, holder: slices.holder }, now, closing) {
                Due::Claim(claim) => claims.push(*claim),
                Due::Later => {}
                Due::Nothing => {
                    slice.listed = false;
                    continue;
                }
            }
            slices.listed().push((number, key));
        }
        claims
    }

    fn granted(&self, claim: &Claim, now: i64) {
        let Some(mut shard) = self.shards.get(claim.whose.shard).map(lock) else { return };
        if let Some(slice) = shard.get(claim.whose.key).and_then(Tally::slice) {
            slice.granted(claim, now);
        }
    }
}

impl Slices {
    fn listed(&self) -> MutexGuard<'_, Vec<(usize, Key)>> {
        self.listed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Slices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slices").finish_non_exhaustive()
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
