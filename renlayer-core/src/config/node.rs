//! A configuration document as a tree in which every value and every key knows its place.
//!
//! The three readers (YAML, TOML, JSON) build it and the [deserializer](super::de) walks it, so that whatever
//! the format, an error points at the line and column that caused it.

use std::fmt;

/// Where something stands in a file; both numbers count from one, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A value and its place.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) value: Value,
}

/// What a document can hold.
#[derive(Clone)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    /// Text in which a variable of the environment was put: it also answers to a number or a boolean where one
    /// is asked for, and no error shows it.
    Substituted(String),
    Sequence(Vec<Node>),
    Mapping(Vec<(Key, Node)>),
}

/// A key of a mapping and its place.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) place: Place,
    pub(crate) name: String,
}

/// Nothing nests deeper than this in any format.
pub(crate) const MAX_DEPTH: usize = 64;

/// No file is longer than this.
pub(crate) const MAX_BYTES: usize = 4 << 20;

impl Place {
    /// The place of the byte at `offset` in `text`.
    pub(crate) fn at(text: &str, offset: usize) -> Self {
        Self::START.after(text.get(..offset).unwrap_or(text))
    }

    /// The place behind `text`, which begins here.
    pub(crate) fn after(self, text: &str) -> Self {
        match text.rsplit_once('\n') {
            None => Self { line: self.line, column: self.column + text.chars().count() },
            Some((lines, last)) => {
                Self { line: self.line + lines.matches('\n').count() + 1, column: last.chars().count() + 1 }
            }
        }
    }

    /// The first character of a file.
    pub(crate) const START: Self = Self { line: 1, column: 1 };
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl Value {
    /// What this is, in the words of an error; never the value itself.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a number",
            Self::Text(_) | Self::Substituted(_) => "a string",
            Self::Sequence(_) => "a list",
            Self::Mapping(_) => "a mapping",
        }
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be credentials.
        write!(f, "{} at {}", self.value.kind(), self.place)
    }
}
