//! Traces: the record of each action, and the way it takes to the store.
//!
//! - [`record`]: what a trace says.
//! - [`pipeline`]: batches, the store, and what happens when it is away.
//! - [`journal`]: where traces wait for the store.

pub mod journal;
pub mod pipeline;
pub mod record;
mod writer;

pub use record::*;

use renlayer_policy::Explanation;
use renlayer_policy::cedar::CedarDecision;

/// Takes finished traces. `record` is called once for each action, on the task that served it: it must not block.
pub trait Recorder: Send + Sync + 'static {
    /// Takes one trace.
    fn record(&self, trace: Trace);

    /// Whether it wants to know why policies decided as they did. That costs time: only rehearsals ask for it.
    fn wants_explanations(&self) -> bool {
        false
    }

    /// Takes the explanation of one action, before its trace.
    fn explain(&self, explanation: Explanation) {
        drop(explanation);
    }

    /// Takes what Cedar policies say of it, where there are any.
    fn explain_cedar(&self, decision: CedarDecision) {
        drop(decision);
    }
}
