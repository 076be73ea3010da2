//! One connection, from its first byte to its last.

use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::framing::{Framing, Refusals, Watched};
use super::gate;
use super::sniff::{self, Protocol};
use super::{Bounds, Handler};

/// hyper wants at least this much room for a head.
const LEAST_BUFFER: usize = 8 * 1024;

/// A client that has just connected when the server ends may still be about to speak.
const LAST_WORD: Duration = Duration::from_millis(200);

/// Both protocols, set up once and cloned for each connection.
#[derive(Clone)]
pub(super) struct Protocols {
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
}

// === impl Protocols ===

impl Protocols {
    /// Protocol settings that hold `bounds`.
    pub(super) fn new(bounds: &Bounds) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            .timer(TokioTimer::new())
            .header_read_timeout(bounds.header_timeout)
            .max_headers(bounds.max_headers)
            .max_header_size(bounds.max_header_bytes)
            .max_buf_size(bounds.max_header_bytes.max(LEAST_BUFFER));
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .max_concurrent_streams(bounds.max_streams)
            .max_header_list_size(u32::try_from(bounds.max_header_bytes).unwrap_or(u32::MAX))
            .keep_alive_interval(bounds.header_timeout)
            .adaptive_window(true);
        Self { http1, http2 }
    }
}

/// How a connection learns that the server is ending.
pub(super) struct Ending {
    /// Tells a connection that has spoken.
    pub(super) watcher: Watcher,
    /// Tells one that has not.
    pub(super) stop: CancellationToken,
}

// === impl Ending ===

impl Ending {
    /// Resolves when a client that has said nothing yet need not be waited for any longer.
    async fn passed(&self) {
        self.stop.cancelled().await;
        sleep(LAST_WORD).await;
    }
}

/// Serves the connection until either side is done with it. Errors are the client's business and end it silently:
/// what concerns a call is in that call's trace.
pub(super) async fn serve<S: Handler>(
    stream: TcpStream,
    protocols: Protocols,
    bounds: Bounds,
    handler: S,
    ending: Ending,
) {
    let _ = stream.set_nodelay(true);
    let protocol = tokio::select! {
        protocol = timeout(bounds.header_timeout, sniff::protocol(&stream)) => protocol,
        () = ending.passed() => return,
    };
    let Ok(Ok(protocol)) = protocol else { return };
    let peer = stream.peer_addr().ok();
    let refusals = Refusals::default();
    let refused = refusals.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        match refused.next() {
            Some(head) => drop(request.extensions_mut().insert(head)),
            None => gate::mark(&mut request, &bounds, peer),
        }
        handler.clone().oneshot(request)
    });
    let served = match protocol {
        Protocol::Http1 => {
            let framing = Framing::new(&bounds, peer, refusals);
            let io = TokioIo::new(Watched::new(stream, framing));
            ending.watcher.watch(protocols.http1.serve_connection(io, service)).await
        }
        Protocol::Http2 => {
            ending.watcher.watch(protocols.http2.serve_connection(TokioIo::new(stream), service)).await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "connection ended early");
    }
}
