//! Tokens times prices, in whole micro-units, always rounded up.

use super::Price;
use crate::money::Money;

/// Tokens by what is paid for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// All that was read, what a cache held or took included.
    pub input: u64,
    /// Of those, what a cache held.
    pub cached_input: u64,
    /// Of those, what a cache took.
    pub cache_write: u64,
    /// All that was written, reasoning and pictures included.
    pub output: u64,
    /// Of those, what was written while reasoning.
    pub reasoning: u64,
    /// Of those, pictures.
    pub image: u64,
}

/// What the tokens of one model cost, in micro-units for a million.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    usual: Rate,
    long: Option<(u64, Rate)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rate {
    input: u64,
    cached_input: u64,
    cache_write: u64,
    output: u64,
    reasoning: u64,
    image: u64,
}

/// Tokens that a price is for.
const PER: u128 = 1_000_000;

impl Rates {
    pub(super) fn new(price: &Price) -> Self {
        let or = |price: Option<Money>, usual: Money| price.unwrap_or(usual).micros;
        let usual = Rate {
            input: price.input.micros,
            cached_input: or(price.cached_input, price.input),
            cache_write: or(price.cache_write, price.input),
            output: price.output.micros,
            reasoning: or(price.reasoning, price.output),
            image: or(price.image, price.output),
        };
        let long = price.long.map(|long| {
            let rate = Rate {
                input: long.input.micros,
                cached_input: or(long.cached_input, long.input),
                cache_write: or(long.cache_write, long.input),
                output: long.output.micros,
                reasoning: long.output.micros,
                image: usual.image.max(long.output.micros),
            };
            (long.above, rate)
        });
        Self { usual, long }
    }

    /// What these tokens cost.
    pub fn cost(&self, tokens: &Tokens) -> u64 {
        let rate = self.rate(tokens.input);
        let apart = tokens.cached_input.saturating_add(tokens.cache_write);
        let fresh = tokens.input.saturating_sub(apart);
        let plain = tokens.output.saturating_sub(tokens.reasoning.saturating_add(tokens.image));
        total(&[
            (fresh, rate.input),
            (tokens.cached_input, rate.cached_input),
            (tokens.cache_write, rate.cache_write),
            (plain, rate.output),
            (tokens.reasoning, rate.reasoning),
            (tokens.image, rate.image),
        ])
    }

    /// The most that so many tokens may cost, whatever they turn out to be.
    pub fn at_most(&self, input: u64, output: u64) -> u64 {
        let rate = self.rate(input);
        let read = rate.input.max(rate.cached_input).max(rate.cache_write);
        let written = rate.output.max(rate.reasoning).max(rate.image);
        total(&[(input, read), (output, written)])
    }

    fn rate(&self, input: u64) -> &Rate {
        match &self.long {
            Some((above, rate)) if input > *above => rate,
            _ => &self.usual,
        }
    }
}

/// A sum that is too large for a number is the largest there is, for which no limit has room.
fn total(parts: &[(u64, u64)]) -> u64 {
    let products = parts.iter().map(|(tokens, rate)| u128::from(*tokens) * u128::from(*rate));
    let sum = products.fold(0_u128, u128::saturating_add);
    u64::try_from(sum.div_ceil(PER)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(written: &str) -> Rates {
        Rates::new(&serde_json::from_str(written).unwrap())
    }

    #[test]
    fn each_kind_of_token_has_its_price() {
        let rates = rates(
            r#"{"model": "m", "input": 3, "cached_input": 0.3, "cache_write": 3.75, "output": 15, "reasoning": 20,
                "image": 30, "long": {"above": 1000, "input": 6, "output": 22.5}}"#,
        );
        let tokens = Tokens { input: 1000, output: 100, ..Tokens::default() };
        for (tokens, micros) in [
            (Tokens::default(), 0),
            (tokens, 4_500),
            (Tokens { input: 1, output: 0, ..tokens }, 3),
            (Tokens { cached_input: 600, cache_write: 300, ..tokens }, 300 + 180 + 1_125 + 1_500),
            (Tokens { reasoning: 40, image: 50, ..tokens }, 3_000 + 150 + 800 + 1_500),
            (Tokens { input: 1001, ..tokens }, 6_006 + 2_250),
            (Tokens { cached_input: 5_000, ..tokens }, 1_500 + 1_500),
        ] {
            assert_eq!(rates.cost(&tokens), micros, "{tokens:?}");
        }
        assert_eq!(rates.at_most(1000, 100), 3_750 + 3_000);
        assert_eq!(rates.at_most(1001, 100), 6_006 + 3_000);
    }

    #[test]
    fn sums_round_up_and_never_wrap() {
        let cheap = rates(r#"{"model": "m", "input": 0.02, "output": 0}"#);
        assert_eq!(cheap.cost(&Tokens { input: 1, ..Tokens::default() }), 1);
        assert_eq!(cheap.cost(&Tokens { input: 51, ..Tokens::default() }), 2);
        let dear = rates(r#"{"model": "m", "input": 18446744073709, "output": 18446744073709}"#);
        assert_eq!(dear.cost(&Tokens { input: u64::MAX, output: u64::MAX, ..Tokens::default() }), u64::MAX);
        assert_eq!(dear.at_most(u64::MAX, u64::MAX), u64::MAX);
    }
}
