//! Room that a scan leaves to the next one of its thread, so that a clean body is scanned with hardly a call of the allocator.
//!
//! Only counters, places and bits are left, of which nothing can be told but where something stood; never text, nor what was made
//! of it.

use std::cell::Cell;

use crate::engine::{Room, Work};
use crate::view::Signals;

/// More of one kind than a body of some megabytes needs goes back to the allocator.
const MOST: usize = 1 << 16;
/// Documents in documents need more rooms than one; more than these are seldom needed.
const MOST_ROOMS: usize = 8;

thread_local! {
    static LEFT: Cell<Option<Box<Spare>>> = const { Cell::new(None) };
}

/// What was left.
#[derive(Default)]
pub(crate) struct Spare {
    /// Of which nothing is under way.
    pub(crate) works: Vec<Work>,
    pub(crate) rooms: Vec<Room>,
    pub(crate) signals: Vec<Signals>,
}

impl Spare {
    /// What the last scan of this thread left, if none has taken it.
    pub(crate) fn take() -> Box<Self> {
        LEFT.try_with(Cell::take).ok().flatten().unwrap_or_default()
    }

    /// Leaves it to the next one.
    pub(crate) fn leave(mut self: Box<Self>) {
        self.works.iter_mut().for_each(Work::forget);
        self.works.truncate(MOST_ROOMS);
        self.rooms.retain(|room| !room.is_above(MOST));
        self.rooms.truncate(MOST_ROOMS);
        if self.signals.capacity() > MOST {
            self.signals = Vec::new();
        }
        // A thread that ends keeps nothing.
        _ = LEFT.try_with(|left| left.set(Some(self)));
    }
}
