//! Looks into raw JSON by pointer, without keeping the document.
//!
//! A key that stands twice in an object is read by some parsers as its first value and by others as its last. So every
//! reading is answered, and the caller decides what to make of it when they differ.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::{Fault, bounded};

/// Longest pointer, in bytes.
const MAX_LEN: usize = 4_096;

/// A compiled JSON Pointer (RFC 6901).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pointer(Vec<String>);

/// What stands at a pointer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// The value, or all values below it.
    pub(crate) leaves: Vec<Leaf>,
    /// Whether it is neither an array nor an object.
    pub(crate) scalar: bool,
}

/// A value that has no values below it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Leaf {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
}

/// A number; whole ones are compared exactly.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Number {
    Int(i128),
    Float(f64),
}

impl Pointer {
    pub(crate) fn new(text: &str) -> Result<Self, Fault> {
        bounded("pointer", text, MAX_LEN)?;
        let Some(rest) = text.strip_prefix('/') else {
            return if text.is_empty() {
                Ok(Self(Vec::new()))
            } else {
                Err("a JSON Pointer begins with `/`".into())
            };
        };
        Ok(Self(rest.split('/').map(|token| token.replace("~1", "/").replace("~0", "~")).collect()))
    }

    /// What stands there in `json`, in every reading of duplicate keys; `None` where nothing does. Fails when `json` is
    /// not JSON or nested too deep.
    pub(crate) fn find(&self, json: &str) -> Result<Vec<Option<Node>>, serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let found = Walk(&self.0).deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(found)
    }
}

impl Number {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let int = text.parse().ok().map(Self::Int);
        int.or_else(|| text.parse().ok().filter(|float: &f64| float.is_finite()).map(Self::Float))
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "only where the other side is a float, whose precision is the bound"
    )]
    fn float(self) -> f64 {
        match self {
            Self::Int(int) => int as f64,
            Self::Float(float) => float,
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other).is_some_and(std::cmp::Ordering::is_eq)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(b)),
            (a, b) => a.float().partial_cmp(&b.float()),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(int) => int.fmt(f),
            Self::Float(float) => float.fmt(f),
        }
    }
}

/// Walks the rest of a pointer.
struct Walk<'p>(&'p [String]);

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Vec<Option<Node>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if !self.0.is_empty() {
            return deserializer.deserialize_any(self);
        }
        let mut leaves = Vec::new();
        let scalar = deserializer.deserialize_any(Collect(&mut leaves))?;
        Ok(vec![Some(Node { leaves, scalar })])
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = Vec<Option<Node>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            match self.0.split_first() {
                Some((step, rest)) if *step == key => found.extend(map.next_value_seed(Walk(rest))?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(or_absent(found))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        let index = self.0.split_first().and_then(|(step, rest)| Some((step.parse::<usize>().ok()?, rest)));
        for at in 0.. {
            let more = match index {
                Some((wanted, rest)) if wanted == at => {
                    seq.next_element_seed(Walk(rest))?.map(|node| found.extend(node))
                }
                _ => seq.next_element::<IgnoredAny>()?.map(drop),
            };
            if more.is_none() {
                break;
            }
        }
        Ok(or_absent(found))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(vec![None])
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(vec![None])
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(vec![None])
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(vec![None])
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(vec![None])
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(vec![None])
    }
}

fn or_absent(found: Vec<Option<Node>>) -> Vec<Option<Node>> {
    if found.is_empty() { vec![None] } else { found }
}

/// Collects the values at and below where the walk ended; answers whether there was one only, by itself.
struct Collect<'a>(&'a mut Vec<Leaf>);

impl Collect<'_> {
    fn leaf<E>(self, leaf: Leaf) -> Result<bool, E> {
        self.0.push(leaf);
        Ok(true)
    }
}

impl<'de> DeserializeSeed<'de> for Collect<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Collect<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value_seed(Collect(self.0))?;
        }
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        while seq.next_element_seed(Collect(self.0))?.is_some() {}
        Ok(false)
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        self.leaf(Leaf::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<bool, E> {
        self.leaf(Leaf::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<bool, E> {
        self.leaf(Leaf::Number(Number::Int(value.into())))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<bool, E> {
        self.leaf(Leaf::Number(Number::Int(value.into())))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<bool, E> {
        self.leaf(Leaf::Number(Number::Float(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<bool, E> {
        self.leaf(Leaf::Text(value.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Option<Node> {
        Some(Node { leaves: vec![Leaf::Text(text.to_owned())], scalar: true })
    }

    #[test]
    fn pointers_find_what_stands_there_in_every_reading() {
        for (pointer, json, expected) in [
            ("/a", r#"{"a": "x"}"#, vec![text("x")]),
            ("/a", r#"{"\u0061": "x"}"#, vec![text("x")]),
            ("/a/b", r#"{"a": {"c": 1, "b": "x"}}"#, vec![text("x")]),
            ("/a/1", r#"{"a": ["w", "x", "y"]}"#, vec![text("x")]),
            ("/a~1b/~0", r#"{"a/b": {"~": "x"}}"#, vec![text("x")]),
            ("/a", r#"{"a": "x", "a": "y"}"#, vec![text("x"), text("y")]),
            ("/a/b", r#"{"a": {"b": "x"}, "a": {}}"#, vec![text("x"), None]),
            ("/a/b", r#"{"a": 5}"#, vec![None]),
            ("/a/b", r#"{"a": null}"#, vec![None]),
            ("/a/9", r#"{"a": [1]}"#, vec![None]),
            ("/b", "{}", vec![None]),
        ] {
            assert_eq!(Pointer::new(pointer).unwrap().find(json).unwrap(), expected, "{pointer} in {json}");
        }
    }

    #[test]
    fn a_container_answers_with_all_below_it() {
        let found = Pointer::new("").unwrap().find(r#"{"a": [1, {"b": "x"}], "c": null}"#).unwrap();
        let leaves = vec![Leaf::Number(Number::Int(1)), Leaf::Text("x".into()), Leaf::Null];
        assert_eq!(found, vec![Some(Node { leaves, scalar: false })]);
    }

    #[test]
    fn what_is_not_json_is_an_error() {
        let deep = "[".repeat(10_000);
        for json in ["", "{", "{} {}", "{'a': 1}", r#""\ud800""#, &deep] {
            assert!(Pointer::new("/a").unwrap().find(json).is_err(), "{json:.20}");
        }
        assert!(Pointer::new("a").is_err());
    }
}
