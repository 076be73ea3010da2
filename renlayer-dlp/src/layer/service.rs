use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::{RequestBody, ResponseBody, ResponseFuture, guard::Guard};

/// The service of [`DlpLayer`](super::DlpLayer).
#[derive(Clone, Debug)]
pub struct Dlp<S> {
    inner: S,
    guard: Guard,
}

impl<S> Dlp<S> {
    pub(super) fn new(inner: S, guard: Guard) -> Self {
        Self { inner, guard }
    }
}

impl<S, B, R> Service<Request<B>> for Dlp<S>
where
    S: Service<Request<RequestBody>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Send,
    R: Body<Data = Bytes> + Send + 'static,
    R::Error: Send,
{
    type Response = Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<Self::Response, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The clone takes the place of the service that was polled ready, which goes with the future.
        let clone = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, clone);
        ResponseFuture::new(pass(self.guard.clone(), inner, request))
    }
}

async fn pass<S, B, R>(
    guard: Guard,
    mut inner: S,
    request: Request<B>,
) -> Result<Response<ResponseBody<R>>, S::Error>
where
    S: Service<Request<RequestBody>, Response = Response<R>>,
    B: Body<Data = Bytes>,
    R: Body<Data = Bytes>,
{
    let request = match guard.request(request).await {
        Ok(request) => request,
        Err(problem) => return Ok(problem.response()),
    };
    let response = inner.call(request).await?;
    Ok(guard.response(response).await.unwrap_or_else(|problem| problem.response()))
}
