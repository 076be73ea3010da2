//! Patterns and words of one's own, compiled into detectors like the built-in ones.
//!
//! They run on the same engine: a pattern with a literal costs only where the literal stands, a word list only where one of
//! its words begins, and both keep the contract of streams.

mod hir;
mod keywords;
mod pattern;
mod plan;

use crate::detector::About;
use crate::{SettingsError, Severity};

pub(crate) use keywords::WordList;
pub(crate) use pattern::RegexPattern;

/// What class and detector are called, after checking that the name can stand in a marker.
fn about(kind: &str, place: &str, name: &str, severity: Severity) -> Result<About, SettingsError> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    if name.is_empty() || name.len() > 64 || !name.bytes().all(is_plain) {
        let reason = format!("`{name}` is no name: up to 64 letters, digits, `.`, `_` and `-`");
        return Err(SettingsError::new(format!("{place}.name"), reason));
    }
    Ok(About {
        name: format!("custom.{name}").into(),
        class: format!("custom.{name}").into(),
        severity,
        finds: format!("{kind} `{name}`").into(),
    })
}
