//! How a body is written, and what a media type says of it.

use serde::{Deserialize, Serialize};

use super::Boundary;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Text, or bytes of any kind.
    Text,
    /// Text as a stream reads it: without escapes decoded, or characters that only the words around them explain.
    Verbatim,
    /// One JSON document. What does not parse is scanned as text.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// One JSON document per line; a line that does not parse is scanned as text.
    Ndjson,
    /// XML or HTML: texts, attribute values, comments and CDATA sections.
    Markup,
    /// Parts between boundaries (RFC 2046), each by its own media type.
    Multipart(Boundary),
}

impl Format {
    /// What a `Content-Type` says of a body; where it says little, how the body begins.
    ///
    /// ```
    /// use renlayer_dlp::Format;
    ///
    /// assert_eq!(Format::of("application/problem+json; charset=utf-8", b"{}"), Format::Json);
    /// assert_eq!(Format::of("text/plain", b" {}"), Format::Json);
    /// assert_eq!(Format::of("image/svg+xml", b"<svg/>"), Format::Markup);
    /// ```
    #[must_use]
    pub fn of(content_type: &str, body: &[u8]) -> Self {
        let media = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if media.ends_with("x-www-form-urlencoded") {
            Self::Form
        } else if ["ndjson", "jsonl", "json-seq"].iter().any(|lines| media.ends_with(lines)) {
            Self::Ndjson
        } else if media.ends_with("json") {
            Self::Json
        } else if let Some(boundary) = Boundary::of(content_type) {
            Self::Multipart(boundary)
        } else if media.ends_with("xml") || media.ends_with("html") {
            Self::Markup
        } else {
            Self::by_beginning(body)
        }
    }

    fn by_beginning(body: &[u8]) -> Self {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
        let begins = |with: &str| {
            body.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with.as_bytes()))
        };
        match body.first() {
            Some(b'{' | b'[') => Self::Json,
            Some(b'<') if ["<?xml", "<!doctype", "<html"].into_iter().any(begins) => Self::Markup,
            _ => Self::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_read_as_what_it_is_called_or_looks_like() {
        for (media, body, expected) in [
            ("application/x-www-form-urlencoded", "a=b", Format::Form),
            ("application/jsonl", "{}\n{}", Format::Ndjson),
            ("application/vnd.api+json", "1", Format::Json),
            ("Application/JSON; charset=utf-8", "1", Format::Json),
            ("text/plain", " [1]", Format::Json),
            ("", "\u{feff}{}", Format::Json),
            ("text/plain", "hello", Format::Text),
            ("", "<!DOCTYPE html>", Format::Markup),
            ("", "<3", Format::Text),
            ("application/xhtml+xml", "", Format::Markup),
            ("multipart/form-data", "--x", Format::Text),
        ] {
            assert_eq!(Format::of(media, body.as_bytes()), expected, "{media} {body}");
        }
        assert!(matches!(Format::of("multipart/form-data; boundary=x", b"--x"), Format::Multipart(_)));
    }
}
