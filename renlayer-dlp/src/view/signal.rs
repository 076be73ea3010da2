//! Cheap signals of what a text may say beside what it says: one sweep, by vectors where the machine has them, or eight bytes at
//! a time.

use crate::engine::{BLOCK, Signs};

/// Which views a text may need. No signal means that every view of it would be the text itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signals {
    /// Bytes that are not ASCII.
    foreign: bool,
    /// A percent sign or an ampersand.
    escapes: bool,
    /// [`CHUNK`] bytes without a space, a quote or a parenthesis.
    unspaced: bool,
    /// Digits with separators between them.
    spread: bool,
}

/// A run of twice as many bytes holds an aligned chunk of them.
pub(crate) const CHUNK: usize = 16;
/// A block with so many digits is worth a closer look: of nine with single gaps, five are in one block.
pub(crate) const MANY_DIGITS: u32 = 5;
/// A stretch of twice as many bytes holds an aligned word of them.
pub(crate) const WORD: usize = 8;
/// Spaces, quotes, parentheses and control characters are not above this.
pub(crate) const LAST_BREAK: u8 = b'*';

impl Signals {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self::told(bytes, true)
    }

    /// The same of a text in whose surroundings no digits have gaps.
    pub(crate) fn but_spread(bytes: &[u8]) -> Self {
        Self::told(bytes, false)
    }

    fn told(bytes: &[u8], asks_spread: bool) -> Self {
        let (mut blocks, rest) = bytes.as_chunks::<BLOCK>();
        let (mut signs, mut spread) = (Signs::default(), false);
        while let Some(passed) = Some(&mut signs).filter(|_| !blocks.is_empty()).and_then(|s| s.add(blocks)) {
            let last = passed.checked_sub(1).and_then(|last| blocks.get(last));
            spread |= asks_spread && last.is_some_and(|block| has_spread(block));
            blocks = blocks.get(passed..).unwrap_or_default();
        }
        let left = bytes.get(bytes.len() - rest.len() - blocks.as_flattened().len()..).unwrap_or_default();
        let by_words = Self::by_words(left);
        Self {
            foreign: signs.foreign | by_words.foreign,
            escapes: signs.escapes | by_words.escapes,
            unspaced: signs.unspaced | by_words.unspaced,
            spread: spread || (asks_spread && next_spread(left).is_some()),
        }
    }

    /// All but the digits with gaps, without vectors.
    fn by_words(bytes: &[u8]) -> Self {
        let (chunks, rest) = bytes.as_chunks::<CHUNK>();
        let (mut high, mut escapes, mut unspaced) = (0, 0, false);
        for chunk in chunks {
            let [one, two] = words(chunk);
            high |= one | two;
            escapes |= escape_flags(one) | escape_flags(two);
            unspaced |= is_unspaced(chunk);
        }
        let mut foreign = if high & HIGH == 0 { 0 } else { 0x80 };
        let mut escape = escapes & HIGH != 0;
        for byte in rest {
            foreign |= byte;
            escape |= is_escape(*byte);
        }
        Self { foreign: foreign >= 0x80, escapes: escape, unspaced, spread: false }
    }

    pub(crate) fn any(self) -> bool {
        self.foreign | self.escapes | self.unspaced | self.spread
    }

    pub(crate) fn folds(self) -> bool {
        self.foreign | self.escapes
    }

    pub(crate) fn packs(self) -> bool {
        self.unspaced
    }

    pub(crate) fn spreads(self) -> bool {
        self.spread
    }
}

/// `%` and `&`.
fn is_escape(byte: u8) -> bool {
    byte.wrapping_sub(b'%') < 2
}

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGH: u64 = ONES << 7;

#[inline]
fn words(chunk: &[u8; CHUNK]) -> [u64; 2] {
    match chunk.as_chunks::<8>().0 {
        [one, two] => [u64::from_le_bytes(*one), u64::from_le_bytes(*two)],
        _ => [0; 2],
    }
}

/// High bits where `%` (0x25) or `&` (0x26) stands: both become 0x27 when one is added and the last bit set. After a byte
/// of 0xff, which is a signal itself, one may be missed.
#[inline]
fn escape_flags(word: u64) -> u64 {
    let same = (word.wrapping_add(ONES) | ONES) ^ (ONES * 0x27);
    same.wrapping_sub(ONES) & !same
}

/// Whether nothing that ends a word stands in the chunk.
#[inline]
pub(crate) fn is_unspaced(chunk: &[u8; CHUNK]) -> bool {
    let [one, two] = words(chunk);
    let breaks = |word: u64| word.wrapping_sub(ONES * (LAST_BREAK as u64 + 1)) & !word;
    (breaks(one) | breaks(two)) & HIGH == 0
}

/* ===== digits with gaps ===== */

/// Where in `bytes` the next aligned word is that is made of digits and separators.
pub(crate) fn next_spread(bytes: &[u8]) -> Option<usize> {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    for (nth, block) in blocks.iter().enumerate() {
        if has_many(block)
            && let Some(at) = spread_word(block)
        {
            return Some(nth * BLOCK + at);
        }
    }
    let at = has_many(rest).then(|| spread_word(rest)).flatten()?;
    Some(bytes.len() - rest.len() + at)
}

fn has_spread(block: &[u8]) -> bool {
    has_many(block) && spread_word(block).is_some()
}

#[inline]
fn has_many(block: &[u8]) -> bool {
    let digits: u8 = block.iter().map(|byte| u8::from(byte.wrapping_sub(b'0') < 10)).sum();
    u32::from(digits) >= MANY_DIGITS
}

#[inline(never)]
fn spread_word(block: &[u8]) -> Option<usize> {
    block.as_chunks().0.iter().position(is_spread).map(|word| word * WORD)
}

/// Whether at least two digits stand there, and nothing but separators beside them.
fn is_spread(word: &[u8; WORD]) -> bool {
    let is_separator = |byte: &&u8| matches!(byte, b' ' | b'-'..=b'/' | b'\t' | b'\n' | b'\r');
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    (2..WORD).contains(&digits) && digits + word.iter().filter(is_separator).count() == WORD
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Vectors and words are two ways to one answer.
        #[test]
        fn vectors_and_words_say_the_same(text in "[ -~]{0,30}[a-z0-9 .%\u{e9}-]{0,300}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            for bytes in [text.as_bytes(), &bytes] {
                let words = Signals { spread: next_spread(bytes).is_some(), ..Signals::by_words(bytes) };
                // After a byte of 0xff an escape may be missed.
                prop_assume!(!bytes.contains(&u8::MAX));
                prop_assert_eq!(Signals::of(bytes), words);
                prop_assert_eq!(Signals::but_spread(bytes), Signals { spread: false, ..words });
            }
        }
    }

    #[test]
    fn each_signal_is_seen_wherever_it_stands() {
        let plain = "To be, or not to be: that is the \"question\" (1).\n".repeat(3);
        assert!(!Signals::of(plain.as_bytes()).any());
        for at in 0..plain.len() {
            let with = |sign: &str| Signals::of([&plain[..at], sign, &plain[at..]].concat().as_bytes());
            assert!(with("%").escapes && with("&").escapes && with("\u{200b}").foreign, "{at}");
            assert!(with(&"x".repeat(2 * CHUNK - 1)).unspaced, "{at}");
            for digits in
                ["5 3 6 2 2 8 1 4 5", "41-11-11-11-11-11-11-11", "4 - 1 - 1 - 1 - 1 - 1 - 1 - 1 - 1"]
            {
                assert!(with(digits).spread, "{at}: {digits}");
            }
        }
    }
}
