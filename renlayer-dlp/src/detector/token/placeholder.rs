//! Values that only stand for a token: `AKIA…EXAMPLE`, `xxxxxxxx`, `1234567890…`, `<your-key>`.

/// What people write where a value belongs. A random key of 40 characters holds one of them once in ten thousand times.
const WORDS: [&[u8]; 13] = [
    b"example",
    b"xxxxxxxx",
    b"00000000",
    b"********",
    b"redacted",
    b"token:",
    b"placeholder",
    b"dummy",
    b"changeme",
    b"your",
    b"insert",
    b"notreal",
    b"randomstring",
];

/// Whether nobody could sign in with `body`.
pub(crate) fn is_one(body: &[u8]) -> bool {
    let lower = body.to_ascii_lowercase();
    let says = |word: &[u8]| lower.windows(word.len()).any(|window| window == word);
    WORDS.into_iter().any(says) || lower.ends_with(b"here") || distinct(&lower) <= 3 || is_counting(&lower)
}

fn distinct(bytes: &[u8]) -> usize {
    let mut seen = [false; 256];
    bytes
        .iter()
        .filter(|b| seen.get_mut(usize::from(**b)).is_some_and(|seen| !std::mem::replace(seen, true)))
        .count()
}

/// Whether most characters follow on from the one before: `abcdefgh`, `123456789012`.
fn is_counting(bytes: &[u8]) -> bool {
    let steps = bytes.windows(2).filter(|pair| match pair {
        [b'9', b'0'] => true,
        [a, b] => *b == a.wrapping_add(1),
        _ => false,
    });
    bytes.len() >= 8 && steps.count() * 5 >= bytes.len() * 4
}

#[cfg(test)]
mod tests {
    use super::is_one;

    #[test]
    fn stand_ins_are_told_from_values() {
        for body in [
            "IOSFODNN7EXAMPLE",
            "aaaaaaaaaaaaaaaa",
            "abcdefghijklmnop",
            "12345678901234567890",
            "XXXXXXXXXXXX",
        ] {
            assert!(is_one(body.as_bytes()), "{body}");
        }
        for body in ["Q7ZT4MWPX2LKVB3R", "a8f5f167f44f4964e6c998dee827110c"] {
            assert!(!is_one(body.as_bytes()), "{body}");
        }
    }
}
