//! Byte offsets as people count: lines and columns, both from 1, columns in characters.

/// The places of line starts in a text.
pub(super) struct Lines<'a> {
    text: &'a [u8],
    starts: Vec<usize>,
}

// === impl Lines ===

impl<'a> Lines<'a> {
    /// Finds them.
    pub(super) fn new(text: &'a [u8]) -> Self {
        let breaks = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(index, _)| index + 1);
        Self { text, starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// Line and column of a byte.
    pub(super) fn locate(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|index| self.starts.get(index)).copied().unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        // Every byte but those that continue a character.
        let column = before.iter().filter(|byte| **byte & 0xc0 != 0x80).count() + 1;
        (line, column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_become_lines_and_columns() {
        let lines = Lines::new("ab\né=c\n\nd".as_bytes());
        for (offset, expected) in
            [(0, (1, 1)), (2, (1, 3)), (3, (2, 1)), (5, (2, 2)), (8, (3, 1)), (9, (4, 1))]
        {
            assert_eq!(lines.locate(offset), expected, "{offset}");
        }
    }
}
