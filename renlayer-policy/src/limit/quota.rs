//! How much a limit admits, as it is written: `60`, or an amount of money such as `2.50`.

use std::fmt;

use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::money::Money;

/// A number above zero, exact to a millionth. What it counts is said by the limit's dimension; only money has decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quota(Money);

/// Millionths in one.
const MICROS: u64 = 1_000_000;

impl Quota {
    /// So many whole ones; `None` past 18,446,744,073,709, the most that is exact to a millionth.
    pub fn whole(count: u64) -> Option<Self> {
        count.checked_mul(MICROS).map(|micros| Self(Money { micros }))
    }

    /// The number in millionths: for money, its micro-units.
    pub fn micros(self) -> u64 {
        self.0.micros
    }

    /// The number, where it is a whole one.
    pub fn as_whole(self) -> Option<u64> {
        self.0.micros.is_multiple_of(MICROS).then_some(self.0.micros / MICROS)
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Quota {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.as_whole() {
            Some(whole) => serializer.serialize_u64(whole),
            None => self.0.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Quota {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Number)
    }
}

struct Number;

impl Number {
    fn read<E: Error>(&self, money: Option<Money>, found: Unexpected<'_>) -> Result<Quota, E> {
        money.map(Quota).ok_or_else(|| E::invalid_value(found, self))
    }
}

impl Visitor<'_> for Number {
    type Value = Quota;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number such as `60`, or for `spend` an amount such as `2.50`, at most 18446744073709")
    }

    fn visit_u64<E: Error>(self, whole: u64) -> Result<Quota, E> {
        self.read(Quota::whole(whole).map(|quota| quota.0), Unexpected::Unsigned(whole))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Quota, E> {
        let whole = u64::try_from(number).ok().and_then(Quota::whole);
        self.read(whole.map(|quota| quota.0), Unexpected::Signed(number))
    }

    /// A float prints as the shortest decimal that reads back as it, which is what was written.
    fn visit_f64<E: Error>(self, number: f64) -> Result<Quota, E> {
        self.read(Money::parse(&number.to_string()), Unexpected::Float(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Quota, E> {
        self.read(Money::parse(text), Unexpected::Str(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_read_back_as_they_were_written() {
        for (written, micros, again) in [
            ("60", 60_000_000, "60"),
            ("2.5", 2_500_000, "\"2.5\""),
            ("\"2.50\"", 2_500_000, "\"2.5\""),
            ("0", 0, "0"),
            ("18446744073709", 18_446_744_073_709_000_000, "18446744073709"),
        ] {
            let quota: Quota = serde_json::from_str(written).unwrap();
            assert_eq!(quota.micros(), micros, "{written}");
            assert_eq!(serde_json::to_string(&quota).unwrap(), again, "{written}");
        }
        for refused in ["-1", "-0.5", "18446744073710", "1e300", "\"5 USD\"", "\"1.0000001\"", "true", "null"]
        {
            assert!(serde_json::from_str::<Quota>(refused).is_err(), "{refused}");
        }
    }
}
