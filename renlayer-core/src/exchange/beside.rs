//! An engine beside another: it judges calls as that one would, and changes nothing of it. Counters and stand-ins are its own, and
//! what it would record is kept for who asks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use renlayer_policy::Explanation;
use renlayer_policy::cedar::CedarDecision;

use super::{Overflow, Permit, Reading, Refused, cause::Cause};
use crate::trace::{Recorder, Trace};

/// Keeps what becomes of one call.
#[derive(Default)]
pub(crate) struct Notes {
    explaining: bool,
    noted: Mutex<Noted>,
}

/// What became of it.
#[derive(Default)]
pub(super) struct Noted {
    /// The trace that would be recorded.
    pub(super) trace: Option<Trace>,
    /// Why it is refused; none where it is not.
    pub(super) cause: Option<Cause>,
    /// Why the policies decide as they do; none where nobody asked for it, or the call does not come before them.
    pub(super) explanation: Option<Explanation>,
    /// The same of Cedar policies.
    pub(super) cedar: Option<CedarDecision>,
}

// === impl Notes ===

impl Notes {
    /// Keeps explanations as well.
    pub(super) fn explaining() -> Arc<Self> {
        Arc::new(Self { explaining: true, ..Self::default() })
    }

    pub(super) fn take(&self) -> Noted {
        std::mem::take(&mut *self.noted())
    }

    pub(super) fn refused(&self, cause: &Cause) {
        self.noted().cause = Some(cause.clone());
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorder for Notes {
    fn record(&self, trace: Trace) {
        self.noted().trace = Some(trace);
    }

    fn wants_explanations(&self) -> bool {
        self.explaining
    }

    fn explain(&self, explanation: Explanation) {
        self.noted().explanation = Some(explanation);
    }

    fn explain_cedar(&self, decision: CedarDecision) {
        self.noted().cedar = Some(decision);
    }
}

// === impl Reading ===

impl Reading {
    /// Takes the body as one, and has the call judged. The body comes back where it goes on unread.
    pub(super) fn gather(mut self, body: Bytes) -> Result<(Permit, Option<Bytes>), Refused> {
        match self.push(body) {
            Ok(()) => Ok((self.end()?, None)),
            Err(body) => self.unread(body),
        }
    }

    /// Has the call judged without its body, of which `held` is there.
    pub(super) fn unread(self, held: Bytes) -> Result<(Permit, Option<Bytes>), Refused> {
        match self.overflow(held) {
            Overflow::Refused(refused) => Err(refused),
            Overflow::Unread { permit, held } => Ok((*permit, Some(held))),
        }
    }
}
