//! The right to judge, which ends by itself unless it is prolonged: so that an instance which is cut off from the others
//! stops judging by what may have been replaced meanwhile. See [`Fleet`](crate::store::Fleet).

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Until when an engine may judge, by the clock that never goes back. A new one is for good: an engine that shares its
/// governance with nobody needs no leave.
#[derive(Debug)]
pub struct Lease(AtomicU64);

const FOR_GOOD: u64 = u64::MAX;

impl Default for Lease {
    fn default() -> Self {
        Self(AtomicU64::new(FOR_GOOD))
    }
}

impl Lease {
    /// Sets the end, as [`Clock::ticks`](crate::clock::Clock::ticks) counts.
    pub fn hold_until(&self, end: Duration) {
        let end = u64::try_from(end.as_nanos()).unwrap_or(FOR_GOOD);
        self.0.store(end, Ordering::Release);
    }

    /// Whether it is held at a moment of that clock.
    pub fn is_held(&self, now: Duration) -> bool {
        self.left(now) != Some(Duration::ZERO)
    }

    /// For how long it is held from a moment of that clock, unless it is prolonged; none where it is for good.
    pub fn left(&self, now: Duration) -> Option<Duration> {
        let end = self.0.load(Ordering::Acquire);
        (end != FOR_GOOD).then(|| Duration::from_nanos(end).saturating_sub(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_for_good_until_it_is_given_an_end() {
        let lease = Lease::default();
        let (second, long) = (Duration::from_secs(1), Duration::from_secs(1 << 40));
        assert!(lease.is_held(long));
        assert_eq!(lease.left(long), None);
        lease.hold_until(second);
        assert!(lease.is_held(second - Duration::from_nanos(1)));
        assert!(!lease.is_held(second));
        lease.hold_until(second * 2);
        assert_eq!(lease.left(second), Some(second));
        assert!(lease.is_held(second));
    }
}
