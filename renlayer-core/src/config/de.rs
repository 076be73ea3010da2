//! A serde deserializer over a [`Node`] whose errors know their place.
//!
//! serde tells a deserializer of an unknown key, an unknown variant, a wrong type or a missing field through the
//! constructors of its error type, but not where. Here the error gets its place on the way out: the innermost node
//! or key that an error passes gives it the place, and each mapping and list adds its key or index to the path.
//!
//! No message shows a scalar that came from the environment, and none shows a value of the wrong type.

use std::fmt::Display;
use std::vec;

use serde::de::{self, DeserializeSeed, Expected, Unexpected, Visitor, value::StrDeserializer};

use super::error::hint;
use super::node::{Key, Node, Place, Value};

/// What is wrong, where, and on which path of keys.
#[derive(Debug)]
pub(crate) struct Error {
    pub(crate) place: Option<Place>,
    /// Innermost first.
    path: Vec<Step>,
    reason: Reason,
}

#[derive(Debug)]
enum Step {
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

/// Reads a `T` out of `node`.
pub(crate) fn from_node<T: de::DeserializeOwned>(node: Node) -> Result<T, Error> {
    let place = node.place;
    T::deserialize(NodeDeserializer(node)).map_err(|error| error.at(place))
}

// === impl Error ===

impl Error {
    fn new(reason: Reason) -> Self {
        Self { place: None, path: Vec::new(), reason }
    }

    fn plain(message: String) -> Self {
        Self::new(Reason::Plain(message))
    }

    /// Gives the place, unless something further in has given it.
    fn at(mut self, place: Place) -> Self {
        self.place.get_or_insert(place);
        self
    }

    fn under(mut self, step: Step) -> Self {
        self.path.push(step);
        self
    }

    /// Forgets the value that was read out of the environment.
    fn without_value(mut self) -> Self {
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

// === impl NodeDeserializer ===

struct NodeDeserializer(Node);

impl NodeDeserializer {
    /// Runs `read` on the value, and gives what fails this node's place.
    fn read<T>(self, read: impl FnOnce(Value) -> Result<T, Error>) -> Result<T, Error> {
        let place = self.0.place;
        let from_environment = matches!(self.0.value, Value::Substituted(_));
        read(self.0.value).map_err(|error| {
            let error = error.at(place);
            if from_environment { error.without_value() } else { error }
        })
    }

    /// A number or boolean: where it came from the environment, its text is read as one first.
    fn scalar<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.read(|value| match value {
            Value::Substituted(text) => visit(typed(&text).unwrap_or(Value::Substituted(text)), visitor),
            value => visit(value, visitor),
        })
    }
}

/// The number or boolean that a text spells.
fn typed(text: &str) -> Option<Value> {
    let text = text.trim();
    let integer = text.parse().map(Value::Integer);
    integer
        .ok()
        .or_else(|| text.parse().map(Value::Bool).ok())
        .or_else(|| text.parse().map(Value::Float).ok())
}

fn visit<'de, V: Visitor<'de>>(value: Value, visitor: V) -> Result<V::Value, Error> {
    match value {
        Value::Null => visitor.visit_unit(),
        Value::Bool(boolean) => visitor.visit_bool(boolean),
        Value::Integer(integer) => match (u64::try_from(integer), i64::try_from(integer)) {
            (Ok(unsigned), _) => visitor.visit_u64(unsigned),
            (_, Ok(signed)) => visitor.visit_i64(signed),
            _ => Err(Error::plain("the number is out of range".into())),
        },
        Value::Float(float) => visitor.visit_f64(float),
        Value::Text(text) | Value::Substituted(text) => visitor.visit_string(text),
        Value::Sequence(items) => visitor.visit_seq(Items { items: items.into_iter(), index: 0 }),
        Value::Mapping(entries) => visitor.visit_map(Entries { entries: entries.into_iter(), value: None }),
    }
}

macro_rules! scalars {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.scalar(visitor)
        }
    )*};
}

impl<'de> de::Deserializer<'de> for NodeDeserializer {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.read(|value| visit(value, visitor))
    }

    scalars! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    /// A list or mapping that is left empty in YAML reads as nothing; for a list that is asked for, it is empty.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.read(|value| match value {
            Value::Null => visit(Value::Sequence(Vec::new()), visitor),
            value => visit(value, visitor),
        })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.read(|value| match value {
            Value::Null => visit(Value::Mapping(Vec::new()), visitor),
            value => visit(value, visitor),
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.read(|value| match value {
            // A list would be read as the fields in order, which no configuration means.
            Value::Sequence(_) => Err(de::Error::invalid_type(Unexpected::Seq, &"a mapping")),
            value => visit(value, visitor),
        })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.read(|value| match value {
            Value::Text(name) | Value::Substituted(name) => visitor.visit_enum(
                <StrDeserializer<'_, Error> as de::IntoDeserializer<Error>>::into_deserializer(
                    de::IntoDeserializer::<Error>::into_deserializer(name.as_str()),
                ),
            ),
            Value::Mapping(entries) => visitor.visit_enum(Variant(entries)),
            other => Err(Error::plain(format!("expected a name, found {}", other.kind()))),
        })
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any
    }
}

// === collections ===

struct Items {
    items: vec::IntoIter<Node>,
    index: usize,
}

impl<'de> de::SeqAccess<'de> for Items {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(node) = self.items.next() else { return Ok(None) };
        let (index, place) = (self.index, node.place);
        self.index += 1;
        let item = seed.deserialize(NodeDeserializer(node));
        item.map(Some).map_err(|error| error.at(place).under(Step::Index(index)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Entries {
    entries: vec::IntoIter<(Key, Node)>,
    value: Option<(Key, Node)>,
}

impl<'de> de::MapAccess<'de> for Entries {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((key, node)) = self.entries.next() else { return Ok(None) };
        let place = key.place;
        let name: StrDeserializer<'_, Error> = de::IntoDeserializer::into_deserializer(key.name.as_str());
        let read = seed.deserialize(name).map_err(|error| error.at(place))?;
        self.value = Some((key, node));
        Ok(Some(read))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let Some((key, node)) = self.value.take() else {
            return Err(Error::plain("a value was asked for before its key".into()));
        };
        let place = node.place;
        let value = seed.deserialize(NodeDeserializer(node));
        value.map_err(|error| error.at(place).under(Step::Key(key.name)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

/// A variant that carries something: `{ name: content }`.
struct Variant(Vec<(Key, Node)>);

impl<'de> de::EnumAccess<'de> for Variant {
    type Error = Error;
    type Variant = Content;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content), Error> {
        let mut entries = self.0.into_iter();
        let (Some((key, node)), None) = (entries.next(), entries.next()) else {
            return Err(Error::plain("expected a mapping with exactly one key".into()));
        };
        let name: StrDeserializer<'_, Error> = de::IntoDeserializer::into_deserializer(key.name.as_str());
        let variant = seed.deserialize(name).map_err(|error| error.at(key.place))?;
        Ok((variant, Content { key: key.name, node }))
    }
}

struct Content {
    key: String,
    node: Node,
}

impl Content {
    fn read<T>(self, read: impl FnOnce(NodeDeserializer) -> Result<T, Error>) -> Result<T, Error> {
        let place = self.node.place;
        read(NodeDeserializer(self.node)).map_err(|error| error.at(place).under(Step::Key(self.key)))
    }
}

impl<'de> de::VariantAccess<'de> for Content {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        self.read(de::Deserialize::deserialize)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        self.read(|node| seed.deserialize(node))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Error> {
        self.read(|node| de::Deserializer::deserialize_seq(node, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.read(|node| de::Deserializer::deserialize_map(node, visitor))
    }
}
