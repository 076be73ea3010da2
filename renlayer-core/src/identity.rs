//! Who calls: the agent key is taken from wherever the client's SDK puts its key, and resolves agent and tenant.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::Timestamp;

use crate::{
    id::{AgentId, TenantId},
    key::{self, KeyHash},
    trace::AgentRef,
};

/// The headers an agent key may stand in, in the order they are asked. `X-RenLayer-Key` comes first: an agent that uses
/// it keeps its own provider key in the usual place.
pub(crate) static KEY_HEADERS: [HeaderName; 6] = [
    HeaderName::from_static("x-renlayer-key"),
    header::PROXY_AUTHORIZATION,
    header::AUTHORIZATION,
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("api-key"),
    HeaderName::from_static("x-goog-api-key"),
];

/// An agent as calls are judged for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// Its id.
    pub id: AgentId,
    /// Its name.
    pub name: Arc<str>,
}

impl Agent {
    /// How traces name it.
    pub fn to_ref(&self) -> AgentRef {
        AgentRef { id: self.id, name: self.name.clone() }
    }
}

/// Every active agent key, by its hash.
#[derive(Debug, Default)]
pub struct Keyring(HashMap<KeyHash, Entry>);

#[derive(Debug)]
struct Entry {
    agent: Arc<Agent>,
    expires_at: Option<Timestamp>,
}

/// Whether a call carries a key, and whose.
#[derive(Debug, PartialEq, Eq)]
pub enum Presented {
    /// A key that is known and in force.
    Agent(Arc<Agent>),
    /// Something that has the form of an agent key and is unknown, revoked or expired.
    Refused,
    /// No agent key at all; a provider's key, perhaps.
    Nothing,
}

impl Keyring {
    /// Adds a key. Revoked keys are not added; expired ones may be.
    pub fn insert(&mut self, hash: KeyHash, agent: Arc<Agent>, expires_at: Option<Timestamp>) {
        self.0.insert(hash, Entry { agent, expires_at });
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whose they are.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.0.values().map(|entry| &*entry.agent)
    }

    /// Finds the agent key among the headers and takes every agent key out of them.
    pub fn take(&self, headers: &mut HeaderMap, now: Timestamp) -> Presented {
        let mut answer = Presented::Nothing;
        for name in &KEY_HEADERS {
            let found = headers.get_all(name).iter().map(|value| self.read(name, value, now));
            let Some(found) = found.reduce(strongest).filter(|found| *found != Presented::Nothing) else {
                continue;
            };
            headers.remove(name);
            answer = strongest(answer, found);
        }
        answer
    }

    /// Finds the agent key in a query's `key` parameter, where Gemini's REST examples put one, and gives the query
    /// without it. A provider's own key stays.
    pub fn take_from_query(&self, query: &str, now: Timestamp) -> (Presented, Option<String>) {
        let mut answer = Presented::Nothing;
        let mut rest: Vec<&str> = Vec::new();
        for pair in query.split('&') {
            let found =
                pair.strip_prefix("key=").map_or(Presented::Nothing, |key| self.look_up(key, false, now));
            if found == Presented::Nothing {
                rest.push(pair);
            }
            answer = strongest(answer, found);
        }
        (answer, Some(rest.join("&")).filter(|rest| !rest.is_empty()))
    }

    fn read(&self, name: &HeaderName, value: &HeaderValue, now: Timestamp) -> Presented {
        token(value).map_or(Presented::Nothing, |token| self.look_up(&token, is_ours_alone(name), now))
    }

    fn look_up(&self, token: &str, ours_alone: bool, now: Timestamp) -> Presented {
        match self.0.get(&KeyHash::of(token.as_bytes())) {
            Some(entry) if entry.expires_at.is_none_or(|end| now < end) => {
                Presented::Agent(entry.agent.clone())
            }
            Some(_) => Presented::Refused,
            None if token.starts_with("rlk_") || ours_alone => Presented::Refused,
            None => Presented::Nothing,
        }
    }
}

/// Whether nothing but an agent key belongs into this header.
fn is_ours_alone(name: &HeaderName) -> bool {
    name == "x-renlayer-key" || name == header::PROXY_AUTHORIZATION
}

/// The first agent found counts; a refused key counts only where no header names an agent.
fn strongest(one: Presented, other: Presented) -> Presented {
    match (&one, &other) {
        (Presented::Agent(_), _) | (Presented::Refused, Presented::Nothing | Presented::Refused) => one,
        _ => other,
    }
}

/// The key in a header's value: bare, after `Bearer` or another scheme, or as the password (else the user) of `Basic`.
fn token(value: &HeaderValue) -> Option<Cow<'_, str>> {
    let text = value.to_str().ok()?.trim();
    let (scheme, rest) = text.split_once([' ', '\t']).unwrap_or(("", text));
    if scheme.eq_ignore_ascii_case("basic") {
        let decoded = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
        let (user, password) = decoded.split_once(':').unwrap_or((&decoded, ""));
        let chosen = if key::is_well_formed(user) || password.is_empty() { user } else { password };
        return Some(Cow::Owned(chosen.to_owned()));
    }
    Some(Cow::Borrowed(rest.trim()))
}

/// Whether a call without a key may come from a web page: then it is not the agent on this machine that calls, but
/// whatever site its user looks at (`Origin`, `Sec-Fetch-Site`), or a name that was rebound to this address (`Host`).
pub fn is_from_a_web_page(headers: &HeaderMap, authority: Option<&str>) -> bool {
    let fetched = headers.get("sec-fetch-site").is_some_and(|site| site != "none");
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).or(authority);
    headers.contains_key(header::ORIGIN) || fetched || !host.is_some_and(names_this_machine)
}

fn names_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name.ends_with(".localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::AgentKey;

    fn keyring() -> (Keyring, Arc<Agent>, AgentKey) {
        let key = AgentKey::mint().unwrap();
        let tenant = TenantId::derived("", "default");
        let agent = Arc::new(Agent { tenant, id: AgentId::derived("", "bot"), name: "bot".into() });
        let mut keyring = Keyring::default();
        keyring.insert(key.hash(), agent.clone(), None);
        (keyring, agent, key)
    }

    fn headers(rows: &[(&'static str, &str)]) -> HeaderMap {
        rows.iter().map(|(k, v)| (HeaderName::from_static(k), HeaderValue::from_str(v).unwrap())).collect()
    }

    #[test]
    fn a_key_is_found_in_every_header_that_sdks_use_and_taken_out() {
        let (keyring, agent, key) = keyring();
        let text = key.reveal();
        let basic = |pair: String| format!("Basic {}", STANDARD.encode(pair));
        for (name, value) in [
            ("authorization", format!("Bearer {text}")),
            ("authorization", format!("bearer  {text}")),
            ("authorization", format!("Bearer\t{text}")),
            ("authorization", format!("Token {text}")),
            ("x-api-key", text.to_owned()),
            ("api-key", text.to_owned()),
            ("x-goog-api-key", text.to_owned()),
            ("proxy-authorization", format!("Bearer {text}")),
            ("proxy-authorization", basic(format!("agent:{text}"))),
            ("proxy-authorization", basic(format!("{text}:"))),
            ("proxy-authorization", basic(format!("{text}:x"))),
            ("x-renlayer-key", text.to_owned()),
        ] {
            let mut headers = headers(&[(name, &value)]);
            assert_eq!(
                keyring.take(&mut headers, Timestamp::UNIX_EPOCH),
                Presented::Agent(agent.clone()),
                "{name}"
            );
            assert!(headers.is_empty(), "{name}");
        }
    }

    #[test]
    fn a_key_in_the_query_is_taken_out_of_it() {
        let (keyring, agent, key) = keyring();
        let now = Timestamp::UNIX_EPOCH;
        for (query, presented, rest) in [
            (format!("alt=sse&key={}", key.reveal()), Presented::Agent(agent.clone()), Some("alt=sse")),
            (format!("key={}", key.reveal()), Presented::Agent(agent), None),
            ("key=rlk_unknown&a=b".to_owned(), Presented::Refused, Some("a=b")),
            ("key=of-the-provider&a=b".to_owned(), Presented::Nothing, Some("key=of-the-provider&a=b")),
        ] {
            assert_eq!(keyring.take_from_query(&query, now), (presented, rest.map(str::to_owned)), "{query}");
        }
    }

    #[test]
    fn a_provider_key_beside_the_agent_key_stays() {
        let (keyring, agent, key) = keyring();
        let mut both =
            headers(&[("x-renlayer-key", key.reveal()), ("authorization", "Bearer of-the-provider")]);
        assert_eq!(keyring.take(&mut both, Timestamp::UNIX_EPOCH), Presented::Agent(agent));
        assert_eq!(both["authorization"], "Bearer of-the-provider");
    }

    #[test]
    fn unknown_and_expired_keys_are_refused_and_taken_out() {
        let (mut keyring, agent, key) = keyring();
        let end = Timestamp::from_second(1000).unwrap();
        keyring.insert(key.hash(), agent, Some(end));
        let other = AgentKey::mint().unwrap();
        for (text, now, accepted) in
            [(key.reveal(), 999, true), (key.reveal(), 1000, false), (other.reveal(), 0, false)]
        {
            let mut headers = headers(&[("authorization", &format!("Bearer {text}"))]);
            let answer = keyring.take(&mut headers, Timestamp::from_second(now).unwrap());
            assert_eq!(matches!(answer, Presented::Agent(_)), accepted, "at {now}");
            assert!(accepted || answer == Presented::Refused);
            assert!(headers.is_empty());
        }
    }

    #[test]
    fn web_pages_and_foreign_hosts_are_told_from_agents() {
        for (rows, from_a_page) in [
            (vec![("host", "127.0.0.1:8080")], false),
            (vec![("host", "localhost:8080")], false),
            (vec![("host", "[::1]:8080")], false),
            (vec![("host", "renlayer.localhost")], false),
            (vec![("host", "localhost"), ("sec-fetch-site", "none")], false),
            (vec![("host", "localhost"), ("sec-fetch-site", "cross-site")], true),
            (vec![("host", "localhost"), ("origin", "https://a.example")], true),
            (vec![("host", "localhost"), ("origin", "null")], true),
            (vec![("host", "rebound.example:8080")], true),
            (vec![("host", "127.0.0.1.example")], true),
            (vec![("host", "localhost.example")], true),
            (vec![], true),
        ] {
            assert_eq!(is_from_a_web_page(&headers(&rows), None), from_a_page, "{rows:?}");
        }
    }
}
