//! The last look: between the verdict on a call and its first byte on the wire a connection may have to be made, which takes as
//! long as it takes. Whoever sends it looks once more as the connection takes it.

use std::sync::Arc;

use renlayer_policy::Mode;

use super::{Pending, Refused, call::Call, cause::Cause};
use crate::{
    engine::Shared,
    id::TenantId,
    snapshot::{Governance, WithoutLease},
};

/// Whether a call that was let through may still go out: travels to the client as a request extension. It asks no one and takes
/// some nanoseconds, so that it can stand directly before the head is written. A call that may not go is answered with
/// [`Unsent`].
#[derive(Clone)]
pub struct LastLook {
    shared: Arc<Shared>,
    governance: Arc<Governance>,
    tenant: TenantId,
    agent: Option<Arc<str>>,
    /// Whether it may only go while a lease is held.
    leased: bool,
}

/// A call was not sent, for its [`LastLook`] said that it may not go: in the extensions of an otherwise empty response. The
/// caller then gets a refusal in its own dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsent;

// === impl LastLook ===

impl LastLook {
    pub(super) fn of(call: &Call) -> Self {
        let refuses = call.governance.without_lease == WithoutLease::Refuse;
        Self {
            shared: call.shared.clone(),
            governance: call.governance.clone(),
            tenant: call.snapshot.tenant,
            agent: call.agent_name(),
            leased: refuses && call.enforces() && !call.unleased,
        }
    }

    /// Whether the governance that let the call through is in force, or the one that is would not hold it up, and whether that is
    /// known.
    pub fn may_go(&self) -> bool {
        self.is_leased() && (self.shared.judges_by(&self.governance) || self.is_observed())
    }

    fn is_leased(&self) -> bool {
        !self.leased || self.shared.lease.is_held(self.shared.clock.ticks())
    }

    fn is_observed(&self) -> bool {
        let in_force = self.shared.governance.load();
        in_force.mode_of(self.tenant, self.agent.as_deref()).mode == Mode::Observe
    }
}

// === impl Pending ===

impl Pending {
    /// The call was not sent: its [`LastLook`] said that it may not go.
    pub fn unsent(self) -> Refused {
        let leased = LastLook::of(&self.call).is_leased();
        self.call.refuse(&if leased { Cause::replaced() } else { Cause::no_lease() })
    }
}
