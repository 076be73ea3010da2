//! The way back from what a document says to how it is written, from escape to escape.
//!
//! What was decoded twice has one way too: an escape of the inner text stands for all that the outer one wrote it with.

use std::ops::Range;

/// The escapes of a text, in order.
#[derive(Default)]
pub(super) struct Way(Vec<Escape>);

/// Where an escape begins and ends as it is written, and where what it says ends.
pub(super) struct Escape {
    pub(super) begin: usize,
    pub(super) end: usize,
    pub(super) said: usize,
}

impl Way {
    /// With room for so many.
    pub(super) fn with_room(escapes: usize) -> Self {
        Self(Vec::with_capacity(escapes))
    }

    #[inline]
    pub(super) fn push(&mut self, escape: Escape) {
        self.0.push(escape);
    }

    /// How many there are.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// What is written for a range of what is said, whole escapes.
    pub(super) fn back(&self, range: Range<usize>) -> Range<usize> {
        let start = match self.at(range.start) {
            (at, Some(escape)) => at.min(escape.begin),
            (at, None) => at,
        };
        if range.is_empty() {
            return start..start;
        }
        match self.at(range.end - 1) {
            (at, Some(escape)) if at >= escape.begin => start..escape.end,
            (at, _) => start..at + 1,
        }
    }

    /// Where a byte is written, if not in the escape that comes next.
    fn at(&self, said: usize) -> (usize, Option<&Escape>) {
        let next = self.0.partition_point(|escape| escape.said <= said);
        let before = next.checked_sub(1).and_then(|before| self.0.get(before));
        let (written, begin) = before.map_or((0, 0), |escape| (escape.end, escape.said));
        (written + said - begin, self.0.get(next))
    }

    /// Puts the escapes of a text that itself was said from `begin` on in place of those from the one numbered `first` on.
    pub(super) fn go_on(&mut self, (first, begin): (usize, usize), inner: &Self) {
        let mut both = Vec::with_capacity(self.0.len() - first + inner.0.len());
        let mut outer = self.0.get(first..).unwrap_or_default().iter().peekable();
        let (mut from, mut to) = (begin, begin);
        for escape in &inner.0 {
            let Range { start, end } = begin + escape.begin..begin + escape.end;
            while let Some(other) = outer.next_if(|other| other.said <= start) {
                both.push(Escape { said: to + other.said - from, ..*other });
            }
            while outer.next_if(|other| other.said <= end).is_some() {}
            let written = self.back(start..end);
            (from, to) = (end, begin + escape.said);
            both.push(Escape { begin: written.start, end: written.end, said: to });
        }
        both.extend(outer.map(|other| Escape { said: to + other.said - from, ..*other }));
        self.0.truncate(first);
        self.0.append(&mut both);
    }
}
