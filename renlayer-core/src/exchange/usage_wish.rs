//! A stream of Chat Completions tells its usage only to who asks for it. Where a limit waits for that and the caller did not
//! ask, it is asked for in the caller's place, and the event that tells it is kept back.

use http::request;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::{dialect::Dialect, stream::place};

/// Hosts that refuse a request with members they do not know, this one among them, and tell their usage without being asked.
const UNASKED: [&str; 1] = ["api.mistral.ai"];

const WISH: &str = r#"{"include_usage":true}"#;

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    stream_options: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Options<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    include_usage: Option<&'a RawValue>,
}

/// A member that is `null` is there all the same.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Whether the upstream of this request waits to be asked.
pub(super) fn is_due(dialect: Dialect, parts: &request::Parts) -> bool {
    let host = parts.uri.host().unwrap_or_default();
    dialect == Dialect::OpenAiChat && !UNASKED.iter().any(|unasked| unasked.eq_ignore_ascii_case(host))
}

/// The body with the wish in it, every other byte as it was. None where it is there already, or cannot be.
pub(super) fn into_body(body: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(body).ok().filter(|text| text.trim_start().starts_with('{'))?;
    let request: Request<'_> = serde_json::from_str(text).ok()?;
    let edited = match request.stream_options {
        None => into_object(text, &format!(r#""stream_options":{WISH}"#)),
        Some(options) => {
            let range = place(text, options.get());
            let wished = wished(options.get())?;
            Some([text.get(..range.start)?, &wished, text.get(range.end..)?].concat())
        }
    };
    edited.map(String::into_bytes)
}

fn wished(options: &str) -> Option<String> {
    let object = options.starts_with('{').then(|| serde_json::from_str::<Options<'_>>(options));
    let Some(Ok(read)) = object else { return Some(WISH.to_owned()) };
    match read.include_usage {
        Some(value) if value.get() == "true" => None,
        Some(value) => {
            let range = place(options, value.get());
            Some([options.get(..range.start)?, "true", options.get(range.end..)?].concat())
        }
        None => into_object(options, r#""include_usage":true"#),
    }
}

/// An object with one member more, its first.
fn into_object(object: &str, member: &str) -> Option<String> {
    let inside = object.find('{')? + 1;
    let (before, after) = object.split_at_checked(inside)?;
    let comma = if after.trim_start().starts_with('}') { "" } else { "," };
    Some([before, member, comma, after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wish_is_put_in_and_nothing_else_changes() {
        for (body, expected) in [
            (r#" {"a": 1}"#, Some(r#" {"stream_options":{"include_usage":true},"a": 1}"#)),
            ("{ }", Some(r#"{"stream_options":{"include_usage":true} }"#)),
            (r#"{"stream_options":null,"a":1}"#, Some(r#"{"stream_options":{"include_usage":true},"a":1}"#)),
            (r#"{"stream_options": {}}"#, Some(r#"{"stream_options": {"include_usage":true}}"#)),
            (r#"{"stream_options": {"x": 1}}"#, Some(r#"{"stream_options": {"include_usage":true,"x": 1}}"#)),
            (
                r#"{"stream_options": {"include_usage" : false}}"#,
                Some(r#"{"stream_options": {"include_usage" : true}}"#),
            ),
            (
                r#"{"stream_options": {"include_usage": null}}"#,
                Some(r#"{"stream_options": {"include_usage": true}}"#),
            ),
            (r#"{"stream_options": {"include_usage": true}}"#, None),
            ("[1]", None),
            ("{", None),
        ] {
            let edited = into_body(body.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap());
            assert_eq!(edited.as_deref(), expected, "{body}");
        }
    }
}
