//! The saver's side: take the turn, propose, commit, wait.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::super::StoreError;
use super::super::sql::{Backend, Session, values};
use super::{InstanceRecord, instances, proposal, standing, to_i64, to_u64};
use crate::id::{InstanceId, TenantId};

/// How long a save waits for the turn.
const PATIENCE: Duration = Duration::from_secs(60);

/// For how long one who has the turn may seem to do nothing until another takes it over: longer than any save takes.
const STALE: Duration = Duration::from_secs(20);

/// How long instances may take to compile a proposal.
const TO_COMPILE: Duration = Duration::from_secs(10);

/// How often to look whether others are done: soon at first, then less and less often.
const LOOKS: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(20));

/// How much longer than its lease an instance is taken to judge, for clocks that do not go at the same speed: an eighth, which
/// is more than what clocks are slewed by, and no less than this.
const DRIFT: Duration = Duration::from_millis(100);

/// What a save made, and where it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved<T> {
    /// What was made.
    pub made: T,
    /// The epoch in force since.
    pub epoch: u64,
    /// The instances that judge by it now, by name. No other one judges.
    pub instances: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

/// Whether an operation changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Effect {
    /// It does: governance gets another epoch.
    Changes,
    /// Everything is as it was already.
    Nothing,
}

/// One save under way. Its operation is run in a transaction that is handed to [`step`](Self::step): once to see what it would
/// make, and, where there are instances to ask, again to make it.
pub(in super::super) struct Save<'b, B: Backend> {
    backend: &'b B,
    /// Rings within this process.
    here: &'b watch::Sender<()>,
    tenant: TenantId,
    saver: String,
    number: u64,
    began: Instant,
    agreed: bool,
}

impl<'b, B: Backend> Save<'b, B> {
    /// Takes the turn, and waits for it.
    pub(in super::super) async fn begin(
        backend: &'b B,
        here: &'b watch::Sender<()>,
        tenant: TenantId,
    ) -> Result<Self, StoreError> {
        let began = Instant::now();
        let saver = InstanceId::mint(Timestamp::now()).to_string();
        let mut looks = Looks::default();
        let mut seen: Option<(i64, Instant)> = None;
        loop {
            match take_turn(backend, &saver, seen).await? {
                Turn::Ours(number) => {
                    return Ok(Self { backend, here, tenant, saver, number, began, agreed: false });
                }
                Turn::Theirs(_) if began.elapsed() > PATIENCE => return Err(StoreError::crowded()),
                Turn::Theirs(number) if seen.is_none_or(|(known, _)| known != number) => {
                    seen = Some((number, Instant::now()));
                }
                Turn::Theirs(_) => {}
            }
            looks.next().await;
        }
    }

    /// A transaction to run the operation in.
    pub(in super::super) async fn session(&self) -> Result<Box<dyn Session>, StoreError> {
        let session = self.backend.begin().await;
        if session.is_err() {
            self.give_up().await;
        }
        session
    }

    /// Goes on with what the operation has made in `session`. Without an answer the operation is to be run again, in another
    /// transaction.
    pub(in super::super) async fn step<T>(
        &mut self,
        session: Box<dyn Session>,
        made: Result<(T, Effect), StoreError>,
    ) -> Result<Option<Saved<T>>, StoreError> {
        let gone_on = match made {
            Ok((made, Effect::Changes)) => self.go_on(session, made).await,
            Ok((made, Effect::Nothing)) => self.change_nothing(session, made).await.map(Some),
            Err(error) => session.rollback().await.and(Err(error)),
        };
        if gone_on.is_err() {
            self.give_up().await;
        }
        gone_on
    }

    async fn go_on<T>(
        &mut self,
        mut session: Box<dyn Session>,
        made: T,
    ) -> Result<Option<Saved<T>>, StoreError> {
        if !self.agreed && !instances(&mut *session).await?.is_empty() {
            let proposal = proposal::write(&mut *session, self.tenant).await?;
            session.rollback().await?;
            self.propose(proposal).await?;
            self.agreed = true;
            return Ok(None);
        }
        let epoch = self.commit(session).await?;
        self.seen_through(made, epoch).await.map(Some)
    }

    /// Waits until every instance judges by an epoch, or does not judge any more.
    async fn seen_through<T>(&self, made: T, epoch: u64) -> Result<Saved<T>, StoreError> {
        let seen = wait(self.backend, None, |instance| Ok(instance.epoch >= epoch)).await;
        let instances = seen.map_err(|_| StoreError::unseen(epoch))?;
        Ok(Saved { made, epoch, instances, took: self.began.elapsed() })
    }

    async fn change_nothing<T>(
        &self,
        mut session: Box<dyn Session>,
        made: T,
    ) -> Result<Saved<T>, StoreError> {
        let epoch = standing(&mut *session).await?.epoch;
        session.rollback().await?;
        self.give_up().await;
        // Whoever saved it may not have seen it through.
        self.seen_through(made, epoch).await
    }

    /// Puts what would be before all instances, and waits until they have answered.
    async fn propose(&self, governance: String) -> Result<(), StoreError> {
        let mut session = self.backend.begin().await?;
        let sql = "UPDATE governance_save SET governance = $1 WHERE saver = $2";
        if session.execute(sql, values![governance, self.saver.as_str()]).await? != 1 {
            return Err(StoreError::overtaken());
        }
        self.commit_and_ring(session).await?;
        wait(self.backend, Some(TO_COMPILE), |instance| match &instance.refusal {
            _ if instance.answered != self.number => Ok(false),
            Some(why) => Err(StoreError::refuted(&instance.name, why)),
            None => Ok(true),
        })
        .await
        .map(drop)
    }

    /// Makes it so, under the next epoch, and lets the next one have the turn.
    async fn commit(&self, mut session: Box<dyn Session>) -> Result<u64, StoreError> {
        if pass_turn(&mut *session, &self.saver).await? != 1 {
            return Err(StoreError::overtaken());
        }
        let epoch = standing(&mut *session).await?.epoch + 1;
        // Last, for until the end of the transaction nobody can renew a lease.
        let sql = "UPDATE governance_epoch SET epoch = $1, proposal = $2";
        session.execute(sql, values![to_i64(epoch), to_i64(self.number)]).await?;
        self.commit_and_ring(session).await.map_err(|_| StoreError::perhaps(epoch))?;
        Ok(epoch)
    }

    async fn commit_and_ring(&self, mut session: Box<dyn Session>) -> Result<(), StoreError> {
        if let Some(ring) = B::RING {
            session.query(ring, Vec::new()).await?;
        }
        session.commit().await?;
        self.here.send_replace(());
        Ok(())
    }

    /// Passes the turn on with nothing made. If that fails, others take it over by and by.
    async fn give_up(&self) {
        let passed = async {
            let mut session = self.backend.begin().await?;
            pass_turn(&mut *session, &self.saver).await?;
            session.commit().await
        };
        if let Err(error) = passed.await {
            tracing::warn!("a save that was given up keeps others waiting for {STALE:?}: {error}");
        }
    }
}

/// Whose turn it is, by the number of the save.
enum Turn {
    Ours(u64),
    Theirs(i64),
}

/// Takes the turn, if nobody has it, or if who has it has had the same one for too long.
async fn take_turn<B: Backend>(
    backend: &B,
    saver: &str,
    seen: Option<(i64, Instant)>,
) -> Result<Turn, StoreError> {
    let mut session = backend.begin().await?;
    let stale = seen.filter(|(_, since)| since.elapsed() > STALE).map(|(number, _)| number);
    let sql = "UPDATE governance_save SET saver = $1, proposal = proposal + 1, governance = NULL \
               WHERE saver IS NULL OR proposal = $2";
    let taken = session.execute(sql, values![saver, stale]).await? == 1;
    let rows = session.query("SELECT proposal FROM governance_save", Vec::new()).await?;
    let number = rows.first().ok_or(StoreError::corrupt("save"))?.integer(0)?;
    session.commit().await?;
    Ok(if taken { Turn::Ours(to_u64(number)) } else { Turn::Theirs(number) })
}

async fn pass_turn(session: &mut dyn Session, saver: &str) -> Result<u64, StoreError> {
    let sql = "UPDATE governance_save SET saver = NULL, governance = NULL WHERE saver = $1";
    session.execute(sql, values![saver]).await
}

/// Waits until every instance is `done` or has no lease any more, and tells who is done. Each lease is watched by this
/// process's own clock; one that is over is taken away, so that the next save does not wait for it.
async fn wait<B: Backend>(
    backend: &B,
    at_most: Option<Duration>,
    done: impl Fn(&InstanceRecord) -> Result<bool, StoreError>,
) -> Result<Vec<String>, StoreError> {
    let began = Instant::now();
    let mut beats: HashMap<InstanceId, (i64, Instant)> = HashMap::new();
    let mut looks = Looks::default();
    loop {
        // A clock that is read before the look, so that no beat is taken to be older than it is.
        let now = Instant::now();
        let there = instances(&mut *backend.read().await?).await?;
        let mut waited_for = None;
        for instance in &there {
            if done(instance)? {
                continue;
            }
            let (beat, since) = beats.entry(instance.id).or_insert((instance.beat, Instant::now()));
            if *beat != instance.beat {
                (*beat, *since) = (instance.beat, Instant::now());
            }
            let given_up = instance.term + (instance.term / 8).max(DRIFT);
            if now.saturating_duration_since(*since) > given_up {
                end_lease(backend, instance).await?;
            }
            waited_for.get_or_insert(instance);
        }
        let Some(late) = waited_for else {
            return Ok(there.into_iter().map(|instance| instance.name).collect());
        };
        if at_most.is_some_and(|most| began.elapsed() > most) {
            return Err(StoreError::unanswered(&late.name));
        }
        looks.next().await;
    }
}

/// Takes the row of a lease that is over away, unless it was renewed just now.
async fn end_lease<B: Backend>(backend: &B, instance: &InstanceRecord) -> Result<(), StoreError> {
    let mut session = backend.begin().await?;
    let sql = "DELETE FROM instances WHERE id = $1 AND beat = $2";
    session.execute(sql, values![instance.id.to_string(), instance.beat]).await?;
    session.commit().await
}

/// Pauses between looks.
struct Looks(Duration);

impl Default for Looks {
    fn default() -> Self {
        Self(LOOKS.0)
    }
}

impl Looks {
    async fn next(&mut self) {
        sleep(self.0).await;
        self.0 = (self.0 * 3 / 2).min(LOOKS.1);
    }
}
