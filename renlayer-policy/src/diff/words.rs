//! Values of policies, as people write them.

use std::fmt;

use serde_json::Value;

/// A value that shows itself without quotes and braces where it can.
pub(super) struct Words<'v>(pub(super) &'v Value);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::String(text) if is_plain(text) => f.write_str(text),
            Value::Array(values) => {
                f.write_str("[")?;
                for (at, value) in values.iter().enumerate() {
                    write!(f, "{}{}", if at > 0 { ", " } else { "" }, Words(value))?;
                }
                f.write_str("]")
            }
            Value::Object(map) => match map.get("not") {
                Some(value) if map.len() == 1 => write!(f, "not {}", Words(value)),
                _ => {
                    f.write_str("{ ")?;
                    for (at, (key, value)) in map.iter().enumerate() {
                        write!(f, "{}{key}: {}", if at > 0 { ", " } else { "" }, Words(value))?;
                    }
                    f.write_str(" }")
                }
            },
            other => other.fmt(f),
        }
    }
}

/// Whether a text cannot be taken for anything else.
fn is_plain(text: &str) -> bool {
    let quiet = |c: char| !c.is_control() && !matches!(c, '"' | ',' | '[' | ']' | '{' | '}' | '→');
    !text.is_empty() && text.trim() == text && text.chars().all(quiet)
}
