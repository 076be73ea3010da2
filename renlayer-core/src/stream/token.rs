//! JSON string tokens: out of one into text, and back.

use std::borrow::Cow;

/// The text of a string token, its quotes included. Half of a surrogate pair, which a provider may cut between two
/// deltas, reads as U+FFFD.
pub(super) fn decode(token: &str) -> Cow<'_, str> {
    let inside = token.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(token);
    if !inside.contains('\\') {
        return Cow::Borrowed(inside);
    }
    let mut text = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = rest.find('\\') {
        let (plain, escaped) = rest.split_at(at);
        text.push_str(plain);
        match escape(escaped) {
            Escape::Whole { decoded, length } => {
                text.push(decoded);
                rest = escaped.get(length..).unwrap_or_default();
            }
            Escape::Partial => rest = "",
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// Appends `text` as a string token, quotes included.
pub(super) fn encode(text: &str, out: &mut String) {
    match serde_json::to_string(text) {
        Ok(token) => out.push_str(&token),
        Err(_) => out.push_str("\"\""),
    }
}

/// What stands at the head of a text that begins with a backslash.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// A whole escape of `length` bytes; a pair of surrogates is one.
    Whole { decoded: char, length: usize },
    /// It goes on where the text ends.
    Partial,
}

/// Reads the escape that `text` begins with.
pub(super) fn escape(text: &str) -> Escape {
    let Some(kind) = text.chars().nth(1) else { return Escape::Partial };
    let decoded = match kind {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => return unicode(text),
        other => other,
    };
    Escape::Whole { decoded, length: 1 + kind.len_utf8() }
}

fn unicode(text: &str) -> Escape {
    let Some(first) = unit(text) else {
        // Four hexadecimal digits may still come; anything else is no escape and reads as what it is not.
        let digits = text.get(2..).unwrap_or_default();
        let partial = digits.len() < 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        return if partial { Escape::Partial } else { Escape::Whole { decoded: '\u{fffd}', length: 2 } };
    };
    if !(0xd800..0xdc00).contains(&first) {
        return Escape::Whole { decoded: char::from_u32(first).unwrap_or('\u{fffd}'), length: 6 };
    }
    let low = text.get(6..).unwrap_or_default();
    match unit(low) {
        Some(second @ 0xdc00..0xe000) => {
            let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            Escape::Whole { decoded: char::from_u32(code).unwrap_or('\u{fffd}'), length: 12 }
        }
        None if could_be_unit(low) => Escape::Partial,
        _ => Escape::Whole { decoded: '\u{fffd}', length: 6 },
    }
}

/// The code unit of `\uXXXX` at the head of `text`.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        u32::from_str_radix(digits, 16).ok()
    } else {
        None
    }
}

/// Whether more bytes could make `text` begin with `\uXXXX`.
fn could_be_unit(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() < 6
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            0 => *byte == b'\\',
            1 => *byte == b'u',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_decode_as_json_does() {
        for token in [
            r#""""#,
            r#""plain""#,
            r#""a\"b\\c\/d\n\t\r\b\f""#,
            r#""\u0041\u00e9\ud83d\ude00""#,
            r#""grüße""#,
        ] {
            assert_eq!(decode(token), serde_json::from_str::<String>(token).unwrap(), "{token}");
        }
    }

    #[test]
    fn half_a_pair_is_a_replacement() {
        for (token, text) in
            [(r#""\ud83d""#, ""), (r#""\ud83d!""#, "\u{fffd}!"), (r#""\ude00x""#, "\u{fffd}x")]
        {
            assert_eq!(decode(token), text, "{token}");
        }
    }

    #[test]
    fn an_escape_that_is_cut_waits() {
        for cut in ["\\", "\\u", "\\u00", "\\ud83d", "\\ud83d\\", "\\ud83d\\ude0"] {
            assert_eq!(escape(cut), Escape::Partial, "{cut}");
        }
        assert_eq!(escape("\\ud83d\\n"), Escape::Whole { decoded: '\u{fffd}', length: 6 });
        assert_eq!(escape("\\u0041B"), Escape::Whole { decoded: 'A', length: 6 });
    }
}
