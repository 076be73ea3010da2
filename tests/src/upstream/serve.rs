//! Connections in, scripted answers out.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response, header};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::body::{Departure, Paced};
use super::desk::{Answered, Desk, Received};
use super::dialect::{Answer, Dialect};
use super::script::{Ending, Script};
use super::socket::{Orders, Socket};
use super::{control, encode, errors};

type Reply = Response<BoxBody<Bytes, std::io::Error>>;

/// Serves every connection until the runtime ends.
pub(super) async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, desk: Arc<Desk>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        tokio::spawn(connection(stream, tls.clone(), Arc::clone(&desk)));
    }
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, desk: Arc<Desk>) {
    let orders = Orders::default();
    let socket = Socket::new(stream, orders.clone());
    let Some(tls) = tls else { return serve(socket, false, desk, orders).await };
    // Where the handshake fails, the other side has said why.
    let Ok(stream) = tls.accept(socket).await else { return };
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    serve(stream, is_http2, desk, orders).await;
}

async fn serve<I>(io: I, is_http2: bool, desk: Arc<Desk>, orders: Orders)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let io = TokioIo::new(io);
    let service = service_fn(move |request| answer(request, Arc::clone(&desk), orders.clone()));
    // An error here is the other side's leaving or a scripted fault; the desk already knows.
    let _ = if is_http2 {
        http2::Builder::new(TokioExecutor::new()).timer(TokioTimer::new()).serve_connection(io, service).await
    } else {
        http1::Builder::new().timer(TokioTimer::new()).serve_connection(io, service).await
    };
}

async fn answer(request: Request<Incoming>, desk: Arc<Desk>, orders: Orders) -> Result<Reply, Infallible> {
    let (head, body) = request.into_parts();
    let (body, whole) = collect(body).await;
    if let Some((status, value)) = control::answer(&desk, &head.method, head.uri.path(), &body) {
        let mut reply = Response::new(full(value.to_string()));
        *reply.status_mut() = status.try_into().unwrap_or_default();
        return Ok(reply);
    }
    let received = received(&head, body, whole);
    let script = encode::fill_in(desk.script_for(&received.path), received.credential());
    let number = desk.record(received.clone());
    if script.think_ms > 0 || matches!(script.ending, Ending::NeverStarts) {
        let unanswered = Unanswered { desk: &desk, number };
        tokio::time::sleep(Duration::from_millis(script.think_ms)).await;
        if matches!(script.ending, Ending::NeverStarts) {
            std::future::pending::<()>().await;
        }
        std::mem::forget(unanswered);
    }
    if let Some(bytes) = &script.socket_base64 {
        orders.say(encode::decode(bytes));
        desk.settle(number, Answered::Whole);
        return Ok(Response::new(full("")));
    }
    if matches!(script.ending, Ending::ResetsAfter(_)) {
        orders.reset();
    }
    Ok(reply(&received, script, desk, number))
}

/// Tells the desk when the other side leaves before the head: hyper then drops the future that holds this.
struct Unanswered<'a> {
    desk: &'a Desk,
    number: usize,
}

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        self.desk.settle(self.number, Answered::Abandoned);
    }
}

async fn collect(mut body: Incoming) -> (Bytes, bool) {
    let mut bytes = Vec::new();
    while !body.is_end_stream() {
        match body.frame().await {
            None => break,
            Some(Err(_)) => return (bytes.into(), false),
            Some(Ok(frame)) => bytes.extend(frame.into_data().unwrap_or_default()),
        }
    }
    (bytes.into(), true)
}

fn received(head: &http::request::Parts, body: Bytes, whole: bool) -> Received {
    let headers = head
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    Received {
        version: format!("{:?}", head.version),
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers,
        body,
        whole,
        answered: Answered::Pending,
    }
}

fn reply(received: &Received, script: Script, desk: Arc<Desk>, number: usize) -> Reply {
    let dialect = Dialect::of(&received.path);
    let mut answer = if script.status >= 400 {
        errors::answer(dialect, script.status)
    } else {
        dialect.answer(received, &script)
    };
    if let Some(raw) = encode::raw_chunks(&script) {
        answer = Answer { streamed: raw.len() > 1, chunks: raw, ..answer };
    }
    let mut reply = Response::builder().status(answer.status.unwrap_or(script.status));
    let own_type = script.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if !own_type && !answer.chunks.is_empty() {
        reply = reply.header(header::CONTENT_TYPE, answer.content_type);
    }
    if let Some(coding) = encode::name(script.coding) {
        reply = reply.header(header::CONTENT_ENCODING, coding);
    }
    let faultless = matches!(script.ending, Ending::Complete);
    let chunks = encode::finish(answer.chunks, &script);
    let own_length = script.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    if !answer.streamed && faultless && !own_length {
        reply = reply.header(header::CONTENT_LENGTH, chunks.iter().map(Bytes::len).sum::<usize>());
    }
    for (name, value) in answer.headers.iter().chain(&script.headers) {
        reply = reply.header(name, value);
    }
    let body = Paced::start(Departure { chunks, pace: script.pace, ending: script.ending }, desk, number);
    reply.body(body.boxed()).unwrap_or_else(|error| {
        let mut reply = Response::new(full(format!("the script's headers do not hold: {error}")));
        *reply.status_mut() = http::StatusCode::NOT_IMPLEMENTED;
        reply
    })
}

fn full(text: impl Into<Bytes>) -> BoxBody<Bytes, std::io::Error> {
    Full::new(text.into()).map_err(|never| match never {}).boxed()
}
