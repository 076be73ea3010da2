//! How random a value looks.

/// Shannon entropy of the bytes, in bits per byte.
pub(crate) fn bits_per_byte(bytes: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    for &byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let total = bytes.len() as f32;
    let share = |&count: &u32| count as f32 / total;
    counts.iter().filter(|count| **count > 0).map(share).map(|p| -p * p.log2()).sum()
}

/// Whether a value has the randomness of a key of its length and alphabet. Made so that of random keys fewer than one in ten
/// thousand fails.
pub(crate) fn is_random(bytes: &[u8]) -> bool {
    let is_hex = bytes.iter().all(u8::is_ascii_hexdigit);
    let least = match (bytes.len(), is_hex) {
        (..12, _) => 1.8,
        (12..20, _) => 2.2,
        (_, true) => 2.7,
        (20..30, false) => 2.9,
        (_, false) => 3.2,
    };
    bits_per_byte(bytes) >= least
}

/// The same for a value that is drawn character by character from one alphabet, as a token of fixed length is: then its
/// length and the kinds of characters in it say how many different ones to expect. Of such values fewer than one in ten
/// thousand is below.
pub(crate) fn is_drawn(bytes: &[u8]) -> bool {
    let has = |is: fn(&u8) -> bool, size: usize| if bytes.iter().any(is) { size } else { 0 };
    let letters = match bytes.iter().all(|byte| byte.is_ascii_hexdigit() || !byte.is_ascii_alphabetic()) {
        true => has(u8::is_ascii_alphabetic, 6),
        // Base32 and its like leave four out.
        false => has(u8::is_ascii_lowercase, 22) + has(u8::is_ascii_uppercase, 22),
    };
    let letters = letters + has(u8::is_ascii_digit, 10) + has(|byte| !byte.is_ascii_alphanumeric(), 2);
    let (n, letters) = (bytes.len() as f32, letters as f32);
    n < 16.0 || bits_per_byte(bytes) >= (n * letters / (n + letters)).log2() - 18.0 / n
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::ByteSet;
    use crate::detector::harness::Random;

    #[test]
    fn what_is_drawn_from_an_alphabet_is_told_from_what_repeats() {
        let mut random = Random::new(4);
        for set in [ByteSet::DIGIT, ByteSet::HEX_LOWER, ByteSet::BASE32, ByteSet::ALNUM, ByteSet::BASE64URL] {
            for length in [16, 20, 32, 35, 64, 100] {
                for _ in 0..500 {
                    let key = random.text(set, length);
                    assert!(is_drawn(key.as_bytes()), "{key}");
                }
            }
        }
        assert!(
            !is_drawn(b"SyAAAAbbbbCCCCdddd1111AAAAbbbbCCCCd")
                && !is_drawn(b"SyTestTestTestKeyTestTestTestKey123")
        );
    }

    #[test]
    fn keys_look_random_and_repetition_does_not() {
        let mut random = Random::new(3);
        for _ in 0..500 {
            for (set, length) in [(ByteSet::HEX_LOWER, 32), (ByteSet::ALNUM, 20), (ByteSet::ALNUM, 40)] {
                let key = random.text(set, length);
                assert!(is_random(key.as_bytes()), "{key}");
            }
        }
        assert!(
            !is_random(b"aaaaaaaabbbbbbbbaaaaaaaabbbbbbbb") && !is_random(b"keykeykeykeykeykeykeykeykeykey")
        );
        assert!(bits_per_byte(b"aaaa") < 0.01 && (bits_per_byte(b"abcd") - 2.0).abs() < 0.01);
    }
}
