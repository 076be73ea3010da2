//! JSON Pointers (RFC 6901), written only for findings.

use std::fmt::Write as _;

use super::walk::Frame;

/// A longer pointer is cut, and so is what names one step of it: each finding has its own.
const LONGEST: usize = 1024;
const LONGEST_STEP: usize = 256;
/// What stands where something was cut.
const CUT: &str = "…";

/// The pointer to the value inside `frames`.
pub(super) fn write(bytes: &[u8], frames: &[Frame]) -> String {
    let mut out = String::new();
    for frame in frames {
        out.push('/');
        if out.len() > LONGEST {
            out.push_str(CUT);
            break;
        }
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
    let (key, cut) = match key.get(..LONGEST_STEP) {
        Some(begin) if key.len() > LONGEST_STEP => (begin, CUT),
        _ => (key, ""),
    };
    String::from_utf8_lossy(key).replace('~', "~0").replace('/', "~1") + cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_bounded() {
        let keys = "k".repeat(60_000);
        let frames: Vec<_> = (0..400).map(|at| Frame::Object { key: at * 20..at * 20 + 20 }).collect();
        let pointer = write(keys.as_bytes(), &frames);
        assert!(pointer.len() < LONGEST + 40 && pointer.ends_with("/…"), "{pointer}");
        let pointer = write(keys.as_bytes(), &[Frame::Object { key: 0..60_000 }]);
        assert_eq!(pointer, format!("/{}…", "k".repeat(LONGEST_STEP)));
    }
}
