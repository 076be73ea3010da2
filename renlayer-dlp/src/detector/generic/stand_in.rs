//! What stands where a secret would, and is none.

/// Words of types, of states and of schemas: no value at all.
const NO_VALUES: [&[u8]; 30] = [
    b"string",
    b"password",
    b"passwd",
    b"passphrase",
    b"secret",
    b"hidden",
    b"object",
    b"number",
    b"integer",
    b"boolean",
    b"required",
    b"optional",
    b"default",
    b"undefined",
    b"disabled",
    b"enabled",
    b"nullable",
    b"unknown",
    b"prompt",
    b"current-password",
    b"new-password",
    b"password_hash",
    b"varchar",
    b"text/plain",
    b"username",
    b"credentials",
    b"redacted",
    b"encrypted",
    b"filtered",
    b"private",
];

/// Whether `text` names the kind of a value, or its absence.
pub(super) fn is_no_value(text: &[u8]) -> bool {
    NO_VALUES.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether `text` was typed along the alphabet and the row of digits: `abc123def456ghi789`, `a1b2c3d4e5f6`.
pub(super) fn is_one(text: &[u8]) -> bool {
    let (mut steps, mut counted) = (0usize, 0usize);
    let (mut letter, mut digit) = (None, None);
    for byte in text.iter().map(u8::to_ascii_lowercase) {
        let last = match byte {
            b'a'..=b'z' => &mut letter,
            b'0'..=b'9' => &mut digit,
            _ => continue,
        };
        if let Some(before) = last.replace(byte) {
            counted += 1;
            let wraps = (before == b'9' && byte == b'0') || (before == b'z' && byte == b'a');
            steps += usize::from(wraps || byte == before + 1);
        }
    }
    counted >= 8 && steps * 4 >= counted * 3
}

#[cfg(test)]
mod tests {
    use super::is_one;

    #[test]
    fn alphabets_are_told_from_keys() {
        for text in ["abc123def456ghi789jkl012", "a1b2c3d4e5f6g7h8", "ABCDEFGH12345678", "1234567890abcdef"] {
            assert!(is_one(text.as_bytes()), "{text}");
        }
        for text in ["Zf3D0LXCM3EIMbgJ", "9fceb02d0ae598e95dc9", "hijack-number-7"] {
            assert!(!is_one(text.as_bytes()), "{text}");
        }
    }
}
