//! The `arguments` of a `tool` condition: what stands in a tool call's arguments, by JSON Pointer.
//!
//! A string is compared as a glob, a number or a boolean for equality; the long form has `equals`, `glob`, `contains`,
//! `regex`, `gt`, `gte`, `lt`, `lte` and `present`, all of which must hold. Where the pointer leads to an array or an
//! object, `glob`, `contains` and `regex` look at every value below it. A number in quotes is compared as a number.
//!
//! Arguments that are not JSON cannot be judged, nor can a key that stands twice with different outcomes.

use std::fmt;

use regex_automata::meta::Regex;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::any_of::AnyOf;
use crate::comparison::{Comparable, Comparison};
use crate::error::{Fault, bounded};
use crate::glob::{Case, Glob};
use crate::json::{Leaf, Node, Number, Pointer};
use crate::regex;
use crate::rule::{Rule, RuleValue};
use crate::text::fold;
use crate::truth::Truth;

/// Longest text that is compared with, in bytes.
const MAX_TEXT: usize = 4_096;

/// What is asked of one argument.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields, default)]
pub struct ArgumentMatch {
    /// The value itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equals: Option<Scalar>,
    /// The whole text, with wildcards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub glob: Option<String>,
    /// Some part of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// Some part of the text, as a pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex: Option<String>,
    /// Greater than.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gt: Option<Scalar>,
    /// At least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gte: Option<Scalar>,
    /// Less than.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lt: Option<Scalar>,
    /// At most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lte: Option<Scalar>,
    /// Whether the argument is there at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub present: Option<bool>,
    /// Whether case does not matter.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ignore_case: bool,
}

/// A text, a number or a boolean.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Scalar {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(String),
}

impl Comparable for Number {
    const EXPECTING: &'static str = "a number";
}

impl RuleValue for ArgumentMatch {
    const EXPECTING: &'static str =
        "a value or `{ equals, glob, contains, regex, gt, gte, lt, lte, present, ignore_case }`";
    const KEYS: &'static [&'static str] =
        &["not", "equals", "glob", "contains", "regex", "gt", "gte", "lt", "lte", "present", "ignore_case"];
}

/// What is asked of one argument, compiled.
pub(super) struct Argument {
    pointer: Pointer,
    rule: AnyOf<ArgumentTest>,
}

struct ArgumentTest {
    present: bool,
    equals: Option<Scalar>,
    numbers: Option<Comparison<Number>>,
    texts: Vec<TextTest>,
    case: Case,
}

enum TextTest {
    Glob(Glob),
    Contains(String, Case),
    Regex(Regex),
}

impl Argument {
    pub(super) fn new(pointer: &str, rule: &Rule<ArgumentMatch>) -> Result<Self, Fault> {
        Ok(Self { pointer: Pointer::new(pointer)?, rule: AnyOf::compile(rule, ArgumentTest::new)? })
    }

    /// Whether the rule holds of the argument in `arguments`, which are raw JSON.
    pub(super) fn holds(&self, arguments: &str) -> Truth {
        let Ok(readings) = self.pointer.find(arguments) else { return Truth::Unknown };
        let mut truths = readings.iter().map(|node| self.rule.holds(|test| test.holds(node.as_ref()).into()));
        let first = truths.next().unwrap_or(Truth::Unknown);
        if truths.all(|truth| truth == first) { first } else { Truth::Unknown }
    }
}

impl ArgumentTest {
    fn new(written: &ArgumentMatch) -> Result<Self, Fault> {
        if *written == ArgumentMatch::default() {
            return Err("asks nothing of the argument".into());
        }
        written.scalars().try_for_each(|(key, value)| {
            value.check().map_err(|fault| fault.under(format_args!(".{key}")))
        })?;
        let case = if written.ignore_case { Case::Ignored } else { Case::Exact };
        let test = Self {
            present: written.present.unwrap_or(true),
            equals: written.equals.clone(),
            numbers: written.numbers()?,
            texts: written.texts(case)?,
            case,
        };
        if !test.present && (test.equals.is_some() || test.numbers.is_some() || !test.texts.is_empty()) {
            return Err(Fault::new("an argument that is not there has no value to test").under(".present"));
        }
        Ok(test)
    }

    fn holds(&self, node: Option<&Node>) -> bool {
        let Some(node) = node else { return !self.present };
        self.present
            && self
                .equals
                .as_ref()
                .is_none_or(|wanted| node.one().is_some_and(|leaf| wanted.is(leaf, self.case)))
            && self.numbers.is_none_or(|bounds| node.number().is_some_and(|number| bounds.holds(&number)))
            && (self.texts.is_empty() || node.leaves.iter().any(|leaf| self.passes(&leaf.text())))
    }

    fn passes(&self, text: &str) -> bool {
        self.texts.iter().all(|test| match test {
            TextTest::Glob(glob) => glob.matches(text),
            TextTest::Contains(part, Case::Exact) => text.contains(part.as_str()),
            TextTest::Contains(part, Case::Ignored) => fold(text).contains(part.as_str()),
            TextTest::Regex(regex) => regex.is_match(text.as_bytes()),
        })
    }
}

impl ArgumentMatch {
    /// The values it compares with, by their keys.
    fn scalars(&self) -> impl Iterator<Item = (&'static str, &Scalar)> {
        let values = [
            ("equals", &self.equals),
            ("gt", &self.gt),
            ("gte", &self.gte),
            ("lt", &self.lt),
            ("lte", &self.lte),
        ];
        values.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?)))
    }

    fn numbers(&self) -> Result<Option<Comparison<Number>>, Fault> {
        let number = |key: &str, value: &Option<Scalar>| {
            let number = value.as_ref().map(|value| value.number().ok_or("must be a number")).transpose();
            number.map_err(|reason| Fault::new(reason).under(format_args!(".{key}")))
        };
        let bounds = Comparison {
            eq: None,
            gt: number("gt", &self.gt)?,
            gte: number("gte", &self.gte)?,
            lt: number("lt", &self.lt)?,
            lte: number("lte", &self.lte)?,
        };
        Ok((bounds != Comparison::default()).then_some(bounds))
    }

    fn texts(&self, case: Case) -> Result<Vec<TextTest>, Fault> {
        let mut texts = Vec::new();
        if let Some(part) = &self.contains {
            if part.is_empty() {
                return Err(Fault::new("an empty text is contained in everything").under(".contains"));
            }
            bounded("text", part, MAX_TEXT).map_err(|fault| fault.under(".contains"))?;
            let part = if case == Case::Ignored { fold(part).into_owned() } else { part.clone() };
            texts.push(TextTest::Contains(part, case));
        }
        if let Some(glob) = &self.glob {
            texts.push(TextTest::Glob(Glob::new(glob, case).map_err(|fault| fault.under(".glob"))?));
        }
        if let Some(pattern) = &self.regex {
            texts
                .push(TextTest::Regex(regex::compile(pattern, case).map_err(|fault| fault.under(".regex"))?));
        }
        Ok(texts)
    }
}

impl Scalar {
    fn check(&self) -> Result<(), Fault> {
        match self {
            Self::Float(float) if !float.is_finite() => Err("must be a finite number".into()),
            Self::Text(text) => bounded("text", text, MAX_TEXT),
            _ => Ok(()),
        }
    }

    fn number(&self) -> Option<Number> {
        match self {
            Self::Int(int) => Some(Number::Int((*int).into())),
            Self::Float(float) => Some(Number::Float(*float)),
            Self::Bool(_) | Self::Text(_) => None,
        }
    }

    fn is(&self, leaf: &Leaf, case: Case) -> bool {
        match self {
            Self::Bool(wanted) => *leaf == Leaf::Bool(*wanted),
            Self::Text(wanted) => matches!(leaf, Leaf::Text(text) if same(text, wanted, case)),
            Self::Int(_) | Self::Float(_) => {
                self.number().is_some_and(|number| leaf.number() == Some(number))
            }
        }
    }
}

fn same(a: &str, b: &str, case: Case) -> bool {
    a == b || (case == Case::Ignored && fold(a) == fold(b))
}

impl Node {
    fn one(&self) -> Option<&Leaf> {
        self.leaves.first().filter(|_| self.scalar)
    }

    fn number(&self) -> Option<Number> {
        self.one().and_then(Leaf::number)
    }
}

impl Leaf {
    fn number(&self) -> Option<Number> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => Number::parse(text),
            Self::Null | Self::Bool(_) => None,
        }
    }

    fn text(&self) -> std::borrow::Cow<'_, str> {
        match self {
            Self::Text(text) => text.into(),
            Self::Number(number) => number.to_string().into(),
            Self::Bool(value) => if *value { "true" } else { "false" }.into(),
            Self::Null => "null".into(),
        }
    }
}

impl Serialize for ArgumentMatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for ArgumentMatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueOrTests)
    }
}

struct ValueOrTests;

impl ValueOrTests {
    fn equal_to<E: Error>(value: Result<Scalar, E>) -> Result<ArgumentMatch, E> {
        Ok(ArgumentMatch { equals: Some(value?), ..ArgumentMatch::default() })
    }
}

impl<'de> Visitor<'de> for ValueOrTests {
    type Value = ArgumentMatch;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ArgumentMatch::EXPECTING)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<ArgumentMatch, E> {
        Self::equal_to(ScalarVisitor.visit_bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<ArgumentMatch, E> {
        Self::equal_to(ScalarVisitor.visit_i64(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<ArgumentMatch, E> {
        Self::equal_to(ScalarVisitor.visit_u64(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<ArgumentMatch, E> {
        Self::equal_to(ScalarVisitor.visit_f64(value))
    }

    fn visit_str<E: Error>(self, glob: &str) -> Result<ArgumentMatch, E> {
        Ok(ArgumentMatch { glob: Some(glob.to_owned()), ..ArgumentMatch::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ArgumentMatch, A::Error> {
        ArgumentMatch::deserialize(MapAccessDeserializer::new(map))
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number or a boolean")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Int(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Scalar, E> {
        i64::try_from(value).map(Scalar::Int).map_err(|_| E::custom("number is too large"))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned()))
    }
}
