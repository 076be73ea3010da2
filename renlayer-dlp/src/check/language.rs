//! How little a value looks like language.
//!
//! Entropy cannot tell a name from a key: `getElementsByTagName` has as many different letters as twenty random ones. What
//! tells them apart is which letter follows which. So each pair of neighbours costs as many bits as it is rare in words and in
//! the names programs use; language costs about 3.6 bits a byte, random letters and digits 6 and more.
//!
//! The costs are counted when the crate is compiled, from `words.txt`: the words of three to sixteen letters that stand in
//! this project's own sources and documents three times or more, each once.

use crate::byteset::ByteSet;

/// Letters in either case, any digit, anything else.
const KINDS: usize = 28;
const DIGIT: usize = 26;
const OTHER: usize = 27;
/// Costs are counted in parts of a bit.
const PARTS: u32 = 16;

/// From this many bits a byte on, a value of sixteen bytes or more is no language: of names 1 % are above it, of random letters
/// and digits fewer than 1 % below.
pub(crate) const FOREIGN: f32 = 4.5;

static COSTS: [[u8; KINDS]; KINDS] = costs(WORDS);

/// Words of language, one a line.
const WORDS: &[u8] = include_bytes!("words.txt");

/// Bits per byte that `value` costs as language.
#[allow(clippy::indexing_slicing, reason = "a kind is less than the number of kinds")]
pub(crate) fn surprise(value: &[u8]) -> f32 {
    let (mut total, mut before, mut was_lower) = (0, OTHER, false);
    for &byte in value {
        let kind = kind(byte);
        // A hump begins a word.
        if was_lower && byte.is_ascii_uppercase() {
            total += u32::from(COSTS[before][OTHER]);
            before = OTHER;
        }
        total += u32::from(COSTS[before][kind]);
        (before, was_lower) = (kind, byte.is_ascii_lowercase());
    }
    total as f32 / PARTS as f32 / value.len().max(1) as f32
}

/// Whether a value is of hexadecimal digits (and dashes) only, of which language has few, so that their pairs say little.
pub(crate) fn is_hex(value: &[u8]) -> bool {
    const SET: ByteSet = ByteSet::HEX.with(b"-");
    value.iter().all(|byte| SET.has(*byte))
}

const fn kind(byte: u8) -> usize {
    match byte.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => (letter - b'a') as usize,
        b'0'..=b'9' => DIGIT,
        _ => OTHER,
    }
}

#[allow(
    clippy::indexing_slicing,
    reason = "a kind is less than the number of kinds; the text is walked to its end"
)]
const fn costs(text: &[u8]) -> [[u8; KINDS]; KINDS] {
    // Each pair has been seen once, and four times more wherever it stands.
    let mut seen = [[1u32; KINDS]; KINDS];
    let (mut at, mut before) = (0, OTHER);
    while at < text.len() {
        let kind = kind(text[at]);
        seen[before][kind] += 4;
        before = kind;
        at += 1;
    }
    let mut costs = [[0; KINDS]; KINDS];
    let mut from = 0;
    while from < KINDS {
        let (mut to, mut total) = (0, 0);
        while to < KINDS {
            total += seen[from][to];
            to += 1;
        }
        to = 0;
        while to < KINDS {
            costs[from][to] = match beside_digits(from, to) {
                Some(cost) => cost,
                None => (log2(total) - log2(seen[from][to])) as u8,
            };
            to += 1;
        }
        from += 1;
    }
    costs
}

/// Words have no digits. In names they stand at the end and in runs; between letters they are what keys look like.
const fn beside_digits(from: usize, to: usize) -> Option<u8> {
    match (from, to) {
        (DIGIT, DIGIT) => Some(40),
        (DIGIT, OTHER) => Some(40),
        (DIGIT, _) => Some(96),
        (OTHER, DIGIT) => Some(48),
        (_, DIGIT) => Some(80),
        (OTHER, OTHER) => Some(32),
        _ => None,
    }
}

/// The logarithm to base 2, in parts of a bit.
const fn log2(number: u32) -> u32 {
    let whole = number.ilog2();
    // Between one and two, in 32 fractional bits: each squaring gives one bit of the logarithm.
    let mut rest = ((number as u64) << 32) >> whole;
    let (mut parts, mut bit) = (0, PARTS / 2);
    while bit > 0 {
        rest = ((rest as u128 * rest as u128) >> 32) as u64;
        if rest >> 33 > 0 {
            rest >>= 1;
            parts += bit;
        }
        bit /= 2;
    }
    whole * PARTS + parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::harness::Random;

    #[test]
    fn names_and_words_are_no_surprise() {
        for text in [
            "getElementsByTagName",
            "spring.datasource.password",
            "correct-horse-battery-staple",
            "AWS_SECRET_ACCESS_KEY",
            "kubernetes-dashboard-token",
            "the quick brown fox",
            "com.example.application.MainActivity",
        ] {
            assert!(surprise(text.as_bytes()) < FOREIGN, "{text}: {}", surprise(text.as_bytes()));
        }
    }

    #[test]
    fn random_values_are() {
        let mut random = Random::new(13);
        let mut missed = 0;
        for _ in 0..2000 {
            for set in [ByteSet::ALNUM, ByteSet::LOWER, ByteSet::BASE64URL] {
                missed += usize::from(surprise(random.text(set, 20).as_bytes()) < FOREIGN);
            }
        }
        assert!(missed < 60, "{missed} of 6000");
    }

    #[test]
    fn the_logarithm_is_one() {
        for number in [1u32, 2, 3, 10, 1000, 123_456] {
            let exact = (f64::from(number).log2() * f64::from(PARTS)) as u32;
            assert!(log2(number).abs_diff(exact) <= 1, "{number}");
        }
    }
}
