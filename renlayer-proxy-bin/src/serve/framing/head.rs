//! The head of a request, line by line, as far as it says how long the body is.

use memchr::{memchr, memchr2};

use super::Step;

/// What the lines so far have said.
#[derive(Default)]
pub(super) struct Head {
    /// The beginning of a line whose end has not been read.
    partial: Vec<u8>,
    has_request_line: bool,
    is_connect: bool,
    length: Option<u64>,
    chunked: bool,
}

/// How long the body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    Bytes(u64),
    Chunked,
    /// What follows is not HTTP.
    Unbounded,
}

/// A line that readers understand in different ways.
struct Ambiguous;

// === impl Head ===

impl Head {
    /// Reads on.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Step<Length> {
        let mut start = 0;
        while let Some(rest) = bytes.get(start..).filter(|rest| !rest.is_empty()) {
            let Some(end) = memchr(b'\n', rest) else {
                self.partial.extend_from_slice(rest);
                // Who holds the head bounds it, and with it this.
                return Step::More;
            };
            let place = start + end;
            match self.end_line(rest.get(..=end).unwrap_or_default()) {
                Ok(None) => start = place + 1,
                Ok(Some(length)) => return Step::Done(place + 1, length),
                Err(Ambiguous) => return Step::Ambiguous(place),
            }
        }
        Step::More
    }

    fn end_line(&mut self, end: &[u8]) -> Result<Option<Length>, Ambiguous> {
        if self.partial.is_empty() {
            return self.line(end);
        }
        let mut line = std::mem::take(&mut self.partial);
        line.extend_from_slice(end);
        self.line(&line)
    }

    /// A whole line, with its end. The empty one ends the head, unless none has been before it.
    fn line(&mut self, line: &[u8]) -> Result<Option<Length>, Ambiguous> {
        let line = line.strip_suffix(b"\r\n").ok_or(Ambiguous)?;
        if memchr2(b'\r', 0, line).is_some() || line.starts_with(b" ") || line.starts_with(b"\t") {
            return Err(Ambiguous);
        }
        match (line.is_empty(), self.has_request_line) {
            (true, false) => Ok(None),
            (true, true) => self.end().map(Some),
            (false, false) => {
                self.has_request_line = true;
                self.is_connect = line.starts_with(b"CONNECT ");
                Ok(None)
            }
            (false, true) => self.field(line).map(|()| None),
        }
    }

    fn field(&mut self, line: &[u8]) -> Result<(), Ambiguous> {
        let colon = memchr(b':', line).ok_or(Ambiguous)?;
        let (name, value) = line.split_at_checked(colon).ok_or(Ambiguous)?;
        let value = value.get(1..).unwrap_or_default();
        // A name with a space after it is another name to some readers.
        let bare = name.trim_ascii();
        if bare.eq_ignore_ascii_case(b"content-length") {
            let length = digits(value.trim_ascii()).filter(|_| bare == name).ok_or(Ambiguous)?;
            if self.length.replace(length).is_some() {
                return Err(Ambiguous);
            }
        } else if bare.eq_ignore_ascii_case(b"transfer-encoding") {
            // Spaces and tabs are all that may stand around a value (RFC 9110, 5.5).
            let coding = trim_blank(value);
            if self.chunked || bare != name || !coding.eq_ignore_ascii_case(b"chunked") {
                return Err(Ambiguous);
            }
            self.chunked = true;
        }
        Ok(())
    }

    fn end(&self) -> Result<Length, Ambiguous> {
        match (self.is_connect, self.chunked, self.length) {
            (true, ..) => Ok(Length::Unbounded),
            (false, true, Some(_)) => Err(Ambiguous),
            (false, true, None) => Ok(Length::Chunked),
            (false, false, length) => Ok(Length::Bytes(length.unwrap_or_default())),
        }
    }
}

fn digits(text: &[u8]) -> Option<u64> {
    let plain = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    // The two greatest numbers stand for something else in hyper.
    plain.then(|| std::str::from_utf8(text).ok()?.parse().ok())?.filter(|length| *length < u64::MAX - 1)
}

fn trim_blank(value: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = value.iter().position(|byte| !is_blank(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !is_blank(byte)).map_or(start, |last| last + 1);
    value.get(start..end).unwrap_or_default()
}
