//! Governance as requests see it: one immutable [`Snapshot`] a tenant, compiled when it is loaded. A request takes its
//! snapshot once and keeps it to the end, so that one action is judged by one version.

use std::{collections::HashMap, sync::Arc};

use renlayer_dlp::Scanner;
use renlayer_policy::cedar::CedarSet;
use renlayer_policy::{LimitSet, Mode, PolicySet, Prices};
use serde::Deserialize;

use crate::{
    id::TenantId,
    identity::{Agent, Keyring},
    pin::Deciding,
    route::RouteTable,
    trace::{ModeLevel, TracedMode},
};

/// One tenant's governance, compiled.
#[derive(Debug)]
pub struct Snapshot {
    /// Whose it is.
    pub tenant: TenantId,
    /// Whether decisions take effect, and for whom it is otherwise.
    pub modes: Modes,
    /// The policies, with the tenant's default.
    pub policies: PolicySet,
    /// The Cedar policies; none where the tenant has none, and then nothing needs their permission.
    pub cedar: Option<CedarSet>,
    /// The limits.
    pub limits: LimitSet,
    /// What models cost.
    pub prices: Prices,
    /// What looks for sensitive data.
    pub scanner: Scanner,
    /// The same for agents for whom the settings say otherwise, by name.
    pub scanners: HashMap<Box<str>, Scanner>,
    /// Where calls go.
    pub routes: RouteTable,
}

/// Whether decisions take effect: the narrowest word that is said counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Modes {
    /// What the process says.
    pub process: Mode,
    /// What the tenant says.
    pub tenant: Option<Mode>,
    /// What agents say, by name.
    pub agents: HashMap<Box<str>, Mode>,
    /// Whether the scanner's settings say that what it finds is only observed.
    pub dlp_observes: bool,
}

/// The governance of every tenant, with the keys that lead to it.
#[derive(Debug)]
pub struct Governance {
    /// Which version of it this is; see [`Fleet`](crate::store::Fleet). Nought where nobody counts them.
    pub epoch: u64,
    /// What to do with calls while no lease is held.
    pub without_lease: WithoutLease,
    /// What becomes of answers that stream when another governance comes into force.
    pub streams: OnChange,
    pub(crate) deciding: Deciding,
    /// Every active agent key.
    pub keys: Keyring,
    /// What a call without a key is worth.
    pub keyless: Keyless,
    /// The tenants' snapshots.
    pub tenants: HashMap<TenantId, Arc<Snapshot>>,
    /// The tenant that judges calls which name none.
    pub default_tenant: Arc<Snapshot>,
    /// The process's bounds.
    pub bounds: Bounds,
}

/// What a call without an agent key is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keyless {
    /// Nothing: no agent key, no call.
    Refused,
    /// It belongs to this agent, unless it comes from a web page. Only for listeners on loopback.
    Agent(Arc<Agent>),
}

/// What an engine does that does not know whether its governance is still in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithoutLease {
    /// It refuses.
    #[default]
    Refuse,
    /// It goes on, and every trace says so.
    Serve,
}

/// What becomes of an answer that streams under governance which is replaced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnChange {
    /// It goes on to its end.
    #[default]
    Finish,
    /// Its call is judged again, and it ends where that would be refused now.
    Judge,
    /// It ends.
    Cut,
}

/// The process's bounds on what it holds in memory for one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The longest body that is judged whole, in bytes as sent.
    pub max_body_bytes: usize,
    /// The longest body once its content-encoding is undone.
    pub max_decoded_bytes: usize,
    /// How much of a body a trace keeps, in bytes.
    pub max_traced_bytes: usize,
    /// How many tokens an answer is taken to have at most where its caller does not say.
    pub assumed_output_tokens: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            max_body_bytes: 16 << 20,
            max_decoded_bytes: 64 << 20,
            max_traced_bytes: 8 << 10,
            assumed_output_tokens: 4_096,
        }
    }
}

impl Snapshot {
    /// What looks for sensitive data in an agent's calls.
    pub fn scanner_of(&self, agent: Option<&Agent>) -> &Scanner {
        agent.and_then(|agent| self.scanners.get(&*agent.name)).unwrap_or(&self.scanner)
    }
}

impl Modes {
    /// The mode of an agent's calls, and whose word it is.
    pub fn of(&self, agent: Option<&Agent>) -> TracedMode {
        self.of_named(agent.map(|agent| &*agent.name))
    }

    /// The same by the agent's name.
    pub fn of_named(&self, agent: Option<&str>) -> TracedMode {
        let agent = agent.and_then(|name| self.agents.get(name)).map(|mode| (*mode, ModeLevel::Agent));
        let tenant = || self.tenant.map(|mode| (mode, ModeLevel::Tenant));
        let (mode, by) = agent.or_else(tenant).unwrap_or((self.process, ModeLevel::Process));
        TracedMode { mode, by }
    }
}

impl Governance {
    /// The same under another number.
    pub fn at_epoch(self, epoch: u64) -> Self {
        Self { epoch, ..self }
    }

    /// Whether a decision by it is under way, after it was taken out of force.
    pub fn is_deciding(&self) -> bool {
        self.deciding.any()
    }

    /// The mode of a tenant's agent by its name, and whose word it is.
    pub(crate) fn mode_of(&self, tenant: TenantId, agent: Option<&str>) -> TracedMode {
        self.tenants.get(&tenant).unwrap_or(&self.default_tenant).modes.of_named(agent)
    }

    /// The snapshot that judges an agent's calls.
    pub fn of(&self, agent: Option<&Agent>) -> &Arc<Snapshot> {
        agent.and_then(|agent| self.tenants.get(&agent.tenant)).unwrap_or(&self.default_tenant)
    }
}
