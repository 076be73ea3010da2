//! The bodies on both sides of the layer.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::gather::Whole;
use super::text::TextStream;
use crate::Verdict;

/// A request's body as it goes to the inner service: scanned and whole, so it cannot fail.
pub struct RequestBody(Whole);

impl RequestBody {
    pub(super) fn new(whole: Whole) -> Self {
        Self(whole)
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.next_frame().map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_taken()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.data.len() as u64)
    }
}

pin_project! {
    /// An answer's body as it goes to the caller: passed through, judged whole, or judged as it comes.
    pub struct ResponseBody<R: Body> {
        #[pin]
        kind: Kind<R>,
    }
}

pin_project! {
    #[project = KindProjection]
    enum Kind<R: Body> {
        Whole { whole: Whole },
        // It broke off while it was gathered, and does so for the caller.
        Broken { error: Option<R::Error> },
        Passed { #[pin] body: R },
        // The upstream is None once it ended or was cut: it is dropped at once, so that it stops.
        Stream {
            #[pin] upstream: Option<R>,
            text: Box<TextStream>,
            trailers: Option<Frame<Bytes>>,
        },
    }
}

impl<R: Body<Data = Bytes>> ResponseBody<R> {
    pub(super) fn whole(whole: Whole) -> Self {
        Self { kind: Kind::Whole { whole } }
    }

    pub(super) fn broken(error: R::Error) -> Self {
        Self { kind: Kind::Broken { error: Some(error) } }
    }

    pub(super) fn passed(body: R) -> Self {
        Self { kind: Kind::Passed { body } }
    }

    pub(super) fn stream(body: R, text: TextStream) -> Self {
        Self { kind: Kind::Stream { upstream: Some(body), text: Box::new(text), trailers: None } }
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
            KindProjection::Whole { whole } => Poll::Ready(whole.next_frame().map(Ok)),
            KindProjection::Broken { error } => Poll::Ready(error.take().map(Err)),
            KindProjection::Passed { body } => body.poll_frame(cx),
            KindProjection::Stream { upstream, text, trailers } => poll_text(upstream, text, trailers, cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Whole { whole } => whole.is_taken(),
            Kind::Broken { error } => error.is_none(),
            Kind::Passed { body } => body.is_end_stream(),
            Kind::Stream { upstream, trailers, .. } => upstream.is_none() && trailers.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Whole { whole } => SizeHint::with_exact(whole.data.len() as u64),
            Kind::Passed { body } => body.size_hint(),
            Kind::Broken { .. } | Kind::Stream { .. } => SizeHint::default(),
        }
    }
}

/// The next frame of a text that is judged as it comes. A chunk of which nothing may be released yet is no frame.
fn poll_text<R: Body<Data = Bytes>>(
    mut upstream: Pin<&mut Option<R>>,
    text: &mut TextStream,
    trailers: &mut Option<Frame<Bytes>>,
    cx: &mut Context<'_>,
) -> Poll<Option<Result<Frame<Bytes>, R::Error>>> {
    while let Some(body) = upstream.as_mut().as_pin_mut() {
        let frame = match ready!(body.poll_frame(cx)).transpose() {
            Ok(frame) => frame,
            Err(error) => {
                upstream.set(None);
                return Poll::Ready(Some(Err(error)));
            }
        };
        let (released, verdict) = match frame.map(Frame::into_data) {
            Some(Ok(chunk)) => text.push(&chunk),
            end => {
                upstream.set(None);
                *trailers = end.and_then(Result::err);
                text.finish()
            }
        };
        if verdict == Verdict::Block {
            upstream.set(None);
            *trailers = None;
        }
        if !released.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(released))));
        }
    }
    Poll::Ready(trailers.take().map(Ok))
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody").finish_non_exhaustive()
    }
}

impl<R: Body> fmt::Debug for ResponseBody<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").finish_non_exhaustive()
    }
}
