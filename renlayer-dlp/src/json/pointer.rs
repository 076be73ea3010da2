//! JSON Pointers (RFC 6901), written only for findings.

use std::fmt::Write as _;

use super::walk::Frame;

/// The pointer to the value inside `frames`.
pub(super) fn write(bytes: &[u8], frames: &[Frame]) -> String {
    let mut out = String::new();
    for frame in frames {
        out.push('/');
        match frame {
            Frame::Array { index, .. } => drop(write!(out, "{index}")),
            Frame::Object { key } => out.push_str(&segment(bytes.get(key.clone()).unwrap_or_default())),
        }
    }
    out
}

/// Puts the place of a string before the place inside the document that the string holds.
pub(super) fn prefix(pointer: &mut Option<String>, outer: &str) {
    *pointer = Some(match pointer.take() {
        None => outer.to_owned(),
        Some(inner) => format!("{outer}#{inner}"),
    });
}

fn segment(key: &[u8]) -> String {
    String::from_utf8_lossy(key).replace('~', "~0").replace('/', "~1")
}
