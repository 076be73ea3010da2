//! From a configuration to governance: everything that can be compiled is compiled here, when it is loaded, so that
//! nothing is left to be compiled on a request. A part that does not compile refuses the whole, and the running
//! governance stays.

use std::{collections::HashMap, fmt, sync::Arc};

use http::{HeaderName, HeaderValue, uri};
use jiff::Timestamp;
use renlayer_dlp::{Scanner, Settings};
use renlayer_policy::cedar::{CedarSet, Directory};
use renlayer_policy::{Limit, LimitSet, Mode, Policy, PolicySet, Prices};

use crate::{
    config::{self, Auth, Config, Declare, Environment},
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
        let snapshot = Arc::new(snapshot(config, environment, tenant, fingerprint_key, agents)?);
        let bounds = Bounds {
            max_body_bytes: config.bounds.max_body_bytes,
            max_decoded_bytes: config.bounds.max_decoded_bytes,
            max_traced_bytes: config.traces.max_body_bytes,
            assumed_output_tokens: config.bounds.assumed_output_tokens,
        };
        let tenants = HashMap::from([(tenant, snapshot.clone())]);
        Ok(Self {
            epoch: 0,
            without_lease: config.lease.lost,
            deciding: Deciding::default(),
            keys: ring,
            keyless,
            tenants,
            default_tenant: snapshot,
            bounds,
        })
    }
}

/// The agent that a file or the command line knows by `name`: its id follows from the name, so that every instance and
/// every restart agrees on it.
pub fn agent(tenant: TenantId, name: &str) -> Arc<Agent> {
    Arc::new(Agent { tenant, id: AgentId::derived(&tenant.to_string(), name), name: name.into() })
}

fn snapshot<'a>(
    config: &Config,
    environment: &Environment,
    tenant: TenantId,
    fingerprint_key: [u8; 32],
    agents: impl Iterator<Item = &'a str>,
) -> Result<Snapshot, CompileError> {
    let declare = &config.declare;
    let (policies, limits) = identified(declare, tenant);
    let policies = PolicySet::compile(policies, declare.default_action);
    let limits = LimitSet::compile(limits);
    let settings = declare.dlp.clone().with_fingerprint_key(fingerprint_key);
    let modes = modes(config);
    let scanners = scanners(&settings, &modes, agents)?;
    Ok(Snapshot {
        tenant,
        policies: policies.map_err(CompileError::collect)?,
        cedar: cedar(declare, tenant)?,
        limits: limits.map_err(CompileError::collect)?,
        prices: Prices::compile(config.prices.clone()).map_err(CompileError::collect)?,
        scanner: scanners.0,
        scanners: scanners.1,
        modes,
        routes: RouteTable::new(routes(config, environment)?),
    })
}

fn cedar(declare: &Declare, tenant: TenantId) -> Result<Option<CedarSet>, CompileError> {
    if declare.cedar.is_empty() {
        return Ok(None);
    }
    let directory = Directory { tenant: tenant.to_string(), ..declare.directory.clone() };
    let texts = declare.cedar.iter().map(config::DeclaredCedar::to_text).collect();
    CedarSet::compile(texts, directory).map(Some).map_err(CompileError::collect)
}

fn scanner(settings: &Settings) -> Result<Scanner, CompileError> {
    Scanner::new(settings).map_err(|error| CompileError::collect([error]))
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

/// The scanner of all agents, and those of the agents for whom the settings or the mode say otherwise. Agents for whom they
/// say the same share one.
fn scanners<'a>(
    settings: &Settings,
    modes: &Modes,
    agents: impl Iterator<Item = &'a str>,
) -> Result<(Scanner, HashMap<Box<str>, Scanner>), CompileError> {
    let observing = |agent: Option<&str>, mut settings: Settings| {
        settings.observe |= modes.of_named(agent).mode == Mode::Observe;
        settings
    };
    let usual = observing(None, settings.clone());
    let of_all = scanner(&usual)?;
    let mut compiled = vec![(usual, of_all.clone())];
    let mut scanners = HashMap::new();
    for name in agents {
        let own = settings.for_agent(name);
        let as_all = own.is_none() && modes.of_named(Some(name)).mode == modes.of_named(None).mode;
        if as_all || scanners.contains_key(name) {
            continue;
        }
        let theirs = observing(Some(name), own.unwrap_or_else(|| settings.clone()));
        let same =
            compiled.iter().find(|(settings, _)| *settings == theirs).map(|(_, scanner)| scanner.clone());
        let scanner = match same {
            Some(scanner) => scanner,
            None => {
                let scanner = scanner(&theirs)?;
                compiled.push((theirs, scanner.clone()));
                scanner
            }
        };
        scanners.insert(name.into(), scanner);
    }
    Ok((of_all, scanners))
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
