//! Where governance and traces are kept: one schema over SQLite and PostgreSQL.
//!
//! [`open`] answers with a [`Store`] for an address. Both engines pass the same suite (`tests/store_suite.rs`); what one
//! cannot do like the other stands in its own file, everything else is written once.
//!
//! | file | holds |
//! |---|---|
//! | `agents` | agents and their keys |
//! | `counters` | what limits have counted |
//! | `declare` | what a configuration file declares, reconciled into the store |
//! | `fingerprint` | the key of the fingerprints |
//! | `governance` | everything that a snapshot is made of, read at once |
//! | `revision` | whether any of it has changed |
//! | `traces` | filters, pages, following |
//! | `policies` | policies with their versions |
//! | `gaps` | traces that are not there: dropped, or removed by retention |
//! | `sqlite`, `postgres` | the engines |
//! | `sql`, `row` | the language they share; a trace as a row |

mod agents;
mod counters;
mod declare;
mod error;
mod fingerprint;
mod gaps;
mod governance;
mod policies;
mod postgres;
mod revision;
mod row;
mod sql;
mod sqlite;
mod traces;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use renlayer_policy::{CountRecord, Policy};

pub use self::agents::{AgentRecord, KeyRecord, ManagedBy, NewKey};
pub use self::counters::Counters;
pub use self::declare::Reconciled;
pub use self::error::StoreError;
pub use self::fingerprint::FingerprintKey;
pub use self::gaps::{GapKind, TraceGap};
pub use self::governance::Governance;
pub use self::policies::{Change, PolicyRecord, PolicyVersion};
pub use self::revision::Revision;
pub use self::traces::{ParseCursorError, TailPosition, TraceCursor, TraceFilter, TracePage, TraceTail};

use self::postgres::PostgresBackend;
use self::row::TraceRow;
use self::sql::Backend;
use self::sqlite::SqliteBackend;
use crate::config::{DatabaseUrl, Declare, Route};
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

/// A store. Every operation that changes several rows changes all of them or none.
#[async_trait]
pub trait Store: TraceStore + Counters {
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
    ) -> Result<PolicyRecord, StoreError>;

    /// Saves a new version of a policy; with `expected`, only where that is its latest.
    async fn update_policy(
        &self,
        tenant: TenantId,
        id: PolicyId,
        expected: Option<i64>,
        policy: &Policy,
        change: &Change,
    ) -> Result<PolicyRecord, StoreError>;

    /// Brings back what an earlier version of a policy said, as a new version; also where the policy was removed.
    async fn restore_policy(
        &self,
        tenant: TenantId,
        id: PolicyId,
        version: i64,
        change: &Change,
    ) -> Result<PolicyRecord, StoreError>;

    /// Takes a policy away; its history stays.
    async fn remove_policy(&self, tenant: TenantId, id: PolicyId, change: &Change) -> Result<(), StoreError>;

    /// Makes an agent.
    async fn create_agent(
        &self,
        tenant: TenantId,
        name: &str,
        description: Option<&str>,
        now: Timestamp,
    ) -> Result<AgentRecord, StoreError>;

    /// Switches an agent off, and all of its keys with it, or on again.
    async fn set_agent_enabled(
        &self,
        tenant: TenantId,
        agent: AgentId,
        enabled: bool,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The agents, by name.
    async fn agents(&self, tenant: TenantId) -> Result<Vec<AgentRecord>, StoreError>;

    /// Stores a new key of an agent.
    async fn create_key(
        &self,
        tenant: TenantId,
        key: &NewKey,
        now: Timestamp,
    ) -> Result<KeyRecord, StoreError>;

    /// Revokes a key for good.
    async fn revoke_key(&self, tenant: TenantId, key: KeyId, now: Timestamp) -> Result<(), StoreError>;

    /// The keys, revoked and expired ones included, oldest first; of one agent, or of all.
    async fn keys(&self, tenant: TenantId, agent: Option<AgentId>) -> Result<Vec<KeyRecord>, StoreError>;

    /// Lets operations under way end, and closes the store.
    async fn close(&self);
}

/// Opens the store at an address. PostgreSQL may be away: then the first operation says so.
pub async fn open(url: &DatabaseUrl) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match url {
        DatabaseUrl::Sqlite(path) => Arc::new(SqlStore(SqliteBackend::open(path).await?)),
        DatabaseUrl::SqliteMemory => Arc::new(SqlStore(SqliteBackend::in_memory().await?)),
        DatabaseUrl::Postgres(url) => Arc::new(SqlStore(PostgresBackend::new(url)?)),
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

/// How many traces are written as rows before others get their turn: more than the calls that are served in one turn,
/// for else a busy process would fall behind with its traces.
const AT_ONCE: usize = 64;

/// A store over either engine.
struct SqlStore<B>(B);

#[async_trait]
impl<B: Backend> TraceStore for SqlStore<B> {
    async fn append_traces(&self, traces: &[Trace]) -> Result<(), StoreError> {
        let mut rows = Vec::with_capacity(traces.len());
        for some in traces.chunks(AT_ONCE) {
            for trace in some {
                rows.push(TraceRow::of(trace)?);
            }
            // The calls that are being served on this thread come first.
            tokio::task::yield_now().await;
        }
        if rows.is_empty() { Ok(()) } else { self.0.append(rows).await }
    }

    async fn record_gap(&self, gap: &TraceGap) -> Result<(), StoreError> {
        let mut session = self.0.begin().await?;
        gaps::record(&mut *session, gap).await?;
        session.commit().await
    }
}

#[async_trait]
impl<B: Backend> Counters for SqlStore<B> {
    async fn counts(&self, now: Timestamp) -> Result<Vec<CountRecord>, StoreError> {
        counters::list(&mut *self.0.read().await?, now).await
    }

    async fn keep_counts(&self, counts: &[CountRecord]) -> Result<(), StoreError> {
        let mut session = self.0.begin().await?;
        counters::keep(&mut *session, counts).await?;
        session.commit().await
    }

    async fn forget_counts(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut session = self.0.begin().await?;
        let forgotten = counters::forget(&mut *session, now).await?;
        session.commit().await?;
        Ok(forgotten)
    }
}

#[async_trait]
impl<B: Backend> Store for SqlStore<B> {
    async fn migrate(&self, now: Timestamp) -> Result<(), StoreError> {
        self.0.migrate().await?;
        let mut session = self.0.begin().await?;
        agents::make_defaults(&mut *session, now).await?;
        session.commit().await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let mut session = self.0.read().await?;
        session.query("SELECT 1", Vec::new()).await?;
        Ok(())
    }

    async fn trace(&self, tenant: TenantId, id: TraceId) -> Result<Option<Trace>, StoreError> {
        traces::get(&mut *self.0.read().await?, tenant, id).await
    }

    async fn traces(
        &self,
        tenant: TenantId,
        filter: &TraceFilter,
        after: Option<&TraceCursor>,
        limit: usize,
    ) -> Result<TracePage, StoreError> {
        traces::page(&mut *self.0.read().await?, tenant, filter, after, limit).await
    }

    async fn tail_traces(
        &self,
        tenant: TenantId,
        filter: &TraceFilter,
        after: Option<TailPosition>,
        limit: usize,
    ) -> Result<TraceTail, StoreError> {
        traces::tail::<B>(&mut *self.0.read().await?, tenant, filter, after, limit).await
    }

    async fn purge_traces(&self, before: Timestamp, now: Timestamp) -> Result<u64, StoreError> {
        let Some(oldest) = gaps::oldest(&mut *self.0.read().await?, before).await? else { return Ok(0) };
        let whole_days = self.0.drop_whole_days(before.as_microsecond()).await?;
        let mut session = self.0.begin().await?;
        let traces = whole_days + gaps::delete(&mut *session, before).await?;
        let gap = TraceGap { kind: GapKind::Expired, traces, from: oldest, until: before, recorded_at: now };
        gaps::record(&mut *session, &gap).await?;
        session.commit().await?;
        Ok(traces)
    }

    async fn gaps(&self, limit: usize) -> Result<Vec<TraceGap>, StoreError> {
        gaps::list(&mut *self.0.read().await?, limit).await
    }

    async fn declare(
        &self,
        tenant: TenantId,
        declared: &Declare,
        routes: &[Route],
        now: Timestamp,
    ) -> Result<Reconciled, StoreError> {
        let mut session = self.0.begin().await?;
        let reconciled = declare::reconcile(&mut *session, tenant, declared, routes, now).await?;
        session.commit().await?;
        Ok(reconciled)
    }

    async fn governance(&self, tenant: TenantId) -> Result<Governance, StoreError> {
        governance::read(&mut *self.0.read().await?, tenant).await
    }

    async fn revision(&self, tenant: TenantId) -> Result<Revision, StoreError> {
        revision::read(&mut *self.0.read().await?, tenant).await
    }

    async fn keep_fingerprint_key(
        &self,
        tenant: TenantId,
        proposed: &FingerprintKey,
        now: Timestamp,
    ) -> Result<FingerprintKey, StoreError> {
        let mut session = self.0.begin().await?;
        let key = fingerprint::keep(&mut *session, tenant, proposed, now).await?;
        session.commit().await?;
        Ok(key)
    }

    async fn policies(&self, tenant: TenantId) -> Result<Vec<PolicyRecord>, StoreError> {
        policies::list(&mut *self.0.read().await?, tenant).await
    }

    async fn policy_named(&self, tenant: TenantId, name: &str) -> Result<Option<PolicyRecord>, StoreError> {
        policies::named(&mut *self.0.read().await?, tenant, name).await
    }

    async fn policy_history(&self, tenant: TenantId, id: PolicyId) -> Result<Vec<PolicyVersion>, StoreError> {
        policies::history(&mut *self.0.read().await?, tenant, id).await
    }

    async fn create_policy(
        &self,
        tenant: TenantId,
        policy: &Policy,
        change: &Change,
    ) -> Result<PolicyRecord, StoreError> {
        let mut session = self.0.begin().await?;
        let record = policies::create(&mut *session, tenant, policy, change).await?;
        session.commit().await?;
        Ok(record)
    }

    async fn update_policy(
        &self,
        tenant: TenantId,
        id: PolicyId,
        expected: Option<i64>,
        policy: &Policy,
        change: &Change,
    ) -> Result<PolicyRecord, StoreError> {
        let mut session = self.0.begin().await?;
        let record = policies::update(&mut *session, tenant, (id, expected), policy, change).await?;
        session.commit().await?;
        Ok(record)
    }

    async fn restore_policy(
        &self,
        tenant: TenantId,
        id: PolicyId,
        version: i64,
        change: &Change,
    ) -> Result<PolicyRecord, StoreError> {
        let mut session = self.0.begin().await?;
        let record = policies::restore(&mut *session, tenant, (id, version), change).await?;
        session.commit().await?;
        Ok(record)
    }

    async fn remove_policy(&self, tenant: TenantId, id: PolicyId, change: &Change) -> Result<(), StoreError> {
        let mut session = self.0.begin().await?;
        policies::remove(&mut *session, tenant, id, change).await?;
        session.commit().await
    }

    async fn create_agent(
        &self,
        tenant: TenantId,
        name: &str,
        description: Option<&str>,
        now: Timestamp,
    ) -> Result<AgentRecord, StoreError> {
        let mut session = self.0.begin().await?;
        let agent = agents::create(&mut *session, tenant, name, description, now).await?;
        session.commit().await?;
        Ok(agent)
    }

    async fn set_agent_enabled(
        &self,
        tenant: TenantId,
        agent: AgentId,
        enabled: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut session = self.0.begin().await?;
        agents::set_enabled(&mut *session, tenant, agent, enabled, now).await?;
        session.commit().await
    }

    async fn agents(&self, tenant: TenantId) -> Result<Vec<AgentRecord>, StoreError> {
        agents::list(&mut *self.0.read().await?, tenant).await
    }

    async fn create_key(
        &self,
        tenant: TenantId,
        key: &NewKey,
        now: Timestamp,
    ) -> Result<KeyRecord, StoreError> {
        let mut session = self.0.begin().await?;
        let key = agents::create_key(&mut *session, tenant, key, now).await?;
        session.commit().await?;
        Ok(key)
    }

    async fn revoke_key(&self, tenant: TenantId, key: KeyId, now: Timestamp) -> Result<(), StoreError> {
        let mut session = self.0.begin().await?;
        agents::revoke_key(&mut *session, tenant, key, now).await?;
        session.commit().await
    }

    async fn keys(&self, tenant: TenantId, agent: Option<AgentId>) -> Result<Vec<KeyRecord>, StoreError> {
        agents::keys(&mut *self.0.read().await?, tenant, agent).await
    }

    async fn close(&self) {
        self.0.close().await;
    }
}
