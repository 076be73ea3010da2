//! Where limits are counted: in the process, or where several of them count together.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use super::DatabaseUrl;
use super::database::Shown;
use super::error::nearest;
use super::fault::refuse;

/// How limits are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CounterSettings {
    /// Where; what goes with the database where it is not said.
    pub store: Option<CounterStore>,
}

/// Where limits are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CounterStore {
    /// In each process by itself.
    Memory,
    /// In the governance database, by all instances that share it.
    Postgres,
    /// In a server of Redis, by all instances that name it.
    Redis(RedisUrl),
}

/// The address of a Redis server, which may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisUrl(String);

/// A text that names no place to count in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected `memory`, `postgres`, or `redis://HOST[:PORT][/DATABASE]`{hint}")]
pub struct ParseCounterStoreError {
    /// Never a part of what was written: it may be an address.
    hint: String,
}

impl CounterSettings {
    /// Where limits are counted: instances that share a PostgreSQL database count together unless told otherwise.
    pub fn store_beside(&self, database: &DatabaseUrl) -> CounterStore {
        match (&self.store, database) {
            (Some(store), _) => store.clone(),
            (None, DatabaseUrl::Postgres(_)) => CounterStore::Postgres,
            (None, DatabaseUrl::Sqlite(_) | DatabaseUrl::SqliteMemory) => CounterStore::Memory,
        }
    }
}

impl RedisUrl {
    /// The address with its password, for the driver alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl FromStr for CounterStore {
    type Err = ParseCounterStoreError;

    fn from_str(text: &str) -> Result<Self, ParseCounterStoreError> {
        let scheme = ["redis://", "rediss://"].into_iter().find(|scheme| text.starts_with(scheme));
        match (text, scheme) {
            ("memory", _) => Ok(Self::Memory),
            ("postgres", _) => Ok(Self::Postgres),
            (_, Some(scheme)) if text.len() > scheme.len() => Ok(Self::Redis(RedisUrl(text.to_owned()))),
            _ => {
                let word = text.split(':').next().unwrap_or_default();
                let near = nearest(word, ["memory", "postgres", "redis://"]);
                let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                Err(ParseCounterStoreError { hint })
            }
        }
    }
}

impl<'de> Deserialize<'de> for CounterStore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(|error: ParseCounterStoreError| refuse(&error.to_string()))
    }
}

impl fmt::Display for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shown { scheme, host, .. } = Shown::of(&self.0);
        write!(f, "{scheme}://{host}")
    }
}

impl fmt::Display for CounterStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory"),
            Self::Postgres => f.write_str("postgres"),
            Self::Redis(url) => url.fmt(f),
        }
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        for (text, shown) in [
            ("memory", "memory"),
            ("postgres", "postgres"),
            ("redis://cache", "redis://cache"),
            ("redis://:hunter2@cache:6379/1", "redis://cache:6379/1"),
            ("rediss://app:p@ss@cache?password=x", "rediss://cache"),
        ] {
            let store: CounterStore = text.parse().unwrap();
            assert_eq!(store.to_string(), shown);
            assert!(!format!("{store:?}").contains("hunter2"));
        }
    }

    #[test]
    fn what_is_no_place_to_count_in_is_refused_with_the_nearest_and_without_itself() {
        for (text, near) in [
            ("postgre", "did you mean `postgres`?"),
            ("memroy", "did you mean `memory`?"),
            ("redis", "did you mean `redis://`?"),
            ("redis://", "did you mean `redis://`?"),
            ("mysql://app:hunter2@db", "redis://HOST"),
            ("", "redis://HOST"),
        ] {
            let error = text.parse::<CounterStore>().unwrap_err().to_string();
            assert!(error.contains(near) && !error.contains("hunter2"), "{text}: {error}");
        }
    }

    #[test]
    fn instances_that_share_a_database_count_together_unless_told_otherwise() {
        let [sqlite, postgres] =
            ["sqlite::memory:", "postgres://db/x"].map(|url| url.parse::<DatabaseUrl>().unwrap());
        let unsaid = CounterSettings::default();
        assert_eq!(unsaid.store_beside(&sqlite), CounterStore::Memory);
        assert_eq!(unsaid.store_beside(&postgres), CounterStore::Postgres);
        let said = CounterSettings { store: Some(CounterStore::Memory) };
        assert_eq!(said.store_beside(&postgres), CounterStore::Memory);
    }
}
