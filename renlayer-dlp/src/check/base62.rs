//! The checksum of GitHub's and npm's tokens: CRC-32 of the random part, in six base62 digits (0-9, A-Z, a-z).

/// Whether the last six characters of `body` are the CRC-32 of those before them.
pub(crate) fn crc32_tail_holds(body: &[u8]) -> bool {
    let Some((random, tail)) = body.split_last_chunk::<6>() else { return false };
    let claimed = tail.iter().try_fold(0u64, |sum, &byte| Some(sum * 62 + u64::from(value(byte)?)));
    claimed == Some(u64::from(crc32fast::hash(random)))
}

/// Whether the last eight characters of `body` are the CRC-32 of those before them, in lower-case hexadecimal.
pub(crate) fn crc32_hex_tail_holds(body: &[u8]) -> bool {
    body.split_last_chunk::<8>()
        .is_some_and(|(random, tail)| format!("{:08x}", crc32fast::hash(random)).as_bytes() == tail)
}

fn value(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'Z' => Some(byte - b'A' + 10),
        b'a'..=b'z' => Some(byte - b'a' + 36),
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Replaces the tail of `body` by its checksum, the way an issuer writes it.
    pub(crate) fn seal(body: &mut String) {
        const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        body.truncate(body.len() - 6);
        let number = crc32fast::hash(body.as_bytes());
        let digit = |power| char::from(ALPHABET[(number / 62u32.pow(power) % 62) as usize]);
        body.push_str(&(0..6).rev().map(digit).collect::<String>());
    }

    /// The same for the hexadecimal form.
    pub(crate) fn seal_hex(body: &mut String) {
        body.truncate(body.len() - 8);
        let tail = format!("{:08x}", crc32fast::hash(body.as_bytes()));
        body.push_str(&tail);
    }

    #[test]
    fn a_body_with_its_own_checksum_holds_and_with_another_does_not() {
        let mut body = "zZ9aB3xY7wQ1eR5tU8iO2pL4kJ6hG0......".to_owned();
        seal(&mut body);
        assert!(crc32_tail_holds(body.as_bytes()));
        assert!(!crc32_tail_holds(body.to_lowercase().as_bytes()));
        assert!(!crc32_tail_holds(b"short"));
    }

    #[test]
    fn hexadecimal_tails_hold_in_lower_case() {
        let mut body = "zZ9aB3xY7wQ1eR5tU8iO2pL4kJ6hG0zZ9aB3xY7w........".to_owned();
        seal_hex(&mut body);
        assert!(crc32_hex_tail_holds(body.as_bytes()));
        body.replace_range(0..1, "y");
        assert!(!crc32_hex_tail_holds(body.as_bytes()));
    }
}
