//! `stream`: whether a streamed answer is asked for.
//!
//! A call for which streaming means nothing matches neither `true` nor `false`. Where the body could not be read it cannot
//! be told, whatever was made out of the body.
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
        if call.unread() { Truth::Unknown } else { (call.facts.stream == Some(self.0)).into() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{assert_table, assert_unreadable, call};
    use crate::facts::Facts;
    use crate::truth::Truth::{False, True, Unknown};

    #[test]
    fn streaming_is_true_false_absent_or_unread() {
        let unread = Facts { stream: Some(false), unreadable: Some("not JSON"), ..call() };
        for (facts, is_true, is_false, is_not_true) in [
            (Facts { stream: Some(true), ..call() }, True, False, False),
            (Facts { stream: Some(false), ..call() }, False, True, True),
            (call(), False, False, True),
            (unread, Unknown, Unknown, Unknown),
        ] {
            assert_table(
                "stream",
                &facts,
                [(json!(true), is_true), (json!(false), is_false), (json!({"not": true}), is_not_true)],
            );
        }
        assert_unreadable("stream", [(json!("yes"), "expected a boolean")]);
    }
}
