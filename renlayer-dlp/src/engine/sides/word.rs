//! Words of lower-case letters beside a number, told from eight bytes at once, and sets of them.

use super::{APART, LONGEST};
use crate::head::first_eight;

/// A word of lower-case letters at one end of a text.
pub(super) struct Word {
    /// Its letters, a few beyond [`LONGEST`] at most.
    pub(super) length: usize,
    /// The outermost eight of them, or as many as there are, the first the lowest.
    pub(super) eight: u64,
}

impl Word {
    /// With which `text` begins.
    #[inline]
    pub(super) fn first(text: &[u8]) -> Self {
        let eight = first_eight(text);
        let others = no_lower(eight);
        let letters = others.trailing_zeros() as usize / 8;
        let far = || text.get(8..).unwrap_or_default().iter().take(LONGEST);
        let length = if others == 0 { 8 + count(far()) } else { letters };
        Self { length, eight: eight & lowest(letters) }
    }

    /// With which it ends.
    #[inline]
    pub(super) fn last(text: &[u8]) -> Self {
        let eight = last_eight(text);
        let others = no_lower(eight);
        let letters = others.leading_zeros() as usize / 8;
        let far = || text.iter().rev().skip(8).take(LONGEST);
        let length = if others == 0 { 8 + count(far()) } else { letters };
        Self { length, eight: eight.unbounded_shr(u64::BITS - 8 * letters as u32) }
    }

    /// The same of one in capitals, in lower case, of up to eight letters.
    #[inline]
    pub(super) fn last_in_capitals(text: &[u8]) -> Option<Self> {
        let eight = last_eight(text) ^ CASE;
        let others = no_lower(eight);
        let letters = others.leading_zeros() as usize / 8;
        let eight = eight.unbounded_shr(u64::BITS - 8 * letters as u32);
        (others != 0).then_some(Self { length: letters, eight })
    }

    /// Whether the word with which `text` begins is one, and ends there.
    #[inline]
    pub(super) fn is_ended(&self, text: &[u8]) -> bool {
        let ends = match text.get(self.length..).unwrap_or_default() {
            [b'.', after, ..] => matches!(after, b' ' | b'\n'),
            [end, ..] => APART.has(*end),
            [] => false,
        };
        ends && self.length <= LONGEST
    }
}

/// A word of up to sixteen lower-case letters beside a number.
pub(super) struct Short {
    pub(super) length: usize,
    /// The nearest eight of its letters, the nearest the lowest.
    pub(super) eight: u64,
}

impl Short {
    /// Of the bytes that are nearest, the nearest the lowest.
    #[inline]
    pub(super) fn of(nearest: u128) -> Self {
        let (near, far) = (nearest as u64, (nearest >> u64::BITS) as u64);
        let letters = |eight| no_lower(eight).trailing_zeros() as usize / 8;
        let length = letters(near);
        Self { length: length + length / 8 * letters(far), eight: near & lowest(length) }
    }

    /// How many bits of `eight` are letters.
    #[inline]
    pub(super) fn bits(&self) -> u32 {
        8 * self.length.min(8) as u32
    }
}

#[cold]
fn count<'t>(letters: impl Iterator<Item = &'t u8>) -> usize {
    letters.take_while(|byte| byte.is_ascii_lowercase()).count()
}

/// So many of the lowest bytes.
#[inline]
fn lowest(bytes: usize) -> u64 {
    1_u64.unbounded_shl(8 * bytes as u32).wrapping_sub(1)
}

/// The outermost eight bytes of some words of lower-case letters, or all of a shorter one: a set of hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Octets([u64; Octets::WORDS]);

impl Octets {
    const WORDS: usize = 256;

    /// Of no words.
    pub(super) const NONE: Self = Self([0; Self::WORDS]);

    /// Of the last three letters of each word.
    #[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse")]
    pub(super) const fn of_last_three(words: &[&str]) -> Self {
        let (mut octets, mut nth) = ([0; Self::WORDS], 0);
        while nth < words.len() {
            let letters = words[nth].as_bytes();
            let first = letters.len() - 3;
            let last =
                u64::from_le_bytes([letters[first], letters[first + 1], letters[first + 2], 0, 0, 0, 0, 0]);
            let (word, bit) = Self::place(last);
            octets[word] |= 1 << bit;
            nth += 1;
        }
        Self(octets)
    }

    /// Of the begins of words, or of their ends. Words that are not all lower-case letters of ASCII stand for themselves otherwise.
    #[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse")]
    pub(super) const fn of(lists: &[&str], is_end: bool) -> Self {
        let mut octets = [0; Self::WORDS];
        let mut list = 0;
        while list < lists.len() {
            let words = lists[list].as_bytes();
            let (mut from, mut to) = (0, 0);
            while to < words.len() {
                if words[to] == b' ' {
                    let length = min(to - from, 8);
                    if length > 0 {
                        let first = if is_end { to - length } else { from };
                        let (mut octet, mut i) = (0, 0);
                        while i < length {
                            octet |= (words[first + i] as u64) << (8 * i);
                            i += 1;
                        }
                        let (word, bit) = Self::place(octet);
                        octets[word] |= 1 << bit;
                    }
                    from = to + 1;
                }
                to += 1;
            }
            list += 1;
        }
        Self(octets)
    }

    /// Whether it may have a word with these outermost letters.
    #[inline]
    pub(super) fn has(&self, octet: u64) -> bool {
        let (word, bit) = Self::place(octet);
        self.0.get(word).is_none_or(|word| word >> bit & 1 == 1)
    }

    #[inline]
    const fn place(octet: u64) -> (usize, u32) {
        let hash = octet.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 50;
        ((hash >> 6) as usize, (hash & 63) as u32)
    }
}

const fn min(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

/// What letters of either case differ by.
const CASE: u64 = u64::from_ne_bytes([0x20; 8]);

/// The last eight bytes, the last of them the highest; zeros where there are none.
#[inline]
pub(super) fn last_eight(text: &[u8]) -> u64 {
    if let Some(eight) = text.last_chunk() {
        return u64::from_le_bytes(*eight);
    }
    text.iter().fold(0, |eight, byte| eight >> 8 | u64::from(*byte) << 56)
}

/// High bits where bytes are no lower-case letters.
#[inline]
pub(super) fn no_lower(word: u64) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    let low = word & !HIGH;
    let (from_a, after_z) = (low + ONES * (0x80 - b'a' as u64), low + ONES * (0x7f - b'z' as u64));
    (!from_a | after_z | word) & HIGH
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn lower_case_letters_are_counted_from_either_end(text in "[a-zA-Z{`\u{e9} ]{0,60}") {
            let text = text.as_bytes();
            let count = text.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
            let back = text.iter().rev().take_while(|byte| byte.is_ascii_lowercase()).count();
            let eight = |letters: &[u8]| letters.iter().rev().fold(0, |eight, byte| eight << 8 | u64::from(*byte));
            let (first, last) = (Word::first(text), Word::last(text));
            prop_assert_eq!((first.eight, last.eight), (eight(&text[..count.min(8)]), eight(&text[text.len() - back.min(8)..])));
            let swapped: Vec<u8> = text.iter().map(|byte| if byte.is_ascii_alphabetic() { byte ^ 0x20 } else { *byte }).collect();
            let capitals = Word::last_in_capitals(&swapped);
            let told = capitals.map_or((8, last.eight), |word| (word.length, word.eight));
            prop_assert_eq!(told, (back.min(8), last.eight));
            prop_assert!(first.length == count || count > LONGEST && first.length > LONGEST);
            prop_assert!(last.length == back || back > LONGEST && last.length > LONGEST);
        }
    }
}
