//! Governance that is replaced while an answer streams: the answer goes on, its call is judged again, or it ends, as the
//! settings said when the call was let through (`streams.on_change`).
//!
//! A call is judged again as if it came now: the same head and body go through the same states, under the governance that is
//! in force, beside the engine. Identity, route, policies of both kinds and the scan of the request decide. Limits are not
//! asked: they have admitted the call, and go on counting its answer. What a scan would take out of the request has left.
//!
//! An engine without a lease does not know whether governance was replaced: then the answer ends too, unless it serves on.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Uri, request};
use renlayer_policy::Mode;

use super::{
    Ingress, Reading, Refused, Stream,
    begin::Came,
    beside::{Noted, Notes},
    call::Call,
    cause::Cause,
};
use crate::{
    engine::Engine,
    sessions::Sessions,
    snapshot::{Governance, OnChange},
    trace::{Reason, Status, TracedMode},
};

/// A call as it came, kept for as long as it may be judged again.
pub(crate) struct Kept {
    parts: request::Parts,
    ingress: Ingress,
    /// Where it went.
    went_to: Uri,
    /// None where it went on unread.
    body: Option<Bytes>,
}

/// What another governance says of a call.
struct Verdict {
    /// Whether its decisions take effect, and who says so.
    mode: TracedMode,
    /// Why it would be refused now; none where it would go through, perhaps because decisions are only observed.
    cause: Option<Cause>,
    /// Whether it would be refused if they were not.
    instead: bool,
    /// What refuses it, or would.
    reasons: Vec<Reason>,
}

// === impl Kept ===

impl Kept {
    /// Keeps a call whose head is as it was judged; `came` is what was changed of it before.
    pub(super) fn new(
        parts: &request::Parts,
        came: Came,
        ingress: Ingress,
        body: Option<Bytes>,
    ) -> Box<Self> {
        let went_to = parts.uri.clone();
        let mut parts = parts.clone();
        came.restore(&mut parts);
        Box::new(Self { parts, ingress, went_to, body })
    }

    /// What a governance says of the call now.
    fn judge(&self, call: &Call, governance: &Arc<Governance>) -> Verdict {
        let notes = Arc::<Notes>::default();
        let session = call.ledger.read(|trace| trace.session.clone()).flatten();
        let sessions = session.map_or_else(Sessions::default, |session| {
            call.shared.sessions.alone(call.snapshot.tenant, &session)
        });
        let clock = call.shared.clock.clone();
        let engine = Engine::beside(&call.shared, governance.clone(), notes.clone(), clock, sessions);
        // Why it is refused stands in the notes.
        let _ = self.go_through(&engine);
        let Noted { trace, cause, .. } = notes.take();
        let (mode, instead) = trace.as_ref().map(|trace| (trace.mode, trace.instead)).unwrap_or_default();
        let refuses = |reason: &Reason| matches!(reason.status, Status::Denied | Status::DlpBlocked);
        let reasons = trace.into_iter().flat_map(|trace| trace.reasons).filter(refuses).collect();
        Verdict { mode, cause, instead: instead.is_some(), reasons }
    }

    fn go_through(&self, engine: &Engine) -> Result<(), Refused> {
        let reading = engine.begin(self.parts.clone(), self.ingress)?.leads_to(&self.went_to)?;
        let (permit, _) = match self.body.clone() {
            Some(body) => reading.gather(body)?,
            None => reading.unread(Bytes::new())?,
        };
        permit.let_through()
    }
}

impl Reading {
    /// The call, if it still goes where it went.
    fn leads_to(mut self, went_to: &Uri) -> Result<Self, Refused> {
        if self.parts.uri != *went_to {
            self.call = self.call.refuse_or_note(&Cause::rerouted())?;
        }
        Ok(self)
    }
}

// === impl Verdict ===

impl Verdict {
    /// The cause to end the answer by. A call that leads nowhere is refused also where decisions are only observed, since it
    /// could not go on; an answer under way can.
    fn enforced(&mut self) -> Option<Cause> {
        let cause = self.cause.take()?;
        if self.mode.mode == Mode::Enforce || cause.insists {
            return Some(cause);
        }
        for reason in &mut self.reasons {
            reason.enforced = false;
            reason.observed_by.get_or_insert(self.mode.by);
        }
        self.instead = true;
        None
    }
}

// === impl Stream ===

impl Stream {
    /// Waits until there is something to [look](Self::look) for, though nothing comes from the upstream; none where an answer
    /// goes on whatever happens. Where the call is to be judged again, also until it is its turn: a change overtakes all answers
    /// at once.
    pub fn overtaken(&self) -> Option<impl Future<Output = ()> + Send + Sync + use<>> {
        let on_change = self.call.governance.streams;
        if on_change == OnChange::Finish || self.has_ended() {
            return None;
        }
        let (shared, seen) = (Arc::clone(&self.call.shared), Arc::clone(&self.seen));
        let leased = !self.call.unleased;
        Some(async move {
            shared.overtaken(&seen, leased).await;
            if on_change == OnChange::Judge && !shared.judges_by(&seen) {
                shared.turns.next().await;
            }
        })
    }

    /// Whether the call is to be judged again before anything more may go. Whoever can wait waits for its turn first
    /// ([`overtaken`](Self::overtaken)); a [`push`](Self::push) judges at once.
    pub fn is_overtaken(&self) -> bool {
        let judges = self.call.governance.streams == OnChange::Judge && !self.has_ended();
        judges && !self.call.shared.judges_by(&self.seen)
    }

    /// Looks whether what let the call through still holds. Where it does not, `out` gets the dialect's own terminal event and
    /// the stream has ended.
    pub fn look(&mut self, out: &mut Vec<Bytes>) {
        let now = self.call.start();
        self.look_at(now, out);
    }

    /// The same at a moment of the clock that never goes back.
    pub(super) fn look_at(&mut self, now: Duration, out: &mut Vec<Bytes>) {
        let on_change = self.call.governance.streams;
        if self.has_ended() || on_change == OnChange::Finish {
            return;
        }
        if let Some(cause) = self.call.lacks_lease(now, self.seen.without_lease) {
            self.ends_unless_observed(&cause, out);
        }
        if self.has_ended() || self.call.shared.judges_by(&self.seen) {
            return;
        }
        self.seen = self.call.shared.governance.load_full();
        match (on_change, self.call.kept.take()) {
            (OnChange::Judge, Some(kept)) => {
                let verdict = kept.judge(&self.call, &self.seen);
                self.call.kept = Some(kept);
                self.heed(verdict, out);
            }
            _ => self.ends_unless_observed(&Cause::changed(), out),
        }
    }

    fn ends_unless_observed(&mut self, cause: &Cause, out: &mut Vec<Bytes>) {
        let mode = self.call.mode_under(&self.seen);
        let observed_by = (mode.mode == Mode::Observe).then_some(mode.by);
        self.add(cause.to_reason(observed_by));
        match observed_by {
            None => self.ends(cause, out),
            Some(_) => self.would_end(),
        }
    }

    fn heed(&mut self, mut verdict: Verdict, out: &mut Vec<Bytes>) {
        let cause = verdict.enforced();
        self.add(verdict.reasons);
        match cause {
            Some(cause) => self.ends(&cause, out),
            None if verdict.instead => self.would_end(),
            None => {}
        }
    }

    /// Reasons that the trace does not hold yet.
    fn add(&mut self, reasons: impl IntoIterator<Item = Reason>) {
        self.call.ledger.note(|trace| {
            for reason in reasons {
                if !trace.reasons.contains(&reason) {
                    trace.reasons.push(reason);
                }
            }
        });
    }

    fn ends(&mut self, cause: &Cause, out: &mut Vec<Bytes>) {
        let epoch = self.seen.epoch;
        self.call.ledger.ends_after_all();
        self.call.ledger.note(|trace| trace.ended_by_epoch = Some(epoch));
        self.stop(cause, out);
    }

    fn would_end(&mut self) {
        if self.would_have_ended() {
            let epoch = self.seen.epoch;
            self.call.ledger.note(|trace| trace.ended_by_epoch = Some(epoch));
        }
    }
}
