//! `stream`: whether a streamed answer is asked for.
//!
//! A call for which streaming means nothing matches neither `true` nor `false`.
//!
//! ```yaml
//! stream: true
//! ```

use super::{Condition, Cost, Info, Reads};
use crate::error::Fault;
use crate::facts::Facts;
use crate::truth::Truth;

/// Streaming, or not.
pub(super) struct Stream(bool);

impl Condition for Stream {
    type Written = bool;

    const INFO: Info = Info { name: "stream", cost: Cost::Word, reads: Reads::Body };

    fn compile(written: &bool) -> Result<Self, Fault> {
        Ok(Self(*written))
    }

    fn holds(&self, facts: &Facts<'_>) -> Truth {
        match facts.stream {
            Some(stream) => (stream == self.0).into(),
            None => Truth::False.unless_unread(facts.unreadable.is_some()),
        }
    }
}
