//! The shape every condition shares in files and in the API: one value, a list of which any may hold, or `not`.
//!
//! ```yaml
//! agent: billing-bot
//! agent: [billing-bot, "report-*"]
//! agent: { not: [billing-bot] }
//! ```
//!
//! It is read by a visitor rather than by trying one form after the other, so that an error keeps its own message and,
//! where the deserializer knows places, its place.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

/// One value, any of several, or none of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule<T> {
    /// The values, any of which may hold.
    pub values: Vec<T>,
    /// Whether the rule is that none of them holds.
    pub negated: bool,
}

/// What may be written as a value of a [`Rule`].
pub trait RuleValue: Sized {
    /// Completes "expected …" in errors.
    const EXPECTING: &'static str;
    /// Keys of the value's map form, with `not` first; only `not` where it has no map form.
    const KEYS: &'static [&'static str] = &["not"];
}

impl<T> Rule<T> {
    /// Holds when any of `values` does.
    pub fn any_of(values: impl IntoIterator<Item = T>) -> Self {
        Self { values: values.into_iter().collect(), negated: false }
    }

    /// Holds when none of `values` does.
    pub fn none_of(values: impl IntoIterator<Item = T>) -> Self {
        Self { values: values.into_iter().collect(), negated: true }
    }
}

impl<T> From<T> for Rule<T> {
    fn from(value: T) -> Self {
        Self::any_of([value])
    }
}

impl RuleValue for String {
    const EXPECTING: &'static str = "text";
}

impl RuleValue for bool {
    const EXPECTING: &'static str = "`true` or `false`";
}

impl<T: Serialize> Serialize for Rule<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = Values(&self.values);
        if !self.negated {
            return values.serialize(serializer);
        }
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("not", &values)?;
        map.end()
    }
}

/// A list that is written as its only element where it has one.
struct Values<'a, T>(&'a [T]);

impl<T: Serialize> Serialize for Values<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            [one] => one.serialize(serializer),
            many => many.serialize(serializer),
        }
    }
}

impl<'de, T: RuleValue + Deserialize<'de>> Deserialize<'de> for Rule<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        RuleSeed { negated: false, nested: false, value: PhantomData }.deserialize(deserializer)
    }
}

/// Reads a rule; below `not`, where no other `not` may stand, with `negated`.
struct RuleSeed<T> {
    negated: bool,
    /// Within a list, where no other list may stand: as a value's parts in order it would say nothing, and so hold for every call.
    nested: bool,
    value: PhantomData<T>,
}

impl<T> RuleSeed<T> {
    fn rule<E>(self, value: Result<T, E>) -> Result<Rule<T>, E> {
        Ok(Rule { values: vec![value?], negated: self.negated })
    }
}

impl<'de, T: RuleValue + Deserialize<'de>> DeserializeSeed<'de> for RuleSeed<T> {
    type Value = Rule<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Rule<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: RuleValue + Deserialize<'de>> Visitor<'de> for RuleSeed<T> {
    type Value = Rule<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_not = if self.negated { "" } else { ", or `not`" };
        write!(f, "{}, a list of them{or_not}", T::EXPECTING)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Rule<T>, E> {
        self.rule(T::deserialize(value.into_deserializer()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Rule<T>, E> {
        self.rule(T::deserialize(value.into_deserializer()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Rule<T>, E> {
        self.rule(T::deserialize(value.into_deserializer()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Rule<T>, E> {
        self.rule(T::deserialize(value.into_deserializer()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Rule<T>, E> {
        self.rule(T::deserialize(value.into_deserializer()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Rule<T>, A::Error> {
        if self.nested {
            return Err(A::Error::invalid_type(serde::de::Unexpected::Seq, &T::EXPECTING));
        }
        let mut values = Vec::new();
        let one = || Self { negated: true, nested: true, value: PhantomData };
        while let Some(rule) = seq.next_element_seed(one())? {
            values.extend(rule.values);
        }
        Ok(Rule { values, negated: self.negated })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Rule<T>, A::Error> {
        if self.negated {
            return self.rule(T::deserialize(MapAccessDeserializer::new(map)));
        }
        match map.next_key_seed(FirstKey::<T>(PhantomData))? {
            Some(key) if key == "not" => {
                let rule = map.next_value_seed(Self { negated: true, nested: false, value: PhantomData })?;
                if map.next_key::<IgnoredAny>()?.is_some() {
                    return Err(A::Error::custom("`not` stands alone: put what it negates below it"));
                }
                Ok(rule)
            }
            first => self.rule(T::deserialize(MapAccessDeserializer::new(Replay { first, rest: map }))),
        }
    }
}

/// Reads the first key of a map and refuses an unknown one where it stands.
struct FirstKey<T>(PhantomData<T>);

impl<'de, T: RuleValue> DeserializeSeed<'de> for FirstKey<T> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<T: RuleValue> Visitor<'_> for FirstKey<T> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<String, E> {
        if T::KEYS.contains(&key) { Ok(key.to_owned()) } else { Err(E::unknown_field(key, T::KEYS)) }
    }
}

/// A map whose first key was read already.
struct Replay<A> {
    first: Option<String>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Replay<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(key) => seed.deserialize(key.into_deserializer()).map(Some),
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.rest.next_value_seed(seed)
    }
}

/// Reads a map, and no list: one would be taken for the members in order, and an empty one for a map that says nothing.
pub(crate) fn map_alone<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    struct Alone<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Alone<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a mapping")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(map))
        }
    }

    deserializer.deserialize_map(Alone(PhantomData))
}

/// A value with a short form, one string, beside its map.
pub(crate) trait Shorthand: RuleValue {
    fn from_text(text: &str) -> Self;

    fn from_map<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error>;
}

/// Reads either form of `T`.
pub(crate) fn text_or_map<'de, T: Shorthand, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Either<T>(PhantomData<T>);

    impl<'de, T: Shorthand> Visitor<'de> for Either<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(T::EXPECTING)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            Ok(T::from_text(text))
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            T::from_map(map)
        }
    }

    deserializer.deserialize_any(Either(PhantomData))
}
