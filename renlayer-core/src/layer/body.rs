//! The bodies on both sides of the layer.

use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::exchange::{Stream, UpstreamFailure};

/// A request's body as it goes to the inner service: judged and whole, or, in observe mode and past the bound, what was
/// held of it and the rest as it comes.
#[derive(Debug)]
pub struct RequestBody<B> {
    held: Option<Bytes>,
    rest: Option<B>,
}

impl<B> RequestBody<B> {
    pub(super) fn whole(body: Bytes) -> Self {
        Self { held: Some(body).filter(|body| !body.is_empty()), rest: None }
    }

    pub(super) fn unread(held: Bytes, rest: B) -> Self {
        Self { held: Some(held), rest: Some(rest) }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for RequestBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if let Some(held) = self.held.take() {
            return Poll::Ready(Some(Ok(Frame::data(held))));
        }
        match &mut self.rest {
            Some(rest) => Pin::new(rest).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_none() && self.rest.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let held = self.held.as_ref().map_or(0, |held| held.len() as u64);
        let mut hint = self.rest.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint);
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper.saturating_add(held));
        }
        hint.set_lower(hint.lower().saturating_add(held));
        hint
    }
}

/// An answer's body as it goes to the caller: a refusal, an answer that was judged whole, or a stream that is judged
/// piece by piece.
pub struct ResponseBody<R>(Kind<R>);

enum Kind<R> {
    Whole(Option<Bytes>),
    Stream(Box<Streamed<R>>),
}

struct Streamed<R> {
    /// None once it ended or was cut: it is dropped at once, so that the upstream stops.
    upstream: Option<R>,
    judge: Stream,
    /// Ends the wait for a frame where it is to be looked whether the answer may go on; made when one has first to be waited for.
    overtaken: Option<Overtaken>,
    ready: VecDeque<Frame<Bytes>>,
    released: Vec<Bytes>,
}

type Overtaken = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

impl<R> ResponseBody<R> {
    pub(super) fn whole(body: Bytes) -> Self {
        Self(Kind::Whole(Some(body).filter(|body| !body.is_empty())))
    }

    pub(super) fn stream(upstream: R, judge: Stream, released: Vec<Bytes>) -> Self {
        Self(Kind::Stream(Box::new(Streamed {
            upstream: Some(upstream).filter(|_| !judge.has_ended()),
            judge,
            overtaken: None,
            ready: released.into_iter().map(Frame::data).collect(),
            released: Vec::new(),
        })))
    }
}

impl<R: Body<Data = Bytes> + Unpin + 'static> Streamed<R> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, R::Error>>> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(frame)));
            }
            let mut trailers = None;
            match self.poll_upstream(cx) {
                Poll::Ready(None) if self.upstream.is_none() => return Poll::Ready(None),
                Poll::Pending => {
                    ready!(self.poll_overtaken(cx));
                    self.judge.look(&mut self.released);
                }
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(chunk) => self.judge.push(chunk, &mut self.released),
                    Err(frame) => {
                        let whole = self.judge.end(&mut self.released);
                        trailers = frame.into_trailers().ok().filter(|_| whole).map(|mut fields| {
                            self.judge.trailers(&mut fields);
                            Frame::trailers(fields)
                        });
                    }
                },
                Poll::Ready(Some(Err(error))) => {
                    if !self.judge.broken(UpstreamFailure::of_body(&error), &mut self.released) {
                        self.upstream = None;
                        return Poll::Ready(Some(Err(error)));
                    }
                }
                Poll::Ready(None) => {
                    self.judge.end(&mut self.released);
                }
            }
            self.ready.extend(self.released.drain(..).map(Frame::data).chain(trailers));
            if self.judge.has_ended() {
                self.upstream = None;
            }
        }
    }

    /// The next frame. Where the call has first to be judged again, it is left with the upstream until then.
    fn poll_upstream(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, R::Error>>> {
        match &mut self.upstream {
            Some(_) if self.judge.is_overtaken() => Poll::Pending,
            Some(upstream) => Pin::new(upstream).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn poll_overtaken(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.overtaken.is_none() {
            self.overtaken = self.judge.overtaken().map(|overtaken| Box::pin(overtaken) as Overtaken);
        }
        let Some(overtaken) = &mut self.overtaken else { return Poll::Pending };
        ready!(overtaken.as_mut().poll(cx));
        self.overtaken = None;
        Poll::Ready(())
    }
}

impl<R: Body<Data = Bytes> + Unpin + 'static> Body for ResponseBody<R> {
    type Data = Bytes;
    type Error = R::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, R::Error>>> {
        match &mut self.0 {
            Kind::Whole(body) => Poll::Ready(body.take().map(|body| Ok(Frame::data(body)))),
            Kind::Stream(stream) => stream.poll(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Whole(body) => body.is_none(),
            Kind::Stream(stream) => stream.ready.is_empty() && stream.upstream.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Whole(body) => SizeHint::with_exact(body.as_ref().map_or(0, |body| body.len() as u64)),
            Kind::Stream(_) => SizeHint::default(),
        }
    }
}

impl<R> fmt::Debug for ResponseBody<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").finish_non_exhaustive()
    }
}
