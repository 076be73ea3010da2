//! `multipart/*` (RFC 2046, RFC 7578): each part is scanned as its own media type says.
//!
//! Delimiters are read as liberal parsers read them: a line feed alone ends a line, white space may follow. What stands before
//! the first delimiter, the parts' headers and what follows the last are scanned as text. A part that does not end is read to
//! the end of the body. The name of a form field speaks for its value.

use std::ops::Range;

use memchr::memmem;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Format;
use crate::OpaqueReason;
use crate::engine::Text;
use crate::scan::Scan;
use crate::view::View;

/// What stands between parts: 1 to 70 characters, as a `Content-Type` names them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Boundary {
    bytes: [u8; LONGEST],
    length: u8,
}

/// The longest boundary there may be.
const LONGEST: usize = 70;
/// A longer field is scanned without its name, so that it need not be copied.
const LARGEST_FIELD: usize = 64 << 10;
/// Multipart in multipart.
const MOST_LEVELS: u8 = 4;

impl Boundary {
    /// The boundary itself; none where it is empty or too long.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; LONGEST];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        let length = u8::try_from(text.len()).ok().filter(|length| *length > 0)?;
        Some(Self { bytes, length })
    }

    /// The boundary in a `Content-Type`, where that is a multipart one.
    #[must_use]
    pub fn of(content_type: &str) -> Option<Self> {
        let kind = content_type.trim_ascii_start().get(..10)?;
        if !kind.eq_ignore_ascii_case("multipart/") {
            return None;
        }
        parameter(content_type, "boundary").and_then(|value| Self::new(&value))
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }
}

/// Scans the parts.
pub(super) fn scan(scan: &mut Scan<'_>, bytes: &[u8], boundary: &Boundary) {
    parts(scan, bytes, boundary, 0);
}

fn parts(scan: &mut Scan<'_>, bytes: &[u8], boundary: &Boundary, level: u8) {
    let mut delimiters = Delimiters::new(bytes, boundary);
    let Some(mut delimiter) = delimiters.next() else { return text(scan, bytes, 0..bytes.len()) };
    text(scan, bytes, 0..delimiter.at.start);
    while !delimiter.closes {
        let next = delimiters.next();
        let end = next.as_ref().map_or(bytes.len(), |next| next.at.start);
        part(scan, bytes, delimiter.at.end..end, level);
        match next {
            Some(next) => delimiter = next,
            None => return,
        }
    }
    text(scan, bytes, delimiter.at.end..bytes.len());
}

/// One part: headers, an empty line, a body.
fn part(scan: &mut Scan<'_>, bytes: &[u8], range: Range<usize>, level: u8) {
    let head = head(bytes.get(range.clone()).unwrap_or_default());
    let body = range.start + head.length..range.end;
    text(scan, bytes, range.start..body.start);
    let part = bytes.get(body.clone()).unwrap_or_default();
    let mark = scan.mark();
    match Format::of(&head.content_type, part) {
        Format::Multipart(_) if level + 1 >= MOST_LEVELS => scan.opaque(body, OpaqueReason::Depth),
        Format::Multipart(boundary) => {
            parts(scan, part, &boundary, level + 1);
            scan.shift_since(mark, body.start);
        }
        Format::Text if !head.name.is_empty() => field(scan, part, &head.name, body.start),
        format => {
            super::scan(scan, part, format);
            scan.shift_since(mark, body.start);
        }
    }
}

/// The value of a form field, which may itself be compressed or in UTF-16.
fn field(scan: &mut Scan<'_>, value: &[u8], name: &str, at: usize) {
    let mark = scan.mark();
    if value.len() > LARGEST_FIELD || !super::is_plain(value) {
        super::scan(scan, value, Format::Text);
        return scan.shift_since(mark, at);
    }
    let named = format!("{name}=");
    scan.name(Text { bytes: named.as_bytes(), start: 0, complete: true });
    // What the name says stands in the head, and was found there.
    scan.undo(mark);
    let mut view = View::new(scan.take_buffer(), named.as_bytes());
    view.copy(value, at);
    scan.value(view.text(), name.as_bytes());
    scan.move_since(mark, |range| view.raw(range));
    scan.give_back(view.into_buffer());
    scan.forget_name();
}

fn text(scan: &mut Scan<'_>, bytes: &[u8], range: Range<usize>) {
    if !range.is_empty() {
        let bytes = bytes.get(..range.end).unwrap_or_default();
        scan.text(Text { bytes, start: range.start, complete: true });
    }
}

/* ===== delimiters ===== */

struct Delimiter {
    /// With the line ends around it.
    at: Range<usize>,
    /// It is the last one.
    closes: bool,
}

struct Delimiters<'b> {
    bytes: &'b [u8],
    line: Vec<u8>,
    at: usize,
}

impl<'b> Delimiters<'b> {
    fn new(bytes: &'b [u8], boundary: &Boundary) -> Self {
        Self { bytes, line: [b"--", boundary.as_bytes()].concat(), at: 0 }
    }
}

impl Iterator for Delimiters<'_> {
    type Item = Delimiter;

    fn next(&mut self) -> Option<Delimiter> {
        loop {
            let found = self.at + memmem::find(self.bytes.get(self.at..)?, &self.line)?;
            self.at = found + self.line.len();
            let before = self.bytes.get(..found).unwrap_or_default();
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let closes = rest.starts_with(b"--");
            let tail = rest.get(usize::from(closes) * 2..).unwrap_or_default();
            if !(before.is_empty() || before.ends_with(b"\n")) {
                continue;
            }
            let Some(after) = line_end(tail) else { continue };
            self.at += usize::from(closes) * 2 + after;
            let line_before = usize::from(before.ends_with(b"\n")) + usize::from(before.ends_with(b"\r\n"));
            return Some(Delimiter { at: found - line_before..self.at, closes });
        }
    }
}

/// The length of white space up to and with a line end, or to the end of the body.
fn line_end(tail: &[u8]) -> Option<usize> {
    let space = tail.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    match tail.get(space..).unwrap_or_default() {
        [b'\r', b'\n', ..] => Some(space + 2),
        [b'\n', ..] => Some(space + 1),
        [] => Some(space),
        _ => None,
    }
}

/* ===== headers ===== */

/// What the head of a part says.
#[derive(Default)]
struct Head {
    content_type: String,
    /// Of a form field.
    name: String,
    /// With the empty line after it.
    length: usize,
}

fn head(part: &[u8]) -> Head {
    let mut head = Head::default();
    for line in part.split_inclusive(|byte| *byte == b'\n') {
        head.length += line.len();
        let text = String::from_utf8_lossy(line);
        let Some((name, value)) = text.split_once(':') else {
            if text.trim().is_empty() {
                return head;
            }
            continue;
        };
        if name.trim().eq_ignore_ascii_case("content-type") {
            value.trim().clone_into(&mut head.content_type);
        } else if name.trim().eq_ignore_ascii_case("content-disposition") {
            head.name = parameter(value, "name").unwrap_or_default();
        }
    }
    // No empty line: there is no head.
    Head::default()
}

/// A parameter of a header's value, in quotes or not.
fn parameter(value: &str, name: &str) -> Option<String> {
    let mut rest = value;
    loop {
        let (_, after) = rest.split_once(';')?;
        rest = after.trim_start();
        let Some((key, text)) = rest.split_once('=') else { continue };
        let (text, after) = unquoted(text.trim_start());
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(text);
        }
        rest = after;
    }
}

/// A token or a quoted string, and what follows.
fn unquoted(text: &str) -> (String, &str) {
    let Some(inside) = text.strip_prefix('"') else {
        let end = text.find([';', ' ', '\r', '\n']).unwrap_or(text.len());
        let (token, after) = text.split_at(end);
        return (token.to_owned(), after);
    };
    let mut out = String::new();
    let mut characters = inside.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return (out, inside.get(at + 1..).unwrap_or_default()),
            '\\' => out.extend(characters.next().map(|(_, escaped)| escaped)),
            _ => out.push(c),
        }
    }
    (out, "")
}

/* ===== serde ===== */

impl Boundary {
    fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

impl std::fmt::Debug for Boundary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Boundary({:?})", self.as_str())
    }
}

impl Serialize for Boundary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Boundary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| serde::de::Error::custom("a boundary is 1 to 70 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::harness::redacting;
    use crate::{Direction, Input};

    fn redacted(content_type: &str, body: &str) -> String {
        let format = Format::of(content_type, body.as_bytes());
        let report =
            redacting().scan(body.as_bytes(), Input { format, direction: Direction::Request, known: None });
        String::from_utf8(report.redact(body.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn boundaries_are_taken_from_the_type() {
        for (content_type, boundary) in [
            ("multipart/form-data; boundary=abc", Some("abc")),
            ("Multipart/Mixed; charset=utf-8; Boundary=\"a b;c\"", Some("a b;c")),
            ("multipart/mixed; x=\"boundary=no\"; boundary=yes", Some("yes")),
            ("multipart/mixed", None),
            ("multipart/mixed; boundary=", None),
            ("text/plain; boundary=abc", None),
        ] {
            assert_eq!(Boundary::of(content_type).as_ref().map(Boundary::as_str), boundary, "{content_type}");
        }
        assert_eq!(Boundary::new(&"x".repeat(71)), None);
    }

    #[test]
    fn each_part_is_read_by_its_own_type() {
        let body = "to pre@corp.io\r\n--b\r\nContent-Disposition: form-data; name=\"mail\"\r\n\r\na@corp.io\r\n\
            --b \r\nContent-Disposition: form-data; name=j; filename=\"bob@corp.io\"\r\nContent-Type: application/json\r\n\r\n\
            {\"a\":\"\\u0062@corp.io\",\"n\":4111111111111111}\r\n--b\nContent-Type: application/x-www-form-urlencoded\n\n\
            to=c%40corp.io\n--b--\r\nend d@corp.io";
        let out = redacted("multipart/form-data; boundary=b", body);
        assert!(!out.contains("corp.io\"}") && !out.contains("41111"), "{out}");
        assert!(
            out.contains("{\"a\":\"[REDACTED:pii.email]\",\"n\":\"[REDACTED:payment.card_number]\"}"),
            "{out}"
        );
        assert!(out.contains("to=%5BREDACTED%3Apii.email%5D\n--b--\r\nend [REDACTED:pii.email]"), "{out}");
        assert_eq!(out.matches("pii.email").count(), 6, "{out}");
        assert_eq!(out.matches("--b").count(), 4);
    }

    #[test]
    fn the_name_of_a_field_speaks_for_its_value() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"ssn\"\r\n\r\n536228145\r\n--b--";
        assert!(redacted("multipart/form-data; boundary=b", body).contains("[REDACTED:gov_id.us.ssn]"));
    }

    #[test]
    fn nested_truncated_and_broken_parts_are_scanned() {
        let nested =
            "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx@corp.io\r\n--c--\r\n--b--";
        for body in [
            nested,
            "--b\r\nContent-Type: text/plain\r\n\r\nx@corp.io",
            "--b\r\nx@corp.io",
            "no delimiter x@corp.io",
            "--b--x@corp.io",
            "--b\r\n\r\n\r\n--b\r\n\r\nx@corp.io --b y",
        ] {
            assert!(redacted("multipart/mixed; boundary=b", body).contains("[REDACTED:pii.email]"), "{body}");
        }
    }

    #[test]
    fn parts_nested_too_deep_are_opaque() {
        let mut body = "--b\r\n\r\nx@corp.io\r\n--b--".to_owned();
        for level in 0..4 {
            let outer = (b'c' + level) as char;
            let inner = (b'b' + level) as char;
            body = format!(
                "--{outer}\r\nContent-Type: multipart/mixed; boundary={inner}\r\n\r\n{body}\r\n--{outer}--"
            );
            let format = Format::of(&format!("multipart/mixed; boundary={outer}"), b"");
            let input = Input { format, direction: Direction::Request, known: None };
            let report = redacting().scan(body.as_bytes(), input);
            assert_eq!(report.opaque.is_empty(), level < 3, "{body}");
            assert_eq!(report.findings.len(), usize::from(level < 3));
        }
    }
}
