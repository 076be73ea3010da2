//! SQLite: one file, write-ahead log, one writer at a time.
//!
//! `synchronous=NORMAL` keeps every committed transaction through a crash of the process, and the file whole through a
//! crash of the machine, which may cost the last moments.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{
    Sqlite, SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, QueryBuilder, Row as _, Transaction, TypeInfo, ValueRef};

use super::StoreError;
use super::row::TraceRow;
use super::sql::{Backend, Row, Session, Value};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");

/// How long a writer waits for another.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Rows of one statement: 16 parameters each, well below SQLite's bound of 32,766.
const ROWS_PER_STATEMENT: usize = 250;

/// A database of SQLite.
pub(super) struct SqliteBackend {
    pool: SqlitePool,
}

struct SqliteSession(Transaction<'static, Sqlite>);

// === impl SqliteBackend ===

impl SqliteBackend {
    /// Opens a file and makes it where there is none.
    pub(super) async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true);
        let pool = SqlitePoolOptions::new().max_connections(8).acquire_timeout(BUSY_TIMEOUT);
        Ok(Self { pool: pool.connect_with(options).await? })
    }

    /// A database in memory, which lives as long as its one connection.
    pub(super) async fn in_memory() -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new().in_memory(true).foreign_keys(true);
        let pool = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
        Ok(Self { pool: pool.connect_with(options).await? })
    }
}

#[async_trait]
impl Backend for SqliteBackend {
    // There is one writer at a time, so rows appear in the order of their numbers.
    const SETTLED: &'static str = "TRUE";

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

    async fn append(&self, rows: Vec<TraceRow>) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for chunk in rows.chunks(ROWS_PER_STATEMENT) {
            insert(chunk).build().execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn drop_whole_days(&self, _before_us: i64) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

fn insert(rows: &[TraceRow]) -> QueryBuilder<Sqlite> {
    let mut insert = QueryBuilder::new(
        "INSERT INTO traces (id, tenant, started_us, agent_id, agent_name, session, attributed_user, status, reason, \
         outcome, action_type, model, upstream_host, http_status, total_us, record) ",
    );
    insert.push_values(rows.iter().cloned(), |mut values, row| {
        values
            .push_bind(row.id)
            .push_bind(row.tenant)
            .push_bind(row.started_us)
            .push_bind(row.agent_id)
            .push_bind(row.agent_name)
            .push_bind(row.session)
            .push_bind(row.attributed_user)
            .push_bind(row.status)
            .push_bind(row.reason)
            .push_bind(row.outcome)
            .push_bind(row.action_type)
            .push_bind(row.model)
            .push_bind(row.upstream_host)
            .push_bind(row.http_status)
            .push_bind(row.total_us)
            .push_bind(row.record);
    });
    insert.push(" ON CONFLICT (id, started_us) DO NOTHING");
    insert
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
}

fn bind(sql: &str, values: Vec<Value>) -> sqlx::query::Query<'static, Sqlite, SqliteArguments> {
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
