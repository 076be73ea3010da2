//! Where a route forwards to: the base of an absolute URL, checked once.

use std::fmt;
use std::str::FromStr;

use http::Uri;
use http::uri::Scheme;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::fault::refuse;

/// An `http` or `https` base URL without credentials, query or fragment, such as `https://api.openai.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream(Uri);

/// Why a text is no base URL; says nothing of the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseUpstreamError {
    /// It is not an absolute URL with a host.
    #[error("expected an absolute URL such as `https://api.example.com`")]
    NotAbsolute,
    /// It is neither `http` nor `https`.
    #[error("expected a URL that starts with `https://` or `http://`")]
    Scheme,
    /// It carries a user or a password.
    #[error("a base URL carries no credentials; name a secret in `credential` instead")]
    Credentials,
    /// It carries a query or a fragment.
    #[error("a base URL ends with its path; it has no `?` or `#`")]
    Query,
}

impl Upstream {
    /// The whole URL.
    pub fn uri(&self) -> &Uri {
        &self.0
    }

    /// `https` or `http`.
    pub fn scheme(&self) -> &str {
        self.0.scheme_str().unwrap_or("https")
    }

    /// The host, without the port.
    pub fn host(&self) -> &str {
        self.0.host().unwrap_or_default()
    }

    /// The port, the scheme's own where none is written.
    pub fn port(&self) -> u16 {
        self.0.port_u16().unwrap_or(if self.scheme() == "http" { 80 } else { 443 })
    }

    /// What every forwarded path begins with; never ends with a slash, empty for the root.
    pub fn base_path(&self) -> &str {
        self.0.path().trim_end_matches('/')
    }
}

impl FromStr for Upstream {
    type Err = ParseUpstreamError;

    fn from_str(text: &str) -> Result<Self, ParseUpstreamError> {
        // The URL parser drops a fragment without a word.
        if text.contains('#') {
            return Err(ParseUpstreamError::Query);
        }
        let uri: Uri = text.parse().map_err(|_| ParseUpstreamError::NotAbsolute)?;
        let authority = uri.authority().ok_or(ParseUpstreamError::NotAbsolute)?;
        match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS => {}
            Some(_) => return Err(ParseUpstreamError::Scheme),
            None => return Err(ParseUpstreamError::NotAbsolute),
        }
        if authority.as_str().contains('@') {
            return Err(ParseUpstreamError::Credentials);
        }
        if uri.query().is_some() {
            return Err(ParseUpstreamError::Query);
        }
        if authority.host().is_empty() {
            return Err(ParseUpstreamError::NotAbsolute);
        }
        Ok(Self(uri))
    }
}

impl<'de> Deserialize<'de> for Upstream {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(|error: ParseUpstreamError| refuse(&error.to_string()))
    }
}

impl Serialize for Upstream {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_ready_to_use() {
        for (text, scheme, host, port, path) in [
            ("https://api.openai.com", "https", "api.openai.com", 443, ""),
            ("http://localhost:11434/", "http", "localhost", 11434, ""),
            ("https://api.groq.com/openai/", "https", "api.groq.com", 443, "/openai"),
            ("http://[::1]:8080/v1", "http", "[::1]", 8080, "/v1"),
        ] {
            let upstream: Upstream = text.parse().unwrap();
            let parts = (upstream.scheme(), upstream.host(), upstream.port(), upstream.base_path());
            assert_eq!(parts, (scheme, host, port, path));
        }
    }

    #[test]
    fn what_is_no_base_url_is_refused() {
        use ParseUpstreamError::*;
        for (text, expected) in [
            ("", NotAbsolute),
            ("api.openai.com", NotAbsolute),
            ("/v1", NotAbsolute),
            ("ftp://host", Scheme),
            ("https://user:pass@host", Credentials),
            ("https://host/?a=b", Query),
            ("https://host/#a", Query),
        ] {
            assert_eq!(text.parse::<Upstream>(), Err(expected), "{text}");
        }
    }
}
