//! The way in: listen, accept, and serve each connection until it ends or the process drains.
//!
//! A connection speaks HTTP/1.1, or HTTP/2 at once (prior knowledge); its first bytes decide. Whatever a client may
//! take up is bounded: headers by number and size, the URI by length, the wait for either by time.
//!
//! A drain accepts what is already queued, then closes the listener, lets idle connections go, lets calls under way
//! finish, and at the deadline cuts what is left in two steps: answers end in good form first, connections after.

mod accept;
mod bounds;
mod connection;
mod drain;
mod framing;
mod gate;
mod sniff;

#[cfg(test)]
mod tests;

use std::time::Duration;

use hyper::body::Incoming;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) use self::accept::{BindError, bind};
pub(crate) use self::bounds::Bounds;
use self::connection::Protocols;
pub(crate) use self::drain::Drained;

/// What answers requests here: a `tower` service whose clones share everything and which never fails.
pub(crate) trait Handler:
    tower_service::Service<
        http::Request<Incoming>,
        Response = http::Response<Self::Body>,
        Error = std::convert::Infallible,
        Future: Send,
    > + Clone
    + Send
    + Sync
    + 'static
{
    /// The body of its answers.
    type Body: http_body::Body<Data = bytes::Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>
        + Send
        + 'static;
}

/// A listener at work.
pub(crate) struct Server {
    stop: CancellationToken,
    accepting: JoinHandle<GracefulShutdown>,
}

// === impl Handler ===

impl<S, B> Handler for S
where
    S: tower_service::Service<
            http::Request<Incoming>,
            Response = http::Response<B>,
            Error = std::convert::Infallible,
            Future: Send,
        > + Clone
        + Send
        + Sync
        + 'static,
    B: http_body::Body<Data = bytes::Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>
        + Send
        + 'static,
{
    type Body = B;
}

// === impl Server ===

impl Server {
    /// Begins to serve; the work happens in tasks of the current runtime.
    pub(crate) fn start<S: Handler>(listener: TcpListener, bounds: Bounds, handler: S) -> Self {
        let stop = CancellationToken::new();
        let protocols = Protocols::new(&bounds);
        let accepting = tokio::spawn(accept::run(listener, protocols, bounds, handler, stop.clone()));
        Self { stop, accepting }
    }

    /// Stops accepting and waits for calls under way, `patience` at most; then `cut` fires, so that answers still
    /// being written come to an end, and what is left after that is closed.
    pub(crate) async fn drain(self, patience: Duration, cut: &CancellationToken) -> Drained {
        self.stop.cancel();
        match self.accepting.await {
            Ok(connections) => drain::drain(connections, patience, cut).await,
            Err(_) => Drained::default(),
        }
    }
}
