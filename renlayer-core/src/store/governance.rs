//! Everything that governs a tenant, read in one transaction: what a snapshot is compiled from.

use renlayer_policy::cedar::Directory;
use renlayer_policy::{Limit, Mode, Policy, PolicyAction};

use super::agents::{self, AgentRecord, KeyRecord};
use super::policies::Definition as _;
use super::sql::{Session, values};
use super::{Revision, StoreError, revision};
use crate::config::{DeclaredCedar, DeclaredSecret, Route};
use crate::id::TenantId;

/// What governs a tenant.
#[derive(Debug, Clone)]
pub struct Governance {
    /// What all of it was written by.
    pub revision: Revision,
    /// Its agents, those that are switched off included.
    pub agents: Vec<AgentRecord>,
    /// Their keys, revoked and expired ones included.
    pub keys: Vec<KeyRecord>,
    /// The policies in force, with their ids.
    pub policies: Vec<Policy>,
    /// The Cedar policies in force.
    pub cedar: Vec<DeclaredCedar>,
    /// Who belongs to which group.
    pub directory: Directory,
    /// The limits in force, with their ids.
    pub limits: Vec<Limit>,
    /// Where calls go.
    pub routes: Vec<Route>,
    /// Where credentials come from.
    pub secrets: Vec<DeclaredSecret>,
    /// What is done about sensitive data.
    pub dlp: renlayer_dlp::Settings,
    /// What happens to a call that no policy matches.
    pub default_action: PolicyAction,
    /// Whether decisions take effect; as for the process where it is not said.
    pub mode: Option<Mode>,
}

pub(super) async fn read(session: &mut dyn Session, tenant: TenantId) -> Result<Governance, StoreError> {
    let mut policies: Vec<(String, Policy)> =
        objects(session, tenant, "policies", &in_force(Policy::LANGUAGE), "policy").await?;
    let cedar = objects(session, tenant, "policies", &in_force(DeclaredCedar::LANGUAGE), "policy").await?;
    let mut limits: Vec<(String, Limit)> = objects(session, tenant, "limits", "", "limit").await?;
    policies.iter_mut().for_each(|(id, policy)| policy.id = id.as_str().into());
    limits.iter_mut().for_each(|(id, limit)| limit.id = id.as_str().into());
    Ok(Governance {
        revision: revision::read(session, tenant).await?,
        agents: agents::list(session, tenant).await?,
        keys: agents::keys(session, tenant, None).await?,
        policies: second(policies),
        cedar: second(cedar),
        directory: setting(session, tenant, "directory").await?.unwrap_or_default(),
        limits: second(limits),
        routes: second(objects(session, tenant, "routes", "", "route").await?),
        secrets: second(objects(session, tenant, "secrets", "", "secret").await?),
        dlp: setting(session, tenant, "dlp").await?.unwrap_or_default(),
        default_action: setting(session, tenant, "default_action").await?.unwrap_or(PolicyAction::Allow),
        mode: setting(session, tenant, "mode").await?.unwrap_or_default(),
    })
}

/// The condition on policies of a language that were not removed.
fn in_force(language: &'static str) -> String {
    format!(" AND removed_us IS NULL AND language = '{language}'")
}

/// Ids and definitions, by name. `table` and `condition` are our own words.
async fn objects<T: serde::de::DeserializeOwned>(
    session: &mut dyn Session,
    tenant: TenantId,
    table: &'static str,
    condition: &str,
    what: &'static str,
) -> Result<Vec<(String, T)>, StoreError> {
    let sql = format!("SELECT id, definition FROM {table} WHERE tenant = $1{condition} ORDER BY name");
    let rows = session.query(&sql, values![tenant.to_string()]).await?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.json(1, what)?))).collect()
}

fn second<T>(pairs: Vec<(String, T)>) -> Vec<T> {
    pairs.into_iter().map(|(_, value)| value).collect()
}

pub(super) async fn setting<T: serde::de::DeserializeOwned>(
    session: &mut dyn Session,
    tenant: TenantId,
    name: &str,
) -> Result<Option<T>, StoreError> {
    let sql = "SELECT definition FROM tenant_settings WHERE tenant = $1 AND name = $2";
    let rows = session.query(sql, values![tenant.to_string(), name]).await?;
    rows.first().map(|row| row.json(0, "setting")).transpose()
}
