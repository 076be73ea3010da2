//! Holds back answers that were judged whole.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{Either, Full};
use pin_project_lite::pin_project;
use renlayer_core::id::TraceId;
use tower_service::Service;

use super::body::AcknowledgedBody;
use super::{Durable, Fate};

const TRACE_ID: &str = "x-renlayer-trace-id";
const LOST: &str = r#"{"error":{"message":"the call could not be recorded, so its answer is withheld; try again later","type":"api_error","param":null,"code":"not_recorded"}}"#;

/// Lets answers through when their traces are safe; all of them at once where nothing is said about that.
#[derive(Clone)]
pub(crate) struct Acknowledged<S> {
    inner: S,
    durable: Option<Arc<Durable>>,
}

pin_project! {
    /// An answer in the making, then one that waits.
    pub(crate) struct AcknowledgedFuture<F, B> {
        #[pin]
        inner: F,
        durable: Option<Arc<Durable>>,
        held: Option<(Response<B>, Fate)>,
    }
}

type Answer<B> = Response<Either<AcknowledgedBody<B>, Full<Bytes>>>;

// === impl Acknowledged ===

impl<S> Acknowledged<S> {
    /// Holds back the answers of `inner` whose traces go to `durable`.
    pub(crate) fn new(inner: S, durable: Option<Arc<Durable>>) -> Self {
        Self { inner, durable }
    }
}

impl<S, A, B> Service<Request<A>> for Acknowledged<S>
where
    S: Service<Request<A>, Response = Response<B>, Error = Infallible>,
{
    type Response = Answer<B>;
    type Error = Infallible;
    type Future = AcknowledgedFuture<S::Future, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        AcknowledgedFuture { inner: self.inner.call(request), durable: self.durable.clone(), held: None }
    }
}

impl<F, B> Future for AcknowledgedFuture<F, B>
where
    F: Future<Output = Result<Response<B>, Infallible>>,
{
    type Output = Result<Answer<B>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if this.held.is_none() {
            let Ok(response) = ready!(this.inner.poll(cx));
            let Some(durable) = this.durable.take() else { return Poll::Ready(Ok(passed(response))) };
            let Some(id) = trace_id(&response) else { return Poll::Ready(Ok(passed(response))) };
            match durable.fate(id) {
                Some(fate) => *this.held = Some((response, fate)),
                None => {
                    let answer = response.map(|body| Either::Left(AcknowledgedBody::held(body, durable, id)));
                    return Poll::Ready(Ok(answer));
                }
            }
        }
        if let Some((_, fate)) = this.held
            && let Ok(Ok(())) = ready!(Pin::new(fate).poll(cx))
            && let Some((response, _)) = this.held.take()
        {
            return Poll::Ready(Ok(passed(response)));
        }
        Poll::Ready(Ok(withheld()))
    }
}

fn passed<B>(response: Response<B>) -> Answer<B> {
    response.map(|body| Either::Left(AcknowledgedBody::free(body)))
}

fn withheld<B>() -> Answer<B> {
    let mut response = Response::new(Either::Right(Full::new(Bytes::from_static(LOST.as_bytes()))));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn trace_id<B>(response: &Response<B>) -> Option<TraceId> {
    response.headers().get(TRACE_ID)?.to_str().ok()?.parse().ok()
}
