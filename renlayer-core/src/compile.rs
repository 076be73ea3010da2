//! From a configuration to governance: everything that can be compiled is compiled here, when it is loaded, so that
//! nothing is left to be compiled on a request. A part that does not compile refuses the whole, and the running
//! governance stays.

mod memo;

use std::{collections::HashMap, fmt, sync::Arc};

use http::{HeaderName, HeaderValue, uri};
use jiff::Timestamp;
use renlayer_dlp::{Scanner, Settings};
use renlayer_policy::cedar::{CedarSet, Directory};
use renlayer_policy::{Limit, LimitSet, Mode, Policy, PolicyAction, PolicySet, Prices};

use self::memo::Memo;
use crate::{
    config::{self, Auth, Config, Declare, DeclaredCedar, Environment},
    dialect::Provider,
    id::{AgentId, LimitId, PolicyId, TenantId},
    identity::{Agent, Keyring},
    key::KeyHash,
    pin::Deciding,
    route::{Matches, Origin, Route, RouteCredential, RouteTable, RouteTimeouts},
    secret::{Credential, SecretValue},
    snapshot::{Bounds, Governance, Keyless, Modes, Snapshot},
    store::{DEFAULT, default_tenant},
};

/// A key that the store knows, beside those of the file.
#[derive(Debug, Clone)]
pub struct ActiveKey {
    /// What is kept of the key.
    pub hash: KeyHash,
    /// Whose it is.
    pub agent: Arc<Agent>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// Compiles governance again and again, and only what has changed since the last time.
#[derive(Debug, Default)]
pub struct Compiler {
    policies: Memo<(Vec<Policy>, PolicyAction), PolicySet>,
    cedar: Memo<(Vec<DeclaredCedar>, Directory), CedarSet>,
    /// Those of the last time, in no order.
    scanners: Vec<(Settings, Scanner)>,
}

/// Everything that did not compile, one line each.
#[derive(Debug, Clone, thiserror::Error)]
pub struct CompileError(Vec<String>);

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl CompileError {
    fn collect(errors: impl IntoIterator<Item = impl fmt::Display>) -> Self {
        Self(errors.into_iter().map(|error| error.to_string()).collect())
    }
}

impl Governance {
    /// Compiles a configuration, with the keys that a store adds to it. `environment` is where secrets may stand;
    /// `fingerprint_key` keys the fingerprints of findings, so that they mean nothing elsewhere.
    pub fn compile(
        config: &Config,
        environment: &Environment,
        keys: impl IntoIterator<Item = ActiveKey>,
        fingerprint_key: [u8; 32],
    ) -> Result<Self, CompileError> {
        Compiler::default().compile(config, environment, keys, fingerprint_key)
    }
}

impl Compiler {
    /// The same as [`Governance::compile`], and keeps what can be of use the next time.
    pub fn compile(
        &mut self,
        config: &Config,
        environment: &Environment,
        keys: impl IntoIterator<Item = ActiveKey>,
        fingerprint_key: [u8; 32],
    ) -> Result<Governance, CompileError> {
        let tenant = default_tenant();
        let mut ring = Keyring::default();
        for declared in &config.declare.agents {
            let agent = agent(tenant, &declared.name);
            for key in &declared.keys {
                ring.insert(key.hash, agent.clone(), None);
            }
        }
        for key in keys {
            ring.insert(key.hash, key.agent, key.expires_at);
        }
        let keyless = match config.auth {
            Auth::LoopbackDefault if config.listen.ip().is_loopback() => {
                Keyless::Agent(agent(tenant, DEFAULT))
            }
            Auth::LoopbackDefault | Auth::Required => Keyless::Refused,
        };
        let declared = config.declare.agents.iter().map(|agent| &*agent.name);
        let agents = ring.agents().map(|agent| &*agent.name).chain(declared).chain([DEFAULT]);
        let snapshot = Arc::new(self.snapshot((config, environment), tenant, fingerprint_key, agents)?);
        let bounds = Bounds {
            max_body_bytes: config.bounds.max_body_bytes,
            max_decoded_bytes: config.bounds.max_decoded_bytes,
            max_traced_bytes: config.traces.max_body_bytes,
            assumed_output_tokens: config.bounds.assumed_output_tokens,
        };
        let tenants = HashMap::from([(tenant, snapshot.clone())]);
        Ok(Governance {
            epoch: 0,
            without_lease: config.lease.lost,
            streams: config.streams.on_change,
            deciding: Deciding::default(),
            keys: ring,
            keyless,
            tenants,
            default_tenant: snapshot,
            bounds,
        })
    }

    fn snapshot<'a>(
        &mut self,
        (config, environment): (&Config, &Environment),
        tenant: TenantId,
        fingerprint_key: [u8; 32],
        agents: impl Iterator<Item = &'a str>,
    ) -> Result<Snapshot, CompileError> {
        let declare = &config.declare;
        let (policies, limits) = identified(declare, tenant);
        let policies = self.policies.compile((policies, declare.default_action), |(policies, default)| {
            PolicySet::compile(policies.clone(), *default).map_err(CompileError::collect)
        })?;
        let settings = declare.dlp.clone().with_fingerprint_key(fingerprint_key);
        let modes = modes(config);
        let (scanner, scanners) = self.scanners(&settings, &modes, agents)?;
        Ok(Snapshot {
            tenant,
            policies,
            cedar: self.cedar(declare, tenant)?,
            limits: LimitSet::compile(limits).map_err(CompileError::collect)?,
            prices: Prices::compile(config.prices.clone()).map_err(CompileError::collect)?,
            scanner,
            scanners,
            modes,
            routes: RouteTable::new(routes(config, environment)?),
        })
    }

    fn cedar(&mut self, declare: &Declare, tenant: TenantId) -> Result<Option<CedarSet>, CompileError> {
        if declare.cedar.is_empty() {
            return Ok(None);
        }
        let directory = Directory { tenant: tenant.to_string(), ..declare.directory.clone() };
        self.cedar.compile((declare.cedar.clone(), directory), of_texts).map(Some)
    }

    /// The scanner of all agents, and those of the agents for whom the settings or the mode say otherwise. Agents for whom they
    /// say the same share one.
    fn scanners<'a>(
        &mut self,
        settings: &Settings,
        modes: &Modes,
        agents: impl Iterator<Item = &'a str>,
    ) -> Result<(Scanner, HashMap<Box<str>, Scanner>), CompileError> {
        let observing = |agent: Option<&str>, mut settings: Settings| {
            settings.observe |= modes.of_named(agent).mode == Mode::Observe;
            settings
        };
        let mut used = Vec::new();
        let of_all = scanner(observing(None, settings.clone()), &mut used, &self.scanners)?;
        let mut scanners = HashMap::new();
        for name in agents {
            let own = settings.for_agent(name);
            let as_all = own.is_none() && modes.of_named(Some(name)).mode == modes.of_named(None).mode;
            if as_all || scanners.contains_key(name) {
                continue;
            }
            let theirs = observing(Some(name), own.unwrap_or_else(|| settings.clone()));
            scanners.insert(name.into(), scanner(theirs, &mut used, &self.scanners)?);
        }
        self.scanners = used;
        Ok((of_all, scanners))
    }
}

/// The scanner for these settings: one that is `used` already, one from `before`, or a new one; used from then on.
fn scanner(
    settings: Settings,
    used: &mut Vec<(Settings, Scanner)>,
    before: &[(Settings, Scanner)],
) -> Result<Scanner, CompileError> {
    if let Some((_, scanner)) = used.iter().find(|(known, _)| *known == settings) {
        return Ok(scanner.clone());
    }
    let scanner = match before.iter().find(|(known, _)| *known == settings) {
        Some((_, scanner)) => scanner.clone(),
        None => Scanner::new(&settings).map_err(|error| CompileError::collect([error]))?,
    };
    used.push((settings, scanner.clone()));
    Ok(scanner)
}

/// The agent that a file or the command line knows by `name`: its id follows from the name, so that every instance and
/// every restart agrees on it.
pub fn agent(tenant: TenantId, name: &str) -> Arc<Agent> {
    Arc::new(Agent { tenant, id: AgentId::derived(&tenant.to_string(), name), name: name.into() })
}

/// The mode of each level, as the file and the store say it.
fn modes(config: &Config) -> Modes {
    let said = |agent: &config::DeclaredAgent| Some((agent.name.as_str().into(), agent.mode?));
    Modes {
        process: config.mode,
        tenant: config.declare.mode,
        agents: config.declare.agents.iter().filter_map(said).collect(),
        dlp_observes: config.declare.dlp.observe,
    }
}

/// The Cedar policies that a file declares, compiled; nothing where there are none, since nothing is asked then.
pub fn cedar(declare: &Declare) -> Result<Option<CedarSet>, CompileError> {
    let directory = Directory { tenant: default_tenant().to_string(), ..declare.directory.clone() };
    let declared = (!declare.cedar.is_empty()).then(|| (declare.cedar.clone(), directory));
    declared.as_ref().map(of_texts).transpose()
}

fn of_texts((declared, directory): &(Vec<DeclaredCedar>, Directory)) -> Result<CedarSet, CompileError> {
    let texts = declared.iter().map(DeclaredCedar::to_text).collect();
    CedarSet::compile(texts, directory.clone()).map_err(CompileError::collect)
}

/// The policies that a file declares, with the ids by which they are ordered and known.
pub fn policies(declare: &Declare) -> Vec<Policy> {
    identified(declare, default_tenant()).0
}

/// Policies and limits with their ids; those that a file leaves out follow from the name, as the store has them.
fn identified(declare: &Declare, tenant: TenantId) -> (Vec<Policy>, Vec<Limit>) {
    let space = tenant.to_string();
    let (mut policies, mut limits) = (declare.policies.clone(), declare.limits.clone());
    for policy in policies.iter_mut().filter(|policy| policy.id.is_empty()) {
        policy.id = PolicyId::derived(&space, &policy.name).to_string().into();
    }
    for limit in limits.iter_mut().filter(|limit| limit.id.is_empty()) {
        limit.id = LimitId::derived(&space, &limit.name).to_string().into();
    }
    (policies, limits)
}

fn routes(config: &Config, environment: &Environment) -> Result<Vec<Route>, CompileError> {
    let fallback = config.default_upstream.as_ref().map(|upstream| config::Route {
        prefix: Some(String::new()),
        ..config::Route::by_prefix("default", upstream.clone(), None)
    });
    let routes = config.routes.iter().chain(&fallback).map(|declared| route(declared, config, environment));
    routes.collect()
}

fn route(
    declared: &config::Route,
    config: &Config,
    environment: &Environment,
) -> Result<Route, CompileError> {
    let wrong = |what: &str| CompileError(vec![format!("route `{}`: {what}", declared.name)]);
    let matches = match (&declared.host, &declared.prefix) {
        (Some(host), _) => Matches::Host(host.to_ascii_lowercase().into()),
        (None, Some(prefix)) => Matches::Prefix(prefix.trim_end_matches('/').into()),
        (None, None) => return Err(wrong("needs a `prefix` or a `host`")),
    };
    let uri = declared.upstream.uri();
    let origin = Origin {
        scheme: uri.scheme().cloned().unwrap_or(uri::Scheme::HTTPS),
        authority: uri.authority().cloned().ok_or_else(|| wrong("its upstream names no host"))?,
    };
    let headers = declared.headers.iter().map(|(name, value)| {
        let name = name.parse::<HeaderName>().map_err(|_| wrong("a header's name is not valid"))?;
        let value = HeaderValue::from_str(value).map_err(|_| wrong("a header's value is not valid"))?;
        Ok((name, value))
    });
    let (connect, first_byte, idle) = declared.timeouts.or(&config.timeouts);
    Ok(Route {
        name: declared.name.as_str().into(),
        matches,
        origin,
        base_path: declared.upstream.base_path().into(),
        provider: declared.dialect,
        credential: credential(declared, config, environment)?,
        model: declared.model.as_deref().map(Into::into),
        headers: headers.collect::<Result<_, _>>()?,
        timeouts: RouteTimeouts { connect, first_byte, idle },
    })
}

/// The route's credential, read now. A secret that is not to be had does not stop the rest: calls of this route are
/// refused, and say so.
fn credential(
    declared: &config::Route,
    config: &Config,
    environment: &Environment,
) -> Result<RouteCredential, CompileError> {
    let Some(name) = &declared.credential else { return Ok(RouteCredential::Agent) };
    let secret = config.declare.secrets.iter().find(|secret| secret.name == *name);
    let value: Option<SecretValue> = secret.and_then(|secret| secret.from.read(environment).ok());
    let Some(value) = value else { return Ok(RouteCredential::Missing(name.as_str().into())) };
    let provider = declared.dialect.unwrap_or(Provider::Http);
    let credential = Credential::new(&value, provider).map_err(|error| {
        CompileError(vec![format!("secret `{name}`, for route `{}`: {error}", declared.name)])
    })?;
    Ok(RouteCredential::Inject(Arc::new(credential)))
}
