//! One action is one exchange: a state machine that is given bytes and answers with what to do. It does no I/O and
//! reads no clock but the one it was given, and every buffer it fills has its own limit.
//!
//! ```text
//!  Engine::begin(head) ─► Reading ──push(chunk)…──end()──► Permit ──admit()──► Forward { head, body, pending }
//!        │                   │                               │                              │
//!        ▼                   ▼                               ▼                  the shell sends it and waits
//!     Refused             Refused                         Refused                           │
//!                                                                       Pending::answered(head) ─► Answer
//!                Refused ◄── Pending::failed(failure), unsent()                             │
//!                          Refused ◄── Whole::end() ── buffered, judged, then sent whole  ◄─┤
//!                                      Stream::push(chunk) ── released as it is judged    ◄─┘
//! ```
//!
//! A head that cannot be read as one request is no beginning: [`Engine::refuse`](crate::Engine::refuse) ends it at once.
//!
//! The types carry the state: an answer cannot be pushed before there is a verdict on the request. The tower layers,
//! the C ABI, tests and fuzzers all drive these same states. Whatever happens, and also when a state is dropped because
//! the client left, exactly one [`Trace`](crate::trace::Trace) is recorded.
//!
//! A stream goes on under the governance that let its call through, unless the settings say that it is judged again or ends
//! when that is replaced ([`Stream::look`]).
//!
//! In observe mode nothing is refused, cut or redacted; the trace says what would have been. Two things hold even then:
//! agent keys never leave, and an injected credential never comes back.

use bytes::Bytes;
use http::Response;
use renlayer_policy::LimitState;

mod answer;
mod bad_head;
mod begin;
mod beside;
mod body;
mod budget;
mod call;
mod cause;
mod change;
mod encoding;
mod headers;
mod judge;
mod last_look;
mod ledger;
mod permit;
mod rate_limits;
mod rehearsal;
mod request;
mod response;
mod turns;
mod usage_wish;

pub use answer::Stream;
pub use bad_head::{BadHead, HeadFault};
pub(crate) use begin::min_epoch;
pub(crate) use beside::Notes;
pub use cause::UpstreamFailure;
pub use last_look::{LastLook, Unsent};
pub use permit::{Forward, Permit};
pub use rehearsal::Rehearsal;
pub use request::{Overflow, Reading};
pub use response::{Answer, Pending, Whole};
pub(crate) use turns::Turns;

/// How a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ingress {
    /// Inside a program's own stack: its URI is left as it is, no route is looked for.
    Inline,
    /// As a reverse proxy: a route is found, its prefix taken off, its credential injected.
    Reverse,
}

/// The end of an action that is not forwarded, or whose answer does not go back. Its trace is recorded.
#[derive(Debug)]
pub struct Refused {
    /// What the caller gets, in its own dialect.
    pub response: Response<Bytes>,
    /// The limits that applied, where they were asked.
    limits: Option<Vec<LimitState>>,
}
