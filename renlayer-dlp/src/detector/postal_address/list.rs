//! Lists of words, told in any case.
//!
//! Numbers are everywhere, and each asks for the words beside it, which are mostly in no list: one look into a table of hashes
//! says so. The table is made when the crate is compiled.

use std::ops::Range;

/// Slots of a table: more than twice as many as any list has words, so that a search ends soon.
const SLOTS: usize = 512;
/// No word of a list is longer, in bytes.
const LONGEST: usize = 19;

/// Words of at most [`LONGEST`] bytes.
pub(super) struct List {
    /// In lower case, with a space on either side of each.
    words: &'static str,
    /// Where a word begins in `words`, at the first free slot from its hash on; 0 where none does.
    slots: [u16; SLOTS],
    /// For the first byte of a word, a bit for its last byte and whether its length is even: most words end here.
    ends: [u64; 32],
}

impl List {
    /// Words in lower case, with a space on either side of each.
    pub(super) const fn new(words: &'static str) -> Self {
        Self { words, slots: slots(words.as_bytes()), ends: ends(words.as_bytes()) }
    }

    /// Its words, with a space on either side of each.
    pub(super) const fn words(&self) -> &'static str {
        self.words
    }

    /// Whether it holds `word`, in any case.
    pub(super) fn holds(&self, word: &[u8]) -> bool {
        if word.is_empty() || word.len() > LONGEST {
            return false;
        }
        if word.is_ascii() {
            return self.has(word);
        }
        std::str::from_utf8(word).is_ok_and(|word| self.has(word.to_lowercase().as_bytes()))
    }

    #[inline]
    fn may_have(&self, word: &[u8]) -> bool {
        let (row, bit) = end(word, 0..word.len());
        self.ends.get(row).is_some_and(|ends| ends >> bit & 1 == 1)
    }

    /// Of ASCII in any case, of other letters in lower case.
    fn has(&self, word: &[u8]) -> bool {
        if !self.may_have(word) || word.contains(&b' ') {
            return false;
        }
        let mut slot = hash(word, 0..word.len());
        while let Some(begin) = self.slots.get(slot).filter(|begin| **begin != 0) {
            let begin = usize::from(*begin);
            let here = self.words.as_bytes().get(begin..=begin + word.len());
            if matches!(here, Some([here @ .., b' ']) if here.eq_ignore_ascii_case(word)) {
                return true;
            }
            slot = (slot + 1) % SLOTS;
        }
        false
    }
}

/// Of a word in any ASCII case, reduced to the number of slots (FNV-1a).
#[allow(clippy::indexing_slicing, reason = "the range is one of the text")]
const fn hash(text: &[u8], range: Range<usize>) -> usize {
    let mut hash = 0x811c_9dc5_u32;
    let mut at = range.start;
    while at < range.end {
        hash = (hash ^ text[at].to_ascii_lowercase() as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    (hash ^ hash >> 16) as usize % SLOTS
}

/// The row and the bit of a word in any ASCII case.
#[allow(clippy::indexing_slicing, reason = "the range is one of the text, and not empty")]
const fn end(text: &[u8], range: Range<usize>) -> (usize, usize) {
    let (first, last) = (text[range.start], text[range.end - 1]);
    ((first & 31) as usize, (last & 31) as usize * 2 + (range.end - range.start) % 2)
}

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse")]
const fn ends(list: &[u8]) -> [u64; 32] {
    let mut ends = [0; 32];
    let (mut from, mut to) = (0, 0);
    while to < list.len() {
        if list[to] == b' ' {
            if to > from {
                let (row, bit) = end(list, from..to);
                ends[row] |= 1 << bit;
            }
            from = to + 1;
        }
        to += 1;
    }
    ends
}

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse")]
const fn slots(list: &[u8]) -> [u16; SLOTS] {
    let mut slots = [0; SLOTS];
    let (mut from, mut to, mut count) = (0, 0, 0);
    while to < list.len() {
        if list[to] == b' ' {
            if to > from {
                assert!(to - from <= LONGEST, "a word is too long for a list");
                let mut slot = hash(list, from..to);
                while slots[slot] != 0 {
                    slot = (slot + 1) % SLOTS;
                }
                slots[slot] = from as u16;
                count += 1;
            }
            from = to + 1;
        }
        to += 1;
    }
    assert!(2 * count < SLOTS && list.len() <= u16::MAX as usize, "a list is too long for its table");
    slots
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
        for word in ["stree", "s", "t", "street st", "", "allee", "treet", " ", "st "] {
            assert!(!LIST.holds(word.as_bytes()), "{word}");
        }
    }
}
