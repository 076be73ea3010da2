//! An instance's part of a count: what it may spend without asking, what it has spent and not yet told, and what actions
//! under way hold.
//!
//! All of it together is what the store holds for the instance, up to what is told by a claim on its way. A slice is as large
//! as what was lately spent of it suggests, and what is not needed goes back.

use std::collections::BTreeMap;

use super::super::count::Ticket;
use super::super::runs::Run;
use super::claim::{Claim, Grant, Terms, Whose};
use super::{TTL_MS, grain};

/// A slice is to last so long.
const HORIZON_MS: u64 = 400;

/// What is told that nobody waits for is told no more often.
const PACE_MS: i64 = 250;

/// What was not spent for so long is given back.
const IDLE_MS: i64 = 500;

/// How long it is taken for granted that there is no room, once the store said so.
const DENIED_MS: i64 = 100;

/// How long the store's last answer says why there is no room.
const KNOWN_MS: i64 = 2_000;

/// How long to wait before reserves are asked for again where there were none.
const DRY_MS: i64 = 100;

/// One instance's part of one count.
#[derive(Debug)]
pub(in super::super) struct Slice {
    /// What the limit says, and what it said when `unspent` was granted.
    terms: Terms,
    agreed: Terms,
    /// The store's; 0 where it knows of none.
    serial: u64,
    /// Until when `unspent` may be spent.
    until: i64,
    unspent: u64,
    /// Not to be spent any more, for more counts than the limit says; and of how much else that is so once it is free.
    returned: u64,
    excess: u64,
    /// Spent and not yet told.
    spent: Vec<Run>,
    open: BTreeMap<Ticket, Open>,
    /// Used without being covered, and not yet told.
    owed: u64,
    /// What calls wait for: the least of them, and all together.
    need: u64,
    waiting: u64,
    /// Whether a claim is on its way.
    claimed: bool,
    /// When the last one was made, and what was spent since.
    claimed_at: i64,
    spent_since: u64,
    spent_at: i64,
    /// When something was last granted.
    granted_at: i64,
    /// How much is to be at hand.
    reserve: u64,
    /// What the store said last, and when it was asked.
    known: Known,
    /// Until when there is no room, or nothing in reserve.
    denied_until: i64,
    dry_until: i64,
    /// Whether the limiter looks after it by itself.
    pub(in super::super) listed: bool,
}

/// What an action under way holds.
#[derive(Clone, Copy, Debug)]
struct Open {
    at: i64,
    held: u64,
    used: u64,
    seen: i64,
    /// Whether it was told already, as what no longer counts.
    told: bool,
}

/// What the store said last.
#[derive(Debug)]
struct Known {
    at: i64,
    free: u64,
    keeps: i64,
    elsewhere: u64,
    short: bool,
    ends: Vec<(i64, u64)>,
}

/// What is to be done about a slice.
pub(in super::super) enum Due {
    /// The store is to be told, or asked.
    Claim(Box<Claim>),
    /// Not now.
    Later,
    /// Nothing, until somebody uses it.
    Nothing,
}

/// Whether there is room in a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Room {
    Free,
    /// The store has none, as far as is known.
    Full,
    /// The store is to be asked.
    Ask,
    /// There is no slice, nor room to keep one.
    Crowded,
}

impl Slice {
    pub(in super::super) fn new(terms: Terms) -> Self {
        Self {
            terms,
            agreed: terms,
            serial: 0,
            until: i64::MIN,
            unspent: 0,
            returned: 0,
            excess: 0,
            spent: Vec::new(),
            open: BTreeMap::new(),
            owed: 0,
            need: 0,
            waiting: 0,
            claimed: false,
            claimed_at: i64::MIN,
            spent_since: 0,
            spent_at: i64::MIN,
            granted_at: i64::MIN,
            reserve: 0,
            known: Known { at: i64::MIN, free: 0, keeps: 0, elsewhere: 0, short: false, ends: Vec::new() },
            denied_until: i64::MIN,
            dry_until: i64::MIN,
            listed: false,
        }
    }

    /// What the limit says now. Where that was edited, what was granted is not to be spent: it goes back, and the store is asked
    /// anew.
    pub(in super::super) fn over(&mut self, terms: Terms) {
        if terms != self.terms {
            self.terms = terms;
            self.known.at = i64::MIN;
            (self.denied_until, self.dry_until) = (i64::MIN, i64::MIN);
        }
    }

    fn was_edited(&self) -> bool {
        self.agreed != self.terms
    }

    /// What may be spent without asking.
    fn spendable(&self, now: i64) -> u64 {
        if now < self.until && !self.was_edited() { self.unspent } else { 0 }
    }

    /// Whether `amount` may be spent now. `patient` is somebody who waits for what others hold and do not need.
    pub(in super::super) fn room(&self, amount: u64, now: i64, patient: bool) -> Room {
        let unspent = self.spendable(now);
        if amount <= unspent && (self.owed == 0 || amount == 0) {
            return Room::Free;
        }
        let within = |more: u64| amount <= unspent.saturating_add(self.known.free).saturating_add(more);
        if !patient {
            // Who cannot wait is told what was known lately.
            let lately = now.saturating_sub(self.known.at) < KNOWN_MS;
            return if lately && !within(0) { Room::Full } else { Room::Ask };
        }
        if now >= self.denied_until || within(0) || within(self.known.elsewhere) {
            return Room::Ask;
        }
        Room::Full
    }

    /// Somebody waits for `amount`.
    pub(in super::super) fn want(&mut self, amount: u64) {
        let amount = amount.max(1);
        self.need = if self.need == 0 { amount } else { self.need.min(amount) };
        self.waiting = self.waiting.saturating_add(amount);
    }

    /// Spends `amount`, which there is [room](Self::room) for; with a ticket it is held until that is released.
    pub(in super::super) fn take(&mut self, amount: u64, ticket: Option<Ticket>, now: i64) {
        self.unspent = self.unspent.saturating_sub(amount);
        self.spent_since = self.spent_since.saturating_add(amount);
        self.spent_at = now;
        match ticket {
            Some(ticket) => {
                let open = Open { at: now, held: amount, used: 0, seen: now, told: false };
                self.open.insert(ticket, open);
            }
            None => self.spend(now, amount),
        }
    }

    /// Notes what a hold is known to have used. What goes beyond what it holds is spent as well, covered or not. Answers what
    /// it holds by then, and whether there was no room for it.
    pub(in super::super) fn meter(&mut self, ticket: Ticket, used: u64, now: i64) -> Option<(u64, bool)> {
        let open = self.open.get_mut(&ticket)?;
        open.used = open.used.max(used);
        open.seen = open.seen.max(now);
        let more = used.saturating_sub(open.held);
        if more == 0 {
            return Some((open.held, false));
        }
        open.held = used;
        let Open { at, told, .. } = *open;
        let kept = at.saturating_add(self.terms.window.max(self.known.keeps)) > now;
        if told && !kept {
            return Some((used, false));
        }
        let covered = if told { 0 } else { more.min(self.spendable(now)) };
        self.unspent = self.unspent.saturating_sub(covered);
        self.owed = self.owed.saturating_add(more - covered);
        self.spent_since = self.spent_since.saturating_add(more);
        self.spent_at = now;
        if told {
            self.spend(at, more);
        }
        // Where the store has something left it covers this; where it had none, or is not there to say so, nothing does.
        let counts = at.saturating_add(self.terms.window) > now;
        let beyond = counts && covered < more && (self.known.free == 0 || now >= self.until);
        Some((used, beyond))
    }

    /// Ends a hold: `used` of it is what counts, as of its beginning, without `used` all of it.
    pub(in super::super) fn release(&mut self, ticket: Ticket, used: Option<u64>) {
        let Some(open) = self.open.remove(&ticket) else { return };
        let used = if self.terms.window == 0 { 0 } else { used.unwrap_or(open.held) };
        let more = used.saturating_sub(open.held);
        self.owed = self.owed.saturating_add(more);
        if open.told {
            self.spend(open.at, more);
            return;
        }
        self.spend(open.at, used);
        // What was never covered is not there to be spent by others.
        let unused = open.held.saturating_sub(used);
        let uncovered = unused.min(self.owed);
        self.owed -= uncovered;
        self.unspent = self.unspent.saturating_add(unused - uncovered);
        self.give_up();
    }

    /// What is free although more counts than the limit says goes back.
    fn give_up(&mut self) {
        let back = self.unspent.min(self.excess);
        self.unspent -= back;
        self.excess -= back;
        self.returned = self.returned.saturating_add(back);
    }

    /// Ends the holds that have been silent for longer than `ttl`: what they are known to have used is what counts.
    pub(in super::super) fn reap(&mut self, now: i64, ttl: i64) {
        let silent = |open: &Open| now.saturating_sub(open.seen) > ttl;
        let lost: Vec<_> = self.open.iter().filter(|(_, open)| silent(open)).collect();
        let lost: Vec<_> = lost.into_iter().map(|(ticket, open)| (*ticket, open.used)).collect();
        lost.into_iter().for_each(|(ticket, used)| self.release(ticket, Some(used)));
    }

    /// Whether the store should hear of it before long.
    pub(in super::super) fn is_urgent(&self, now: i64) -> bool {
        let waits = self.waiting > 0 && now >= self.denied_until;
        !self.claimed && (waits || self.owed > 0 || self.is_low(now))
    }

    /// Whether nothing would be lost with it.
    pub(in super::super) fn is_idle(&self) -> bool {
        self.serial == 0 && !self.claimed && !self.listed && self.open.is_empty()
    }

    /// What the store is to be told or asked now. `closing` gives back whatever is not in use.
    pub(in super::super) fn due(&mut self, whose: Whose, now: i64, closing: bool) -> Due {
        if self.claimed {
            return Due::Later;
        }
        if self.serial == 0 && self.open.is_empty() && self.waiting == 0 && self.owed == 0 {
            return Due::Nothing;
        }
        let rested = closing || now.saturating_sub(self.claimed_at) >= PACE_MS;
        let renews = self.serial != 0 && self.until.saturating_sub(now) < TTL_MS * 2 / 3;
        let back = if rested || self.was_edited() { self.surplus(now, closing) } else { 0 };
        let returns = back > 0 || (rested && self.returned > 0);
        if self.is_urgent(now) || returns || (rested && renews) || (closing && !self.spent.is_empty()) {
            return Due::Claim(Box::new(self.claim(whose, back, now, closing)));
        }
        Due::Later
    }

    fn claim(&mut self, whose: Whose, back: u64, now: i64, closing: bool) -> Claim {
        let since = u64::try_from(now.saturating_sub(self.claimed_at)).unwrap_or(0).max(50);
        let pace = u128::from(self.spent_since) * u128::from(HORIZON_MS) / u128::from(since);
        let before = if self.is_unused(now) { 0 } else { self.reserve / 2 };
        self.reserve = u64::try_from(pace).unwrap_or(u64::MAX).max(before);
        self.tell_old(now);
        self.unspent = self.unspent.saturating_sub(back);
        let back = back.saturating_add(std::mem::take(&mut self.returned));
        self.claimed = true;
        self.claimed_at = now;
        self.spent_since = 0;
        let (waiting, need) = (std::mem::take(&mut self.waiting), std::mem::take(&mut self.need));
        let lasting = !closing && back == 0 && now >= self.dry_until;
        let extra = if lasting { self.reserve.saturating_sub(self.unspent) } else { 0 };
        Claim {
            whose,
            terms: self.terms,
            serial: self.serial,
            spent: std::mem::take(&mut self.spent),
            owed: std::mem::take(&mut self.owed),
            back,
            spare: self.unspent,
            need: need.saturating_sub(self.unspent),
            waiting: waiting.saturating_sub(self.unspent),
            extra,
            tries: 0,
            attempt: None,
        }
    }

    /// Takes in what a claim was answered with.
    pub(in super::super) fn granted(&mut self, claim: &Claim, now: i64) {
        let Some(grant) = &claim.attempt else { return };
        self.claimed = false;
        if grant.void {
            self.lose(self.owed.saturating_add(claim.owed), now);
            return;
        }
        self.serial = grant.serial;
        self.until = grant.until;
        self.unspent = self.unspent.saturating_add(grant.granted);
        self.granted_at = if grant.granted > 0 { now } else { self.granted_at };
        (self.agreed, self.excess) = (claim.terms, grant.excess);
        self.give_up();
        if grant.granted < claim.waiting {
            self.denied_until = now.saturating_add(DENIED_MS);
        }
        if grant.granted < claim.waiting.saturating_add(claim.extra.div_ceil(2)) {
            self.dry_until = now.saturating_add(DRY_MS);
        }
        let Grant { free, keeps, elsewhere, short, ref ends, .. } = *grant;
        self.known = Known { at: now, free, keeps, elsewhere, short, ends: ends.clone() };
    }

    /// The share is gone: all of it counts as spent, what is under way included. What was used `beyond` it is still to be told.
    /// Places are never spent: those that are taken are owed to the next share.
    fn lose(&mut self, beyond: u64, now: i64) {
        self.serial = 0;
        self.until = i64::MIN;
        (self.unspent, self.returned) = (0, 0);
        self.spent.clear();
        if self.terms.window == 0 {
            self.owed = self.open.values().map(|open| open.held).sum();
            return;
        }
        self.owed = beyond;
        self.spend(now, beyond);
        self.open.values_mut().for_each(|open| open.told = true);
    }

    /// How much of the count is left, as far as is known here.
    pub(in super::super) fn left(&self) -> u64 {
        self.unspent.saturating_add(self.known.free)
    }

    /// Milliseconds until there is room for `amount`, and until all is left, as far as is known here.
    pub(in super::super) fn waits(&self, amount: u64, now: i64) -> (u64, u64) {
        let passed = now.saturating_sub(self.known.at);
        let wait = |end: i64| u64::try_from(end.saturating_sub(passed)).unwrap_or(0);
        let mut left = self.left();
        let mut ends = self.known.ends.iter();
        let mut retry = 0;
        while left < amount {
            // What others hold comes back when they let it: soon, or when it is spent.
            let Some((end, freed)) = ends.next() else { break };
            left = left.saturating_add(*freed);
            retry = wait(*end);
        }
        let last = self.known.ends.last().map_or(0, |(end, _)| wait(*end));
        let own = self.spent_at.saturating_add(self.terms.window).saturating_sub(now);
        let reset = if self.spent_at == i64::MIN { 0 } else { u64::try_from(own).unwrap_or(0) };
        (retry.max(u64::from(self.left() < amount) * DENIED_MS.unsigned_abs()), last.max(reset))
    }

    fn is_low(&self, now: i64) -> bool {
        let lower = self.serial != 0 && self.unspent < self.reserve / 2;
        lower && self.spent_since > 0 && self.reserve > 1 && now >= self.dry_until
    }

    /// Whether nothing was spent of it for so long that it needs no reserve. What was just granted is about to be.
    pub(in super::super) fn is_unused(&self, now: i64) -> bool {
        now.saturating_sub(self.spent_at.max(self.granted_at)) >= IDLE_MS
    }

    /// What is held in reserve and not needed.
    fn surplus(&self, now: i64, closing: bool) -> u64 {
        let keeps = match () {
            () if closing || self.was_edited() || self.is_unused(now) => 0,
            // Nobody who waited for it has come yet.
            () if self.granted_at > self.spent_at => u64::MAX,
            // Somebody found no room.
            () if self.known.short => self.reserve / 4,
            () => self.reserve.saturating_mul(2),
        };
        self.unspent.saturating_sub(keeps)
    }

    /// Holds that no longer count, however long they go on.
    fn tell_old(&mut self, now: i64) {
        if self.terms.window == 0 {
            return;
        }
        let window = self.terms.window;
        let mut old = Vec::new();
        for open in self.open.values_mut().take_while(|open| open.at.saturating_add(window) <= now) {
            if !std::mem::replace(&mut open.told, true) {
                old.push((open.at, open.held));
            }
        }
        old.into_iter().for_each(|(at, held)| self.spend(at, held));
    }

    fn spend(&mut self, at: i64, amount: u64) {
        if amount == 0 {
            return;
        }
        let cell = |at: i64| at.div_euclid(grain(self.terms.window));
        match self.spent.iter_mut().rev().find(|run| cell(run.last) == cell(at)) {
            Some(run) => {
                *run = Run { last: run.last.max(at), amount: run.amount.saturating_add(amount) };
            }
            None => self.spent.push(Run { last: at, amount }),
        }
    }
}
