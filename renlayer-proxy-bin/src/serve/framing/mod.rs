//! Requests that two readers could cut out of the same bytes in two ways (request smuggling) are refused.
//!
//! hyper follows RFC 9112 where that lets a recipient repair a message: of `Content-Length` beside `Transfer-Encoding` it
//! drops the former, lines may end with a bare LF. A proxy that does so vouches for a message that whoever stands before
//! it may have read differently. So the bytes of an HTTP/1 connection are followed on their way to hyper, and where they
//! are ambiguous one of them is replaced by a NUL, which no parser accepts: the answer is 400, and the connection ends.
//!
//! | refused | because |
//! |---|---|
//! | both lengths, or either twice | readers differ in which one counts |
//! | a length that is not plain digits, a coding other than `chunked` | readers differ in what it means |
//! | bare LF, bare CR, NUL, continuation lines | readers differ in where a line ends |
//! | chunk sizes with anything but hexadecimal digits and an extension | readers differ in where a chunk ends |

mod chunks;
mod head;
mod io;

use self::chunks::Chunks;
use self::head::{Head, Length};

pub(super) use self::io::Watched;

/// Where in its requests a connection is.
pub(super) struct Framing {
    state: State,
    max_line: usize,
}

enum State {
    Head(Head),
    Body(u64),
    Chunks(Chunks),
    /// Refused, or no longer HTTP/1: the rest is not ours to read.
    Unwatched,
}

/// What a piece of bytes led to.
#[derive(Debug, PartialEq, Eq)]
enum Step<T> {
    /// All of it belongs to what is being read.
    More,
    /// What is being read ended after so many bytes.
    Done(usize, T),
    /// The byte at this place must not be read by anybody.
    Ambiguous(usize),
}

// === impl Framing ===

impl Framing {
    /// A connection before its first request; no line may be longer than `max_line`.
    pub(super) fn new(max_line: usize) -> Self {
        Self { state: State::Head(Head::default()), max_line }
    }

    /// Follows bytes that were just read, and spoils them where they are ambiguous.
    pub(super) fn follow(&mut self, mut bytes: &mut [u8]) {
        while !bytes.is_empty() {
            let taken = self.step(bytes);
            bytes = bytes.get_mut(taken..).unwrap_or_default();
        }
    }

    /// How many bytes were dealt with.
    fn step(&mut self, bytes: &mut [u8]) -> usize {
        let (taken, next) = match &mut self.state {
            State::Unwatched => (bytes.len(), None),
            State::Body(left) => {
                let taken = usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
                *left -= taken as u64;
                (taken, (*left == 0).then(|| State::Head(Head::default())))
            }
            State::Head(head) => match head.read(bytes, self.max_line) {
                Step::More => (bytes.len(), None),
                Step::Done(taken, length) => (taken, Some(after(length))),
                Step::Ambiguous(place) => spoil(bytes, place),
            },
            State::Chunks(chunks) => match chunks.read(bytes) {
                Step::More => (bytes.len(), None),
                Step::Done(taken, ()) => (taken, Some(State::Head(Head::default()))),
                Step::Ambiguous(place) => spoil(bytes, place),
            },
        };
        if let Some(next) = next {
            self.state = next;
        }
        taken
    }
}

fn after(length: Length) -> State {
    match length {
        Length::Bytes(0) => State::Head(Head::default()),
        Length::Bytes(bytes) => State::Body(bytes),
        Length::Chunked => State::Chunks(Chunks::default()),
        Length::Unbounded => State::Unwatched,
    }
}

fn spoil(bytes: &mut [u8], place: usize) -> (usize, Option<State>) {
    if let Some(byte) = bytes.get_mut(place) {
        *byte = 0;
    }
    (bytes.len(), Some(State::Unwatched))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether all of the bytes pass, however they are cut.
    fn passes(request: &str) -> bool {
        let verdicts: Vec<bool> = (1..=request.len().min(40))
            .map(|size| {
                let mut framing = Framing::new(8192);
                let mut bytes = request.as_bytes().to_vec();
                bytes.chunks_mut(size).for_each(|chunk| framing.follow(chunk));
                bytes == request.as_bytes()
            })
            .collect();
        assert!(verdicts.windows(2).all(|pair| pair[0] == pair[1]), "{request:?}: {verdicts:?}");
        verdicts[0]
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
}
