//! Where an action is forwarded: routes by path prefix or host, and the URI as the upstream sees it.

use std::{sync::Arc, time::Duration};

use http::{HeaderName, HeaderValue, Uri, uri};

use crate::{dialect::Provider, secret::Credential};

/// One route, made ready: its base is a complete origin, its credential is at hand or known to be missing.
#[derive(Debug, Clone)]
pub struct Route {
    /// Its name, as traces show it.
    pub name: Arc<str>,
    /// What it is chosen by.
    pub matches: Matches,
    /// Scheme and authority of the upstream.
    pub origin: Origin,
    /// What stands before the path at the upstream: empty, or `/` and no slash at the end.
    pub base_path: Box<str>,
    /// The dialect family its upstream speaks.
    pub provider: Option<Provider>,
    /// What is put into each request.
    pub credential: RouteCredential,
    /// The only model that may be asked for.
    pub model: Option<Box<str>>,
    /// Headers that are set on each request.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// How long the upstream may take.
    pub timeouts: RouteTimeouts,
}

/// What a route is chosen by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matches {
    /// A path prefix, matched by whole segments and taken off: `/openai`. The empty prefix takes every path.
    Prefix(Box<str>),
    /// The host that the request names, without a port, in lower case.
    Host(Box<str>),
}

/// A scheme and an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// `http` or `https`.
    pub scheme: uri::Scheme,
    /// Host and, where it is not the scheme's own, port.
    pub authority: uri::Authority,
}

/// A route's credential.
#[derive(Debug, Clone)]
pub enum RouteCredential {
    /// The agent's own provider key is passed on.
    Agent,
    /// The route's secret is injected.
    Inject(Arc<Credential>),
    /// The route names a secret that is not to be had: its calls are refused.
    Missing(Arc<str>),
}

/// How long an upstream may take; travels to the client as a request extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteTimeouts {
    /// To connect, TLS included.
    pub connect: Duration,
    /// From the request's last byte to the answer's head.
    pub first_byte: Duration,
    /// Between two bytes of the answer's body.
    pub idle: Duration,
}

impl Default for RouteTimeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(600),
            idle: Duration::from_secs(300),
        }
    }
}

/// A tenant's routes, in the order in which they are tried.
#[derive(Debug, Default)]
pub struct RouteTable(Vec<Arc<Route>>);

/// A path that may name another place at the upstream than it seems to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the path holds a dot segment, a backslash or an encoded slash: it may name another place than it seems to"
)]
pub struct AmbiguousPath;

impl RouteTable {
    /// Orders the routes: by host first, then the longest prefix.
    pub fn new(routes: impl IntoIterator<Item = Route>) -> Self {
        let mut routes: Vec<_> = routes.into_iter().map(Arc::new).collect();
        routes.sort_by_key(|route| match &route.matches {
            Matches::Host(_) => (0, 0),
            Matches::Prefix(prefix) => (1, usize::MAX - prefix.len()),
        });
        Self(routes)
    }

    /// The route for a request, with the rest of its path.
    pub fn find<'p>(&self, host: Option<&str>, path: &'p str) -> Option<(&Arc<Route>, &'p str)> {
        self.0.iter().find_map(|route| route.matches.rest(host, path).map(|rest| (route, rest)))
    }

    /// The routes' names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|route| &*route.name)
    }
}

impl Matches {
    fn rest<'p>(&self, host: Option<&str>, path: &'p str) -> Option<&'p str> {
        match self {
            Self::Host(wanted) => {
                host.filter(|host| bare_host(host).eq_ignore_ascii_case(wanted)).map(|_| path)
            }
            Self::Prefix(prefix) => {
                path.strip_prefix(&**prefix).filter(|rest| rest.is_empty() || rest.starts_with('/'))
            }
        }
    }
}

impl Route {
    /// The URI at the upstream for the `rest` of a path and the request's query.
    pub fn uri(&self, rest: &str, query: Option<&str>) -> Result<Uri, http::Error> {
        let mut target =
            String::with_capacity(self.base_path.len() + rest.len() + query.map_or(0, str::len) + 2);
        target.push_str(&self.base_path);
        target.push_str(rest);
        if target.is_empty() {
            target.push('/');
        }
        if let Some(query) = query {
            target.push('?');
            target.push_str(query);
        }
        Uri::builder()
            .scheme(self.origin.scheme.clone())
            .authority(self.origin.authority.clone())
            .path_and_query(target)
            .build()
    }
}

/// Refuses paths that a later reader may resolve to another place: what was judged must be what is called.
pub fn check_path(path: &str) -> Result<(), AmbiguousPath> {
    let lower = path.contains('%').then(|| path.to_ascii_lowercase());
    let path = lower.as_deref().unwrap_or(path);
    if path.contains('\\') || path.contains("%2f") || path.contains("%5c") || path.contains("%00") {
        return Err(AmbiguousPath);
    }
    let dots = |segment: &str| matches!(segment.replace("%2e", ".").as_str(), "." | "..");
    let suspicious = path.contains("/.") || path.contains("%2e");
    if suspicious && path.split('/').any(dots) { Err(AmbiguousPath) } else { Ok(()) }
}

fn bare_host(host: &str) -> &str {
    let host = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    };
    host.trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(name: &str, matches: Matches, base_path: &str) -> Route {
        Route {
            name: name.into(),
            matches,
            origin: Origin {
                scheme: uri::Scheme::HTTPS,
                authority: uri::Authority::from_static("api.example"),
            },
            base_path: base_path.into(),
            provider: None,
            credential: RouteCredential::Agent,
            model: None,
            headers: Vec::new(),
            timeouts: RouteTimeouts::default(),
        }
    }

    #[test]
    fn the_longest_prefix_wins_and_is_taken_off() {
        let prefix = |p: &str| Matches::Prefix(p.into());
        let table = RouteTable::new([
            route("rest", prefix(""), ""),
            route("openai", prefix("/openai"), ""),
            route("azure", prefix("/openai/azure"), "/base"),
            route("by-host", Matches::Host("tools.internal".into()), ""),
        ]);
        for (host, target, name, uri) in [
            ("localhost", "/openai/v1/models?a=b", "openai", "https://api.example/v1/models?a=b"),
            ("localhost", "/openai", "openai", "https://api.example/"),
            ("localhost", "/openai/azure/x", "azure", "https://api.example/base/x"),
            ("localhost", "/openai-other", "rest", "https://api.example/openai-other"),
            ("TOOLS.internal.:8080", "/openai/v1", "by-host", "https://api.example/openai/v1"),
        ] {
            let target: Uri = target.parse().unwrap();
            let (found, rest) = table.find(Some(host), target.path()).unwrap();
            assert_eq!(&*found.name, name);
            assert_eq!(found.uri(rest, target.query()).unwrap().to_string(), uri);
        }
    }

    #[test]
    fn no_route_is_no_route() {
        let table = RouteTable::new([route("openai", Matches::Prefix("/openai".into()), "")]);
        assert!(table.find(None, "/anthropic/v1/messages").is_none());
    }

    #[test]
    fn paths_that_may_be_resolved_elsewhere_are_refused() {
        for path in ["/a/../b", "/..", "/a/%2e%2E/b", "/a/.%2e", "/a%2Fb", "/a\\b", "/./a", "/a%5cb", "/a%00"]
        {
            assert_eq!(check_path(path), Err(AmbiguousPath), "{path}");
        }
        for path in
            ["/", "/v1/models/gpt-4.1", "/.well-known/x", "/a..b/c", "/v1/models/x:generateContent", "/a%20b"]
        {
            assert_eq!(check_path(path), Ok(()), "{path}");
        }
    }
}
