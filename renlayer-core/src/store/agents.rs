//! Agents and their keys.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use renlayer_policy::Mode;

use super::sql::{Row, Session, values};
use super::{DEFAULT, StoreError, default_agent, default_tenant};
use crate::id::{AgentId, KeyId, TenantId};
use crate::key::{KeyHash, KeyHint};

/// Who keeps an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ManagedBy {
    /// The configuration file: changes made elsewhere are undone when it is read again.
    File,
    /// The API and the command line.
    Api,
}

/// An agent as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentRecord {
    /// Its id.
    pub id: AgentId,
    /// Its name, unique within the tenant.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Who keeps it.
    pub managed_by: ManagedBy,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it is switched off.
    pub disabled_at: Option<Timestamp>,
    /// Whether decisions on its calls take effect; as for its tenant where it is not said.
    pub mode: Option<Mode>,
}

/// A key as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// Its id.
    pub id: KeyId,
    /// Whose key it is.
    pub agent: AgentId,
    /// What it is recognised by.
    pub hash: KeyHash,
    /// How it is shown.
    pub hint: KeyHint,
    /// Who keeps it.
    pub managed_by: ManagedBy,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A key to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Whose key it is to be.
    pub agent: AgentId,
    /// What it is recognised by.
    pub hash: KeyHash,
    /// How it is shown.
    pub hint: KeyHint,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

const AGENT_COLUMNS: &str = "id, name, description, managed_by, created_us, disabled_us, mode";
const KEY_COLUMNS: &str = "id, agent, hash, hint, managed_by, created_us, expires_us, revoked_us";

/// The tenant and the agent that are there without any configuration.
pub(super) async fn make_defaults(session: &mut dyn Session, now: Timestamp) -> Result<(), StoreError> {
    let tenant = default_tenant();
    let sql = "INSERT INTO tenants (id, name, created_us) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    session.execute(sql, values![tenant.to_string(), DEFAULT, now.as_microsecond()]).await?;
    let agent = default_agent(tenant);
    let sql = "INSERT INTO agents (id, tenant, name, managed_by, created_us) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT DO NOTHING";
    let values = values![
        agent.to_string(),
        tenant.to_string(),
        DEFAULT,
        ManagedBy::Api.as_str(),
        now.as_microsecond()
    ];
    session.execute(sql, values).await?;
    Ok(())
}

pub(super) async fn create(
    session: &mut dyn Session,
    tenant: TenantId,
    (id, name): (AgentId, &str),
    description: Option<&str>,
    mode: Option<Mode>,
    now: Timestamp,
) -> Result<AgentRecord, StoreError> {
    let agent = AgentRecord {
        id,
        name: name.to_owned(),
        description: description.map(str::to_owned),
        managed_by: ManagedBy::Api,
        created_at: now,
        disabled_at: None,
        mode,
    };
    match insert(session, tenant, &agent).await? {
        true => Ok(agent),
        false => Err(StoreError::exists("agent")),
    }
}

/// Adds an agent, unless its name is taken.
pub(super) async fn insert(
    session: &mut dyn Session,
    tenant: TenantId,
    agent: &AgentRecord,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO agents (id, tenant, name, description, managed_by, created_us, mode) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant, name) DO NOTHING";
    let values = values![
        agent.id.to_string(),
        tenant.to_string(),
        agent.name.as_str(),
        agent.description.clone(),
        agent.managed_by.as_str(),
        agent.created_at.as_microsecond(),
        agent.mode.map(|mode| mode.as_str().to_owned()),
    ];
    Ok(session.execute(sql, values).await? > 0)
}

pub(super) async fn set_enabled(
    session: &mut dyn Session,
    tenant: TenantId,
    agent: AgentId,
    enabled: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE agents SET disabled_us = $1, changes = changes + 1 WHERE id = $2 AND tenant = $3";
    let disabled = (!enabled).then(|| now.as_microsecond());
    match session.execute(sql, values![disabled, agent.to_string(), tenant.to_string()]).await? {
        0 => Err(StoreError::not_found("agent")),
        _ => Ok(()),
    }
}

pub(super) async fn set_mode(
    session: &mut dyn Session,
    tenant: TenantId,
    agent: AgentId,
    mode: Option<Mode>,
) -> Result<(), StoreError> {
    let (agent, tenant) = (agent.to_string(), tenant.to_string());
    let kept = "SELECT managed_by FROM agents WHERE id = $1 AND tenant = $2";
    let rows = session.query(kept, values![agent.as_str(), tenant.as_str()]).await?;
    let row = rows.first().ok_or(StoreError::not_found("agent"))?;
    if row.text(0)? == ManagedBy::File.as_str() {
        return Err(StoreError::kept_by_file("agent"));
    }
    let sql = "UPDATE agents SET mode = $1, changes = changes + 1 WHERE id = $2 AND tenant = $3";
    session.execute(sql, values![mode.map(|mode| mode.as_str().to_owned()), agent, tenant]).await?;
    Ok(())
}

pub(super) async fn list(
    session: &mut dyn Session,
    tenant: TenantId,
) -> Result<Vec<AgentRecord>, StoreError> {
    let sql = format!("SELECT {AGENT_COLUMNS} FROM agents WHERE tenant = $1 ORDER BY name");
    session.query(&sql, values![tenant.to_string()]).await?.iter().map(AgentRecord::read).collect()
}

pub(super) async fn create_key(
    session: &mut dyn Session,
    tenant: TenantId,
    (id, key): (KeyId, &NewKey),
    now: Timestamp,
) -> Result<KeyRecord, StoreError> {
    let known = "SELECT 1 FROM agents WHERE id = $1 AND tenant = $2";
    if session.query(known, values![key.agent.to_string(), tenant.to_string()]).await?.is_empty() {
        return Err(StoreError::not_found("agent"));
    }
    let record = KeyRecord {
        id,
        agent: key.agent,
        hash: key.hash,
        hint: key.hint.clone(),
        managed_by: ManagedBy::Api,
        created_at: now,
        expires_at: key.expires_at,
        revoked_at: None,
    };
    match insert_key(session, tenant, &record).await? {
        true => Ok(record),
        false => Err(StoreError::exists("key")),
    }
}

/// Adds a key, unless it is there already, revoked perhaps.
pub(super) async fn insert_key(
    session: &mut dyn Session,
    tenant: TenantId,
    key: &KeyRecord,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO agent_keys (id, tenant, agent, hash, hint, managed_by, created_us, expires_us) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (hash) DO NOTHING";
    let values = values![
        key.id.to_string(),
        tenant.to_string(),
        key.agent.to_string(),
        key.hash.as_bytes().as_slice(),
        key.hint.to_string(),
        key.managed_by.as_str(),
        key.created_at.as_microsecond(),
        key.expires_at.map(Timestamp::as_microsecond),
    ];
    Ok(session.execute(sql, values).await? > 0)
}

pub(super) async fn revoke_key(
    session: &mut dyn Session,
    tenant: TenantId,
    key: KeyId,
    now: Timestamp,
) -> Result<(), StoreError> {
    // A second revocation keeps the first time, and makes one by the file final.
    let sql = "UPDATE agent_keys SET revoked_us = COALESCE(revoked_us, $1), revoked_by = $2 \
               WHERE id = $3 AND tenant = $4";
    let values = values![now.as_microsecond(), ManagedBy::Api.as_str(), key.to_string(), tenant.to_string()];
    match session.execute(sql, values).await? {
        0 => Err(StoreError::not_found("key")),
        _ => Ok(()),
    }
}

pub(super) async fn keys(
    session: &mut dyn Session,
    tenant: TenantId,
    agent: Option<AgentId>,
) -> Result<Vec<KeyRecord>, StoreError> {
    let mut sql = format!("SELECT {KEY_COLUMNS} FROM agent_keys WHERE tenant = $1");
    let mut values = values![tenant.to_string()];
    if let Some(agent) = agent {
        sql.push_str(" AND agent = $2");
        values.extend(values![agent.to_string()]);
    }
    sql.push_str(" ORDER BY created_us, id");
    session.query(&sql, values).await?.iter().map(KeyRecord::read).collect()
}

// === rows ===

impl AgentRecord {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.parse(0, "agent")?,
            name: row.text(1)?.to_owned(),
            description: row.text_or_null(2)?.map(str::to_owned),
            managed_by: row.parse(3, "agent")?,
            created_at: row.time(4)?,
            disabled_at: row.time_or_null(5)?,
            mode: row.text_or_null(6)?.map(mode).transpose()?,
        })
    }
}

/// A mode as it is stored.
fn mode(text: &str) -> Result<Mode, StoreError> {
    serde_json::from_value(text.into()).map_err(|_| StoreError::corrupt("agent"))
}

impl KeyRecord {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let hash: [u8; 32] = row.bytes(2)?.try_into().map_err(|_| StoreError::corrupt("key"))?;
        Ok(Self {
            id: row.parse(0, "key")?,
            agent: row.parse(1, "key")?,
            hash: hash.into(),
            hint: hint(row.text(3)?)?,
            managed_by: row.parse(4, "key")?,
            created_at: row.time(5)?,
            expires_at: row.time_or_null(6)?,
            revoked_at: row.time_or_null(7)?,
        })
    }

    /// Whether the key opens anything at a time.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// A hint is only ever made of a key, or read back.
fn hint(text: &str) -> Result<KeyHint, StoreError> {
    serde_json::from_value(text.into()).map_err(|_| StoreError::corrupt("key"))
}

// === ManagedBy ===

impl ManagedBy {
    /// `file` or `api`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Api => "api",
        }
    }
}

impl fmt::Display for ManagedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ManagedBy {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "file" => Ok(Self::File),
            "api" => Ok(Self::Api),
            _ => Err(()),
        }
    }
}
