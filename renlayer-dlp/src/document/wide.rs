//! UTF-16, with a byte order mark or without: read as UTF-8, with markers in UTF-16.
//!
//! Without a mark, text whose first two characters are ASCII is recognised by the zeros between them, as RFC 4627 did for JSON.
//! UTF-32 is opaque.

use super::Format;
use crate::OpaqueReason;
use crate::finding::{MarkerStyle, Wide};
use crate::scan::Scan;
use crate::view::View;

/// How the bytes of a wide text are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Utf16(Wide),
    /// Four bytes a character.
    Utf32,
}

/// Whether bytes begin as wide text.
pub(super) fn order(bytes: &[u8]) -> Option<Order> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some(Order::Utf32),
        [0xff, 0xfe, ..] => Some(Order::Utf16(Wide::Little)),
        [0xfe, 0xff, ..] => Some(Order::Utf16(Wide::Big)),
        [1..=0x7f, 0, 0, 0, 1..=0x7f, 0, 0, 0, ..] | [0, 0, 0, 1..=0x7f, 0, 0, 0, 1..=0x7f, ..] => {
            Some(Order::Utf32)
        }
        [1..=0x7f, 0, 1..=0x7f, 0, ..] => Some(Order::Utf16(Wide::Little)),
        [0, 1..=0x7f, 0, 1..=0x7f, ..] => Some(Order::Utf16(Wide::Big)),
        _ => None,
    }
}

/// Scans wide text.
pub(super) fn scan(scan: &mut Scan<'_>, bytes: &[u8], order: Order, format: Format) {
    let Order::Utf16(wide) = order else {
        return scan.opaque(0..bytes.len(), OpaqueReason::Encoding);
    };
    let mut view = View::new(scan.take_buffer(), b"");
    narrow(&mut view, bytes, wide);
    let mark = scan.mark();
    let format = if format == Format::Text { Format::of("", view.bytes()) } else { format };
    // What this decodes to may look wide again; it is read once.
    super::scan_narrow(scan, view.bytes(), format);
    scan.move_since(mark, |range| view.raw(range));
    scan.style_since(mark, |style| *style = MarkerStyle { wide: Some(wide), ..*style });
    scan.give_back(view.into_buffer());
}

fn narrow(view: &mut View, bytes: &[u8], wide: Wide) {
    let (pairs, _) = bytes.as_chunks::<2>();
    let unit = |pair: &[u8; 2]| match wide {
        Wide::Little => u16::from_le_bytes(*pair),
        Wide::Big => u16::from_be_bytes(*pair),
    };
    let mut at = 0;
    for decoded in char::decode_utf16(pairs.iter().map(unit)) {
        let c = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
        let length = c.len_utf16() * 2;
        if !(at == 0 && c == '\u{feff}') {
            view.replace(at..at + length, c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        at += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::harness::redacting;
    use crate::{Direction, Input};

    fn written(text: &str, wide: Wide) -> Vec<u8> {
        let bytes = |unit: u16| match wide {
            Wide::Little => unit.to_le_bytes(),
            Wide::Big => unit.to_be_bytes(),
        };
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn wide_bodies_are_scanned_and_redacted_by_meaning() {
        for wide in [Wide::Little, Wide::Big] {
            for mark in ["", "\u{feff}"] {
                for (format, before, after) in [
                    (Format::Text, "To a@corp.io, 😀 é", "To [REDACTED:pii.email], 😀 é"),
                    (Format::Json, r#"{"a":"\u0062@corp.io"}"#, r#"{"a":"[REDACTED:pii.email]"}"#),
                    (Format::Json, r#"{"n":4111111111111111}"#, r#"{"n":"[REDACTED:payment.card_number]"}"#),
                ] {
                    let body = written(&[mark, before].concat(), wide);
                    let input = Input { format, direction: Direction::Request, known: None };
                    let out = redacting().scan(&body, input).redact(&body).into_owned();
                    assert_eq!(out, written(&[mark, after].concat(), wide), "{before}");
                }
            }
        }
    }

    #[test]
    fn four_bytes_a_character_are_opaque() {
        let body: Vec<u8> = "a@corp.io".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        let input = Input { format: Format::Text, direction: Direction::Request, known: None };
        assert_eq!(redacting().scan(&body, input).opaque[0].reason, OpaqueReason::Encoding);
    }
}
