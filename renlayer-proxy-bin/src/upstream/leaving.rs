//! Whether a request has left: known from its body, which the connection asks whether it is empty as it takes the request, and
//! before it writes anything. Until then a request waits for its connection, and dropping its future takes it back.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use renlayer_core::exchange::LastLook;

pin_project! {
    /// A body that tells when a connection takes its request.
    pub(crate) struct Leaving<B> {
        #[pin]
        body: B,
        taken: Arc<AtomicBool>,
    }
}

/// Watches over a request until it has left.
pub(super) struct Gate {
    look: LastLook,
    taken: Arc<AtomicBool>,
}

// === impl Leaving ===

impl<B> Leaving<B> {
    /// The body, and what watches over its request where somebody asked for a last look.
    pub(super) fn new(body: B, look: Option<LastLook>) -> (Self, Option<Gate>) {
        let taken = Arc::<AtomicBool>::default();
        let gate = look.map(|look| Gate { look, taken: Arc::clone(&taken) });
        (Self { body, taken }, gate)
    }
}

impl<B: Body> Body for Leaving<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        this.taken.store(true, Ordering::Release);
        this.body.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.taken.store(true, Ordering::Release);
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

// === impl Gate ===

impl Gate {
    /// Whether the request is still here, and may not go any more.
    pub(super) fn is_shut(&self) -> bool {
        !self.taken.load(Ordering::Acquire) && !self.look.may_go()
    }
}
