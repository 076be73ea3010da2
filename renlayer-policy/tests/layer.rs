//! The layers around services of other people: what goes through untouched, what is refused, what is said about it.
#![cfg(feature = "layer")]
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use jiff::Timestamp;
use renlayer_policy::layer::{Flagged, Identity, PolicyLayer, RateLimitLayer};
use renlayer_policy::{LimitSet, PolicyAction, PolicySet};
use serde_json::{Value, json};
use tower::{Layer, Service, ServiceExt, service_fn};

/// A body of one piece and trailers, of a length it does not tell exactly. As a request it is never looked into.
#[derive(Debug, Default)]
struct Piece(u8);

impl Body for Piece {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        self.0 += 1;
        Poll::Ready(match self.0 {
            1 => Some(Ok(Frame::data(Bytes::from_static(b"answer")))),
            2 => Some(Ok(Frame::trailers(HeaderMap::new()))),
            3 => Some(Err("reset")),
            _ => None,
        })
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = SizeHint::new();
        hint.set_upper(77);
        hint
    }
}

/// A request's body that is none: nobody asks.
#[derive(Debug, PartialEq)]
struct Unread;

fn policies(policies: Value, default: PolicyAction) -> PolicySet {
    PolicySet::compile(serde_json::from_value(policies).unwrap(), default).unwrap()
}

fn limits(limits: Value) -> LimitSet {
    LimitSet::compile(serde_json::from_value(limits).unwrap()).unwrap()
}

fn agent(head: &http::request::Parts) -> Identity {
    let name = head.headers.get("x-agent").map(|name| name.to_str().unwrap().into());
    Identity { agent_name: name, ..Identity::default() }
}

fn ask(uri: &str, agent: &str) -> Request<Unread> {
    Request::get(uri).header("x-agent", agent).body(Unread).unwrap()
}

/// Answers, and says in a header what flagged the request.
fn inner() -> impl Service<
    Request<Unread>,
    Response = Response<Piece>,
    Error = Infallible,
    Future = Ready<Result<Response<Piece>, Infallible>>,
> + Clone {
    service_fn(|request: Request<Unread>| {
        let flagged = request.extensions().get::<Flagged>().map_or("nothing", |Flagged(policy)| &policy.name);
        ready(Ok(Response::builder().header("x-flagged", flagged).body(Piece::default()).unwrap()))
    })
}

async fn document<B: Body<Data = Bytes, Error: std::fmt::Debug>>(response: Response<B>) -> Value {
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

#[tokio::test]
async fn policies_decide_by_the_head() {
    let set = policies(
        json!([
            {"id": "pol_1", "name": "iam", "match": {"upstream": "*.example/iam/*"}, "action": "DENY", "message": "No IAM."},
            {"id": "pol_2", "name": "interns", "match": {"agent": "intern-*"}, "action": "FLAG"},
            {"id": "pol_3", "name": "night", "match": {"time": {"hours": "00:00-06:00", "zone": "UTC"}, "agent": "x"}, "action": "DENY"},
            {"id": "pol_4", "name": "marked", "match": {"header": {"name": "x-agent", "equals": "marked"}}, "action": "DENY"},
        ]),
        PolicyAction::Allow,
    );
    let layer = PolicyLayer::new(set).unwrap().identity(agent).clock(|| Timestamp::UNIX_EPOCH);
    for (uri, agent, denied, flagged) in [
        ("http://api.example/v1", "bot", None, "nothing"),
        ("http://api.example/v1", "intern-1", None, "interns"),
        ("http://api.example/iam/users", "bot", Some(("pol_1", Some("No IAM."))), ""),
        ("http://api.example/v1", "x", Some(("pol_3", None)), ""),
        ("http://api.example/v1", "marked", Some(("pol_4", None)), ""),
    ] {
        let response = layer.layer(inner()).oneshot(ask(uri, agent)).await.unwrap();
        let Some((id, message)) = denied else {
            assert_eq!(response.headers()["x-flagged"], flagged, "{uri} {agent}");
            continue;
        };
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{uri} {agent}");
        let document = document(response).await;
        assert_eq!((document["policy"]["id"].as_str(), document["detail"].as_str()), (Some(id), message));
    }
}

#[tokio::test]
async fn the_default_may_deny() {
    let layer = PolicyLayer::new(policies(json!([]), PolicyAction::Deny)).unwrap();
    let response = layer.layer(inner()).oneshot(ask("http://api.example/", "bot")).await.unwrap();
    assert_eq!(document(response).await, json!({"title": "denied by policy", "status": 403}));
}

#[test]
fn policies_that_ask_for_more_than_a_head_are_refused() {
    for (matches, what) in [
        (json!({"prompt": "x"}), Some("the body")),
        (json!({"model": "gpt-*"}), Some("the body")),
        (json!({"dlp": "pii.email"}), Some("findings")),
        (json!({"risk": {"denials": 3}}), Some("the session's risk")),
        (json!({"agent": "x", "upstream": "*", "user": "y"}), None),
    ] {
        let set = policies(json!([{"name": "p", "match": matches, "action": "DENY"}]), PolicyAction::Allow);
        let refused = PolicyLayer::new(set).err().map(|error| error.to_string());
        assert_eq!(refused.is_some(), what.is_some(), "{matches}");
        assert!(refused.unwrap_or_default().contains(what.unwrap_or_default()), "{matches}");
    }
}

#[tokio::test]
async fn a_limit_that_is_used_up_says_when_to_come_back() {
    let limit = json!({"id": "lim_1", "name": "rpm", "scope": "per_agent", "dimension": "requests", "window": "minute", "max": 1});
    let now = Arc::new(AtomicI64::new(0));
    let clock = Arc::clone(&now);
    let layer = RateLimitLayer::new(limits(json!([limit])))
        .unwrap()
        .identity(agent)
        .clock(move || Timestamp::from_millisecond(clock.load(Ordering::Relaxed)).unwrap());
    for (at, agent, expected) in [
        (0, "a", None),
        (15_000, "a", Some("45")),
        (15_000, "b", None),
        (59_001, "a", Some("1")),
        (60_001, "a", None),
    ] {
        now.store(at, Ordering::Relaxed);
        let response = layer.layer(inner()).oneshot(ask("http://api.example/", agent)).await.unwrap();
        let headers = response.headers();
        assert_eq!(headers["ratelimit-policy"], r#""rpm";q=1;w=60"#);
        assert!(headers["ratelimit"].to_str().unwrap().starts_with(r#""rpm";r=0;t="#));
        assert_eq!(headers.get("retry-after").map(|after| after.to_str().unwrap()), expected, "{at} {agent}");
        if expected.is_some() {
            assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(document(response).await["limit"], json!({"id": "lim_1", "name": "rpm"}));
        }
    }
}

#[tokio::test]
async fn a_limit_on_a_model_counts_what_may_ask_for_it() {
    let limit = json!({"name": "m", "scope": "per_tenant", "model": "gpt-*", "dimension": "requests", "window": "day", "max": 1});
    let layer = RateLimitLayer::new(limits(json!([limit]))).unwrap();
    for expected in [StatusCode::OK, StatusCode::TOO_MANY_REQUESTS] {
        let response = layer.layer(inner()).oneshot(ask("http://api.example/", "a")).await.unwrap();
        assert_eq!(response.status(), expected);
    }
}

#[tokio::test]
async fn bodies_pass_as_they_are() {
    let policies = PolicyLayer::new(policies(json!([]), PolicyAction::Allow)).unwrap();
    let service = RateLimitLayer::new(limits(json!([]))).unwrap().layer(policies.layer(inner()));
    let response = service.oneshot(ask("http://api.example/", "a")).await.unwrap();
    assert!(!response.headers().contains_key("ratelimit"));
    let mut body = response.into_body();
    assert_eq!(body.size_hint().upper(), Some(77));
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "answer");
    assert!(body.frame().await.unwrap().unwrap().is_trailers());
    assert_eq!(body.frame().await.unwrap().unwrap_err(), "reset");
}

/// A service that is ready the second time it is asked, may only be called then, and fails. It cannot be cloned.
struct Slow(u8);

impl Service<Request<Unread>> for Slow {
    type Response = Response<Piece>;
    type Error = &'static str;
    type Future = Ready<Result<Self::Response, &'static str>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        self.0 += 1;
        cx.waker().wake_by_ref();
        if self.0 < 2 { Poll::Pending } else { Poll::Ready(Ok(())) }
    }

    fn call(&mut self, request: Request<Unread>) -> Self::Future {
        assert_eq!((self.0, request.into_body()), (2, Unread), "called without being ready");
        self.0 = 0;
        ready(Err("broken"))
    }
}

#[tokio::test]
async fn readiness_and_errors_are_those_of_the_inner_service() {
    let policies = PolicyLayer::new(policies(json!([]), PolicyAction::Allow)).unwrap();
    let mut service = RateLimitLayer::new(limits(json!([]))).unwrap().layer(policies.layer(Slow(0)));
    for _ in 0..2 {
        let error = service.ready().await.unwrap().call(ask("http://api.example/", "a")).await.unwrap_err();
        assert_eq!(error, "broken");
    }
}

#[test]
fn limits_that_a_head_does_not_tell_are_refused() {
    for (counts, window) in
        [("tokens", json!("day")), ("spend", json!("month")), ("concurrency", json!(null))]
    {
        let limit =
            json!({"name": "l", "scope": "per_agent", "dimension": counts, "window": window, "max": 5});
        let error = RateLimitLayer::new(limits(json!([limit]))).unwrap_err();
        assert!(error.to_string().contains(counts), "{error}");
    }
}
