//! What every state of an exchange carries along.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, HeaderValue};
use renlayer_dlp::KnownValues;
use renlayer_policy::{LimitState, Mode};

use super::{Refused, cause::Cause, headers, ledger::Ledger};
use crate::{
    dialect::{Dialect, JsonRpcId},
    engine::Shared,
    id::TraceId,
    snapshot::{Bounds, Snapshot},
    trace::Outcome,
};

pub(crate) struct Call {
    pub(crate) shared: Arc<Shared>,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) bounds: Bounds,
    pub(crate) ledger: Ledger,
    pub(crate) id: TraceId,
    pub(crate) dialect: Dialect,
    /// The id that a JSON-RPC refusal must carry.
    pub(crate) request_id: Option<JsonRpcId>,
    /// Whether the caller asked for a streamed answer.
    pub(crate) streamed: bool,
    /// The limits that applied, for the answer's headers; none until they are asked.
    pub(crate) limits: Option<Vec<LimitState>>,
    /// What must not come back.
    pub(crate) known: Option<KnownValues>,
}

impl Call {
    /// Whether decisions take effect.
    pub(crate) fn enforces(&self) -> bool {
        self.snapshot.mode == Mode::Enforce
    }

    /// Ends the action with a refusal.
    pub(crate) fn refuse(mut self: Box<Self>, cause: &Cause) -> Refused {
        if let Some(reason) = cause.to_reason(true) {
            self.ledger.reason(reason);
        }
        let refusal = cause.to_refusal(self.id);
        let mut response = self.dialect.refusal(&refusal, self.request_id.as_ref());
        if let Some(limit) =
            self.limits.iter().flatten().find(|limit| limit.remaining == 0 && refusal.retry_after.is_some())
        {
            headers::rate_limit_of_dialect(
                response.headers_mut(),
                self.dialect,
                limit,
                self.shared.clock.wall(),
            );
        }
        self.decorate(response.headers_mut());
        let status = response.status().as_u16();
        self.ledger.note(|trace| trace.http_status = Some(status));
        self.ledger.released();
        self.ledger.close(cause.outcome);
        Refused { response, limits: self.limits.take() }
    }

    /// Refuses where decisions take effect; elsewhere notes what would have been and goes on.
    pub(crate) fn refuse_or_note(mut self: Box<Self>, cause: &Cause) -> Result<Box<Self>, Refused> {
        if self.enforces() {
            return Err(self.refuse(cause));
        }
        if let Some(reason) = cause.to_reason(false) {
            self.ledger.reason(reason);
        }
        Ok(self)
    }

    /// Adds what every answer carries: the trace's id, and the state of the limits that applied.
    pub(crate) fn decorate(&self, headers: &mut HeaderMap) {
        if let Ok(id) = HeaderValue::from_str(&self.id.to_string()) {
            headers.insert(headers::TRACE_ID, id);
        }
        headers::rate_limit(headers, self.limits.as_deref().unwrap_or_default());
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
