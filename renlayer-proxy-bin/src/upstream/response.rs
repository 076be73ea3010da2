//! The wait for an upstream's first byte: bounded by the route's timeout and by the end of a drain.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::{Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper::ext::ReasonPhrase;
use hyper_util::client::legacy;
use pin_project_lite::pin_project;
use renlayer_core::exchange::{Unsent, UpstreamFailure};
use renlayer_core::route::RouteTimeouts;
use tokio::time::{Sleep, sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::body::UpstreamBody;
use super::failure;
use super::leaving::Gate;

pin_project! {
    /// Resolves to the upstream's answer, or to an empty one that carries what went wrong.
    pub(crate) struct ResponseFuture {
        #[pin]
        response: legacy::ResponseFuture,
        gate: Option<Gate>,
        #[pin]
        first_byte: Sleep,
        #[pin]
        cut: WaitForCancellationFutureOwned,
        token: CancellationToken,
        idle: Duration,
    }
}

// === impl ResponseFuture ===

impl ResponseFuture {
    pub(super) fn new(
        response: legacy::ResponseFuture,
        gate: Option<Gate>,
        timeouts: RouteTimeouts,
        token: CancellationToken,
    ) -> Self {
        Self {
            response,
            gate,
            first_byte: sleep(timeouts.first_byte),
            cut: token.clone().cancelled_owned(),
            token,
            idle: timeouts.idle,
        }
    }
}

impl Future for ResponseFuture {
    type Output = Result<Response<UpstreamBody>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        // Who waits for a connection is told at once; one that takes the request looks for itself.
        if this.gate.as_ref().is_some_and(Gate::is_shut) {
            return Poll::Ready(Ok(unsent()));
        }
        let answer = match this.response.poll(cx) {
            // No protocol was asked for that one could switch to.
            Poll::Ready(Ok(response)) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
                failed(UpstreamFailure::Reset)
            }
            Poll::Ready(Ok(response)) => streamed(response, *this.idle, this.token),
            Poll::Ready(Err(_)) if this.gate.as_ref().is_some_and(Gate::is_closed) => unsent(),
            Poll::Ready(Err(error)) => failed(failure::of(&error)),
            Poll::Pending if this.first_byte.poll(cx).is_ready() => failed(UpstreamFailure::Timeout),
            Poll::Pending => {
                ready!(this.cut.poll(cx));
                failed(UpstreamFailure::Reset)
            }
        };
        Poll::Ready(Ok(answer))
    }
}

fn streamed(
    response: Response<Incoming>,
    idle: Duration,
    token: &CancellationToken,
) -> Response<UpstreamBody> {
    let mut response = response.map(|body| UpstreamBody::streamed(body, idle, token.clone()));
    // Hop by hop: what the caller is told is a matter of its own connection.
    *response.version_mut() = Version::HTTP_11;
    // Free text of the upstream that nobody judges.
    response.extensions_mut().remove::<ReasonPhrase>();
    response
}

/// Whoever gets this drops the future, and with it the request.
fn unsent() -> Response<UpstreamBody> {
    let mut response = Response::new(UpstreamBody::empty());
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response.extensions_mut().insert(Unsent);
    response
}

fn failed(failure: UpstreamFailure) -> Response<UpstreamBody> {
    let mut response = Response::new(UpstreamBody::empty());
    *response.status_mut() = match failure {
        UpstreamFailure::Timeout => StatusCode::GATEWAY_TIMEOUT,
        _ => StatusCode::BAD_GATEWAY,
    };
    response.extensions_mut().insert(failure);
    response
}
