//! `dialect`: the wire format the call speaks, by its stable name.
//!
//! ```yaml
//! dialect: "openai_*"
//! ```

use super::{Condition, Cost, Reads};
use crate::call::Call;
use crate::error::Fault;
use crate::glob::{Case, Glob};
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

    fn holds(&self, call: &Call<'_>) -> Truth {
        self.0.matches(call.facts.dialect).into()
    }
}
