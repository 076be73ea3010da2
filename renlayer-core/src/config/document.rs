//! A document that is taken apart section by section, so that one mistake does not hide the next.
//!
//! A [`Section`] hands out its keys one by one; what nobody asked for when it is finished is an unknown key. Errors
//! gather in the [`Document`], which also finds the place of a path again for the checks that come later.

use std::cell::RefCell;

use serde::de::DeserializeOwned;

use super::de::from_node;
use super::error::{ConfigError, Origin};
use super::fault::unknown_key;
use super::node::{Key, Node, Place, Value};

/// A file, its tree, and what is wrong with it so far.
pub(crate) struct Document {
    name: String,
    root: Node,
    errors: RefCell<Vec<ConfigError>>,
}

/// One mapping of a document.
pub(crate) struct Section<'d> {
    document: &'d Document,
    path: String,
    entries: Vec<(Key, Node)>,
    asked: Vec<&'static str>,
}

// === impl Document ===

impl Document {
    pub(crate) fn new(name: &str, root: Node) -> Self {
        Self { name: name.to_owned(), root, errors: RefCell::default() }
    }

    /// The whole, as a section.
    pub(crate) fn root(&self) -> Section<'_> {
        self.section(String::new(), self.root.clone())
    }

    /// The whole, as one value.
    pub(crate) fn whole<T: DeserializeOwned>(&self) -> Option<T> {
        self.read("", self.root.clone())
    }

    fn read<T: DeserializeOwned>(&self, path: &str, node: Node) -> Option<T> {
        let around = node.place;
        match from_node(node) {
            Ok(value) => Some(value),
            Err(error) => {
                let place = error.place.unwrap_or(around);
                self.add(place, &error.path(path), error.message());
                None
            }
        }
    }

    /// Adds an error about the value at `path`.
    pub(crate) fn report(&self, path: &str, message: impl Into<String>) {
        self.add(self.place_of(path), path, message);
    }

    pub(crate) fn into_errors(self) -> Vec<ConfigError> {
        self.errors.into_inner()
    }

    pub(crate) fn is_sound(&self) -> bool {
        self.errors.borrow().is_empty()
    }

    fn add(&self, place: Place, path: &str, message: impl Into<String>) {
        let origin = Origin::File { name: self.name.clone(), place: Some(place) };
        self.errors.borrow_mut().push(ConfigError::new(origin, path, message));
    }

    fn section(&self, path: String, node: Node) -> Section<'_> {
        let entries = match node.value {
            Value::Mapping(entries) => entries,
            Value::Null => Vec::new(),
            other => {
                self.add(node.place, &path, format!("expected a mapping, found {}", other.kind()));
                Vec::new()
            }
        };
        Section { document: self, path, entries, asked: Vec::new() }
    }

    /// The place of the value at `path`, or of the nearest thing around it that is written.
    fn place_of(&self, path: &str) -> Place {
        let (mut node, mut rest) = (&self.root, path);
        while !rest.is_empty() {
            let Some((next, after)) = step(node, rest) else { break };
            (node, rest) = (next, after);
        }
        node.place
    }
}

/// One step of a path. A key may itself hold dots (`pii.email`), so the longest key that fits is taken.
fn step<'n, 'p>(node: &'n Node, path: &'p str) -> Option<(&'n Node, &'p str)> {
    match &node.value {
        Value::Sequence(items) => {
            let (index, after) = path.strip_prefix('[')?.split_once(']')?;
            Some((items.get(index.parse::<usize>().ok()?)?, after))
        }
        Value::Mapping(entries) => {
            let path = path.strip_prefix('.').unwrap_or(path);
            let fitting = entries.iter().filter_map(|(key, value)| {
                let after = path.strip_prefix(key.name.as_str())?;
                (after.is_empty() || after.starts_with(['.', '['])).then_some((value, after))
            });
            fitting.min_by_key(|(_, after)| after.len())
        }
        _ => None,
    }
}

// === impl Section ===

impl<'d> Section<'d> {
    /// The value of a key, where it is written and right.
    pub(crate) fn value<T: DeserializeOwned>(&mut self, key: &'static str) -> Option<T> {
        let node = self.take(key)?;
        self.read(self.join(key), node)
    }

    /// The value of a key, or its default.
    pub(crate) fn value_or_default<T: DeserializeOwned + Default>(&mut self, key: &'static str) -> T {
        self.value(key).unwrap_or_default()
    }

    /// The items of a list, each read by itself; none where the key is absent.
    pub(crate) fn list<T: DeserializeOwned>(&mut self, key: &'static str) -> Option<Vec<T>> {
        let node = self.take(key)?;
        let path = self.join(key);
        match node.value {
            Value::Null => Some(Vec::new()),
            Value::Sequence(items) => {
                let item = |(index, item)| self.read(format!("{path}[{index}]"), item);
                Some(items.into_iter().enumerate().filter_map(item).collect())
            }
            other => {
                self.document.add(node.place, &path, format!("expected a list, found {}", other.kind()));
                None
            }
        }
    }

    /// The section under a key; empty where it is absent.
    pub(crate) fn section(&mut self, key: &'static str) -> Section<'d> {
        let path = self.join(key);
        let node = self.take(key).unwrap_or(Node { place: Place::START, value: Value::Null });
        self.document.section(path, node)
    }

    /// Whatever was not asked for is a mistake.
    pub(crate) fn finish(self) {
        for (key, _) in &self.entries {
            self.document.add(key.place, &self.path, unknown_key(&key.name, &self.asked));
        }
    }

    fn take(&mut self, key: &'static str) -> Option<Node> {
        self.asked.push(key);
        let at = self.entries.iter().position(|(known, _)| known.name == key)?;
        Some(self.entries.remove(at).1)
    }

    fn read<T: DeserializeOwned>(&self, path: String, node: Node) -> Option<T> {
        self.document.read(&path, node)
    }

    fn join(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}
