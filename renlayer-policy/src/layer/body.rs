use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

pin_project! {
    /// An answer's body: the inner service's as it is, or a refusal.
    #[derive(Debug)]
    pub struct ResponseBody<R> {
        #[pin]
        kind: Kind<R>,
    }
}

pin_project! {
    #[project = KindProjection]
    #[derive(Debug)]
    enum Kind<R> {
        Passed { #[pin] body: R },
        Refusal { document: Bytes },
    }
}

impl<R> ResponseBody<R> {
    pub(super) fn passed(body: R) -> Self {
        Self { kind: Kind::Passed { body } }
    }

    pub(super) fn refusal(document: Bytes) -> Self {
        Self { kind: Kind::Refusal { document } }
    }
}

impl<R: Body<Data = Bytes>> Body for ResponseBody<R> {
    type Data = Bytes;
    type Error = R::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, R::Error>>> {
        match self.project().kind.project() {
            KindProjection::Passed { body } => body.poll_frame(cx),
            KindProjection::Refusal { document } if document.is_empty() => Poll::Ready(None),
            KindProjection::Refusal { document } => {
                Poll::Ready(Some(Ok(Frame::data(std::mem::take(document)))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Passed { body } => body.is_end_stream(),
            Kind::Refusal { document } => document.is_empty(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Passed { body } => body.size_hint(),
            Kind::Refusal { document } => SizeHint::with_exact(document.len() as u64),
        }
    }
}
