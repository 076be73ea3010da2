//! Comparisons with numbers and other ordered values.
//!
//! ```yaml
//! max_tokens: 4096                  # equal to
//! max_tokens: { gt: 4096 }          # also gte, lt, lte; several together must all hold
//! ```

use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::error::Fault;
use crate::facts::Severity;
use crate::rule::RuleValue;
use crate::truth::Truth;

/// Bounds on a value, all of which must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Comparison<T> {
    /// Equal to.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub eq: Option<T>,
    /// Greater than.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub gt: Option<T>,
    /// At least.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub gte: Option<T>,
    /// Less than.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub lt: Option<T>,
    /// At most.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub lte: Option<T>,
}

fn none<T>() -> Option<T> {
    None
}

impl<T> Default for Comparison<T> {
    fn default() -> Self {
        Self { eq: None, gt: None, gte: None, lt: None, lte: None }
    }
}

/// What can be compared with in a policy.
pub trait Comparable: PartialOrd + Clone {
    /// Completes "expected …" in errors.
    const EXPECTING: &'static str;
}

impl Comparable for u64 {
    const EXPECTING: &'static str = "a whole number or `{ gt, gte, lt, lte, eq }`";
}

impl Comparable for Severity {
    const EXPECTING: &'static str = "`LOW`, `MEDIUM`, `HIGH`, `CRITICAL` or `{ gt, gte, lt, lte, eq }`";
}

impl<T: Comparable> Comparison<T> {
    /// Equal to `value`.
    pub fn equal_to(value: T) -> Self {
        Self { eq: Some(value), ..Self::default() }
    }

    /// At least `value`.
    pub fn at_least(value: T) -> Self {
        Self { gte: Some(value), ..Self::default() }
    }

    /// Whether `value` keeps within all bounds.
    pub fn holds(&self, value: &T) -> bool {
        let within = |bound: &Option<T>, allowed: fn(Ordering) -> bool| {
            bound.as_ref().is_none_or(|bound| value.partial_cmp(bound).is_some_and(allowed))
        };
        within(&self.eq, Ordering::is_eq)
            && within(&self.gt, Ordering::is_gt)
            && within(&self.gte, Ordering::is_ge)
            && within(&self.lt, Ordering::is_lt)
            && within(&self.lte, Ordering::is_le)
    }

    /// Refuses a comparison with nothing.
    pub(crate) fn check(&self) -> Result<Self, Fault> {
        let bounds = [&self.eq, &self.gt, &self.gte, &self.lt, &self.lte];
        if bounds.into_iter().all(Option::is_none) {
            return Err("compares with nothing: write a value, or `gt`, `gte`, `lt`, `lte`, `eq`".into());
        }
        Ok(self.clone())
    }
}

impl Comparison<u64> {
    /// Whether it holds of a count of which only `seen` were seen, and there may be more.
    pub(crate) fn holds_of_at_least(&self, seen: u64) -> Truth {
        let bounded_above = self.eq.is_some() || self.lt.is_some() || self.lte.is_some();
        let can_grow_into = Self { gt: None, gte: None, eq: None, lte: min(self.lte, self.eq), lt: self.lt };
        match (self.holds(&seen), bounded_above) {
            (true, false) => Truth::True,
            (false, true) if !can_grow_into.holds(&seen) => Truth::False,
            _ => Truth::Unknown,
        }
    }
}

fn min(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    a.into_iter().chain(b).min()
}

impl<T: Comparable> RuleValue for Comparison<T> {
    const EXPECTING: &'static str = T::EXPECTING;
    const KEYS: &'static [&'static str] = &["not", "eq", "gt", "gte", "lt", "lte"];
}

impl<T: Serialize> Serialize for Comparison<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self { eq: Some(value), gt: None, gte: None, lt: None, lte: None } => value.serialize(serializer),
            bounds => Self::serialize(bounds, serializer),
        }
    }
}

impl<'de, T: Comparable + Deserialize<'de>> Deserialize<'de> for Comparison<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueOrBounds(PhantomData))
    }
}

struct ValueOrBounds<T>(PhantomData<T>);

impl<'de, T: Comparable + Deserialize<'de>> Visitor<'de> for ValueOrBounds<T> {
    type Value = Comparison<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTING)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        T::deserialize(value.into_deserializer()).map(Comparison::equal_to)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        T::deserialize(value.into_deserializer()).map(Comparison::equal_to)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        T::deserialize(value.into_deserializer()).map(Comparison::equal_to)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        T::deserialize(value.into_deserializer()).map(Comparison::equal_to)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Comparison::deserialize(MapAccessDeserializer::new(map))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bounds_hold_as_written() {
        for (written, holds, fails) in [
            ("5", vec![5], vec![4, 6]),
            (r#"{"gt": 5}"#, vec![6], vec![5]),
            (r#"{"gte": 5}"#, vec![5, 6], vec![4]),
            (r#"{"lt": 5}"#, vec![4], vec![5]),
            (r#"{"lte": 5}"#, vec![5, 4], vec![6]),
            (r#"{"gt": 5, "lte": 7}"#, vec![6, 7], vec![5, 8]),
        ] {
            let comparison: Comparison<u64> = serde_json::from_str(written).unwrap();
            assert!(holds.iter().all(|n| comparison.holds(n)), "{written}");
            assert!(!fails.iter().any(|n| comparison.holds(n)), "{written}");
            assert_eq!(
                serde_json::from_str::<Comparison<u64>>(&serde_json::to_string(&comparison).unwrap())
                    .unwrap(),
                comparison
            );
        }
        for refused in ["-1", "1.5", "\"5\"", r#"{"above": 5}"#, "[5]"] {
            assert!(serde_json::from_str::<Comparison<u64>>(refused).is_err(), "{refused}");
        }
        assert!(Comparison::<u64>::default().check().is_err());
    }

    fn bound() -> impl Strategy<Value = Option<u64>> {
        prop::option::weighted(0.4, 0u64..8)
    }

    proptest! {
        /// A certain answer about "at least `seen`" is the answer whatever the count is.
        #[test]
        fn what_is_certain_of_at_least_holds_of_all(
            (eq, gt, gte, lt, lte) in (bound(), bound(), bound(), bound(), bound()),
            seen in 0u64..8,
            more in 0u64..8,
        ) {
            let comparison = Comparison { eq, gt, gte, lt, lte };
            match comparison.holds_of_at_least(seen) {
                Truth::True => prop_assert!(comparison.holds(&(seen + more))),
                Truth::False => prop_assert!(!comparison.holds(&(seen + more))),
                _ => {}
            }
        }
    }
}
