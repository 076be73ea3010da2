//! A connection to ourselves is a loop: it is refused as soon as it stands, whatever name led to it.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

/// A connector that gives up connections whose other end is one of our own listeners.
#[derive(Clone)]
pub(super) struct NotOurselves<C> {
    inner: C,
    own: Arc<[SocketAddr]>,
}

// === impl NotOurselves ===

impl<C> NotOurselves<C> {
    pub(super) fn new(inner: C, own: Arc<[SocketAddr]>) -> Self {
        Self { inner, own }
    }
}

impl<C> Service<Uri> for NotOurselves<C>
where
    C: Service<Uri, Response = TokioIo<TcpStream>>,
    C::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    C::Future: Send + 'static,
{
    type Response = TokioIo<TcpStream>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, destination: Uri) -> Self::Future {
        let connecting = self.inner.call(destination);
        let own = Arc::clone(&self.own);
        Box::pin(async move {
            let stream = connecting.await.map_err(Into::into)?;
            let (here, there) = (stream.inner().local_addr()?, stream.inner().peer_addr()?);
            if own.iter().any(|listener| is_same(*listener, here, there)) {
                return Err(io::Error::other("the upstream is this proxy itself").into());
            }
            Ok(stream)
        })
    }
}

/// Whether `there` is `listener`. One bound to all addresses answers at each of this machine's, and then both ends
/// of the connection have the same one.
fn is_same(listener: SocketAddr, here: SocketAddr, there: SocketAddr) -> bool {
    let address = listener.ip().to_canonical();
    let there_ip = there.ip().to_canonical();
    listener.port() == there.port()
        && (address == there_ip || (address.is_unspecified() && here.ip().to_canonical() == there_ip))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_is_recognised_by_address_and_port() {
        let cases = [
            ("127.0.0.1:8080", "127.0.0.1:50000", "127.0.0.1:8080", true),
            ("127.0.0.1:8080", "127.0.0.1:50000", "127.0.0.1:9090", false),
            ("127.0.0.1:8080", "127.0.0.1:50000", "[::ffff:127.0.0.1]:8080", true),
            ("0.0.0.0:8080", "192.0.2.7:50000", "192.0.2.7:8080", true),
            ("0.0.0.0:8080", "192.0.2.7:50000", "192.0.2.8:8080", false),
            ("[::]:8080", "[::1]:50000", "[::1]:8080", true),
        ];
        for (listener, here, there, expected) in cases {
            let [listener, here, there] = [listener, here, there].map(|text| text.parse().unwrap());
            assert_eq!(is_same(listener, here, there), expected, "{listener} {here} {there}");
        }
    }
}
