//! Lists of words, told in any case.
//!
//! Numbers are everywhere, and each asks for the words beside it, which are mostly in no list: what they begin with and how
//! long they are says so before the list is searched.

use crate::openings::Openings;

/// Words of less than 20 bytes.
pub(super) struct List {
    /// In lower case, with a space on either side of each.
    words: &'static str,
    openings: Openings,
    /// For each letter a word may begin with, by its lower five bits, how long such words are.
    lengths: [u32; 32],
}

impl List {
    /// Words in lower case, with a space on either side of each.
    pub(super) const fn new(words: &'static str) -> Self {
        Self { words, openings: Openings::of_list(words), lengths: lengths(words.as_bytes()) }
    }

    /// Whether it holds `word`, in any case.
    pub(super) fn holds(&self, word: &[u8]) -> bool {
        let [first, ..] = word else { return false };
        if word.len() >= 20 || word.contains(&b' ') {
            return false;
        }
        if !word.is_ascii() {
            return std::str::from_utf8(word).is_ok_and(|word| self.has(word.to_lowercase().as_bytes()));
        }
        let lengths = self.lengths.get(usize::from(first & 31)).copied().unwrap_or_default();
        lengths >> word.len() & 1 == 1 && self.openings.may_begin(word) && self.has(word)
    }

    /// Of ASCII in any case, of other letters in lower case.
    fn has(&self, word: &[u8]) -> bool {
        let Some(first) = word.first() else { return false };
        let list = self.words.as_bytes();
        let stands_at = |at: usize| {
            let here = list.get(at - 1..at + word.len() + 1);
            matches!(here, Some([b' ', here @ .., b' ']) if here.eq_ignore_ascii_case(word))
        };
        memchr::memchr_iter(first.to_ascii_lowercase(), list).filter(|at| *at > 0).any(stands_at)
    }
}

#[allow(clippy::indexing_slicing, reason = "five bits are less than 32; the text is walked to its end")]
const fn lengths(list: &[u8]) -> [u32; 32] {
    let mut lengths = [0; 32];
    let (mut from, mut to) = (0, 0);
    while to < list.len() {
        if list[to] == b' ' {
            if to > from && to - from < 32 {
                lengths[(list[from] & 31) as usize] |= 1 << (to - from);
            }
            from = to + 1;
        }
        to += 1;
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::List;

    #[test]
    fn a_list_holds_its_words_in_any_case_and_no_parts_of_them() {
        static LIST: List = List::new(" street st allée é ");
        for word in ["street", "STREET", "St", "Allée", "ALLÉE", "é", "É"] {
            assert!(LIST.holds(word.as_bytes()), "{word}");
        }
        for word in ["stree", "s", "t", "street st", "", "allee", "treet"] {
            assert!(!LIST.holds(word.as_bytes()), "{word}");
        }
    }
}
