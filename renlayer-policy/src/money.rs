//! Money as policies write it: `5`, `0.25` or `"0.25"` units of the currency prices are in, kept in whole millionths.

use std::fmt;

use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::comparison::Comparable;

/// Millionths in a unit.
const MICROS: u64 = 1_000_000;

/// An amount, exact to a millionth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money {
    /// The amount in millionths.
    pub micros: u64,
}

impl Comparable for Money {
    const EXPECTING: &'static str = "an amount such as `5` or `0.25`, or `{ gt, gte, lt, lte, eq }`";
}

impl Money {
    /// Reads decimal notation with at most six decimals; no float takes part.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (units, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(units) || !digits(decimals) || decimals.len() > 6 {
            return None;
        }
        let micros: u64 = format!("{decimals:0<6}").parse().ok()?;
        Some(Self { micros: units.parse::<u64>().ok()?.checked_mul(MICROS)?.checked_add(micros)? })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:06}", self.micros % MICROS);
        write!(f, "{}", self.micros / MICROS)?;
        match decimals.trim_end_matches('0') {
            "" => Ok(()),
            decimals => write!(f, ".{decimals}"),
        }
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Amount)
    }
}

struct Amount;

impl Visitor<'_> for Amount {
    type Value = Money;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount such as `5` or `0.25`, with at most six decimals")
    }

    fn visit_u64<E: Error>(self, units: u64) -> Result<Money, E> {
        let micros = units.checked_mul(MICROS);
        micros
            .map(|micros| Money { micros })
            .ok_or_else(|| E::invalid_value(Unexpected::Unsigned(units), &self))
    }

    /// A float prints as the shortest decimal that reads back as it, which is what was written.
    fn visit_f64<E: Error>(self, amount: f64) -> Result<Money, E> {
        Money::parse(&amount.to_string()).ok_or_else(|| E::invalid_value(Unexpected::Float(amount), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Money, E> {
        Money::parse(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (written, micros, printed) in [
            ("5", 5_000_000, "5"),
            ("0.25", 250_000, "0.25"),
            ("\"0.1\"", 100_000, "0.1"),
            ("\"1.000001\"", 1_000_001, "1.000001"),
            ("0", 0, "0"),
        ] {
            let money: Money = serde_json::from_str(written).unwrap();
            assert_eq!((money.micros, money.to_string().as_str()), (micros, printed), "{written}");
        }
        for refused in ["-1", "-0.5", "1e30", "\"1.0000001\"", "\"5 USD\"", "\"\"", "\".5\"", "true"] {
            assert!(serde_json::from_str::<Money>(refused).is_err(), "{refused}");
        }
    }
}
