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
        Coverage, Instead, Latency, ModeLevel, Outcome, Reason, ReasonKind, Recorder, Status, Trace,
        TracedBody, TracedFinding,
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
    /// How many reasons there were when the action would have ended, where it went on instead.
    decided: Option<usize>,
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
            decided: None,
        }
    }

    /// Records nothing: the action goes on in another ledger, which [resumes](Self::resume) what this one knew of time.
    pub(crate) fn forget(&mut self) -> Option<Earlier> {
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

    /// Whether the trace has not been recorded yet.
    pub(crate) fn is_open(&self) -> bool {
        self.trace.is_some()
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

    /// Notes how the action would have ended. `false` where it would have ended before.
    pub(crate) fn would_have_ended(&mut self, instead: Instead) -> bool {
        if self.has_been_decided() {
            return false;
        }
        self.decided = self.read(|trace| trace.reasons.len());
        self.note(|trace| trace.instead = Some(instead));
        true
    }

    /// The action ends after all, by what takes effect in spite of its mode: that is told first.
    pub(crate) fn ends_after_all(&mut self) {
        if self.decided.take().is_some() {
            self.note(|trace| {
                trace.instead = None;
                trace.reasons.sort_by_key(|reason| !reason.enforced);
            });
        }
    }

    /// Whether the action goes on though it would have ended.
    pub(crate) fn has_been_decided(&self) -> bool {
        self.decided.is_some()
    }

    /// Enters findings, their cost, and the reason where one of them does more than being recorded.
    pub(crate) fn findings(
        &mut self,
        direction: Direction,
        findings: &[Finding],
        cost: &Cost,
        observed_by: Option<ModeLevel>,
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
        let reason =
            Reason { by, ..Reason::new(status, ReasonKind::Dlp, observed_by.filter(|_| worst.observed)) };
        if self.read(|trace| trace.reasons.contains(&reason)) == Some(false) {
            self.reason(reason);
        }
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
        settle(&mut trace, self.decided);
        self.sessions.count(&trace);
        self.recorder.record(*trace);
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.close(Outcome::ClientDisconnected);
    }
}

/// Puts the deciding reason first and takes the trace's status from it, which is the same whether decisions take effect or not.
/// What came after the action would have ended counts last; rules that only observe for themselves count after the others;
/// then the order of [`Status`] decides, and the order in which the reasons came.
fn settle(trace: &mut Trace, decided: Option<usize>) {
    let reasons = std::mem::take(&mut trace.reasons);
    let after = |place: usize| decided.is_some_and(|decided| place >= decided);
    let for_itself = |reason: &Reason| reason.observed_by.is_some_and(ModeLevel::is_of_one_rule);
    let mut reasons: Vec<(usize, Reason)> = reasons.into_iter().enumerate().collect();
    reasons.sort_by_key(|(place, reason)| (after(*place), for_itself(reason), reason.status));
    trace.reasons = reasons.into_iter().map(|(_, reason)| reason).collect();
    trace.status = trace.reasons.first().map_or(Status::Allowed, |reason| reason.status);
    let mut deciding = trace.reasons.iter().filter(|reason| reason.status == trace.status);
    trace.enforced = trace.reasons.is_empty() || deciding.any(|reason| reason.enforced);
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
