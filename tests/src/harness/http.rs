//! HTTP/1.1 over a bare socket: sends exactly the bytes it is given, and shows an answer chunk by chunk.
//!
//! A client library would refuse to send most of what a gateway must withstand, and would hide when each chunk came.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};

use serde_json::Value;

use super::PATIENCE;

/// One connection.
pub struct Connection {
    stream: BufReader<TcpStream>,
}

/// The status line and headers of an answer.
#[derive(Clone, Debug)]
pub struct Head {
    /// The status code.
    pub status: u16,
    /// Names in lower case, and values, in order.
    pub headers: Vec<(String, String)>,
}

/// A whole answer, or as much of one as came.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names in lower case, and values, in order.
    pub headers: Vec<(String, String)>,
    /// The body, after transfer coding.
    pub body: Vec<u8>,
    /// Whether the body came to its proper end.
    pub whole: bool,
}

/// How a body is delimited, and how much of it is to come.
enum Rest {
    Length(usize),
    Chunked,
    UntilClose,
    Nothing,
}

impl Connection {
    /// Opens a connection.
    #[must_use]
    pub fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect_timeout(&address, PATIENCE).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a read timeout");
        stream.set_write_timeout(Some(PATIENCE)).expect("a write timeout");
        stream.set_nodelay(true).expect("no delay");
        Self { stream: BufReader::new(stream) }
    }

    /// Sends these bytes. A peer that has already answered and closed is no error: the answer says why.
    pub fn send(&mut self, bytes: &[u8]) -> &mut Self {
        let _ = self.stream.get_mut().write_all(bytes);
        self
    }

    /// Says that nothing more will be sent.
    pub fn finish_sending(&mut self) -> &mut Self {
        let _ = self.stream.get_ref().shutdown(Shutdown::Write);
        self
    }

    /// The next head; `None` when the connection ended first.
    pub fn head(&mut self) -> Option<Head> {
        loop {
            let status: u16 = self.line()?.split(' ').nth(1)?.parse().ok()?;
            let mut headers = Vec::new();
            loop {
                let line = self.line()?;
                if line.is_empty() {
                    break;
                }
                let (name, value) = line.split_once(':')?;
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
            if status >= 200 {
                return Some(Head { status, headers });
            }
        }
    }

    /// The next answer to its end.
    pub fn response(&mut self) -> Option<Response> {
        let head = self.head()?;
        let (body, whole) = self.body(&head, |_| true);
        Some(Response { status: head.status, headers: head.headers, body, whole })
    }

    /// Reads the body under `head` until it holds `needle`, which may never come: then the test fails.
    pub fn read_until(&mut self, head: &Head, needle: &str) -> String {
        let (body, _) = self.body(head, |body| !String::from_utf8_lossy(body).contains(needle));
        let text = String::from_utf8_lossy(&body).into_owned();
        assert!(text.contains(needle), "{needle:?} did not arrive; what did: {text:?}");
        text
    }

    /// Reads the body while `more` wants it; also whether it came to its end.
    pub fn body(&mut self, head: &Head, more: impl Fn(&[u8]) -> bool) -> (Vec<u8>, bool) {
        let mut rest = Rest::of(head);
        let mut body = Vec::new();
        loop {
            match self.piece(&mut rest) {
                Ok(piece) if piece.is_empty() => return (body, true),
                Ok(piece) => body.extend(piece),
                Err(error) if timed_out(&error) => {
                    panic!("no more after {:?}", String::from_utf8_lossy(&body))
                }
                Err(_) => return (body, false),
            }
            if !more(&body) {
                return (body, false);
            }
        }
    }

    fn piece(&mut self, rest: &mut Rest) -> std::io::Result<Vec<u8>> {
        match rest {
            Rest::Nothing | Rest::Length(0) => Ok(Vec::new()),
            Rest::Length(left) => {
                let piece = self.some(*left)?;
                if piece.is_empty() {
                    return Err(ErrorKind::UnexpectedEof.into());
                }
                *left -= piece.len();
                Ok(piece)
            }
            Rest::UntilClose => self.some(1 << 16),
            Rest::Chunked => self.chunk(rest),
        }
    }

    fn chunk(&mut self, rest: &mut Rest) -> std::io::Result<Vec<u8>> {
        let line = self.line().ok_or(ErrorKind::UnexpectedEof)?;
        let size = usize::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16);
        let mut piece = vec![0; size.map_err(|_| ErrorKind::InvalidData)?];
        self.stream.read_exact(&mut piece)?;
        if piece.is_empty() {
            *rest = Rest::Nothing;
        }
        // The line end after the chunk, or the empty line after the trailers.
        while !self.line().ok_or(ErrorKind::UnexpectedEof)?.is_empty() {}
        Ok(piece)
    }

    /// What is there, up to `most`, waiting for the first byte.
    fn some(&mut self, most: usize) -> std::io::Result<Vec<u8>> {
        let there = self.stream.fill_buf()?;
        let piece = there.get(..most.min(there.len())).unwrap_or_default().to_vec();
        self.stream.consume(piece.len());
        Ok(piece)
    }

    fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        match self.stream.read_until(b'\n', &mut line) {
            Err(error) if timed_out(&error) => panic!("no answer within {PATIENCE:?}"),
            Err(_) | Ok(0) => return None,
            Ok(_) => {}
        }
        let text = String::from_utf8_lossy(&line);
        Some(text.trim_end_matches(['\r', '\n']).to_owned())
    }
}

impl Rest {
    fn of(head: &Head) -> Self {
        if matches!(head.status, 204 | 304) {
            return Self::Nothing;
        }
        if find(&head.headers, "transfer-encoding").is_some_and(|value| value.contains("chunked")) {
            return Self::Chunked;
        }
        match find(&head.headers, "content-length").and_then(|value| value.parse().ok()) {
            Some(length) => Self::Length(length),
            None => Self::UntilClose,
        }
    }
}

impl Head {
    /// The first value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

impl Response {
    /// The first value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The body as text; bytes that are no UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; fails the test when it is not.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {:?}", self.text()))
    }

    /// Headers and body as one text: to assert that something is nowhere in it.
    #[must_use]
    pub fn everything(&self) -> String {
        let headers: String = self.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
        format!("{headers}\n{}", self.text())
    }

    /// The data of each server-sent event, but for `[DONE]`, as JSON.
    #[must_use]
    pub fn events(&self) -> Vec<Value> {
        self.text()
            .lines()
            .filter_map(|line| line.strip_prefix("data:"))
            .filter_map(|data| serde_json::from_str(data.trim()).ok())
            .collect()
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
}

fn timed_out(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
