//! What tokens cost: a price per model, in whole micro-units for a million tokens.
//!
//! Prices of well-known models ship with the crate (`list.json`, with the date of the figures); an operator's own count before
//! them. A model that neither names has no price, and what has none finds no room under a limit on spend: money is never
//! counted as nought for want of knowing. An own price for `*` is what is taken for every model that nothing else names.
//!
//! ```
//! use renlayer_policy::{Price, Prices, Tokens};
//!
//! let own: Vec<Price> = serde_json::from_str(r#"[{"model": "house-*", "input": 0.5, "output": 1.5}]"#)?;
//! let prices = Prices::compile(own).expect("valid prices");
//! let rates = prices.of("house-large").expect("a price");
//! assert_eq!(rates.cost(&Tokens { input: 1_000_000, output: 100_000, ..Tokens::default() }), 650_000);
//! assert!(prices.of("gpt-4o-2024-08-06").is_some() && prices.of("gpt-4o-next").is_none());
//! # Ok::<(), serde_json::Error>(())
//! ```

mod list;
mod name;
mod rates;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::Fault;
use crate::glob::{Case, Glob};
use crate::money::Money;

pub use rates::{Rates, Tokens};

/// A price as it is written; amounts are for a million tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// The models that have it, by name, wildcards allowed. A name stands for its dated versions, too.
    pub model: String,
    /// What is read.
    pub input: Money,
    /// What is read from a cache; the price of the input where none is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_input: Option<Money>,
    /// What is read and written into a cache; likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<Money>,
    /// What is written.
    pub output: Money,
    /// What is written while reasoning; the price of the output where none is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<Money>,
    /// Pictures that are drawn; likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Money>,
    /// What holds instead where much is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub long: Option<LongPrice>,
}

/// The price of a call that reads more than so many tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongPrice {
    /// How many tokens may be read before it holds.
    pub above: u64,
    /// What is read.
    pub input: Money,
    /// What is read from a cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_input: Option<Money>,
    /// What is read and written into a cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<Money>,
    /// What is written.
    pub output: Money,
}

/// Prices, compiled; cheap to clone. By default those that ship with the crate.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    own: Arc<[Entry]>,
}

/// A price that cannot be compiled: which one, where in it, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("price of `{model}`: {field}: {reason}")]
pub struct PriceError {
    /// Its place in the list.
    pub index: usize,
    /// Its model.
    pub model: String,
    /// The key that is wrong.
    pub field: String,
    /// What is wrong there.
    pub reason: String,
}

/// A compiled price.
#[derive(Clone, Debug)]
struct Entry {
    name: Name,
    /// How many bytes of the name are written out: of two that fit, the one that says more counts.
    weight: usize,
    rates: Rates,
}

#[derive(Clone, Debug)]
enum Name {
    Wild(Glob),
    Plain(Box<str>),
}

impl Prices {
    /// The date of the prices that ship with the crate.
    pub fn as_of() -> &'static str {
        list::as_of()
    }

    /// Compiles an operator's own prices. All that is wrong is reported at once.
    pub fn compile(own: Vec<Price>) -> Result<Self, Vec<PriceError>> {
        let mut errors = Vec::new();
        let mut entries = Vec::with_capacity(own.len());
        for (index, price) in own.into_iter().enumerate() {
            match Entry::new(&price) {
                Ok(entry) => entries.push(entry),
                Err(fault) => errors.push(PriceError {
                    index,
                    field: fault.path("").trim_start_matches('.').to_owned(),
                    reason: fault.reason,
                    model: price.model,
                }),
            }
        }
        if errors.is_empty() { Ok(Self { own: entries.into() }) } else { Err(errors) }
    }

    /// What the tokens of a model cost, if anybody says so.
    pub fn of(&self, model: &str) -> Option<&Rates> {
        let plain = name::plain(model);
        let own = self.own.iter().filter(|entry| entry.weight > 0);
        best(own, model, plain)
            .or_else(|| best(list::entries().iter(), model, plain))
            .or_else(|| best(self.own.iter(), model, plain))
    }
}

fn best<'a>(entries: impl Iterator<Item = &'a Entry>, model: &str, plain: &str) -> Option<&'a Rates> {
    let fitting = entries.filter(|entry| entry.fits(model) || entry.fits(plain));
    fitting.max_by_key(|entry| entry.weight).map(|entry| &entry.rates)
}

impl Entry {
    fn new(price: &Price) -> Result<Self, Fault> {
        let wild = Glob::new(&price.model, Case::Ignored).map_err(|fault| fault.under(".model"))?;
        let weight = price.model.bytes().filter(|byte| !matches!(byte, b'*' | b'?')).count();
        let name = match wild.literal() {
            Some(literal) => Name::Plain(String::from_utf8_lossy(literal).into()),
            None => Name::Wild(wild),
        };
        Ok(Self { name, weight, rates: Rates::new(price) })
    }

    fn fits(&self, model: &str) -> bool {
        match &self.name {
            Name::Wild(glob) => glob.matches(model),
            Name::Plain(name) => {
                let (head, rest) = model.split_at_checked(name.len()).unwrap_or(("", model));
                head.eq_ignore_ascii_case(name) && name::is_version(rest)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(written: &str) -> Prices {
        Prices::compile(serde_json::from_str(written).unwrap()).unwrap()
    }

    fn input(prices: &Prices, model: &str) -> Option<u64> {
        prices.of(model).map(|rates| rates.cost(&Tokens { input: 1_000_000, ..Tokens::default() }))
    }

    #[test]
    fn well_known_models_have_prices_however_they_are_named() {
        let prices = Prices::default();
        for (model, micros) in [
            ("gpt-4o", Some(2_500_000)),
            ("GPT-4o-2024-11-20", Some(2_500_000)),
            ("gpt-4o-mini", Some(150_000)),
            ("openai/gpt-4o-mini-2024-07-18", Some(150_000)),
            ("o1-pro", Some(150_000_000)),
            ("claude-sonnet-4-5", Some(6_000_000)),
            ("claude-sonnet-4@20250514", Some(6_000_000)),
            ("us.anthropic.claude-opus-4-1-20250805-v1:0", Some(15_000_000)),
            ("anthropic/claude-3-haiku", Some(250_000)),
            ("models/gemini-2.5-pro", Some(2_500_000)),
            ("gemini-2.0-flash-001", Some(100_000)),
            ("mistral-large-latest", Some(2_000_000)),
            ("llama-3.3-70b-versatile", Some(590_000)),
            ("text-embedding-3-small", Some(20_000)),
            ("gpt-4o-next", None),
            ("gpt-4o-", None),
            ("o1-ultra", None),
            ("claude-opus-4-9", None),
            ("llama-3.3-70b-versatile:free", None),
            ("", None),
        ] {
            assert_eq!(input(&prices, model), micros, "{model}");
        }
    }

    #[test]
    fn own_prices_count_before_and_a_star_after() {
        let prices =
            own(r#"[{"model": "*", "input": 9, "output": 9}, {"model": "gpt-4o*", "input": 1, "output": 1},
                {"model": "gpt-4o-mini", "input": "0.2", "output": 1}]"#);
        for (model, micros) in [
            ("gpt-4o", 1_000_000),
            ("gpt-4o-mini", 200_000),
            ("gpt-4o-mini-2024-07-18", 200_000),
            ("o3", 2_000_000),
            ("house", 9_000_000),
        ] {
            assert_eq!(input(&prices, model), Some(micros), "{model}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        let prices = serde_json::from_str(
            r#"[{"model": "a", "input": 1, "output": 1}, {"model": "[b]", "input": 1, "output": 1}]"#,
        );
        let errors = Prices::compile(prices.unwrap()).unwrap_err();
        assert_eq!((errors[0].index, &*errors[0].field), (1, "model"));
        for (written, reason) in [
            (r#"{"model": "a", "input": 1}"#, "missing field `output`"),
            (r#"{"model": "a", "input": -1, "output": 1}"#, "an amount"),
            (r#"{"model": "a", "input": 0.0000001, "output": 1}"#, "an amount"),
            (r#"{"model": "a", "input": 1, "output": 1, "outptu": 1}"#, "unknown field `outptu`"),
        ] {
            let error = serde_json::from_str::<Price>(written).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
