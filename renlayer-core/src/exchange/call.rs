//! What every state of an exchange carries along.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, HeaderValue};
use renlayer_dlp::{KnownValues, Scanner};
use renlayer_policy::{LimitState, Mode, PolicyRef};

use super::{
    Refused,
    budget::{Budget, Progress},
    cause::Cause,
    change::Kept,
    headers,
    ledger::Ledger,
    rate_limits,
};
use crate::{
    dialect::{Dialect, JsonRpcId},
    engine::Shared,
    id::TraceId,
    pin::Pin,
    snapshot::{Bounds, Governance, Snapshot, WithoutLease},
    stand_ins::Owner,
    trace::{Instead, ModeLevel, Outcome, Reason, ReasonKind, Status, TracedMode},
};

pub(crate) struct Call {
    pub(crate) shared: Arc<Shared>,
    pub(crate) governance: Arc<Governance>,
    /// Held from when the call begins to be judged until it is forwarded or refused.
    pub(crate) pin: Option<Pin>,
    /// Whether the trace says already that no lease is held.
    pub(crate) unleased: bool,
    /// What it takes to judge the call again; none where that is not to be.
    pub(crate) kept: Option<Box<Kept>>,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) bounds: Bounds,
    /// Whether decisions take effect, and who says so.
    pub(crate) mode: TracedMode,
    pub(crate) ledger: Ledger,
    pub(crate) id: TraceId,
    pub(crate) dialect: Dialect,
    /// The id that a JSON-RPC refusal must carry.
    pub(crate) request_id: Option<JsonRpcId>,
    /// Whether the caller asked for a streamed answer.
    pub(crate) streamed: bool,
    /// Whether the caller asked for the usage of a stream.
    pub(crate) asks_usage: bool,
    /// The policy that decided; none where it was the default.
    pub(crate) policy: Option<PolicyRef>,
    /// What the action may use, and what it used.
    pub(crate) budget: Budget,
    /// Whether the usage was asked for in the caller's place, and is to be kept back.
    pub(crate) hides_usage: bool,
    /// The limits that applied, for the answer's headers; none until they are asked.
    pub(crate) limits: Option<Vec<LimitState>>,
    /// What must not come back.
    pub(crate) known: Option<KnownValues>,
    /// What looks for sensitive data, and gives stand-ins in this caller's name where the settings ask for them.
    pub(crate) scanner: Scanner,
    /// Whom stand-ins belong to; none where there are none.
    pub(crate) owner: Option<Owner>,
}

impl Drop for Call {
    /// The client left: what its upstream may bill by then is what it used. The trace is recorded right after this, by the ledger.
    fn drop(&mut self) {
        if self.ledger.is_open() {
            let spend = self.budget.leave();
            self.ledger.note(|trace| trace.spend = spend);
        }
    }
}

impl Call {
    /// What an answer's text is scanned for beside detectors: what must not come back, and stand-ins that are to be given
    /// back as what they stand for.
    pub(crate) fn known_in_answer(&self) -> Option<KnownValues> {
        let now = self.shared.clock.wall();
        let back = self.owner.as_ref().and_then(|owner| self.shared.stand_ins.of(owner, now));
        match (self.known.clone(), back) {
            (known, None) => known,
            (None, Some(back)) => Some(KnownValues::restoring(&back)),
            (Some(known), Some(back)) => Some(known.and(&KnownValues::restoring(&back))),
        }
    }

    /// Whether decisions take effect.
    pub(crate) fn enforces(&self) -> bool {
        self.mode.mode == Mode::Enforce
    }

    /// Who says that a decision has no effect, where it has none.
    pub(crate) fn observed_by(&self) -> Option<ModeLevel> {
        (!self.enforces()).then_some(self.mode.by)
    }

    /// The same of what is done about findings.
    pub(crate) fn findings_observed_by(&self) -> Option<ModeLevel> {
        self.snapshot.modes.dlp_observes.then_some(ModeLevel::Dlp).or_else(|| self.observed_by())
    }

    /// The same of what `cause` stands for.
    pub(crate) fn cause_observed_by(&self, cause: &Cause) -> Option<ModeLevel> {
        self.observed_by().filter(|_| !cause.insists)
    }

    /// Ends the use of tokens and money, and enters what was spent.
    pub(crate) fn settle(&mut self, progress: Progress) {
        let spend = self.budget.settle(progress);
        self.ledger.note(|trace| trace.spend = spend);
    }

    /// Ends the action with a refusal. What was used before it is settled already, or follows from the cause.
    pub(crate) fn refuse(mut self: Box<Self>, cause: &Cause) -> Refused {
        self.settle(cause.progress());
        if let Some(reason) = cause.to_reason(None) {
            self.ledger.reason(reason);
        }
        if cause.upstream.is_none() {
            self.ledger.ends_after_all();
        }
        let refusal = cause.to_refusal(self.id);
        let mut response = self.dialect.refusal(&refusal, self.request_id.as_ref());
        self.decorate(response.headers_mut());
        let status = response.status().as_u16();
        self.ledger.note(|trace| {
            trace.http_status = Some(status);
            trace.upstream_failure = cause.upstream;
        });
        self.ledger.released();
        self.ledger.close(cause.outcome);
        if let Some(notes) = &self.shared.notes {
            notes.refused(cause);
        }
        Refused { response, limits: self.limits.take() }
    }

    /// Refuses where decisions take effect; elsewhere notes what would have been and goes on.
    pub(crate) fn refuse_or_note(mut self: Box<Self>, cause: &Cause) -> Result<Box<Self>, Refused> {
        match self.cause_observed_by(cause) {
            None => Err(self.refuse(cause)),
            Some(_) => {
                self.note_instead(cause);
                Ok(self)
            }
        }
    }

    /// Whether what has judged the call is in force, and stays so until the call is forwarded or refused.
    pub(crate) fn is_pinned(&mut self) -> bool {
        if self.pin.is_none() {
            self.pin = Pin::new(&self.governance, &self.shared.governance);
        }
        self.pin.is_some()
    }

    /// What has judged the call was replaced. Where the one in force only observes the agent, it would go out in any case; whether
    /// the replaced one did says nothing.
    pub(crate) fn replaced(self: Box<Self>) -> Result<Box<Self>, Refused> {
        let in_force = self.shared.governance.load_full();
        match self.mode_under(&in_force).mode {
            Mode::Enforce => Err(self.refuse(&Cause::replaced())),
            Mode::Observe => Ok(self),
        }
    }

    /// Whether decisions would take effect under another governance, and who says so there.
    pub(crate) fn mode_under(&self, governance: &Governance) -> TracedMode {
        governance.mode_of(self.snapshot.tenant, self.agent_name().as_deref())
    }

    /// The name of the agent that calls; none where it is not known.
    pub(crate) fn agent_name(&self) -> Option<Arc<str>> {
        self.ledger.read(|trace| trace.agent.as_ref().map(|agent| agent.name.clone())).flatten()
    }

    /// Looks whether the right to judge is still held: without it nobody knows whether the governance still is in force.
    pub(crate) fn hold_lease(mut self: Box<Self>) -> Result<Box<Self>, Refused> {
        let (now, without) = (self.start(), self.governance.without_lease);
        match self.lacks_lease(now, without) {
            Some(cause) => self.refuse_or_note(&cause),
            None => Ok(self),
        }
    }

    /// Why the action may not go on where no lease is held, told once. An engine that serves on `without` says so in the trace.
    pub(crate) fn lacks_lease(&mut self, now: Duration, without: WithoutLease) -> Option<Cause> {
        if self.unleased || self.shared.lease.is_held(now) {
            return None;
        }
        self.unleased = true;
        match without {
            WithoutLease::Refuse => Some(Cause::no_lease()),
            WithoutLease::Serve => {
                self.ledger.reason(Reason::new(Status::Flagged, ReasonKind::NoLease, None));
                None
            }
        }
    }

    /// Notes what refusal the action would have ended with.
    pub(crate) fn note_instead(&mut self, cause: &Cause) {
        let http_status = Some(cause.to_refusal(self.id).status.as_u16());
        self.goes_on(cause, Instead { outcome: cause.outcome, http_status }, cause.progress());
    }

    /// Notes that the action would have ended here, how, and having come how far. Limits count what they would have counted
    /// then, so that an agent which is observed comes to the same limits as one for which decisions take effect.
    pub(crate) fn goes_on(&mut self, cause: &Cause, instead: Instead, progress: Progress) {
        let observed_by = self.cause_observed_by(cause);
        self.ledger.note(|trace| trace.reasons.extend(cause.to_reason(observed_by)));
        self.would_have_ended(instead, progress);
    }

    /// The same where the reasons stand in the trace; `false` where it would have ended before.
    pub(crate) fn would_have_ended(&mut self, instead: Instead, progress: Progress) -> bool {
        let first = self.ledger.would_have_ended(instead);
        if first {
            self.budget.let_go(progress);
        }
        first
    }

    /// Adds what every answer carries: the trace's id, and the state of the limits that applied. Limits that are only
    /// observed are not told: nobody is to hold back for them.
    pub(crate) fn decorate(&self, headers: &mut HeaderMap) {
        if let Ok(id) = HeaderValue::from_str(&self.id.to_string()) {
            headers.insert(headers::TRACE_ID, id);
        }
        headers.insert(headers::EPOCH, HeaderValue::from(self.governance.epoch));
        let limits = self.limits.as_deref().filter(|_| self.enforces()).unwrap_or_default();
        rate_limits::add(headers, self.dialect, limits, self.shared.clock.wall());
    }

    /// The moment from which [`spent`](Self::spent) counts.
    pub(crate) fn start(&self) -> Duration {
        self.shared.clock.ticks()
    }

    /// Counts the time since `start` as our own.
    pub(crate) fn spent(&mut self, start: Duration) {
        let now = self.shared.clock.ticks();
        self.ledger.own(now.saturating_sub(start));
    }

    /// Ends the action as completed, or however else it ended.
    pub(crate) fn close(&mut self, outcome: Outcome) {
        self.ledger.close(outcome);
    }
}
