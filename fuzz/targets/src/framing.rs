//! Where HTTP/1 requests end: the proxy's gate, followed by the parser that reads behind it.

use crate::Target;
use crate::input::{Choices, chunks, seed};

/// The gate's.
pub const TARGETS: &[Target] = &[Target {
    name: "framing",
    holds: "chunks are judged as the whole is; what passes has one reading",
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

/// The binary's own file: it has no library to take it from.
#[path = "../../../renlayer-proxy-bin/src/serve/framing/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the connection around it is not followed here")]
mod gate;

fn framing(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let cuts = choices.cuts();
    let request = choices.rest();
    let whole = follow(&[request]);
    let cut = follow(&chunks(request, &cuts));
    let spoilt = |after: &[u8]| after.iter().zip(request).filter(|(after, before)| after != before).count();
    assert!(spoilt(&whole) <= 1 && spoilt(&cut) <= 1, "one byte is enough to refuse");
    let passes = |after: &[u8]| after == request;
    // A NUL that stands where one would be put is refused all the same.
    if !request.contains(&0) {
        assert_eq!(passes(&whole), passes(&cut), "{:?}", String::from_utf8_lossy(request));
        if passes(&whole) {
            assert_one_reading(request);
        }
    }
}

fn follow(pieces: &[&[u8]]) -> Vec<u8> {
    let mut framing = gate::Framing::new(8192);
    let mut bytes = pieces.concat();
    let mut rest = &mut bytes[..];
    for piece in pieces {
        let (now, later) = rest.split_at_mut(piece.len());
        framing.follow(now);
        rest = later;
    }
    bytes
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
        "CONNECT a:1 HTTP/1.1\r\n\r\n\0\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ]
    .iter()
    .map(|text| seed(&[7, 0, 20], text))
    .collect()
}
