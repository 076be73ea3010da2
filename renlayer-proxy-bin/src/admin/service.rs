//! Requests to `/_/` go to the admin paths, all others to the engine.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{Either, Full};
use pin_project_lite::pin_project;
use renlayer_core::exchange::BadHead;
use tower_service::Service;

use super::{Admin, Metrics, PREFIX, problem};

/// The service of the agents' listener.
#[derive(Clone)]
pub(crate) struct Front<S> {
    governed: S,
    /// None where operators have a listener of their own.
    admin: Option<Arc<Admin>>,
    metrics: Arc<Metrics>,
}

/// The service of a listener for operators alone.
#[derive(Clone)]
pub(crate) struct AdminOnly(Arc<Admin>);

type AdminFuture = Pin<Box<dyn Future<Output = Response<Full<Bytes>>> + Send>>;

pin_project! {
    /// Either answer in the making.
    #[project = FrontFutureProjection]
    pub(crate) enum FrontFuture<F> {
        Governed { #[pin] answer: F },
        Admin { answer: AdminFuture },
    }
}

// === impl Front ===

impl<S> Front<S> {
    /// Puts the admin paths, if any, before `governed`, and counts what goes there.
    pub(crate) fn new(governed: S, admin: Option<Arc<Admin>>, metrics: Arc<Metrics>) -> Self {
        Self { governed, admin, metrics }
    }
}

impl<S, A, B> Service<Request<A>> for Front<S>
where
    S: Service<Request<A>, Response = Response<B>, Error = Infallible>,
    A: Send + Sync + 'static,
{
    type Response = Response<Either<B, Full<Bytes>>>;
    type Error = Infallible;
    type Future = FrontFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.governed.poll_ready(cx)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        match &self.admin {
            // A head that could not be read is refused and traced, wherever it meant to go.
            Some(admin) if request.uri().path().starts_with(PREFIX) && !is_bad(&request) => {
                FrontFuture::Admin { answer: answer(Arc::clone(admin), request) }
            }
            _ => {
                self.metrics.begun();
                FrontFuture::Governed { answer: self.governed.call(request) }
            }
        }
    }
}

fn is_bad<A>(request: &Request<A>) -> bool {
    request.extensions().get::<BadHead>().is_some()
}

fn answer<A: Send + Sync + 'static>(admin: Arc<Admin>, request: Request<A>) -> AdminFuture {
    Box::pin(async move { admin.answer(&request).await })
}

impl<F, B> Future for FrontFuture<F>
where
    F: Future<Output = Result<Response<B>, Infallible>>,
{
    type Output = Result<Response<Either<B, Full<Bytes>>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            FrontFutureProjection::Governed { answer } => {
                answer.poll(cx).map(|answer| answer.map(|answer| answer.map(Either::Left)))
            }
            FrontFutureProjection::Admin { answer } => {
                answer.as_mut().poll(cx).map(|answer| Ok(answer.map(Either::Right)))
            }
        }
    }
}

// === impl AdminOnly ===

impl AdminOnly {
    /// A service with nothing but the admin paths.
    pub(crate) fn new(admin: Arc<Admin>) -> Self {
        Self(admin)
    }
}

impl<A: Send + Sync + 'static> Service<Request<A>> for AdminOnly {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let admin = Arc::clone(&self.0);
        Box::pin(async move {
            if let Some(head) = request.extensions().get::<BadHead>() {
                return Ok(problem(head.fault.status(), head.fault.code(), "the request's head is refused"));
            }
            if request.uri().path().starts_with(PREFIX) {
                return Ok(admin.answer(&request).await);
            }
            Ok(problem(
                StatusCode::NOT_FOUND,
                "not_found",
                "this address is for operators; agents have another",
            ))
        })
    }
}
