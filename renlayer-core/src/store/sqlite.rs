//! SQLite: one file, write-ahead log, one writer at a time.
//!
//! `synchronous=NORMAL` keeps every committed transaction through a crash of the process, and the file whole through a
//! crash of the machine, which may cost the last moments.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{
    Sqlite, SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool,
    SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Row as _, Transaction, TypeInfo, ValueRef};

use super::StoreError;
use super::row::TraceRow;
use super::sql::{Backend, Bell, Row, Session, Value};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");

/// How long a writer waits for another.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The columns of a trace, in the order in which [`bind_row`] gives them.
const COLUMNS: &str = "id, tenant, started_us, agent_id, agent_name, session, attributed_user, status, reason, \
    outcome, action_type, model, upstream_host, http_status, total_us, record";

/// How many columns those are.
const COLUMN_COUNT: usize = 16;

/// Statements insert one row, two, four, and so on up to two to the power of this: 4,096 parameters, well below
/// SQLite's bound of 32,766. A batch of any size is then a handful of statements that are prepared once, where one
/// statement for each size of batch would be parsed anew for each, and fill the cache of statements.
const LARGEST: u32 = 8;

/// The bytes of a page of a new file. A trace takes three to ten thousand: in smaller pages most traces would be chains
/// of overflow pages, in larger ones those of long bodies would leave much of a page empty.
const PAGE_BYTES: u32 = 8 * 1024;

/// How often the file is looked at for commits of others.
const LOOK: Duration = Duration::from_millis(10);

/// A database of SQLite.
pub(super) struct SqliteBackend {
    pool: SqlitePool,
    /// One connection for traces alone, or, in memory, the only one there is. What it has cached of the file stays
    /// good for as long as nobody else writes, which is rare.
    traces: SqlitePool,
    /// One for leases, or, in memory, the same again.
    leases: SqlitePool,
    /// Statements by the power of two of their rows.
    inserts: Vec<Arc<str>>,
    /// How to open the file once more; none in memory.
    file: Option<SqliteConnectOptions>,
}

/// Looks at [`data_version`](https://www.sqlite.org/pragma.html#pragma_data_version), which is another number once any
/// other connection, of this process or another, has committed. That reads shared memory and no page of the file.
struct DataVersion {
    connection: SqliteConnection,
    last: Option<i64>,
}

/// Nobody else has a database in memory.
struct Silent;

struct SqliteSession(Transaction<'static, Sqlite>);

// === impl SqliteBackend ===

impl SqliteBackend {
    /// Opens a file and makes it where there is none.
    pub(super) async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .page_size(PAGE_BYTES)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true);
        let pool = SqlitePoolOptions::new().max_connections(8).acquire_timeout(BUSY_TIMEOUT);
        let pool = pool.connect_with(options.clone()).await?;
        let alone = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .acquire_timeout(BUSY_TIMEOUT);
        let traces = alone.clone().connect_lazy_with(options.clone());
        let leases = alone.connect_lazy_with(options.clone());
        Ok(Self { pool, traces, leases, inserts: inserts(), file: Some(options) })
    }

    /// A database in memory, which lives as long as its one connection.
    pub(super) async fn in_memory() -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new().in_memory(true).foreign_keys(true);
        let pool = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
        let pool = pool.connect_with(options).await?;
        let (traces, leases) = (pool.clone(), pool.clone());
        Ok(Self { pool, traces, leases, inserts: inserts(), file: None })
    }
}

#[async_trait]
impl Backend for SqliteBackend {
    // There is one writer at a time, so rows appear in the order of their numbers.
    const SETTLED: &'static str = "TRUE";
    const FOR_SHARE: &'static str = "";
    const RING: Option<&'static str> = None;

    async fn bell(&self) -> Result<Box<dyn Bell>, StoreError> {
        let Some(options) = &self.file else { return Ok(Box::new(Silent)) };
        Ok(Box::new(DataVersion { connection: options.connect().await?, last: None }))
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        Ok(MIGRATIONS.run(&self.pool).await?)
    }

    async fn read(&self) -> Result<Box<dyn Session>, StoreError> {
        Ok(Box::new(SqliteSession(self.pool.begin().await?)))
    }

    async fn begin(&self) -> Result<Box<dyn Session>, StoreError> {
        // A transaction that begins by reading and then wants to write cannot wait for another writer.
        Ok(Box::new(SqliteSession(self.pool.begin_with("BEGIN IMMEDIATE").await?)))
    }

    async fn read_apart(&self) -> Result<Box<dyn Session>, StoreError> {
        Ok(Box::new(SqliteSession(self.leases.begin().await?)))
    }

    async fn begin_apart(&self) -> Result<Box<dyn Session>, StoreError> {
        Ok(Box::new(SqliteSession(self.leases.begin_with("BEGIN IMMEDIATE").await?)))
    }

    async fn append(&self, rows: Vec<TraceRow>) -> Result<(), StoreError> {
        let mut transaction = self.traces.begin_with("BEGIN IMMEDIATE").await?;
        let mut rows = rows.into_iter();
        while let Some(exponent) = rows.len().checked_ilog2() {
            let exponent = exponent.min(LARGEST);
            let Some(insert) = self.inserts.get(exponent as usize) else { break };
            let query = sqlx::query(AssertSqlSafe(insert.clone()));
            let query = rows.by_ref().take(1 << exponent).fold(query, bind_row);
            query.execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn drop_whole_days(&self, _before_us: i64) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn close(&self) {
        self.leases.close().await;
        self.traces.close().await;
        self.pool.close().await;
    }
}

// === bells ===

#[async_trait]
impl Bell for DataVersion {
    async fn rung(&mut self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let version = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut self.connection).await;
            let before = std::mem::replace(&mut self.last, version.ok());
            if self.last.is_none() || before != self.last {
                return;
            }
        }
    }
}

#[async_trait]
impl Bell for Silent {
    async fn rung(&mut self) {
        std::future::pending().await
    }
}

/// The statements that insert one, two, four … rows.
fn inserts() -> Vec<Arc<str>> {
    let row = format!("({})", ["?"; COLUMN_COUNT].join(", "));
    let insert = |rows: usize| {
        let rows = vec![row.as_str(); rows].join(", ");
        format!("INSERT INTO traces ({COLUMNS}) VALUES {rows} ON CONFLICT (id, started_us) DO NOTHING")
    };
    (0..=LARGEST).map(|exponent| insert(1 << exponent).into()).collect()
}

type Query = sqlx::query::Query<'static, Sqlite, SqliteArguments>;

fn bind_row(query: Query, row: TraceRow) -> Query {
    query
        .bind(row.id)
        .bind(row.tenant)
        .bind(row.started_us)
        .bind(row.agent_id)
        .bind(row.agent_name)
        .bind(row.session)
        .bind(row.attributed_user)
        .bind(row.status)
        .bind(row.reason)
        .bind(row.outcome)
        .bind(row.action_type)
        .bind(row.model)
        .bind(row.upstream_host)
        .bind(row.http_status)
        .bind(row.total_us)
        .bind(row.record)
}

// === impl SqliteSession ===

#[async_trait]
impl Session for SqliteSession {
    async fn execute(&mut self, sql: &str, values: Vec<Value>) -> Result<u64, StoreError> {
        Ok(bind(sql, values).execute(&mut *self.0).await?.rows_affected())
    }

    async fn query(&mut self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        bind(sql, values).fetch_all(&mut *self.0).await?.iter().map(decode).collect()
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        Ok(self.0.commit().await?)
    }

    async fn rollback(self: Box<Self>) -> Result<(), StoreError> {
        Ok(self.0.rollback().await?)
    }
}

fn bind(sql: &str, values: Vec<Value>) -> Query {
    values.into_iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, value| match value {
        Value::Integer(integer) => query.bind(integer),
        Value::Text(text) => query.bind(text),
        Value::Bytes(bytes) => query.bind(bytes),
    })
}

fn decode(row: &SqliteRow) -> Result<Row, StoreError> {
    let value = |column: usize| {
        let kind = row.try_get_raw(column)?.type_info().name().to_owned();
        Ok(match kind.as_str() {
            "INTEGER" | "BOOLEAN" => Value::Integer(row.try_get(column)?),
            "BLOB" => Value::Bytes(row.try_get(column)?),
            "NULL" => Value::Text(None),
            _ => Value::Text(row.try_get(column)?),
        })
    };
    Ok(Row((0..row.len()).map(value).collect::<Result<_, sqlx::Error>>()?))
}
