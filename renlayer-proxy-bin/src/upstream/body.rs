//! An upstream's body as it arrives, with an end to waiting: between two frames at most the route's idle timeout may
//! pass, and when a drain has reached its deadline the body ends with an error, so that the enforcement layer can
//! close a stream in the caller's own dialect.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use pin_project_lite::pin_project;
use renlayer_core::exchange::UpstreamFailure;
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// What came back from an upstream: a stream, or nothing at all.
pub(crate) struct UpstreamBody {
    incoming: Option<Incoming>,
    idle: Duration,
    cut: CancellationToken,
    wait: Option<Pin<Box<Wait>>>,
    waiting: bool,
    broken: Option<UpstreamFailure>,
}

pin_project! {
    /// Made when a body first has to be waited for, and then used again: most bodies never need one.
    struct Wait {
        #[pin]
        idle: Sleep,
        #[pin]
        cut: WaitForCancellationFutureOwned,
    }
}

// === impl UpstreamBody ===

impl UpstreamBody {
    /// No body.
    pub(super) fn empty() -> Self {
        Self {
            incoming: None,
            idle: Duration::ZERO,
            cut: CancellationToken::new(),
            wait: None,
            waiting: false,
            broken: None,
        }
    }

    /// A body that must keep coming.
    pub(super) fn streamed(incoming: Incoming, idle: Duration, cut: CancellationToken) -> Self {
        Self { incoming: Some(incoming), idle, cut, wait: None, waiting: false, broken: None }
    }

    /// Resolves when patience is over. The clock starts with the first poll after a frame.
    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Poll<UpstreamFailure> {
        let limit = self.idle;
        let cut = &self.cut;
        let wait = self
            .wait
            .get_or_insert_with(|| Box::pin(Wait { idle: sleep(limit), cut: cut.clone().cancelled_owned() }));
        let mut wait = wait.as_mut().project();
        if !self.waiting {
            wait.idle.as_mut().reset(Instant::now() + limit);
            self.waiting = true;
        }
        if wait.cut.poll(cx).is_ready() {
            return Poll::Ready(UpstreamFailure::Reset);
        }
        wait.idle.poll(cx).map(|()| UpstreamFailure::Timeout)
    }
}

impl Body for UpstreamBody {
    type Data = Bytes;
    type Error = UpstreamFailure;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, UpstreamFailure>>> {
        let this = self.get_mut();
        let Some(incoming) = &mut this.incoming else { return Poll::Ready(this.broken.take().map(Err)) };
        match Pin::new(incoming).poll_frame(cx) {
            Poll::Ready(Some(Err(error))) => {
                // The server gives up a connection together with what it has not yet sent on it: what came before the
                // break is first let go.
                this.incoming = None;
                this.broken = Some(broken(error));
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Poll::Ready(frame) => {
                this.waiting = false;
                Poll::Ready(frame.map(|frame| frame.map_err(broken)))
            }
            Poll::Pending => {
                let error = ready!(this.poll_patience(cx));
                // Dropped at once: the connection is of no more use, and the upstream should know.
                this.incoming = None;
                Poll::Ready(Some(Err(error)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.broken.is_none() && self.incoming.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.incoming {
            Some(incoming) => incoming.size_hint(),
            None if self.broken.is_some() => SizeHint::default(),
            None => SizeHint::with_exact(0),
        }
    }
}

fn broken(error: hyper::Error) -> UpstreamFailure {
    tracing::debug!(%error, "an upstream's answer broke off");
    UpstreamFailure::Reset
}
