//! What the head of a request tells, as facts.

use std::fmt;
use std::sync::Arc;

use http::request::Parts;
use http::{HeaderMap, header};
use jiff::Timestamp;

use crate::{Facts, Headers, Upstream};

/// Who calls, as far as the caller of a layer can tell from a request's head. `None` is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Id of the agent.
    pub agent_id: Option<Box<str>>,
    /// Name of the agent.
    pub agent_name: Option<Box<str>>,
    /// The user the call is attributed to.
    pub user: Option<Box<str>>,
    /// The session the call belongs to.
    pub session: Option<Box<str>>,
}

/// How a layer reads heads: who calls, and when. Cheap to clone.
#[derive(Clone)]
pub(super) struct Reader {
    pub(super) identity: Arc<dyn Fn(&Parts) -> Identity + Send + Sync>,
    pub(super) clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Reader {
    /// Hands the facts of a head to `judge`.
    pub(super) fn read<T>(&self, head: &Parts, judge: impl FnOnce(&Facts<'_>) -> T) -> T {
        let identity = (self.identity)(head);
        judge(&Facts {
            agent_id: identity.agent_id.as_deref(),
            agent_name: identity.agent_name.as_deref(),
            user: identity.user.as_deref(),
            session: identity.session.as_deref(),
            method: head.method.as_str(),
            upstream: upstream(head),
            headers: &head.headers,
            ..Facts::at((self.clock)())
        })
    }
}

impl Default for Reader {
    fn default() -> Self {
        Self { identity: Arc::new(|_| Identity::default()), clock: Arc::new(Timestamp::now) }
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

impl Headers for HeaderMap {
    fn values(&self, name: &str, visit: &mut dyn FnMut(&[u8])) {
        self.get_all(name).iter().for_each(|value| visit(value.as_bytes()));
    }
}

/// Where a request goes: its URI says so, or, inside a server, its `Host`.
fn upstream(head: &Parts) -> Upstream<'_> {
    let scheme = head.uri.scheme_str().unwrap_or("http");
    let default = if scheme == "https" { 443 } else { 80 };
    let (host, port) = match head.uri.host() {
        Some(host) => (host, head.uri.port_u16()),
        None => split_port(host_field(head)),
    };
    Upstream { scheme, host, port: port.unwrap_or(default), path: head.uri.path() }
}

fn host_field(head: &Parts) -> &str {
    head.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default()
}

fn split_port(host: &str) -> (&str, Option<u16>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
        _ => (host, None),
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[test]
    fn a_uri_says_where_a_call_goes_and_a_host_field_where_it_does_not() {
        for (uri, host, expected) in [
            ("https://api.example/v1?q", "other.example", ("https", "api.example", 443, "/v1")),
            ("http://api.example:8080/", "", ("http", "api.example", 8080, "/")),
            ("/v1", "api.example:9", ("http", "api.example", 9, "/v1")),
            ("/v1", "[::1]", ("http", "[::1]", 80, "/v1")),
            ("/v1", "", ("http", "", 80, "/v1")),
        ] {
            let (head, ()) = Request::get(uri).header("host", host).body(()).unwrap().into_parts();
            let Upstream { scheme, host, port, path } = upstream(&head);
            assert_eq!((scheme, host, port, path), expected, "{uri}");
        }
    }
}
