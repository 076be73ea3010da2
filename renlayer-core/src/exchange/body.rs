//! A body held whole: gathered under a limit, decoded under bounds, scanned at most once, and kept for the trace only
//! redacted.

use std::borrow::Cow;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use renlayer_dlp::{Direction, Format, Input, KnownValues, Report, Scanner};

use super::encoding::{DecodeError, Encoding};
use crate::{
    dialect::Dialect,
    trace::{DirectionCoverage, TracedBody},
};

/// Gathers chunks up to a limit. A body that comes in one chunk is not copied.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    first: Bytes,
    rest: BytesMut,
    limit: usize,
}

/// The limit was passed; the chunk that did it.
#[derive(Debug)]
pub(crate) struct Full(pub(crate) Bytes);

impl Gather {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    pub(crate) fn len(&self) -> usize {
        if self.rest.is_empty() { self.first.len() } else { self.rest.len() }
    }

    pub(crate) fn push(&mut self, chunk: Bytes) -> Result<(), Full> {
        if self.len().saturating_add(chunk.len()) > self.limit {
            return Err(Full(chunk));
        }
        if self.first.is_empty() && self.rest.is_empty() {
            self.first = chunk;
        } else {
            let first = std::mem::take(&mut self.first);
            self.rest.extend_from_slice(&first);
            self.rest.extend_from_slice(&chunk);
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Bytes {
        if self.rest.is_empty() { self.first } else { self.rest.freeze() }
    }
}

/// A whole body with what is known of it.
#[derive(Debug)]
pub(crate) struct Body {
    /// As it came.
    pub(crate) raw: Bytes,
    /// Where it was encoded: what it says.
    decoded: Option<Bytes>,
    format: Format,
    direction: Direction,
    report: Option<Report>,
}

impl Body {
    /// A body as it came, encoded as its headers say.
    pub(crate) fn read(
        raw: Bytes,
        headers: &HeaderMap,
        dialect: Dialect,
        direction: Direction,
        max: usize,
    ) -> Result<Self, (Bytes, DecodeError)> {
        let decoded = match Encoding::of(headers).decode(&raw, max) {
            Ok(Cow::Borrowed(_)) => None,
            Ok(Cow::Owned(decoded)) => Some(Bytes::from(decoded)),
            Err(error) => return Err((raw, error)),
        };
        let format = format(headers, dialect, decoded.as_ref().unwrap_or(&raw));
        Ok(Self { raw, decoded, format, direction, report: None })
    }

    /// A body that cannot be looked into.
    pub(crate) fn opaque(raw: Bytes) -> Self {
        let (format, direction) = (Format::Text, Direction::Request);
        Self { raw, decoded: None, format, direction, report: None }
    }

    /// What the body says.
    pub(crate) fn text(&self) -> &Bytes {
        self.decoded.as_ref().unwrap_or(&self.raw)
    }

    /// What is in it; scanned the first time this is asked.
    pub(crate) fn scan(&mut self, scanner: &Scanner, known: Option<&KnownValues>) -> &mut Report {
        let text = self.decoded.as_ref().unwrap_or(&self.raw);
        let input = Input { format: self.format, direction: self.direction, known };
        self.report.get_or_insert_with(|| scanner.scan(text, input))
    }

    /// The body with what must go taken out; `None` where nothing must.
    pub(crate) fn redacted(&self) -> Option<Bytes> {
        match self.report.as_ref()?.redact(self.text()) {
            Cow::Borrowed(_) => None,
            Cow::Owned(edited) => Some(edited.into()),
        }
    }

    /// What a trace keeps of it. A body that was not scanned is not kept.
    pub(crate) fn traced(&self, max: usize) -> Option<TracedBody> {
        let report = self.report.as_ref()?;
        let text = report.redact_all(self.text());
        let (text, truncated) = clip(&text, max);
        Some(TracedBody { text, bytes: self.raw.len() as u64, truncated })
    }

    /// Which of its bytes were looked at, counted as they came.
    pub(crate) fn coverage(&self) -> DirectionCoverage {
        let whole = self.raw.len() as u64;
        let opaque = self.report.iter().flat_map(|report| &report.opaque);
        let (unseen, because) = opaque.fold((0, None), |(sum, _), part| {
            (sum + part.range.len() as u64, Some(part.reason.as_str().into()))
        });
        let opaque = if self.report.is_some() { unseen.min(whole) } else { whole };
        let because = if self.report.is_none() && whole > 0 { Some("not scanned".into()) } else { because };
        DirectionCoverage {
            scanned: whole - opaque,
            opaque,
            opaque_because: because,
            ..DirectionCoverage::default()
        }
    }
}

/// The beginning of a text, whole characters only.
pub(crate) fn clip(bytes: &[u8], max: usize) -> (String, bool) {
    let truncated = bytes.len() > max;
    let head = bytes.get(..max).unwrap_or(bytes);
    let text = match std::str::from_utf8(head) {
        Ok(text) => text.to_owned(),
        // Cut in the middle of a character.
        Err(error) if truncated && error.error_len().is_none() => {
            String::from_utf8_lossy(head.get(..error.valid_up_to()).unwrap_or(head)).into_owned()
        }
        Err(_) => String::from_utf8_lossy(head).into_owned(),
    };
    (text, truncated)
}

/// What to read a body as: by its media type, else by how it begins. A dialect speaks JSON whatever its type says.
fn format(headers: &HeaderMap, dialect: Dialect, body: &[u8]) -> Format {
    let content_type =
        headers.get(header::CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    match Format::of(&content_type.unwrap_or_default(), body) {
        Format::Text | Format::Markup if dialect != Dialect::Http => Format::Json,
        format => format,
    }
}

/// The media type without its parameters, in lower case.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_chunk_is_not_copied_and_the_limit_holds() {
        let chunk = Bytes::from(vec![7; 10]);
        let mut gather = Gather::new(15);
        gather.push(chunk.clone()).unwrap();
        assert_eq!(gather.push(chunk.clone()).unwrap_err().0, chunk);
        gather.push(Bytes::from_static(b"12345")).unwrap();
        assert_eq!(gather.finish().len(), 15);
        let mut single = Gather::new(10);
        single.push(chunk.clone()).unwrap();
        assert_eq!(single.finish().as_ptr(), chunk.as_ptr());
    }

    #[test]
    fn a_clipped_text_ends_with_a_whole_character() {
        assert_eq!(clip("aé".as_bytes(), 2), ("a".into(), true));
        assert_eq!(clip("aé".as_bytes(), 3), ("aé".into(), false));
        assert_eq!(clip(b"a\xffb", 2), ("a\u{fffd}".into(), true));
    }
}
