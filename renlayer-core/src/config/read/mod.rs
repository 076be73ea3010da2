//! From text to a tree of [`Node`]s: one reader for each format.
//!
//! The readers share what a configuration may not do in any format: be longer or deeper than a bound, or say the
//! same key twice.

mod json;
mod toml;
mod yaml;

use super::interpolate::{Interpolated, interpolate};
use super::node::{Key, MAX_BYTES, MAX_DEPTH, Node, Place, Value};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML 1.2, one document, without anchors and tags.
    Yaml,
    /// TOML 1.0.
    Toml,
    /// JSON.
    Json,
}

/// Why a text is not a tree.
#[derive(Debug)]
pub(crate) struct ReadError {
    pub(crate) place: Option<Place>,
    pub(crate) message: String,
}

/// What puts variables into scalars.
pub(crate) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads one document.
pub(crate) fn read(text: &str, format: Format, lookup: Lookup<'_>) -> Result<Node, ReadError> {
    if text.len() > MAX_BYTES {
        return Err(ReadError { place: None, message: format!("is longer than {MAX_BYTES} bytes") });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match format {
        Format::Yaml => yaml::read(text, lookup),
        Format::Toml => toml::read(text, lookup),
        Format::Json => json::read(text, lookup),
    }
}

impl Format {
    /// The format that a file's name promises; YAML when it promises none.
    pub fn of(name: &str) -> Self {
        match name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
            Some("toml") => Self::Toml,
            Some("json") => Self::Json,
            _ => Self::Yaml,
        }
    }
}

impl ReadError {
    fn at(place: Place, message: impl Into<String>) -> Self {
        Self { place: Some(place), message: message.into() }
    }
}

/// A text scalar with its variables put in.
fn text(raw: &str, place: Place, lookup: Lookup<'_>) -> Result<Value, ReadError> {
    match interpolate(raw, lookup) {
        Ok(Interpolated::Unchanged(text)) => Ok(Value::Text(text.into_owned())),
        Ok(Interpolated::Substituted(text)) => Ok(Value::Substituted(text)),
        Err(message) => Err(ReadError::at(place, message)),
    }
}

/// Adds an entry, unless its key is there already.
fn insert(entries: &mut Vec<(Key, Node)>, key: Key, node: Node) -> Result<(), ReadError> {
    if let Some((first, _)) = entries.iter().find(|(known, _)| known.name == key.name) {
        let message = format!("key `{}` stands here twice (first on line {})", key.name, first.place.line);
        return Err(ReadError::at(key.place, message));
    }
    entries.push((key, node));
    Ok(())
}

fn check_depth(depth: usize, place: Place) -> Result<(), ReadError> {
    if depth <= MAX_DEPTH {
        return Ok(());
    }
    Err(ReadError::at(place, format!("nests deeper than {MAX_DEPTH} levels")))
}
