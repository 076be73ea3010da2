//! A listener with a handler of three kinds of answer: at once, late, and one that never ends.

use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Channel, Empty};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use renlayer_core::exchange::BadHead;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tower::service_fn;

use super::*;

const LATE: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(30);

fn start(bounds: Bounds, cut: CancellationToken) -> (SocketAddr, Server) {
    let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let handler = service_fn(move |request: Request<Incoming>| {
        let cut = cut.clone();
        async move {
            if let Some(head) = request.extensions().get::<BadHead>() {
                let (mut sender, body) = Channel::<Bytes, Infallible>::new(1);
                sender.send_data(head.fault.code().into()).await.unwrap();
                return Ok(Response::builder().status(head.fault.status()).body(body).unwrap());
            }
            let (mut sender, body) = Channel::<Bytes, Infallible>::new(1);
            match request.uri().path() {
                "/late" => tokio::time::sleep(LATE).await,
                "/never" => pending().await,
                _ => {}
            }
            tokio::spawn(async move {
                sender.send_data("ok".into()).await.unwrap();
                if request.uri().path() == "/endless" {
                    cut.cancelled().await;
                    sender.send_data(" cut".into()).await.unwrap();
                }
            });
            Ok::<_, Infallible>(Response::new(body))
        }
    });
    (listener.local_addr().unwrap(), Server::start(listener, bounds, handler))
}

async fn get(address: SocketAddr, path: &str, http2: bool) -> Response<Incoming> {
    let client = Client::builder(TokioExecutor::new()).http2_only(http2).build_http::<Empty<Bytes>>();
    client.get(format!("http://{address}{path}").parse().unwrap()).await.unwrap()
}

async fn text(response: Response<Incoming>) -> Bytes {
    response.into_body().collect().await.unwrap().to_bytes()
}

async fn said(address: SocketAddr, words: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(words).await.unwrap();
    let mut heard = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut heard))
        .await
        .expect("closed in time");
    String::from_utf8(heard).unwrap()
}

#[tokio::test]
async fn both_protocols_are_spoken_on_one_port() {
    let (address, _server) = start(Bounds::default(), CancellationToken::new());
    for http2 in [false, true] {
        assert_eq!(text(get(address, "/", http2).await).await, "ok");
    }
}

#[tokio::test]
async fn heads_have_bounds() {
    let bounds = Bounds {
        max_headers: 4,
        max_header_bytes: 8 * 1024,
        max_uri_bytes: 100,
        header_timeout: LATE,
        ..Bounds::default()
    };
    let (address, _server) = start(bounds, CancellationToken::new());
    let cases = [
        (format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "x".repeat(200)), "HTTP/1.1 414"),
        (format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "x".repeat(9000)), "HTTP/1.1 431"),
        (format!("GET / HTTP/1.1\r\nhost: a\r\n{}\r\n", "x: y\r\n".repeat(4)), "HTTP/1.1 431"),
        ("GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n".into(), "HTTP/1.1 400"),
        ("GET / HTTP/1.1\r\nhost: a\ncontent-length: 0\r\n\r\n".into(), "HTTP/1.1 400"),
        (
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n".into(),
            "HTTP/1.1 400",
        ),
        ("GET / HTTP/1.1\r\nhost: slow".into(), ""),
        ("PRI * HTT".into(), ""),
        ("P".into(), ""),
    ];
    for (request, expected) in cases {
        let heard = said(address, request.as_bytes()).await;
        assert!(
            heard.starts_with(expected) && heard.is_empty() == expected.is_empty(),
            "{expected}: {heard}"
        );
    }
}

#[tokio::test]
async fn a_drain_waits_for_calls_under_way() {
    let cut = CancellationToken::new();
    let (address, server) = start(Bounds::default(), cut.clone());
    let idle = TcpStream::connect(address).await.unwrap();
    let call = tokio::spawn(async move { text(get(address, "/late", false).await).await });
    tokio::time::sleep(LATE / 4).await;
    let drained = server.drain(LONG, &cut).await;
    assert!(!drained.cut && drained.took < LONG);
    assert_eq!(call.await.unwrap(), "ok");
    assert!(TcpStream::connect(address).await.is_err());
    drop(idle);
}

#[tokio::test]
async fn a_drain_cuts_at_its_deadline() {
    let cut = CancellationToken::new();
    let (address, server) = start(Bounds::default(), cut.clone());
    let endless = get(address, "/endless", false).await;
    let drained = server.drain(LATE, &cut).await;
    assert!(drained.cut);
    assert_eq!(text(endless).await, "ok cut");
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let (address, _server) = start(Bounds::default(), CancellationToken::new());
    let error = bind(address).unwrap_err();
    assert_eq!(error.to_string(), format!("{} is already in use", address));
}
