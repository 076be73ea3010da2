//! The admissions of one subject under one limit, as far as they still count.
//!
//! An admission at `t` counts during `[t, t + window)`. Runs of admissions close together are kept as one entry that
//! counts until the last of them does, so that what is kept is bounded and never too little. [`grain`] says how close.

use std::collections::VecDeque;

/// Most runs a log keeps, in round numbers: 1 MiB of them.
const MAX_RUNS: u64 = 65_536;

/// A clock that goes back by no more than this is two threads that read it in one order and arrived in the other.
const SKEW_MS: i64 = 1_000;

/// Admissions within one window, oldest first.
#[derive(Debug, Default)]
pub(super) struct Log {
    runs: VecDeque<Run>,
    total: u64,
    window: i64,
}

/// Admissions that stop counting together.
#[derive(Clone, Copy, Debug)]
struct Run {
    last: i64,
    count: u64,
}

/// How many milliseconds one run may span, for a limit of `max` in `window`. It is 1, which is exact, unless a limit is so
/// large and its window so long that more than [`MAX_RUNS`] instants may have to be told apart.
pub(super) fn grain(window: u64, max: u64) -> i64 {
    if max <= MAX_RUNS {
        return 1;
    }
    i64::try_from(window.div_ceil(MAX_RUNS)).unwrap_or(i64::MAX).max(1)
}

impl Log {
    /// The same log, counting over `window` from now on.
    pub(super) fn over(&mut self, window: u64) -> &mut Self {
        self.window = i64::try_from(window).unwrap_or(i64::MAX);
        self
    }

    /// Forgets what no longer counts, and answers what time it is here: `now`, or a little later where a clock is behind.
    pub(super) fn advance(&mut self, now: i64) -> i64 {
        let now = self.clock(now);
        while let Some(run) = self.runs.front().filter(|run| run.last.saturating_add(self.window) <= now) {
            self.total = self.total.saturating_sub(run.count);
            self.runs.pop_front();
        }
        now
    }

    /// Counts one admission at `now`, which [`advance`](Self::advance) answered.
    pub(super) fn record(&mut self, now: i64, grain: i64) {
        self.total = self.total.saturating_add(1);
        match self.runs.back_mut() {
            Some(run) if run.last.div_euclid(grain) == now.div_euclid(grain) => {
                *run = Run { last: now, count: run.count.saturating_add(1) };
            }
            _ => self.runs.push_back(Run { last: now, count: 1 }),
        }
    }

    /// How many admissions count.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Milliseconds until fewer than `max` count.
    pub(super) fn retry_after(&self, now: i64, max: u64) -> u64 {
        let mut left = self.total;
        let mut runs = self.runs.iter();
        let mut wait = 0;
        while left >= max {
            let Some(run) = runs.next() else { break };
            left = left.saturating_sub(run.count);
            wait = self.ends_in(run, now);
        }
        wait
    }

    /// Milliseconds until none counts.
    pub(super) fn reset_after(&self, now: i64) -> u64 {
        self.runs.back().map_or(0, |run| self.ends_in(run, now))
    }

    /// Whether nothing would be lost with it.
    pub(super) fn is_idle(&self, now: i64) -> bool {
        self.runs.back().is_none_or(|run| run.last.saturating_add(self.window) <= now)
    }

    /// Gives back memory that a busier time needed.
    pub(super) fn shrink(&mut self) {
        self.runs.shrink_to(self.runs.len().saturating_mul(2));
    }

    fn ends_in(&self, run: &Run, now: i64) -> u64 {
        let end = run.last.saturating_add(self.window);
        u64::try_from(end.saturating_sub(now)).unwrap_or(0)
    }

    /// When the clock was set back, no time has passed: what counts keeps its age.
    fn clock(&mut self, now: i64) -> i64 {
        let Some(latest) = self.runs.back().map(|run| run.last) else { return now };
        let behind = latest.saturating_sub(now);
        if behind <= 0 {
            return now;
        }
        if behind <= SKEW_MS {
            return latest;
        }
        for run in &mut self.runs {
            run.last = run.last.saturating_sub(behind);
        }
        now
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
            log.record(now, grain);
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
            log.over(window);
            let mut now = 0;
            for step in steps {
                now += step;
                prop_assert_eq!(admit(&mut log, now, max, grain(window, max)), naive.admit(now));
                prop_assert_eq!(log.total(), naive.counting(now) as u64);
                prop_assert_eq!(log.retry_after(now, max), naive.wait(now, max as usize));
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
