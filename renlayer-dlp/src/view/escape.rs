//! Percent escapes and character references: what stands at a place, where anything does.

use crate::coding::hex;

/// What an escape stands for, and how many raw bytes it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Escape {
    pub(crate) character: char,
    pub(crate) length: usize,
}

/// How often an escape may itself be escaped: `%25252540`, `&amp;amp;#64;`.
const MOST_REPEATS: usize = 8;
/// The longest character reference that is looked for.
const LONGEST_REFERENCE: usize = 12;

/// `%40`, `%C3%A9` or `%2540` at the begin of `raw`.
pub(crate) fn percent(raw: &[u8]) -> Option<Escape> {
    let (first, mut length) = percent_byte(raw)?;
    let mut bytes = [first, 0, 0, 0];
    for at in 1..=4 {
        let so_far = bytes.get(..at)?;
        match std::str::from_utf8(so_far) {
            Ok(text) => return text.chars().next().map(|character| Escape { character, length }),
            Err(error) if error.error_len().is_some() => return None,
            Err(_) => {
                let (next, more) = percent_byte(raw.get(length..)?)?;
                *bytes.get_mut(at)? = next;
                length += more;
            }
        }
    }
    None
}

fn percent_byte(raw: &[u8]) -> Option<(u8, usize)> {
    let mut at = raw.first().filter(|byte| **byte == b'%').map(|_| 1)?;
    let is_repeat = |at: usize| raw.get(at..at + 2) == Some(b"25") && hex(raw.get(at + 2..at + 4)).is_some();
    for _ in 0..MOST_REPEATS {
        if !is_repeat(at) {
            break;
        }
        at += 2;
    }
    let value = hex(raw.get(at..at + 2))?;
    u8::try_from(value).ok().map(|byte| (byte, at + 2))
}

/// `&#64;`, `&#x40;`, `&commat;` or `&amp;#64;` at the begin of `raw`.
pub(crate) fn reference(raw: &[u8]) -> Option<Escape> {
    let mut at = raw.first().filter(|byte| **byte == b'&').map(|_| 1)?;
    for _ in 0..MOST_REPEATS {
        let rest = raw.get(at..).unwrap_or_default();
        let goes_on = || rest.get(4..).is_some_and(|after| body(after).is_some());
        if !(rest.starts_with(b"amp;") && goes_on()) {
            break;
        }
        at += 4;
    }
    let (character, length) = body(raw.get(at..)?)?;
    Some(Escape { character, length: at + length })
}

/// What follows the ampersand, to the semicolon. Numbers may go without one, as browsers read them.
fn body(rest: &[u8]) -> Option<(char, usize)> {
    if let Some(number) = rest.strip_prefix(b"#") {
        let (digits, radix, before) = match number.strip_prefix(b"x").or_else(|| number.strip_prefix(b"X")) {
            Some(digits) => (digits, 16, 2),
            None => (number, 10, 1),
        };
        let length =
            digits.iter().take(LONGEST_REFERENCE).take_while(|d| char::from(**d).is_digit(radix)).count();
        let text = std::str::from_utf8(digits.get(..length)?).ok()?;
        let character = char::from_u32(u32::from_str_radix(text, radix).ok()?)?;
        let semicolon = usize::from(digits.get(length) == Some(&b';'));
        return Some((character, before + length + semicolon));
    }
    let end = rest.iter().take(LONGEST_REFERENCE).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let name = rest.get(..end).filter(|_| rest.get(end) == Some(&b';'))?;
    NAMED.iter().find(|(named, _)| named.as_bytes() == name).map(|(_, character)| (*character, end + 1))
}

/// The names (HTML 13.5) of ASCII characters and of spaces and dashes.
const NAMED: [(&str, char); 44] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("commat", '@'),
    ("period", '.'),
    ("comma", ','),
    ("colon", ':'),
    ("semi", ';'),
    ("sol", '/'),
    ("bsol", '\\'),
    ("lowbar", '_'),
    ("hyphen", '-'),
    ("dash", '-'),
    ("ndash", '-'),
    ("mdash", '-'),
    ("minus", '-'),
    ("equals", '='),
    ("plus", '+'),
    ("num", '#'),
    ("percnt", '%'),
    ("excl", '!'),
    ("quest", '?'),
    ("dollar", '$'),
    ("ast", '*'),
    ("lpar", '('),
    ("rpar", ')'),
    ("lsqb", '['),
    ("rsqb", ']'),
    ("lbrace", '{'),
    ("rbrace", '}'),
    ("lcub", '{'),
    ("rcub", '}'),
    ("verbar", '|'),
    ("grave", '`'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("shy", '\u{ad}'),
    ("zwj", '\u{200d}'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_to_their_end() {
        let found = |escape: Option<Escape>| escape.map(|escape| (escape.character, escape.length));
        for (raw, expected) in [
            ("%40corp", Some(('@', 3))),
            ("%c3%a9", Some(('é', 6))),
            ("%2540", Some(('@', 5))),
            ("%252540x", Some(('@', 7))),
            ("%25", Some(('%', 3))),
            ("%255", Some(('%', 3))),
            ("%c3%41", None),
            ("%ff", None),
            ("%4", None),
            ("100%", None),
        ] {
            assert_eq!(found(percent(raw.as_bytes())), expected, "{raw}");
        }
        for (raw, expected) in [
            ("&#64;", Some(('@', 5))),
            ("&#x40;", Some(('@', 6))),
            ("&#064corp", Some(('@', 5))),
            ("&commat;", Some(('@', 8))),
            ("&amp;", Some(('&', 5))),
            ("&amp;#64;", Some(('@', 9))),
            ("&amp;amp;lt;", Some(('<', 12))),
            ("&#99999999999;", None),
            ("&#xd800;", None),
            ("&unknown;", None),
            ("&", None),
            ("&#", None),
        ] {
            assert_eq!(found(reference(raw.as_bytes())), expected, "{raw}");
        }
    }
}
