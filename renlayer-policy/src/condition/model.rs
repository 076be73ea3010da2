//! `model`: the model asked for.
//!
//! Wildcards allowed; case is ignored, as some providers ignore it. A call that asks for no model matches no `model`
//! condition; a body that could not be read leaves open what it asked for.
//!
//! ```yaml
//! model: { not: ["gpt-4o-mini", "claude-*-haiku*"] }
//! ```

use super::{Condition, Cost, Info, Reads};
use crate::error::Fault;
use crate::facts::Facts;
use crate::glob::{Case, Glob};
use crate::truth::Truth;

/// A model by name.
pub(crate) struct Model(Glob);

impl Model {
    pub(crate) fn is(&self, model: &str) -> bool {
        self.0.matches(model)
    }
}

impl Condition for Model {
    type Written = String;

    const INFO: Info = Info { name: "model", cost: Cost::Name, reads: Reads::Body };

    fn compile(written: &String) -> Result<Self, Fault> {
        Glob::new(written, Case::Ignored).map(Self)
    }

    fn holds(&self, facts: &Facts<'_>) -> Truth {
        match facts.model {
            Some(model) => self.is(model).into(),
            None => Truth::False.unless_unread(facts.unreadable.is_some()),
        }
    }
}
