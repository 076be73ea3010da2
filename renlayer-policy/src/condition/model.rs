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

    fn holds(&self, call: &Call<'_>) -> Truth {
        self.asked(call.facts.model, call.unread())
    }
}
