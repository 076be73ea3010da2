//! `risk`: what the session did before this call.
//!
//! Calls refused, findings, money spent and calls made so far; all that is written must hold.
//!
//! ```yaml
//! risk: { denials: { gte: 3 }, spend: { gt: 5.00 } }
//! ```

use serde::{Deserialize, Serialize};

use super::{Condition, Cost, Reads};
use crate::any_of::AnyOf;
use crate::call::Call;
use crate::comparison::{Comparable, Comparison};
use crate::error::Fault;
use crate::money::Money;
use crate::rule::{Rule, RuleValue};
use crate::text::Needles;
use crate::truth::Truth;

/// What is asked of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "`{ denials, findings, spend, actions }`")]
pub struct RiskMatch {
    /// Calls refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denials: Option<Rule<Comparison<u64>>>,
    /// Findings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Rule<Comparison<u64>>>,
    /// Money spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spend: Option<Rule<Comparison<Money>>>,
    /// Calls made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions: Option<Rule<Comparison<u64>>>,
}

impl RuleValue for RiskMatch {
    const EXPECTING: &'static str = "`{ denials, findings, spend, actions }`";
    const KEYS: &'static [&'static str] = &["not", "denials", "findings", "spend", "actions"];
}

/// What is asked of a session, compiled.
pub(super) struct RiskTest {
    denials: Option<AnyOf<Comparison<u64>>>,
    findings: Option<AnyOf<Comparison<u64>>>,
    spend: Option<AnyOf<Comparison<Money>>>,
    actions: Option<AnyOf<Comparison<u64>>>,
}

impl Condition for RiskTest {
    type Written = RiskMatch;

    const COST: Cost = Cost::Word;

    const READS: Reads = Reads::Risk;

    fn compile(written: &RiskMatch, _: &mut Needles) -> Result<Self, Fault> {
        if *written == RiskMatch::default() {
            return Err("says none of `denials`, `findings`, `spend`, `actions`".into());
        }
        Ok(Self {
            denials: AnyOf::optional("denials", written.denials.as_ref(), Comparison::check)?,
            findings: AnyOf::optional("findings", written.findings.as_ref(), Comparison::check)?,
            spend: AnyOf::optional("spend", written.spend.as_ref(), Comparison::check)?,
            actions: AnyOf::optional("actions", written.actions.as_ref(), Comparison::check)?,
        })
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        let risk = &call.facts.risk;
        let holds = within(&self.denials, &risk.denials)
            && within(&self.findings, &risk.findings)
            && within(&self.spend, &Money { micros: risk.spend_micros })
            && within(&self.actions, &risk.actions);
        holds.into()
    }
}

fn within<T: Comparable>(rule: &Option<AnyOf<Comparison<T>>>, value: &T) -> bool {
    rule.as_ref().is_none_or(|rule| rule.is(|bounds| bounds.holds(value)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{assert_refused, assert_table, assert_unreadable, call};
    use crate::facts::{Facts, Risk};
    use crate::truth::Truth::{False, True};

    #[test]
    fn sessions_match_by_what_they_did() {
        let risk = Risk { denials: 3, findings: 0, spend_micros: 5_250_000, actions: 40 };
        assert_table(
            "risk",
            &Facts { risk, ..call() },
            [
                (json!({"denials": {"gte": 3}}), True),
                (json!({"denials": {"gt": 3}}), False),
                (json!({"denials": {"gte": 3}, "findings": {"gt": 0}}), False),
                (json!({"spend": {"gt": 5}}), True),
                (json!({"spend": {"gt": 5.25}}), False),
                (json!({"spend": "5.25", "actions": [40, 41]}), True),
                (json!({"not": {"findings": {"gt": 0}}}), True),
            ],
        );
        assert_table("risk", &call(), [(json!({"actions": 0}), True)]);
    }

    #[test]
    fn mistakes_are_named() {
        assert_refused(
            "risk",
            [(json!({}), "", "says none of"), (json!({"denials": {}}), ".denials", "compares with nothing")],
        );
        assert_unreadable(
            "risk",
            [(json!({"spend": "5 EUR"}), "an amount"), (json!({"score": 1}), "unknown field `score`")],
        );
    }
}
