//! `dialect`: the wire format the call speaks, by its stable name.
//!
//! ```yaml
//! dialect: "openai_*"
//! ```

use super::{Condition, Cost, Reads};
use crate::call::Call;
use crate::error::Fault;
use crate::glob::{Case, Glob};
use crate::index::{Choice, Fact, Key, one};
use crate::text::Needles;
use crate::truth::Truth;

/// A dialect by name.
pub(super) struct Dialect(Glob);

impl Condition for Dialect {
    type Written = String;

    const COST: Cost = Cost::Name;

    const READS: Reads = Reads::Head;

    fn compile(written: &String, _: &mut Needles) -> Result<Self, Fault> {
        Glob::new(written, Case::Ignored).map(Self)
    }

    fn keys(&self) -> Choice {
        one(Key::glob(Fact::Dialect, "", &self.0))
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        self.0.matches(call.facts.dialect).into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{assert_table, call};
    use crate::facts::Facts;
    use crate::truth::Truth::{False, True};

    #[test]
    fn dialects_match_by_name() {
        assert_table(
            "dialect",
            &Facts { dialect: "openai_chat", ..call() },
            [
                (json!("openai_chat"), True),
                (json!("openai_*"), True),
                (json!(["gemini", "mcp"]), False),
                (json!({"not": "gemini"}), True),
            ],
        );
    }
}
