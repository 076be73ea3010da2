//! Room that a scan leaves to the next one of its thread, so that a clean body is scanned with hardly a call of the allocator.
//!
//! Only counters, places and bits are left, of which nothing can be told but where something stood; never text, nor what was made
//! of it.

use std::cell::Cell;

use crate::engine::{Rooms, Work};
use crate::view::Signals;

/// More of one kind than a body of some megabytes needs goes back to the allocator.
const MOST: usize = 1 << 16;
/// Matches that a body has at once; one with more is seldom followed by another.
const MOST_MATCHES: usize = 1 << 10;
/// Documents in documents need more rooms than one; more than these are seldom needed.
const MOST_ROOMS: usize = 8;

thread_local! {
    static LEFT: Cell<Option<Box<Spare>>> = const { Cell::new(None) };
}

/// What was left.
#[derive(Default)]
pub(crate) struct Spare {
    /// Of which nothing is under way. In boxes, since they go to and fro.
    #[allow(clippy::vec_box, reason = "moving a box moves a pointer")]
    pub(crate) works: Vec<Box<Work>>,
    pub(crate) rooms: Rooms,
    pub(crate) signals: Vec<Signals>,
}

impl Spare {
    /// What the last scan of this thread left, if none has taken it.
    pub(crate) fn take() -> Box<Self> {
        LEFT.try_with(Cell::take).ok().flatten().unwrap_or_default()
    }

    /// Leaves it to the next one.
    pub(crate) fn leave(mut self: Box<Self>) {
        self.works.iter_mut().for_each(|work| work.forget());
        let is_large = |work: &Work| work.room.as_ref().is_some_and(|room| room.is_above(MOST));
        self.works.retain(|work| !work.is_above(MOST_MATCHES) && !is_large(work));
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

#[cfg(test)]
mod tests {
    use crate::{Direction, Format, Input, Scanner};

    use super::*;

    /// Whatever a scan had, the next one counts and finds as the first one did, and no more is kept than is worth it.
    #[test]
    fn a_scan_begins_as_if_none_had_been_before() {
        let scanner = Scanner::builtin();
        let scan = |body: &str, format| {
            let input = Input { format, direction: Direction::Request, known: None };
            scanner.scan(body.as_bytes(), input)
        };
        let json = r#"{"password": "correct-horse\n7Xq", "mail": ["a@corp.io\t", "{\"b\": \"b@corp.io\"}"]}"#;
        let (first, text) = (scan(json, Format::Json), scan("call a@corp.io, token=\n", Format::Text));
        let many = scan(&"1.2.3.4 ".repeat(4 * MOST_MATCHES), Format::Text);
        assert!(many.findings.len() > MOST_MATCHES);
        assert!(Spare::take().works.is_empty());
        for _ in 0..2 {
            assert_eq!(scan(json, Format::Json), first);
            assert_eq!(scan("call a@corp.io, token=\n", Format::Text), text);
        }
        assert_eq!(Spare::take().works.len(), 1);
    }
}
