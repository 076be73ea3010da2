//! Time as the engine sees it: given from outside, so that replay, tests and embedders decide what time it is.

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// A source of time. The engine asks it and nothing else.
pub trait Clock: Send + Sync + 'static {
    /// The wall clock, for what is written down and for windows of time.
    fn wall(&self) -> Timestamp;

    /// A clock that never goes back, for how long something took; counted from any fixed moment.
    fn ticks(&self) -> Duration;
}

/// The machine's clocks.
#[derive(Debug)]
pub struct SystemClock(Instant);

impl Default for SystemClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn ticks(&self) -> Duration {
        self.0.elapsed()
    }
}
