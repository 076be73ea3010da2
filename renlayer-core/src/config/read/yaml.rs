//! YAML, from the parser's events.
//!
//! Anchors, aliases and tags are refused: a configuration that is reviewed line by line should not have lines that
//! mean what another line says, and aliases of aliases are also the classic way to make a small file large.

use std::borrow::Cow;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span};

use super::super::node::{Key, Node, Place, Value};
use super::{Lookup, ReadError, check_depth, insert, text};

pub(super) fn read(source: &str, lookup: Lookup<'_>) -> Result<Node, ReadError> {
    let mut builder = Builder { lookup, open: Vec::new(), root: None };
    for event in Parser::new_from_str(source) {
        let (event, span) = event.map_err(syntax)?;
        builder.event(event, span)?;
    }
    Ok(builder.root.unwrap_or(Node { place: Place::START, value: Value::Null }))
}

struct Builder<'a> {
    lookup: Lookup<'a>,
    open: Vec<Open>,
    root: Option<Node>,
}

/// A collection whose end has not come yet.
struct Open {
    place: Place,
    items: Items,
}

enum Items {
    Sequence(Vec<Node>),
    Mapping { entries: Vec<(Key, Node)>, key: Option<Key> },
}

// === impl Builder ===

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), ReadError> {
        let place = place(&span.start);
        match event {
            Event::Scalar(raw, style, anchor, tag) => {
                refuse_indirection(place, anchor, tag.is_some())?;
                self.scalar(&raw, style, place)
            }
            Event::SequenceStart(anchor, tag) => {
                refuse_indirection(place, anchor, tag.is_some())?;
                self.start(Items::Sequence(Vec::new()), place)
            }
            Event::MappingStart(anchor, tag) => {
                refuse_indirection(place, anchor, tag.is_some())?;
                self.start(Items::Mapping { entries: Vec::new(), key: None }, place)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(_) => refuse_indirection(place, 1, false),
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(ReadError::at(place, "a second document begins here; a configuration is one document"))
            }
            _ => Ok(()),
        }
    }

    fn scalar(&mut self, raw: &str, style: ScalarStyle, place: Place) -> Result<(), ReadError> {
        if let Some(Open { items: Items::Mapping { key: key @ None, .. }, .. }) = self.open.last_mut() {
            if raw == "<<" && style == ScalarStyle::Plain {
                return Err(ReadError::at(
                    place,
                    "merge keys (`<<`) are not supported; write the values out",
                ));
            }
            *key = Some(Key { place, name: raw.to_owned() });
            return Ok(());
        }
        let value = match text(raw, place, self.lookup)? {
            Value::Text(text) if style == ScalarStyle::Plain => plain(text),
            value => value,
        };
        self.add(Node { place, value })
    }

    fn start(&mut self, items: Items, place: Place) -> Result<(), ReadError> {
        check_depth(self.open.len() + 1, place)?;
        if let Some(Open { items: Items::Mapping { key: None, .. }, .. }) = self.open.last() {
            return Err(ReadError::at(place, "a key is a string, not a list or a mapping"));
        }
        self.open.push(Open { place, items });
        Ok(())
    }

    fn end(&mut self) -> Result<(), ReadError> {
        let Some(Open { place, items }) = self.open.pop() else { return Ok(()) };
        let value = match items {
            Items::Sequence(items) => Value::Sequence(items),
            Items::Mapping { entries, .. } => Value::Mapping(entries),
        };
        self.add(Node { place, value })
    }

    fn add(&mut self, node: Node) -> Result<(), ReadError> {
        match self.open.last_mut().map(|open| &mut open.items) {
            None => self.root = Some(node),
            Some(Items::Sequence(items)) => items.push(node),
            Some(Items::Mapping { entries, key }) => {
                if let Some(key) = key.take() {
                    insert(entries, key, node)?;
                }
            }
        }
        Ok(())
    }
}

fn refuse_indirection(place: Place, anchor: usize, tagged: bool) -> Result<(), ReadError> {
    if anchor != 0 {
        return Err(ReadError::at(place, "anchors and aliases are not supported; write the value out"));
    }
    if tagged {
        return Err(ReadError::at(place, "tags are not supported"));
    }
    Ok(())
}

/// A plain scalar by the core schema of YAML 1.2: `no` and `on` are text.
fn plain(text: String) -> Value {
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    if let Some(integer) = integer(&text) {
        return Value::Integer(integer);
    }
    match text.parse::<f64>() {
        Ok(float) if looks_like_a_number(&text) => Value::Float(float),
        _ => Value::Text(text),
    }
}

fn integer(text: &str) -> Option<i128> {
    if let Some(hex) = text.strip_prefix("0x") {
        return i128::from_str_radix(hex, 16).ok();
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return i128::from_str_radix(octal, 8).ok();
    }
    text.parse().ok()
}

/// Rust also reads `inf` and `nan` as numbers; YAML spells those `.inf` and `.nan`, and we want neither.
fn looks_like_a_number(text: &str) -> bool {
    text.trim_start_matches(['+', '-', '.']).starts_with(|c: char| c.is_ascii_digit())
}

fn place(marker: &Marker) -> Place {
    Place { line: marker.line().max(1), column: marker.col() + 1 }
}

fn syntax(error: ScanError) -> ReadError {
    let message: Cow<'_, str> = match error.info() {
        info if info.contains("unknown anchor") => {
            "anchors and aliases are not supported; write the value out".into()
        }
        info => format!("not valid YAML: {}", info.to_lowercase()).into(),
    };
    ReadError::at(place(error.marker()), message)
}
