//! `agent`: who calls, by id or by name.
//!
//! Wildcards allowed, case matters. A call without an identity matches no `agent` condition, and every `not`.
//!
//! ```yaml
//! agent: [billing-bot, "report-*"]
//! ```

use super::{Condition, Cost, Info, Reads};
use crate::error::Fault;
use crate::facts::Facts;
use crate::glob::{Case, Glob};
use crate::truth::Truth;

/// An agent by id or name.
pub(crate) struct Agent(Glob);

impl Agent {
    pub(crate) fn is(&self, id: Option<&str>, name: Option<&str>) -> bool {
        [id, name].into_iter().flatten().any(|text| self.0.matches(text))
    }
}

impl Condition for Agent {
    type Written = String;

    const INFO: Info = Info { name: "agent", cost: Cost::Name, reads: Reads::Head };

    fn compile(written: &String) -> Result<Self, Fault> {
        Glob::new(written, Case::Exact).map(Self)
    }

    fn holds(&self, facts: &Facts<'_>) -> Truth {
        self.is(facts.agent_id, facts.agent_name).into()
    }
}
