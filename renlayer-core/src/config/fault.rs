//! The error of the [deserializer](super::de): what serde says is wrong, the place it gets on its way out, and the path of
//! keys it collects.
//!
//! No message shows a scalar that came from the environment, and none shows a value of the wrong type.

use std::fmt::Display;

use serde::de::{self, Expected, Unexpected};

use super::error::hint;
use super::node::Place;

/// What is wrong, where, and on which path of keys.
#[derive(Debug)]
pub(crate) struct Error {
    pub(crate) place: Option<Place>,
    /// Innermost first.
    path: Vec<Step>,
    reason: Reason,
}

#[derive(Debug)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

#[derive(Debug)]
enum Reason {
    /// In words of our own, which hold no value.
    Plain(String),
    /// In somebody else's words, which may hold one.
    Custom(String),
    UnknownKey {
        key: String,
        expected: &'static [&'static str],
    },
    UnknownVariant {
        variant: Option<String>,
        expected: &'static [&'static str],
    },
}

// === impl Error ===

impl Error {
    fn new(reason: Reason) -> Self {
        Self { place: None, path: Vec::new(), reason }
    }

    pub(crate) fn plain(message: String) -> Self {
        Self::new(Reason::Plain(message))
    }

    /// Gives the place, unless something further in has given it.
    pub(crate) fn at(mut self, place: Place) -> Self {
        self.place.get_or_insert(place);
        self
    }

    pub(crate) fn under(mut self, step: Step) -> Self {
        self.path.push(step);
        self
    }

    /// Forgets the value that was read out of the environment.
    pub(crate) fn without_value(mut self) -> Self {
        match &mut self.reason {
            Reason::UnknownVariant { variant, .. } => *variant = None,
            Reason::Custom(message) => *message = "the value from the environment is not valid here".into(),
            Reason::Plain(_) | Reason::UnknownKey { .. } => {}
        }
        self
    }

    /// The path of keys below `base`.
    pub(crate) fn path(&self, base: &str) -> String {
        let mut path = base.to_owned();
        for step in self.path.iter().rev() {
            match step {
                Step::Key(key) if path.is_empty() => path.push_str(key),
                Step::Key(key) => path.extend([".", key]),
                Step::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }

    /// What is wrong. An unknown key says itself which mapping it is in.
    pub(crate) fn message(&self) -> String {
        match &self.reason {
            Reason::Plain(message) | Reason::Custom(message) => message.clone(),
            Reason::UnknownKey { key, expected } => unknown_key(key, expected),
            Reason::UnknownVariant { variant: Some(variant), expected } => {
                format!("unknown value `{variant}`{}", hint(variant, expected.iter().copied()))
            }
            Reason::UnknownVariant { variant: None, expected } => {
                format!("unknown value (from the environment){}", hint("", expected.iter().copied()))
            }
        }
    }
}

/// The message for a key that nothing knows.
pub(crate) fn unknown_key(key: &str, expected: &[&str]) -> String {
    format!("unknown key `{key}`{}", hint(key, expected.iter().copied()))
}

impl Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(Reason::Custom(message.to_string()))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(Reason::UnknownKey { key: field.to_owned(), expected })
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(Reason::UnknownVariant { variant: Some(variant.to_owned()), expected })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::plain(format!("key `{field}` is missing"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::plain(format!("key `{field}` stands here twice"))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::plain(format!("expected {}, found {}", wanted(expected), kind(found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        match found {
            Unexpected::Other(reason) => Self::plain(reason.to_owned()),
            Unexpected::Signed(_) | Unexpected::Unsigned(_) | Unexpected::Float(_) => {
                Self::plain("the number is out of range".to_owned())
            }
            _ => Self::plain(format!("not valid here; expected {expected}")),
        }
    }

    fn invalid_length(found: usize, expected: &dyn Expected) -> Self {
        Self::plain(format!("has {found} items; expected {expected}"))
    }
}

/// An error in words of our own, which may be shown whatever the value was and wherever it came from.
pub(crate) fn refuse<E: de::Error>(reason: &str) -> E {
    E::invalid_value(Unexpected::Other(reason), &"another value")
}

/// What was expected, in words for who writes files rather than Rust.
fn wanted(expected: &dyn Expected) -> String {
    let expected = expected.to_string();
    match expected.as_str() {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "an integer".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "a mapping".to_owned(),
        _ if expected.starts_with("struct ") => "a mapping".to_owned(),
        _ => expected,
    }
}

/// What was found, without the value.
fn kind(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "an integer",
        Unexpected::Float(_) => "a number",
        Unexpected::Unit | Unexpected::Option => "nothing",
        Unexpected::Seq => "a list",
        Unexpected::Map | Unexpected::StructVariant => "a mapping",
        _ => "a string",
    }
}
