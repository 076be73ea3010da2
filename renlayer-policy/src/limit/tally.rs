//! A count, kept in one of two ways: all of it here, or as a slice of what several instances share.

use super::count::{Count, Open, Ticket};
use super::record::CountRecord;
use super::shared::{Slice, Terms};
use super::{Dimension, key::Key};

pub(super) use super::shared::Room;

/// When to ask again for what is free as soon as another action ends, or somebody answers again.
pub(super) const RETRY_MS: u64 = 1_000;

#[derive(Debug)]
pub(super) enum Tally {
    Own(Count),
    Slice(Box<Slice>),
}

/// What is asked of a count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask {
    pub(super) amount: u64,
    pub(super) max: u64,
    pub(super) dimension: Dimension,
    pub(super) grain: i64,
    pub(super) now: i64,
    /// How long a hold may be silent.
    pub(super) ttl: i64,
    /// Whether it waits for what other instances do not need.
    pub(super) patient: bool,
}

/// Where a count stands.
pub(super) struct Standing {
    pub(super) total: u64,
    pub(super) reset: u64,
    pub(super) retry: u64,
    pub(super) room: Room,
}

/// Where a hold stands once its count was told what is used.
pub(super) struct Metered {
    /// How much counts for the action.
    pub(super) held: u64,
    /// Whether there was no room for what it used beyond that.
    pub(super) beyond: bool,
    pub(super) retry: u64,
    pub(super) reset: u64,
}

impl Standing {
    /// Of a count that is not there yet.
    pub(super) fn of_none(amount: u64, max: u64, shared: bool) -> Self {
        let room = if shared && amount > 0 { Room::Ask } else { Room::of(amount <= max) };
        Self { total: 0, reset: 0, retry: 0, room }
    }

    /// Of one that there is no room to keep: nothing is known of it.
    pub(super) fn crowded(max: u64) -> Self {
        Self { total: max, reset: 0, retry: RETRY_MS, room: Room::Crowded }
    }
}

impl Room {
    fn of(free: bool) -> Self {
        if free { Self::Free } else { Self::Full }
    }
}

impl Tally {
    pub(super) fn new(shared: bool, terms: Terms) -> Self {
        if shared { Self::Slice(Box::new(Slice::new(terms))) } else { Self::Own(Count::default()) }
    }

    /// Counts by these terms from now on.
    pub(super) fn over(&mut self, terms: Terms) {
        match self {
            Self::Own(count) => count.log.over(terms.window),
            Self::Slice(slice) => slice.over(terms),
        }
    }

    pub(super) fn stand(&mut self, ask: &Ask) -> Standing {
        let at_once = ask.dimension == Dimension::Concurrency;
        match self {
            Self::Own(count) => {
                let now = count.log.advance(ask.now);
                count.reap(now, ask.ttl);
                let total = if at_once { count.under_way() } else { count.log.total() };
                let room = Room::of(ask.amount <= ask.max.saturating_sub(total));
                let retry = match at_once {
                    true => u64::from(total >= ask.max) * RETRY_MS,
                    false => count.log.retry_after(now, ask.amount, ask.max),
                };
                let reset = if at_once { 0 } else { count.log.reset_after(now) };
                Standing { total, reset, retry, room }
            }
            Self::Slice(slice) => {
                slice.reap(ask.now, ask.ttl);
                let room = slice.room(ask.amount, ask.now, ask.patient);
                let (retry, reset) = slice.waits(ask.amount, ask.now);
                let (retry, reset) = match at_once {
                    true => (u64::from(slice.left() < ask.amount) * RETRY_MS, 0),
                    false => (retry, reset),
                };
                Standing { total: ask.max.saturating_sub(slice.left()), reset, retry, room }
            }
        }
    }

    /// Takes an action's place; what is only known at its end is held under a ticket until then.
    pub(super) fn take(&mut self, ask: &Ask, ticket: Option<Ticket>) -> i64 {
        match self {
            Self::Own(count) => {
                let now = count.log.advance(ask.now);
                count.changed = true;
                if ask.dimension != Dimension::Concurrency && ask.amount > 0 {
                    count.log.record(now, ask.amount, ask.grain);
                }
                if let Some(ticket) = ticket {
                    let open = Open { at: now, held: ask.amount, used: 0, seen: now, grain: ask.grain };
                    count.hold(ticket, open);
                }
                now
            }
            Self::Slice(slice) => {
                slice.take(ask.amount, ticket, ask.now);
                ask.now
            }
        }
    }

    /// Somebody waits for `amount` of what is shared.
    pub(super) fn want(&mut self, amount: u64) {
        if let Self::Slice(slice) = self {
            slice.want(amount);
        }
    }

    pub(super) fn slice(&mut self) -> Option<&mut Slice> {
        match self {
            Self::Own(_) => None,
            Self::Slice(slice) => Some(slice),
        }
    }

    /// What is to be kept of it elsewhere, if it has changed. What is shared is kept where it is shared.
    pub(super) fn record(&mut self, key: Key) -> Option<CountRecord> {
        match self {
            Self::Own(count) => CountRecord::of(key, count),
            Self::Slice(_) => None,
        }
    }

    pub(super) fn has_changed(&self) -> bool {
        matches!(self, Self::Own(count) if count.changed)
    }

    /// Ends what has been silent for too long.
    pub(super) fn reap(&mut self, now: i64, ttl: i64) {
        match self {
            Self::Own(count) => count.reap(count.log.by_the_log(now), ttl),
            Self::Slice(slice) => slice.reap(now, ttl),
        }
    }

    /// Whether nothing would be lost with it.
    pub(super) fn is_idle(&self, now: i64) -> bool {
        match self {
            Self::Own(count) => count.is_idle(now),
            Self::Slice(slice) => slice.is_idle(),
        }
    }

    /// Gives back memory that a busier time needed.
    pub(super) fn shrink(&mut self) {
        if let Self::Own(count) = self {
            count.log.shrink();
        }
    }
}
