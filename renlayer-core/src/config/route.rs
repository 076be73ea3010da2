//! Routes as a file declares them.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Timeouts, Upstream, duration};
use crate::dialect::Provider;

/// Where calls under a path prefix, or to a host, are forwarded. `Debug` shows the names of headers alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Its name, in traces and messages.
    pub name: String,
    /// The path prefix that it takes, which the upstream does not see: `/openai`.
    #[serde(default)]
    pub prefix: Option<String>,
    /// The host that it takes, in place of a prefix.
    #[serde(default)]
    pub host: Option<String>,
    /// The base URL of what answers.
    pub upstream: Upstream,
    /// What it speaks; without it, that is told from each call.
    #[serde(default)]
    pub dialect: Option<Provider>,
    /// The secret that goes with each call; without it, the agent's own provider key does.
    #[serde(default)]
    pub credential: Option<String>,
    /// Headers that go with each call. Not for credentials, which are secrets.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// How long the upstream may take, where that is not what `timeouts` says.
    #[serde(default)]
    pub timeouts: RouteTimeouts,
    /// The only model that may be asked for.
    #[serde(default)]
    pub model: Option<String>,
}

/// A route's own idea of how long things may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RouteTimeouts {
    /// To connect.
    #[serde(with = "duration::optional")]
    pub connect: Option<Duration>,
    /// To the head of the answer.
    #[serde(with = "duration::optional")]
    pub first_byte: Option<Duration>,
    /// Between two pieces of the answer.
    #[serde(with = "duration::optional")]
    pub idle: Option<Duration>,
}

impl Route {
    /// A route by prefix, with nothing else said.
    pub fn by_prefix(name: &str, upstream: Upstream, dialect: Option<Provider>) -> Self {
        Self {
            name: name.to_owned(),
            prefix: Some(format!("/{name}")),
            host: None,
            upstream,
            dialect,
            credential: None,
            headers: BTreeMap::new(),
            timeouts: RouteTimeouts::default(),
            model: None,
        }
    }

    /// Whether both would take the same calls, or are called the same.
    pub(crate) fn takes_the_place_of(&self, other: &Self) -> bool {
        self.name == other.name || (self.prefix.is_some() && self.prefix == other.prefix)
    }
}

impl RouteTimeouts {
    /// The connect, first-byte and idle timeouts, with the process's own where the route says nothing.
    pub fn or(&self, process: &Timeouts) -> (Duration, Duration, Duration) {
        (
            self.connect.unwrap_or(process.connect),
            self.first_byte.unwrap_or(process.first_byte),
            self.idle.unwrap_or(process.idle),
        )
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, prefix, host, upstream, dialect, credential, headers, timeouts, model } = self;
        f.debug_struct("Route")
            .field("name", name)
            .field("prefix", prefix)
            .field("host", host)
            .field("upstream", upstream)
            .field("dialect", dialect)
            .field("credential", credential)
            .field("headers", &headers.keys())
            .field("timeouts", timeouts)
            .field("model", model)
            .finish()
    }
}
