//! The layer around services of other people: what goes through untouched, what is refused, what is taken out.
#![cfg(feature = "layer")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Full};
use renlayer_dlp::layer::{DlpLayer, RequestBody};
use renlayer_dlp::{Scanner, Settings};
use tower::{Layer, Service, ServiceExt, service_fn};

const CARD: &str = "4111 1111 1111 1111";

/// E-mail addresses are taken out, cards blocked.
fn layer() -> DlpLayer {
    let settings: Settings =
        serde_json::from_str(r#"{"detectors": {"pii.email": {"action": "redact"}}}"#).unwrap();
    DlpLayer::new(Scanner::new(&settings).unwrap())
}

/// A body of frames that are all there.
#[derive(Clone, Default)]
struct Frames(VecDeque<Result<Bytes, &'static str>>, Option<HeaderMap>);

impl Body for Frames {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        let frame = self.0.pop_front().map(|frame| frame.map(Frame::data));
        Poll::Ready(frame.or_else(|| self.1.take().map(|trailers| Ok(Frame::trailers(trailers)))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty() && self.1.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.iter().flatten().map(|data| data.len() as u64).sum())
    }
}

fn frames<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Frames {
    Frames(pieces.into_iter().map(|piece| Ok(Bytes::copy_from_slice(piece))).collect(), None)
}

fn trailers() -> HeaderMap {
    [("checksum".parse().unwrap(), "1".parse().unwrap())].into_iter().collect()
}

/// What the inner service was asked, and what the caller was answered.
type Seen = Arc<Mutex<Option<(HeaderMap, Bytes, Option<HeaderMap>)>>>;

async fn send(layer: DlpLayer, media: &str, body: Frames) -> (Response<Bytes>, Seen) {
    let seen = Seen::default();
    let inner = service_fn({
        let seen = Arc::clone(&seen);
        move |request: Request<RequestBody>| {
            let seen = Arc::clone(&seen);
            async move {
                let (head, body) = request.into_parts();
                let body = body.collect().await.unwrap();
                let trailers = body.trailers().cloned();
                *seen.lock().unwrap() = Some((head.headers, body.to_bytes(), trailers));
                Ok::<_, Infallible>(Response::new(Frames::default()))
            }
        }
    });
    let length = body.size_hint().exact().unwrap();
    let request = Request::post("/x")
        .header("content-type", media)
        .header("content-length", length)
        .body(body)
        .unwrap();
    let (head, body) = layer.layer(inner).oneshot(request).await.unwrap().into_parts();
    (Response::from_parts(head, body.collect().await.unwrap().to_bytes()), seen)
}

/// The answer as the caller gets it, frame by frame.
async fn receive(layer: DlpLayer, answer: Response<Frames>) -> (http::response::Parts, Vec<String>) {
    let inner = service_fn(move |_: Request<RequestBody>| ready(Ok::<_, Infallible>(answer.clone())));
    let response = layer.layer(inner).oneshot(Request::new(Full::<Bytes>::default())).await.unwrap();
    let (head, mut body) = response.into_parts();
    let mut got = Vec::new();
    while let Some(frame) = body.frame().await {
        got.push(match frame.map(Frame::into_data) {
            Ok(Ok(data)) => data.iter().map(|&byte| char::from(byte)).collect(),
            Ok(Err(trailers)) => format!("trailers {}", trailers.into_trailers().unwrap().len()),
            Err(error) => format!("error {error}"),
        });
    }
    (head, got)
}

fn answer(media: &str, body: Frames) -> Response<Frames> {
    let length = body.size_hint().exact().unwrap();
    let answer = Response::builder().header("content-type", media).header("content-length", length);
    answer.body(body).unwrap()
}

#[tokio::test]
async fn a_clean_request_goes_on_with_its_trailers() {
    let body = Frames(frames([&b"a "[..], b"question"]).0, Some(trailers()));
    let (response, seen) = send(layer(), "text/plain", body).await;
    assert_eq!(response.status(), StatusCode::OK);
    let (headers, body, sent) = seen.lock().unwrap().take().unwrap();
    assert_eq!((&*body, sent), (&b"a question"[..], Some(trailers())));
    assert_eq!(headers["content-length"], "10");
    assert_eq!(headers["accept-encoding"], "identity");
}

#[tokio::test]
async fn a_request_is_redacted_in_its_own_format() {
    for (media, body, expected) in [
        ("text/plain", "to al@corp.io", "to [REDACTED:pii.email]"),
        ("application/json", r#"{"to":"al\u0040corp.io"}"#, r#"{"to":"[REDACTED:pii.email]"}"#),
        ("application/x-www-form-urlencoded", "to=al%40corp.io", "to=%5BREDACTED%3Apii.email%5D"),
    ] {
        let (_, seen) = send(layer(), media, frames(body.as_bytes().chunks(3))).await;
        let (headers, sent, _) = seen.lock().unwrap().take().unwrap();
        assert_eq!(sent, expected, "{media}");
        assert_eq!(headers["content-length"], expected.len().to_string(), "{media}");
    }
}

#[tokio::test]
async fn a_blocked_request_is_refused_by_its_class() {
    let body = format!("card {CARD}");
    let (response, seen) = send(layer(), "text/plain", frames([body.as_bytes()])).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(problem["class"], "payment.card_number");
    assert!(!problem.to_string().contains("4111"));
    assert!(seen.lock().unwrap().is_none());
}

#[tokio::test]
async fn a_request_that_cannot_be_scanned_is_refused() {
    let broken = Frames([Ok(Bytes::from_static(b"half")), Err("reset")].into(), None);
    for (body, expected) in
        [(frames([&b"12345"[..], b"6789"]), StatusCode::PAYLOAD_TOO_LARGE), (broken, StatusCode::BAD_REQUEST)]
    {
        let (response, seen) = send(layer().bound(8), "text/plain", body).await;
        assert_eq!(response.status(), expected);
        assert!(seen.lock().unwrap().is_none());
    }
    let inner =
        service_fn(|_: Request<RequestBody>| ready(Ok::<_, Infallible>(Response::new(Frames::default()))));
    let request = Request::post("/x").header("content-encoding", "gzip").body(frames([&b"zip"[..]])).unwrap();
    let response = layer().layer(inner).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_text_answer_is_redacted_wherever_its_frames_are_cut() {
    let text = "Grüße an al@corp.io. Ende.".as_bytes();
    let expected: String = "Grüße an [REDACTED:pii.email]. Ende.".bytes().map(char::from).collect();
    for cut in 1..text.len() {
        let (head, got) = receive(layer(), answer("text/plain", frames(text.chunks(cut)))).await;
        assert_eq!(got.concat(), expected, "frames of {cut}");
        assert!(!head.headers.contains_key("content-length"));
    }
}

#[tokio::test]
async fn bytes_that_are_no_utf8_leave_as_they_came() {
    let text = b"Gr\xFC\xDFe. \xEF\xBF\xBD Ende\xC3";
    let expected: String = text.iter().map(|&byte| char::from(byte)).collect();
    for cut in 1..text.len() {
        let (_, got) = receive(layer(), answer("text/plain", frames(text.chunks(cut)))).await;
        assert_eq!(got.concat(), expected, "frames of {cut}");
    }
}

#[tokio::test]
async fn a_blocked_stream_ends_before_the_match() {
    let body =
        Frames(frames([&b"Yours is 4111 11"[..], b"11 1111 1111. ", b"And so on."]).0, Some(trailers()));
    let (head, got) = receive(layer(), answer("text/plain", body)).await;
    assert_eq!((head.status, got.concat()), (StatusCode::OK, "Yours is ".to_owned()));
}

#[tokio::test]
async fn a_stream_keeps_its_frames_its_trailers_and_its_error() {
    let body = Frames(frames([&b"One. "[..], b"Two. "]).0, Some(trailers()));
    assert_eq!(receive(layer(), answer("text/plain", body)).await.1, ["One. ", "Two. ", "trailers 1"]);
    let body = Frames([Ok(Bytes::from_static(b"One. ")), Err("reset")].into(), None);
    for (media, expected) in
        [("text/plain", &["One. ", "error reset"][..]), ("application/json", &["error reset"])]
    {
        assert_eq!(receive(layer(), answer(media, body.clone())).await.1, expected, "{media}");
    }
}

#[tokio::test]
async fn a_json_answer_is_judged_whole() {
    let body = br#"{"to":"al\u0040corp.io"}"#;
    let (head, got) = receive(layer(), answer("application/json", frames(body.chunks(5)))).await;
    assert_eq!(got, [r#"{"to":"[REDACTED:pii.email]"}"#]);
    assert_eq!(head.headers["content-length"], got[0].len().to_string());
    let body = format!(r#"{{"card":"{CARD}"}}"#);
    let (head, _) = receive(layer(), answer("application/json", frames([body.as_bytes()]))).await;
    assert_eq!(head.status, StatusCode::FORBIDDEN);
    let (head, _) = receive(layer().bound(8), answer("application/json", frames([body.as_bytes()]))).await;
    assert_eq!(head.status, StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn what_is_no_text_passes_untouched() {
    let body = Frames(frames([CARD.as_bytes()]).0, Some(trailers()));
    let mut picture = answer("image/png", body);
    picture.headers_mut().insert("content-encoding", "br".parse().unwrap());
    let inner = service_fn({
        let picture = picture.clone();
        move |_: Request<RequestBody>| ready(Ok::<_, Infallible>(picture.clone()))
    });
    let response = layer().layer(inner).oneshot(Request::new(Full::<Bytes>::default())).await.unwrap();
    assert_eq!(response.body().size_hint().exact(), Some(CARD.len() as u64));
    let (head, got) = receive(layer(), picture.clone()).await;
    assert_eq!(&head.headers, picture.headers());
    assert_eq!(got, [CARD, "trailers 1"]);
}

#[tokio::test]
async fn an_answer_without_a_body_keeps_the_length_it_speaks_of() {
    let mut head = answer("text/plain", Frames::default());
    head.headers_mut().insert("content-length", 123.into());
    assert_eq!(receive(layer(), head).await.0.headers["content-length"], "123");
}

#[tokio::test]
async fn an_encoded_text_is_not_let_through() {
    let mut encoded = answer("text/plain", frames([&b"zip"[..]]));
    encoded.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
    assert_eq!(receive(layer(), encoded).await.0.status, StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn findings_are_told_once_in_both_directions() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let layer = layer().on_findings({
        let told = Arc::clone(&told);
        move |direction, findings| {
            let classes = findings.iter().map(|finding| finding.class.to_string());
            told.lock().unwrap().extend(classes.map(|class| format!("{direction:?} {class}")));
        }
    });
    send(layer.clone(), "text/plain", frames([&b"to al@corp.io"[..]])).await;
    receive(layer, answer("text/plain", frames(b"By al@corp.io, to bo@corp.io. Bye.".chunks(4)))).await;
    assert_eq!(*told.lock().unwrap(), ["Request pii.email", "Response pii.email", "Response pii.email"]);
}

/// A service that is ready the second time it is asked, and may only be called then. A clone has to be asked anew.
struct Slow(u8);

impl Clone for Slow {
    fn clone(&self) -> Self {
        Self(0)
    }
}

impl Service<Request<RequestBody>> for Slow {
    type Response = Response<Frames>;
    type Error = &'static str;
    type Future = Ready<Result<Self::Response, &'static str>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        self.0 += 1;
        cx.waker().wake_by_ref();
        if self.0 < 2 { Poll::Pending } else { Poll::Ready(Ok(())) }
    }

    fn call(&mut self, _: Request<RequestBody>) -> Self::Future {
        assert_eq!(self.0, 2, "called without being ready");
        ready(Err("broken"))
    }
}

#[tokio::test]
async fn readiness_and_errors_are_those_of_the_inner_service() {
    let mut service = layer().layer(Slow(0));
    for _ in 0..2 {
        let ready = ServiceExt::<Request<Full<Bytes>>>::ready(&mut service).await.unwrap();
        assert_eq!(ready.call(Request::new(Full::default())).await.unwrap_err(), "broken");
    }
}
