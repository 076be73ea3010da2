//! Where governance and traces are kept: one schema over SQLite and PostgreSQL.
//!
//! [`open`] answers with a [`Store`] for an address. Both engines pass the same suite (`tests/store_suite.rs`); what one
//! cannot do like the other stands in its own file, everything else is written once.
//!
//! | file | holds |
//! |---|---|
//! | `agents` | agents and their keys |
//! | `counters` | what limits have counted |
//! | `shared` | what limits count where instances count together |
//! | `declare` | what a configuration file declares, reconciled into the store |
//! | `drift` | how a file's declarations and the store differ |
//! | `fleet` | how a save takes effect on every instance at once |
//! | `fingerprint` | the key of the fingerprints |
//! | `governance` | everything that a snapshot is made of, read at once |
//! | `revision` | whether any of it has changed |
//! | `traces` | filters, pages, following |
//! | `policies` | policies with their versions |
//! | `gaps` | traces that are not there: dropped, or removed by retention |
//! | `sql_store` | the store over either engine: transactions, and saves that the whole fleet waits for |
//! | `sqlite`, `postgres` | the engines |
//! | `sql`, `row` | the language they share; a trace as a row |

mod agents;
mod counters;
mod declare;
mod drift;
mod error;
mod fingerprint;
mod fleet;
mod gaps;
mod governance;
mod policies;
mod postgres;
mod revision;
mod row;
pub mod shared;
mod sql;
mod sql_store;
mod sqlite;
mod traces;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use renlayer_policy::{Mode, Policy};

pub use self::agents::{AgentRecord, KeyRecord, ManagedBy, NewKey};
pub use self::counters::Counters;
pub use self::drift::{Counts, Drift, DriftChange, DriftKind, Reconciled};
pub use self::error::StoreError;
pub use self::fingerprint::FingerprintKey;
pub use self::fleet::{Fleet, InForce, InstanceRecord, Member, Saved, Standing, Watch};
pub use self::gaps::{GapKind, TraceGap};
pub use self::governance::Governance;
pub use self::policies::{
    CedarRecord, CedarVersion, Change, PolicyRecord, PolicyVersion, Version, Versioned,
};
pub use self::revision::Revision;
pub use self::traces::{ParseCursorError, TailPosition, TraceCursor, TraceFilter, TracePage, TraceTail};

use self::postgres::PostgresBackend;
use self::sql_store::SqlStore;
use self::sqlite::SqliteBackend;
use crate::config::{DatabaseUrl, Declare, DeclaredCedar, Route};
use crate::id::{AgentId, KeyId, PolicyId, TenantId, TraceId};
use crate::trace::Trace;

/// The name of the tenant, and of the agent, that are there without any configuration.
pub const DEFAULT: &str = "default";

/// What takes traces.
#[async_trait]
pub trait TraceStore: Send + Sync + 'static {
    /// Stores traces. Those that are stored already stay as they are, so that a repeated call does no harm.
    async fn append_traces(&self, traces: &[Trace]) -> Result<(), StoreError>;

    /// Records traces that could not be kept.
    async fn record_gap(&self, gap: &TraceGap) -> Result<(), StoreError>;
}

/// A store. Every operation that changes several rows changes all of them or none. One that changes governance returns
/// once every [instance](Fleet) judges by the change, or does not judge any more.
#[async_trait]
pub trait Store: TraceStore + Counters + Fleet {
    /// Brings the schema up to date and makes the default tenant and its default agent.
    async fn migrate(&self, now: Timestamp) -> Result<(), StoreError>;

    /// Whether the store answers.
    async fn ping(&self) -> Result<(), StoreError>;

    /// One trace.
    async fn trace(&self, tenant: TenantId, id: TraceId) -> Result<Option<Trace>, StoreError>;

    /// A page of traces, newest first.
    async fn traces(
        &self,
        tenant: TenantId,
        filter: &TraceFilter,
        after: Option<&TraceCursor>,
        limit: usize,
    ) -> Result<TracePage, StoreError>;

    /// The traces stored after a place, oldest first; without a place, the last ones and the place after them.
    async fn tail_traces(
        &self,
        tenant: TenantId,
        filter: &TraceFilter,
        after: Option<TailPosition>,
        limit: usize,
    ) -> Result<TraceTail, StoreError>;

    /// Removes the traces of actions that began before a time, records that it did, and tells how many there were.
    async fn purge_traces(&self, before: Timestamp, now: Timestamp) -> Result<u64, StoreError>;

    /// Every recorded gap, newest first.
    async fn gaps(&self, limit: usize) -> Result<Vec<TraceGap>, StoreError>;

    /// Makes the store hold what a file declares: adds, changes, and removes what an earlier file declared and this one
    /// does not. What others manage stays, unless the file declares an object of the same name.
    async fn declare(
        &self,
        tenant: TenantId,
        declared: &Declare,
        routes: &[Route],
        now: Timestamp,
    ) -> Result<Saved<Reconciled>, StoreError>;

    /// What [`declare`](Self::declare) would do, and nothing of it.
    async fn drift(
        &self,
        tenant: TenantId,
        declared: &Declare,
        routes: &[Route],
        now: Timestamp,
    ) -> Result<Reconciled, StoreError>;

    /// Everything that governs a tenant, as of one moment.
    async fn governance(&self, tenant: TenantId) -> Result<Governance, StoreError>;

    /// A value that is another one once anything has changed that [`governance`](Self::governance) tells: cheap enough
    /// to be asked for all the time.
    async fn revision(&self, tenant: TenantId) -> Result<Revision, StoreError>;

    /// Keeps a key of fingerprints, unless there is one already, and tells which one there is then.
    async fn keep_fingerprint_key(
        &self,
        tenant: TenantId,
        proposed: &FingerprintKey,
        now: Timestamp,
    ) -> Result<FingerprintKey, StoreError>;

    /// The policies that are there, switched-off ones included, by name.
    async fn policies(&self, tenant: TenantId) -> Result<Vec<PolicyRecord>, StoreError>;

    /// The policy of that name, or the removed one that had it last.
    async fn policy_named(&self, tenant: TenantId, name: &str) -> Result<Option<PolicyRecord>, StoreError>;

    /// Every version of a policy, the latest first.
    async fn policy_history(&self, tenant: TenantId, id: PolicyId) -> Result<Vec<PolicyVersion>, StoreError>;

    /// Makes a policy.
    async fn create_policy(
        &self,
        tenant: TenantId,
        policy: &Policy,
        change: &Change,
    ) -> Result<Saved<PolicyRecord>, StoreError>;

    /// Saves a new version of a policy; with `expected`, only where that is its latest.
    async fn update_policy(
        &self,
        tenant: TenantId,
        id: PolicyId,
        expected: Option<i64>,
        policy: &Policy,
        change: &Change,
    ) -> Result<Saved<PolicyRecord>, StoreError>;

    /// Brings back what an earlier version of a policy said, as a new version; also where the policy was removed.
    async fn restore_policy(
        &self,
        tenant: TenantId,
        id: PolicyId,
        version: i64,
        change: &Change,
    ) -> Result<Saved<PolicyRecord>, StoreError>;

    /// Takes a policy away; its history stays.
    async fn remove_policy(
        &self,
        tenant: TenantId,
        id: PolicyId,
        change: &Change,
    ) -> Result<Saved<()>, StoreError>;

    /// The text of Cedar policies of that name, or the removed one that had it last.
    async fn cedar_named(&self, tenant: TenantId, name: &str) -> Result<Option<CedarRecord>, StoreError>;

    /// Every version of a text of Cedar policies, the latest first.
    async fn cedar_history(&self, tenant: TenantId, id: PolicyId) -> Result<Vec<CedarVersion>, StoreError>;

    /// Saves a text of Cedar policies: a new one, or a new version of `known`, with `expected` only where that is its latest.
    async fn save_cedar(
        &self,
        tenant: TenantId,
        known: Option<(PolicyId, Option<i64>)>,
        text: &DeclaredCedar,
        change: &Change,
    ) -> Result<Saved<CedarRecord>, StoreError>;

    /// Brings back what an earlier version of a text of Cedar policies said, as a new version; also where it was removed.
    async fn restore_cedar(
        &self,
        tenant: TenantId,
        id: PolicyId,
        version: i64,
        change: &Change,
    ) -> Result<Saved<CedarRecord>, StoreError>;

    /// Takes a text of Cedar policies away; its history stays.
    async fn remove_cedar(
        &self,
        tenant: TenantId,
        id: PolicyId,
        change: &Change,
    ) -> Result<Saved<()>, StoreError>;

    /// Makes an agent.
    async fn create_agent(
        &self,
        tenant: TenantId,
        name: &str,
        description: Option<&str>,
        mode: Option<Mode>,
        now: Timestamp,
    ) -> Result<Saved<AgentRecord>, StoreError>;

    /// Says whether decisions on an agent's calls take effect, or leaves it to its tenant. One that the file declares is left
    /// as it is, with an error.
    async fn set_agent_mode(
        &self,
        tenant: TenantId,
        agent: AgentId,
        mode: Option<Mode>,
    ) -> Result<Saved<()>, StoreError>;

    /// Switches an agent off, and all of its keys with it, or on again.
    async fn set_agent_enabled(
        &self,
        tenant: TenantId,
        agent: AgentId,
        enabled: bool,
        now: Timestamp,
    ) -> Result<Saved<()>, StoreError>;

    /// The agents, by name.
    async fn agents(&self, tenant: TenantId) -> Result<Vec<AgentRecord>, StoreError>;

    /// Stores a new key of an agent.
    async fn create_key(
        &self,
        tenant: TenantId,
        key: &NewKey,
        now: Timestamp,
    ) -> Result<Saved<KeyRecord>, StoreError>;

    /// Revokes a key for good.
    async fn revoke_key(&self, tenant: TenantId, key: KeyId, now: Timestamp)
    -> Result<Saved<()>, StoreError>;

    /// The keys, revoked and expired ones included, oldest first; of one agent, or of all.
    async fn keys(&self, tenant: TenantId, agent: Option<AgentId>) -> Result<Vec<KeyRecord>, StoreError>;

    /// Lets operations under way end, and closes the store.
    async fn close(&self);
}

/// Opens the store at an address. PostgreSQL may be away: then the first operation says so.
pub async fn open(url: &DatabaseUrl) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match url {
        DatabaseUrl::Sqlite(path) => SqlStore::over(SqliteBackend::open(path).await?),
        DatabaseUrl::SqliteMemory => SqlStore::over(SqliteBackend::in_memory().await?),
        DatabaseUrl::Postgres(url) => SqlStore::over(PostgresBackend::new(url)?),
    })
}

/// The tenant that is there without any configuration.
pub fn default_tenant() -> TenantId {
    TenantId::derived("", DEFAULT)
}

/// The agent that calls without an agent key belong to, where they are worth anything.
pub fn default_agent(tenant: TenantId) -> AgentId {
    AgentId::derived(&tenant.to_string(), DEFAULT)
}
