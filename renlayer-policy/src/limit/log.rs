//! What one subject used under one limit, as far as it still counts.
//!
//! What is recorded at `t` counts during `[t, t + window)`. Runs of records close together are kept as one entry that
//! counts until the last of them does, so that what is kept is bounded and never too little. [`grain`] says how close.
//!
//! An amount may be corrected later, when what was reserved becomes what was used: it still counts as of its own time.
//!
//! A limit may be edited to a shorter window and back. What the longer one needs is put aside meanwhile, for as long as anything
//! that was counted over it may count in it.

use std::collections::VecDeque;

/// Most runs a log keeps, in round numbers: 1 MiB of them.
const MAX_RUNS: u64 = 65_536;

/// A clock that goes back by no more than this is two threads that read it in one order and arrived in the other.
const SKEW_MS: i64 = 1_000;

/// What was recorded within one window, oldest first. Its times are its own: those of the clock, and what that was set
/// back by.
#[derive(Debug, Default)]
pub(super) struct Log {
    runs: VecDeque<Run>,
    total: u64,
    window: i64,
    aside: Option<Aside>,
    /// The last time it was looked at.
    latest: Option<i64>,
    /// By how much the clock was set back so far.
    behind: i64,
}

/// What counts in a longer window alone, which was counted over before.
#[derive(Debug)]
struct Aside {
    window: i64,
    /// When nothing that was counted over that window is in it any more.
    until: i64,
    runs: VecDeque<Run>,
}

/// Amounts that stop counting together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) last: i64,
    pub(super) amount: u64,
}

/// How many milliseconds one run may span, for a limit of `max` in `window`. It is 1, which is exact, unless a limit is so
/// large and its window so long that more than [`MAX_RUNS`] instants may have to be told apart.
pub(super) fn grain(window: u64, max: u64) -> i64 {
    if max <= MAX_RUNS {
        return 1;
    }
    coarsest(i64::try_from(window).unwrap_or(i64::MAX))
}

/// How many milliseconds a run spans where there are as many of them in the window as may be.
fn coarsest(window: i64) -> i64 {
    window.unsigned_abs().div_ceil(MAX_RUNS).try_into().unwrap_or(i64::MAX).max(1)
}

impl Log {
    /// A log that holds what another one did.
    pub(super) fn of(runs: impl IntoIterator<Item = Run>) -> Self {
        let runs: VecDeque<Run> = runs.into_iter().collect();
        let total = runs.iter().fold(0, |sum: u64, run| sum.saturating_add(run.amount));
        let latest = runs.back().map(|run| run.last);
        Self { runs, total, window: 0, aside: None, latest, behind: 0 }
    }

    /// The same log, counting over `window` from now on.
    pub(super) fn over(&mut self, window: i64) {
        let before = std::mem::replace(&mut self.window, window);
        if window < before && self.aside.as_ref().is_none_or(|aside| aside.window <= before) {
            let runs = self.aside.take().map(|aside| aside.runs).unwrap_or_default();
            let until = self.latest.unwrap_or(i64::MIN).saturating_add(before);
            self.aside = Some(Aside { window: before, until, runs });
        } else if window > before {
            self.take_back();
        }
    }

    /// What was put aside counts again, so far as the window reaches.
    fn take_back(&mut self) {
        let Some(aside) = &mut self.aside else { return };
        while let Some(run) = aside.runs.pop_back() {
            self.total = self.total.saturating_add(run.amount);
            self.runs.push_front(run);
        }
        self.aside.take_if(|aside| aside.window <= self.window);
    }

    /// Forgets what no longer counts, and answers what time it is here.
    pub(super) fn advance(&mut self, now: i64) -> i64 {
        let now = self.clock(now);
        self.aside.take_if(|aside| aside.until <= now);
        while let Some(run) = self.runs.pop_front_if(|run| run.last.saturating_add(self.window) <= now) {
            self.total = self.total.saturating_sub(run.amount);
            if let Some(aside) = &mut self.aside {
                aside.put(run);
            }
        }
        if let Some(aside) = &mut self.aside {
            aside.advance(now);
        }
        now
    }

    /// Counts `amount` at `now`, which [`advance`](Self::advance) answered.
    pub(super) fn record(&mut self, now: i64, amount: u64, grain: i64) {
        self.total = self.total.saturating_add(amount);
        match self.runs.back_mut() {
            Some(run) if run.last.div_euclid(grain) == now.div_euclid(grain) => {
                *run = Run { last: now, amount: run.amount.saturating_add(amount) };
            }
            _ => self.runs.push_back(Run { last: now, amount }),
        }
    }

    /// Makes an amount of `was`, recorded at `at`, one of `is`. What no longer counts stays as it is.
    pub(super) fn correct(&mut self, at: i64, was: u64, is: u64, grain: i64) {
        if was == is {
            return;
        }
        if self.latest.is_some_and(|now| at.saturating_add(self.window) <= now) {
            self.aside.iter_mut().for_each(|aside| aside.correct(at, was, is));
            return;
        }
        let nth = self.runs.partition_point(|run| run.last < at);
        // A run that something was recorded in is there until it expires; only an empty one is not.
        let same = |run: &&mut Run| was > 0 || run.last.div_euclid(grain) == at.div_euclid(grain);
        let Some(run) = self.runs.get_mut(nth).filter(same) else {
            if is > was {
                self.runs.insert(nth, Run { last: at, amount: is - was });
                self.total = self.total.saturating_add(is - was);
            }
            return;
        };
        let corrected = run.amount.saturating_sub(was).saturating_add(is);
        self.total = self.total.saturating_sub(run.amount).saturating_add(corrected);
        run.amount = corrected;
        if corrected == 0 {
            self.runs.remove(nth);
        }
    }

    /// The longest window that it keeps something for, in milliseconds.
    pub(super) fn window(&self) -> i64 {
        self.aside.as_ref().map_or(self.window, |aside| aside.window)
    }

    /// How much counts.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Milliseconds until `amount` more keeps within `max`, if nothing else is done.
    pub(super) fn retry_after(&self, now: i64, amount: u64, max: u64) -> u64 {
        let mut left = self.total;
        let mut runs = self.runs.iter();
        let mut wait = 0;
        while left.saturating_add(amount) > max {
            let Some(run) = runs.next() else { break };
            left = left.saturating_sub(run.amount);
            wait = self.ends_in(run, now);
        }
        wait
    }

    /// Milliseconds until nothing counts.
    pub(super) fn reset_after(&self, now: i64) -> u64 {
        self.runs.back().map_or(0, |run| self.ends_in(run, now))
    }

    /// Whether nothing would be lost with it.
    pub(super) fn is_idle(&self, now: i64) -> bool {
        let now = self.by_the_log(now);
        let counts = |window: i64| self.runs.back().is_some_and(|run| run.last.saturating_add(window) > now);
        !counts(self.window) && self.aside.as_ref().is_none_or(|aside| aside.until <= now)
    }

    /// Gives back memory that a busier time needed.
    pub(super) fn shrink(&mut self) {
        self.runs.shrink_to(self.runs.len().saturating_mul(2));
    }

    /// What is to be kept of it elsewhere, by the clock, in at most `most` runs: neighbours become one, which counts until
    /// the last of them does.
    pub(super) fn condensed(&self, most: usize) -> Vec<Run> {
        let aside = self.aside.as_ref().map(|aside| &aside.runs);
        let all = aside.map_or(0, VecDeque::len) + self.runs.len();
        let each = all.div_ceil(most.max(1)).max(1);
        let mut runs = aside.into_iter().flatten().chain(&self.runs).copied();
        let mut condensed = Vec::with_capacity(all.min(most));
        while let Some(first) = runs.next() {
            let rest = runs.by_ref().take(each - 1);
            let run = rest.fold(first, |sum, run| Run {
                last: run.last,
                amount: sum.amount.saturating_add(run.amount),
            });
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

    fn ends_in(&self, run: &Run, now: i64) -> u64 {
        let end = run.last.saturating_add(self.window);
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

impl Aside {
    fn put(&mut self, run: Run) {
        let grain = coarsest(self.window);
        match self.runs.back_mut() {
            Some(last) if last.last.div_euclid(grain) == run.last.div_euclid(grain) => {
                *last = Run { last: run.last, amount: last.amount.saturating_add(run.amount) };
            }
            _ => self.runs.push_back(run),
        }
    }

    fn advance(&mut self, now: i64) {
        while self.runs.pop_front_if(|run| run.last.saturating_add(self.window) <= now).is_some() {}
    }

    /// An amount of which nothing is left here any more stays as it is.
    fn correct(&mut self, at: i64, was: u64, is: u64) {
        let nth = self.runs.partition_point(|run| run.last < at);
        if let Some(run) = self.runs.get_mut(nth) {
            run.amount = run.amount.saturating_sub(was).saturating_add(is);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every admission by itself, nothing forgotten: the definition.
    struct Naive {
        admitted: Vec<i64>,
        window: i64,
        max: usize,
    }

    impl Naive {
        fn counting(&self, now: i64) -> usize {
            self.admitted.iter().filter(|&&t| t <= now && now < t + self.window).count()
        }

        fn admit(&mut self, now: i64) -> bool {
            let room = self.counting(now) < self.max;
            if room {
                self.admitted.push(now);
            }
            room
        }

        /// The first instant from `now` on at which fewer than `below` count.
        fn wait(&self, now: i64, below: usize) -> u64 {
            let ends = self.admitted.iter().map(|t| t + self.window);
            let mut instants: Vec<_> = ends.filter(|end| *end > now).chain([now]).collect();
            instants.sort_unstable();
            let first = instants.into_iter().find(|&at| self.counting(at) < below).unwrap();
            u64::try_from(first - now).unwrap()
        }
    }

    fn admit(log: &mut Log, now: i64, max: u64, grain: i64) -> bool {
        let now = log.advance(now);
        let room = log.total() < max;
        if room {
            log.record(now, 1, grain);
        }
        room
    }

    proptest! {
        /// No false rejection, no admission too many, exact waits.
        #[test]
        fn agrees_with_a_log_of_everything(
            steps in prop::collection::vec(prop_oneof![3 => 0i64..5, 1 => 0i64..120], 1..200),
            max in 1u64..12,
            window in 1u64..100,
        ) {
            let mut naive = Naive { admitted: Vec::new(), window: window as i64, max: max as usize };
            let mut log = Log::default();
            log.over(window as i64);
            let mut now = 0;
            for step in steps {
                now += step;
                prop_assert_eq!(admit(&mut log, now, max, grain(window, max)), naive.admit(now));
                prop_assert_eq!(log.total(), naive.counting(now) as u64);
                prop_assert_eq!(log.retry_after(now, 1, max), naive.wait(now, max as usize));
                prop_assert_eq!(log.reset_after(now), naive.wait(now, 1));
            }
        }

        /// Runs that span several instants never let a window hold more than the limit, and hold a place back for less
        /// than one grain.
        #[test]
        fn a_coarse_log_errs_by_less_than_a_grain(
            steps in prop::collection::vec(0i64..6, 1..300),
            max in 1u64..12,
            coarse in 2i64..9,
        ) {
            let window = 60i64;
            let mut log = Log::default();
            log.over(60);
            let mut admitted: Vec<i64> = Vec::new();
            let mut now = 0;
            for step in steps {
                now += step;
                let counting = |span: i64| admitted.iter().filter(|&&t| now < t + span).count() as u64;
                let (exact, longer) = (counting(window), counting(window + coarse - 1));
                let room = admit(&mut log, now, max, coarse);
                prop_assert!(!room || exact < max);
                prop_assert!(room || longer >= max);
                if room {
                    admitted.push(now);
                }
                prop_assert!(log.runs.len() as i64 <= window / coarse + 2);
            }
        }

        /// Whatever is edited: all counts that was recorded while the longer window was in use, or within it after that.
        #[test]
        fn an_edit_and_another_back_lose_nothing(
            steps in prop::collection::vec((prop_oneof![6 => 0i64..9, 1 => 0i64..70], any::<bool>(), any::<bool>()), 1..300),
            max in 1u64..12,
        ) {
            const SHORT: i64 = 20;
            const LONG: i64 = 60;
            let mut log = Log::default();
            log.over(LONG);
            log.advance(0);
            let mut admitted: Vec<i64> = Vec::new();
            let (mut now, mut window, mut forgotten, mut last_long) = (0, LONG, i64::MIN, 0);
            for (step, edits, long) in steps {
                now += step;
                if edits {
                    window = if long { LONG } else { SHORT };
                }
                if window == SHORT && last_long + LONG <= now {
                    forgotten = forgotten.max(now - SHORT);
                }
                log.over(window);
                let since = forgotten.max(now - window);
                let counting = admitted.iter().filter(|at| since < **at).count() as u64;
                prop_assert_eq!(admit(&mut log, now, max, 1), counting < max);
                if counting < max {
                    admitted.push(now);
                }
                prop_assert_eq!(log.total(), counting + u64::from(counting < max));
                if window == LONG {
                    last_long = now;
                }
            }
        }

        #[test]
        fn a_clock_set_back_neither_frees_nor_freezes(back in 0i64..10_000_000) {
            let mut log = Log::default();
            log.over(60_000);
            for now in [0, 10, 20] {
                prop_assert!(admit(&mut log, now, 3, 1));
            }
            prop_assert!(!admit(&mut log, 20 - back, 3, 1));
            let skew = if back <= SKEW_MS { back } else { 0 };
            prop_assert!(!admit(&mut log, 59_999 - back, 3, 1));
            prop_assert!(admit(&mut log, 60_000 - back + skew, 3, 1));
        }
    }

    #[test]
    fn an_amount_is_corrected_as_of_its_own_time() {
        let mut log = Log::default();
        log.over(100);
        for (at, amount) in [(0, 30), (10, 40), (20, 50)] {
            log.advance(at);
            log.record(at, amount, 1);
        }
        log.correct(10, 40, 5, 1);
        assert_eq!((log.total(), log.retry_after(20, 50, 100)), (85, 90));
        log.correct(20, 50, 0, 1);
        assert_eq!((log.total(), log.reset_after(20)), (35, 90));
        log.correct(20, 0, 7, 1);
        assert_eq!((log.total(), log.reset_after(20)), (42, 100));
        log.advance(105);
        log.correct(0, 30, 90, 1);
        assert_eq!(log.total(), 12, "what no longer counts is not counted again");
    }

    #[test]
    fn an_amount_that_was_put_aside_is_corrected_there() {
        let mut log = Log::default();
        log.over(100);
        log.advance(0);
        log.record(0, 30, 1);
        log.over(10);
        log.advance(50);
        log.correct(0, 30, 45, 1);
        assert_eq!((log.total(), log.is_idle(50)), (0, false));
        // It is kept elsewhere as well.
        let mut again = Log::of(log.condensed(8));
        again.over(log.window());
        again.over(10);
        again.advance(60);
        again.over(100);
        again.advance(60);
        assert_eq!(again.total(), 45);
        log.over(100);
        log.advance(99);
        assert_eq!((log.total(), log.is_idle(99)), (45, false));
        log.advance(100);
        assert_eq!((log.total(), log.is_idle(100)), (0, true));
    }

    #[test]
    fn a_condensed_log_counts_as_much_and_not_for_less_long() {
        let mut log = Log::default();
        log.over(1_000);
        for at in 0..100 {
            log.advance(at);
            log.record(at, 2, 1);
        }
        let mut again = Log::of(log.condensed(8));
        again.over(1_000);
        assert!(again.runs.len() <= 8);
        for now in [99, 999, 1_050, 1_098, 1_099] {
            log.advance(now);
            again.advance(now);
            assert!(again.total() >= log.total(), "at {now}");
        }
        assert_eq!((again.total(), log.total()), (0, 0));
    }

    #[test]
    fn grains_are_coarse_only_for_large_limits_in_long_windows() {
        for (window, max, expected) in [
            (60_000, u64::MAX, 1),
            (3_600_000, 65_536, 1),
            (3_600_000, 65_537, 55),
            (86_400_000, 10_000, 1),
            (86_400_000, 1_000_000, 1_319),
        ] {
            assert_eq!(grain(window, max), expected, "{max} in {window}");
        }
    }
}
