//! Escapes in JSON strings and form fields: decoding, and the way back from a decoded place to the raw bytes.

use std::ops::Range;

use memchr::{memchr, memchr2};

/// How text is written inside a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// Backslash escapes.
    Json,
    /// Percent escapes, and `+` for a space.
    Form,
}

/// The letters of the escapes of JSON, and what each stands for, the most common first; `\u` aside.
pub(crate) const JSON_ESCAPES: [(u8, u8); 8] = [
    (b'n', b'\n'),
    (b'"', b'"'),
    (b'\\', b'\\'),
    (b't', b'\t'),
    (b'r', b'\r'),
    (b'/', b'/'),
    (b'b', 8),
    (b'f', 12),
];

/// What one escape stands for: at most one character.
pub(crate) struct Unit {
    bytes: [u8; 4],
    length: usize,
    /// How many raw bytes it takes.
    pub(crate) raw: usize,
}

impl Unit {
    /// The character, in UTF-8.
    #[inline]
    pub(crate) fn says(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl Coding {
    /// Appends the decoded text. Escapes that are none stand for themselves.
    pub(crate) fn decode(self, raw: &[u8], out: &mut Vec<u8>) {
        let mut rest = raw;
        while let Some(at) = self.next_escape(rest) {
            let (plain, escape) = rest.split_at(at);
            out.extend_from_slice(plain);
            let raw = self.decode_one(escape, out);
            rest = escape.get(raw..).unwrap_or_default();
        }
        out.extend_from_slice(rest);
    }

    /// Appends what the escape at the begin of `raw` stands for, and says how long it is.
    #[inline]
    pub(crate) fn decode_one(self, raw: &[u8], out: &mut Vec<u8>) -> usize {
        let unit = self.unit(raw);
        match unit.length {
            1 => out.extend(unit.bytes.first()),
            _ => out.extend_from_slice(unit.says()),
        }
        unit.raw
    }

    /// Where the next escape begins.
    pub(crate) fn next_escape(self, raw: &[u8]) -> Option<usize> {
        match self {
            Self::Json => memchr(b'\\', raw),
            Self::Form => memchr2(b'%', b'+', raw),
        }
    }

    /// What the escape at the begin of `escape` stands for.
    #[inline]
    pub(crate) fn unit(self, escape: &[u8]) -> Unit {
        match self {
            Self::Json => json_unit(escape),
            Self::Form => form_unit(escape),
        }
    }
}

#[inline]
fn json_unit(escape: &[u8]) -> Unit {
    let byte = |byte| Unit { bytes: [byte, 0, 0, 0], length: 1, raw: 2 };
    match escape.get(1) {
        Some(b'u') => unicode_unit(escape),
        Some(letter) => match json_escape(*letter) {
            Some(plain) => byte(plain),
            None => Unit { raw: 1, ..byte(b'\\') },
        },
        None => Unit { raw: 1, ..byte(b'\\') },
    }
}

/// What a backslash and this letter stand for.
#[inline]
pub(crate) fn json_escape(letter: u8) -> Option<u8> {
    BY_LETTER.get(usize::from(letter)).copied().filter(|plain| *plain != 0)
}

/// For each letter what it stands for, and zero where it is none of an escape. None stands for zero.
#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse")]
static BY_LETTER: [u8; 256] = {
    let mut plain = [0; 256];
    let mut i = 0;
    while i < JSON_ESCAPES.len() {
        plain[JSON_ESCAPES[i].0 as usize] = JSON_ESCAPES[i].1;
        i += 1;
    }
    plain
};

/// `\u0041`, or a pair of surrogates. A surrogate alone decodes to the replacement character.
fn unicode_unit(escape: &[u8]) -> Unit {
    let Some(first) = hex(escape.get(2..6)) else {
        return Unit { bytes: [b'\\', 0, 0, 0], length: 1, raw: 1 };
    };
    let second = || (escape.get(6..8) == Some(b"\\u")).then(|| hex(escape.get(8..12))).flatten();
    let (point, raw) = match (first, second()) {
        (0xd800..=0xdbff, Some(low @ 0xdc00..=0xdfff)) => {
            (0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00), 12)
        }
        _ => (first, 6),
    };
    let mut bytes = [0; 4];
    let length = char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(&mut bytes).len();
    Unit { bytes, length, raw }
}

fn form_unit(escape: &[u8]) -> Unit {
    let (byte, raw) = match (escape.first(), hex(escape.get(1..3))) {
        (Some(b'+'), _) => (b' ', 1),
        (_, Some(value)) => (u8::try_from(value).unwrap_or(b'%'), 3),
        _ => (b'%', 1),
    };
    Unit { bytes: [byte, 0, 0, 0], length: 1, raw }
}

pub(crate) fn hex(digits: Option<&[u8]>) -> Option<u32> {
    digits?.iter().try_fold(0, |sum, digit| Some(sum * 16 + char::from(*digit).to_digit(16)?))
}

/* ===== the way back ===== */

/// Maps decoded places, given in order of their begin, back to raw ones.
pub(crate) struct WayBack<'r> {
    coding: Coding,
    raw: &'r [u8],
    /// A raw place and the decoded one that it stands for.
    at: (usize, usize),
}

impl<'r> WayBack<'r> {
    pub(crate) fn new(coding: Coding, raw: &'r [u8]) -> Self {
        Self { coding, raw, at: (0, 0) }
    }

    /// The raw bytes of a decoded range, whole escapes.
    pub(crate) fn range(&mut self, decoded: Range<usize>) -> Range<usize> {
        self.at = self.walk(self.at, decoded.start, false);
        let (end, _) = self.walk(self.at, decoded.end, true);
        self.at.0..end
    }

    /// Goes on to the decoded place `to`. Where that is inside an escape, to its begin, or past it with `past`.
    fn walk(&self, (mut raw, mut decoded): (usize, usize), to: usize, past: bool) -> (usize, usize) {
        while decoded < to {
            let rest = self.raw.get(raw..).unwrap_or_default();
            let plain = self.coding.next_escape(rest.get(..to - decoded).unwrap_or(rest));
            let Some(plain) = plain else { return (raw + to - decoded, to) };
            let unit = self.coding.unit(rest.get(plain..).unwrap_or_default());
            if decoded + plain >= to || (decoded + plain + unit.length > to && !past) {
                return (raw + plain, decoded + plain);
            }
            raw += plain + unit.raw;
            decoded += plain + unit.length;
        }
        (raw, decoded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_decode_and_map_back() {
        for (coding, raw, decoded) in [
            (Coding::Json, r"a\nb\u0041\/", "a\nbA/"),
            (Coding::Json, r"\ud83d\ude00!", "\u{1f600}!"),
            (Coding::Json, r"\ud83dx\udead", "\u{fffd}x\u{fffd}"),
            (Coding::Json, r"\q\u12", r"\q\u12"),
            (Coding::Form, "a+b%40c%zz%4", "a b@c%zz%4"),
        ] {
            let mut out = Vec::new();
            coding.decode(raw.as_bytes(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), decoded);
            let mut back = WayBack::new(coding, raw.as_bytes());
            for (at, c) in decoded.char_indices() {
                let range = back.range(at..at + c.len_utf8());
                let mut again = Vec::new();
                coding.decode(&raw.as_bytes()[range], &mut again);
                assert_eq!(String::from_utf8(again).unwrap(), c.to_string(), "{raw} at {at}");
            }
            assert_eq!(WayBack::new(coding, raw.as_bytes()).range(0..decoded.len()), 0..raw.len());
        }
    }
}
