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
use crate::text::Needles;
use crate::truth::Truth;

/// An agent by id or name.
pub(crate) struct Agent(Glob);

impl Agent {
    pub(crate) fn new(written: &str) -> Result<Self, Fault> {
        Glob::new(written, Case::Exact).map(Self)
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

    fn holds(&self, call: &Call<'_>) -> Truth {
        self.is(call.facts.agent_id, call.facts.agent_name).into()
    }
}
