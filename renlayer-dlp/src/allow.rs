//! Allow lists: values that are no findings.

use crate::glob::Glob;

/// Compiled allow entries.
#[derive(Default)]
pub(crate) struct AllowList {
    entries: Vec<Entry>,
}

pub(crate) struct Entry {
    pub(crate) classes: Glob,
    pub(crate) values: Values,
}

pub(crate) enum Values {
    /// One value, without spaces and dashes.
    Exact(Vec<u8>),
    /// What an expression matches whole.
    Regex(regex_automata::meta::Regex),
    /// What stands in such a place of a JSON document.
    Path(Glob),
}

impl AllowList {
    pub(crate) fn new(entries: Vec<Entry>) -> Self {
        Self { entries }
    }

    /// Whether `value` is no finding of `class`.
    pub(crate) fn permits(&self, class: &str, value: &[u8]) -> bool {
        self.entries.iter().any(|entry| entry.classes.matches(class) && entry.values.hold(value))
    }
}

impl AllowList {
    /// Whether a place is named at all.
    pub(crate) fn names_places(&self) -> bool {
        self.entries.iter().any(|entry| matches!(entry.values, Values::Path(_)))
    }

    /// Whether what stands at `pointer` is no finding of `class`.
    pub(crate) fn permits_at(&self, class: &str, pointer: &str) -> bool {
        let is_there = |values: &Values| matches!(values, Values::Path(path) if path.matches(pointer));
        self.entries.iter().any(|entry| entry.classes.matches(class) && is_there(&entry.values))
    }
}

impl Values {
    pub(crate) fn exact(value: &str) -> Self {
        Self::Exact(bare(value.as_bytes()).collect())
    }

    fn hold(&self, value: &[u8]) -> bool {
        match self {
            Self::Exact(exact) => bare(value).eq(exact.iter().copied()),
            Self::Regex(regex) => regex.find(value).is_some_and(|found| found.range() == (0..value.len())),
            Self::Path(_) => false,
        }
    }
}

fn bare(value: &[u8]) -> impl Iterator<Item = u8> {
    value.iter().copied().filter(|byte| !matches!(byte, b' ' | b'-'))
}
