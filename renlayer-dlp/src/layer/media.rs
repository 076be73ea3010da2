//! What headers say of a body: how it is written, and how an answer is to be judged.

use http::{HeaderMap, header};

use crate::Format;

/// How an answer is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Gathered: a value in it may be escaped.
    Whole,
    /// As it comes.
    Stream,
    /// Not at all.
    Pass,
}

/// How an answer with these headers is judged. One that does not say what it is may be text.
pub(super) fn treatment(headers: &HeaderMap) -> Treatment {
    let media = media_type(headers);
    if media.ends_with("json") && !is_lines(&media) {
        Treatment::Whole
    } else if media.is_empty() || is_text(&media) || is_lines(&media) {
        Treatment::Stream
    } else {
        Treatment::Pass
    }
}

/// How a whole body is written: by its media type, else by how it begins.
pub(super) fn format(headers: &HeaderMap, body: &[u8]) -> Format {
    Format::of(&content_type(headers), body)
}

/// Whether a body is compressed, or otherwise not what its media type says.
pub(super) fn is_encoded(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_ENCODING).iter().any(|coding| {
        let coding = coding.as_bytes().trim_ascii();
        !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity")
    })
}

fn is_lines(media: &str) -> bool {
    media.ends_with("ndjson") || media.ends_with("jsonl") || media.ends_with("json-seq")
}

fn is_text(media: &str) -> bool {
    const TEXTS: [&str; 8] =
        ["xml", "javascript", "ecmascript", "yaml", "toml", "graphql", "sql", "x-www-form-urlencoded"];
    media.starts_with("text/") || TEXTS.iter().any(|text| media.ends_with(text))
}

/// The media type without its parameters, in lower case.
fn media_type(headers: &HeaderMap) -> String {
    content_type(headers).split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    value.unwrap_or_default().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(media: &str) -> HeaderMap {
        [(header::CONTENT_TYPE, media.parse().unwrap())].into_iter().collect()
    }

    #[test]
    fn the_media_type_says_how_an_answer_is_judged() {
        for (media, expected) in [
            ("application/json; charset=utf-8", Treatment::Whole),
            ("Application/Problem+JSON", Treatment::Whole),
            ("application/x-ndjson", Treatment::Stream),
            ("text/event-stream", Treatment::Stream),
            ("image/svg+xml", Treatment::Stream),
            ("", Treatment::Stream),
            ("image/png", Treatment::Pass),
            ("application/octet-stream", Treatment::Pass),
        ] {
            assert_eq!(treatment(&typed(media)), expected, "{media}");
        }
        assert_eq!(treatment(&HeaderMap::new()), Treatment::Stream);
    }
}
