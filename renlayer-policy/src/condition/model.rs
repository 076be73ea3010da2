//! `model`: the model asked for.
//!
//! Wildcards allowed; case is ignored, as some providers ignore it. A call that asks for no model matches no `model`
//! condition; a body that could not be read leaves open what it asked for.
//!
//! ```yaml
//! model: { not: ["gpt-4o-mini", "claude-*-haiku*"] }
//! ```

use super::{Condition, Cost, Reads};
use crate::call::Call;
use crate::error::Fault;
use crate::glob::{Case, Glob};
use crate::index::{Choice, Fact, Key, one};
use crate::text::Needles;
use crate::truth::Truth;

/// A model by name.
pub(crate) struct Model(Glob);

impl Model {
    pub(crate) fn new(written: &str) -> Result<Self, Fault> {
        Glob::new(written, Case::Ignored).map(Self)
    }

    /// Whether it is the model asked for. With none, a body that could not be read leaves it open.
    pub(crate) fn asked(&self, model: Option<&str>, unreadable: bool) -> Truth {
        match model {
            Some(model) => self.0.matches(model).into(),
            None => Truth::False.unless_unread(unreadable),
        }
    }
}

impl Condition for Model {
    type Written = String;

    const COST: Cost = Cost::Name;

    const READS: Reads = Reads::Body;

    fn compile(written: &String, _: &mut Needles) -> Result<Self, Fault> {
        Self::new(written)
    }

    fn keys(&self) -> Choice {
        one(Key::glob(Fact::Model, "", &self.0))
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        self.asked(call.facts.model, call.unread())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{assert_table, call};
    use crate::facts::Facts;
    use crate::truth::Truth::{False, True, Unknown};

    #[test]
    fn models_match_whatever_their_case() {
        assert_table(
            "model",
            &Facts { model: Some("GPT-4o-mini"), ..call() },
            [
                (json!("gpt-4*"), True),
                (json!(["claude-*", "gpt-4o"]), False),
                (json!({"not": "gpt-4o"}), True),
            ],
        );
    }

    #[test]
    fn absent_is_not_unread() {
        assert_table("model", &call(), [(json!("*"), False), (json!({"not": "*"}), True)]);
        let unread = Facts { unreadable: Some("not JSON"), ..call() };
        assert_table("model", &unread, [(json!("*"), Unknown), (json!({"not": "*"}), Unknown)]);
        assert_table(
            "model",
            &Facts { model: Some("a"), ..unread },
            [(json!("a"), True), (json!("b"), False)],
        );
    }
}
