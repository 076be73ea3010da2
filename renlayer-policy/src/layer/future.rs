use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderMap, Response};
use http_body::Body;
use pin_project_lite::pin_project;

use super::ResponseBody;

pin_project! {
    /// The future of [`PolicyService`](super::PolicyService) and [`RateLimitService`](super::RateLimitService): the inner
    /// service's, or a refusal that is there at once.
    pub struct ResponseFuture<F> {
        #[pin]
        kind: Kind<F>,
    }
}

pin_project! {
    #[project = KindProjection]
    enum Kind<F> {
        Passed { #[pin] inner: F, fields: HeaderMap },
        Refused { response: Response<Bytes> },
    }
}

impl<F> ResponseFuture<F> {
    /// The inner service's answer, with `fields` besides its own.
    pub(super) fn passed(inner: F, fields: HeaderMap) -> Self {
        Self { kind: Kind::Passed { inner, fields } }
    }

    pub(super) fn refused(response: Response<Bytes>) -> Self {
        Self { kind: Kind::Refused { response } }
    }
}

impl<F, R, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: Body<Data = Bytes>,
{
    type Output = Result<Response<ResponseBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().kind.project() {
            KindProjection::Passed { inner, fields } => {
                let mut response = ready!(inner.poll(cx))?;
                for (name, value) in fields.drain().filter_map(|(name, value)| Some((name?, value))) {
                    response.headers_mut().append(name, value);
                }
                Poll::Ready(Ok(response.map(ResponseBody::passed)))
            }
            KindProjection::Refused { response } => {
                Poll::Ready(Ok(std::mem::take(response).map(ResponseBody::refusal)))
            }
        }
    }
}

impl<F> fmt::Debug for ResponseFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
