//! Asking for traces: filters, pages from the newest on, and following as new ones come.

use std::fmt::Write as _;
use std::str::FromStr;

use jiff::Timestamp;

use super::StoreError;
use super::row::column;
use super::sql::{Backend, Row, Session, Value, values};
use crate::id::{TenantId, TraceId};
use crate::trace::{ReasonKind, Status, Trace};

/// Which traces; every field that is given must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TraceFilter {
    /// By verdict.
    pub status: Option<Status>,
    /// By the agent's id or name.
    pub agent: Option<String>,
    /// By `X-RenLayer-Session`.
    pub session: Option<String>,
    /// By `X-RenLayer-User`.
    pub user: Option<String>,
    /// By the deciding reason.
    pub reason: Option<ReasonKind>,
    /// By the model asked for.
    pub model: Option<String>,
    /// By the upstream's host.
    pub upstream_host: Option<String>,
    /// That began at this time or later.
    pub since: Option<Timestamp>,
    /// That began before this time.
    pub until: Option<Timestamp>,
}

/// Traces, newest first, and where the next page begins.
#[derive(Debug, Clone, PartialEq)]
pub struct TracePage {
    /// The traces.
    pub traces: Vec<Trace>,
    /// What asks for the traces after these; none when there are no more.
    pub next: Option<TraceCursor>,
}

/// A place in the list of all traces, as text for a caller to hand back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceCursor {
    started_us: i64,
    id: TraceId,
}

/// Traces in the order in which they were stored, and the place after them.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceTail {
    /// The traces, oldest first.
    pub traces: Vec<Trace>,
    /// What asks for those that come later.
    pub position: TailPosition,
}

/// A place in the order in which traces were stored.
///
/// That order is not the order of ids: an action is stored when it ends. A place never passes over a trace that another
/// instance is still storing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TailPosition {
    batch: i64,
    seq: i64,
}

/// A text that is no cursor of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of this list")]
pub struct ParseCursorError;

/// A statement under construction.
struct Select {
    sql: String,
    values: Vec<Value>,
}

pub(super) async fn get(
    session: &mut dyn Session,
    tenant: TenantId,
    id: TraceId,
) -> Result<Option<Trace>, StoreError> {
    let sql = "SELECT record FROM traces WHERE id = $1 AND tenant = $2";
    let rows = session.query(sql, values![id.to_string(), tenant.to_string()]).await?;
    rows.first().map(|row| row.json(0, "trace")).transpose()
}

pub(super) async fn page(
    session: &mut dyn Session,
    tenant: TenantId,
    filter: &TraceFilter,
    after: Option<&TraceCursor>,
    limit: usize,
) -> Result<TracePage, StoreError> {
    let mut select = Select::new("SELECT record FROM traces", tenant, filter);
    if let Some(TraceCursor { started_us, id }) = after {
        select.and("(started_us, id) < (?, ?)", values![*started_us, id.to_string()]);
    }
    // One more than asked for tells whether there is a next page.
    select.finish(" ORDER BY started_us DESC, id DESC", limit.saturating_add(1));
    let mut traces = read(&session.query(&select.sql, select.values).await?, 0)?;
    let more = traces.len() > limit;
    traces.truncate(limit);
    let next = traces.last().filter(|_| more).map(TraceCursor::after);
    Ok(TracePage { traces, next })
}

pub(super) async fn tail<B: Backend>(
    session: &mut dyn Session,
    tenant: TenantId,
    filter: &TraceFilter,
    after: Option<TailPosition>,
    limit: usize,
) -> Result<TraceTail, StoreError> {
    let mut select = Select::new("SELECT record, batch, seq FROM traces", tenant, filter);
    select.and(B::SETTLED, Vec::new());
    let order = match after {
        Some(TailPosition { batch, seq }) => {
            select.and("(batch, seq) > (?, ?)", values![batch, seq]);
            " ORDER BY batch, seq"
        }
        None => " ORDER BY batch DESC, seq DESC",
    };
    // A place is needed even by who wants nothing of what was there before.
    select.finish(order, limit.max(1));
    let mut rows = session.query(&select.sql, select.values).await?;
    if after.is_none() {
        rows.reverse();
    }
    let position = match rows.last() {
        Some(row) => TailPosition { batch: row.integer(1)?, seq: row.integer(2)? },
        None => after.unwrap_or_default(),
    };
    rows.truncate(limit);
    Ok(TraceTail { traces: read(&rows, 0)?, position })
}

fn read(rows: &[Row], column: usize) -> Result<Vec<Trace>, StoreError> {
    rows.iter().map(|row| row.json(column, "trace")).collect()
}

// === impl Select ===

impl Select {
    fn new(select: &str, tenant: TenantId, filter: &TraceFilter) -> Self {
        let mut this = Self { sql: select.to_owned(), values: Vec::new() };
        this.sql.push_str(" WHERE TRUE");
        this.and("tenant = ?", values![tenant.to_string()]);
        this.text("status", filter.status.map(Status::as_str));
        this.text("session", filter.session.as_deref());
        this.text("attributed_user", filter.user.as_deref());
        this.text("reason", filter.reason.map(ReasonKind::as_str));
        this.text("model", filter.model.as_deref());
        this.text("upstream_host", filter.upstream_host.as_deref());
        if let Some(agent) = &filter.agent {
            this.and("(agent_id = ? OR agent_name = ?)", values![agent.as_str(), column(agent)]);
        }
        if let Some(since) = filter.since {
            this.and("started_us >= ?", values![since.as_microsecond()]);
        }
        if let Some(until) = filter.until {
            this.and("started_us < ?", values![until.as_microsecond()]);
        }
        this
    }

    fn text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.and(&format!("{name} = ?"), values![column(value)]);
        }
    }

    /// Adds a condition; each `?` in it becomes the next parameter.
    fn and(&mut self, condition: &str, values: Vec<Value>) {
        self.sql.push_str(" AND ");
        let mut pieces = condition.split('?');
        self.sql.extend(pieces.next());
        for (piece, value) in pieces.zip(values) {
            self.values.push(value);
            let _ = write!(self.sql, "${}{piece}", self.values.len());
        }
    }

    fn finish(&mut self, order: &str, limit: usize) {
        let _ = write!(self.sql, "{order} LIMIT {}", i64::try_from(limit).unwrap_or(i64::MAX));
    }
}

// === impl TraceCursor ===

impl TraceCursor {
    fn after(trace: &Trace) -> Self {
        Self { started_us: trace.started_at.as_microsecond(), id: trace.id }
    }
}

impl std::fmt::Display for TraceCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.started_us, self.id)
    }
}

impl FromStr for TraceCursor {
    type Err = ParseCursorError;

    fn from_str(text: &str) -> Result<Self, ParseCursorError> {
        let (started_us, id) = text.rsplit_once('-').ok_or(ParseCursorError)?;
        let started_us = started_us.parse().map_err(|_| ParseCursorError)?;
        Ok(Self { started_us, id: id.parse().map_err(|_| ParseCursorError)? })
    }
}

impl std::fmt::Display for TailPosition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.batch, self.seq)
    }
}

impl FromStr for TailPosition {
    type Err = ParseCursorError;

    fn from_str(text: &str) -> Result<Self, ParseCursorError> {
        let (batch, seq) = text.split_once('-').ok_or(ParseCursorError)?;
        Ok(Self {
            batch: batch.parse().map_err(|_| ParseCursorError)?,
            seq: seq.parse().map_err(|_| ParseCursorError)?,
        })
    }
}
