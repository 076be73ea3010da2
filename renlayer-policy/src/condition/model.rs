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

    const INFO: Info = Info { name: "model", cost: Cost::Name, reads: Reads::Body };

    fn compile(written: &String) -> Result<Self, Fault> {
        Glob::new(written, Case::Ignored).map(Self)
    }

    fn holds(&self, facts: &Facts<'_>) -> Truth {
        self.asked(facts.model, facts.unreadable.is_some())
    }
}
