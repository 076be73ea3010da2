//! Which protocol a new connection speaks, without taking a byte from it.

use std::io;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::sleep;

/// What every HTTP/2 connection begins with (RFC 9113, 3.4). It is waited for whole, because here the wait has an end.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Peeking at an incomplete preface returns at once; a little rest between looks is enough.
const REST: Duration = Duration::from_millis(10);

/// A protocol as its first bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Http1,
    Http2,
}

/// Waits for the first bytes. An error also stands for a client that left without a word.
pub(super) async fn protocol(stream: &TcpStream) -> io::Result<Protocol> {
    let mut first = [0; PREFACE.len()];
    loop {
        let seen = stream.peek(&mut first).await?;
        match decide(first.get(..seen).unwrap_or_default()) {
            Some(protocol) => return Ok(protocol),
            None if seen == 0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            None => sleep(REST).await,
        }
    }
}

/// Nothing is decided while all there is could still become the preface.
fn decide(seen: &[u8]) -> Option<Protocol> {
    if seen.starts_with(PREFACE) {
        Some(Protocol::Http2)
    } else if PREFACE.starts_with(seen) {
        None
    } else {
        Some(Protocol::Http1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_decide() {
        let cases: [(&[u8], _); 9] = [
            (b"", None),
            (b"P", None),
            (b"PR", None),
            (b"PRI * HTTP/2.0\r\n", None),
            (PREFACE, Some(Protocol::Http2)),
            (b"PRI / HTTP/1.1", Some(Protocol::Http1)),
            (b"POST", Some(Protocol::Http1)),
            (b"PROP", Some(Protocol::Http1)),
            (b"GET ", Some(Protocol::Http1)),
        ];
        for (seen, expected) in cases {
            assert_eq!(decide(seen), expected, "{seen:?}");
        }
    }
}
