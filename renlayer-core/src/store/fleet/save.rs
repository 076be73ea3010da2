//! The saver's side: take the turn, propose, commit, wait.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::super::StoreError;
use super::super::sql::{Backend, Session, values};
use super::{InstanceRecord, instances, proposal, standing, to_i64};
use crate::id::{InstanceId, SaveId, TenantId};

/// How long a save waits for the turn: longer than the longest lease, which the one before it may have to see ending.
const PATIENCE: Duration = Duration::from_secs(90);

/// For how long one who has the turn may show nothing until another takes it over.
const STALE: Duration = Duration::from_secs(5);

/// How often one who has the turn shows that it is there.
const BEAT: Duration = Duration::from_secs(1);

/// How long instances that are there may take to compile a proposal.
const TO_COMPILE: Duration = Duration::from_secs(10);

/// Between looks whether others are done: a short time at first, which grows by half each time, up to a longer one. Most saves take
/// a few milliseconds, and one that waits for a lease to end shall not keep the database busy.
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
    id: SaveId,
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
        let id = SaveId::mint(Timestamp::now());
        let mut looks = Looks::default();
        let mut seen: Option<(Holder, Instant)> = None;
        loop {
            let dead = seen.as_ref().filter(|(_, since)| since.elapsed() > STALE).map(|(holder, _)| holder);
            match take_turn(backend, id, dead).await? {
                Turn::Ours => return Ok(Self { backend, here, tenant, id, began, agreed: false }),
                Turn::Theirs(_) if began.elapsed() > PATIENCE => return Err(StoreError::crowded()),
                Turn::Theirs(holder) if seen.as_ref().is_none_or(|(known, _)| *known != holder) => {
                    seen = Some((holder, Instant::now()));
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

    /// Runs the operation, and shows meanwhile that whoever has the turn is there: a large declaration takes longer than a dead one is
    /// waited for.
    pub(in super::super) async fn holding_the_turn<T>(&self, operation: impl Future<Output = T>) -> T {
        tokio::select! {
            made = operation => made,
            never = self.show_again_and_again() => match never {},
        }
    }

    async fn show_again_and_again(&self) -> Infallible {
        loop {
            sleep(BEAT).await;
            // Who cannot is told when it commits.
            let _ = show(self.backend, self.id).await;
        }
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
        let seen = Wait::over(self.backend).until(|instance| Ok(instance.epoch >= epoch)).await;
        let instances = seen.map_err(|_| StoreError::unseen(epoch))?;
        Ok(Saved { made, epoch, instances, took: self.began.elapsed() })
    }

    async fn change_nothing<T>(
        &self,
        mut session: Box<dyn Session>,
        made: T,
    ) -> Result<Saved<T>, StoreError> {
        let epoch = standing(&mut *session).await?.in_force.epoch;
        session.rollback().await?;
        self.give_up().await;
        // Whoever saved it may not have seen it through.
        self.seen_through(made, epoch).await
    }

    /// Puts what would be before all instances, and waits until they have answered.
    async fn propose(&self, governance: String) -> Result<(), StoreError> {
        let mut session = self.backend.begin().await?;
        let sql = "UPDATE governance_save SET governance = $1, beat = beat + 1 WHERE save = $2";
        if session.execute(sql, values![governance, self.id.to_string()]).await? != 1 {
            return Err(StoreError::overtaken());
        }
        self.commit_and_ring(session).await?;
        let answered =
            Wait::over(self.backend).with_the_turn_of(self.id).until(|instance| match &instance.refusal {
                _ if instance.answered != Some(self.id) => Ok(false),
                Some(why) => Err(StoreError::refuted(&instance.name, why)),
                None => Ok(true),
            });
        answered.await.map(drop)
    }

    /// Makes it so, under the next epoch, and lets the next one have the turn.
    async fn commit(&self, mut session: Box<dyn Session>) -> Result<u64, StoreError> {
        if pass_turn(&mut *session, self.id).await? != 1 {
            return Err(StoreError::overtaken());
        }
        let epoch = standing(&mut *session).await?.in_force.epoch + 1;
        // Last, for until the end of the transaction nobody can renew a lease.
        let sql = "UPDATE governance_epoch SET epoch = $1, save = $2";
        session.execute(sql, values![to_i64(epoch), self.id.to_string()]).await?;
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
            pass_turn(&mut *session, self.id).await?;
            session.commit().await
        };
        if let Err(error) = passed.await {
            tracing::warn!("a save that was given up keeps others waiting for {STALE:?}: {error}");
        }
    }
}

/// Whose turn it is.
enum Turn {
    Ours,
    Theirs(Holder),
}

/// Who has the turn, and how often they have shown that they are there.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Holder {
    save: Option<SaveId>,
    beat: i64,
}

/// Takes the turn, if nobody has it, or if who has it is `dead`.
async fn take_turn<B: Backend>(backend: &B, id: SaveId, dead: Option<&Holder>) -> Result<Turn, StoreError> {
    let mut session = backend.begin().await?;
    let (save, beat) = (dead.and_then(|holder| holder.save), dead.map(|holder| holder.beat));
    let sql = "UPDATE governance_save SET save = $1, beat = 0, governance = NULL \
               WHERE save IS NULL OR (save = $2 AND beat = $3)";
    let values = values![id.to_string(), save.map(|save| save.to_string()), beat];
    if session.execute(sql, values).await? == 1 {
        session.commit().await?;
        return Ok(Turn::Ours);
    }
    let rows = session.query("SELECT save, beat FROM governance_save", Vec::new()).await?;
    session.rollback().await?;
    let row = rows.first().ok_or(StoreError::corrupt("save"))?;
    Ok(Turn::Theirs(Holder { save: row.parse_or_null(0, "save")?, beat: row.integer(1)? }))
}

async fn pass_turn(session: &mut dyn Session, id: SaveId) -> Result<u64, StoreError> {
    let sql = "UPDATE governance_save SET save = NULL, governance = NULL WHERE save = $1";
    session.execute(sql, values![id.to_string()]).await
}

/// Waits for instances. Each lease is watched by this process's own clock; one that is over is taken away, so that the next save
/// does not wait for it.
struct Wait<'b, B: Backend> {
    backend: &'b B,
    /// Whose turn it is meanwhile: others shall see that it goes on, and it shall not go on for long.
    turn: Option<SaveId>,
    began: Instant,
    shown: Instant,
    pulses: HashMap<InstanceId, Pulse>,
}

/// What is seen of an instance that is waited for.
struct Pulse {
    beat: i64,
    /// When this beat was first seen.
    since: Instant,
    /// Whether it was seen to move: the instance is there.
    moves: bool,
}

// === impl Wait ===

impl<'b, B: Backend> Wait<'b, B> {
    fn over(backend: &'b B) -> Self {
        let now = Instant::now();
        Self { backend, turn: None, began: now, shown: now, pulses: HashMap::new() }
    }

    fn with_the_turn_of(self, save: SaveId) -> Self {
        Self { turn: Some(save), ..self }
    }

    /// Waits until every instance is `done` or has no lease any more, and tells who is done.
    async fn until(
        mut self,
        done: impl Fn(&InstanceRecord) -> Result<bool, StoreError>,
    ) -> Result<Vec<String>, StoreError> {
        let mut looks = Looks::default();
        loop {
            // A clock that is read before the look, so that no beat is taken to be older than it is.
            let now = Instant::now();
            let there = instances(&mut *self.backend.read().await?).await?;
            let mut all_done = true;
            for instance in &there {
                if !done(instance)? {
                    all_done = false;
                    self.look_at(instance, now).await?;
                }
            }
            if all_done {
                return Ok(there.into_iter().map(|instance| instance.name).collect());
            }
            if let Some(save) = self.turn
                && self.shown.elapsed() >= BEAT
            {
                self.shown = Instant::now();
                show(self.backend, save).await?;
            }
            looks.next().await;
        }
    }

    /// Takes the lease of an instance that is not done away, if it is over. One that is there, and lets those with the turn wait for
    /// too long, fails the wait.
    async fn look_at(&mut self, instance: &InstanceRecord, now: Instant) -> Result<(), StoreError> {
        let first = Pulse { beat: instance.beat, since: Instant::now(), moves: false };
        let pulse = self.pulses.entry(instance.id).or_insert(first);
        if pulse.beat != instance.beat {
            *pulse = Pulse { beat: instance.beat, since: Instant::now(), moves: true };
        }
        if self.turn.is_some() && pulse.moves && self.began.elapsed() > TO_COMPILE {
            return Err(StoreError::unanswered(&instance.name));
        }
        let given_up = instance.term + (instance.term / 8).max(DRIFT);
        if now.saturating_duration_since(pulse.since) > given_up {
            end_lease(self.backend, instance).await?;
        }
        Ok(())
    }
}

/// Shows others that the turn is not held by somebody dead.
async fn show<B: Backend>(backend: &B, id: SaveId) -> Result<(), StoreError> {
    let mut session = backend.begin().await?;
    let sql = "UPDATE governance_save SET beat = beat + 1 WHERE save = $1";
    if session.execute(sql, values![id.to_string()]).await? != 1 {
        return Err(StoreError::overtaken());
    }
    session.commit().await
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
