//! What stands behind a running proxy: the store, the engine, and the way of its traces.
//!
//! A configuration is put into force in three steps, at the start and at each reload alike: it is read, reconciled into
//! the store, and compiled together with what else the store holds. Whatever fails leaves what was in force. What is
//! written to the store in between is followed, and calls are judged only while it is known to be in force.

mod counting;
mod counts;
mod follow;
mod govern;
mod lease;
mod tidy;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use renlayer_core::Engine;
use renlayer_core::config::{Config, Durability, Environment};
use renlayer_core::store::{self, Store};
use renlayer_core::trace::Recorder;
use renlayer_core::trace::pipeline::TracePipeline;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::admin::{Counted, Metrics};
use crate::durable::Durable;
use crate::failure::{Exit, Failure};
use crate::settings::Sources;

use self::counting::Counting;
use self::follow::Follower;
pub(crate) use self::govern::with_stored;
use self::govern::{Compiled, Governor, Local};
use self::lease::Membership;

/// How long the last traces may take to the store before they are left in the journal.
const LAST_TRACES: Duration = Duration::from_secs(5);

/// How long the connections to the store may take to close.
const CLOSING: Duration = Duration::from_secs(2);

/// A store, an engine that judges by it, and the pipeline that its traces take.
pub(crate) struct Instance {
    pub(crate) engine: Engine,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) metrics: Arc<Metrics>,
    /// Where answers wait for their traces.
    pub(crate) durable: Option<Arc<Durable>>,
    membership: Arc<Membership>,
    follower: Arc<Follower>,
    counting: Counting,
    pipeline: TracePipeline,
    background: JoinSet<()>,
}

// === impl Instance ===

impl Instance {
    /// Opens the store, brings it up to date, and puts `config` into force.
    pub(crate) async fn start(config: &Config, environment: &Environment) -> Result<Self, Failure> {
        let store = store::open(&config.database).await.map_err(|error| unusable(config, error))?;
        store.migrate(Timestamp::now()).await.map_err(|error| unusable(config, error))?;
        let governor = Governor::new(Arc::clone(&store)).await?;
        let local = Local { config: Arc::new(config.clone()), environment: Arc::new(environment.clone()) };
        governor.check(&local)?;
        governor.declare(&local).await?;
        let (Compiled { governance, revision }, in_force) = governor.compile(&local).await?;
        let pipeline = TracePipeline::start(Arc::clone(&store) as _, &config.traces).map_err(|error| {
            Failure::new(
                Exit::Unavailable,
                format!("the journal {}: {error}", config.traces.journal.display()),
            )
            .next("name another directory in traces.journal; two processes cannot share one")
        })?;
        let metrics = Arc::new(Metrics::new(pipeline.sink()));
        let durable = match config.traces.durability {
            Durability::Strict => Some(Arc::new(Durable::new(pipeline.sink()))),
            Durability::Batched => None,
        };
        let way: Arc<dyn Recorder> = match &durable {
            Some(durable) => Arc::clone(durable) as _,
            None => Arc::new(pipeline.sink()),
        };
        let counting = Counting::start(config, Arc::clone(&store) as _, governor.key_of_counts()).await?;
        let recorder = Arc::new(Counted::new(Arc::clone(&metrics), way));
        let engine = counting.engine(governance, recorder);
        #[cfg(feature = "tokenizer")]
        engine.count_tokens_with(Arc::new(renlayer_core::tokens::Vocabularies));
        metrics.tell_of(engine.clone());
        let membership = Membership::new(Arc::clone(&store), engine.clone(), in_force, config.lease.term);
        let membership = Arc::new(membership);
        let from = (local, revision);
        let follower = Arc::new(Follower::new(governor, engine.clone(), Arc::clone(&membership), from));
        follower.join().await?;
        let mut background = JoinSet::new();
        let holding = Arc::clone(&membership);
        background.spawn(async move { holding.keep().await });
        let following = Arc::clone(&follower);
        background.spawn(async move { following.run().await });
        let counted = counting.clone();
        background.spawn(async move { counted.run().await });
        let tidied = (Arc::clone(&store), engine.clone(), counting.clone());
        background.spawn(tidy::run(tidied, config.traces.retention));
        Ok(Self { engine, store, metrics, durable, membership, follower, counting, pipeline, background })
    }

    /// Reads the configuration again and puts it into force. What cannot change while running is left as it is.
    pub(crate) async fn reload(&self, sources: &Sources) -> Result<(), Failure> {
        let (loaded, environment) = sources.load()?;
        let local = Local { config: Arc::new(loaded.config), environment: Arc::new(environment) };
        self.follower.reload(local).await
    }

    /// Keeps what limits have counted, waits until the traces are stored, or kept for later, and closes the store.
    pub(crate) async fn finish(mut self) {
        self.background.shutdown().await;
        self.membership.leave().await;
        if let Err(error) = self.counting.finish().await {
            tracing::error!("what limits counted last cannot be kept: {error}");
        }
        let counters = self.pipeline.drain(LAST_TRACES).await;
        tracing::info!(
            stored = counters.stored,
            kept_for_later = counters.journaled,
            lost = counters.dropped,
            "traces"
        );
        // A connection may still wait for an answer that nobody wants any more.
        let _ = timeout(CLOSING, self.store.close()).await;
    }
}

fn unusable(config: &Config, error: store::StoreError) -> Failure {
    Failure::new(Exit::Unavailable, format!("the database {} cannot be used: {error}", config.database)).next(
        "name another with --database or RENLAYER_DATABASE_URL, or make this one reachable and writable",
    )
}
