//! What is wrong with a configuration, and where.
//!
//! An error names the file, the line, the column and the path of keys, or the variable or flag it came from.
//! It never shows a value that came out of the environment.

use std::fmt;

use super::node::Place;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    origin: Origin,
    path: String,
    message: String,
}

/// Everything that is wrong with one configuration; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(Vec<ConfigError>);

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A place in a file.
    File {
        /// The file's name as the operator gave it.
        name: String,
        /// Where in it; none when it could not be read at all.
        place: Option<Place>,
    },
    /// A variable of the environment, by name.
    Environment(String),
    /// A flag of the command line, by name.
    Flag(String),
}

impl ConfigError {
    /// An error about the value at `path` (keys joined by dots; empty for the whole).
    pub(crate) fn new(origin: Origin, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { origin, path: path.into(), message: message.into() }
    }

    /// An error about a variable of the environment.
    pub(crate) fn variable(name: &str, message: impl fmt::Display) -> Self {
        Self::new(Origin::Environment(name.to_owned()), "", message.to_string())
    }

    /// Where the offending value came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The path of keys to the offending value, for example `routes[0].upstream`; empty for the whole document.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl ConfigErrors {
    /// The errors, in the order of the document; `None` when there are none.
    pub(crate) fn collect(mut errors: Vec<ConfigError>) -> Option<Self> {
        errors.sort_by_key(|error| error.origin.order());
        errors.dedup();
        (!errors.is_empty()).then_some(Self(errors))
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &ConfigError> {
        self.0.iter()
    }
}

impl Origin {
    fn order(&self) -> (u8, Option<Place>) {
        match self {
            Self::File { place, .. } => (0, *place),
            Self::Environment(_) => (1, None),
            Self::Flag(_) => (2, None),
        }
    }
}

impl From<ConfigError> for ConfigErrors {
    fn from(error: ConfigError) -> Self {
        Self(vec![error])
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { name, place: Some(place) } => write!(f, "{name}:{place}"),
            Self::File { name, place: None } => f.write_str(name),
            Self::Environment(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.origin)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
impl std::error::Error for ConfigErrors {}

/// The candidate nearest to `word`, when one is near enough to have been meant.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "; did you mean `x`?", or what else there is when nothing is near and the list is short.
pub(crate) fn hint<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(near) = nearest(word, candidates.clone()) {
        return format!("; did you mean `{near}`?");
    }
    let all: Vec<_> = candidates.into_iter().map(|candidate| format!("`{candidate}`")).collect();
    match all.len() {
        0 => String::new(),
        1..=16 => format!("; expected {}", all.join(", ")),
        _ => String::new(),
    }
}
