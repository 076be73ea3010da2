//! What limits have counted, kept beyond the process that counts it.
//!
//! The limiter counts in memory, and what has changed is kept now and then: never on the path of a call. A process that dies
//! loses what it counted since; one that starts takes over what is kept.

use async_trait::async_trait;
use jiff::Timestamp;
use renlayer_policy::CountRecord;

use super::StoreError;
use super::sql::{Row, Session, Value};

/// What keeps the counts of one process. Those that several share are in [`shared`](super::shared).
#[async_trait]
pub trait Counters: Send + Sync + 'static {
    /// Every count that still counts something at a time.
    async fn counts(&self, now: Timestamp) -> Result<Vec<CountRecord>, StoreError>;

    /// Keeps counts, in place of what was kept under their names: all of them or none.
    async fn keep_counts(&self, counts: &[CountRecord]) -> Result<(), StoreError>;

    /// Removes the counts that count nothing any more, and tells how many there were.
    async fn forget_counts(&self, now: Timestamp) -> Result<u64, StoreError>;
}

/// Statements take one row, two, four, and so on up to two to the power of this, so that there are few of them to prepare.
const LARGEST: u32 = 6;

pub(super) async fn list(session: &mut dyn Session, now: Timestamp) -> Result<Vec<CountRecord>, StoreError> {
    let sql = "SELECT name, until_us, state FROM limit_counts WHERE until_us > $1";
    let rows = session.query(sql, vec![now.as_microsecond().into()]).await?;
    rows.iter().map(read).collect()
}

pub(super) async fn keep(session: &mut dyn Session, mut counts: &[CountRecord]) -> Result<(), StoreError> {
    while let Some(exponent) = counts.len().checked_ilog2() {
        let (some, rest) = counts.split_at_checked(1 << exponent.min(LARGEST)).unwrap_or((counts, &[]));
        let values = some.iter().flat_map(|count| {
            let until_us = count.until_ms.saturating_mul(1000);
            [Value::from(&count.name[..]), Value::from(until_us), Value::from(&count.state[..])]
        });
        session.execute(&statement(some.len()), values.collect()).await?;
        counts = rest;
    }
    Ok(())
}

pub(super) async fn forget(session: &mut dyn Session, now: Timestamp) -> Result<u64, StoreError> {
    session.execute("DELETE FROM limit_counts WHERE until_us <= $1", vec![now.as_microsecond().into()]).await
}

fn statement(rows: usize) -> String {
    let row = |nth: usize| format!("(${}, ${}, ${})", 3 * nth + 1, 3 * nth + 2, 3 * nth + 3);
    let rows: Vec<String> = (0..rows).map(row).collect();
    format!(
        "INSERT INTO limit_counts (name, until_us, state) VALUES {} ON CONFLICT (name) DO UPDATE \
         SET until_us = excluded.until_us, state = excluded.state",
        rows.join(", ")
    )
}

fn read(row: &Row) -> Result<CountRecord, StoreError> {
    let name = row.bytes(0)?.try_into().map_err(|_| StoreError::corrupt("count"))?;
    Ok(CountRecord { name, until_ms: row.integer(1)?.div_euclid(1000), state: row.bytes(2)?.to_vec() })
}
