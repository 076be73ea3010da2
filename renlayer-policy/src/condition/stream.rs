//! `stream`: whether a streamed answer is asked for.
//!
//! A call for which streaming means nothing matches neither `true` nor `false`.
//!
//! ```yaml
//! stream: true
//! ```

use super::{Condition, Cost, Reads};
use crate::call::Call;
use crate::error::Fault;
use crate::text::Needles;
use crate::truth::Truth;

/// Streaming, or not.
pub(super) struct Stream(bool);

impl Condition for Stream {
    type Written = bool;

    const COST: Cost = Cost::Word;

    const READS: Reads = Reads::Body;

    fn compile(written: &bool, _: &mut Needles) -> Result<Self, Fault> {
        Ok(Self(*written))
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        match call.facts.stream {
            Some(stream) => (stream == self.0).into(),
            None => Truth::False.unless_unread(call.unread()),
        }
    }
}
