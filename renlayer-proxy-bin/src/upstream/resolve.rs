//! Names to addresses: the system's resolver, with a failure that can be told from others.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::{GaiAddrs, GaiResolver, Name};
use thiserror::Error;
use tower_service::Service;

/// The system's resolver (`getaddrinfo` on a blocking thread; only new connections ask it).
#[derive(Clone)]
pub(super) struct Resolver(GaiResolver);

/// A host name that has no address.
#[derive(Debug, Error)]
#[error("the upstream's host name could not be resolved")]
pub(super) struct ResolveError(#[source] io::Error);

// === impl Resolver ===

impl Resolver {
    pub(super) fn system() -> Self {
        Self(GaiResolver::new())
    }
}

impl Service<Name> for Resolver {
    type Response = GaiAddrs;
    type Error = ResolveError;
    type Future = Pin<Box<dyn Future<Output = Result<GaiAddrs, ResolveError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(cx).map_err(ResolveError)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let addresses = self.0.call(name);
        Box::pin(async move { addresses.await.map_err(ResolveError) })
    }
}
