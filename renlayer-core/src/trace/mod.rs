//! Traces: the record of each action, and the way it takes to the store.
//!
//! - [`record`]: what a trace says.

pub mod record;

pub use record::*;

/// Takes finished traces. `record` is called once for each action, on the task that served it: it must not block.
pub trait Recorder: Send + Sync + 'static {
    /// Takes one trace.
    fn record(&self, trace: Trace);
}
