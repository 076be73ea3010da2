//! What one subject used under one limit, as far as it still counts.
//!
//! What is recorded at `t` counts during `[t, t + window)`. An amount may be corrected later, when what was reserved becomes
//! what was used: it still counts as of its own time.
//!
//! A limit may be edited to a shorter window and back. What the longer one needs is put aside meanwhile, for as long as anything
//! that was counted over it may count in it.

use super::runs::{Run, Runs, coarsest};

/// A clock that goes back by no more than this is two threads that read it in one order and arrived in the other.
const SKEW_MS: i64 = 1_000;

/// What was recorded within one window, oldest first. Its times are its own: those of the clock, and what that was set
/// back by.
#[derive(Debug, Default)]
pub(super) struct Log {
    runs: Runs,
    window: i64,
    aside: Option<Aside>,
    /// What was recorded up to here is not known any more, whatever the window is by now.
    gone: Option<i64>,
    /// The last time it was looked at.
    latest: Option<i64>,
    /// By how much the clock was set back so far.
    behind: i64,
}

/// What counts in a longer window alone, which was counted over before: all of it is older than what counts.
#[derive(Debug)]
struct Aside {
    runs: Runs,
    window: i64,
    /// When nothing that was counted over a longer window than the present one is in that any more.
    until: i64,
}

impl Log {
    /// A log that holds what another one did.
    pub(super) fn of(runs: impl IntoIterator<Item = Run>) -> Self {
        let runs: Runs = runs.into_iter().collect();
        let latest = runs.last();
        Self { runs, latest, ..Self::default() }
    }

    /// The same log, counting over `window` from now on.
    pub(super) fn over(&mut self, window: i64) {
        let before = std::mem::replace(&mut self.window, window);
        if window < before {
            let until = self.latest.unwrap_or(i64::MIN).saturating_add(before);
            let new = || Aside { runs: Runs::default(), window: before, until };
            let aside = self.aside.get_or_insert_with(new);
            aside.until = aside.until.max(until);
        } else if window > before {
            self.take_back();
        }
    }

    /// What was put aside counts again; what is too old for the window as well goes back when that is looked at.
    fn take_back(&mut self) {
        let Some(aside) = &mut self.aside else { return };
        self.runs.prepend(&mut aside.runs);
        self.aside.take_if(|aside| aside.window <= self.window);
    }

    /// Forgets what no longer counts, and answers what time it is here.
    pub(super) fn advance(&mut self, now: i64) -> i64 {
        let now = self.clock(now);
        self.aside.take_if(|aside| aside.until <= now);
        self.expire(now);
        now
    }

    fn expire(&mut self, now: i64) {
        while let Some(run) = self.runs.pop_until(now.saturating_sub(self.window)) {
            self.aside.iter_mut().for_each(|aside| aside.runs.record(run, coarsest(aside.window)));
        }
        let gone = now.saturating_sub(self.window());
        if let Some(aside) = &mut self.aside {
            while aside.runs.pop_until(gone).is_some() {}
        }
        self.gone = self.gone.max(Some(gone));
    }

    /// Counts `amount` at `now`, which [`advance`](Self::advance) answered.
    pub(super) fn record(&mut self, now: i64, amount: u64, grain: i64) {
        self.runs.record(Run { last: now, amount }, grain);
    }

    /// Makes an amount of `was`, recorded at `at`, one of `is`. What is not known any more stays as it is, but for what comes on
    /// top of it.
    pub(super) fn correct(&mut self, at: i64, was: u64, is: u64, grain: i64) {
        let (was, is) = if self.knows(at) { (was, is) } else { (0, is.saturating_sub(was)) };
        if was == is {
            return;
        }
        match self.aside.as_mut().filter(|aside| aside.runs.last().is_some_and(|last| at <= last)) {
            Some(aside) => aside.runs.correct(at, was, is, coarsest(aside.window)),
            None => self.runs.correct(at, was, is, grain),
        }
        // What comes on top may belong aside, or nowhere.
        self.latest.into_iter().for_each(|now| self.expire(now));
    }

    /// Whether what was recorded at `at` is still known.
    pub(super) fn knows(&self, at: i64) -> bool {
        self.gone.is_none_or(|gone| gone < at)
    }

    /// The longest window that it keeps something for, in milliseconds.
    pub(super) fn window(&self) -> i64 {
        self.aside.as_ref().map_or(self.window, |aside| aside.window)
    }

    /// How much counts.
    pub(super) fn total(&self) -> u64 {
        self.runs.total()
    }

    /// Milliseconds until `amount` more keeps within `max`, if nothing else is done.
    pub(super) fn retry_after(&self, now: i64, amount: u64, max: u64) -> u64 {
        let mut left = self.total();
        let mut runs = self.runs.iter();
        let mut wait = 0;
        while left.saturating_add(amount) > max {
            let Some(run) = runs.next() else { break };
            left = left.saturating_sub(run.amount);
            wait = self.ends_in(run.last, now);
        }
        wait
    }

    /// Milliseconds until nothing counts.
    pub(super) fn reset_after(&self, now: i64) -> u64 {
        self.runs.last().map_or(0, |last| self.ends_in(last, now))
    }

    /// Whether nothing would be lost with it.
    pub(super) fn is_idle(&self, now: i64) -> bool {
        let now = self.by_the_log(now);
        let counts = self.runs.last().is_some_and(|last| last.saturating_add(self.window) > now);
        !counts && self.aside.as_ref().is_none_or(|aside| aside.until <= now)
    }

    /// Gives back memory that a busier time needed.
    pub(super) fn shrink(&mut self) {
        self.runs.shrink();
        self.aside.iter_mut().for_each(|aside| aside.runs.shrink());
    }

    /// What is to be kept of it elsewhere, by the clock, in at most `most` runs: neighbours become one, which counts until
    /// the last of them does.
    pub(super) fn condensed(&self, most: usize) -> Vec<Run> {
        let aside = self.aside.as_ref().map(|aside| &aside.runs);
        let all = aside.map_or(0, Runs::len) + self.runs.len();
        let each = all.div_ceil(most.max(1)).max(1);
        let mut runs = aside.into_iter().flat_map(Runs::iter).chain(self.runs.iter()).copied();
        let mut condensed = Vec::with_capacity(all.min(most));
        while let Some(first) = runs.next() {
            let run = runs.by_ref().take(each - 1).fold(first, Run::and);
            condensed.push(Run { last: self.by_the_clock(run.last), ..run });
        }
        condensed
    }

    /// A time of the log's own as the clock has it now.
    pub(super) fn by_the_clock(&self, at: i64) -> i64 {
        at.saturating_sub(self.behind)
    }

    /// A time of the clock as the log has it now.
    pub(super) fn by_the_log(&self, now: i64) -> i64 {
        now.saturating_add(self.behind)
    }

    fn ends_in(&self, last: i64, now: i64) -> u64 {
        let end = last.saturating_add(self.window);
        u64::try_from(end.saturating_sub(now)).unwrap_or(0)
    }

    /// When the clock was set back, no time has passed: what counts keeps its age.
    fn clock(&mut self, now: i64) -> i64 {
        let now = self.by_the_log(now);
        let latest = self.latest.unwrap_or(now).max(now);
        let back = latest.saturating_sub(now);
        if back > SKEW_MS {
            self.behind = self.behind.saturating_add(back);
        }
        self.latest = Some(latest);
        latest
    }
}

#[cfg(test)]
mod tests;
