//! Byte offsets as people count: lines and columns, both from 1, columns in characters.

use std::ops::Range;

/// The places of line starts in a text.
pub(super) struct Lines<'a> {
    text: &'a [u8],
    starts: Vec<usize>,
}

/// A line and a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Where something begins, and the place after its last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: Place,
    pub(super) end: Place,
}

// === impl Lines ===

impl<'a> Lines<'a> {
    /// Finds them.
    pub(super) fn new(text: &'a [u8]) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text).map(|index| index + 1);
        Self { text, starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// Where a range of bytes stands.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        Span { start: self.locate(range.start), end: self.locate(range.end) }
    }

    /// The whole lines in which a range of bytes stands.
    pub(super) fn around(&self, range: Range<usize>) -> &'a [u8] {
        let (_, start) = self.line_of(range.start);
        let rest = self.text.get(range.end..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(self.text.len(), |more| range.end + more);
        self.text.get(start..end).unwrap_or_default()
    }

    fn locate(&self, offset: usize) -> Place {
        let (line, start) = self.line_of(offset);
        let before = self.text.get(start..offset).unwrap_or_default();
        // Every byte but those that continue a character.
        let column = before.iter().filter(|byte| **byte & 0xc0 != 0x80).count() + 1;
        Place { line, column }
    }

    /// The line of a byte, and where that line starts.
    fn line_of(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|index| self.starts.get(index)).copied().unwrap_or_default();
        (line, start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_become_lines_and_columns() {
        let lines = Lines::new("ab\né=c\n\nd".as_bytes());
        for (offset, (line, column)) in
            [(0, (1, 1)), (2, (1, 3)), (3, (2, 1)), (5, (2, 2)), (8, (3, 1)), (9, (4, 1))]
        {
            assert_eq!(lines.locate(offset), Place { line, column }, "{offset}");
        }
    }

    #[test]
    fn a_range_stands_in_whole_lines() {
        let lines = Lines::new(b"ab\ncd\nef\ngh");
        for (range, expected) in [(0..1, "ab"), (3..5, "cd"), (4..7, "cd\nef"), (10..11, "gh")] {
            assert_eq!(lines.around(range.clone()), expected.as_bytes(), "{range:?}");
        }
    }
}
