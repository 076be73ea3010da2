//! Requests however they are cut: what hyper reads, and what is refused.

use http::Method;

use super::*;

/// What goes on of a connection whose bytes come in pieces of this size, and what was refused in which place.
fn followed(bytes: &[u8], size: usize) -> (Vec<u8>, Option<(u64, BadHead)>) {
    let bounds = Bounds { max_headers: 4, max_header_bytes: 500, ..Bounds::default() };
    let refusals = Refusals::default();
    let mut framing = Framing::new(&bounds, None, refusals.clone());
    let (mut bytes, mut passed) = (bytes.to_vec(), Vec::new());
    for piece in bytes.chunks_mut(size) {
        let instead = framing.follow(piece);
        passed.extend(instead.unwrap_or_else(|| piece.to_vec()));
    }
    passed.extend(framing.end());
    let refused = (0..9).find_map(|number| refusals.next().map(|head| (number, head)));
    (passed, refused)
}

/// The same however they are cut.
fn follow(bytes: &str) -> (String, Option<(u64, BadHead)>) {
    let (passed, refused) = followed(bytes.as_bytes(), bytes.len());
    for size in 1..bytes.len().min(40) {
        let (again, refused_again) = followed(bytes.as_bytes(), size);
        assert_eq!(again, passed, "{bytes:?} in pieces of {size}");
        let fault = |refused: &Option<(u64, BadHead)>| refused.as_ref().map(|(n, head)| (*n, head.fault));
        assert_eq!(fault(&refused_again), fault(&refused), "{bytes:?} in pieces of {size}");
    }
    (String::from_utf8(passed).unwrap(), refused)
}

fn passes(request: &str) -> bool {
    follow(request) == (request.to_owned(), None)
}

#[test]
fn plain_requests_pass() {
    for request in [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab\ncdGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\ncontent-length:0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\na\nb\r\nA;x=y\r\n0123456789\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx-checksum: 1\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nx-content-length: 1\r\nx: Transfer-Encoding: gzip\r\n\r\n",
    ] {
        assert!(passes(request), "{request:?}");
    }
}

#[test]
fn ambiguous_requests_do_not() {
    for request in [
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 0x5\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length:\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length : 5\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: \x0bchunked\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\n",
        "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;\n\r\nabc\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000003\r\nabc\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
    ] {
        assert!(!passes(request), "{request:?}");
    }
}

#[test]
fn a_bad_head_is_replaced_and_what_came_before_it_goes_on() {
    use HeadFault as F;
    const GOOD: &str = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    let stand_in = std::str::from_utf8(STAND_IN).unwrap();
    let long = format!("GET /b HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(600));
    let get = Some(Method::GET);
    for (bad, fault, method, target) in [
        ("GET /b HTTP/1.1\nHost: a\r\n\r\n", F::Framing, get.clone(), Some("/b")),
        ("GET /b HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", F::Framing, get.clone(), Some("/b")),
        ("GET /b HTTP/1.1\r\nno colon\r\n\r\n", F::Framing, get.clone(), Some("/b")),
        ("GET /b HTTP/9.9\r\nHost: a\r\n\r\n", F::Malformed, get.clone(), Some("/b")),
        ("GET  /b  HTTP/1.1\r\nHost: a\r\n\r\n", F::Malformed, None, None),
        ("NOT HTTP AT ALL\r\n\r\n", F::Malformed, None, None),
        ("G\u{1}T /b HTTP/1.1\r\nHost: a\r\n\r\n", F::Malformed, None, Some("/b")),
        ("GET /b HTTP/1.1\r\na b: c\r\n\r\n", F::Malformed, get.clone(), Some("/b")),
        (
            "GET /b HTTP/1.1\r\na: 1\r\nb: 2\r\nc: 3\r\nd: 4\r\ne: 5\r\n\r\n",
            F::TooLarge,
            get.clone(),
            Some("/b"),
        ),
        ("GET /b HTTP/1.1\r\nHost", F::Malformed, get.clone(), Some("/b")),
        (&long, F::TooLarge, get.clone(), Some("/b")),
    ] {
        let (passed, refused) = follow(&format!("{GOOD}{bad}"));
        assert_eq!(passed, format!("{GOOD}{stand_in}"), "{bad:?}");
        let (number, head) = refused.unwrap();
        assert_eq!((number, head.fault), (1, fault), "{bad:?}");
        assert_eq!((head.method, head.target.as_deref()), (method, target), "{bad:?}");
    }
}

#[test]
fn nothing_goes_on_after_a_refused_head() {
    let smuggled = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let (passed, refused) = follow(&format!("GET / HTTP/1.1\nHost: a\r\n\r\n{smuggled}{smuggled}"));
    assert_eq!((passed.as_bytes(), refused.unwrap().0), (STAND_IN, 0));
}
