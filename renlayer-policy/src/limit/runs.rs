//! Amounts in the order of their times.
//!
//! Amounts recorded close together are kept as one run that counts until the last of them does, so that what is kept is bounded
//! and never too little. How close is a *grain*. All grains are powers of two, so that cells of one lie within those of a
//! coarser one, and no run reaches beyond a cell of the coarsest that it was put together by.

use std::collections::VecDeque;

/// Most runs that are kept of a window, in round numbers: 1 MiB of them.
const MAX_RUNS: u64 = 65_536;

/// Amounts that stop counting together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) last: i64,
    pub(super) amount: u64,
}

/// Runs, oldest first. Each holds what was recorded after the last of the one before it.
#[derive(Debug, Default)]
pub(super) struct Runs {
    runs: VecDeque<Run>,
    total: u64,
    /// The coarsest grain that any of them was put together by; 0 where none was.
    coarsest: i64,
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
pub(super) fn coarsest(window: i64) -> i64 {
    // Of no window there is more than 2^47 to each run.
    window.unsigned_abs().div_ceil(MAX_RUNS).next_power_of_two().cast_signed()
}

impl Run {
    /// This one and a later one in one.
    pub(super) fn and(self, later: Self) -> Self {
        Self { last: later.last, amount: self.amount.saturating_add(later.amount) }
    }
}

impl Runs {
    /// Adds what is no older than all there is.
    pub(super) fn record(&mut self, run: Run, grain: i64) {
        self.coarsest = self.coarsest.max(grain);
        self.total = self.total.saturating_add(run.amount);
        match self.runs.back_mut().filter(|last| together(last.last, run.last, grain)) {
            Some(last) => *last = last.and(run),
            None => self.runs.push_back(run),
        }
    }

    /// Makes an amount of `was`, recorded at `at` and still here, one of `is`. Of nothing there may be no run.
    pub(super) fn correct(&mut self, at: i64, was: u64, is: u64, grain: i64) {
        let coarsest = self.coarsest.max(grain);
        let nth = self.runs.partition_point(|run| run.last < at);
        let holds = |run: &&mut Run| was > 0 || together(at, run.last, coarsest);
        if let Some(run) = self.runs.get_mut(nth).filter(holds) {
            let corrected = run.amount.saturating_sub(was).saturating_add(is);
            self.total = self.total.saturating_sub(run.amount).saturating_add(corrected);
            run.amount = corrected;
            // A run for each of those that use nothing in the end would be without bound.
            if corrected == 0 {
                self.runs.remove(nth);
            }
            return;
        }
        let new = Run { last: at, amount: is };
        self.total = self.total.saturating_add(is);
        let before = nth.checked_sub(1).and_then(|nth| self.runs.get_mut(nth));
        match before.filter(|run| together(run.last, at, grain)) {
            Some(run) => *run = run.and(new),
            None => self.runs.insert(nth, new),
        }
    }

    /// Takes out the oldest, if nothing in it is younger than `until`.
    pub(super) fn pop_until(&mut self, until: i64) -> Option<Run> {
        let run = self.runs.pop_front_if(|run| run.last <= until)?;
        self.total = self.total.saturating_sub(run.amount);
        Some(run)
    }

    /// Takes over all of what is older than all there is.
    pub(super) fn prepend(&mut self, older: &mut Self) {
        self.coarsest = self.coarsest.max(older.coarsest);
        self.total = self.total.saturating_add(older.total);
        while let Some(run) = older.runs.pop_back() {
            self.runs.push_front(run);
        }
        *older = Self::default();
    }

    /// The sum of all.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// The time of the youngest.
    pub(super) fn last(&self) -> Option<i64> {
        self.runs.back().map(|run| run.last)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.runs.len()
    }

    /// How much memory they take.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.runs.capacity() * size_of::<Run>()
    }

    /// Gives back memory that more of them needed.
    pub(super) fn shrink(&mut self) {
        self.runs.shrink_to(self.runs.len().saturating_mul(2));
    }
}

impl FromIterator<Run> for Runs {
    /// Of runs by time.
    fn from_iter<I: IntoIterator<Item = Run>>(runs: I) -> Self {
        let runs: VecDeque<Run> = runs.into_iter().collect();
        let total = runs.iter().map(|run| run.amount).fold(0, u64::saturating_add);
        Self { runs, total, coarsest: 0 }
    }
}

/// Whether both times are in one cell.
fn together(one: i64, other: i64, grain: i64) -> bool {
    one.div_euclid(grain) == other.div_euclid(grain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grains_are_coarse_only_for_large_limits_in_long_windows() {
        for (window, max, expected) in [
            (60_000, u64::MAX, 1),
            (3_600_000, 65_536, 1),
            (3_600_000, 65_537, 64),
            (86_400_000, 10_000, 1),
            (86_400_000, 1_000_000, 2_048),
        ] {
            assert_eq!(grain(window, max), expected, "{max} in {window}");
        }
    }
}
