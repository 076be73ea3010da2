//! The store over either engine: each operation in a transaction, and those that change governance as saves that wait for the fleet.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use renlayer_policy::{CountRecord, Mode, Policy};
use tokio::sync::watch;

use super::fleet::{Effect, Save};
use super::row::TraceRow;
use super::sql::Backend;
use super::{
    AgentRecord, CedarRecord, CedarVersion, Change, Counters, FingerprintKey, Fleet, GapKind, Governance,
    InForce, InstanceRecord, KeyRecord, Member, NewKey, PolicyRecord, PolicyVersion, Reconciled, Revision,
    Saved, Standing, Store, StoreError, TailPosition, TraceCursor, TraceFilter, TraceGap, TracePage,
    TraceStore, TraceTail, Watch, agents, counters, declare, fingerprint, fleet, gaps, governance, policies,
    revision, traces,
};
use crate::config::{Declare, DeclaredCedar, Route};
use crate::id::{AgentId, InstanceId, KeyId, PolicyId, SaveId, TenantId, TraceId};
use crate::trace::Trace;

/// How many traces are written as rows before others get their turn: more than the calls that are served in one turn,
/// for else a busy process would fall behind with its traces.
const AT_ONCE: usize = 64;

/// A store over either engine.
pub(super) struct SqlStore<B> {
    backend: B,
    /// Rings within this process when governance changes.
    here: watch::Sender<()>,
}

impl<B: Backend> SqlStore<B> {
    pub(super) fn over(backend: B) -> Arc<Self> {
        Arc::new(Self { backend, here: watch::Sender::default() })
    }

    /// Takes the turn to change what governs a tenant.
    async fn save(&self, tenant: TenantId) -> Result<Save<'_, B>, StoreError> {
        Save::begin(&self.backend, &self.here, tenant).await
    }
}

/// Runs an operation that changes governance as often as its [`Save`] wants: with the same ids and times, so that it makes the
/// same each time.
macro_rules! saved {
    ($store:expr, $tenant:expr, |$session:ident| $operation:expr) => {
        saved!($store, $tenant, |$session| $operation, |_| Effect::Changes)
    };
    ($store:expr, $tenant:expr, |$session:ident| $operation:expr, $effect:expr) => {{
        let mut save = $store.save($tenant).await?;
        loop {
            let mut transaction = save.session().await?;
            let $session = &mut *transaction;
            let made = save.holding_the_turn($operation).await.map(|made| {
                let effect = $effect(&made);
                (made, effect)
            });
            if let Some(saved) = save.step(transaction, made).await? {
                break Ok(saved);
            }
        }
    }};
}

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
        if rows.is_empty() { Ok(()) } else { self.backend.append(rows).await }
    }

    async fn record_gap(&self, gap: &TraceGap) -> Result<(), StoreError> {
        let mut session = self.backend.begin().await?;
        gaps::record(&mut *session, gap).await?;
        session.commit().await
    }
}

#[async_trait]
impl<B: Backend> Counters for SqlStore<B> {
    async fn counts(&self, now: Timestamp) -> Result<Vec<CountRecord>, StoreError> {
        counters::list(&mut *self.backend.read().await?, now).await
    }

    async fn keep_counts(&self, counts: &[CountRecord]) -> Result<(), StoreError> {
        let mut session = self.backend.begin().await?;
        counters::keep(&mut *session, counts).await?;
        session.commit().await
    }

    async fn forget_counts(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut session = self.backend.begin().await?;
        let forgotten = counters::forget(&mut *session, now).await?;
        session.commit().await?;
        Ok(forgotten)
    }
}

#[async_trait]
impl<B: Backend> Fleet for SqlStore<B> {
    async fn renew(&self, who: &Member, applied: InForce) -> Result<Standing, StoreError> {
        fleet::renew(&self.backend, who, applied).await
    }

    async fn leave(&self, who: InstanceId) -> Result<(), StoreError> {
        let mut session = self.backend.begin().await?;
        fleet::leave(&mut *session, who).await?;
        session.commit().await
    }

    async fn standing(&self) -> Result<Standing, StoreError> {
        fleet::standing(&mut *self.backend.read_apart().await?).await
    }

    async fn proposal(&self, save: SaveId, tenant: TenantId) -> Result<Option<Governance>, StoreError> {
        fleet::proposal(&mut *self.backend.read().await?, save, tenant).await
    }

    async fn answer(&self, who: InstanceId, save: SaveId, refusal: Option<&str>) -> Result<bool, StoreError> {
        let mut session = self.backend.begin_apart().await?;
        let answered = fleet::answer(&mut *session, who, save, refusal).await?;
        session.commit().await?;
        Ok(answered)
    }

    async fn instances(&self) -> Result<Vec<InstanceRecord>, StoreError> {
        fleet::instances(&mut *self.backend.read().await?).await
    }

    async fn watch(&self) -> Result<Watch, StoreError> {
        Ok(Watch::new(self.backend.bell().await?, self.here.subscribe()))
    }
}

#[async_trait]
impl<B: Backend> Store for SqlStore<B> {
    async fn migrate(&self, now: Timestamp) -> Result<(), StoreError> {
        self.backend.migrate().await?;
        let mut session = self.backend.begin().await?;
        agents::make_defaults(&mut *session, now).await?;
        session.commit().await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let mut session = self.backend.read().await?;
        session.query("SELECT 1", Vec::new()).await?;
        Ok(())
    }

    async fn trace(&self, tenant: TenantId, id: TraceId) -> Result<Option<Trace>, StoreError> {
        traces::get(&mut *self.backend.read().await?, tenant, id).await
    }

    async fn traces(
        &self,
        tenant: TenantId,
        filter: &TraceFilter,
        after: Option<&TraceCursor>,
        limit: usize,
    ) -> Result<TracePage, StoreError> {
        traces::page(&mut *self.backend.read().await?, tenant, filter, after, limit).await
    }

    async fn tail_traces(
        &self,
        tenant: TenantId,
        filter: &TraceFilter,
        after: Option<TailPosition>,
        limit: usize,
    ) -> Result<TraceTail, StoreError> {
        traces::tail::<B>(&mut *self.backend.read().await?, tenant, filter, after, limit).await
    }

    async fn purge_traces(&self, before: Timestamp, now: Timestamp) -> Result<u64, StoreError> {
        let Some(oldest) = gaps::oldest(&mut *self.backend.read().await?, before).await? else {
            return Ok(0);
        };
        let mut traces = self.backend.drop_whole_days(before.as_microsecond()).await?;
        let gap = TraceGap { kind: GapKind::Expired, traces, from: oldest, until: before, recorded_at: now };
        let mut session = self.backend.begin().await?;
        let id = gaps::record(&mut *session, &gap).await?;
        session.commit().await?;
        loop {
            let mut session = self.backend.begin().await?;
            let some = gaps::delete_some(&mut *session, before).await?;
            gaps::widen(&mut *session, &id, some).await?;
            session.commit().await?;
            if some == 0 {
                return Ok(traces);
            }
            traces += some;
            // Whoever waits to write comes first.
            tokio::task::yield_now().await;
        }
    }

    async fn gaps(&self, limit: usize) -> Result<Vec<TraceGap>, StoreError> {
        gaps::list(&mut *self.backend.read().await?, limit).await
    }

    async fn declare(
        &self,
        tenant: TenantId,
        declared: &Declare,
        routes: &[Route],
        now: Timestamp,
    ) -> Result<Saved<Reconciled>, StoreError> {
        let effect = |made: &Reconciled| if made.is_empty() { Effect::Nothing } else { Effect::Changes };
        saved!(self, tenant, |session| declare::reconcile(session, tenant, declared, routes, now), effect)
    }

    async fn drift(
        &self,
        tenant: TenantId,
        declared: &Declare,
        routes: &[Route],
        now: Timestamp,
    ) -> Result<Reconciled, StoreError> {
        let mut session = self.backend.begin().await?;
        let drift = declare::reconcile(&mut *session, tenant, declared, routes, now).await;
        session.rollback().await.and(drift)
    }

    async fn governance(&self, tenant: TenantId) -> Result<Governance, StoreError> {
        governance::read(&mut *self.backend.read().await?, tenant).await
    }

    async fn revision(&self, tenant: TenantId) -> Result<Revision, StoreError> {
        revision::read(&mut *self.backend.read().await?, tenant).await
    }

    async fn keep_fingerprint_key(
        &self,
        tenant: TenantId,
        proposed: &FingerprintKey,
        now: Timestamp,
    ) -> Result<FingerprintKey, StoreError> {
        let mut session = self.backend.begin().await?;
        let key = fingerprint::keep(&mut *session, tenant, proposed, now).await?;
        session.commit().await?;
        Ok(key)
    }

    async fn policies(&self, tenant: TenantId) -> Result<Vec<PolicyRecord>, StoreError> {
        policies::list(&mut *self.backend.read().await?, tenant).await
    }

    async fn policy_named(&self, tenant: TenantId, name: &str) -> Result<Option<PolicyRecord>, StoreError> {
        policies::named(&mut *self.backend.read().await?, tenant, name).await
    }

    async fn policy_history(&self, tenant: TenantId, id: PolicyId) -> Result<Vec<PolicyVersion>, StoreError> {
        policies::history(&mut *self.backend.read().await?, tenant, id).await
    }

    async fn create_policy(
        &self,
        tenant: TenantId,
        policy: &Policy,
        change: &Change,
    ) -> Result<Saved<PolicyRecord>, StoreError> {
        let id = PolicyId::mint(change.at);
        saved!(self, tenant, |session| policies::create(session, tenant, (id, policy), change))
    }

    async fn update_policy(
        &self,
        tenant: TenantId,
        id: PolicyId,
        expected: Option<i64>,
        policy: &Policy,
        change: &Change,
    ) -> Result<Saved<PolicyRecord>, StoreError> {
        saved!(self, tenant, |session| policies::update(session, tenant, (id, expected), policy, change))
    }

    async fn restore_policy(
        &self,
        tenant: TenantId,
        id: PolicyId,
        version: i64,
        change: &Change,
    ) -> Result<Saved<PolicyRecord>, StoreError> {
        saved!(self, tenant, |session| policies::restore(session, tenant, (id, version), change))
    }

    async fn remove_policy(
        &self,
        tenant: TenantId,
        id: PolicyId,
        change: &Change,
    ) -> Result<Saved<()>, StoreError> {
        saved!(self, tenant, |session| policies::remove::<Policy>(session, tenant, id, change))
    }

    async fn cedar_named(&self, tenant: TenantId, name: &str) -> Result<Option<CedarRecord>, StoreError> {
        policies::named(&mut *self.backend.read().await?, tenant, name).await
    }

    async fn cedar_history(&self, tenant: TenantId, id: PolicyId) -> Result<Vec<CedarVersion>, StoreError> {
        policies::history(&mut *self.backend.read().await?, tenant, id).await
    }

    async fn save_cedar(
        &self,
        tenant: TenantId,
        known: Option<(PolicyId, Option<i64>)>,
        text: &DeclaredCedar,
        change: &Change,
    ) -> Result<Saved<CedarRecord>, StoreError> {
        let id = PolicyId::mint(change.at);
        match known {
            None => saved!(self, tenant, |session| policies::create(session, tenant, (id, text), change)),
            Some(known) => {
                saved!(self, tenant, |session| policies::update(session, tenant, known, text, change))
            }
        }
    }

    async fn restore_cedar(
        &self,
        tenant: TenantId,
        id: PolicyId,
        version: i64,
        change: &Change,
    ) -> Result<Saved<CedarRecord>, StoreError> {
        saved!(self, tenant, |session| policies::restore(session, tenant, (id, version), change))
    }

    async fn remove_cedar(
        &self,
        tenant: TenantId,
        id: PolicyId,
        change: &Change,
    ) -> Result<Saved<()>, StoreError> {
        saved!(self, tenant, |session| policies::remove::<DeclaredCedar>(session, tenant, id, change))
    }

    async fn create_agent(
        &self,
        tenant: TenantId,
        name: &str,
        description: Option<&str>,
        mode: Option<Mode>,
        now: Timestamp,
    ) -> Result<Saved<AgentRecord>, StoreError> {
        let id = AgentId::mint(now);
        saved!(self, tenant, |session| agents::create(session, tenant, (id, name), description, mode, now))
    }

    async fn set_agent_mode(
        &self,
        tenant: TenantId,
        agent: AgentId,
        mode: Option<Mode>,
    ) -> Result<Saved<()>, StoreError> {
        saved!(self, tenant, |session| agents::set_mode(session, tenant, agent, mode))
    }

    async fn set_agent_enabled(
        &self,
        tenant: TenantId,
        agent: AgentId,
        enabled: bool,
        now: Timestamp,
    ) -> Result<Saved<()>, StoreError> {
        saved!(self, tenant, |session| agents::set_enabled(session, tenant, agent, enabled, now))
    }

    async fn agents(&self, tenant: TenantId) -> Result<Vec<AgentRecord>, StoreError> {
        agents::list(&mut *self.backend.read().await?, tenant).await
    }

    async fn create_key(
        &self,
        tenant: TenantId,
        key: &NewKey,
        now: Timestamp,
    ) -> Result<Saved<KeyRecord>, StoreError> {
        let id = KeyId::mint(now);
        saved!(self, tenant, |session| agents::create_key(session, tenant, (id, key), now))
    }

    async fn revoke_key(
        &self,
        tenant: TenantId,
        key: KeyId,
        now: Timestamp,
    ) -> Result<Saved<()>, StoreError> {
        saved!(self, tenant, |session| agents::revoke_key(session, tenant, key, now))
    }

    async fn keys(&self, tenant: TenantId, agent: Option<AgentId>) -> Result<Vec<KeyRecord>, StoreError> {
        agents::keys(&mut *self.backend.read().await?, tenant, agent).await
    }

    async fn close(&self) {
        self.backend.close().await;
    }
}
