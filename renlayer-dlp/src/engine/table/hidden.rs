//! Candidates that cannot be told from how a text is spelled: what stands around its escapes.

use std::ops::Range;

use super::{Candidate, Table};
use crate::byteset::ByteSet;
use crate::engine::grams::{fold, four_at};
use crate::engine::probe::Text;
use crate::engine::runs;

impl Table {
    /// The letters of escapes that may be part of an anchor or hide one; of others, what is written tells what they stand between.
    #[inline]
    pub(crate) fn telling(&self) -> ByteSet {
        self.telling
    }

    /// Adds the candidates that cannot be told from how a text is spelled, for what stands at `escape` in `text` was an escape:
    /// the literals that go over it, and the runs and bytes that are in it or beside it.
    pub(crate) fn hidden(&self, text: Text<'_>, escape: Range<usize>, found: &mut Vec<Candidate>) {
        let bytes = text.bytes;
        let of = |at: usize| bytes.get(at).copied().unwrap_or_default();
        let joins = |at: usize| at > text.start && self.pairs.has([of(at - 1), of(at)]);
        if (escape.start..=escape.end).any(joins) {
            let depth =
                |at: usize| usize::from(self.depths.get(usize::from(fold(of(at)))).copied().unwrap_or(0));
            let first = escape.clone().map(|at| at.saturating_sub(depth(at))).min().unwrap_or(escape.start);
            for at in first.max(text.start)..escape.end {
                if self.by_begin.might(four_at(bytes, at)) {
                    let add = |number, _| found.push(Candidate::literal(at, number));
                    self.by_begin.beginning(&self.literals, text, at, add);
                }
            }
        }
        for at in escape.start..bytes.len().min(escape.end + 1) {
            if self.kinds.get(usize::from(of(at))).is_some_and(|kind| *kind != 0) {
                let run = bytes.get(text.start..=at).unwrap_or_default().iter().rev();
                let back = run.skip(1).take(runs::LONGEST).take_while(|byte| byte.is_ascii_digit()).count();
                let begin = if bytes.get(at).is_some_and(u8::is_ascii_digit) { at - back } else { at };
                found.push(Candidate::byte(begin));
            }
        }
    }
}

/// Two bytes in a row, with the case of letters folded away: one bit for each two that there may be.
pub(super) struct Pairs(Box<[u64]>);

impl Pairs {
    pub(super) fn of<'l>(literals: impl Iterator<Item = &'l [u8]>) -> Self {
        let mut bits = vec![0; 1 << 10];
        for pair in literals.flat_map(|literal| literal.windows(2)) {
            let &[a, b] = pair else { continue };
            let (word, bit) = Self::place([a, b]);
            if let Some(word) = bits.get_mut(word) {
                *word |= 1 << bit;
            }
        }
        Self(bits.into())
    }

    #[inline]
    fn has(&self, pair: [u8; 2]) -> bool {
        let (word, bit) = Self::place(pair);
        self.0.get(word).is_some_and(|word| word >> bit & 1 == 1)
    }

    fn place(pair: [u8; 2]) -> (usize, u16) {
        let pair = u16::from_le_bytes(pair.map(fold));
        (usize::from(pair >> 6), pair & 63)
    }
}

#[cfg(test)]
mod tests {
    use crate::detector::builtin;
    use crate::engine::{Engine, Rule};

    /// Else each document in a string would be passed over twice, and each string that quotes anything.
    #[test]
    fn quotes_backslashes_and_white_space_hide_nothing_from_any_detector() {
        let engine = Engine::new(builtin().into_iter().map(Rule::new).collect());
        for letter in *b"\"\\nrt" {
            assert!(!engine.table().telling().has(letter), "{}", char::from(letter));
        }
    }
}
