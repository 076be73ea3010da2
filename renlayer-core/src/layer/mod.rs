//! The engine as a tower layer: it wraps any `Service<http::Request<B>>` and governs each call that goes through.
//!
//! - Its refusals are responses; the inner service's error type is left alone and passed up.
//! - Requests that are judged whole are held up to the engine's bound; answers stream through, judged piece by piece.
//!   Size hints, trailers and extensions are forwarded where the body is not changed.
//! - An inner service that has no answer to give may say so with an [`UpstreamFailure`](crate::exchange::UpstreamFailure)
//!   in the extensions of its response; the caller then gets a refusal in its own dialect.
//! - One that first has to wait, for a connection, say, finds a [`LastLook`](crate::exchange::LastLook) in the extensions of
//!   the request: where that says that the call may not go any more, it answers with [`Unsent`](crate::exchange::Unsent).
//!
//! [`EnforcementLayer::inline`] stands in a program's own stack and leaves URIs alone; [`EnforcementLayer::reverse`]
//! finds routes, rewrites the URI to the upstream's and injects credentials: put an HTTP client under it and it is a
//! reverse proxy.

mod body;
mod future;
#[allow(clippy::module_inception, reason = "one middleware, one folder: mod, layer, service, future, body")]
mod layer;
mod service;

pub use body::{RequestBody, ResponseBody};
pub use future::ResponseFuture;
pub use layer::EnforcementLayer;
pub use service::Enforcement;
