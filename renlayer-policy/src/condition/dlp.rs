//! `dlp`: what the scan of the request found.
//!
//! The findings whose class and severity match are counted, and the count compared: at least one unless `count` says
//! otherwise. The short form is a class, wildcards allowed. A policy with this condition waits for the scan. Where the
//! body could not be read, what was found counts, and there may be more.
//!
//! ```yaml
//! dlp: "secret.*"
//! dlp: { class: "pii.*", severity: { gte: HIGH }, count: { gt: 10 } }
//! ```

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess};
use serde::{Deserialize, Serialize, Serializer};

use super::{Condition, Cost, Reads};
use crate::any_of::AnyOf;
use crate::call::Call;
use crate::comparison::Comparison;
use crate::error::Fault;
use crate::facts::{FindingFact, Severity};
use crate::glob::{Case, Glob};
use crate::index::{Choice, Fact, Key};
use crate::rule::{Rule, RuleValue, Shorthand, text_or_map};
use crate::text::Needles;
use crate::truth::Truth;

/// What is asked of findings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields, default)]
pub struct DlpMatch {
    /// Their class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Rule<String>>,
    /// How bad they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Rule<Comparison<Severity>>>,
    /// How many there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<Comparison<u64>>,
}

impl RuleValue for DlpMatch {
    const EXPECTING: &'static str = "a class of findings or `{ class, severity, count }`";
    const KEYS: &'static [&'static str] = &["not", "class", "severity", "count"];
}

impl Shorthand for DlpMatch {
    fn from_text(text: &str) -> Self {
        Self { class: Some(Rule::from(text.to_owned())), ..Self::default() }
    }

    fn from_map<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        Self::deserialize(MapAccessDeserializer::new(map))
    }
}

impl<'de> Deserialize<'de> for DlpMatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_map(deserializer)
    }
}

impl Serialize for DlpMatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

/// What is asked of findings, compiled.
pub(super) struct Dlp {
    class: Option<AnyOf<Glob>>,
    severity: Option<AnyOf<Comparison<Severity>>>,
    count: Comparison<u64>,
}

impl Dlp {
    fn counts(&self, finding: &FindingFact<'_>) -> bool {
        let (class, severity) = (self.class.as_ref(), self.severity.as_ref());
        class.is_none_or(|rule| rule.is(|glob| glob.matches(finding.class)))
            && severity.is_none_or(|rule| rule.is(|bounds| bounds.holds(&finding.severity)))
    }
}

impl Condition for Dlp {
    type Written = DlpMatch;

    const COST: Cost = Cost::List;

    const READS: Reads = Reads::Findings;

    fn compile(written: &DlpMatch, _: &mut Needles) -> Result<Self, Fault> {
        let count = written.count.unwrap_or(Comparison::at_least(1));
        Ok(Self {
            class: AnyOf::optional("class", written.class.as_ref(), |class| Glob::new(class, Case::Exact))?,
            severity: AnyOf::optional("severity", written.severity.as_ref(), Comparison::check)?,
            count: count.check().map_err(|fault| fault.under(".count"))?,
        })
    }

    fn keys(&self) -> Choice {
        // A count that zero passes holds of calls without any such finding.
        let class = self.class.as_ref().filter(|_| !self.count.holds(&0));
        let class = class.and_then(|rule| rule.keys(|glob| Key::glob(Fact::Finding, "", glob)));
        class.into_iter().collect()
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        let Some(findings) = call.facts.findings else { return Truth::Pending };
        let counts = findings.iter().filter(|finding| self.counts(finding)).map(|finding| finding.count);
        let count = counts.fold(0, u64::saturating_add);
        if call.unread() { self.count.holds_of_at_least(count) } else { self.count.holds(&count).into() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{assert_refused, assert_table, assert_unreadable, call};
    use crate::facts::{Facts, FindingFact, Severity};
    use crate::truth::Truth::{False, Pending, True, Unknown};

    const FINDINGS: &[FindingFact<'_>] = &[
        FindingFact { class: "pii.email", severity: Severity::Medium, count: 7 },
        FindingFact { class: "secret.aws_access_key", severity: Severity::Critical, count: 1 },
    ];

    #[test]
    fn findings_match_by_class_severity_and_count() {
        assert_table(
            "dlp",
            &Facts { findings: Some(FINDINGS), ..call() },
            [
                (json!("secret.*"), True),
                (json!("payment.*"), False),
                (json!({"severity": "CRITICAL"}), True),
                (json!({"class": "pii.*", "severity": {"gte": "HIGH"}}), False),
                (json!({"class": ["pii.*", "secret.*"], "count": {"gte": 8}}), True),
                (json!({"class": {"not": "pii.*"}, "count": 1}), True),
                (json!({"count": {"gt": 8}}), False),
                (json!({"class": "payment.*", "count": 0}), True),
                (json!({"not": "secret.*"}), False),
            ],
        );
        assert_table("dlp", &Facts { findings: Some(&[]), ..call() }, [(json!({}), False)]);
    }

    #[test]
    fn without_a_scan_it_waits_and_without_a_body_there_may_be_more() {
        assert_table("dlp", &call(), [(json!("secret.*"), Pending), (json!({"not": "secret.*"}), Pending)]);
        assert_table(
            "dlp",
            &Facts { findings: Some(FINDINGS), unreadable: Some("x"), ..call() },
            [
                (json!("secret.*"), True),
                (json!("payment.*"), Unknown),
                (json!({"not": "secret.*"}), False),
                (json!({"not": "payment.*"}), Unknown),
                (json!({"class": "pii.*", "count": {"lt": 5}}), False),
                (json!({"class": "pii.*", "count": {"lt": 9}}), Unknown),
            ],
        );
    }

    #[test]
    fn mistakes_are_named() {
        assert_refused(
            "dlp",
            [
                (json!({"class": "[a]"}), ".class", "not a wildcard"),
                (json!({"severity": {}}), ".severity", "compares with nothing"),
                (json!({"count": {}}), ".count", "compares with nothing"),
            ],
        );
        assert_unreadable(
            "dlp",
            [
                (json!({"severity": "high"}), "unknown variant `high`"),
                (json!({"kind": "x"}), "unknown field `kind`"),
            ],
        );
    }
}
