//! Holds back the end of a stream.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use renlayer_core::id::TraceId;
use renlayer_core::trace::pipeline::NotRecorded;

use super::{Durable, Fate};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

pin_project! {
    /// A body that ends when its trace is safe.
    pub(crate) struct AcknowledgedBody<B> {
        #[pin]
        inner: B,
        end: End,
    }
}

/// What the end waits for.
enum End {
    /// Nothing, or nothing any more.
    Free,
    /// The trace, which is recorded when the body has ended.
    Unrecorded(Arc<Durable>, TraceId),
    /// The trace's fate.
    Waiting(Fate),
}

// === impl AcknowledgedBody ===

impl<B> AcknowledgedBody<B> {
    /// A body that ends when it ends.
    pub(super) fn free(inner: B) -> Self {
        Self { inner, end: End::Free }
    }

    /// A body whose end waits for this trace.
    pub(super) fn held(inner: B, durable: Arc<Durable>, id: TraceId) -> Self {
        Self { inner, end: End::Unrecorded(durable, id) }
    }
}

impl End {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotRecorded>> {
        if let Self::Unrecorded(durable, id) = self {
            *self = durable.fate(*id).map_or(Self::Free, Self::Waiting);
        }
        let Self::Waiting(fate) = self else { return Poll::Ready(Ok(())) };
        let recorded = ready!(Pin::new(fate).poll(cx));
        *self = Self::Free;
        Poll::Ready(recorded.unwrap_or(Err(NotRecorded)))
    }
}

impl<B> Body for AcknowledgedBody<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.project();
        if !matches!(this.end, End::Waiting(_))
            && let Some(frame) = ready!(this.inner.poll_frame(cx))
        {
            return Poll::Ready(Some(frame.map_err(Into::into)));
        }
        let recorded = ready!(this.end.poll(cx));
        Poll::Ready(recorded.err().map(|lost| Err(lost.into())))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.end, End::Free) && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match self.end {
            End::Free => self.inner.size_hint(),
            // An exact length would let the caller see the end before it comes.
            _ => SizeHint::default(),
        }
    }
}
