//! Lists in which a word is looked up by its first two bytes, of which five bits count: letters of ASCII are the same in either case.

/// Entries by how they begin, those that begin alike in the order in which they were given.
pub(crate) struct Beginnings<T> {
    entries: Vec<T>,
    /// For each row where its entries begin, and at last where all end.
    begins: Vec<usize>,
}

const ROWS: usize = 1 << 10;

impl<T> Beginnings<T> {
    /// Of entries of which `text` says what they look like.
    pub(crate) fn of(mut entries: Vec<T>, text: impl Fn(&T) -> &[u8]) -> Self {
        entries.sort_by_key(|entry| row(text(entry)));
        let begins = (0..=ROWS).map(|at| entries.partition_point(|entry| row(text(entry)) < at)).collect();
        Self { entries, begins }
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[T] {
        &self.entries
    }

    /// Those that may begin as `text` does, each with its place among all.
    #[inline]
    pub(crate) fn beginning(&self, text: &[u8]) -> impl Iterator<Item = (usize, &T)> {
        let ends = self.begins.get(row(text)..).and_then(<[usize]>::first_chunk);
        let [first, after] = ends.copied().unwrap_or_default();
        (first..after).zip(self.entries.get(first..after).unwrap_or_default())
    }
}

#[inline]
fn row(text: &[u8]) -> usize {
    let of = |at| text.get(at).map_or(0, |byte| usize::from(byte % 32));
    of(0) << 5 | of(1)
}

#[cfg(test)]
mod tests {
    use super::Beginnings;

    #[test]
    fn words_are_in_the_row_of_their_first_letters() {
        let rows = Beginnings::of(vec!["tax id", "nif", "tan", "n", "tax"], |word| word.as_bytes());
        let beginning =
            |text: &str| rows.beginning(text.as_bytes()).map(|(_, word)| *word).collect::<Vec<_>>();
        assert_eq!(beginning("TAxes"), ["tax id", "tan", "tax"]);
        assert_eq!(beginning("n"), ["n"]);
        assert!(beginning("no").is_empty() && beginning("").is_empty());
        assert!(rows.beginning(b"ta").all(|(place, word)| rows.all()[place] == *word));
    }
}
