//! The trace as it grows, and the promise that it is recorded exactly once: by the state that ends the action, or, when
//! the action is dropped on the way because the client left, by the drop itself.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use renlayer_dlp::{Action, Cost, Direction, Finding};

use crate::{
    clock::Clock,
    dialect::Usage,
    engine::Shared,
    sessions::Sessions,
    trace::{
        Coverage, Latency, Outcome, Reason, ReasonKind, Recorder, Status, Trace, TracedBody, TracedFinding,
    },
};

pub(crate) struct Ledger {
    /// Taken when it is recorded.
    trace: Option<Box<Trace>>,
    recorder: Arc<dyn Recorder>,
    clock: Arc<dyn Clock>,
    sessions: Arc<Sessions>,
    begun: Duration,
    forwarded: Option<Duration>,
    own: Duration,
}

/// When an action began that goes on in another ledger.
pub(crate) struct Earlier {
    started_at: Timestamp,
    begun: Duration,
    own: Duration,
}

impl Ledger {
    pub(crate) fn open(trace: Trace, shared: &Shared) -> Self {
        Self {
            trace: Some(Box::new(trace)),
            recorder: shared.recorder.clone(),
            clock: shared.clock.clone(),
            sessions: shared.sessions.clone(),
            begun: shared.clock.ticks(),
            forwarded: None,
            own: Duration::ZERO,
        }
    }

    /// Records nothing: the action goes on in another ledger, which [resumes](Self::resume) what this one knew of time.
    pub(crate) fn forget(mut self) -> Option<Earlier> {
        let started_at = self.trace.take()?.started_at;
        Some(Earlier { started_at, begun: self.begun, own: self.own })
    }

    /// Goes on counting time from when the action began in another ledger.
    pub(crate) fn resume(&mut self, earlier: Earlier) {
        self.note(|trace| trace.started_at = earlier.started_at);
        self.begun = earlier.begun;
        self.own += earlier.own;
    }

    /// Writes into the trace, as long as it has not been recorded.
    pub(crate) fn note(&mut self, write: impl FnOnce(&mut Trace)) {
        if let Some(trace) = &mut self.trace {
            write(trace);
        }
    }

    /// Reads from the trace.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Trace) -> T) -> Option<T> {
        self.trace.as_deref().map(read)
    }

    /// Counts time that was ours, not the upstream's or the client's.
    pub(crate) fn own(&mut self, spent: Duration) {
        self.own += spent;
    }

    pub(crate) fn reason(&mut self, reason: Reason) {
        self.note(|trace| trace.reasons.push(reason));
    }

    /// Enters findings, their cost, and the reason where one of them does more than being recorded.
    pub(crate) fn findings(
        &mut self,
        direction: Direction,
        findings: &[Finding],
        cost: &Cost,
        enforced: bool,
    ) {
        self.note(|trace| {
            trace
                .findings
                .extend(findings.iter().map(|f| TracedFinding { direction, finding: f.recorded() }));
            trace.detector_cost.merge(cost);
        });
        let Some(worst) =
            findings.iter().filter(|finding| !finding.is_restored()).max_by_key(|finding| finding.action)
        else {
            return;
        };
        let status = match worst.action {
            Action::Block => Status::DlpBlocked,
            Action::Warn | Action::Tokenize | Action::Redact => Status::DlpWarned,
            Action::Record => return,
        };
        let by = Some(worst.class.as_ref().into());
        self.reason(Reason { status, kind: ReasonKind::Dlp, by, name: None, enforced });
    }

    pub(crate) fn bodies(&mut self, request: Option<TracedBody>, response: Option<TracedBody>) {
        self.note(|trace| {
            trace.request_body = request.or(trace.request_body.take());
            trace.response_body = response.or(trace.response_body.take());
        });
    }

    pub(crate) fn usage(&mut self, usage: Usage) {
        self.note(|trace| trace.usage = usage);
    }

    pub(crate) fn coverage(&mut self, write: impl FnOnce(&mut Coverage)) {
        self.note(|trace| write(&mut trace.coverage));
    }

    /// The request leaves for the upstream.
    pub(crate) fn forwarded(&mut self) {
        self.forwarded = Some(self.clock.ticks());
    }

    /// The upstream's head is here.
    pub(crate) fn answered(&mut self) {
        let waited = self.forwarded.map(|at| self.clock.ticks().saturating_sub(at));
        self.note(|trace| trace.latency.upstream_us = waited.map(micros));
    }

    /// A byte of the answer goes to the agent; only the first is noted.
    pub(crate) fn released(&mut self) {
        if self.read(|trace| trace.latency.ttfb_us.is_none()) == Some(true) {
            let since = self.clock.ticks().saturating_sub(self.begun);
            self.note(|trace| trace.latency.ttfb_us = Some(micros(since)));
        }
    }

    /// Ends the action and hands the trace over.
    pub(crate) fn close(&mut self, outcome: Outcome) {
        let Some(mut trace) = self.trace.take() else { return };
        trace.outcome = outcome;
        trace.latency = Latency {
            total_us: micros(self.clock.ticks().saturating_sub(self.begun)),
            own_us: micros(self.own),
            ..trace.latency
        };
        settle(&mut trace);
        self.sessions.count(&trace);
        self.recorder.record(*trace);
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.close(Outcome::ClientDisconnected);
    }
}

/// Puts the deciding reason first and takes the trace's status from it: what was enforced counts before what was only
/// observed, then the order of [`Status`] decides, then the order in which the reasons came.
fn settle(trace: &mut Trace) {
    trace.reasons.sort_by_key(|reason| (!reason.enforced, reason.status));
    let first = trace.reasons.first();
    trace.status = first.map_or(Status::Allowed, |reason| reason.status);
    trace.enforced = first.is_none_or(|reason| reason.enforced);
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
