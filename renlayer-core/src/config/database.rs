//! Where the store is: an address that shows its password to nobody.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use super::fault::refuse;

/// `sqlite://renlayer.db`, `sqlite::memory:` or `postgres://user@host/db`.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// SQLite in memory, gone with the process.
    SqliteMemory,
    /// A PostgreSQL server; the whole address, which may hold a password.
    Postgres(PostgresUrl),
}

/// The address of a PostgreSQL database.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl(String);

/// A text that is not the address of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `sqlite://FILE`, `sqlite::memory:` or `postgres://USER@HOST/DATABASE`")]
pub struct ParseDatabaseUrlError;

impl PostgresUrl {
    /// The address with its password, for the driver alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Default for DatabaseUrl {
    /// `renlayer.db` in the working directory.
    fn default() -> Self {
        Self::Sqlite("renlayer.db".into())
    }
}

impl FromStr for DatabaseUrl {
    type Err = ParseDatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, ParseDatabaseUrlError> {
        if matches!(text, "sqlite::memory:" | "sqlite://:memory:") {
            return Ok(Self::SqliteMemory);
        }
        if let Some(path) = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")) {
            let path = path.split('?').next().filter(|path| !path.is_empty()).ok_or(ParseDatabaseUrlError)?;
            return Ok(Self::Sqlite(path.into()));
        }
        let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
        match rest {
            Some(rest) if !rest.is_empty() => Ok(Self::Postgres(PostgresUrl(text.to_owned()))),
            _ => Err(ParseDatabaseUrlError),
        }
    }
}

impl<'de> Deserialize<'de> for DatabaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(|error: ParseDatabaseUrlError| refuse(&error.to_string()))
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shown { scheme, user, host } = Shown::of(&self.0);
        match user {
            Some(user) => write!(f, "{scheme}://{user}@{host}"),
            None => write!(f, "{scheme}://{host}"),
        }
    }
}

/// What may be shown of a server's URL.
pub(super) struct Shown<'u> {
    pub(super) scheme: &'u str,
    pub(super) user: Option<&'u str>,
    /// With the port and the path.
    pub(super) host: &'u str,
}

impl<'u> Shown<'u> {
    /// Of a URL with a scheme. A password stands before the last `@` of the authority, or in the query.
    pub(super) fn of(url: &'u str) -> Self {
        let url = url.split('?').next().unwrap_or_default();
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        match rest.rsplit_once('@') {
            Some((user, host)) => Self { scheme, user: user.split(':').next(), host },
            None => Self { scheme, user: None, host: rest },
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::SqliteMemory => f.write_str("sqlite::memory:"),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for DatabaseUrl {
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
            ("sqlite://renlayer.db", "sqlite://renlayer.db"),
            ("sqlite:/var/lib/renlayer.db?mode=rwc", "sqlite:///var/lib/renlayer.db"),
            ("sqlite::memory:", "sqlite::memory:"),
            ("postgres://app@db/renlayer", "postgres://app@db/renlayer"),
            ("postgres://app:hunter2@db:5433/renlayer", "postgres://app@db:5433/renlayer"),
            ("postgresql://app:p@ss@db/renlayer?password=x", "postgresql://app@db/renlayer"),
            ("postgres://db/renlayer?user=a&password=x", "postgres://db/renlayer"),
        ] {
            let url: DatabaseUrl = text.parse().unwrap();
            assert_eq!(url.to_string(), shown);
            assert_eq!(format!("{url:?}"), shown);
        }
    }

    #[test]
    fn what_is_no_database_is_refused() {
        for text in ["", "renlayer.db", "mysql://db/x", "sqlite:", "postgres://"] {
            assert_eq!(text.parse::<DatabaseUrl>(), Err(ParseDatabaseUrlError), "{text}");
        }
    }
}
