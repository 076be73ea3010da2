//! The client against local servers that behave in every way but well.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::*;
use renlayer_core::Engine;
use renlayer_core::config::{Config, Environment};
use renlayer_core::exchange::{Ingress, Unsent, UpstreamFailure};
use renlayer_core::snapshot::Governance;
use renlayer_core::trace::{Recorder, Trace};

const LONG: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(50);
const PATIENT: RouteTimeouts = RouteTimeouts { connect: LONG, first_byte: LONG, idle: LONG };

const WHOLE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const HALF: &str = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";

/// What a server does after it has read a request's head and written its reply.
#[derive(Clone, Copy)]
enum Then {
    ServeOn,
    Close,
    Hang,
}

/// A server on loopback that says `reply` to everything; counts its connections.
async fn server(reply: &'static str, then: Then) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let accepted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&accepted);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(play(stream, reply, then));
        }
    });
    (address, accepted)
}

async fn play(mut stream: TcpStream, reply: &str, then: Then) {
    let mut head = [0; 4096];
    while let Ok(1..) = stream.read(&mut head).await {
        stream.write_all(reply.as_bytes()).await.unwrap();
        match then {
            Then::ServeOn => {}
            Then::Close => return,
            Then::Hang => std::future::pending().await,
        }
    }
}

fn upstream(own: Vec<SocketAddr>, cut: CancellationToken) -> Upstream<Empty<Bytes>> {
    Upstream::new(Settings { timeouts: PATIENT, own, cut })
}

async fn call(
    upstream: &Upstream<Empty<Bytes>>,
    uri: &str,
    timeouts: RouteTimeouts,
) -> Response<UpstreamBody> {
    let request = Request::get(uri).extension(timeouts).body(Empty::new()).unwrap();
    upstream.clone().oneshot(request).await.unwrap()
}

fn failure<B>(response: &Response<B>) -> Option<UpstreamFailure> {
    response.extensions().get().copied()
}

async fn closed_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

#[tokio::test]
async fn a_failure_is_an_answer_that_says_which() {
    let closed = closed_port().await;
    let (silent, _) = server("", Then::Hang).await;
    let (leaving, _) = server("", Then::Close).await;
    let (babbling, _) = server("no http at all\r\n\r\n", Then::Close).await;
    let hasty_connect = RouteTimeouts { connect: SHORT, ..PATIENT };
    let hasty_answer = RouteTimeouts { first_byte: SHORT, ..PATIENT };
    let cases = [
        ("http", closed, PATIENT, UpstreamFailure::ConnectFailed, StatusCode::BAD_GATEWAY),
        ("https", silent, hasty_connect, UpstreamFailure::Timeout, StatusCode::GATEWAY_TIMEOUT),
        ("https", babbling, PATIENT, UpstreamFailure::Tls, StatusCode::BAD_GATEWAY),
        ("http", silent, hasty_answer, UpstreamFailure::Timeout, StatusCode::GATEWAY_TIMEOUT),
        ("http", leaving, PATIENT, UpstreamFailure::Reset, StatusCode::BAD_GATEWAY),
        ("http", babbling, PATIENT, UpstreamFailure::Reset, StatusCode::BAD_GATEWAY),
    ];
    let upstream = upstream(Vec::new(), CancellationToken::new());
    for (scheme, address, timeouts, expected, status) in cases {
        let response = call(&upstream, &format!("{scheme}://{address}/v1"), timeouts).await;
        assert_eq!(failure(&response), Some(expected), "{scheme} {expected:?}");
        assert_eq!(response.status(), status);
        assert!(response.into_body().collect().await.unwrap().to_bytes().is_empty());
    }
}

#[tokio::test]
async fn a_connection_that_is_kept_alive_is_used_again() {
    let (address, accepted) = server(WHOLE, Then::ServeOn).await;
    let upstream = upstream(Vec::new(), CancellationToken::new());
    for _ in 0..5 {
        let response = call(&upstream, &format!("http://{address}/"), PATIENT).await;
        assert_eq!(failure(&response), None);
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "ok");
        // The connection goes back to its pool in a task of its own.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(accepted.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn connecting_is_tried_again_and_nothing_else_is() {
    let address = closed_port().await;
    let later = tokio::spawn(async move {
        tokio::time::sleep(SHORT).await;
        let listener = TcpListener::bind(address).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        play(stream, WHOLE, Then::Close).await;
    });
    let upstream = upstream(Vec::new(), CancellationToken::new());
    let response = call(&upstream, &format!("http://{address}/"), PATIENT).await;
    assert_eq!(failure(&response), None);
    later.await.unwrap();

    let (leaving, accepted) = server("", Then::Close).await;
    call(&upstream, &format!("http://{leaving}/"), PATIENT).await;
    assert_eq!(accepted.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_error_of_the_body() {
    let (breaking, _) = server(HALF, Then::Close).await;
    let (hanging, _) = server(HALF, Then::Hang).await;
    let hasty = RouteTimeouts { idle: SHORT, ..PATIENT };
    let upstream = upstream(Vec::new(), CancellationToken::new());
    for (address, timeouts, expected) in
        [(breaking, PATIENT, UpstreamFailure::Reset), (hanging, hasty, UpstreamFailure::Timeout)]
    {
        let mut body = call(&upstream, &format!("http://{address}/"), timeouts).await.into_body();
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "half");
        let error = body.frame().await.unwrap().unwrap_err();
        assert_eq!(error, expected);
    }
}

#[tokio::test]
async fn the_end_of_a_drain_ends_calls_that_still_wait() {
    let (silent, _) = server("", Then::Hang).await;
    let (hanging, _) = server(HALF, Then::Hang).await;
    let cut = CancellationToken::new();
    let upstream = upstream(Vec::new(), cut.clone());
    let mut streaming = call(&upstream, &format!("http://{hanging}/"), PATIENT).await.into_body();
    streaming.frame().await.unwrap().unwrap();
    let ending = async {
        tokio::time::sleep(SHORT).await;
        cut.cancel();
    };
    let uri = format!("http://{silent}/");
    let (waiting, rest, ()) = tokio::join!(call(&upstream, &uri, PATIENT), streaming.frame(), ending);
    assert_eq!(failure(&waiting), Some(UpstreamFailure::Reset));
    assert!(matches!(rest, Some(Err(UpstreamFailure::Reset))));
}

#[tokio::test]
async fn our_own_listener_is_no_upstream() {
    let (ourselves, _) = server(WHOLE, Then::ServeOn).await;
    let upstream = upstream(vec![ourselves], CancellationToken::new());
    let response = call(&upstream, &format!("http://localhost:{}/", ourselves.port()), PATIENT).await;
    assert_eq!(failure(&response), Some(UpstreamFailure::ConnectFailed));
}

/* ===== the last look ===== */

/// A server on loopback that answers everything, and keeps all that it was sent.
async fn keeping() -> (SocketAddr, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, kept) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<u8>>>::default());
    let keep = Arc::clone(&kept);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let keep = Arc::clone(&keep);
            tokio::spawn(async move {
                let mut piece = [0; 4096];
                while let Ok(read @ 1..) = stream.read(&mut piece).await {
                    keep.lock().unwrap().extend_from_slice(&piece[..read]);
                    stream.write_all(WHOLE.as_bytes()).await.unwrap();
                }
            });
        }
    });
    (address, kept)
}

struct Nowhere;

impl Recorder for Nowhere {
    fn record(&self, _: Trace) {}
}

fn allowing() -> Governance {
    Governance::compile(&Config::default(), &Environment::default(), [], [0; 32]).unwrap()
}

/// A call that an engine has let through.
fn let_through(
    engine: &Engine,
    uri: &str,
    method: &str,
    length: Option<&str>,
    body: &str,
) -> Request<Full<Bytes>> {
    let mut head = Request::builder().method(method).uri(uri);
    if let Some(length) = length {
        head = head.header("content-length", length);
    }
    let (parts, ()) = head.body(()).unwrap().into_parts();
    let mut reading = engine.begin(parts, Ingress::Inline).unwrap();
    reading.push(Bytes::copy_from_slice(body.as_bytes())).unwrap();
    let forward = reading.end().unwrap().admit().unwrap();
    Request::from_parts(forward.parts, Full::from(forward.body))
}

const CALLS: [(&str, Option<&str>, &str); 6] = [
    ("GET", None, ""),
    ("GET", Some("0"), ""),
    ("DELETE", None, ""),
    ("POST", Some("0"), ""),
    ("POST", None, "hello"),
    ("POST", Some("5"), "hello"),
];

/// Ways to take from a call what let it through.
const ENDS: [fn(&Engine); 2] =
    [|engine| engine.lease().hold_until(Duration::ZERO), |engine| drop(engine.load(allowing().at_epoch(2)))];

#[tokio::test]
async fn a_call_that_is_queued_with_its_connection_is_looked_at_when_that_takes_it() {
    for (method, length, body) in CALLS {
        for end in ENDS {
            let (address, kept) = keeping().await;
            let engine = Engine::new(allowing(), Arc::new(Nowhere));
            let upstream =
                Upstream::new(Settings { timeouts: PATIENT, own: Vec::new(), cut: CancellationToken::new() });
            let uri = format!("http://{address}/");
            let request = || let_through(&engine, &uri, method, length, body);
            let first = upstream.clone().oneshot(request()).await.unwrap();
            assert_eq!((failure(&first), first.status()), (None, StatusCode::OK), "{method} {length:?}");
            first.into_body().collect().await.unwrap();
            let sent = String::from_utf8(std::mem::take(&mut *kept.lock().unwrap())).unwrap();
            let says = length.filter(|_| body.is_empty()).or(Some("5").filter(|_| !body.is_empty()));
            let line = says.map(|length| format!("content-length: {length}\r\n"));
            assert!(line.as_ref().is_none_or(|line| sent.contains(line)), "{method}: {sent}");
            assert!(line.is_some() || !sent.contains("content-length"), "{method}: {sent}");
            // The connection goes back to its pool in a task of its own.
            tokio::time::sleep(Duration::from_millis(5)).await;

            let mut waiting = Box::pin(upstream.clone().oneshot(request()));
            // It is with the connection now, whose task has not run.
            assert!(poll_once(waiting.as_mut()).is_pending());
            end(&engine);
            // Now it runs, before anybody asks for the answer again.
            for _ in 0..16 {
                tokio::task::yield_now().await;
            }
            let second = waiting.await.unwrap();
            assert!(second.extensions().get::<Unsent>().is_some(), "{method} {length:?}");
            assert_eq!(*kept.lock().unwrap(), b"", "{method} {length:?}");
        }
    }
}

#[tokio::test]
async fn over_http_2_nothing_of_a_body_leaves_that_is_queued_with_its_connection() {
    for (method, length, body) in CALLS {
        for end in ENDS {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let whole = Arc::new(AtomicUsize::new(0));
            let counting = Arc::clone(&whole);
            tokio::spawn(async move {
                let (stream, _) = listener.accept().await.unwrap();
                let service = service_fn(move |request: Request<Incoming>| {
                    let counting = Arc::clone(&counting);
                    async move {
                        let read = request.into_body().collect().await;
                        counting.fetch_add(usize::from(read.is_ok()), Ordering::SeqCst);
                        read.map(|_| Response::new(Empty::<Bytes>::new()))
                    }
                });
                let io = TokioIo::new(stream);
                http2::Builder::new(TokioExecutor::new()).serve_connection(io, service).await.unwrap();
            });
            let engine = Engine::new(allowing(), Arc::new(Nowhere));
            let client = legacy::Client::builder(TokioExecutor::new()).http2_only(true).build_http();
            let ask = || {
                let request = let_through(&engine, &format!("http://{address}/"), method, length, body);
                let look = request.extensions().get::<LastLook>().cloned();
                let (mut head, body) = request.into_parts();
                let (body, gate) = Leaving::new(&mut head.headers, body, look);
                let answer = client.request(Request::from_parts(head, body));
                (Box::pin(answer), gate.unwrap())
            };
            let (first, gate) = ask();
            assert_eq!(first.await.unwrap().status(), StatusCode::OK, "{method} {length:?}");
            assert!(!gate.is_closed());
            let (mut second, gate) = ask();
            assert!(poll_once(second.as_mut()).is_pending());
            end(&engine);
            second.await.unwrap_err();
            assert!(gate.is_closed());
            // The connection goes on, and the server has seen no other call whole.
            engine.lease().hold_until(Duration::MAX);
            let (third, _) = ask();
            assert_eq!(third.await.unwrap().status(), StatusCode::OK, "{method} {length:?}");
            assert_eq!(whole.load(Ordering::SeqCst), 2, "{method} {length:?}");
        }
    }
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}
