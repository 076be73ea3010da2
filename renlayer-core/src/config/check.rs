//! What only shows when the whole configuration is read: names that stand twice or name nothing, patterns that do not
//! compile, routes that nothing reaches.
//!
//! Every rule adds its errors to the document, at the place of the value that is wrong, so that one run of
//! `renlayer check` tells them all. Rules run only on a document whose shape is right.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use http::header;
use renlayer_dlp::Scanner;
use renlayer_policy::cedar::CedarSet;
use renlayer_policy::{LimitSet, PolicySet, Prices, Rule, Scope};

use super::cedar::DeclaredCedar;
use super::document::Document;
use super::error::{ConfigError, Origin, nearest};
use super::{Auth, Config, CounterStore, DatabaseUrl, Environment, Route};
use crate::secret::KEY_HEADERS;

/// Leases that can be renewed in time, and for which a save may wait.
const TERMS: RangeInclusive<Duration> = Duration::from_millis(500)..=Duration::from_secs(60);

/// Takes the path and the message of each error.
type Report<'r> = &'r mut dyn FnMut(&str, String);

/// Runs every rule.
pub(crate) fn check(config: &Config, document: Option<&Document>, outside: &mut Vec<ConfigError>) {
    if document.is_some_and(|document| !document.is_sound()) {
        return;
    }
    let report: Report<'_> = &mut |path, message| match document {
        Some(document) => document.report(path, message),
        None => {
            let origin = Origin::File { name: "configuration".into(), place: None };
            outside.push(ConfigError::new(origin, path, message));
        }
    };
    names(config, report);
    routes(config, report);
    keys(config, report);
    limits(config, report);
    prices(config, report);
    policies(config, report);
    groups(config, report);
    cedar(config, report);
    if let Err(error) = Scanner::new(&config.declare.dlp) {
        report(&format!("declare.dlp.{}", error.place()), error.reason().to_owned());
    }
    counters(config, report);
    bounds(config, report);
}

/// What an operator should know, though it works.
pub(crate) fn warnings(config: &Config, environment: &Environment) -> Vec<String> {
    let mut warnings = Vec::new();
    if config.auth == Auth::LoopbackDefault && !config.listen.ip().is_loopback() {
        warnings.push(format!(
            "{} is not a loopback address: calls without an agent key are refused there (`auth: required`)",
            config.listen
        ));
    }
    for secret in &config.declare.secrets {
        if let Err(error) = secret.from.read(environment) {
            warnings.push(format!("secret `{}`: {error}; calls that need it are refused", secret.name));
        }
    }
    if config.routes.is_empty() && config.default_upstream.is_none() {
        warnings.push("there is no route and no default upstream: no call can be forwarded".into());
    }
    warnings
}

fn names(config: &Config, report: Report<'_>) {
    let declare = &config.declare;
    unique("routes", "route", config.routes.iter().map(|route| &*route.name), report);
    unique("declare.agents", "agent", declare.agents.iter().map(|agent| &*agent.name), report);
    unique("declare.secrets", "secret", declare.secrets.iter().map(|secret| &*secret.name), report);
    unique("declare.policies", "policy", declare.policies.iter().map(|policy| &*policy.name), report);
    unique("declare.groups", "group", declare.groups.iter().map(|group| &*group.name), report);
    unique("declare.cedar", "Cedar policy", declare.cedar.iter().map(|cedar| &*cedar.name), report);
    unique("declare.limits", "limit", declare.limits.iter().map(|limit| &*limit.name), report);
}

/// Names are how objects of a file are told apart, so each is there once and is one.
fn unique<'a>(list: &str, kind: &str, names: impl Iterator<Item = &'a str>, report: Report<'_>) {
    let mut seen = HashMap::new();
    for (index, name) in names.enumerate() {
        let path = format!("{list}[{index}].name");
        if let Err(reason) = check_name(name) {
            report(&path, reason.to_owned());
        }
        if let Some(first) = seen.insert(name, index) {
            report(&path, format!("there is a {kind} `{name}` already ({list}[{first}])"));
        }
    }
}

fn check_name(name: &str) -> Result<(), &'static str> {
    match name {
        "" => Err("a name cannot be empty"),
        _ if name.len() > 128 => Err("a name has at most 128 bytes"),
        _ if name.chars().any(char::is_control) => Err("a name has no control characters"),
        _ => Ok(()),
    }
}

fn routes(config: &Config, report: Report<'_>) {
    let mut taken = HashMap::new();
    for (index, route) in config.routes.iter().enumerate() {
        let path = |key: &str| format!("routes[{index}].{key}");
        match (&route.prefix, &route.host) {
            (Some(prefix), None) => {
                if let Err(reason) = check_prefix(prefix) {
                    report(&path("prefix"), reason.to_owned());
                }
            }
            (None, Some(host)) if host.is_empty() || host.contains(['/', ':', ' ']) => {
                report(&path("host"), "expected a host name alone, without scheme, port or path".into());
            }
            (None, Some(_)) => {}
            (None, None) => report(&format!("routes[{index}]"), "a route has a `prefix` or a `host`".into()),
            (Some(_), Some(_)) => {
                report(&path("host"), "a route has either a `prefix` or a `host`, not both".into())
            }
        }
        if let Some(first) = taken.insert((&route.prefix, &route.host), &route.name) {
            let key = if route.prefix.is_some() { "prefix" } else { "host" };
            report(&path(key), format!("route `{first}` takes these calls already"));
        }
        credential(config, route, &path("credential"), report);
        for (name, value) in &route.headers {
            if let Err(reason) = check_header(name, value) {
                report(&path(&format!("headers.{name}")), reason.to_owned());
            }
        }
    }
}

fn check_header(name: &str, value: &str) -> Result<(), &'static str> {
    let Ok(name) = http::HeaderName::try_from(name) else { return Err("is not the name of a header") };
    if KEY_HEADERS.contains(&name) || name == header::PROXY_AUTHORIZATION || name == header::COOKIE {
        return Err("carries a credential: name a secret in `credential` instead");
    }
    http::HeaderValue::try_from(value)
        .map(drop)
        .map_err(|_| "cannot be sent: headers are one line of visible characters")
}

fn check_prefix(prefix: &str) -> Result<(), &'static str> {
    match prefix {
        "" | "/" => Ok(()),
        _ if !prefix.starts_with('/') => Err("a prefix begins with `/`"),
        _ if prefix.ends_with('/') => Err("a prefix does not end with `/`"),
        "/_" => Err("`/_` belongs to the console and the API"),
        _ if prefix.starts_with("/_/") => Err("`/_/` belongs to the console and the API"),
        _ if prefix.contains(['?', '#', '%', '\\', ' '])
            || prefix.contains("//")
            || prefix.contains("/.") =>
        {
            Err(
                "a prefix is a plain path, without `?`, `#`, `%`, `\\`, spaces, `//` or segments that begin with a dot",
            )
        }
        _ => Ok(()),
    }
}

fn credential(config: &Config, route: &Route, path: &str, report: Report<'_>) {
    let Some(name) = &route.credential else { return };
    let secrets = || config.declare.secrets.iter().map(|secret| &*secret.name);
    if !secrets().any(|secret| secret == name) {
        report(path, format!("no secret `{name}` is declared{}", suggestion(name, secrets())));
    }
}

/// A key tells one agent.
fn keys(config: &Config, report: Report<'_>) {
    let mut owners = HashMap::new();
    for (index, agent) in config.declare.agents.iter().enumerate() {
        for (at, key) in agent.keys.iter().enumerate() {
            if let Some(owner) = owners.insert(key.hash, &agent.name) {
                report(
                    &format!("declare.agents[{index}].keys[{at}]"),
                    format!("is a key of agent `{owner}` already"),
                );
            }
        }
    }
}

fn limits(config: &Config, report: Report<'_>) {
    for (index, limit) in config.declare.limits.iter().enumerate() {
        known_agents(config, &limit.agents, &format!("declare.limits[{index}].agents"), report);
        known_policies(config, limit.policy.as_ref(), &format!("declare.limits[{index}].policy"), report);
        for error in LimitSet::compile(vec![limit.clone()]).err().into_iter().flatten() {
            report(&format!("declare.limits[{index}].{}", error.field), error.reason);
        }
    }
}

fn prices(config: &Config, report: Report<'_>) {
    let mut seen = HashMap::new();
    for (index, price) in config.prices.iter().enumerate() {
        if let Some(first) = seen.insert(price.model.to_ascii_lowercase(), index) {
            let path = format!("prices[{index}].model");
            report(&path, format!("there is a price for `{}` already (prices[{first}])", price.model));
        }
    }
    for error in Prices::compile(config.prices.clone()).err().into_iter().flatten() {
        report(&format!("prices[{}].{}", error.index, error.field), error.reason);
    }
}

fn policies(config: &Config, report: Report<'_>) {
    let declare = &config.declare;
    for (index, policy) in declare.policies.iter().enumerate() {
        let base = format!("declare.policies[{index}]");
        if let Scope::Agents(agents) = &policy.scope {
            known_agents(config, agents, &format!("{base}.scope.agents"), report);
        }
        // One at a time, so that each error is known to be this policy's.
        for error in
            PolicySet::compile(vec![policy.clone()], declare.default_action).err().into_iter().flatten()
        {
            report(&format!("{base}.{}", error.condition), error.reason);
        }
    }
}

/// A group is declared before somebody stands in it, and stands in no group that stands in it.
fn groups(config: &Config, report: Report<'_>) {
    let declare = &config.declare;
    let declared = || declare.groups.iter().map(|group| &*group.name);
    let agents = declare.agents.iter().map(|agent| &agent.groups).enumerate();
    let agents = agents.map(|(index, groups)| (format!("declare.agents[{index}].groups"), groups));
    let above = declare.groups.iter().map(|group| &group.groups).enumerate();
    let above = above.map(|(index, groups)| (format!("declare.groups[{index}].groups"), groups));
    for (path, groups) in agents.chain(above) {
        for (at, group) in
            groups.iter().enumerate().filter(|(_, group)| !declared().any(|name| name == *group))
        {
            report(
                &format!("{path}[{at}]"),
                format!("no group `{group}` is declared{}", suggestion(group, declared())),
            );
        }
    }
    if let Some(group) = declare.directory.cycle() {
        let at = declare.groups.iter().position(|declared| declared.name == group).unwrap_or_default();
        report(&format!("declare.groups[{at}].groups"), format!("the group `{group}` stands in itself"));
    }
}

fn cedar(config: &Config, report: Report<'_>) {
    let declare = &config.declare;
    if declare.directory.cycle().is_some() {
        return;
    }
    let texts = declare.cedar.iter().map(DeclaredCedar::to_text).collect();
    for error in CedarSet::compile(texts, declare.directory.clone()).err().into_iter().flatten() {
        let file = declare.cedar.get(error.text).and_then(|cedar| cedar.file.as_ref());
        let (key, place) = match file {
            Some(file) => ("file", format!("{}:{}:{}", file.display(), error.line, error.column)),
            None => ("text", format!("line {}, column {} of the text", error.line, error.column)),
        };
        report(&format!("declare.cedar[{}].{key}", error.text), format!("{place}: {}", error.reason));
    }
}

/// Agents by name are those of the file; one that is kept in the store is named by its id.
fn known_agents(config: &Config, agents: &[String], path: &str, report: Report<'_>) {
    let declared = || config.declare.agents.iter().map(|agent| &*agent.name).chain(["default"]);
    for (index, agent) in agents.iter().enumerate() {
        let is_pattern = agent.contains(['*', '?', '[', '{']) || agent.starts_with("agent_");
        if !is_pattern && !declared().any(|name| name == agent) {
            let message = format!("no agent `{agent}` is declared{}", suggestion(agent, declared()));
            report(&format!("{path}[{index}]"), message);
        }
    }
}

/// Policies by name are those of the file; one that is kept in the store is named by its id.
fn known_policies(config: &Config, named: Option<&Rule<String>>, path: &str, report: Report<'_>) {
    let declared = || config.declare.policies.iter().map(|policy| &*policy.name);
    let Some(named) = named else { return };
    let not = if named.negated { ".not" } else { "" };
    for (index, policy) in named.values.iter().enumerate() {
        let is_pattern = policy.contains(['*', '?', '\\']) || policy.starts_with("pol_");
        if !is_pattern && !declared().any(|name| name == policy) {
            let step = if named.values.len() == 1 { String::new() } else { format!("[{index}]") };
            let message = format!("no policy `{policy}` is declared{}", suggestion(policy, declared()));
            report(&format!("{path}{not}{step}"), message);
        }
    }
}

fn counters(config: &Config, report: Report<'_>) {
    let together = config.counters.store == Some(CounterStore::Postgres);
    if together && !matches!(config.database, DatabaseUrl::Postgres(_)) {
        let database = &config.database;
        report(
            "counters.store",
            format!(
                "`postgres` is the database of `database`, which is {database}; name one of PostgreSQL there"
            ),
        );
    }
}

fn bounds(config: &Config, report: Report<'_>) {
    let (bounds, traces) = (&config.bounds, &config.traces);
    for (path, value) in [
        ("bounds.max_body_bytes", bounds.max_body_bytes),
        ("bounds.max_decoded_bytes", bounds.max_decoded_bytes),
        ("bounds.max_header_bytes", bounds.max_header_bytes),
        ("bounds.max_headers", bounds.max_headers),
        ("bounds.max_connections", bounds.max_connections),
        ("traces.queue", traces.queue),
        ("traces.batch", traces.batch),
    ] {
        if value == 0 {
            report(path, "must be at least 1".into());
        }
    }
    if !TERMS.contains(&config.lease.term) {
        report("lease.term", format!("must be from {:?} to {:?}", TERMS.start(), TERMS.end()));
    }
}

fn suggestion<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}
