//! The asynchronous runtime: one thread for a machine with one core, a work-stealing pool otherwise. A scan may take a
//! core for a while; other calls then move on to the next one.

use std::future::Future;
use std::thread::available_parallelism;

use tokio::runtime::{Builder, Runtime};

use crate::failure::{Exit, Failure};

/// Runs `work` to its end on `workers` threads; as many as there are cores, when that is not said.
pub(crate) fn run<T>(
    workers: Option<u16>,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let cores = || available_parallelism().map_or(1, usize::from);
    let runtime = build(workers.map_or_else(cores, usize::from))
        .map_err(|error| Failure::new(Exit::Unavailable, format!("no threads to run on: {error}")))?;
    runtime.block_on(work)
}

fn build(workers: usize) -> std::io::Result<Runtime> {
    match workers {
        1 => Builder::new_current_thread().enable_all().build(),
        _ => Builder::new_multi_thread().worker_threads(workers).enable_all().build(),
    }
}
