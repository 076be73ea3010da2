//! Counts that are shared through PostgreSQL: a row each, in a table of the governance database.
//!
//! A row that somebody else is writing is passed over as one that has changed: no statement here waits for another, so a
//! process that stops in the midst of one holds up nobody, and no two of them wait for each other.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use super::{CountName, SharedCounts, SharedState, Swap};
use crate::config::PostgresUrl;
use crate::store::StoreError;

/// How long an operation waits for a connection before the database counts as away.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

/// One instance speaks to the store once at a time; the other connection is for what tidies up.
const CONNECTIONS: u32 = 2;

const READ: &str = "SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT), asked.name, held.state \
                    FROM UNNEST($1::bytea[]) AS asked (name) LEFT JOIN shared_counts AS held USING (name)";

const SWAP: &str = "WITH swaps AS (SELECT * FROM UNNEST($1::bytea[], $2::bytea[], $3::bytea[], $4::bigint[]) \
                        AS swaps (name, was, state, until_us)), \
                    same AS (SELECT held.name FROM shared_counts AS held JOIN swaps USING (name) \
                        WHERE held.state = swaps.was FOR UPDATE OF held SKIP LOCKED), \
                    changed AS (UPDATE shared_counts AS held SET state = swaps.state, until_us = swaps.until_us \
                        FROM swaps JOIN same USING (name) WHERE held.name = swaps.name RETURNING held.name), \
                    made AS (INSERT INTO shared_counts (name, until_us, state) \
                        SELECT name, until_us, state FROM swaps WHERE was IS NULL ORDER BY name \
                        ON CONFLICT (name) DO NOTHING RETURNING name) \
                    SELECT name FROM changed UNION ALL SELECT name FROM made";

const FORGET: &str =
    "DELETE FROM shared_counts WHERE until_us <= EXTRACT(EPOCH FROM clock_timestamp()) * 1000000";

/// A database of PostgreSQL.
pub(super) struct PostgresCounts(PgPool);

impl PostgresCounts {
    /// Takes the address. Connections are made when they are needed.
    pub(super) fn new(url: &PostgresUrl) -> Result<Self, StoreError> {
        let options: PgConnectOptions = url.reveal().parse().map_err(|_| StoreError::refused("address"))?;
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(ACQUIRE_TIMEOUT);
        Ok(Self(pool.connect_lazy_with(options.application_name("renlayer-counts"))))
    }
}

#[async_trait]
impl SharedCounts for PostgresCounts {
    async fn keep_key(&self, proposed: [u8; 16]) -> Result<[u8; 16], StoreError> {
        Ok(proposed)
    }

    async fn read(&self, names: &[CountName]) -> Result<SharedState, StoreError> {
        let asked: Vec<&[u8]> = names.iter().map(|name| &name[..]).collect();
        let rows: Vec<(i64, Vec<u8>, Option<Vec<u8>>)> =
            sqlx::query_as(READ).bind(asked).fetch_all(&self.0).await?;
        let now_ms = rows.iter().map(|(now, _, _)| *now).min().unwrap_or_default();
        let mut held: HashMap<Vec<u8>, Option<Vec<u8>>> =
            rows.into_iter().map(|(_, name, state)| (name, state)).collect();
        let states = names.iter().map(|name| held.remove(&name[..]).flatten()).collect();
        Ok(SharedState { now_ms, states })
    }

    async fn swap(&self, _: i64, swaps: &[Swap]) -> Result<Vec<bool>, StoreError> {
        let names: Vec<&[u8]> = swaps.iter().map(|swap| &swap.name[..]).collect();
        let was: Vec<Option<&[u8]>> = swaps.iter().map(|swap| swap.was.as_deref()).collect();
        let is: Vec<&[u8]> = swaps.iter().map(|swap| &swap.is[..]).collect();
        let until: Vec<i64> = swaps.iter().map(|swap| swap.until_ms.saturating_mul(1000)).collect();
        let swapped: Vec<Vec<u8>> =
            sqlx::query_scalar(SWAP).bind(names).bind(was).bind(is).bind(until).fetch_all(&self.0).await?;
        Ok(swaps.iter().map(|swap| swapped.iter().any(|name| name[..] == swap.name)).collect())
    }

    async fn forget(&self) -> Result<u64, StoreError> {
        Ok(sqlx::query(FORGET).execute(&self.0).await?.rows_affected())
    }
}
