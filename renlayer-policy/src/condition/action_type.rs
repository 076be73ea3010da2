//! `action_type`: what kind of call it is.
//!
//! ```yaml
//! action_type: [tool_call, mcp_request]
//! ```

use super::{Condition, Cost, Reads};
use crate::call::Call;
use crate::error::Fault;
use crate::facts::ActionType;
use crate::index::{Choice, Fact, Key, one};
use crate::rule::RuleValue;
use crate::text::Needles;
use crate::truth::Truth;

/// A kind of call.
pub(super) struct Kind(ActionType);

impl RuleValue for ActionType {
    const EXPECTING: &'static str =
        "one of `chat_completion`, `embedding`, `tool_call`, `mcp_request`, `http_request`";
}

impl Condition for Kind {
    type Written = ActionType;

    const COST: Cost = Cost::Word;

    const READS: Reads = Reads::Head;

    fn compile(written: &ActionType, _: &mut Needles) -> Result<Self, Fault> {
        Ok(Self(*written))
    }

    fn keys(&self) -> Choice {
        one(Some(Key::whole(Fact::ActionType, self.0.as_str())))
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        (call.facts.action_type == self.0).into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{assert_table, assert_unreadable, call};
    use crate::facts::{ActionType, Facts};
    use crate::truth::Truth::{False, True};

    #[test]
    fn kinds_match_by_name() {
        let tool_call = Facts { action_type: ActionType::ToolCall, ..call() };
        assert_table(
            "action_type",
            &tool_call,
            [
                (json!("tool_call"), True),
                (json!(["embedding", "tool_call"]), True),
                (json!("chat_completion"), False),
                (json!({"not": "chat_completion"}), True),
            ],
        );
        assert_unreadable(
            "action_type",
            [(json!("chat"), "unknown variant `chat`"), (json!(["chat"]), "unknown variant `chat`")],
        );
    }
}
