//! Policies of both languages as operators save them: each save is a version with its author, time and reason, and no version is ever changed.
//!
//! Going back to an earlier version makes a new one that names it. A policy that was removed keeps its history and can be
//! brought back, unless another one has taken its name. What the configuration file keeps is changed in the file alone: here
//! it would be undone when the file is read again.

use jiff::Timestamp;
use renlayer_policy::cedar::{CedarSet, Directory};
use renlayer_policy::{Policy, PolicyAction, PolicySet};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::agents::ManagedBy;
use super::governance::setting;
use super::sql::{Row, Session, values};
use super::{StoreError, TenantId};
use crate::config::DeclaredCedar;
use crate::id::PolicyId;

/// A policy, or a text of Cedar policies, as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Versioned<T> {
    /// What it says now, or said before it was removed.
    pub policy: T,
    /// Its id.
    pub id: PolicyId,
    /// Who keeps it.
    pub managed_by: ManagedBy,
    /// The number of its latest version; the first is 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it is gone.
    pub removed_at: Option<Timestamp>,
}

/// A policy as it is stored.
pub type PolicyRecord = Versioned<Policy>;

/// A text of Cedar policies as it is stored.
pub type CedarRecord = Versioned<DeclaredCedar>;

/// One save.
#[derive(Debug, Clone, PartialEq)]
pub struct Version<T> {
    /// Its number.
    pub version: i64,
    /// What the policy said from then on; nothing where it was removed.
    pub policy: Option<T>,
    /// When it was saved.
    pub saved_at: Timestamp,
    /// Who saved it.
    pub saved_by: String,
    /// Why.
    pub reason: Option<String>,
    /// The version that it brought back.
    pub restores: Option<i64>,
}

/// One save of a policy.
pub type PolicyVersion = Version<Policy>;

/// One save of a text of Cedar policies.
pub type CedarVersion = Version<DeclaredCedar>;

/// What is saved, version by version.
pub(super) trait Definition: Serialize + DeserializeOwned + Sync {
    /// As the column `language` has it.
    const LANGUAGE: &'static str;

    /// Its name, unique among those of its language.
    fn name(&self) -> &str;

    /// The same with the id of its row.
    fn identified(self, id: &str) -> Self;

    /// The definition, if it compiles: no other is ever stored. The id stands in the row.
    fn checked(&self, directory: Directory) -> Result<String, StoreError>;
}

impl Definition for Policy {
    const LANGUAGE: &'static str = "native";

    fn name(&self) -> &str {
        &self.name
    }

    fn identified(self, id: &str) -> Self {
        Self { id: id.into(), ..self }
    }

    fn checked(&self, _: Directory) -> Result<String, StoreError> {
        let policy = Self { id: Default::default(), ..self.clone() };
        let definition = serde_json::to_string(&policy).map_err(|_| StoreError::invalid("policy"))?;
        PolicySet::compile(vec![policy], PolicyAction::Allow).map_err(|_| StoreError::invalid("policy"))?;
        Ok(definition)
    }
}

impl Definition for DeclaredCedar {
    const LANGUAGE: &'static str = "cedar";

    fn name(&self) -> &str {
        &self.name
    }

    fn identified(self, _: &str) -> Self {
        self
    }

    fn checked(&self, directory: Directory) -> Result<String, StoreError> {
        CedarSet::compile(vec![self.to_text()], directory).map_err(|_| StoreError::invalid("policy"))?;
        serde_json::to_string(self).map_err(|_| StoreError::invalid("policy"))
    }
}

/// Who changes a policy, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Who it is, as the history tells.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

const COLUMNS: &str = "id, definition, managed_by, version, created_us, removed_us";

pub(super) async fn list<T: Definition>(
    session: &mut dyn Session,
    tenant: TenantId,
) -> Result<Vec<Versioned<T>>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM policies \
         WHERE tenant = $1 AND language = $2 AND removed_us IS NULL ORDER BY name"
    );
    session.query(&sql, values![tenant.to_string(), T::LANGUAGE]).await?.iter().map(record).collect()
}

/// The policy of that name, or the one that had it last.
pub(super) async fn named<T: Definition>(
    session: &mut dyn Session,
    tenant: TenantId,
    name: &str,
) -> Result<Option<Versioned<T>>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM policies WHERE tenant = $1 AND name = $2 AND language = $3 \
         ORDER BY CASE WHEN removed_us IS NULL THEN 0 ELSE 1 END, removed_us DESC LIMIT 1"
    );
    let values = values![tenant.to_string(), name, T::LANGUAGE];
    session.query(&sql, values).await?.first().map(record).transpose()
}

pub(super) async fn history<T: Definition>(
    session: &mut dyn Session,
    tenant: TenantId,
    id: PolicyId,
) -> Result<Vec<Version<T>>, StoreError> {
    stored::<T>(session, tenant, id).await?;
    let sql = "SELECT version, definition, saved_us, saved_by, reason, restores FROM policy_versions \
               WHERE policy = $1 ORDER BY version DESC";
    session.query(sql, values![id.to_string()]).await?.iter().map(|row| version(row, id)).collect()
}

pub(super) async fn create<T: Definition>(
    session: &mut dyn Session,
    tenant: TenantId,
    (id, policy): (PolicyId, &T),
    change: &Change,
) -> Result<Versioned<T>, StoreError> {
    let definition = policy.checked(directory(session, tenant).await?)?;
    refuse_taken::<T>(session, tenant, policy.name(), None).await?;
    let sql = "INSERT INTO policies (id, tenant, name, managed_by, version, definition, created_us, language) \
               VALUES ($1, $2, $3, $4, 1, $5, $6, $7)";
    let api = ManagedBy::Api.as_str();
    let (text, at) = (definition.as_str(), change.at.as_microsecond());
    let values = values![id.to_string(), tenant.to_string(), policy.name(), api, text, at, T::LANGUAGE];
    session.execute(sql, values).await?;
    record_version(session, id, 1, Some(definition), change, None).await?;
    stored(session, tenant, id).await
}

/// Saves a new version; with `expected`, only where that is the latest.
pub(super) async fn update<T: Definition>(
    session: &mut dyn Session,
    tenant: TenantId,
    (id, expected): (PolicyId, Option<i64>),
    policy: &T,
    change: &Change,
) -> Result<Versioned<T>, StoreError> {
    let definition = policy.checked(directory(session, tenant).await?)?;
    let known: Versioned<T> = changeable(session, tenant, id, expected).await?;
    if known.removed_at.is_some() {
        return Err(StoreError::not_found("policy"));
    }
    save(session, tenant, (&known, policy, definition), change, None).await
}

/// Brings back what an earlier version said, also of a policy that was removed.
pub(super) async fn restore<T: Definition>(
    session: &mut dyn Session,
    tenant: TenantId,
    (id, version): (PolicyId, i64),
    change: &Change,
) -> Result<Versioned<T>, StoreError> {
    let known: Versioned<T> = changeable(session, tenant, id, None).await?;
    let versions = history::<T>(session, tenant, id).await?;
    let earlier = versions.into_iter().find(|earlier| earlier.version == version);
    let policy =
        earlier.and_then(|earlier| earlier.policy).ok_or(StoreError::not_found("version of the policy"))?;
    let definition = policy.checked(directory(session, tenant).await?)?;
    save(session, tenant, (&known, &policy, definition), change, Some(version)).await
}

pub(super) async fn remove<T: Definition>(
    session: &mut dyn Session,
    tenant: TenantId,
    id: PolicyId,
    change: &Change,
) -> Result<(), StoreError> {
    let known: Versioned<T> = changeable(session, tenant, id, None).await?;
    if known.removed_at.is_some() {
        return Err(StoreError::not_found("policy"));
    }
    let next = next_version(session, &known).await?;
    let sql = "UPDATE policies SET removed_us = $1 WHERE id = $2";
    session.execute(sql, values![change.at.as_microsecond(), id.to_string()]).await?;
    record_version(session, id, next, None, change, None).await
}

async fn save<T: Definition>(
    session: &mut dyn Session,
    tenant: TenantId,
    (known, policy, definition): (&Versioned<T>, &T, String),
    change: &Change,
    restores: Option<i64>,
) -> Result<Versioned<T>, StoreError> {
    refuse_taken::<T>(session, tenant, policy.name(), Some(known.id)).await?;
    let next = next_version(session, known).await?;
    let sql = "UPDATE policies SET name = $1, definition = $2, removed_us = NULL WHERE id = $3";
    session.execute(sql, values![policy.name(), definition.as_str(), known.id.to_string()]).await?;
    record_version(session, known.id, next, Some(definition), change, restores).await?;
    stored(session, tenant, known.id).await
}

/// Takes the next number. Of two who save at once, the second waits for the first, and then has lost: it has not seen that
/// version.
async fn next_version<T>(session: &mut dyn Session, known: &Versioned<T>) -> Result<i64, StoreError> {
    let sql = "UPDATE policies SET version = version + 1 WHERE id = $1 AND version = $2";
    match session.execute(sql, values![known.id.to_string(), known.version]).await? {
        1 => Ok(known.version + 1),
        _ => Err(StoreError::outdated("policy")),
    }
}

async fn record_version(
    session: &mut dyn Session,
    id: PolicyId,
    version: i64,
    definition: Option<String>,
    change: &Change,
    restores: Option<i64>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO policy_versions (policy, version, definition, saved_us, saved_by, reason, restores) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let (at, by, reason) = (change.at.as_microsecond(), change.by.as_str(), change.reason.clone());
    session.execute(sql, values![id.to_string(), version, definition, at, by, reason, restores]).await?;
    Ok(())
}

/// Who belongs to which group, which Cedar policies may speak of.
async fn directory(session: &mut dyn Session, tenant: TenantId) -> Result<Directory, StoreError> {
    Ok(setting(session, tenant, "directory").await?.unwrap_or_default())
}

async fn refuse_taken<T: Definition>(
    session: &mut dyn Session,
    tenant: TenantId,
    name: &str,
    by_other_than: Option<PolicyId>,
) -> Result<(), StoreError> {
    let there = named::<T>(session, tenant, name).await?.filter(|policy| policy.removed_at.is_none());
    match there {
        Some(policy) if Some(policy.id) != by_other_than => Err(StoreError::exists("policy")),
        _ => Ok(()),
    }
}

async fn changeable<T: Definition>(
    session: &mut dyn Session,
    tenant: TenantId,
    id: PolicyId,
    expected: Option<i64>,
) -> Result<Versioned<T>, StoreError> {
    let known: Versioned<T> = stored(session, tenant, id).await?;
    if known.managed_by == ManagedBy::File {
        return Err(StoreError::kept_by_file("policy"));
    }
    match expected {
        Some(version) if version != known.version => Err(StoreError::outdated("policy")),
        _ => Ok(known),
    }
}

async fn stored<T: Definition>(
    session: &mut dyn Session,
    tenant: TenantId,
    id: PolicyId,
) -> Result<Versioned<T>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM policies WHERE tenant = $1 AND id = $2 AND language = $3");
    let rows = session.query(&sql, values![tenant.to_string(), id.to_string(), T::LANGUAGE]).await?;
    rows.first().map(record).transpose()?.ok_or(StoreError::not_found("policy"))
}

fn record<T: Definition>(row: &Row) -> Result<Versioned<T>, StoreError> {
    let policy: T = row.json(1, "policy")?;
    Ok(Versioned {
        policy: policy.identified(row.text(0)?),
        id: row.parse(0, "policy")?,
        managed_by: row.parse(2, "policy")?,
        version: row.integer(3)?,
        created_at: row.time(4)?,
        removed_at: row.time_or_null(5)?,
    })
}

fn version<T: Definition>(row: &Row, id: PolicyId) -> Result<Version<T>, StoreError> {
    let policy: Option<T> = row.text_or_null(1)?.map(|_| row.json(1, "policy")).transpose()?;
    Ok(Version {
        version: row.integer(0)?,
        policy: policy.map(|policy| policy.identified(&id.to_string())),
        saved_at: row.time(2)?,
        saved_by: row.text(3)?.to_owned(),
        reason: row.text_or_null(4)?.map(str::to_owned),
        restores: row.integer_or_null(5)?,
    })
}
