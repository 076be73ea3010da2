//! Requests that two readers could cut out of the same bytes in two ways (request smuggling) are refused, and so are
//! heads that hyper would not take.
//!
//! hyper follows RFC 9112 where that lets a recipient repair a message: of `Content-Length` beside `Transfer-Encoding` it
//! drops the former, lines may end with a bare LF. A proxy that does so vouches for a message that whoever stands before
//! it may have read differently. And what hyper refuses by itself leaves no trace. So the bytes of an HTTP/1 connection
//! are followed on their way to hyper, and each head is held until it is complete and was [checked](check). In place of
//! a bad one hyper reads a [stand-in](STAND_IN), the last request of its connection; what is known of the bad one waits
//! in [`Refusals`], and goes with the stand-in's request to the engine, which refuses it like any other call. An ambiguous byte in
//! a chunked body is replaced by a NUL, which no parser accepts: that call has begun, and has its trace.
//!
//! | refused | because |
//! |---|---|
//! | both lengths, or either twice | readers differ in which one counts |
//! | a length that is not plain digits, a coding other than `chunked` | readers differ in what it means |
//! | bare LF, bare CR, NUL, continuation lines | readers differ in where a line ends |
//! | chunk sizes with anything but hexadecimal digits and an extension | readers differ in where a chunk ends |
//! | heads that do not parse, or pass a bound | hyper would refuse them without a trace |

mod check;
mod chunks;
mod head;
mod io;
mod refusals;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;

use renlayer_core::exchange::{BadHead, HeadFault};

use self::chunks::Chunks;
use self::head::{Head, Length};
use super::Bounds;

pub(super) use self::io::Watched;
pub(super) use self::refusals::Refusals;

/// What hyper reads in place of a head that is refused. It is marked by its number in the connection; were it not, its
/// path leads nowhere and its host is nobody's.
const STAND_IN: &[u8] = b"GET / HTTP/1.1\r\nhost: refused.invalid\r\nconnection: close\r\n\r\n";

/// Where in its requests a connection is.
pub(super) struct Framing {
    state: State,
    /// The beginning of a head whose end has not been read.
    held: Vec<u8>,
    /// The heads that went on.
    heads: u64,
    max_head: usize,
    max_fields: usize,
    peer: Option<SocketAddr>,
    refusals: Refusals,
}

enum State {
    Head(Head),
    Body(u64),
    Chunks(Chunks),
    /// Not HTTP/1, or spoiled: the rest is not ours to read.
    Unwatched,
    /// A head was refused: the rest is nobody's.
    Refused,
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
    /// A connection of `peer` before its first request; what is refused is left in `refusals`.
    pub(super) fn new(bounds: &Bounds, peer: Option<SocketAddr>, refusals: Refusals) -> Self {
        Self {
            state: State::default(),
            held: Vec::new(),
            heads: 0,
            max_head: bounds.max_header_bytes,
            max_fields: bounds.max_headers,
            peer,
            refusals,
        }
    }

    /// Whether nothing that is read counts any more.
    fn is_refused(&self) -> bool {
        matches!(self.state, State::Refused)
    }

    /// Follows bytes that were just read, and spoils them where a body is ambiguous. What goes on in their place, or
    /// nothing where they go on as they are.
    fn follow(&mut self, bytes: &mut [u8]) -> Option<Vec<u8>> {
        if self.is_refused() {
            return Some(Vec::new());
        }
        let carried = !self.held.is_empty();
        let (mut instead, mut passed) = (Vec::new(), 0);
        while let Some(rest) = bytes.get_mut(passed..).filter(|rest| !rest.is_empty()) {
            let Some(taken) = self.step(rest) else { break };
            // Only a head that began in an earlier piece was held, and it is the first to be complete.
            instead.append(&mut self.held);
            passed += taken;
        }
        if !carried && passed == bytes.len() {
            return None;
        }
        instead.extend_from_slice(bytes.get(..passed).unwrap_or_default());
        if self.is_refused() {
            instead.extend_from_slice(STAND_IN);
        } else {
            self.held.extend_from_slice(bytes.get(passed..).unwrap_or_default());
        }
        Some(instead)
    }

    /// Nothing more will be read. What goes on: the stand-in, where a head broke off.
    fn end(&mut self) -> Vec<u8> {
        if self.held.trim_ascii().is_empty() {
            return Vec::new();
        }
        self.refuse(HeadFault::Malformed, &[]);
        STAND_IN.to_vec()
    }

    /// How many bytes were dealt with; nothing where they belong to a head that does not end in them, or is refused.
    fn step(&mut self, bytes: &mut [u8]) -> Option<usize> {
        let (taken, next) = match &mut self.state {
            State::Unwatched | State::Refused => (bytes.len(), None),
            State::Body(left) => {
                let taken = usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
                *left -= taken as u64;
                (taken, (*left == 0).then(State::default))
            }
            State::Head(head) => {
                let step = head.read(bytes);
                return self.head(step, bytes);
            }
            State::Chunks(chunks) => match chunks.read(bytes) {
                Step::More => (bytes.len(), None),
                Step::Done(taken, ()) => (taken, Some(State::default())),
                Step::Ambiguous(place) => spoil(bytes, place),
            },
        };
        if let Some(next) = next {
            self.state = next;
        }
        Some(taken)
    }

    /// The same in a head.
    fn head(&mut self, step: Step<Length>, bytes: &[u8]) -> Option<usize> {
        let (taken, length) = match step {
            Step::Done(taken, length) => (taken, Some(length)),
            Step::More => (bytes.len(), None),
            Step::Ambiguous(_) => {
                self.refuse(HeadFault::Framing, bytes);
                return None;
            }
        };
        if self.held.len() + taken > self.max_head {
            self.refuse(HeadFault::TooLarge, bytes);
            return None;
        }
        let length = length?;
        let ended = bytes.get(..taken).unwrap_or_default();
        if let Err(fault) = self.check(ended) {
            self.refuse(fault, ended);
            return None;
        }
        self.heads += 1;
        self.state = after(length);
        Some(taken)
    }

    /// Checks the head that ends in `ended`; what was held stays so.
    fn check(&mut self, ended: &[u8]) -> Result<(), HeadFault> {
        if self.held.is_empty() {
            return check::head(ended, self.max_fields);
        }
        let before = self.held.len();
        self.held.extend_from_slice(ended);
        let checked = check::head(&self.held, self.max_fields);
        self.held.truncate(before);
        checked
    }

    /// Refuses the head that was held and goes on in `rest`.
    fn refuse(&mut self, fault: HeadFault, rest: &[u8]) {
        let mut head = std::mem::take(&mut self.held);
        head.extend_from_slice(rest);
        let (method, target) = check::request_line(&head);
        self.refusals.put(self.heads, BadHead { fault, method, target, peer: self.peer });
        self.state = State::Refused;
    }
}

impl Default for State {
    fn default() -> Self {
        Self::Head(Head::default())
    }
}

fn after(length: Length) -> State {
    match length {
        Length::Bytes(0) => State::default(),
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
