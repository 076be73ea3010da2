//! The `RENLAYER_*` variables.
//!
//! A variable that is not one of ours is worth a warning and no more: container platforms invent variables that
//! begin with a service's name.

use std::fmt::Display;
use std::str::FromStr;

use renlayer_policy::Mode;

use super::address::Address;
use super::error::{ConfigError, hint};
use super::{Auth, Config, Environment, LogFormat, LogLevel};

const PREFIX: &str = "RENLAYER_";

/// What came of the environment.
#[derive(Default)]
pub(crate) struct Applied {
    pub(crate) errors: Vec<ConfigError>,
    pub(crate) warnings: Vec<String>,
}

/// How one variable sets the configuration; the error is what was expected.
type Set = fn(&mut Config, &str) -> Result<(), String>;

const VARIABLES: &[(&str, Set)] = &[
    ("RENLAYER_DATABASE_URL", |config, text| parse(text, &mut config.database)),
    ("RENLAYER_COUNTERS_STORE", |config, text| parse_some(text, &mut config.counters.store)),
    ("RENLAYER_LISTEN_ADDR", |config, text| address(text).map(|listen| config.listen = listen)),
    ("RENLAYER_ADMIN_LISTEN_ADDR", |config, text| {
        address(text).map(|listen| config.admin.listen = Some(listen))
    }),
    ("RENLAYER_API_URL", |config, text| parse_some(text, &mut config.api_url)),
    ("RENLAYER_DEFAULT_UPSTREAM", |config, text| parse_some(text, &mut config.default_upstream)),
    ("RENLAYER_LOG_LEVEL", |config, text| choose(text, LOG_LEVELS, &mut config.log.level)),
    ("RENLAYER_LOG_FORMAT", |config, text| choose(text, LOG_FORMATS, &mut config.log.format)),
    ("RENLAYER_MODE", |config, text| choose(text, MODES, &mut config.mode)),
    ("RENLAYER_AUTH", |config, text| choose(text, AUTHS, &mut config.auth)),
];

/// Variables that others of our programs read.
const NOT_SETTINGS: &[&str] = &["RENLAYER_CONFIG"];

const LOG_LEVELS: &[(&str, LogLevel)] = &[
    ("error", LogLevel::Error),
    ("warn", LogLevel::Warn),
    ("info", LogLevel::Info),
    ("debug", LogLevel::Debug),
    ("trace", LogLevel::Trace),
];
const LOG_FORMATS: &[(&str, LogFormat)] = &[("text", LogFormat::Text), ("json", LogFormat::Json)];
const MODES: &[(&str, Mode)] = &[("enforce", Mode::Enforce), ("observe", Mode::Observe)];
const AUTHS: &[(&str, Auth)] = &[("loopback_default", Auth::LoopbackDefault), ("required", Auth::Required)];

/// Sets what the environment says.
pub(crate) fn apply(config: &mut Config, environment: &Environment) -> Applied {
    let mut applied = Applied::default();
    for (name, value) in environment.with_prefix(PREFIX) {
        match VARIABLES.iter().find(|(known, _)| *known == name) {
            // Set to nothing is not set.
            Some(_) if value.is_empty() => {}
            Some((_, set)) => {
                if let Err(expected) = set(config, value) {
                    applied.errors.push(ConfigError::variable(name, expected));
                }
            }
            None if NOT_SETTINGS.contains(&name) || name.starts_with("RENLAYER_TEST_") => {}
            None => applied.warnings.push(unknown(name)),
        }
    }
    applied
}

fn unknown(name: &str) -> String {
    let known = VARIABLES.iter().map(|(known, _)| *known);
    let hint = hint(name, known);
    let hint = if hint.contains("did you mean") { hint } else { String::new() };
    format!("environment variable {name} is not one of RenLayer's{hint}")
}

fn parse<T: FromStr<Err: Display>>(text: &str, into: &mut T) -> Result<(), String> {
    *into = text.parse().map_err(|error: T::Err| error.to_string())?;
    Ok(())
}

fn parse_some<T: FromStr<Err: Display>>(text: &str, into: &mut Option<T>) -> Result<(), String> {
    *into = Some(text.parse().map_err(|error: T::Err| error.to_string())?);
    Ok(())
}

fn address(text: &str) -> Result<std::net::SocketAddr, String> {
    let address: Result<Address, _> = text.parse();
    address.map(|Address(address)| address).map_err(|error| error.to_string())
}

fn choose<T: Copy>(text: &str, choices: &[(&str, T)], into: &mut T) -> Result<(), String> {
    match choices.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        Some((_, choice)) => *into = *choice,
        None => {
            let names: Vec<_> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
            return Err(format!("expected one of {}", names.join(", ")));
        }
    }
    Ok(())
}
