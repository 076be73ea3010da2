//! Traces that are not there, and why: what had to be dropped, and what retention removed, is itself recorded.

use jiff::Timestamp;
use ulid::Ulid;

use super::StoreError;
use super::sql::{Row, Session, values};

/// Traces that are not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceGap {
    /// Why they are not.
    pub kind: GapKind,
    /// How many there were.
    pub traces: u64,
    /// When the first of them was lost; of those that expired, when the oldest began.
    pub from: Timestamp,
    /// When the last of them was lost; of those that expired, before when all of them began.
    pub until: Timestamp,
    /// When this was recorded.
    pub recorded_at: Timestamp,
}

/// Why traces are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GapKind {
    /// They could not be kept: the store was away or slow, and the journal was full or failed.
    Dropped,
    /// Their time was over.
    Expired,
}

/// Records a gap, and tells its id.
pub(super) async fn record(session: &mut dyn Session, gap: &TraceGap) -> Result<String, StoreError> {
    let sql = "INSERT INTO trace_gaps (id, kind, traces, from_us, until_us, recorded_us) VALUES ($1, $2, $3, $4, $5, $6)";
    let id = format!("gap_{}", Ulid::from_datetime(gap.recorded_at.into()));
    let values = values![
        id.as_str(),
        gap.kind.as_str(),
        i64::try_from(gap.traces).unwrap_or(i64::MAX),
        gap.from.as_microsecond(),
        gap.until.as_microsecond(),
        gap.recorded_at.as_microsecond(),
    ];
    session.execute(sql, values).await?;
    Ok(id)
}

/// Counts more traces into a gap.
pub(super) async fn widen(session: &mut dyn Session, id: &str, traces: u64) -> Result<(), StoreError> {
    let traces = i64::try_from(traces).unwrap_or(i64::MAX);
    session.execute("UPDATE trace_gaps SET traces = traces + $1 WHERE id = $2", values![traces, id]).await?;
    Ok(())
}

pub(super) async fn list(session: &mut dyn Session, limit: usize) -> Result<Vec<TraceGap>, StoreError> {
    let sql = "SELECT kind, traces, from_us, until_us, recorded_us FROM trace_gaps \
               ORDER BY recorded_us DESC, id DESC LIMIT $1";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    session.query(sql, values![limit]).await?.iter().map(TraceGap::read).collect()
}

/// When the oldest trace began, of those that began before a time.
pub(super) async fn oldest(
    session: &mut dyn Session,
    before: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT MIN(started_us) FROM traces WHERE started_us < $1";
    let rows = session.query(sql, values![before.as_microsecond()]).await?;
    Ok(rows.first().map(|row| row.time_or_null(0)).transpose()?.flatten())
}

/// How many traces are deleted at once: where there is one writer at a time, others wait for no more than that.
const BATCH: i64 = 500;

/// Deletes some of the traces that began before a time, and tells how many.
pub(super) async fn delete_some(session: &mut dyn Session, before: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM traces WHERE (id, started_us) IN \
               (SELECT id, started_us FROM traces WHERE started_us < $1 LIMIT $2)";
    session.execute(sql, values![before.as_microsecond(), BATCH]).await
}

impl TraceGap {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            kind: GapKind::of(row.text(0)?).ok_or(StoreError::corrupt("gap"))?,
            traces: u64::try_from(row.integer(1)?).map_err(|_| StoreError::corrupt("gap"))?,
            from: row.time(2)?,
            until: row.time(3)?,
            recorded_at: row.time(4)?,
        })
    }
}

impl GapKind {
    /// `dropped` or `expired`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Expired => "expired",
        }
    }

    fn of(text: &str) -> Option<Self> {
        [Self::Dropped, Self::Expired].into_iter().find(|kind| kind.as_str() == text)
    }
}
