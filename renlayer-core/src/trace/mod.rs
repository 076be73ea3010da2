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

/// Takes finished traces. `record` is called once for each action, on the task that served it: it must not block.
pub trait Recorder: Send + Sync + 'static {
    /// Takes one trace.
    fn record(&self, trace: Trace);
}
