//! URL patterns: `[scheme://]host[:port][/path]`, each part a glob.
//!
//! A part that is not written is any: `api.example.com` is every path and port of that host. With a scheme it is a URL,
//! and a port not written is the scheme's own, so `https://api.example.com` and `https://api.example.com:443` are the
//! same. A lone `*` is every URL.
//!
//! The **host** is matched label by label whatever the case: `*.example.com` is every name below `example.com`, however
//! deep, and not `example.com` itself nor `badexample.com`; a `*` further right stands for one label or a part of one.
//! The **path** is matched as it was sent, `*` also over slashes: `/iam/*` is everything below `/iam/`. A path that reads
//! differently once decoded (`/%69am/x`, `//iam/x`, `/a/../iam/x`) is matched both ways, and where the two disagree the
//! answer is that it cannot be told, so a `DENY` holds and an `ALLOW` does not.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::error::{Fault, shown};
use crate::facts::Upstream;
use crate::glob::{Case, Glob, Letter};
use crate::index::{Fact, Key};
use crate::lint::Words;
use crate::truth::Truth;

/// A compiled URL pattern.
#[derive(Clone, Debug)]
pub(crate) struct UrlPattern {
    scheme: Option<Glob>,
    host: Host,
    port: Option<u16>,
    path: Option<Glob>,
}

#[derive(Clone, Debug)]
enum Host {
    Any,
    Address(IpAddr),
    /// A name without further wildcards, compared from its end.
    Literal {
        /// Whether any number of labels must stand before `name`.
        below: bool,
        name: String,
    },
    Name {
        /// Whether any number of labels may stand before `labels`.
        below: bool,
        /// Globs of the labels, last label first.
        labels: Vec<Glob>,
    },
}

/// What a pattern asks of each part of a URL; nothing of those that are not written.
pub(crate) struct Parts<'p> {
    pub(crate) scheme: Option<&'p Glob>,
    pub(crate) host: Option<Names>,
    pub(crate) port: Option<u16>,
    pub(crate) path: Option<&'p Glob>,
}

/// The names of hosts.
pub(crate) enum Names {
    /// These, as they are compared.
    Of(Words),
    /// All ways to write an address.
    Address(IpAddr),
}

impl UrlPattern {
    pub(crate) fn new(text: &str) -> Result<Self, Fault> {
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme), rest),
            None => (None, text),
        };
        let (authority, path) = match rest.find('/') {
            Some(slash) => rest.split_at(slash),
            None => (rest, ""),
        };
        let (host, port) = split_port(authority)?;
        let port = match port {
            Some("*") => None,
            Some(port) => Some(port.parse().map_err(|_| format!("`{}` is not a port", shown(port)))?),
            None => scheme.and_then(default_port),
        };
        Ok(Self {
            scheme: scheme
                .filter(|scheme| *scheme != "*")
                .map(|s| Glob::new(s, Case::Ignored))
                .transpose()?,
            host: Host::new(host)?,
            port,
            path: (!path.is_empty()).then(|| Glob::new(path, Case::Exact)).transpose()?,
        })
    }

    /// What the host of every URL has that it matches.
    pub(crate) fn host_key(&self) -> Option<Key> {
        match &self.host {
            Host::Any => None,
            Host::Address(address) => Some(Key::whole(Fact::Host, address.to_string())),
            Host::Literal { below: false, name } => Some(Key::whole(Fact::Host, name)),
            Host::Literal { below: true, name } => Some(Key::end(Fact::Host, format!(".{name}"))),
            Host::Name { labels, .. } => {
                let mut end = Vec::new();
                for label in labels.iter().map_while(Glob::literal) {
                    end.splice(0..0, [b".", label].concat());
                }
                (!end.is_empty()).then(|| Key::end(Fact::Host, end))
            }
        }
    }

    /// What the path of every URL has, in one reading, that it matches.
    pub(crate) fn path_key(&self) -> Option<Key> {
        self.path.as_ref().and_then(|glob| Key::glob(Fact::Path, "", glob))
    }

    /// What it asks of each part.
    pub(crate) fn parts(&self) -> Parts<'_> {
        let host = match &self.host {
            Host::Any => None,
            Host::Address(address @ IpAddr::V6(_)) => Some(Names::Address(*address)),
            Host::Address(address @ IpAddr::V4(_)) => {
                Some(Names::Of(Words::literal(&address.to_string(), Case::Exact)))
            }
            Host::Literal { below, name } => {
                let before = below.then_some([Letter::Any, Letter::Run, Letter::Is('.')]);
                let letters = before.into_iter().flatten().chain(name.chars().map(Letter::Is));
                Some(Names::Of(Words::new(letters.collect(), Case::Ignored)))
            }
            Host::Name { below, labels } => {
                Some(Names::Of(Words::new(names_below(*below, labels), Case::Ignored)))
            }
        };
        Parts { scheme: self.scheme.as_ref(), host, port: self.port, path: self.path.as_ref() }
    }

    pub(crate) fn matches(&self, url: &Upstream<'_>) -> Truth {
        let authority = self.port.is_none_or(|port| port == url.port)
            && self.scheme.as_ref().is_none_or(|scheme| scheme.matches(url.scheme))
            && self.host.matches(url.host);
        match &self.path {
            Some(path) if authority => path_matches(path, url.path),
            _ => authority.into(),
        }
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<&str>), Fault> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (address, after) = rest.split_once(']').ok_or("`[` without `]` in the host")?;
        return Ok((address, after.strip_prefix(':')));
    }
    match authority.split_once(':') {
        Some((_, port)) if port.contains(':') => Err("an IPv6 address needs brackets".into()),
        Some((host, port)) => Ok((host, Some(port))),
        None => Ok((authority, None)),
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("wss") {
        Some(443)
    } else if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("ws") {
        Some(80)
    } else {
        None
    }
}

impl Host {
    fn new(text: &str) -> Result<Self, Fault> {
        let text = text.strip_suffix('.').unwrap_or(text);
        if text == "*" {
            return Ok(Self::Any);
        }
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        if text.is_empty() {
            return Err("no host: write `*` for any".into());
        }
        if !text.is_ascii() {
            return Err("write an international host name in its `xn--` form".into());
        }
        if text.contains(['@', '#', '\\', ' ']) {
            return Err("a host pattern has letters, digits, `-`, `_`, `.`, `*` and `?` only".into());
        }
        let (below, labels) = match text.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let globs = labels.rsplit('.').map(|label| Glob::new(label, Case::Ignored));
        let globs = globs.collect::<Result<Vec<_>, _>>()?;
        if globs.iter().all(|glob| glob.literal().is_some()) {
            return Ok(Self::Literal { below, name: labels.to_owned() });
        }
        Ok(Self::Name { below, labels: globs })
    }

    fn matches(&self, host: &str) -> bool {
        let host = bare(host);
        match self {
            Self::Any => true,
            Self::Address(address) => host.parse() == Ok(*address),
            Self::Literal { below: false, name } => host.eq_ignore_ascii_case(name),
            Self::Literal { below: true, name } => {
                let split = host.len().checked_sub(name.len()).and_then(|at| host.split_at_checked(at));
                split.is_some_and(|(before, end)| {
                    before.len() > 1 && before.ends_with('.') && end.eq_ignore_ascii_case(name)
                })
            }
            Self::Name { below, labels } => {
                let mut rest = host.rsplit('.');
                let all = labels.iter().all(|glob| rest.next().is_some_and(|label| glob.matches(label)));
                all && rest.next().is_some_and(|label| !label.is_empty()) == *below
            }
        }
    }
}

/// The names that globs of labels match, last label first: no wildcard goes over a dot.
fn names_below(below: bool, labels: &[Glob]) -> Vec<Letter> {
    let mut letters = if below { vec![Letter::Run, Letter::Not('.'), Letter::Is('.')] } else { Vec::new() };
    for (at, label) in labels.iter().rev().enumerate() {
        letters.extend((at > 0).then_some(Letter::Is('.')));
        letters.extend(label.letters().into_iter().map(|letter| match letter {
            Letter::Any => Letter::Not('.'),
            Letter::Run => Letter::RunWithout('.'),
            letter => letter,
        }));
    }
    letters
}

/// A host without brackets and without the dot of the root.
fn bare(host: &str) -> &str {
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.strip_suffix('.').unwrap_or(host)
}

/// Shows `see` the names that a host is matched by.
pub(crate) fn names(host: &str, mut see: impl FnMut(&str)) {
    let host = bare(host);
    see(host);
    let address = host.starts_with(|first: char| first.is_ascii_digit()) || host.contains(':');
    if let Some(address) = address.then(|| host.parse::<IpAddr>().ok()).flatten() {
        see(&address.to_string());
    }
}

/// Shows `see` the ways to read a path.
pub(crate) fn readings(path: &str, mut see: impl FnMut(&str)) {
    let path = without_query(path);
    see(path);
    if let Some(other) = resolved(path) {
        see(&other);
    }
}

fn without_query(path: &str) -> &str {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() { "/" } else { path }
}

fn path_matches(glob: &Glob, path: &str) -> Truth {
    let path = without_query(path);
    let sent = glob.matches(path);
    match resolved(path) {
        Some(other) if glob.matches(&other) != sent => Truth::Unknown,
        _ => sent.into(),
    }
}

/// The path as a lenient server would read it: percent-decoded, `\` as `/`, without empty, `.` and `..` segments.
/// `None` where that is what was sent.
fn resolved(path: &str) -> Option<String> {
    let plain = !path.contains(['%', '\\']) && !path.contains("//") && !path.contains("/.");
    if plain {
        return None;
    }
    let decoded = decode(path).replace('\\', "/");
    let mut segments = Vec::new();
    for segment in decoded.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    let mut resolved = String::with_capacity(decoded.len());
    for segment in &segments {
        resolved.push('/');
        resolved.push_str(segment);
    }
    let last = decoded.rsplit('/').next().unwrap_or_default();
    if matches!(last, "" | "." | "..") {
        resolved.push('/');
    }
    Some(resolved)
}

/// Percent-decodes once.
fn decode(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = after.split_at_checked(2).and_then(|(hex, after)| Some((hex_byte(hex)?, after)));
        match escaped {
            Some((decoded, after)) if byte == b'%' => {
                bytes.push(decoded);
                rest = after;
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn hex_byte(hex: &[u8]) -> Option<u8> {
    let digits = str::from_utf8(hex).ok().filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(text: &str) -> Upstream<'_> {
        let (scheme, rest) = text.split_once("://").unwrap();
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = split_port(authority).unwrap();
        let port = port.map_or_else(|| default_port(scheme).unwrap(), |port| port.parse().unwrap());
        Upstream { scheme, host, port, path }
    }

    #[test]
    fn patterns_match_as_documented() {
        use Truth::{False, True, Unknown};
        for (pattern, text, expected) in [
            ("*", "https://a.example/x/y?z", True),
            ("*", "http://10.0.0.1:8080", True),
            ("*/iam/*", "https://a.example/iam/x", True),
            ("api.example.com", "https://API.example.com/v1/x", True),
            ("api.example.com", "https://api.example.com.:8443/", True),
            ("api.example.com", "https://xapi.example.com/", False),
            ("api.example.com", "https://x.api.example.com/", False),
            ("api.example.com:443", "https://api.example.com/", True),
            ("api.example.com:443", "http://api.example.com/", False),
            ("https://api.example.com", "https://api.example.com:443/x", True),
            ("https://api.example.com:443", "https://api.example.com/x", True),
            ("https://api.example.com", "https://api.example.com:8443/x", False),
            ("https://api.example.com:*", "https://api.example.com:8443/x", True),
            ("https://api.example.com", "http://api.example.com/x", False),
            ("HTTPS://API.example.com", "https://api.example.com/x", True),
            ("*.amazonaws.com/iam/*", "https://sts.amazonaws.com/iam/users", True),
            ("*.amazonaws.com/iam/*", "https://a.b.amazonaws.com/iam/a/b/c", True),
            ("*.amazonaws.com/iam/*", "https://amazonaws.com/iam/users", False),
            ("*.amazonaws.com/iam/*", "https://badamazonaws.com/iam/users", False),
            ("*.amazonaws.com/iam/*", "https://.amazonaws.com/iam/users", False),
            ("*.api-?.example.com", "https://eu.api-7.example.com/", True),
            ("*.api-?.example.com", "https://api-7.example.com/", False),
            ("*.amazonaws.com/iam/*", "https://sts.amazonaws.com/", False),
            ("*.amazonaws.com/iam/*", "https://sts.amazonaws.com/s3/x", False),
            ("*.amazonaws.com/iam/*", "https://sts.amazonaws.com/%69am/users", Unknown),
            ("*.amazonaws.com/iam/*", "https://sts.amazonaws.com//iam/users", Unknown),
            ("*.amazonaws.com/iam/*", "https://sts.amazonaws.com/s3/%2e%2e/iam/users", Unknown),
            ("*.amazonaws.com/iam/*", "https://sts.amazonaws.com/iam/../s3", Unknown),
            ("*.amazonaws.com/iam/*", "https://sts.amazonaws.com/iam/a%20b", True),
            ("s3.*.amazonaws.com", "https://s3.eu-west-1.amazonaws.com/", True),
            ("s3.*.amazonaws.com", "https://s3.a.b.amazonaws.com/", False),
            ("api-*.example.com", "https://api-7.example.com/", True),
            ("api.example.com/v1", "https://api.example.com/v1?q=/v2", True),
            ("api.example.com/", "https://api.example.com", True),
            ("api.example.com/v1", "https://api.example.com/v1/x", False),
            ("api.example.com/V1", "https://api.example.com/v1", False),
            ("127.0.0.1:8080", "http://127.0.0.1:8080/", True),
            ("[::1]", "http://[0:0:0:0:0:0:0:1]:9/", True),
        ] {
            assert_eq!(
                UrlPattern::new(pattern).unwrap().matches(&url(text)),
                expected,
                "{pattern} on {text}"
            );
        }
    }

    proptest! {
        /// Whatever is written or called, there is an answer; and a URL written as a pattern matches itself.
        #[test]
        fn any_text_is_refused_or_matched(pattern in ".{0,30}", host in "[a-z.\\[\\]:%]{0,12}", path in "[/%.\\\\a0-9f?]{0,12}") {
            let url = Upstream { scheme: "https", host: &host, port: 443, path: &path };
            for pattern in [pattern.as_str(), &format!("{host}{path}"), &format!("*{path}")] {
                if let Ok(pattern) = UrlPattern::new(pattern) {
                    let _ = pattern.matches(&url);
                }
            }
        }

        #[test]
        fn a_url_matches_itself(host in "[a-z]{1,5}(\\.[a-z]{1,5}){1,3}", path in "(/[a-z0-9.%-]{1,6}){0,3}/?") {
            let url = Upstream { scheme: "https", host: &host, port: 443, path: &path };
            for pattern in [format!("https://{host}"), format!("*.{host}"), format!("{host}:443{path}")] {
                let below = format!("x.{host}");
                let url = if pattern.starts_with('*') { Upstream { host: &below, ..url } } else { url };
                prop_assert_ne!(UrlPattern::new(&pattern).unwrap().matches(&url), Truth::False, "{}", pattern);
            }
        }
    }

    #[test]
    fn a_pattern_that_is_no_url_is_refused() {
        for pattern in [
            "",
            "/path/only",
            "https://",
            "a:b",
            "a:99999",
            "::1",
            "[::1",
            "münchen.example",
            "a@b",
            "a..b",
            "{a}.b",
        ] {
            assert!(UrlPattern::new(pattern).is_err(), "{pattern}");
        }
    }
}
