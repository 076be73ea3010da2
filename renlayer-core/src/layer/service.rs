use std::{
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, request};
use http_body::Body;
use http_body_util::BodyExt;
use tokio::time::timeout;
use tower_service::Service;

use super::{RequestBody, ResponseBody, ResponseFuture};
use crate::{
    engine::Engine,
    exchange::{
        Answer, BadHead, Forward, Ingress, Overflow, Pending, Permit, Reading, Refused, Unsent,
        UpstreamFailure, min_epoch,
    },
};

/// The service of [`EnforcementLayer`](super::EnforcementLayer).
#[derive(Debug, Clone)]
pub struct Enforcement<S> {
    inner: S,
    engine: Engine,
    ingress: Ingress,
}

impl<S> Enforcement<S> {
    pub(super) fn new(inner: S, engine: Engine, ingress: Ingress) -> Self {
        Self { inner, engine, ingress }
    }
}

impl<S, B, R> Service<Request<B>> for Enforcement<S>
where
    S: Service<Request<RequestBody<B>>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    R: Body<Data = Bytes> + Send + Unpin + 'static,
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
        ResponseFuture::new(enforce(self.engine.clone(), self.ingress, inner, request))
    }
}

/// How long a call waits for the version of governance that it asks for.
const EPOCH_PATIENCE: Duration = Duration::from_secs(2);

/// A request on its way, or the refusal that ends it.
type Ready<B> = Result<(Request<RequestBody<B>>, Pending), Refused>;

async fn enforce<S, B, R>(
    engine: Engine,
    ingress: Ingress,
    mut inner: S,
    request: Request<B>,
) -> Result<Response<ResponseBody<R>>, S::Error>
where
    S: Service<Request<RequestBody<B>>, Response = Response<R>>,
    B: Body<Data = Bytes> + Unpin,
    R: Body<Data = Bytes> + Unpin + 'static,
{
    let (mut parts, body) = request.into_parts();
    if let Some(head) = parts.extensions.remove::<BadHead>() {
        return Ok(engine.refuse(&head).response.map(ResponseBody::whole));
    }
    await_epoch(&engine, &parts).await;
    let judged = match engine.begin(parts, ingress) {
        Ok(reading) => read(reading, body).await,
        Err(refused) => Err(refused),
    };
    let ready = match judged {
        Ok((permit, unread)) => forward(permit, unread).await,
        Err(refused) => Err(refused),
    };
    let (request, pending) = match ready {
        Ok(ready) => ready,
        Err(refused) => return Ok(refused.response.map(ResponseBody::whole)),
    };
    match inner.call(request).await {
        Ok(response) => Ok(answer(pending, response).await),
        Err(error) => {
            pending.errored();
            Err(error)
        }
    }
}

/// Waits for the version of governance that the caller asks for, for a moment: it is on its way, or it is none.
async fn await_epoch(engine: &Engine, parts: &request::Parts) {
    if let Some(Ok(epoch)) = min_epoch(&parts.headers) {
        let _ = timeout(EPOCH_PATIENCE, engine.reached(epoch)).await;
    }
}

/// What goes on unread: what was held of a body, and the rest of it.
type Unread<B> = Option<(Bytes, B)>;

/// Gathers the request's body and has the call judged.
async fn read<B: Body<Data = Bytes> + Unpin>(
    mut reading: Reading,
    mut body: B,
) -> Result<(Permit, Unread<B>), Refused> {
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Err(reading.broken()) };
        // Trailers of a request that is judged whole are not forwarded: nothing was judged about them.
        let Ok(chunk) = frame.into_data() else { continue };
        if let Err(chunk) = reading.push(chunk) {
            return match reading.overflow(chunk) {
                Overflow::Refused(refused) => Err(refused),
                Overflow::Unread { permit, held } => Ok((*permit, Some((held, body)))),
            };
        }
    }
    Ok((reading.end()?, None))
}

/// Has the limits admit the call, for which it may have to wait, and makes it ready.
async fn forward<B>(mut permit: Permit, unread: Unread<B>) -> Ready<B> {
    if let Some(refills) = permit.refills() {
        refills.until(|| permit.reserve()).await;
    }
    let Forward { parts, body, pending } = permit.admit()?;
    let body = match unread {
        None => RequestBody::whole(body),
        Some((held, rest)) => RequestBody::unread(held, rest),
    };
    Ok((Request::from_parts(parts, body), pending))
}

/// Takes the upstream's answer: judged whole, or handed on to be judged as it comes.
async fn answer<R: Body<Data = Bytes> + Unpin + 'static>(
    pending: Pending,
    response: Response<R>,
) -> Response<ResponseBody<R>> {
    let (head, mut body) = response.into_parts();
    if let Some(failure) = head.extensions.get::<UpstreamFailure>() {
        return pending.failed(*failure).response.map(ResponseBody::whole);
    }
    if head.extensions.get::<Unsent>().is_some() {
        return pending.unsent().response.map(ResponseBody::whole);
    }
    let mut whole = match pending.answered(head) {
        Answer::Stream { head, stream } => {
            return Response::from_parts(head, ResponseBody::stream(body, stream, Vec::new()));
        }
        Answer::Whole(whole) => whole,
    };
    while let Some(frame) = body.frame().await {
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) => {
                return whole.broken(UpstreamFailure::of_body(&error)).response.map(ResponseBody::whole);
            }
        };
        let Ok(chunk) = frame.into_data() else { continue };
        if let Err(chunk) = whole.push(chunk) {
            let mut released = Vec::new();
            return match whole.overflow(chunk, &mut released) {
                Ok((head, stream)) => {
                    Response::from_parts(head, ResponseBody::stream(body, stream, released))
                }
                Err(refused) => refused.response.map(ResponseBody::whole),
            };
        }
    }
    let response = whole.end().unwrap_or_else(|refused| refused.response);
    response.map(ResponseBody::whole)
}
