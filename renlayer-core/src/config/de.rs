//! A serde deserializer over a [`Node`] whose errors know their place.
//!
//! serde tells a deserializer of an unknown key, an unknown variant, a wrong type or a missing field through the
//! constructors of its error type, but not where. Here the error gets its place on the way out: the innermost node
//! or key that an error passes gives it the place, and each mapping and list adds its key or index to the path.

use std::vec;

use serde::de::{self, DeserializeSeed, Unexpected, Visitor, value::StrDeserializer};

use super::fault::{Error, Step};
use super::node::{Key, Node, Value};

/// Reads a `T` out of `node`.
pub(crate) fn from_node<T: de::DeserializeOwned>(node: Node) -> Result<T, Error> {
    let place = node.place;
    T::deserialize(NodeDeserializer(node)).map_err(|error| error.at(place))
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
