//! Cheap signals of what a text may say beside what it says: one sweep, by vectors where the machine has them, or eight bytes at
//! a time.

use crate::engine::{BLOCK, signs};

/// Bytes that are not ASCII.
const FOREIGN: u8 = 1;
/// A percent sign or an ampersand.
const ESCAPES: u8 = 2;
/// [`CHUNK`] bytes without a space, a quote or a parenthesis.
const UNSPACED: u8 = 4;
/// Digits with separators between them.
const SPREAD: u8 = 8;
/// So many digits that it is worth a look whether these are spread.
const DIGITS: u8 = 16;

/// Which views a text may need. No signal means that every view of it would be the text itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signals(u8);

/// A run of twice as many bytes holds an aligned chunk of them.
pub(crate) const CHUNK: usize = 16;
/// A stretch of twice as many bytes holds an aligned word of them.
pub(crate) const WORD: usize = 8;
/// A block with so many digits is worth a closer look: of nine with single gaps, five are in one block.
pub(crate) const MANY_DIGITS: u32 = 5;
/// Spaces, quotes, parentheses and control characters are not above this.
pub(crate) const LAST_BREAK: u8 = b'*';
/// Blocks that are looked at together.
const BATCH: usize = 64;

impl Signals {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut batch = [Self::default(); BATCH];
        let batches = bytes.chunks(BATCH * BLOCK);
        batches.fold(Self::default(), |all, bytes| {
            let blocks = batch.get_mut(..bytes.len().div_ceil(BLOCK)).unwrap_or_default();
            Self::of_each_block(bytes, blocks);
            blocks.iter().fold(all, |all, block| all.or(*block))
        })
    }

    /// Tells those of every [`BLOCK`] bytes, and of what is left.
    pub(crate) fn of_each_block(bytes: &[u8], all: &mut [Self]) {
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        if !signs(blocks, all) {
            all.iter_mut().zip(blocks).for_each(|(signals, block)| *signals = by_words(block));
        }
        if let Some(last) = all.get_mut(blocks.len()).filter(|_| !rest.is_empty()) {
            *last = by_words(rest);
        }
        for (signals, block) in all.iter_mut().zip(bytes.chunks(BLOCK)).filter(|(s, _)| s.0 & DIGITS != 0) {
            let is_spread = spread_word(block).is_some();
            signals.0 = signals.0 & !DIGITS | if is_spread { SPREAD } else { 0 };
        }
    }

    /// What a block shows at first sight.
    #[inline]
    pub(crate) fn new(foreign: bool, escapes: bool, unspaced: bool, many_digits: bool) -> Self {
        let bit = |is_there: bool, bit: u8| if is_there { bit } else { 0 };
        Self(
            bit(foreign, FOREIGN)
                | bit(escapes, ESCAPES)
                | bit(unspaced, UNSPACED)
                | bit(many_digits, DIGITS),
        )
    }

    /// What either text may need.
    #[inline]
    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[inline]
    pub(crate) fn any(self) -> bool {
        self.0 != 0
    }

    pub(crate) fn folds(self) -> bool {
        self.0 & (FOREIGN | ESCAPES) != 0
    }

    /// Whether all is ASCII.
    pub(crate) fn is_ascii(self) -> bool {
        self.0 & FOREIGN == 0
    }

    pub(crate) fn packs(self) -> bool {
        self.0 & UNSPACED != 0
    }

    pub(crate) fn spreads(self) -> bool {
        self.0 & SPREAD != 0
    }
}

/// The signs of a block, or of a part of one, without vectors.
fn by_words(block: &[u8]) -> Signals {
    let (chunks, rest) = block.as_chunks::<CHUNK>();
    let (mut high, mut escapes, mut unspaced) = (0, 0, false);
    for chunk in chunks {
        let [one, two] = words(chunk);
        high |= one | two;
        escapes |= escape_flags(one) | escape_flags(two);
        unspaced |= is_unspaced(chunk);
    }
    let mut foreign = high & HIGH != 0;
    let mut escape = escapes & HIGH != 0;
    for byte in rest {
        foreign |= !byte.is_ascii();
        escape |= is_escape(*byte);
    }
    Signals::new(foreign, escape, unspaced, has_many(block))
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
    // Mostly a letter or a mark is there that is above all digits.
    if has_above_digits(word) {
        return false;
    }
    let is_separator = |byte: &&u8| matches!(byte, b' ' | b'-'..=b'/' | b'\t' | b'\n' | b'\r');
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    (2..WORD).contains(&digits) && digits + word.iter().filter(is_separator).count() == WORD
}

#[inline]
fn has_above_digits(word: &[u8; WORD]) -> bool {
    let bytes = u64::from_le_bytes(*word);
    let carried = (bytes & !HIGH) + ONES * (0x80 - b':' as u64);
    (carried | bytes) & HIGH != 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::signs_by_each;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Vectors and words are two ways to one answer.
        #[test]
        fn vectors_and_words_say_the_same(text in "[ -~]{0,30}[a-z0-9 .%\u{e9}-]{0,300}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            // After a byte of 0xff an escape may be missed.
            prop_assume!(!bytes.contains(&u8::MAX));
            for bytes in [text.as_bytes(), &bytes] {
                let blocks = bytes.as_chunks().0;
                for signs in signs_by_each(blocks) {
                    prop_assert_eq!(signs, blocks.iter().map(|block| by_words(block)).collect::<Vec<_>>());
                }
                let mut told = vec![Signals::default(); bytes.len().div_ceil(BLOCK)];
                Signals::of_each_block(bytes, &mut told);
                let by_words = |block| if by_words(block).0 & DIGITS != 0 && spread_word(block).is_some() {
                    Signals(by_words(block).0 & !DIGITS | SPREAD)
                } else {
                    Signals(by_words(block).0 & !DIGITS)
                };
                let words: Vec<_> = bytes.chunks(BLOCK).map(by_words).collect();
                prop_assert_eq!(&told, &words);
                prop_assert_eq!(Signals::of(bytes), words.into_iter().fold(Signals::default(), Signals::or));
                prop_assert_eq!(Signals::of(bytes).spreads(), next_spread(bytes).is_some());
            }
        }
    }

    #[test]
    fn each_signal_is_seen_wherever_it_stands() {
        let plain = "To be, or not to be: that is the \"question\" (1).\n".repeat(3);
        assert!(!Signals::of(plain.as_bytes()).any());
        for at in 0..plain.len() {
            let with = |sign: &str| Signals::of([&plain[..at], sign, &plain[at..]].concat().as_bytes());
            assert!(with("%").folds() && with("&").folds() && with("\u{200b}").folds(), "{at}");
            assert!(with(&"x".repeat(2 * CHUNK - 1)).packs(), "{at}");
            for digits in [
                "5 3 6 2 2 8 1 4 5",
                "41-11-11-11-11-11-11-11",
                "4 - 1 - 1 - 1 - 1 - 1 - 1 - 1 - 1",
                "4\n1\n1\n1\n1\n1\n1\n1\n1",
            ] {
                assert!(with(digits).spreads(), "{at}: {digits}");
            }
        }
    }
}
