//! The partitions of `traces`: one for each day (UTC), made when a trace of that day is first stored.
//!
//! A partition is made as a table of its own and then attached: unlike `CREATE TABLE … PARTITION OF`, that lets other
//! instances go on storing. An advisory lock lets one instance at a time do it.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use sqlx::postgres::PgPool;
use sqlx::{AssertSqlSafe, Row as _};

use crate::store::StoreError;

const DAY_US: i64 = 86_400_000_000;

/// The key of the advisory lock: "renlayer", "traces" in bytes.
const LOCK: i64 = 0x726c_7472_6163_6573;

/// Days that are known to have a partition.
#[derive(Default)]
pub(super) struct Partitions {
    known: Mutex<BTreeSet<i64>>,
}

impl Partitions {
    /// Makes the partitions that traces of these times need.
    pub(super) async fn provide(
        &self,
        pool: &PgPool,
        times_us: impl Iterator<Item = i64>,
    ) -> Result<(), StoreError> {
        let missing: BTreeSet<i64> = {
            let known = self.known();
            times_us.map(|us| us.div_euclid(DAY_US)).filter(|day| !known.contains(day)).collect()
        };
        if missing.is_empty() {
            return Ok(());
        }
        let mut transaction = pool.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut *transaction).await?;
        for day in &missing {
            let name = name(*day)?;
            let exists = sqlx::query("SELECT to_regclass($1) IS NOT NULL").bind(&name);
            if exists.fetch_one(&mut *transaction).await?.try_get::<bool, _>(0)? {
                continue;
            }
            let (from, until) = (day * DAY_US, (day + 1) * DAY_US);
            let make = format!("CREATE TABLE {name} (LIKE traces INCLUDING ALL)");
            let attach =
                format!("ALTER TABLE traces ATTACH PARTITION {name} FOR VALUES FROM ({from}) TO ({until})");
            for statement in [make, attach] {
                sqlx::query(AssertSqlSafe(statement)).execute(&mut *transaction).await?;
            }
        }
        transaction.commit().await?;
        self.known().extend(missing);
        Ok(())
    }

    /// Drops the partitions that end before a time, and tells how many traces went with them.
    pub(super) async fn drop_before(&self, pool: &PgPool, before_us: i64) -> Result<u64, StoreError> {
        let first_kept = name(before_us.div_euclid(DAY_US))?;
        let mut transaction = pool.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut *transaction).await?;
        let old = sqlx::query(
            "SELECT child.relname::text FROM pg_inherits \
             JOIN pg_class AS child ON child.oid = inhrelid \
             WHERE inhparent = 'traces'::regclass AND child.relname < $1 ORDER BY 1",
        );
        let mut dropped = 0;
        for row in old.bind(&first_kept).fetch_all(&mut *transaction).await? {
            let name: String = row.try_get(0)?;
            let count = sqlx::query(AssertSqlSafe(format!("SELECT count(*) FROM {name}")));
            dropped += count.fetch_one(&mut *transaction).await?.try_get::<i64, _>(0)?;
            sqlx::query(AssertSqlSafe(format!("DROP TABLE {name}"))).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        self.forget();
        Ok(u64::try_from(dropped).unwrap_or(0))
    }

    /// Looks again which partitions there are.
    pub(super) fn forget(&self) {
        self.known().clear();
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeSet<i64>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `traces_20261121`. Names order as their days do.
fn name(day: i64) -> Result<String, StoreError> {
    let start =
        Timestamp::from_second(day.saturating_mul(86_400)).map_err(|_| StoreError::corrupt("time"))?;
    let date = start.strftime("%Y%m%d").to_string();
    if date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(format!("traces_{date}"))
    } else {
        Err(StoreError::corrupt("time"))
    }
}

/// Whether a trace was refused because its day has no partition.
pub(super) fn is_missing(error: &sqlx::Error) -> bool {
    // A row that fits no partition is a check violation.
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("23514"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_is_named_by_its_day() {
        assert_eq!(name(0).unwrap(), "traces_19700101");
        assert_eq!(name(20_778).unwrap(), "traces_20261121");
        assert_eq!(name(-1).unwrap(), "traces_19691231");
        assert!(name(i64::MAX / 100_000).is_err());
        assert!(name(-1_000_000).is_err(), "a year before 0 would not order");
    }
}
