//! The last step where an answer streams: each piece is judged as it comes, and what may go is released at once.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use renlayer_dlp::Direction;

use super::{
    body::clip,
    budget::Progress,
    call::Call,
    cause::{Cause, UpstreamFailure},
    headers,
    response::guard_headers,
};
use crate::{
    dialect::Usage,
    snapshot::Governance,
    stream::{Flow, StreamEditor},
    tokens,
    trace::{DirectionCoverage, Instead, Outcome, Reason, ReasonKind, Status, TracedBody},
};

/// How a stream would have ended that goes on.
const CUT: Instead = Instead { outcome: Outcome::Cut, http_status: None };

const UNREADABLE: &str = "an event is too long or malformed";

/// An answer that streams. Dropped before its end, it records that the client left.
pub struct Stream {
    pub(super) call: Box<Call>,
    editor: Option<Box<StreamEditor>>,
    /// Bytes that pass without being looked at.
    passed: u64,
    /// Whether the upstream does what it was asked for: an error costs nothing.
    succeeds: bool,
    /// What last let the call through.
    pub(super) seen: Arc<Governance>,
    ended: bool,
}

impl Stream {
    pub(super) fn new(call: Box<Call>, editor: Option<Box<StreamEditor>>, succeeds: bool) -> Self {
        let seen = call.governance.clone();
        Self { call, editor, passed: 0, succeeds, seen, ended: false }
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
        self.look_at(started, out);
        match &mut self.editor {
            _ if self.ended => {}
            None => {
                self.passed += chunk.len() as u64;
                out.push(chunk);
            }
            Some(editor) => {
                let flow = editor.push(chunk, out);
                self.follow(flow, out);
            }
        }
        self.meter(out);
        self.call.spent(started);
        if out.len() > released {
            self.call.ledger.released();
        }
    }

    /// The upstream's answer is complete: appends what was held. `false` where the answer was cut, here or before: nothing that
    /// comes after it, such as trailers, may be sent.
    pub fn end(&mut self, out: &mut Vec<Bytes>) -> bool {
        if self.ended {
            return false;
        }
        let started = self.call.start();
        self.look_at(started, out);
        if let Some(flow) = self.editor.as_mut().map(|editor| editor.end(out)) {
            self.follow(flow, out);
        }
        self.call.spent(started);
        let whole = !self.ended;
        self.settle(Outcome::Completed);
        whole
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
        self.look(out);
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

    /// Counts what came, and ends the stream where a limit has no room for more of it.
    fn meter(&mut self, out: &mut Vec<Bytes>) {
        let answered = self.editor.as_ref().is_some_and(|editor| editor.has_answered());
        if self.ended || !self.succeeds || answered {
            return;
        }
        let (told, written) = self.so_far();
        let now = self.call.shared.counted_at();
        let Some(limit) = self.call.budget.meter(told, written, now) else { return };
        let cause = Cause::limit_in_answer(&limit);
        if self.call.enforces() {
            self.call.ledger.note(|trace| trace.reasons.extend(cause.to_reason(None)));
            self.cut(&cause, out);
        } else {
            self.goes_on(&cause);
        }
    }

    /// What the provider told of its usage so far, and the tokens of text that it sent.
    fn so_far(&self) -> (Usage, u64) {
        self.editor.as_ref().map_or_else(
            || (Usage::default(), tokens::of_bytes(self.passed)),
            |editor| {
                let so_far = editor.so_far();
                (so_far.usage, so_far.tokens())
            },
        )
    }

    /// Notes that the stream would have been cut here.
    fn goes_on(&mut self, cause: &Cause) {
        let progress = self.progress();
        self.call.goes_on(cause, CUT, progress);
    }

    /// The same where the reasons stand in the trace; `false` where it would have been before.
    pub(super) fn would_have_ended(&mut self) -> bool {
        let progress = self.progress();
        self.call.would_have_ended(CUT, progress)
    }

    fn progress(&self) -> Progress {
        let (told, written) = self.so_far();
        match self.succeeds {
            true => Progress::Answered { told, written, whole: false },
            false => Progress::Nothing,
        }
    }

    /// Where findings are only observed, a stream that holds one which blocks would have ended with it.
    fn notice_block(&mut self) {
        if self.call.enforces()
            || self.call.snapshot.modes.dlp_observes
            || self.call.ledger.has_been_decided()
        {
            return;
        }
        let Some(class) = self.editor.as_ref().and_then(|editor| editor.would_block()) else { return };
        let reason = Reason::new(Status::DlpBlocked, ReasonKind::Dlp, self.call.findings_observed_by());
        self.call.ledger.reason(Reason { by: Some(class.as_ref().into()), ..reason });
        self.goes_on(&Cause::dlp(&class, "the answer"));
    }

    /// Ends the stream with what may still go of it and its dialect's own end.
    fn cut(&mut self, cause: &Cause, out: &mut Vec<Bytes>) {
        if let Some(editor) = &mut self.editor {
            let flow = editor.end(out);
            if flow != Flow::Continue {
                return self.follow(flow, out);
            }
        }
        self.stop(cause, out);
    }

    /// Ends the stream where it may not go on. What cannot be scanned goes on unread where decisions are only observed.
    fn follow(&mut self, flow: Flow, out: &mut Vec<Bytes>) {
        let cause = match flow {
            Flow::Continue => return self.notice_block(),
            Flow::Unscannable if !self.call.enforces() => return self.goes_on_unread(out),
            Flow::Block(class) => Cause::dlp(&class, "the answer"),
            Flow::Unscannable => Cause::unscannable_answer(UNREADABLE),
        };
        self.call.ledger.note(|trace| trace.reasons.extend(cause.to_reason(None)));
        self.stop(&cause, out);
    }

    /// Ends the stream with its dialect's own end; nothing more of the answer goes.
    pub(super) fn stop(&mut self, cause: &Cause, out: &mut Vec<Bytes>) {
        if let Some(editor) = &mut self.editor {
            let terminal = editor.terminal(&cause.to_refusal(self.call.id), self.call.request_id.as_ref());
            out.extend(Some(terminal).filter(|terminal| !terminal.is_empty()));
        }
        self.settle(Outcome::Cut);
    }

    /// Lets the rest of the stream pass as it comes, but for credentials that were injected.
    fn goes_on_unread(&mut self, out: &mut Vec<Bytes>) {
        self.goes_on(&Cause::unscannable_answer(UNREADABLE));
        if let Some(flow) = self.editor.as_mut().map(|editor| editor.give_up(self.call.known.clone(), out)) {
            self.follow(flow, out);
        }
    }

    /// Enters what the stream was and closes the trace.
    fn settle(&mut self, outcome: Outcome) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let passed = self.passed;
        self.call.ledger.coverage(|coverage| coverage.response.exempt = passed);
        let mut written = tokens::of_bytes(passed);
        let (mut told, mut whole) = (Usage::default(), outcome == Outcome::Completed);
        if let Some(mut editor) = self.editor.take() {
            let mut summary = editor.summary();
            let observed_by = self.call.findings_observed_by();
            self.call.ledger.findings(Direction::Response, &summary.findings, &summary.cost, observed_by);
            (told, written) = (summary.usage.totalled(), summary.all_tokens());
            // A client may leave between the end of the answer and the end of its body.
            whole |= summary.finish.is_some() && told.output.is_some();
            self.call.ledger.usage(told);
            let (text, clipped) = clip(summary.text.as_bytes(), self.call.bounds.max_traced_bytes);
            let traced = TracedBody { text, bytes: summary.scanned, truncated: clipped };
            self.call.ledger.bodies(None, Some(traced));
            let opaque_because = summary.opaque_because.map(Into::into);
            let (scanned, opaque) = (summary.scanned, summary.opaque);
            let coverage =
                DirectionCoverage { scanned, opaque, opaque_because, ..DirectionCoverage::default() };
            self.call.ledger.coverage(|both| both.response = coverage);
        }
        let answered = Progress::Answered { told, written, whole };
        self.call.settle(if self.succeeds { answered } else { Progress::Nothing });
        self.call.close(outcome);
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.settle(Outcome::ClientDisconnected);
    }
}
