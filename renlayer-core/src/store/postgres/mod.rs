//! PostgreSQL: many instances, traces in a partition for each day.

mod partitions;

use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgListener, PgPool, PgPoolOptions, PgRow, Postgres};
use sqlx::{AssertSqlSafe, Column, Row as _, Transaction, TypeInfo};

use self::partitions::Partitions;
use super::StoreError;
use super::row::TraceRow;
use super::sql::{Backend, Bell, Row, Session, Value};
use crate::config::PostgresUrl;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// How long an operation waits for a connection before the database counts as away.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);

/// Where commits of governance are told; `RING` sends there.
const CHANNEL: &str = "renlayer_governance";

/// How long to wait before listening again.
const RECONNECT: Duration = Duration::from_millis(250);

/// The same of a connection for leases.
const LEASE_TIMEOUT: Duration = Duration::from_secs(1);

/// Has the server end a transaction whose client stands still: it holds locks that others wait for, those of leases among them.
async fn bound(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("SET idle_in_transaction_session_timeout = '1s'").execute(connection).await.map(drop)
}

/// A database of PostgreSQL.
pub(super) struct PostgresBackend {
    pool: PgPool,
    /// For leases alone: one to renew on, one to look on.
    leases: PgPool,
    partitions: Partitions,
    options: PgConnectOptions,
}

/// Listens on a connection of its own, which must lead to the server itself: what a pooler of transactions hands out
/// does not stay the same, and hears nothing.
struct Listening {
    options: PgConnectOptions,
    /// None until it is connected, and again once that has ended.
    listener: Option<PgListener>,
}

struct PostgresSession(Transaction<'static, Postgres>);

// === impl PostgresBackend ===

impl PostgresBackend {
    /// Takes the address. Connections are made when they are needed, so that a database that is away does not keep
    /// the process from starting.
    pub(super) fn new(url: &PostgresUrl) -> Result<Self, StoreError> {
        let options: PgConnectOptions = url.reveal().parse().map_err(|_| StoreError::refused("address"))?;
        let pool = PgPoolOptions::new().max_connections(10).acquire_timeout(ACQUIRE_TIMEOUT);
        let options = options.application_name("renlayer");
        let pool = pool.after_connect(|connection, _| Box::pin(bound(connection)));
        let leases = pool.clone().max_connections(2).acquire_timeout(LEASE_TIMEOUT);
        let leases = leases.connect_lazy_with(options.clone());
        let pool = pool.connect_lazy_with(options.clone());
        Ok(Self { pool, leases, partitions: Partitions::default(), options })
    }
}

#[async_trait]
impl Backend for PostgresBackend {
    // What transactions still under way may yet add is numbered from the oldest of them on.
    const SETTLED: &'static str = "batch < pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
    const FOR_SHARE: &'static str = " FOR SHARE";
    const RING: Option<&'static str> = Some("SELECT 1 FROM pg_notify('renlayer_governance', '')");

    async fn bell(&self) -> Result<Box<dyn Bell>, StoreError> {
        Ok(Box::new(Listening { options: self.options.clone(), listener: None }))
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        Ok(MIGRATIONS.run(&self.pool).await?)
    }

    async fn read(&self) -> Result<Box<dyn Session>, StoreError> {
        let transaction = self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?;
        Ok(Box::new(PostgresSession(transaction)))
    }

    async fn begin(&self) -> Result<Box<dyn Session>, StoreError> {
        Ok(Box::new(PostgresSession(self.pool.begin().await?)))
    }

    async fn read_apart(&self) -> Result<Box<dyn Session>, StoreError> {
        let transaction = self.leases.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?;
        Ok(Box::new(PostgresSession(transaction)))
    }

    async fn begin_apart(&self) -> Result<Box<dyn Session>, StoreError> {
        Ok(Box::new(PostgresSession(self.leases.begin().await?)))
    }

    async fn append(&self, rows: Vec<TraceRow>) -> Result<(), StoreError> {
        self.partitions.provide(&self.pool, rows.iter().map(|row| row.started_us)).await?;
        let appended = append(&self.pool, rows.clone()).await;
        match appended {
            // Another instance's retention took the partition away in between.
            Err(error) if partitions::is_missing(&error) => {
                self.partitions.forget();
                self.partitions.provide(&self.pool, rows.iter().map(|row| row.started_us)).await?;
                Ok(append(&self.pool, rows).await?)
            }
            appended => Ok(appended?),
        }
    }

    async fn drop_whole_days(&self, before_us: i64) -> Result<u64, StoreError> {
        self.partitions.drop_before(&self.pool, before_us).await
    }

    async fn close(&self) {
        self.leases.close().await;
        self.pool.close().await;
    }
}

// === impl Listening ===

impl Listening {
    /// Waits for a notification; whatever was sent before it is connected is not heard.
    async fn heard(&mut self) -> Result<(), sqlx::Error> {
        if let Some(listener) = &mut self.listener {
            // None: the connection is gone, and with it what was sent meanwhile.
            listener.try_recv().await?;
            return Ok(());
        }
        let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
        let pool = pool.acquire_timeout(ACQUIRE_TIMEOUT).connect_lazy_with(self.options.clone());
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        self.listener = Some(listener);
        Ok(())
    }
}

#[async_trait]
impl Bell for Listening {
    async fn rung(&mut self) {
        if self.heard().await.is_err() {
            self.listener = None;
            tokio::time::sleep(RECONNECT).await;
        }
    }
}

/// One array for each column: the statement is the same however many rows there are, and is prepared once.
async fn append(pool: &PgPool, rows: Vec<TraceRow>) -> Result<(), sqlx::Error> {
    macro_rules! columns {
        ($($name:ident)*) => {
            $(let mut $name = Vec::with_capacity(rows.len());)*
            for row in rows {
                $($name.push(row.$name);)*
            }
            sqlx::query(
                "INSERT INTO traces (id, tenant, started_us, agent_id, agent_name, session, attributed_user, status, \
                 reason, outcome, action_type, model, upstream_host, http_status, total_us, record) \
                 SELECT * FROM UNNEST($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], \
                 $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], \
                 $14::bigint[], $15::bigint[], $16::text[]) ON CONFLICT (id, started_us) DO NOTHING",
            )
            $(.bind($name))*
            .execute(pool)
            .await?;
        };
    }
    columns! {
        id tenant started_us agent_id agent_name session attributed_user status reason outcome action_type model
        upstream_host http_status total_us record
    }
    Ok(())
}

// === impl PostgresSession ===

#[async_trait]
impl Session for PostgresSession {
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

fn bind(sql: &str, values: Vec<Value>) -> sqlx::query::Query<'static, Postgres, sqlx::postgres::PgArguments> {
    values.into_iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, value| match value {
        Value::Integer(integer) => query.bind(integer),
        Value::Text(text) => query.bind(text),
        Value::Bytes(bytes) => query.bind(bytes),
    })
}

fn decode(row: &PgRow) -> Result<Row, StoreError> {
    let value = |column: &sqlx::postgres::PgColumn| {
        Ok(match column.type_info().name() {
            "INT8" => Value::Integer(row.try_get(column.ordinal())?),
            "INT4" => Value::Integer(row.try_get::<Option<i32>, _>(column.ordinal())?.map(i64::from)),
            "BYTEA" => Value::Bytes(row.try_get(column.ordinal())?),
            _ => Value::Text(row.try_get(column.ordinal())?),
        })
    };
    Ok(Row(row.columns().iter().map(value).collect::<Result<_, sqlx::Error>>()?))
}
