use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body::Body;
use tower_service::Service;

use super::head::Reader;
use super::{ResponseBody, ResponseFuture, problem, rate_limit};
use crate::{
    Admission, Decided, Decision, Demand, LimitSet, Limiter, PolicyAction, PolicyRef, PolicySet, Subject,
};

/// The service of [`PolicyLayer`](super::PolicyLayer).
#[derive(Clone, Debug)]
pub struct PolicyService<S> {
    inner: S,
    policies: PolicySet,
    reader: Reader,
}

/// The service of [`RateLimitLayer`](super::RateLimitLayer).
#[derive(Clone, Debug)]
pub struct RateLimitService<S> {
    inner: S,
    limits: LimitSet,
    limiter: Arc<Limiter>,
    tenant: Arc<str>,
    reader: Reader,
}

/// In the extensions of a request: the policy that flagged it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flagged(pub PolicyRef);

/* ===== impl PolicyService ===== */

impl<S> PolicyService<S> {
    pub(super) fn new(inner: S, policies: PolicySet, reader: Reader) -> Self {
        Self { inner, policies, reader }
    }
}

impl<S, B, R> Service<Request<B>> for PolicyService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Body<Data = Bytes>,
{
    type Response = Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut head, body) = request.into_parts();
        let decision = match self.reader.read(&head, |facts| self.policies.decide(facts)) {
            Decided::Final(decision) => decision,
            // No such policies get in; if one did, what cannot be judged does not go through.
            Decided::NeedsFindings => Decision::deny(),
        };
        match decision.action {
            PolicyAction::Deny => return ResponseFuture::refused(problem::denied(decision.policy.as_ref())),
            PolicyAction::Flag => {
                decision.policy.map(|policy| head.extensions.insert(Flagged(policy)));
            }
            PolicyAction::Allow => {}
        }
        ResponseFuture::passed(self.inner.call(Request::from_parts(head, body)), HeaderMap::new())
    }
}

/* ===== impl RateLimitService ===== */

impl<S> RateLimitService<S> {
    pub(super) fn new(
        inner: S,
        limits: LimitSet,
        limiter: Arc<Limiter>,
        tenant: Arc<str>,
        reader: Reader,
    ) -> Self {
        Self { inner, limits, limiter, tenant, reader }
    }

    fn admit(&self, head: &http::request::Parts) -> Admission {
        self.reader.read(head, |facts| {
            // Nobody read the body, so it may ask for any model.
            let subject = Subject { unreadable: true, ..Subject::of(&self.tenant, facts) };
            self.limiter.admit(&self.limits, &subject, Demand::NONE, facts.now.as_millisecond())
        })
    }
}

impl<S, B, R> Service<Request<B>> for RateLimitService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Body<Data = Bytes>,
{
    type Response = Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (head, body) = request.into_parts();
        match self.admit(&head) {
            Admission::Refused { limit } => ResponseFuture::refused(problem::limited(&limit)),
            Admission::Admitted(counted) => {
                let fields = rate_limit::fields(counted.limits());
                ResponseFuture::passed(self.inner.call(Request::from_parts(head, body)), fields)
            }
        }
    }
}
