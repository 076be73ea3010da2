//! `agent`: who calls, by id or by name.
//!
//! Wildcards allowed, case matters. A call without an identity matches no `agent` condition, and every `not`.
//!
//! ```yaml
//! agent: [billing-bot, "report-*"]
//! ```

use super::{Condition, Cost, Reads};
use crate::call::Call;
use crate::error::Fault;
use crate::glob::{Case, Glob};
use crate::index::{Choice, Fact, Key, one};
use crate::text::Needles;
use crate::truth::Truth;

/// An agent by id or name.
pub(crate) struct Agent(Glob);

impl Agent {
    pub(crate) fn new(written: &str) -> Result<Self, Fault> {
        Glob::new(written, Case::Exact).map(Self)
    }

    pub(crate) fn keys(&self) -> Choice {
        one(Key::glob(Fact::Agent, "", &self.0))
    }

    pub(crate) fn is(&self, id: Option<&str>, name: Option<&str>) -> bool {
        [id, name].into_iter().flatten().any(|text| self.0.matches(text))
    }
}

impl Condition for Agent {
    type Written = String;

    const COST: Cost = Cost::Name;

    const READS: Reads = Reads::Head;

    fn compile(written: &String, _: &mut Needles) -> Result<Self, Fault> {
        Self::new(written)
    }

    fn keys(&self) -> Choice {
        Agent::keys(self)
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        self.is(call.facts.agent_id, call.facts.agent_name).into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{assert_refused, assert_table, assert_unreadable, call};
    use crate::facts::Facts;
    use crate::truth::Truth::{False, True};

    #[test]
    fn agents_match_by_id_or_name() {
        let bot = Facts { agent_id: Some("agent_1"), agent_name: Some("billing-bot"), ..call() };
        assert_table(
            "agent",
            &bot,
            [
                (json!("agent_1"), True),
                (json!("billing-*"), True),
                (json!("Billing-*"), False),
                (json!(["other", "billing-bot"]), True),
                (json!({"not": "billing-bot"}), False),
                (json!({"not": ["a", "b"]}), True),
            ],
        );
        assert_table("agent", &call(), [(json!("*"), False), (json!({"not": "*"}), True)]);
    }

    #[test]
    fn mistakes_are_named() {
        assert_refused(
            "agent",
            [
                (json!([]), "", "an empty list"),
                (json!(["a", ""]), "[1]", "an empty pattern"),
                (json!({"not": ["a", "{b}"]}), ".not[1]", "not a wildcard"),
            ],
        );
        assert_unreadable(
            "agent",
            [
                (json!(5), "expected"),
                (json!({"nto": "a"}), "unknown field `nto`, expected `not`"),
                (json!({"not": "a", "or": "b"}), "`not` stands alone"),
                (json!({"not": {"not": "a"}}), "expected"),
            ],
        );
    }
}
