//! Members of an object that belong together: `{"name": "API_TOKEN", "value": "…"}`, as lists of variables, settings and
//! parameters have them. What the first says is the name of the other.
//!
//! A value that stands before its name is read under its own alone.

use std::ops::Range;

use super::LONGEST_NAME;
use super::walk::Frame;

/// The last name that was said, and how deep.
#[derive(Default)]
pub(super) struct Pair {
    name: Range<usize>,
    depth: usize,
    /// Whether the last key is what such a member is called.
    is_naming: bool,
}

impl Pair {
    /// Notes what a member says: mostly nothing that matters.
    #[inline]
    pub(super) fn meet(&mut self, frames: &[Frame], text: &Range<usize>) {
        let is_name = text.len() <= LONGEST_NAME;
        if self.is_naming && is_name && matches!(frames.last(), Some(Frame::Object { .. })) {
            (self.name, self.depth) = (text.clone(), frames.len());
        }
        self.is_naming = false;
    }

    /// The name that was said of the value of the member `key`.
    pub(super) fn name_of(
        &mut self,
        bytes: &[u8],
        frames: &[Frame],
        key: &Range<usize>,
    ) -> Option<Range<usize>> {
        let called = bytes.get(key.clone()).unwrap_or_default();
        let is_naming = says_a_name(called);
        let is_other = frames.len() < self.depth || frames.len() == self.depth && is_first(bytes, key);
        if is_other || is_naming {
            *self = Self { is_naming, ..Self::default() };
        }
        (frames.len() == self.depth && gives_a_value(called)).then(|| self.name.clone())
    }
}

/// Whether a member that is called so says a name.
#[inline]
fn says_a_name(called: &[u8]) -> bool {
    is_one_of(called, [b"name", b"key", b"variable", b"parameterkey"])
}

/// Whether a member that is called so gives the value.
#[inline]
fn gives_a_value(called: &[u8]) -> bool {
    is_one_of(called, [b"value", b"default", b"defaultvalue", b"parametervalue"])
}

/// Whether it is one of these words, in either case. Every key of a document is asked about, and of nearly all the length and the first
/// letter tell that it is not.
#[inline]
fn is_one_of(called: &[u8], words: [&[u8]; 4]) -> bool {
    let first = called.first().map(u8::to_ascii_lowercase);
    words.iter().any(|word| {
        word.len() == called.len() && word.first().copied() == first && word.eq_ignore_ascii_case(called)
    })
}

/// Whether an object begins with this member.
fn is_first(bytes: &[u8], key: &Range<usize>) -> bool {
    let before = bytes.get(..key.start.saturating_sub(1)).unwrap_or_default();
    before.trim_ascii_end().ends_with(b"{")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{Direction, Format, Input, Scanner, Severity};

    fn found(body: &str) -> Vec<(String, Option<String>)> {
        let input = Input { format: Format::Json, direction: Direction::Request, known: None };
        let findings = Scanner::builtin().scan(body.as_bytes(), input).findings;
        let severe = findings.into_iter().filter(|finding| finding.severity > Severity::Low);
        severe.map(|f| (body[f.start..f.end].to_owned(), f.pointer.as_deref().map(str::to_owned))).collect()
    }

    #[test]
    fn a_member_is_the_name_of_another() {
        let key = ["Zf3D0LXCM3EIMbgJ", "pUNnkRtOfOueHznB"].concat();
        for body in [
            json!({ "name": "API_TOKEN", "value": key }),
            json!({ "Name": "API_TOKEN", "Type": "String", "Value": key }),
            json!({ "key": "api_token", "secret": true, "value": key }),
            json!({ "ParameterKey": "ApiToken", "ParameterValue": key }),
        ] {
            let value = body.as_object().and_then(|members| members.keys().next_back().cloned()).unwrap();
            assert_eq!(found(&body.to_string()), [(key.clone(), Some(format!("/{value}")))], "{body}");
        }
        let nested =
            json!({ "env": [{ "name": "PATH", "value": "/bin" }, { "name": "API_TOKEN", "value": key }] });
        assert_eq!(found(&nested.to_string()), [(key.clone(), Some("/env/1/value".to_owned()))]);
    }

    #[test]
    fn members_of_other_objects_are_no_names() {
        let key = ["Zf3D0LXCM3EIMbgJ", "pUNnkRtOfOueHznB"].concat();
        for body in [
            format!(r#"{{"name": "order", "value": "{key}"}}"#),
            format!(r#"[{{"name": "API_TOKEN"}}, {{"value": "{key}"}}]"#),
            format!(r#"{{"a": {{"name": "API_TOKEN"}}, "value": "{key}"}}"#),
            format!(r#"{{"name": "API_TOKEN", "a": {{"value": "{key}"}}}}"#),
            format!(r#"{{"value": "{key}", "name": "API_TOKEN"}}"#),
            format!(r#"{{"name": "API_TOKEN", "name": "caf\u00e9", "value": "{key}"}}"#),
            format!(r#"{{"name": "API_TOKEN {}", "value": "{key}"}}"#, "of a text ".repeat(8)),
        ] {
            assert!(found(&body).is_empty(), "{body}");
        }
    }
}
