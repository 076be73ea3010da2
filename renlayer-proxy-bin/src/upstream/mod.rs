//! The way out: one pooled HTTP client behind a `tower` service that never fails.
//!
//! A call comes in with an absolute URI and, as an extension, its route's [`RouteTimeouts`]. It leaves over a pooled
//! keep-alive connection (HTTP/1.1, or HTTP/2 where TLS negotiates it) and its answer streams back as it arrives.
//!
//! What can go wrong is an answer too: a response that carries an
//! [`UpstreamFailure`](renlayer_core::exchange::UpstreamFailure), which the enforcement layer
//! renders for the caller. Once an answer is under way, it is the error of its body.
//!
//! A call is looked at once more by the connection that takes it, before anything of it is written: one that may not go any more
//! is answered with [`Unsent`](renlayer_core::exchange::Unsent).
//!
//! Only connecting is ever tried twice; a request that may have reached an upstream is not sent again.

mod body;
mod connect;
mod failure;
mod guard;
mod leaving;
mod notice;
mod pool;
mod resolve;
mod response;

#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Buf;
use http::{Request, Response, Version};
use http_body::Body;
use renlayer_core::exchange::LastLook;
use renlayer_core::route::RouteTimeouts;
use tokio_util::sync::CancellationToken;
use tower_service::Service;

pub(crate) use self::body::UpstreamBody;
use self::leaving::Leaving;
use self::pool::Pools;
use self::response::ResponseFuture;

/// The upstream client as a service; a clone shares its pools.
pub(crate) struct Upstream<B> {
    shared: Arc<Shared<B>>,
}

struct Shared<B> {
    pools: Pools<Leaving<B>>,
    defaults: RouteTimeouts,
    cut: CancellationToken,
}

/// What the client must know about the process it runs in.
pub(crate) struct Settings {
    /// For calls that carry no timeouts of their own.
    pub(crate) timeouts: RouteTimeouts,
    /// Where this process listens: connecting there would be a loop.
    pub(crate) own: Vec<SocketAddr>,
    /// Fires at the end of a drain: what still waits for an upstream then is given up.
    pub(crate) cut: CancellationToken,
}

// === impl Upstream ===

impl<B> Upstream<B>
where
    B: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + Unpin + 'static,
{
    /// A client with the system's certificate roots.
    pub(crate) fn new(settings: Settings) -> Self {
        let pools = Pools::new(connect::tls(), settings.own, settings.timeouts.connect);
        Self { shared: Arc::new(Shared { pools, defaults: settings.timeouts, cut: settings.cut }) }
    }
}

impl<B> Clone for Upstream<B> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<B> Service<Request<B>> for Upstream<B>
where
    B: Body<Data: Buf + Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + Unpin + 'static,
{
    type Response = Response<UpstreamBody>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let shared = &*self.shared;
        let timeouts = request.extensions_mut().remove::<RouteTimeouts>().unwrap_or(shared.defaults);
        // The pool decides which version is spoken; the caller's own is of no concern to the upstream.
        *request.version_mut() = Version::HTTP_11;
        let look = request.extensions_mut().remove::<LastLook>();
        let (mut head, body) = request.into_parts();
        let (body, gate) = Leaving::new(&mut head.headers, body, look);
        let response = shared.pools.client(timeouts.connect).request(Request::from_parts(head, body));
        ResponseFuture::new(response, gate, timeouts, shared.cut.clone())
    }
}
