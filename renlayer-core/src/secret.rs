//! Provider credentials that agents never hold: the value, where it goes in a request, and how it is kept from
//! coming back.

use std::{fmt, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue, header};
use renlayer_dlp::KnownValues;
use zeroize::Zeroizing;

use crate::dialect::Provider;

/// A secret's value. It is wiped when dropped; neither `Debug` nor `Display` print it.
#[derive(Clone)]
pub struct SecretValue(Arc<Zeroizing<String>>);

impl SecretValue {
    /// Takes a value as it was read from its source.
    pub fn new(value: String) -> Self {
        Self(Arc::new(Zeroizing::new(value)))
    }

    /// The value, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretValue(…)")
    }
}

/// A secret made ready to be put into requests: its header as bytes, and what to look for in answers.
#[derive(Debug, Clone)]
pub struct Credential {
    name: HeaderName,
    value: HeaderValue,
    known: KnownValues,
}

/// A secret that cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// Nothing in it.
    #[error("the secret is empty")]
    Empty,
    /// A character that no header may carry.
    #[error("the secret holds a character that no header may carry, such as a line break")]
    NotAHeaderValue,
}

/// Every header in which a client's SDK puts a key; all of them go when a credential is injected.
pub const KEY_HEADERS: [HeaderName; 4] = [
    header::AUTHORIZATION,
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("api-key"),
    HeaderName::from_static("x-goog-api-key"),
];

impl Credential {
    /// Prepares `secret` for upstreams of `provider`, in the header where its API expects a key.
    pub fn new(secret: &SecretValue, provider: Provider) -> Result<Self, CredentialError> {
        let text = secret.reveal();
        if text.is_empty() {
            return Err(CredentialError::Empty);
        }
        let (name, value) = match provider {
            Provider::Anthropic => (HeaderName::from_static("x-api-key"), HeaderValue::from_str(text)),
            Provider::Gemini => (HeaderName::from_static("x-goog-api-key"), HeaderValue::from_str(text)),
            Provider::OpenAi | Provider::Bedrock | Provider::Mcp | Provider::Http => {
                let bearer = Zeroizing::new(format!("Bearer {text}"));
                (header::AUTHORIZATION, HeaderValue::from_str(&bearer))
            }
        };
        let mut value = value.map_err(|_| CredentialError::NotAHeaderValue)?;
        value.set_sensitive(true);
        Ok(Self { name, value, known: KnownValues::new([text.as_bytes()]) })
    }

    /// Puts the credential into a request, in place of whatever key the agent sent.
    pub fn inject(&self, headers: &mut HeaderMap) {
        for name in &KEY_HEADERS {
            headers.remove(name);
        }
        headers.insert(self.name.clone(), self.value.clone());
    }

    /// What must not come back from the upstream.
    pub fn known(&self) -> &KnownValues {
        &self.known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_provider_gets_its_own_header() {
        let secret = SecretValue::new("a-provider-key".into());
        for (provider, name, value) in [
            (Provider::OpenAi, "authorization", "Bearer a-provider-key"),
            (Provider::Anthropic, "x-api-key", "a-provider-key"),
            (Provider::Gemini, "x-goog-api-key", "a-provider-key"),
            (Provider::Bedrock, "authorization", "Bearer a-provider-key"),
            (Provider::Http, "authorization", "Bearer a-provider-key"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("api-key", HeaderValue::from_static("of the agent"));
            Credential::new(&secret, provider).unwrap().inject(&mut headers);
            assert_eq!(headers.len(), 1, "{provider:?}");
            assert_eq!(headers[name], value);
            assert!(headers[name].is_sensitive());
        }
    }

    #[test]
    fn what_cannot_be_sent_is_refused_without_being_shown() {
        let broken = SecretValue::new("two\nlines".into());
        assert_eq!(format!("{broken:?}"), "SecretValue(…)");
        let error = Credential::new(&broken, Provider::OpenAi).unwrap_err();
        assert_eq!(error, CredentialError::NotAHeaderValue);
        let empty = SecretValue::new(String::new());
        assert_eq!(Credential::new(&empty, Provider::OpenAi).unwrap_err(), CredentialError::Empty);
    }
}
