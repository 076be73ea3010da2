//! The tokens of a text that comes in pieces.

use std::sync::Arc;

use super::{CountTokens, of_bytes};

/// Counts as the text comes, a stretch at a time, and estimates what is left over.
pub(crate) struct Running {
    counter: Arc<dyn CountTokens>,
    model: Box<str>,
    counted: u64,
    /// What came since, not counted yet.
    rest: String,
    /// How long `rest` has to become before it is looked at again.
    due: usize,
}

/// The least text that is worth counting.
const STRETCH: usize = 1024;

/// The most that waits for a place where it may be cut.
const MOST: usize = 16 * STRETCH;

impl Running {
    pub(crate) fn new(counter: Arc<dyn CountTokens>, model: &str) -> Self {
        Self { counter, model: model.into(), counted: 0, rest: String::new(), due: STRETCH }
    }

    /// Takes the next piece.
    pub(crate) fn push(&mut self, piece: &str) {
        self.rest.push_str(piece);
        if self.rest.len() < self.due {
            return;
        }
        let cut = last_word(&self.rest).or_else(|| (self.rest.len() > MOST).then_some(self.rest.len()));
        if let Some(cut) = cut {
            let stretch: String = self.rest.drain(..cut).collect();
            self.counted += self.counter.count(&self.model, &stretch);
        }
        self.due = self.rest.len() + STRETCH;
    }

    /// How many there are so far.
    pub(crate) fn so_far(&self) -> u64 {
        self.counted + of_bytes(self.rest.len() as u64)
    }

    /// How many there are, all of it counted.
    pub(crate) fn finish(&mut self) -> u64 {
        let rest = std::mem::take(&mut self.rest);
        if !rest.is_empty() {
            self.counted += self.counter.count(&self.model, &rest);
        }
        self.counted
    }
}

/// Where the last word begins: at a single space between what is none. No vocabulary has a token across such a place.
pub(super) fn last_word(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let at = |place: usize| bytes.get(place).copied().unwrap_or(b' ');
    let starts =
        |place: &usize| at(*place) == b' ' && !is_space(at(place - 1)) && at(place + 1).is_ascii_alphabetic();
    (1..bytes.len().saturating_sub(1)).rev().find(starts)
}

/// Whether a byte is, or may belong to, something that is no letter of a word: then nothing is cut beside it.
fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::Estimate;

    #[test]
    fn pieces_are_counted_in_stretches_and_to_their_end() {
        let mut running = Running::new(Arc::new(Estimate), "m");
        let word = "word and then ";
        for _ in 0..1000 {
            running.push(word);
        }
        let all = (word.len() * 1000) as u64 / 4;
        assert!(running.so_far().abs_diff(all) < 100, "{}", running.so_far());
        assert!(running.rest.len() < STRETCH + 2 * word.len());
        assert!(running.finish().abs_diff(all) < 100);
    }

    #[test]
    fn text_without_words_does_not_pile_up() {
        let mut running = Running::new(Arc::new(Estimate), "m");
        for _ in 0..1000 {
            running.push(&"x".repeat(100));
            assert!(running.rest.len() <= MOST + STRETCH + 100);
        }
        assert_eq!(running.finish(), 25_000);
    }
}
