//! The layer around services of other people: what goes through untouched, what comes back, what is recorded.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod drive;

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use drive::engine;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use renlayer_core::{
    exchange::{BadHead, HeadFault, UpstreamFailure},
    layer::{EnforcementLayer, RequestBody},
    trace::{Outcome, Status},
};
use tower::{Layer, ServiceExt, service_fn};

type Asked = Request<RequestBody<Full<Bytes>>>;

fn ask(body: &str) -> Request<Full<Bytes>> {
    let request = Request::post("http://tools.example/x").header("content-type", "text/plain");
    request.body(Full::from(body.to_owned())).unwrap()
}

/// A body of frames that are all there.
struct Frames(std::vec::IntoIter<Result<Frame<Bytes>, &'static str>>);

impl Body for Frames {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        Poll::Ready(self.0.next())
    }
}

fn frames(frames: Vec<Result<Frame<Bytes>, &'static str>>) -> Frames {
    Frames(frames.into_iter())
}

fn data(text: &'static str) -> Result<Frame<Bytes>, &'static str> {
    Ok(Frame::data(Bytes::from_static(text.as_bytes())))
}

#[tokio::test]
async fn requests_answers_and_trailers_pass_through() {
    let (engine, recorded) = engine("", &[]);
    let inner = service_fn(|request: Asked| async move {
        assert_eq!(request.uri(), "http://tools.example/x");
        let sent = request.into_body().collect().await.unwrap().to_bytes();
        let mut trailers = HeaderMap::new();
        trailers.insert("checksum", "1".parse().unwrap());
        assert_eq!(sent, "a question");
        Ok::<_, Infallible>(Response::new(frames(vec![
            data("an "),
            data("answer. "),
            Ok(Frame::trailers(trailers)),
        ])))
    });
    let response = EnforcementLayer::inline(engine).layer(inner).oneshot(ask("a question")).await.unwrap();
    assert!(response.headers().contains_key("x-renlayer-trace-id"));
    let body = response.into_body().collect().await.unwrap();
    assert_eq!(body.trailers().unwrap()["checksum"], "1");
    assert_eq!(body.to_bytes(), "an answer. ");
    let trace = recorded.only();
    assert_eq!((trace.status, trace.outcome), (Status::Allowed, Outcome::Completed));
}

#[tokio::test]
async fn an_injected_credential_does_not_come_back_in_trailers() {
    let secret = format!("{}-{}", "provider", "credential-of-the-route");
    let yaml = r#"
routes: [{ name: tools, prefix: /tools, upstream: "https://tools.example", credential: key }]
declare: { secrets: [{ name: key, from: { env: UPSTREAM_KEY } }] }
"#;
    let (engine, recorded) = engine(yaml, &[("UPSTREAM_KEY", &secret)]);
    let echoed = secret.clone();
    let inner = service_fn(move |_: Asked| {
        let mut trailers = HeaderMap::new();
        trailers.insert("x-echo", echoed.parse().unwrap());
        trailers.insert("x-renlayer-trace-id", "forged".parse().unwrap());
        let answer = Response::new(frames(vec![data("an answer"), Ok(Frame::trailers(trailers))]));
        async { Ok::<_, Infallible>(answer) }
    });
    let mut request = ask("a question");
    *request.uri_mut() = "/tools/x".parse().unwrap();
    request.headers_mut().insert("host", "localhost".parse().unwrap());
    let response = EnforcementLayer::reverse(engine).layer(inner).oneshot(request).await.unwrap();
    let body = response.into_body().collect().await.unwrap();
    let trailers = body.trailers().unwrap();
    assert_eq!(trailers["x-echo"], "[REDACTED:secret.injected]");
    assert!(!trailers.contains_key("x-renlayer-trace-id"));
    recorded.only();
}

#[tokio::test]
async fn no_trailers_leave_after_an_answer_that_is_blocked_at_its_end() {
    let yaml = "declare: { dlp: { detectors: { pii.email: { severity: HIGH, action: block } } } }";
    for (said, kept) in [("Write to ada@corp.io", false), ("Write to nobody", true)] {
        let (engine, recorded) = engine(yaml, &[]);
        let inner = service_fn(|_: Asked| async {
            let mut trailers = HeaderMap::new();
            trailers.insert("x-said", "ada".parse().unwrap());
            Ok::<_, Infallible>(Response::new(frames(vec![data(said), Ok(Frame::trailers(trailers))])))
        });
        let response = EnforcementLayer::inline(engine).layer(inner).oneshot(ask("hi")).await.unwrap();
        let body = response.into_body().collect().await.unwrap();
        assert_eq!(body.trailers().is_some(), kept, "{said}");
        let outcome = if kept { Outcome::Completed } else { Outcome::Cut };
        assert_eq!(recorded.only().outcome, outcome, "{said}");
    }
}

#[tokio::test]
async fn an_error_of_the_inner_service_goes_up_as_it_is() {
    let (engine, recorded) = engine("", &[]);
    let inner = service_fn(|_: Asked| async { Err::<Response<Full<Bytes>>, _>("broken") });
    let error = EnforcementLayer::inline(engine).layer(inner).oneshot(ask("hi")).await.unwrap_err();
    assert_eq!(error, "broken");
    assert_eq!(recorded.only().outcome, Outcome::UpstreamError);
}

#[tokio::test]
async fn a_reported_failure_becomes_a_refusal() {
    let (engine, recorded) = engine("", &[]);
    let inner = service_fn(|_: Asked| async {
        let mut response = Response::new(Full::<Bytes>::default());
        response.extensions_mut().insert(UpstreamFailure::Timeout);
        Ok::<_, Infallible>(response)
    });
    let response = EnforcementLayer::inline(engine).layer(inner).oneshot(ask("hi")).await.unwrap();
    assert_eq!(response.status(), StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(recorded.only().outcome, Outcome::UpstreamTimeout);
}

#[tokio::test]
async fn a_body_that_breaks_off_breaks_off_for_the_caller_too() {
    let (engine, recorded) = engine("", &[]);
    let inner = service_fn(|_: Asked| async {
        Ok::<_, Infallible>(Response::new(frames(vec![data("half of "), Err("reset")])))
    });
    let response = EnforcementLayer::inline(engine).layer(inner).oneshot(ask("hi")).await.unwrap();
    assert_eq!(response.into_body().collect().await.unwrap_err(), "reset");
    assert_eq!(recorded.only().outcome, Outcome::UpstreamError);
}

#[tokio::test]
async fn a_caller_that_drops_the_answer_is_recorded_once() {
    let (engine, recorded) = engine("", &[]);
    let inner = service_fn(|_: Asked| async {
        Ok::<_, Infallible>(Response::new(frames(vec![data("one. "), data("two. ")])))
    });
    let response = EnforcementLayer::inline(engine).layer(inner).oneshot(ask("hi")).await.unwrap();
    let mut body = response.into_body();
    assert!(body.frame().await.is_some());
    drop(body);
    assert_eq!(recorded.only().outcome, Outcome::ClientDisconnected);
}

#[tokio::test]
async fn a_request_marked_as_a_bad_head_never_reaches_the_service() {
    let (engine, recorded) = engine("", &[]);
    let inner =
        service_fn(
            |request: Asked| async move { Err::<Response<Full<Bytes>>, _>(format!("asked: {request:?}")) },
        );
    let mut request = ask("body");
    let head = BadHead { fault: HeadFault::Host, method: None, target: None, peer: None };
    request.extensions_mut().insert(head);
    let response = EnforcementLayer::inline(engine).layer(inner).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(response.headers()["x-renlayer-trace-id"], recorded.only().id.to_string());
}
