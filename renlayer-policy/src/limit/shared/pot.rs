//! What the store holds of one count: what was spent and when, and who holds how much of the rest.
//!
//! What is spent and what is held never come to more than the limit, except by what was used without being covered. What
//! is held counts without end, until its holder says what became of it or falls silent; so whatever a holder spends counts from
//! before it is spent.
//!
//! Instances that ask may count over different windows, for a limit that was edited does not change everywhere at once, and may
//! be edited back. Each is answered by its own, and what was spent is kept for the longest that is in use.

use super::super::runs::Run;
use super::bytes::{Reader, Writer};
use super::claim::{Claim, Grant, Terms};
use super::{TTL_MS, grain};

const VERSION: u8 = 2;

/// A clock that goes back by no more than this is two answers that were given in one order and arrive in the other.
const SKEW_MS: i64 = 1_000;

/// How long what a holder kept in reserve may still be there: after that it was spent or given back.
const SPARE_MS: i64 = 800;

/// How long holders are asked to keep nothing in reserve after somebody found no room.
const SHORT_MS: i64 = 1_000;

/// Its times are its own: those of the store's clock, and what that was set back by.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pot {
    latest: i64,
    behind: i64,
    short_until: i64,
    serials: u64,
    /// That were asked over lately, the shortest first.
    windows: Vec<InUse>,
    /// By time.
    runs: Vec<Run>,
    shares: Vec<Share>,
}

/// A window that something was granted over, and when none of that can count in it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct InUse {
    window: i64,
    until: i64,
}

/// What one instance holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Share {
    holder: u64,
    serial: u64,
    held: u64,
    /// How much of that it was about to keep in reserve.
    spare: u64,
    until: i64,
}

impl Pot {
    /// Takes the store's time, forgets what no longer counts, and answers what time it is here.
    pub(super) fn advance(&mut self, store_ms: i64, terms: Terms) -> i64 {
        let now = store_ms.saturating_add(self.behind);
        let back = self.latest.saturating_sub(now);
        if back > SKEW_MS {
            self.behind = self.behind.saturating_add(back);
        }
        self.latest = self.latest.max(now);
        let now = self.latest;
        self.use_window(terms.window, now);
        for lost in self.shares.extract_if(.., |share| share.until <= now).collect::<Vec<_>>() {
            // It may have been spent at the last moment.
            self.record(lost.until, lost.held);
        }
        let keeps = self.keeps();
        self.runs.retain(|run| run.last.saturating_add(keeps) > now);
        self.coarsen(now);
        now
    }

    /// Notes that it is asked over this window.
    fn use_window(&mut self, window: i64, now: i64) {
        self.windows.retain(|used| used.until > now && used.window != window);
        if window > 0 {
            // What is granted now is spent before its share ends.
            let until = now.saturating_add(TTL_MS).saturating_add(window);
            let nth = self.windows.partition_point(|used| used.window < window);
            self.windows.insert(nth, InUse { window, until });
        }
    }

    /// For how long what was spent is kept: over the longest window in use.
    fn keeps(&self) -> i64 {
        self.windows.last().map_or(0, |used| used.window)
    }

    /// Merges the runs that count in longer windows alone, as closely as the shortest of those tells them apart: so their number
    /// is bounded however long the longest is.
    fn coarsen(&mut self, now: i64) {
        let windows: Vec<i64> = self.windows.iter().map(|used| used.window).collect();
        let cell = |at: i64| {
            let counts = windows.iter().find(|window| at.saturating_add(**window) > now);
            let grain = grain(counts.copied().unwrap_or_default());
            (grain, at.div_euclid(grain))
        };
        self.runs.dedup_by(|later, run| {
            let same = cell(later.last) == cell(run.last);
            if same {
                *run = Run { last: later.last, amount: run.amount.saturating_add(later.amount) };
            }
            same
        });
    }

    /// What to answer a claim that cannot be applied: it was already, or its share is gone.
    pub(super) fn answered(&self, claim: &Claim) -> Option<Grant> {
        let serial = self.share(claim.whose.holder).map_or(0, |share| share.serial);
        if serial == claim.serial {
            return None;
        }
        let attempt = claim.attempt.as_ref().filter(|attempt| attempt.serial == serial && serial != 0);
        match attempt {
            Some(attempt) => Some(attempt.clone()),
            None if claim.serial == 0 => None,
            None => Some(Grant { void: true, ..Grant::default() }),
        }
    }

    /// Settles what the claim tells of its share, and grants what there is room for.
    pub(super) fn grant(&mut self, claim: &Claim, now: i64, asked_ms: i64) -> Grant {
        let Terms { window, max } = claim.terms;
        let held = self.settle(claim, now, asked_ms);
        let counted = self.total(window).saturating_add(held);
        let free = max.saturating_sub(counted);
        let granted = self.granted(claim, free, now);
        let elsewhere = self.spare(now);
        let serial = self.share_out(claim, held.saturating_add(granted), granted, now);
        let ends = self.within(window).map(|run| (run.last.saturating_add(window) - now, run.amount));
        Grant {
            serial,
            void: false,
            until: asked_ms.saturating_add(TTL_MS),
            granted,
            free: free.saturating_sub(granted),
            excess: counted.saturating_sub(max),
            keeps: self.keeps(),
            elsewhere,
            short: self.short_until > now,
            ends: ends.collect(),
        }
    }

    /// Takes out the share that the claim is about, moves what was spent of it to the runs, and answers how much of it is held still.
    fn settle(&mut self, claim: &Claim, now: i64, asked_ms: i64) -> u64 {
        let own = self.take(claim.whose.holder);
        let mut held = match own {
            Some(share) if share.serial == claim.serial => share.held,
            // One that its holder knows nothing of any more: it may have spent all of it.
            own => {
                self.record(now, own.map_or(0, |share| share.held));
                0
            }
        };
        held = held.saturating_add(claim.owed).saturating_sub(claim.back);
        for run in &claim.spent {
            // Younger than it is by as long as the claim was on its way, and never older.
            let age = asked_ms.saturating_sub(run.last).max(0);
            self.record(now.saturating_sub(age), run.amount);
            held = held.saturating_sub(run.amount);
        }
        held
    }

    /// Puts back the share, of which so much is held and so much of that new, under a serial of its own, which it answers; none where
    /// nothing is held.
    fn share_out(&mut self, claim: &Claim, held: u64, granted: u64, now: i64) -> u64 {
        self.serials = self.serials.saturating_add(claim.tries);
        if held == 0 {
            return 0;
        }
        let (holder, serial) = (claim.whose.holder, self.serials);
        let spare = claim.spare.saturating_add(granted.saturating_sub(claim.waiting)).min(held);
        self.shares.push(Share { holder, serial, held, spare, until: now.saturating_add(TTL_MS) });
        serial
    }

    /// What those who have shares were lately about to keep in reserve.
    fn spare(&self, now: i64) -> u64 {
        let lately = |share: &&Share| now.saturating_sub(share.until.saturating_sub(TTL_MS)) < SPARE_MS;
        self.shares.iter().filter(lately).map(|share| share.spare).fold(0, u64::saturating_add)
    }

    /// What waits comes first. Of the rest a holder gets so much that what it has in reserve is at most half of its even part.
    fn granted(&mut self, claim: &Claim, free: u64, now: i64) -> u64 {
        let waiting = claim.waiting.min(free);
        if waiting < claim.waiting {
            self.short_until = now.saturating_add(SHORT_MS);
            return if waiting < claim.need { 0 } else { waiting };
        }
        if self.short_until > now {
            return waiting;
        }
        let holders = self.shares.len() as u64 + 1;
        let part = (free - waiting).saturating_add(claim.spare) / (2 * holders);
        waiting.saturating_add(claim.extra.min(part.saturating_sub(claim.spare)).min(free - waiting))
    }

    /// When it counts nothing any more, by the store's clock.
    pub(super) fn until(&self) -> i64 {
        let spent = self.runs.iter().map(|run| run.last).chain(self.shares.iter().map(|share| share.until));
        let spent = spent.map(|at| at.saturating_add(self.keeps()));
        let windows = self.windows.iter().map(|used| used.until);
        spent.chain(windows).fold(self.latest, i64::max).saturating_sub(self.behind)
    }

    fn share(&self, holder: u64) -> Option<&Share> {
        self.shares.iter().find(|share| share.holder == holder)
    }

    fn take(&mut self, holder: u64) -> Option<Share> {
        let nth = self.shares.iter().position(|share| share.holder == holder)?;
        Some(self.shares.swap_remove(nth))
    }

    /// What counts in a window that ends now.
    fn within(&self, window: i64) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(move |run| run.last.saturating_add(window) > self.latest)
    }

    fn total(&self, window: i64) -> u64 {
        let runs = self.within(window).map(|run| run.amount);
        runs.chain(self.shares.iter().map(|share| share.held)).fold(0, u64::saturating_add)
    }

    /// Counts what was spent at `at`; what was spent close together counts until the last of it stops. What is under way alone
    /// is not counted once it is over.
    fn record(&mut self, at: i64, amount: u64) {
        if amount == 0 || at.saturating_add(self.keeps()) <= self.latest {
            return;
        }
        let finest = grain(self.windows.first().map_or(0, |used| used.window));
        let cell = |at: i64| at.div_euclid(finest);
        let nth = self.runs.partition_point(|run| cell(run.last) < cell(at));
        match self.runs.get_mut(nth).filter(|run| cell(run.last) == cell(at)) {
            Some(run) => {
                *run = Run { last: run.last.max(at), amount: run.amount.saturating_add(amount) };
            }
            None => self.runs.insert(nth, Run { last: at, amount }),
        }
    }

    /// As the store keeps it.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Writer::new(VERSION);
        for time in [self.latest, self.behind, self.short_until] {
            bytes.put_time(time);
        }
        bytes.put(self.serials);
        bytes.put(self.windows.len() as u64);
        for used in &self.windows {
            bytes.put_time(used.window);
            bytes.put_time(used.until);
        }
        bytes.put(self.runs.len() as u64);
        let mut before = 0;
        for run in &self.runs {
            bytes.put_time(run.last.saturating_sub(before));
            bytes.put(run.amount);
            before = run.last;
        }
        for share in &self.shares {
            [share.holder, share.serial, share.held, share.spare].into_iter().for_each(|n| bytes.put(n));
            bytes.put_time(share.until);
        }
        bytes.finish()
    }

    /// None where that is not a pot.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut bytes = Reader::new(bytes, VERSION)?;
        let [latest, behind, short_until] = [bytes.take_time()?, bytes.take_time()?, bytes.take_time()?];
        let serials = bytes.take()?;
        let len = bytes.take_len()?;
        let mut windows = Vec::with_capacity(len);
        for _ in 0..len {
            windows.push(InUse { window: bytes.take_time()?, until: bytes.take_time()? });
        }
        let len = bytes.take_len()?;
        let mut runs = Vec::with_capacity(len);
        let mut last: i64 = 0;
        for _ in 0..len {
            last = last.saturating_add(bytes.take_time()?);
            runs.push(Run { last, amount: bytes.take()? });
        }
        let mut shares = Vec::new();
        while let Some(holder) = bytes.take() {
            let [serial, held, spare] = [bytes.take()?, bytes.take()?, bytes.take()?];
            shares.push(Share { holder, serial, held, spare, until: bytes.take_time()? });
        }
        Some(Self { latest, behind, short_until, serials, windows, runs, shares })
    }
}
