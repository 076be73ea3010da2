//! The end of a server: patience, then a cut, then the door.

use std::pin::pin;
use std::time::{Duration, Instant};

use hyper_util::server::graceful::GracefulShutdown;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long answers that were cut may take to reach their callers.
const AFTER_CUT: Duration = Duration::from_secs(2);

/// How a drain went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Drained {
    /// Connections that were open when it began.
    pub(crate) connections: usize,
    /// Whether answers had to be cut at the deadline.
    pub(crate) cut: bool,
    /// How long it took.
    pub(crate) took: Duration,
}

/// Waits for `connections` as [`super::Server::drain`] says.
pub(super) async fn drain(
    connections: GracefulShutdown,
    patience: Duration,
    cut: &CancellationToken,
) -> Drained {
    let started = Instant::now();
    let open = connections.count();
    let mut done = pin!(connections.shutdown());
    let late = timeout(patience, done.as_mut()).await.is_err();
    if late {
        cut.cancel();
        let _ = timeout(AFTER_CUT, done).await;
    }
    Drained { connections: open, cut: late, took: started.elapsed() }
}
