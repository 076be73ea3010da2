//! What a configuration file declares, made so in the store.
//!
//! Every object of the file is marked as managed by the file. An object that an earlier file declared and this one does
//! not is removed: agents are switched off and policies keep their history, for traces speak of both; limits, routes and
//! secrets go. An object of the same name that was made through the API is taken over, with its id. A key that an
//! operator revoked stays revoked, whatever the file says.

use std::collections::BTreeSet;

use jiff::Timestamp;
use renlayer_policy::diff::fields;
use renlayer_policy::{Mode, Policy};
use serde::Serialize;

use super::agents::{self, AgentRecord, KeyRecord, ManagedBy};
use super::policies::Definition as _;
use super::sql::{Row, Session, values};
use super::{DEFAULT, DriftChange, DriftKind, Reconciled, StoreError};
use crate::config::{Declare, DeclaredAgent, DeclaredCedar, DeclaredKey, Route};
use crate::id::{AgentId, KeyId, LimitId, PolicyId, SecretId, TenantId};

/// An object to be there: its name, the id it gets when it is new, and its definition as JSON.
struct Object {
    id: String,
    name: String,
    definition: String,
}

pub(super) async fn reconcile(
    session: &mut dyn Session,
    tenant: TenantId,
    declared: &Declare,
    routes: &[Route],
    now: Timestamp,
) -> Result<Reconciled, StoreError> {
    let mut reconciler =
        Reconciler { session, space: tenant.to_string(), tenant, now, done: Reconciled::default() };
    reconciler.agents(&declared.agents).await?;
    let space = &reconciler.space.clone();
    let policies = objects(&declared.policies, |policy| {
        (PolicyId::derived(space, &policy.name).to_string(), &policy.name)
    });
    reconciler.policies((DriftKind::Policy, Policy::LANGUAGE), policies?).await?;
    // Names are those of their language: a native policy may be called the same.
    let cedar = objects(&declared.cedar, |cedar| {
        (PolicyId::derived(&format!("{space} cedar"), &cedar.name).to_string(), &cedar.name)
    });
    reconciler.policies((DriftKind::Cedar, DeclaredCedar::LANGUAGE), cedar?).await?;
    let limits =
        objects(&declared.limits, |limit| (LimitId::derived(space, &limit.name).to_string(), &limit.name));
    reconciler.objects("limits", DriftKind::Limit, limits?).await?;
    let secrets = objects(&declared.secrets, |secret| {
        (SecretId::derived(space, &secret.name).to_string(), &secret.name)
    });
    reconciler.objects("secrets", DriftKind::Secret, secrets?).await?;
    let routes = objects(routes, |route| (format!("route_{space}_{}", route.name), &route.name));
    reconciler.objects("routes", DriftKind::Route, routes?).await?;
    reconciler.setting("dlp", &declared.dlp).await?;
    reconciler.setting("default_action", &declared.default_action).await?;
    reconciler.setting_if_any("mode", &declared.mode).await?;
    reconciler.setting_if_any("directory", &declared.directory).await?;
    if !reconciler.done.is_empty() {
        reconciler.save_setting("declared", "true").await?;
    }
    Ok(reconciler.done)
}

fn objects<'a, T: Serialize>(
    items: &'a [T],
    identify: impl Fn(&'a T) -> (String, &'a String),
) -> Result<Vec<Object>, StoreError> {
    let object = |item: &'a T| {
        let (id, name) = identify(item);
        Ok(Object { id, name: name.clone(), definition: json(item)? })
    };
    items.iter().map(object).collect()
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::corrupt("definition"))
}

/// What differs between two definitions of a policy, by what they mean.
fn policies_between(before: &str, after: &str) -> Result<DriftChange, StoreError> {
    let read = |text: &str| serde_json::from_str(text).map_err(|_| StoreError::corrupt("policy"));
    Ok(DriftChange::Changed { fields: fields(&read(before)?, &read(after)?) })
}

struct Reconciler<'s> {
    session: &'s mut dyn Session,
    tenant: TenantId,
    space: String,
    now: Timestamp,
    done: Reconciled,
}

const FILE: &str = "file";

// === impl Reconciler ===

impl Reconciler<'_> {
    async fn agents(&mut self, declared: &[DeclaredAgent]) -> Result<(), StoreError> {
        let mut keys = BTreeSet::new();
        for agent in declared {
            let id = self.agent(agent).await?;
            for key in &agent.keys {
                self.key(id, key).await?;
                keys.insert(key.hash);
            }
        }
        self.revoke_all_but(&keys).await?;
        let names: BTreeSet<&str> = declared.iter().map(|agent| agent.name.as_str()).collect();
        for agent in agents::list(self.session, self.tenant).await? {
            let vanished = agent.managed_by == ManagedBy::File && !names.contains(agent.name.as_str());
            if vanished && agent.name == DEFAULT {
                // It is always there; the file only no longer describes it.
                self.give_back(&agent).await?;
            } else if vanished && agent.disabled_at.is_none() {
                agents::set_enabled(self.session, self.tenant, agent.id, false, self.now).await?;
                self.done.note(DriftKind::Agent, &agent.name, DriftChange::Removed);
            }
        }
        Ok(())
    }

    /// Makes an agent be there as declared, and tells its id.
    async fn agent(&mut self, declared: &DeclaredAgent) -> Result<AgentId, StoreError> {
        let agent = AgentRecord {
            id: AgentId::derived(&self.space, &declared.name),
            name: declared.name.clone(),
            description: declared.description.clone(),
            managed_by: ManagedBy::File,
            created_at: self.now,
            disabled_at: None,
            mode: declared.mode,
        };
        if agents::insert(self.session, self.tenant, &agent).await? {
            self.done.note(DriftKind::Agent, &agent.name, DriftChange::Added);
            return Ok(agent.id);
        }
        let sql = "SELECT id, COALESCE(description, ''), managed_by, disabled_us, mode FROM agents \
                   WHERE tenant = $1 AND name = $2";
        let rows = self.session.query(sql, values![self.space.as_str(), agent.name.as_str()]).await?;
        let row = rows.first().ok_or(StoreError::not_found("agent"))?;
        let id = row.parse(0, "agent")?;
        let enabled = |disabled: Option<i64>| if disabled.is_none() { "true" } else { "false" };
        let mode = agent.mode.map_or("", Mode::as_str);
        let change = DriftChange::NOTHING
            .and("description", row.text(1)?, agent.description.as_deref().unwrap_or_default())
            .and("managed_by", row.text(2)?, FILE)
            .and("enabled", enabled(row.integer_or_null(3)?), "true")
            .and("mode", row.text_or_null(4)?.unwrap_or_default(), mode);
        if change != DriftChange::NOTHING {
            let sql = "UPDATE agents SET description = $1, managed_by = $2, disabled_us = NULL, mode = $3, \
                       changes = changes + 1 WHERE tenant = $4 AND name = $5";
            let mode = agent.mode.map(|mode| mode.as_str().to_owned());
            let values = values![agent.description, FILE, mode, self.space.as_str(), agent.name];
            self.session.execute(sql, values).await?;
            self.done.note(DriftKind::Agent, &declared.name, change);
        }
        Ok(id)
    }

    async fn give_back(&mut self, agent: &AgentRecord) -> Result<(), StoreError> {
        let sql = "UPDATE agents SET managed_by = $1, mode = NULL, changes = changes + 1 WHERE id = $2";
        self.session.execute(sql, values![ManagedBy::Api.as_str(), agent.id.to_string()]).await?;
        let change = DriftChange::NOTHING.and("managed_by", FILE, ManagedBy::Api.as_str()).and(
            "mode",
            agent.mode.map_or("", Mode::as_str),
            "",
        );
        self.done.note(DriftKind::Agent, &agent.name, change);
        Ok(())
    }

    async fn key(&mut self, agent: AgentId, declared: &DeclaredKey) -> Result<(), StoreError> {
        let key = KeyRecord {
            id: KeyId::mint(self.now),
            agent,
            hash: declared.hash,
            hint: declared.hint.clone(),
            managed_by: ManagedBy::File,
            created_at: self.now,
            expires_at: None,
            revoked_at: None,
        };
        let name = declared.hint.to_string();
        if agents::insert_key(self.session, self.tenant, &key).await? {
            self.done.note(DriftKind::Key, &name, DriftChange::Added);
            return Ok(());
        }
        // There already: it may have moved to this agent, or have been out of the file for a while.
        let sql = "UPDATE agent_keys SET agent = $1, managed_by = $2, revoked_us = NULL, revoked_by = NULL \
                   WHERE hash = $3 AND tenant = $4 AND (revoked_by IS NULL OR revoked_by = $2) \
                   AND (agent <> $1 OR managed_by <> $2 OR revoked_us IS NOT NULL)";
        let values = values![agent.to_string(), FILE, key.hash.as_bytes().as_slice(), self.space.as_str()];
        if self.session.execute(sql, values).await? > 0 {
            self.done.note(DriftKind::Key, &name, DriftChange::NOTHING);
        }
        Ok(())
    }

    async fn revoke_all_but(&mut self, keep: &BTreeSet<crate::key::KeyHash>) -> Result<(), StoreError> {
        for key in agents::keys(self.session, self.tenant, None).await? {
            if key.managed_by == ManagedBy::File && key.revoked_at.is_none() && !keep.contains(&key.hash) {
                let sql = "UPDATE agent_keys SET revoked_us = $1, revoked_by = $2 WHERE id = $3";
                self.session
                    .execute(sql, values![self.now.as_microsecond(), FILE, key.id.to_string()])
                    .await?;
                self.done.note(DriftKind::Key, &key.hint.to_string(), DriftChange::Removed);
            }
        }
        Ok(())
    }

    async fn policies(
        &mut self,
        (kind, language): (DriftKind, &'static str),
        declared: Vec<Object>,
    ) -> Result<(), StoreError> {
        let names: BTreeSet<String> = declared.iter().map(|policy| policy.name.clone()).collect();
        for policy in declared {
            self.policy((kind, language), policy).await?;
        }
        let sql = "SELECT id, name, version FROM policies \
                   WHERE tenant = $1 AND managed_by = $2 AND language = $3 AND removed_us IS NULL";
        for row in self.session.query(sql, values![self.space.as_str(), FILE, language]).await? {
            if !names.contains(row.text(1)?) {
                let sql = "UPDATE policies SET removed_us = $1, version = version + 1 WHERE id = $2";
                self.session.execute(sql, values![self.now.as_microsecond(), row.text(0)?]).await?;
                self.version(row.text(0)?, row.integer(2)? + 1, None).await?;
                self.done.note(kind, row.text(1)?, DriftChange::Removed);
            }
        }
        Ok(())
    }

    async fn policy(
        &mut self,
        (kind, language): (DriftKind, &'static str),
        policy: Object,
    ) -> Result<(), StoreError> {
        let Some(stored) = self.stored_policy(&policy, language).await? else {
            let sql = "INSERT INTO policies (id, tenant, name, managed_by, version, definition, created_us, language) \
                       VALUES ($1, $2, $3, $4, 1, $5, $6, $7)";
            let (id, definition) = (policy.id.as_str(), policy.definition.as_str());
            let values = values![
                id,
                self.space.as_str(),
                policy.name.as_str(),
                FILE,
                definition,
                self.now.as_microsecond(),
                language
            ];
            self.session.execute(sql, values).await?;
            self.version(id, 1, Some(definition)).await?;
            self.done.note(kind, &policy.name, DriftChange::Added);
            return Ok(());
        };
        let (id, version) = (stored.text(0)?, stored.integer(1)? + 1);
        let (definition, managed_by) = (stored.text(2)?, stored.text(3)?);
        let change = match stored.integer_or_null(4)? {
            Some(_) => DriftChange::Added,
            None if kind == DriftKind::Cedar => DriftChange::places_between(definition, &policy.definition)
                .and("managed_by", managed_by, FILE),
            None => policies_between(definition, &policy.definition)?.and("managed_by", managed_by, FILE),
        };
        // What is written otherwise and means the same needs no new version.
        if change == DriftChange::NOTHING {
            return Ok(());
        }
        let sql = "UPDATE policies SET definition = $1, managed_by = $2, version = $3, removed_us = NULL WHERE id = $4";
        self.session.execute(sql, values![policy.definition.as_str(), FILE, version, id]).await?;
        self.version(id, version, Some(&policy.definition)).await?;
        self.done.note(kind, &policy.name, change);
        Ok(())
    }

    /// The policy of that name, or the one that the file called so before it was removed.
    async fn stored_policy(
        &mut self,
        policy: &Object,
        language: &'static str,
    ) -> Result<Option<Row>, StoreError> {
        let sql = "SELECT id, version, definition, managed_by, removed_us FROM policies \
                   WHERE tenant = $1 AND language = $4 AND ((name = $2 AND removed_us IS NULL) OR id = $3) \
                   ORDER BY CASE WHEN removed_us IS NULL THEN 0 ELSE 1 END LIMIT 1";
        let values = values![self.space.as_str(), policy.name.as_str(), policy.id.as_str(), language];
        Ok(self.session.query(sql, values).await?.into_iter().next())
    }

    async fn version(
        &mut self,
        policy: &str,
        version: i64,
        definition: Option<&str>,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO policy_versions (policy, version, definition, saved_us, saved_by) \
                   VALUES ($1, $2, $3, $4, $5)";
        let definition = definition.map(str::to_owned);
        self.session
            .execute(sql, values![policy, version, definition, self.now.as_microsecond(), FILE])
            .await?;
        Ok(())
    }

    /// Objects without history. `table` is one of our own names.
    async fn objects(
        &mut self,
        table: &'static str,
        kind: DriftKind,
        declared: Vec<Object>,
    ) -> Result<(), StoreError> {
        let stored = format!("SELECT name, definition, managed_by FROM {table} WHERE tenant = $1");
        let stored = self.session.query(&stored, values![self.space.as_str()]).await?;
        for object in &declared {
            self.object((table, kind), object, &stored).await?;
        }
        for row in &stored {
            if row.text(2)? == FILE && !declared.iter().any(|object| Ok(object.name.as_str()) == row.text(0))
            {
                let sql = format!("DELETE FROM {table} WHERE tenant = $1 AND name = $2");
                self.session.execute(&sql, values![self.space.as_str(), row.text(0)?]).await?;
                self.done.note(kind, row.text(0)?, DriftChange::Removed);
            }
        }
        Ok(())
    }

    async fn object(
        &mut self,
        (table, kind): (&'static str, DriftKind),
        object: &Object,
        stored: &[Row],
    ) -> Result<(), StoreError> {
        let known = stored.iter().find(|row| row.text(0) == Ok(object.name.as_str()));
        let change = match known {
            Some(row) if row.text(1)? == object.definition && row.text(2)? == FILE => return Ok(()),
            Some(row) => {
                DriftChange::between(row.text(1)?, &object.definition).and("managed_by", row.text(2)?, FILE)
            }
            None => DriftChange::Added,
        };
        self.done.note(kind, &object.name, change);
        let sql = format!(
            "INSERT INTO {table} (id, tenant, name, managed_by, definition, created_us) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant, name) DO UPDATE \
             SET managed_by = excluded.managed_by, definition = excluded.definition"
        );
        let values = values![
            object.id.as_str(),
            self.space.as_str(),
            object.name.as_str(),
            FILE,
            object.definition.as_str(),
            self.now.as_microsecond(),
        ];
        self.session.execute(&sql, values).await?;
        Ok(())
    }

    async fn setting(&mut self, name: &str, value: &impl Serialize) -> Result<(), StoreError> {
        let definition = json(value)?;
        let sql = "SELECT definition FROM tenant_settings WHERE tenant = $1 AND name = $2";
        let stored = self.session.query(sql, values![self.space.as_str(), name]).await?;
        let change = match stored.first() {
            Some(row) if row.text(0)? == definition => return Ok(()),
            Some(row) if name == "dlp" => DriftChange::places_between(row.text(0)?, &definition),
            Some(row) => DriftChange::between(row.text(0)?, &definition),
            None => DriftChange::Added,
        };
        self.done.note(DriftKind::Setting, name, change);
        self.save_setting(name, &definition).await
    }

    /// The same of what most tenants do not have: nothing is not written down, unless something was.
    async fn setting_if_any<T: Serialize + Default + PartialEq>(
        &mut self,
        name: &str,
        value: &T,
    ) -> Result<(), StoreError> {
        let sql = "SELECT definition FROM tenant_settings WHERE tenant = $1 AND name = $2";
        let stored = self.session.query(sql, values![self.space.as_str(), name]).await?;
        if *value == T::default() && stored.is_empty() { Ok(()) } else { self.setting(name, value).await }
    }

    async fn save_setting(&mut self, name: &str, definition: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO tenant_settings (tenant, name, managed_by, definition, saved_us) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, name) DO UPDATE \
                   SET managed_by = excluded.managed_by, definition = excluded.definition, saved_us = excluded.saved_us";
        let values = values![self.space.as_str(), name, FILE, definition, self.now.as_microsecond()];
        self.session.execute(sql, values).await?;
        Ok(())
    }
}
