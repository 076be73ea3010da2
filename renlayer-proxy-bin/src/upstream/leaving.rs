//! The last look at a request: by the connection that takes it, before anything of it is written.
//!
//! Until then a request waits, for its connection to be made or in that one's queue. Who takes it asks its body whether that is
//! empty, and only then writes the head into a buffer. This is the moment of the look: a call that may not go says that it has a
//! body, and that body is an error.
//!
//! - Over HTTP/1.1 the body is asked for before the buffer is flushed, which is larger than any head: nothing of the call leaves,
//!   and the connection is given up.
//! - Over HTTP/2 a head cannot be called back: it leaves, incomplete, and a reset of its stream after it. Nothing of the body does.
//!
//! Between the look and the system call that writes stand some instructions. Who is stopped just there writes when it wakes.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use http::{HeaderMap, header};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use renlayer_core::exchange::LastLook;
use thiserror::Error;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

pin_project! {
    /// A body whose request leaves only where it may.
    pub(crate) struct Leaving<B> {
        #[pin]
        body: B,
        gate: Option<Gate>,
        declared_empty: bool,
    }
}

/// What a request has to pass when it is taken, and who waits for its answer looks at until then.
#[derive(Clone)]
pub(super) struct Gate(Arc<Watch>);

struct Watch {
    look: LastLook,
    /// Whether the request has left; none as long as it waits.
    left: OnceLock<bool>,
}

/// The request was taken when it was not to go any more.
#[derive(Debug, Error)]
#[error("the call may not go any more")]
struct Shut;

// === impl Leaving ===

impl<B: Body> Leaving<B> {
    /// The body, and the gate before its request where somebody asked for a last look.
    ///
    /// An empty body that is declared with a length goes as one of no bytes instead of as none: the connection then writes that
    /// length itself, and a head that says nothing of it leaves the last word to the body.
    pub(super) fn new(headers: &mut HeaderMap, body: B, look: Option<LastLook>) -> (Self, Option<Gate>) {
        let gate = look.map(|look| Gate(Arc::new(Watch { look, left: OnceLock::new() })));
        let declared_empty = body.is_end_stream() && headers.remove(header::CONTENT_LENGTH).is_some();
        (Self { body, gate: gate.clone(), declared_empty }, gate)
    }

    fn may_leave(&self) -> bool {
        self.gate.as_ref().is_none_or(Gate::passes)
    }
}

impl<B: Body<Error: Into<BoxError>>> Body for Leaving<B> {
    type Data = B::Data;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, BoxError>>> {
        if !self.may_leave() {
            return Poll::Ready(Some(Err(Shut.into())));
        }
        self.project().body.poll_frame(cx).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.may_leave() && !self.declared_empty && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match &self.gate {
            // A body that nothing is expected of would not be asked for its error.
            Some(gate) if gate.is_closed() => SizeHint::with_exact(1),
            _ => self.body.size_hint(),
        }
    }
}

// === impl Gate ===

impl Gate {
    /// Whether the request, which is taken now or was before, may leave.
    fn passes(&self) -> bool {
        *self.0.left.get_or_init(|| self.0.look.may_go())
    }

    /// Whether the request was kept from leaving.
    pub(super) fn is_closed(&self) -> bool {
        self.0.left.get() == Some(&false)
    }

    /// Whether the request has not left, and is not to; then it never will.
    pub(super) fn is_shut(&self) -> bool {
        match self.0.left.get() {
            Some(left) => !left,
            None => !self.0.look.may_go() && !self.0.left.get_or_init(|| false),
        }
    }
}
