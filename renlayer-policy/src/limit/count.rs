//! The count of one subject under one limit: what was used, and what actions under way hold.

use std::collections::BTreeMap;

use super::log::Log;
use super::runs::Run;

/// One count. Of a limit on concurrency it holds what is under way alone, of the others a log, in which what is held counts
/// as if it were used.
#[derive(Debug, Default)]
pub(super) struct Count {
    pub(super) log: Log,
    open: BTreeMap<Ticket, Open>,
    /// No hold has been silent since before this.
    silent_since: i64,
    /// Whether it has changed since it was last kept elsewhere.
    pub(super) changed: bool,
}

/// Tells the holds of a count apart.
pub(super) type Ticket = u64;

/// What an action under way holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Open {
    /// When it was admitted, by the log.
    pub(super) at: i64,
    /// How much counts for it.
    pub(super) held: u64,
    /// How much of that it is known to have used.
    pub(super) used: u64,
    /// When it last gave a sign of life, by the log.
    pub(super) seen: i64,
    /// Of the limit.
    pub(super) grain: i64,
}

impl Count {
    /// A count as it was kept.
    pub(super) fn of(runs: impl IntoIterator<Item = Run>, window: i64, open: Vec<Open>) -> Self {
        let silent_since = open.iter().map(|open| open.seen).min().unwrap_or_default();
        // From the far end: new holds are numbered from the near one.
        let open = (0..).map(|n| Ticket::MAX - n).zip(open).collect();
        let mut log = Log::of(runs);
        log.over(window);
        Self { log, open, silent_since, changed: false }
    }

    /// How many actions are under way.
    pub(super) fn under_way(&self) -> u64 {
        self.open.len() as u64
    }

    /// What is held now.
    pub(super) fn open(&self) -> impl Iterator<Item = &Open> {
        self.open.values()
    }

    /// Notes a hold.
    pub(super) fn hold(&mut self, ticket: Ticket, open: Open) {
        self.silent_since = if self.open.is_empty() { open.seen } else { self.silent_since.min(open.seen) };
        self.open.insert(ticket, open);
        self.changed = true;
    }

    /// Notes what a hold is known to have used; more than it held counts from now on. Answers what counts for it now.
    pub(super) fn meter(&mut self, ticket: Ticket, used: u64, seen: i64) -> Option<u64> {
        let open = self.open.get_mut(&ticket)?;
        let held = open.held.max(used);
        self.log.correct(open.at, open.held, held, open.grain);
        *open = Open { held, used: open.used.max(used), seen: open.seen.max(seen), ..*open };
        self.changed = true;
        Some(held)
    }

    /// Ends a hold; with `used` that is what counts for it, without it stays what it held.
    pub(super) fn release(&mut self, ticket: Ticket, used: Option<u64>) -> Option<()> {
        let open = self.open.remove(&ticket)?;
        self.log.correct(open.at, open.held, used.unwrap_or(open.held), open.grain);
        self.changed = true;
        Some(())
    }

    /// Ends the holds that have been silent for longer than `ttl`: what they are known to have used is what counts.
    pub(super) fn reap(&mut self, now: i64, ttl: i64) {
        if self.open.is_empty() || now.saturating_sub(self.silent_since) <= ttl {
            return;
        }
        let silent = |open: &Open| now.saturating_sub(open.seen) > ttl;
        let lost: Vec<Ticket> = self.open.iter().filter(|(_, open)| silent(open)).map(|(t, _)| *t).collect();
        for ticket in lost {
            let used = self.open.get(&ticket).map(|open| open.used);
            self.release(ticket, used);
        }
        self.silent_since = self.open.values().map(|open| open.seen).min().unwrap_or(now);
    }

    /// Whether nothing would be lost with it.
    pub(super) fn is_idle(&self, now: i64) -> bool {
        self.open.is_empty() && self.log.is_idle(now)
    }
}
