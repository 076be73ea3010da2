//! How a save takes effect on the next request of every instance, without a query for each request.
//!
//! Governance has an *epoch*, a number that each save raises by one. An instance judges only while it holds a *lease*,
//! which it [renews](Fleet::renew) several times before it ends; renewing succeeds only for an instance that judges by
//! what is [in force](InForce): by that epoch, and of that save. (A database that fails over to a copy which is behind loses the
//! last saves, and gives their numbers again to others.) A save, by whomever, goes through these steps:
//!
//! 1. It takes its turn: one save at a time in the whole fleet.
//! 2. What governance would be is put before every instance as a *proposal*. Each compiles it, keeps the result, and
//!    [answers](Fleet::answer). One that cannot compile it refuses, and the save ends there, with nothing changed.
//! 3. The change is committed with the next epoch, and everybody is told, once.
//! 4. Each instance puts what it has prepared into force, waits for the decisions that were under way, and renews
//!    its lease for the new epoch.
//! 5. The save returns when every instance has done so, or has no lease any more.
//!
//! An instance that is told too late, or not at all, asks by itself with each renewal. One that is paused or cut off cannot
//! renew; it refuses by its own clock before anybody else gives it up.
//!
//! **When a lease is over** is told without comparing clocks. Each renewal changes the `beat` of the instance's row. Whoever
//! has seen the same beat for as long as the lease lasts, by a clock of their own, knows that it is over: the instance
//! counts from before it asked, which was earlier. They then take the row away, if its beat is still the same; an instance that wakes up
//! without a row has no lease, and gets one for the epoch in force alone.
//!
//! The row with the epoch is locked in share mode while a lease is renewed (over SQLite, writers come one after the
//! other anyway): a renewal for the old epoch is either there when the save looks who holds a lease, or fails.

mod proposal;
mod save;

use std::time::Duration;

use async_trait::async_trait;

pub use self::save::Saved;
pub(super) use self::save::{Effect, Save};
use super::sql::{Backend, Bell, Session, values};
use super::{Governance, StoreError};
use crate::id::{InstanceId, SaveId, TenantId};

/// Where the instances of a fleet meet.
#[async_trait]
pub trait Fleet: Send + Sync + 'static {
    /// Asks for a lease for one who judges by `applied`. It is held exactly where the answer says that the same is in
    /// force, and counts from before this was called.
    async fn renew(&self, who: &Member, applied: InForce) -> Result<Standing, StoreError>;

    /// Gives the lease up, so that no save waits for it.
    async fn leave(&self, who: InstanceId) -> Result<(), StoreError>;

    /// Where the fleet stands now.
    async fn standing(&self) -> Result<Standing, StoreError>;

    /// What governance would be; none where that proposal is over.
    async fn proposal(&self, save: SaveId, tenant: TenantId) -> Result<Option<Governance>, StoreError>;

    /// Answers a proposal: it is prepared, or refused for a reason that operators may read. False where the instance has no row
    /// to answer in: once it has a lease again, it is asked again.
    async fn answer(&self, who: InstanceId, save: SaveId, refusal: Option<&str>) -> Result<bool, StoreError>;

    /// Whoever holds a lease, or held one when somebody last looked, by name.
    async fn instances(&self) -> Result<Vec<InstanceRecord>, StoreError>;

    /// What to wait by for changes.
    async fn watch(&self) -> Result<Watch, StoreError>;
}

/// How many characters of a refusal are told.
const MOST_TOLD: usize = 500;

/// An instance, as it presents itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its id, of this run of the process.
    pub id: InstanceId,
    /// What operators know it by.
    pub name: String,
    /// How long a lease of it lasts.
    pub term: Duration,
    /// The number of this renewal. An instance gives another one each time, also after it was given up: one that came back with
    /// a number seen before would be taken for one that never moved.
    pub beat: i64,
}

/// Which governance is in force. Two that are equal are the same governance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InForce {
    /// Its number.
    pub epoch: u64,
    /// The save that made it; none before the first.
    pub save: Option<SaveId>,
}

/// Where a fleet stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What is in force.
    pub in_force: InForce,
    /// The save that awaits answers to what it proposes, if there is one.
    pub proposed: Option<SaveId>,
}

/// An instance as others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceRecord {
    /// Its id.
    pub id: InstanceId,
    /// What operators know it by.
    pub name: String,
    /// How long its lease lasts from each beat.
    pub term: Duration,
    /// Another number with each renewal.
    pub beat: i64,
    /// What it judges by.
    pub epoch: u64,
    /// The last save that it answered.
    pub answered: Option<SaveId>,
    /// Why it refused that.
    pub refusal: Option<String>,
}

/// Waits for changes, of this process and of others.
pub struct Watch {
    bell: Box<dyn Bell>,
    here: tokio::sync::watch::Receiver<()>,
}

// === impl Watch ===

impl Watch {
    pub(super) fn new(bell: Box<dyn Bell>, here: tokio::sync::watch::Receiver<()>) -> Self {
        Self { bell, here }
    }

    /// Waits until something may have changed. It may have changed nothing, and a change may be missed: look by yourself
    /// now and then.
    pub async fn changed(&mut self) {
        tokio::select! {
            () = self.bell.rung() => {}
            Ok(()) = self.here.changed() => {}
        }
    }
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

// === operations ===

pub(super) async fn renew<B: Backend>(
    backend: &B,
    who: &Member,
    applied: InForce,
) -> Result<Standing, StoreError> {
    let mut session = backend.begin_apart().await?;
    let held = format!("SELECT epoch FROM governance_epoch{}", B::FOR_SHARE);
    session.query(&held, Vec::new()).await?;
    let standing = standing(&mut *session).await?;
    if standing.in_force == applied {
        let sql = "INSERT INTO instances (id, name, term_us, beat, epoch) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (id) DO UPDATE SET beat = excluded.beat, epoch = excluded.epoch";
        let term = i64::try_from(who.term.as_micros()).unwrap_or(i64::MAX);
        let values = values![who.id.to_string(), who.name.as_str(), term, who.beat, to_i64(applied.epoch)];
        session.execute(sql, values).await?;
    }
    session.commit().await?;
    Ok(standing)
}

pub(super) async fn leave(session: &mut dyn Session, who: InstanceId) -> Result<(), StoreError> {
    session.execute("DELETE FROM instances WHERE id = $1", values![who.to_string()]).await?;
    Ok(())
}

pub(super) async fn standing(session: &mut dyn Session) -> Result<Standing, StoreError> {
    let sql = "SELECT e.epoch, e.save, CASE WHEN s.governance IS NULL THEN NULL ELSE s.save END \
               FROM governance_epoch e, governance_save s";
    let rows = session.query(sql, Vec::new()).await?;
    let row = rows.first().ok_or(StoreError::corrupt("epoch"))?;
    let in_force = InForce { epoch: to_u64(row.integer(0)?), save: row.parse_or_null(1, "save")? };
    Ok(Standing { in_force, proposed: row.parse_or_null(2, "save")? })
}

pub(super) async fn proposal(
    session: &mut dyn Session,
    save: SaveId,
    tenant: TenantId,
) -> Result<Option<Governance>, StoreError> {
    let sql = "SELECT governance FROM governance_save WHERE save = $1 AND governance IS NOT NULL";
    match session.query(sql, values![save.to_string()]).await?.first() {
        Some(row) => proposal::read(row.text(0)?, tenant).await.map(Some),
        None => Ok(None),
    }
}

pub(super) async fn answer(
    session: &mut dyn Session,
    who: InstanceId,
    save: SaveId,
    refusal: Option<&str>,
) -> Result<bool, StoreError> {
    let sql = "UPDATE instances SET answered = $1, refusal = $2 WHERE id = $3";
    let refusal = refusal.map(|why| why.chars().map(one_line).take(MOST_TOLD).collect::<String>());
    Ok(session.execute(sql, values![save.to_string(), refusal, who.to_string()]).await? == 1)
}

fn one_line(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}

pub(super) async fn instances(session: &mut dyn Session) -> Result<Vec<InstanceRecord>, StoreError> {
    let sql = "SELECT id, name, term_us, beat, epoch, answered, refusal FROM instances ORDER BY name, id";
    let rows = session.query(sql, Vec::new()).await?;
    let record = |row: &super::sql::Row| {
        Ok(InstanceRecord {
            id: row.parse(0, "instance")?,
            name: row.text(1)?.to_owned(),
            term: Duration::from_micros(to_u64(row.integer(2)?)),
            beat: row.integer(3)?,
            epoch: to_u64(row.integer(4)?),
            answered: row.parse_or_null(5, "save")?,
            refusal: row.text_or_null(6)?.map(str::to_owned),
        })
    };
    rows.iter().map(record).collect()
}

/// Numbers that only ever grow from nought by one.
fn to_u64(stored: i64) -> u64 {
    stored.unsigned_abs()
}

fn to_i64(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
