//! `action_type`: what kind of call it is.
//!
//! ```yaml
//! action_type: [tool_call, mcp_request]
//! ```

use super::{Condition, Cost, Info, Reads};
use crate::error::Fault;
use crate::facts::{ActionType, Facts};
use crate::rule::RuleValue;
use crate::truth::Truth;

/// A kind of call.
pub(super) struct Kind(ActionType);

impl RuleValue for ActionType {
    const EXPECTING: &'static str =
        "one of `chat_completion`, `embedding`, `tool_call`, `mcp_request`, `http_request`";
}

impl Condition for Kind {
    type Written = ActionType;

    const INFO: Info = Info { name: "action_type", cost: Cost::Word, reads: Reads::Head };

    fn compile(written: &ActionType) -> Result<Self, Fault> {
        Ok(Self(*written))
    }

    fn holds(&self, facts: &Facts<'_>) -> Truth {
        (facts.action_type == self.0).into()
    }
}
