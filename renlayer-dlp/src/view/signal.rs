//! Cheap signals of what a text may say beside what it says: one sweep, eight bytes at a time.

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
/// So many bytes are asked together for how many digits they have, and these make it worth to look closer: of nine with
/// single gaps, five are in one block.
const BLOCK: usize = 64;
const MANY_DIGITS: u8 = 5;
/// A stretch of twice as many bytes holds an aligned word of them.
pub(crate) const WORD: usize = 8;
/// Spaces, quotes, parentheses and control characters are not above this.
const LAST_BREAK: u8 = b'*';

impl Signals {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self { spread: next_spread(bytes).is_some(), ..Self::but_spread(bytes) }
    }

    /// The same of a text in whose surroundings no digits have gaps.
    pub(crate) fn but_spread(bytes: &[u8]) -> Self {
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
        if digits(block) >= MANY_DIGITS
            && let Some(at) = spread_word(block)
        {
            return Some(nth * BLOCK + at);
        }
    }
    let at = (digits(rest) >= MANY_DIGITS).then(|| spread_word(rest)).flatten()?;
    Some(bytes.len() - rest.len() + at)
}

#[inline]
fn digits(block: &[u8]) -> u8 {
    block.iter().map(|byte| u8::from(byte.wrapping_sub(b'0') < 10)).sum()
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
    use super::*;

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
