//! The last step where an answer streams: each piece is judged as it comes, and what may go is released at once.

use bytes::Bytes;
use http::HeaderMap;
use renlayer_dlp::Direction;

use super::{
    body::clip,
    call::Call,
    cause::{Cause, UpstreamFailure},
    headers,
    response::guard_headers,
};
use crate::{
    stream::{Flow, StreamEditor},
    trace::{DirectionCoverage, Outcome, TracedBody},
};

/// An answer that streams. Dropped before its end, it records that the client left.
pub struct Stream {
    call: Box<Call>,
    editor: Option<Box<StreamEditor>>,
    /// Bytes that pass without being looked at.
    passed: u64,
    ended: bool,
}

impl Stream {
    pub(super) fn new(call: Box<Call>, editor: Option<Box<StreamEditor>>) -> Self {
        Self { call, editor, passed: 0, ended: false }
    }

    /// Takes the next piece of the body and appends to `out` what may go to the agent now, perhaps nothing. When
    /// [`has_ended`](Self::has_ended) says so afterwards, the stream was cut and `out` ends with the dialect's own
    /// terminal event: nothing more may be sent, and the upstream is to be left.
    pub fn push(&mut self, chunk: Bytes, out: &mut Vec<Bytes>) {
        if self.ended || chunk.is_empty() {
            return;
        }
        let started = self.call.start();
        let released = out.len();
        match &mut self.editor {
            None => {
                self.passed += chunk.len() as u64;
                out.push(chunk);
            }
            Some(editor) => {
                let flow = editor.push(chunk, out);
                self.follow(flow, out);
            }
        }
        self.call.spent(started);
        if out.len() > released {
            self.call.ledger.released();
        }
    }

    /// The upstream's answer is complete: appends what was held.
    pub fn end(&mut self, out: &mut Vec<Bytes>) {
        if self.ended {
            return;
        }
        let started = self.call.start();
        if let Some(flow) = self.editor.as_mut().map(|editor| editor.end(out)) {
            self.follow(flow, out);
        }
        self.call.spent(started);
        self.settle(Outcome::Completed);
    }

    /// Makes trailers what the agent is to see: an answer's header fields come after its body, too.
    pub fn trailers(&self, trailers: &mut HeaderMap) {
        guard_headers(&self.call, trailers);
        headers::strip_hop(trailers);
    }

    /// The upstream broke off. Appends what may still go and, where the dialect has one, an event that says so; `false`
    /// where it has none, and the connection must be broken off too, so that the agent does not take the piece for the
    /// whole.
    #[must_use]
    pub fn broken(&mut self, failure: UpstreamFailure, out: &mut Vec<Bytes>) -> bool {
        if self.ended {
            return true;
        }
        let cause = Cause::upstream(failure);
        let outcome = cause.outcome;
        self.call.ledger.note(|trace| trace.upstream_failure = Some(failure));
        let mut told = false;
        if let Some(editor) = &mut self.editor {
            let flow = editor.end(out);
            if flow != Flow::Continue {
                self.follow(flow, out);
                return true;
            }
            let terminal = editor.terminal(&cause.to_refusal(self.call.id), self.call.request_id.as_ref());
            told = !terminal.is_empty();
            out.extend(told.then_some(terminal));
        }
        self.settle(outcome);
        told
    }

    /// Whether nothing more is to be sent.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Ends the stream where it may not go on.
    fn follow(&mut self, flow: Flow, out: &mut Vec<Bytes>) {
        let cause = match flow {
            Flow::Continue => return,
            Flow::Block(class) => Cause::dlp(&class, "the answer"),
            Flow::Unscannable => Cause::unscannable_answer("an event is too long or malformed"),
        };
        self.call.ledger.note(|trace| trace.reasons.extend(cause.to_reason(true)));
        let refusal = cause.to_refusal(self.call.id);
        if let Some(editor) = &mut self.editor {
            out.push(editor.terminal(&refusal, self.call.request_id.as_ref()));
        }
        self.settle(Outcome::Cut);
    }

    /// Enters what the stream was and closes the trace.
    fn settle(&mut self, outcome: Outcome) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let passed = self.passed;
        self.call.ledger.coverage(|coverage| coverage.response.exempt = passed);
        if let Some(mut editor) = self.editor.take() {
            let summary = editor.summary();
            let enforced = self.call.enforces();
            self.call.ledger.findings(Direction::Response, &summary.findings, &summary.cost, enforced);
            self.call.ledger.usage(summary.usage.totalled());
            let (text, clipped) = clip(summary.text.as_bytes(), self.call.bounds.max_traced_bytes);
            let traced = TracedBody { text, bytes: summary.scanned, truncated: clipped };
            self.call.ledger.bodies(None, Some(traced));
            let opaque_because = summary.opaque_because.map(Into::into);
            let (scanned, opaque) = (summary.scanned, summary.opaque);
            let coverage =
                DirectionCoverage { scanned, opaque, opaque_because, ..DirectionCoverage::default() };
            self.call.ledger.coverage(|both| both.response = coverage);
        }
        self.call.close(outcome);
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.settle(Outcome::ClientDisconnected);
    }
}
