//! JSON, by `serde_json`, one level at a time.
//!
//! Each level borrows its members as raw slices of the source, and a slice's address tells its place: strict JSON
//! with places, without a parser of our own. A byte is read once for each level it is nested in, and the
//! levels are bounded.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::super::node::{Key, Node, Place, Value};
use super::{Lookup, ReadError, check_depth, insert, text};

pub(super) fn read(source: &str, lookup: Lookup<'_>) -> Result<Node, ReadError> {
    let raw: &RawValue = serde_json::from_str(source).map_err(|error| {
        let place = Place { line: error.line().max(1), column: error.column().max(1) };
        ReadError::at(place, format!("not valid JSON: {}", without_place(&error)))
    })?;
    Reader { source, lookup, last: Cell::new((0, Place::START)) }.value(raw, 1)
}

struct Reader<'a> {
    source: &'a str,
    lookup: Lookup<'a>,
    /// The last place that was told, and its offset: what is read next stands behind it.
    last: Cell<(usize, Place)>,
}

/// The members of one object, in order, doubles included.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

// === impl Reader ===

impl Reader<'_> {
    fn value(&self, raw: &RawValue, depth: usize) -> Result<Node, ReadError> {
        let place = self.place(raw);
        check_depth(depth, place)?;
        let json = raw.get();
        let value = match json.as_bytes().first() {
            Some(b'{') => self.object(json, place, depth)?,
            Some(b'[') => {
                let items: Vec<&RawValue> = parse(json, place)?;
                let items = items.into_iter().map(|item| self.value(item, depth + 1));
                Value::Sequence(items.collect::<Result<_, _>>()?)
            }
            Some(b'"') => text(&parse::<Cow<'_, str>>(json, place)?, place, self.lookup)?,
            Some(b't' | b'f') => Value::Bool(parse(json, place)?),
            Some(b'n') => Value::Null,
            _ => match json.parse() {
                Ok(integer) => Value::Integer(integer),
                Err(_) => Value::Float(parse(json, place)?),
            },
        };
        Ok(Node { place, value })
    }

    fn object(&self, json: &str, place: Place, depth: usize) -> Result<Value, ReadError> {
        let mut entries = Vec::new();
        for (key, value) in parse::<Members<'_>>(json, place)?.0 {
            let key = Key { place: self.place(key), name: parse(key.get(), self.place(key))? };
            insert(&mut entries, key, self.value(value, depth + 1)?)?;
        }
        Ok(Value::Mapping(entries))
    }

    fn place(&self, raw: &RawValue) -> Place {
        let offset = (raw.get().as_ptr() as usize).saturating_sub(self.source.as_ptr() as usize);
        let (from, before) =
            Some(self.last.get()).filter(|(from, _)| *from <= offset).unwrap_or((0, Place::START));
        let place = before.after(self.source.get(from..offset).unwrap_or_default());
        self.last.set((offset, place));
        place
    }
}

fn parse<'a, T: serde::Deserialize<'a>>(json: &'a str, place: Place) -> Result<T, ReadError> {
    serde_json::from_str(json)
        .map_err(|error| ReadError::at(place, format!("not valid JSON: {}", without_place(&error))))
}

/// `serde_json` ends its messages with a place of its own.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map_or(message.clone(), |(before, _)| before.to_owned())
}

// === impl Members ===

impl<'de> serde::Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}
