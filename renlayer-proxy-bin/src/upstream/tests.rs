//! The client against local servers that behave in every way but well.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::*;
use renlayer_core::exchange::UpstreamFailure;

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
