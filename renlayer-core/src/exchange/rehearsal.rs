//! A call judged without being made: what the real exchange would do with it, and why. Nothing is sent, counted or
//! stored.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, request};
use jiff::Timestamp;
use renlayer_policy::cedar::CedarDecision;
use renlayer_policy::{Explanation, LimitState};

use super::{
    Forward, Ingress, Reading, Refused,
    begin::Came,
    beside::{Noted, Notes},
    cause::Cause,
};
use crate::{clock::Clock, engine::Engine, identity::Agent, sessions::Sessions, trace::Trace};

/// What would come of a call.
#[derive(Debug)]
pub struct Rehearsal {
    /// The request as the upstream would see it, or the refusal as the caller would.
    pub answer: Result<Request<Bytes>, Response<Bytes>>,
    /// The trace that would be recorded.
    pub trace: Trace,
    /// Why the policies decide as they do; none where the call does not come before them.
    pub explanation: Option<Explanation>,
    /// What Cedar policies say of it; none where there are none, or the call does not come before them.
    pub cedar: Option<CedarDecision>,
    /// The limits that apply, as they would stand after this call alone; none where the call does not come before them.
    pub limits: Option<Vec<LimitState>>,
}

impl Engine {
    /// Judges a call as if `agent` made it at `at`, by the governance in force and with counters at zero. The URI is
    /// the upstream's. `None` would mean that the exchange recorded no trace, which it promises to.
    pub fn rehearse(
        &self,
        agent: Option<Arc<Agent>>,
        parts: request::Parts,
        body: Bytes,
        at: Timestamp,
    ) -> Option<Rehearsal> {
        let governance = self.governance();
        let notes = Notes::explaining();
        let (clock, sessions) = (Arc::new(Still(at)), Sessions::default());
        let engine = Self::beside(self.shared(), governance.clone(), notes.clone(), clock, sessions);
        let came = Came::of(&parts);
        let begun = engine.begin_as(Ok::<_, Cause>(agent), (parts, came), Ingress::Inline, &governance);
        let (answer, limits) = match begun.and_then(|reading| admit(reading, body)) {
            Err(refused) => (Err(refused.response), refused.limits),
            Ok(Forward { parts, body, pending }) => {
                (Ok(Request::from_parts(parts, body)), pending.rehearsed())
            }
        };
        let Noted { trace, explanation, cedar, .. } = notes.take();
        Some(Rehearsal { answer, trace: trace?, explanation, cedar, limits })
    }
}

fn admit(reading: Reading, body: Bytes) -> Result<Forward, Refused> {
    let (permit, unread) = reading.gather(body)?;
    let forward = permit.admit()?;
    Ok(match unread {
        Some(body) => Forward { body, ..forward },
        None => forward,
    })
}

/// A clock that stands still.
struct Still(Timestamp);

impl Clock for Still {
    fn wall(&self) -> Timestamp {
        self.0
    }

    fn ticks(&self) -> Duration {
        Duration::ZERO
    }
}
