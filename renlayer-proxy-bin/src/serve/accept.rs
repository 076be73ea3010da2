//! Binding the listener and the accept loop.

use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::server::graceful::GracefulShutdown;
use thiserror::Error;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::connection::{self, Ending, Protocols};
use super::{Bounds, Handler};

/// Connections that the system queues for us while we are busy.
const BACKLOG: u32 = 4096;
/// The pause after an error that will not go away by itself at once, such as too many open files.
const PAUSE: Duration = Duration::from_millis(50);

/// Why a listener could not be had.
#[derive(Debug, Error)]
pub(crate) enum BindError {
    /// Somebody else listens there.
    #[error("{0} is already in use")]
    InUse(SocketAddr),
    /// Ports below 1024 and the like.
    #[error("listening on {0} is not permitted")]
    Forbidden(SocketAddr),
    /// The address is not this machine's, or another failure of the system.
    #[error("cannot listen on {0}: {1}")]
    Other(SocketAddr, io::Error),
}

/// Listens on `address`; a port that a former process has just left may be taken over.
pub(crate) fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    let listen = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    listen().map_err(|error: io::Error| match error.kind() {
        io::ErrorKind::AddrInUse => BindError::InUse(address),
        io::ErrorKind::PermissionDenied => BindError::Forbidden(address),
        _ => BindError::Other(address, error),
    })
}

/// Accepts until told to stop, and then what was already queued. Returns the connections that still live.
pub(super) async fn run<S: Handler>(
    listener: TcpListener,
    protocols: Protocols,
    bounds: Bounds,
    handler: S,
    stop: CancellationToken,
) -> GracefulShutdown {
    let connections = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(bounds.max_connections));
    let end = || Ending { watcher: connections.watcher(), stop: stop.clone() };
    let begin = |stream: TcpStream, permit: OwnedSemaphorePermit| {
        let serving = connection::serve(stream, protocols.clone(), bounds, handler.clone(), end());
        tokio::spawn(async move {
            serving.await;
            drop(permit);
        });
    };
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { break };
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => begin(stream, permit),
                Err(error) => recover(&error).await,
            },
        }
    }
    // These clients believe that they are connected: they are served once, too.
    while let (Some(stream), Ok(permit)) = (queued(&listener).await, Arc::clone(&room).try_acquire_owned()) {
        begin(stream, permit);
    }
    connections
}

/// A connection that is there already.
async fn queued(listener: &TcpListener) -> Option<TcpStream> {
    tokio::select! {
        biased;
        accepted = listener.accept() => accepted.ok().map(|(stream, _)| stream),
        () = ready(()) => None,
    }
}

/// Errors of one connection are its own; others concern the process, and spinning would not help.
async fn recover(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!(%error, "cannot accept connections for the moment");
        sleep(PAUSE).await;
    }
}
