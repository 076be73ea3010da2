//! What can go wrong with a store, without anything that was stored.

use std::borrow::Cow;

/// A failed operation. Neither `Debug` nor `Display` show a value, a statement or an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct StoreError {
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error("the database cannot be reached")]
    Unreachable,
    #[error(
        "the server does not speak TLS, or its certificate does not hold: it must name the host that is asked, in a cluster \
         the one that its nodes announce, and its issuer must be among this system's roots, or in a file that \
         SSL_CERT_FILE names"
    )]
    Untrusted,
    #[error("the database is busy")]
    Busy,
    #[error("the database has no room left")]
    Full,
    #[error("the database refused the operation (code {0})")]
    Refused(Cow<'static, str>),
    #[error("the database's schema cannot be brought up to date: {0}")]
    Migration(Cow<'static, str>),
    #[error("a stored {0} cannot be read")]
    Corrupt(&'static str),
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("this {0} is there already")]
    Exists(&'static str),
    #[error("this {0} is kept by the configuration file, and changed there")]
    KeptByFile(&'static str),
    #[error("this {0} has been changed meanwhile")]
    Outdated(&'static str),
    #[error("this {0} does not compile")]
    Invalid(&'static str),
    #[error("the instance {instance} refuses the change: {why}")]
    Refuted { instance: String, why: String },
    #[error("the instance {0} does not answer whether it can put the change into force")]
    Unanswered(String),
    #[error("others are saving without an end")]
    Crowded,
    #[error("another save has taken over; nothing is changed")]
    Overtaken,
    #[error("the change is made, as epoch {0}; where it is in force could not be seen")]
    Unseen(u64),
    #[error(
        "the database was lost while the change was made, which would be epoch {0}: look up whether it was"
    )]
    Perhaps(u64),
}

impl StoreError {
    /// Whether the same operation may succeed later, unchanged.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, Kind::Unreachable | Kind::Busy | Kind::Full | Kind::Crowded)
    }

    /// Whether what was asked for is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self.kind, Kind::NotFound(_))
    }

    /// Whether what should be made is there already.
    pub fn is_exists(&self) -> bool {
        matches!(self.kind, Kind::Exists(_))
    }

    /// Whether only the configuration file may change it.
    pub fn is_kept_by_file(&self) -> bool {
        matches!(self.kind, Kind::KeptByFile(_))
    }

    /// Whether somebody else was faster.
    pub fn is_outdated(&self) -> bool {
        matches!(self.kind, Kind::Outdated(_))
    }

    /// Whether an instance of the fleet cannot put the change into force, or does not say whether it can: nothing is changed.
    pub fn is_refused_by_fleet(&self) -> bool {
        matches!(self.kind, Kind::Refuted { .. } | Kind::Unanswered(_))
    }

    /// The database is away. For stores in tests, which fail on demand.
    pub fn unreachable() -> Self {
        Self { kind: Kind::Unreachable }
    }

    /// The database will never do it. For stores in tests, which fail on demand.
    pub fn refused(code: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: Kind::Refused(code.into()) }
    }

    pub(crate) fn untrusted() -> Self {
        Self { kind: Kind::Untrusted }
    }

    pub(crate) fn full() -> Self {
        Self { kind: Kind::Full }
    }

    pub(crate) fn corrupt(what: &'static str) -> Self {
        Self { kind: Kind::Corrupt(what) }
    }

    pub(crate) fn not_found(what: &'static str) -> Self {
        Self { kind: Kind::NotFound(what) }
    }

    pub(crate) fn exists(what: &'static str) -> Self {
        Self { kind: Kind::Exists(what) }
    }

    pub(crate) fn kept_by_file(what: &'static str) -> Self {
        Self { kind: Kind::KeptByFile(what) }
    }

    pub(crate) fn outdated(what: &'static str) -> Self {
        Self { kind: Kind::Outdated(what) }
    }

    pub(crate) fn refuted(instance: &str, why: &str) -> Self {
        Self { kind: Kind::Refuted { instance: instance.to_owned(), why: why.to_owned() } }
    }

    pub(crate) fn unanswered(instance: &str) -> Self {
        Self { kind: Kind::Unanswered(instance.to_owned()) }
    }

    pub(crate) fn crowded() -> Self {
        Self { kind: Kind::Crowded }
    }

    pub(crate) fn unseen(epoch: u64) -> Self {
        Self { kind: Kind::Unseen(epoch) }
    }

    pub(crate) fn perhaps(epoch: u64) -> Self {
        Self { kind: Kind::Perhaps(epoch) }
    }

    pub(crate) fn overtaken() -> Self {
        Self { kind: Kind::Overtaken }
    }

    pub(crate) fn invalid(what: &'static str) -> Self {
        Self { kind: Kind::Invalid(what) }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error::*;
        let kind = match &error {
            Io(_) | Tls(_) | PoolTimedOut | PoolClosed | WorkerCrashed | BeginFailed => Kind::Unreachable,
            Database(error) => of_code(error.code().unwrap_or_default().into_owned()),
            Protocol(_) => Kind::Unreachable,
            RowNotFound => Kind::NotFound("row"),
            Decode(_)
            | ColumnDecode { .. }
            | ColumnNotFound(_)
            | ColumnIndexOutOfBounds { .. }
            | TypeNotFound { .. } => Kind::Corrupt("row"),
            _ => Kind::Refused("driver".into()),
        };
        tracing::debug!(%kind, "store operation failed");
        Self { kind }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError::*;
        let reason: Cow<'static, str> = match error {
            Execute(error) => return Self::from(error),
            ExecuteMigration(error, version) => match Self::from(error) {
                error if error.is_transient() => return error,
                _ => format!("migration {version} failed").into(),
            },
            VersionMissing(version) => {
                format!("it has version {version}, which this program does not know").into()
            }
            VersionMismatch(version) => format!("version {version} is not the one this program knows").into(),
            Dirty(version) => format!("version {version} was applied only in part").into(),
            _ => "unexpected state".into(),
        };
        Self { kind: Kind::Migration(reason) }
    }
}

/// SQLite gives result codes in decimal, PostgreSQL SQLSTATE.
fn of_code(code: String) -> Kind {
    if let (true, Ok(sqlite)) = (code.len() < 5, code.parse::<u32>()) {
        return match sqlite & 0xff {
            5 | 6 => Kind::Busy,          // BUSY, LOCKED
            13 => Kind::Full,             // FULL
            10 | 14 => Kind::Unreachable, // IOERR, CANTOPEN
            _ => Kind::Refused(code.into()),
        };
    }
    match code.get(..2) {
        Some("08" | "57" | "58") => Kind::Unreachable, // connection, operator intervention, system
        Some("40" | "55") => Kind::Busy,               // rolled back, lock not available
        Some("53") => Kind::Full,                      // resources, disk full among them
        _ if code == "25006" => Kind::Unreachable,     // a standby: read only
        _ => Kind::Refused(code.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_tell_what_may_pass() {
        for (code, transient) in [
            ("5", true),
            ("517", true), // SQLITE_BUSY_SNAPSHOT
            ("13", true),
            ("2067", false), // SQLITE_CONSTRAINT_UNIQUE
            ("1", false),
            ("08006", true),
            ("57P01", true),
            ("40001", true),
            ("53100", true),
            ("25006", true),
            ("23505", false),
            ("42P01", false),
        ] {
            assert_eq!(StoreError { kind: of_code(code.into()) }.is_transient(), transient, "{code}");
        }
    }
}
