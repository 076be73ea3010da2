//! Framing of a server-sent event stream, as the WHATWG standard has it: bytes in, whole events out.
//!
//! Chunks may be cut anywhere (inside a code point, between CR and LF, before the blank line). Each [`Event`] keeps
//! the bytes that made it, line ends and comments included, so that the events written back one after the other are the
//! stream that came. An event that lies in one chunk is a slice of that chunk: nothing is copied.
//!
//! ```
//! use renlayer_core::sse::Parser;
//!
//! let mut parser = Parser::new(1024);
//! parser.push("event: ping\ndata: {}\n\nda".into());
//! let event = parser.next_event()?.unwrap();
//! assert_eq!(event.name(), Some(&b"ping"[..]));
//! assert_eq!(event.data().as_deref(), Some(&b"{}"[..]));
//! assert!(parser.next_event()?.is_none());
//! # Ok::<(), renlayer_core::sse::EventTooLong>(())
//! ```

use std::{borrow::Cow, ops::Range};

use bytes::{Buf, Bytes, BytesMut};
use memchr::{memchr, memchr2};

/// Cuts a stream of chunks into events.
#[derive(Debug)]
pub struct Parser {
    bound: usize,
    /// The beginning of an event that the chunks before the present one brought.
    held: BytesMut,
    chunk: Bytes,
    line: Line,
    /// Only the first event of a stream may begin with a byte order mark.
    first: bool,
}

/// Where the last byte looked at stands in its line.
#[derive(Debug, Clone, Copy)]
struct Line {
    empty: bool,
    after_cr: bool,
}

/// One event: the bytes that came, and where its fields lie in them.
#[derive(Debug, Clone)]
pub struct Event {
    raw: Bytes,
    data: Vec<Range<usize>>,
    name: Option<Range<usize>>,
    id: Option<Range<usize>>,
    retry: Option<u64>,
}

/// An event grew past the bound before it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is longer than {bound} bytes")]
pub struct EventTooLong {
    /// The bound, in bytes.
    pub bound: usize,
}

// === impl Parser ===

impl Parser {
    /// A parser that holds at most `bound` bytes of an unfinished event.
    pub fn new(bound: usize) -> Self {
        let line = Line { empty: true, after_cr: false };
        Self { bound, held: BytesMut::new(), chunk: Bytes::new(), line, first: true }
    }

    /// Takes the next chunk; the events before it must have been taken out.
    pub fn push(&mut self, chunk: Bytes) {
        if self.chunk.is_empty() {
            self.chunk = chunk;
        } else {
            let mut joined = BytesMut::with_capacity(self.chunk.len() + chunk.len());
            joined.extend_from_slice(&self.chunk);
            joined.extend_from_slice(&chunk);
            self.chunk = joined.freeze();
        }
    }

    /// The next whole event, if the chunks so far hold one.
    ///
    /// # Errors
    /// [`EventTooLong`] when an event passes the bound; the stream cannot be followed any further.
    pub fn next_event(&mut self) -> Result<Option<Event>, EventTooLong> {
        if self.chunk.is_empty() {
            return Ok(None);
        }
        let Some(length) = self.event_end() else {
            self.held.extend_from_slice(&self.chunk);
            self.chunk.clear();
            return if self.held.len() > self.bound {
                Err(EventTooLong { bound: self.bound })
            } else {
                Ok(None)
            };
        };
        if self.held.len() + length > self.bound {
            return Err(EventTooLong { bound: self.bound });
        }
        let mut raw = self.chunk.split_to(length);
        if !self.held.is_empty() {
            self.held.extend_from_slice(&raw);
            raw = self.held.split().freeze();
        }
        Ok(Some(self.event(raw)))
    }

    /// What is left when the stream ends: an event without its blank line. The standard drops it, many clients do not.
    pub fn finish(&mut self) -> Option<Event> {
        let rest = self.take_rest();
        if rest.is_empty() { None } else { Some(self.event(rest)) }
    }

    /// Takes out what came and is part of no event.
    pub(crate) fn take_rest(&mut self) -> Bytes {
        self.held.extend_from_slice(&self.chunk);
        self.chunk.clear();
        self.held.split().freeze()
    }

    /// Bytes that came and have not left as part of an event.
    pub fn held(&self) -> usize {
        self.held.len() + self.chunk.remaining()
    }

    fn event(&mut self, raw: Bytes) -> Event {
        let first = std::mem::take(&mut self.first);
        Event::parse(raw, first)
    }

    /// How many bytes of the chunk belong to the event under way, its blank line included.
    fn event_end(&mut self) -> Option<usize> {
        let chunk = self.chunk.clone();
        if self.held.is_empty() && self.line.after_cr && chunk.first() == Some(&b'\n') {
            // The second half of a line end whose event has left already follows it at once.
            self.line.after_cr = false;
            return Some(1);
        }
        let mut at = 0;
        while let Some((terminator, byte)) = next_line_end(&chunk, at) {
            if byte == b'\n' && terminator == at && self.line.after_cr {
                self.line.after_cr = false;
                at = terminator + 1;
                continue;
            }
            let blank = self.line.empty && terminator == at;
            at = terminator + 1;
            let crlf = byte == b'\r' && chunk.get(at) == Some(&b'\n');
            at += usize::from(crlf);
            self.line = Line { empty: true, after_cr: byte == b'\r' && !crlf };
            if blank {
                return Some(at);
            }
        }
        if at < chunk.len() {
            self.line = Line { empty: false, after_cr: false };
        }
        None
    }
}

fn next_line_end(bytes: &[u8], from: usize) -> Option<(usize, u8)> {
    let rest = bytes.get(from..)?;
    let at = memchr2(b'\r', b'\n', rest)?;
    rest.get(at).map(|byte| (from + at, *byte))
}

// === impl Event ===

impl Event {
    fn parse(raw: Bytes, first: bool) -> Self {
        let mut event = Self { raw, data: Vec::new(), name: None, id: None, retry: None };
        let bytes = event.raw.clone();
        let mut at = if first && bytes.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
        while at < bytes.len() {
            let end = next_line_end(&bytes, at).map_or(bytes.len(), |(end, _)| end);
            event.field(&bytes, at..end);
            at = end + 1;
        }
        event
    }

    fn field(&mut self, bytes: &[u8], line: Range<usize>) {
        let text = bytes.get(line.clone()).unwrap_or_default();
        let colon = memchr(b':', text);
        let name = text.get(..colon.unwrap_or(text.len())).unwrap_or_default();
        let value = match colon {
            None => line.end..line.end,
            Some(at) => {
                let space = usize::from(text.get(at + 1) == Some(&b' '));
                line.start + at + 1 + space..line.end
            }
        };
        match name {
            b"data" => self.data.push(value),
            b"event" => self.name = Some(value),
            b"id" if memchr(0, bytes.get(value.clone()).unwrap_or_default()).is_none() => {
                self.id = Some(value)
            }
            b"retry" => self.retry = digits(bytes.get(value).unwrap_or_default()).or(self.retry),
            _ => {}
        }
    }

    /// The bytes that came, up to and including the blank line.
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// The bytes that came, by value.
    pub fn into_raw(self) -> Bytes {
        self.raw
    }

    /// The data, its lines joined by LF; `None` when the event has no `data` field (a comment, a lone `retry`).
    pub fn data(&self) -> Option<Cow<'_, [u8]>> {
        match self.data.as_slice() {
            [] => None,
            [one] => Some(Cow::Borrowed(self.slice(one))),
            many => {
                let lines: Vec<&[u8]> = many.iter().map(|line| self.slice(line)).collect();
                Some(Cow::Owned(lines.join(&b'\n')))
            }
        }
    }

    /// Whether there is an id, a comment, or any other line beside data and a name that is a plain word.
    pub fn has_more(&self) -> bool {
        let word =
            |name: &[u8]| name.iter().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'_'));
        if !self.name().is_none_or(word) {
            return true;
        }
        let of = |range: &Range<usize>| "data: \r\n".len() + range.len();
        let data: usize = self.data.iter().map(of).sum();
        let name = self.name.as_ref().map_or(0, |name| of(name) + 1);
        self.raw.len() > data + name + "\r\n".len()
    }

    /// The `event` field.
    pub fn name(&self) -> Option<&[u8]> {
        self.name.as_ref().map(|range| self.slice(range))
    }

    /// The `id` field.
    pub fn id(&self) -> Option<&[u8]> {
        self.id.as_ref().map(|range| self.slice(range))
    }

    /// The `retry` field, in milliseconds.
    pub fn retry(&self) -> Option<u64> {
        self.retry
    }

    /// The same event with other data: every byte that is not data stays as it came.
    pub fn with_data(&self, data: &[u8]) -> Bytes {
        let mut out = Vec::with_capacity(self.raw.len() + data.len());
        let mut kept = 0;
        for (nth, value) in self.data.iter().enumerate() {
            if nth == 0 {
                out.extend_from_slice(self.slice(&(kept..value.start)));
                out.extend_from_slice(self.before_data(value.start, data));
                write_lines(data, &mut out);
                kept = value.end;
            } else {
                // The data is already out: this line goes, with the line end before it.
                let begin = self.line_begin(value.start);
                out.extend_from_slice(self.slice(&(kept..begin)));
                kept = value.end;
                trim_line_end(&mut out);
            }
        }
        out.extend_from_slice(self.slice(&(kept..self.raw.len())));
        out.into()
    }

    /// What must stand between a first `data` line as it came and other data: a colon where the line had none, and the
    /// space that readers take off where the data begins with one.
    fn before_data(&self, at: usize, data: &[u8]) -> &'static [u8] {
        match self.slice(&(0..at)).last() {
            Some(b':') if data.first() == Some(&b' ') => b" ",
            Some(b':' | b' ') => b"",
            _ => b": ",
        }
    }

    fn line_begin(&self, at: usize) -> usize {
        let before = self.slice(&(0..at));
        before.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |end| end + 1)
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.raw.get(range.clone()).unwrap_or_default()
    }
}

/// Data that has line ends of its own needs one `data` field per line.
fn write_lines(data: &[u8], out: &mut Vec<u8>) {
    for (nth, line) in data.split(|byte| matches!(byte, b'\n' | b'\r')).enumerate() {
        if nth > 0 {
            out.extend_from_slice(b"\ndata: ");
        }
        out.extend_from_slice(line);
    }
}

fn trim_line_end(out: &mut Vec<u8>) {
    if out.last() == Some(&b'\n') {
        out.pop();
    }
    if out.last() == Some(&b'\r') {
        out.pop();
    }
}

fn digits(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(value).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Seen = (Option<String>, Option<String>);
    type Expected = (Option<&'static str>, &'static str);

    fn events(chunks: &[&[u8]]) -> (Vec<Seen>, Vec<u8>) {
        let (mut parser, mut seen, mut raw) = (Parser::new(1 << 16), Vec::new(), Vec::new());
        let mut take = |event: Event| {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            if event.data().is_some() {
                seen.push((event.name().map(text), event.data().as_deref().map(text)));
            }
            raw.extend_from_slice(event.raw());
        };
        for chunk in chunks {
            parser.push(Bytes::copy_from_slice(chunk));
            while let Some(event) = parser.next_event().unwrap() {
                take(event);
            }
        }
        if let Some(event) = parser.finish() {
            take(event);
        }
        (seen, raw)
    }

    /// Stream, and the (name, data) of each event that has data.
    const CASES: &[(&str, &[Expected])] = &[
        ("data: a\n\n", &[(None, "a")]),
        ("data:a\n\n", &[(None, "a")]),
        ("data:  a\n\n", &[(None, " a")]),
        ("data\n\n", &[(None, "")]),
        ("data: a\ndata: b\n\n", &[(None, "a\nb")]),
        ("event: x\r\ndata: a\r\n\r\ndata: b\r\n\r\n", &[(Some("x"), "a"), (None, "b")]),
        ("event: x\rdata: a\r\rdata: b\r\r", &[(Some("x"), "a"), (None, "b")]),
        ("data: a\r\n\ndata: b\n\r\n", &[(None, "a"), (None, "b")]),
        ("\u{feff}data: a\n\n\u{feff}data: b\n\n", &[(None, "a")]),
        (": a comment\n\ndata: a\n\n", &[(None, "a")]),
        (": a comment\ndata: a\n: another\n\n", &[(None, "a")]),
        ("\n\n\ndata: a\n\n\n\n", &[(None, "a")]),
        ("id: 7\nretry: 10\n\ndata: a\n\n", &[(None, "a")]),
        ("data: cut off", &[(None, "cut off")]),
        ("data: grüße\n\n", &[(None, "grüße")]),
    ];

    #[test]
    fn events_are_read_as_the_standard_has_them() {
        for (stream, expected) in CASES {
            let expected: Vec<Seen> = expected
                .iter()
                .map(|(name, data)| (name.map(str::to_owned), Some((*data).to_owned())))
                .collect();
            assert_eq!(events(&[stream.as_bytes()]).0, expected, "{stream:?}");
        }
    }

    #[test]
    fn a_cut_at_any_byte_changes_nothing() {
        for (stream, _) in CASES {
            let whole = events(&[stream.as_bytes()]);
            assert_eq!(whole.1, stream.as_bytes());
            for at in 0..stream.len() {
                let (head, tail) = stream.as_bytes().split_at(at);
                assert_eq!(events(&[head, tail]), whole, "{stream:?} cut at {at}");
            }
            let single: Vec<&[u8]> = stream.as_bytes().chunks(1).collect();
            assert_eq!(events(&single), whole, "{stream:?} byte by byte");
        }
    }

    #[test]
    fn an_event_in_one_chunk_is_not_copied() {
        let chunk = Bytes::from_static(b"data: a\n\ndata: b\n\n");
        let mut parser = Parser::new(64);
        parser.push(chunk.clone());
        let first = parser.next_event().unwrap().unwrap();
        assert_eq!(first.raw().as_ptr(), chunk.as_ptr());
    }

    #[test]
    fn an_event_over_the_bound_is_an_error() {
        let mut parser = Parser::new(8);
        parser.push(Bytes::from_static(b"data: 12"));
        assert!(parser.next_event().unwrap().is_none());
        parser.push(Bytes::from_static(b"3"));
        assert_eq!(parser.next_event().unwrap_err(), EventTooLong { bound: 8 });
    }

    /// Found by fuzzing: a `data` line without a colon, and data that begins with a space.
    #[test]
    fn other_data_is_read_as_it_was_given() {
        for (stream, data, expected) in [
            ("data\n\n", "x", "data: x\n\n"),
            ("id: 1\r\ndata\r\n\r\n", "", "id: 1\r\ndata: \r\n\r\n"),
            ("data:x\n\n", " y", "data:  y\n\n"),
            ("data:x\n\n", "y", "data:y\n\n"),
            ("data: x\ndata: y\n\n", " z", "data:  z\n\n"),
        ] {
            let event = Event::parse(Bytes::from_static(stream.as_bytes()), false);
            assert_eq!(event.with_data(data.as_bytes()), expected, "{stream:?}");
        }
    }

    #[test]
    fn id_and_retry_are_read() {
        let event = Event::parse(Bytes::from_static(b"id: 7\nretry: 1500\nretry: soon\n\n"), false);
        assert_eq!((event.id(), event.retry()), (Some(&b"7"[..]), Some(1500)));
    }

    #[test]
    fn other_data_leaves_the_other_fields_as_they_came() {
        let cases = [
            ("event:x\r\ndata:a\r\nid: 1\r\n\r\n", "b", "event:x\r\ndata:b\r\nid: 1\r\n\r\n"),
            ("data: a\n: note\ndata: b\n\n", "c", "data: c\n: note\n\n"),
            ("data: a\n\n", "b\nc", "data: b\ndata: c\n\n"),
        ];
        for (raw, data, expected) in cases {
            let event = Event::parse(Bytes::from_static(raw.as_bytes()), false);
            assert_eq!(event.with_data(data.as_bytes()), expected, "{raw:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_chunks_come_out_as_they_went_in(
            bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), Just(b':'), Just(b'd'), any::<u8>()], 0..200),
            size in 1_usize..20,
        ) {
            let chunks: Vec<&[u8]> = bytes.chunks(size).collect();
            let cut = events(&chunks);
            prop_assert_eq!(&cut.1, &bytes);
            prop_assert_eq!(cut.0, events(&[&bytes]).0);
        }
    }
}
