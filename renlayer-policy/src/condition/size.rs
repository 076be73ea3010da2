//! `body_bytes`, `prompt_tokens`, `max_tokens`: how large a call is.
//!
//! A call without a declared bound matches no `max_tokens` condition, nor one whose prompt was not counted a
//! `prompt_tokens` condition. When the body could not be read, the bound cannot be told, and the prompt has at least the
//! tokens that were counted. The length of a body is always known.
//!
//! ```yaml
//! body_bytes: { gt: 1048576 }
//! prompt_tokens: { gte: 1000, lt: 8000 }
//! max_tokens: { not: { lte: 4096 } }      # none declared, or more than 4096
//! ```

use super::{Condition, Cost, Reads};
use crate::call::Call;
use crate::comparison::Comparison;
use crate::error::Fault;
use crate::text::Needles;
use crate::truth::Truth;

/// Bounds on the length of the body.
pub(super) struct BodyBytes(Comparison<u64>);

/// Bounds on the tokens of the prompt.
pub(super) struct PromptTokens(Comparison<u64>);

/// Bounds on the declared bound of the answer.
pub(super) struct MaxTokens(Comparison<u64>);

impl Condition for BodyBytes {
    type Written = Comparison<u64>;

    const COST: Cost = Cost::Word;

    const READS: Reads = Reads::Body;

    fn compile(written: &Self::Written, _: &mut Needles) -> Result<Self, Fault> {
        written.check().map(Self)
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        self.0.holds(&call.facts.body_bytes).into()
    }
}

impl Condition for PromptTokens {
    type Written = Comparison<u64>;

    const COST: Cost = Cost::Word;

    const READS: Reads = Reads::Body;

    fn compile(written: &Self::Written, _: &mut Needles) -> Result<Self, Fault> {
        written.check().map(Self)
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        if call.unread() {
            return self.0.holds_of_at_least(call.facts.prompt_tokens.unwrap_or_default());
        }
        call.facts.prompt_tokens.is_some_and(|tokens| self.0.holds(&tokens)).into()
    }
}

impl Condition for MaxTokens {
    type Written = Comparison<u64>;

    const COST: Cost = Cost::Word;

    const READS: Reads = Reads::Body;

    fn compile(written: &Self::Written, _: &mut Needles) -> Result<Self, Fault> {
        written.check().map(Self)
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        match call.facts.max_tokens {
            Some(bound) => self.0.holds(&bound).into(),
            None => Truth::False.unless_unread(call.unread()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{assert_refused, assert_table, assert_unreadable, call};
    use crate::facts::Facts;
    use crate::truth::Truth::{False, True, Unknown};

    #[test]
    fn sizes_compare() {
        let facts = Facts { body_bytes: 100, prompt_tokens: Some(20), max_tokens: Some(4096), ..call() };
        assert_table(
            "body_bytes",
            &facts,
            [
                (json!(100), True),
                (json!({"gt": 100}), False),
                (json!([{"lt": 10}, {"gte": 100}]), True),
                (json!({"not": {"gt": 1000}}), True),
            ],
        );
        assert_table(
            "prompt_tokens",
            &facts,
            [(json!({"gt": 10, "lt": 20}), False), (json!({"lte": 20}), True)],
        );
        assert_table("max_tokens", &facts, [(json!({"gt": 4095}), True), (json!([1, 2]), False)]);
    }

    #[test]
    fn absent_is_not_unread() {
        let unread = Facts { unreadable: Some("not JSON"), ..call() };
        for name in ["prompt_tokens", "max_tokens"] {
            assert_table(name, &call(), [(json!({"gte": 1}), False), (json!({"not": {"lte": 9}}), True)]);
            assert_table(
                name,
                &unread,
                [(json!({"gte": 1}), Unknown), (json!({"not": {"lte": 9}}), Unknown)],
            );
        }
        assert_table(
            "prompt_tokens",
            &Facts { prompt_tokens: Some(50), ..unread },
            [
                (json!({"gt": 40}), True),
                (json!({"gt": 60}), Unknown),
                (json!({"lt": 40}), False),
                (json!({"lt": 60}), Unknown),
            ],
        );
        assert_table("body_bytes", &unread, [(json!(0), True)]);
    }

    #[test]
    fn mistakes_are_named() {
        assert_refused("max_tokens", [(json!({}), "", "compares with nothing")]);
        assert_unreadable(
            "max_tokens",
            [
                (json!(-1), "invalid value"),
                (json!({"above": 1}), "unknown field `above`"),
                (json!({"gt": "1"}), "invalid type"),
            ],
        );
    }
}
