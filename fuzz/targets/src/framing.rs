//! Where HTTP/1 requests end: the proxy's gate, followed by the parser that reads behind it.

use std::pin::pin;
use std::task::{Context, Waker};

use tokio::io::{AsyncRead as _, ReadBuf};

use crate::Target;
use crate::input::{Choices, seed};

/// The gate's.
pub const TARGETS: &[Target] = &[Target {
    name: "framing",
    holds: "chunks are judged as the whole is; what passes has one reading, what does not is replaced",
    run: framing,
    seeds: requests,
    words: &[
        "\r\n",
        "\r\n\r\n",
        "\n",
        "GET / HTTP/1.1",
        "POST / HTTP/1.1",
        "CONNECT a:1 HTTP/1.1",
        "Content-Length: ",
        "content-length:",
        "Transfer-Encoding: chunked",
        "transfer-encoding:\t",
        "0\r\n\r\n",
        "5;x=y\r\n",
        "\0",
        " ",
        "Host: a",
    ],
}];

/// The binary's own files: it has no library to take them from.
#[path = "../../../renlayer-proxy-bin/src/serve/bounds.rs"]
#[allow(dead_code, reason = "most bounds are the connection's, which is not followed here")]
mod bounds;
#[path = "../../../renlayer-proxy-bin/src/serve/framing/mod.rs"]
mod gate;

use bounds::Bounds;

fn framing(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let cuts = choices.cuts();
    let request = choices.rest();
    let whole = follow(request, &[request.len()]);
    assert_eq!(whole, follow(request, &cuts), "{:?}", String::from_utf8_lossy(request));
    let (passed, is_refused) = whole;
    let own = if is_refused { before_stand_in(&passed) } else { &passed[..] };
    let changed = own.iter().zip(request).filter(|(after, before)| after != before).count();
    assert!(own.len() <= request.len() && changed <= 1, "one byte is enough to refuse");
    assert!(is_refused || request[own.len()..].trim_ascii().is_empty(), "a head that breaks off is refused");
    // A NUL that stands where one would be put is refused all the same.
    if changed == 0 && !request.contains(&0) {
        assert_one_reading(&passed);
    }
}

/// What goes on of a connection that is read in pieces of these lengths, and whether a head of it was refused.
fn follow(request: &[u8], cuts: &[usize]) -> (Vec<u8>, bool) {
    let bounds = Bounds { max_headers: 64, max_header_bytes: 8192, ..Bounds::default() };
    let refusals = gate::Refusals::default();
    let mut connection = gate::Watched::new(request, gate::Framing::new(&bounds, None, refusals.clone()));
    let mut passed = Vec::new();
    for cut in cuts.iter().cycle() {
        let mut room = vec![0; cut + 1];
        let mut piece = ReadBuf::new(&mut room);
        let read = pin!(&mut connection).poll_read(&mut Context::from_waker(Waker::noop()), &mut piece);
        // After a refusal the connection waits for its end.
        if read.is_pending() || piece.filled().is_empty() {
            break;
        }
        passed.extend_from_slice(piece.filled());
    }
    let is_refused = (0..=request.len()).any(|_| refusals.next().is_some());
    (passed, is_refused)
}

/// What went on before the stand-in, which is a whole request and the last one.
fn before_stand_in(passed: &[u8]) -> &[u8] {
    let begin = memchr::memmem::rfind(passed, b"GET / HTTP/1.1\r\n").expect("a stand-in");
    let (before, stand_in) = passed.split_at(begin);
    let mut headers = [httparse::EMPTY_HEADER; 4];
    let parsed = httparse::Request::new(&mut headers).parse(stand_in);
    assert_eq!(parsed, Ok(httparse::Status::Complete(stand_in.len())));
    before
}

/// Reads requests as hyper does, by the same parser, and as one who knows nothing of chunks; both see one length.
fn assert_one_reading(mut bytes: &[u8]) {
    loop {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Request::new(&mut headers);
        let Ok(httparse::Status::Complete(taken)) = head.parse(bytes) else { return };
        if head.method == Some("CONNECT") {
            return;
        }
        let of = |name: &str| {
            head.headers
                .iter()
                .filter(|h| h.name.eq_ignore_ascii_case(name))
                .map(|h| h.value)
                .collect::<Vec<_>>()
        };
        let (lengths, codings) = (of("content-length"), of("transfer-encoding"));
        assert!(lengths.len() + codings.len() <= 1, "{:?}", String::from_utf8_lossy(&bytes[..taken]));
        bytes = &bytes[taken..];
        if let Some(length) = lengths.first() {
            let length: u64 = std::str::from_utf8(length).unwrap().parse().expect("a length is digits");
            bytes = bytes.get(usize::try_from(length).unwrap_or(usize::MAX)..).unwrap_or_default();
        } else if let Some(coding) = codings.first() {
            assert!(coding.eq_ignore_ascii_case(b"chunked"), "{coding:?}");
            let Some(rest) = after_chunks(bytes) else { return };
            bytes = rest;
        }
    }
}

/// What stands behind a chunked body without trailers; nothing where it is not complete or has some.
fn after_chunks(mut bytes: &[u8]) -> Option<&[u8]> {
    loop {
        let Ok(httparse::Status::Complete((at, size))) = httparse::parse_chunk_size(bytes) else {
            return None;
        };
        bytes = bytes.get(at..)?.get(usize::try_from(size).ok()?..)?;
        let end = bytes.get(..2)?;
        // Trailers stand where the last line end would.
        if size == 0 {
            return (end == b"\r\n").then_some(&bytes[2..]);
        }
        assert_eq!(end, b"\r\n", "a chunk ends where it says");
        bytes = &bytes[2..];
    }
}

fn requests() -> Vec<Vec<u8>> {
    [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab\ncdGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\na\nb\r\nA;x=y\r\n0123456789\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx-checksum: 1\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nno colon\r\n\r\nGET /c HTTP/1.1\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HT",
        "CONNECT a:1 HTTP/1.1\r\n\r\n\0\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ]
    .iter()
    .map(|text| seed(&[7, 0, 20], text))
    .collect()
}
