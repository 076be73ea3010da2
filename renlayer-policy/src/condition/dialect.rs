//! `dialect`: the wire format the call speaks, by its stable name.
//!
//! ```yaml
//! dialect: "openai_*"
//! ```

use super::{Condition, Cost, Info, Reads};
use crate::error::Fault;
use crate::facts::Facts;
use crate::glob::{Case, Glob};
use crate::truth::Truth;

/// A dialect by name.
pub(super) struct Dialect(Glob);

impl Condition for Dialect {
    type Written = String;

    const INFO: Info = Info { name: "dialect", cost: Cost::Name, reads: Reads::Head };

    fn compile(written: &String) -> Result<Self, Fault> {
        Glob::new(written, Case::Ignored).map(Self)
    }

    fn holds(&self, facts: &Facts<'_>) -> Truth {
        self.0.matches(facts.dialect).into()
    }
}
