//! From a configuration and a store to the governance that the engine judges by.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use renlayer_core::compile::{ActiveKey, Compiler};
use renlayer_core::config::{Config, Declare, DeclaredAgent, Environment};
use renlayer_core::identity::Agent;
use renlayer_core::snapshot::Governance;
use renlayer_core::store::{
    self, AgentRecord, DriftChange, FingerprintKey, InForce, Reconciled, Revision, Store, default_tenant,
};
use tokio::task::spawn_blocking;

use crate::failure::{Exit, Failure};

/// Governance, and what it was compiled from.
pub(super) struct Compiled {
    pub(super) governance: Governance,
    pub(super) revision: Revision,
}

/// What this process adds to what the store holds.
#[derive(Clone)]
pub(super) struct Local {
    pub(super) config: Arc<Config>,
    pub(super) environment: Arc<Environment>,
}

/// Compiles governance, with the fingerprint key that its store keeps.
pub(super) struct Governor {
    pub(super) store: Arc<dyn Store>,
    fingerprint_key: FingerprintKey,
    compiler: Arc<Mutex<Compiler>>,
}

// === impl Governor ===

impl Governor {
    /// A governor over `store`.
    pub(super) async fn new(store: Arc<dyn Store>) -> Result<Self, Failure> {
        let own = FingerprintKey::mint().map_err(|error| Failure::new(Exit::Unavailable, error))?;
        let fingerprint_key = store.keep_fingerprint_key(default_tenant(), &own, Timestamp::now()).await?;
        Ok(Self { store, fingerprint_key, compiler: Arc::default() })
    }

    /// The key of what limits count.
    pub(super) fn key_of_counts(&self) -> [u8; 16] {
        self.fingerprint_key.for_counts()
    }

    /// Whether what the file declares compiles.
    pub(super) fn check(&self, Local { config, environment }: &Local) -> Result<(), Failure> {
        Governance::compile(config, environment, [], self.fingerprint_key.reveal()).map_err(invalid)?;
        Ok(())
    }

    /// Reconciles what the file declares into the store; that has been [checked](Self::check) before.
    pub(super) async fn declare(&self, Local { config, .. }: &Local) -> Result<(), Failure> {
        let now = Timestamp::now();
        let done = self.store.declare(default_tenant(), &config.declare, &config.routes, now).await?;
        tell(&done.made);
        Ok(())
    }

    /// Compiles what the store holds, and leaves the store as it is.
    pub(super) async fn compile(&self, local: &Local) -> Result<(Compiled, InForce), Failure> {
        // What is in force first: what is saved in between is then put into force once too often, and not once too few.
        let in_force = self.store.standing().await?.in_force;
        let stored = self.store.governance(default_tenant()).await?;
        let Compiled { governance, revision } = self.compile_stored(local, stored).await?;
        Ok((Compiled { governance: governance.at_epoch(in_force.epoch), revision }, in_force))
    }

    /// Compiles what the store holds, or would hold, off the threads that serve.
    pub(super) async fn compile_stored(
        &self,
        Local { config, environment }: &Local,
        stored: store::Governance,
    ) -> Result<Compiled, Failure> {
        let (config, environment) = (Arc::clone(config), Arc::clone(environment));
        let fingerprint_key = self.fingerprint_key.reveal();
        let compiler = Arc::clone(&self.compiler);
        let compiled = spawn_blocking(move || {
            let (keys, revision) = (active_keys(&stored), stored.revision.clone());
            let config = with_stored(&config, stored);
            let mut compiler = compiler.lock().unwrap_or_else(PoisonError::into_inner);
            let governance = compiler.compile(&config, &environment, keys, fingerprint_key);
            governance.map(|governance| Compiled { governance, revision })
        });
        let compiled = compiled.await.map_err(|error| Failure::new(Exit::Unavailable, error))?;
        compiled.map_err(invalid)
    }

    /// Of what the store holds now.
    pub(super) async fn revision(&self) -> Result<Revision, Failure> {
        Ok(self.store.revision(default_tenant()).await?)
    }
}

/// Says what the store held otherwise than the file declares, and is now as the file says. A first start only adds.
fn tell(done: &Reconciled) {
    let counts = done.counts();
    if counts.added > 0 {
        tracing::info!(objects = counts.added, "declared by the configuration, and now in the store");
    }
    let drifts = done.drifts.iter().filter(|drift| drift.change != DriftChange::Added);
    drifts.for_each(|drift| {
        tracing::info!("the store was not as the configuration declares: {}", drift.on_one_line());
    });
}

fn invalid(error: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Configuration, error).next("`renlayer check` tests a configuration without starting")
}

/// The configuration with the store's objects in place of the file's, which are among them.
pub(crate) fn with_stored(config: &Config, stored: store::Governance) -> Config {
    Config {
        routes: stored.routes,
        declare: Declare {
            agents: stored.agents.iter().filter(|agent| agent.disabled_at.is_none()).map(declared).collect(),
            groups: Vec::new(),
            cedar: stored.cedar,
            directory: stored.directory,
            secrets: stored.secrets,
            policies: stored.policies,
            limits: stored.limits,
            dlp: stored.dlp,
            default_action: stored.default_action,
            mode: stored.mode,
        },
        ..config.clone()
    }
}

/// An agent without its keys, which stand beside it.
fn declared(agent: &AgentRecord) -> DeclaredAgent {
    DeclaredAgent {
        name: agent.name.clone(),
        description: agent.description.clone(),
        keys: Vec::new(),
        groups: Vec::new(),
        mode: agent.mode,
    }
}

/// The keys that open something now, of agents that are switched on.
fn active_keys(stored: &store::Governance) -> Vec<ActiveKey> {
    let agents: HashMap<_, _> = stored
        .agents
        .iter()
        .filter(|agent| agent.disabled_at.is_none())
        .map(|agent| {
            let name = agent.name.as_str().into();
            (agent.id, Arc::new(Agent { tenant: default_tenant(), id: agent.id, name }))
        })
        .collect();
    let now = Timestamp::now();
    let active = stored.keys.iter().filter(|key| key.is_active(now));
    active
        .filter_map(|key| {
            let agent = Arc::clone(agents.get(&key.agent)?);
            Some(ActiveKey { hash: key.hash, agent, expires_at: key.expires_at })
        })
        .collect()
}
