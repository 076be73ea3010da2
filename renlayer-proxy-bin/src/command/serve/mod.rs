//! `renlayer serve`: configure, build, serve, drain.

mod greeting;
mod listeners;
mod signals;
mod watch;

use std::sync::Arc;

use renlayer_core::config::{Config, Timeouts};
use renlayer_core::layer::EnforcementLayer;
use renlayer_core::route::RouteTimeouts;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tower::Layer;

use self::listeners::Listeners;
use self::signals::{Signal, Signals};
use self::watch::Watch;
use crate::admin::{Admin, AdminOnly, Front};
use crate::cli::{Place, ServeArgs};
use crate::durable::Acknowledged;
use crate::failure::{Exit, Failure};
use crate::instance::Instance;
use crate::logging;
use crate::serve::{Bounds, Server};
use crate::settings::Sources;
use crate::upstream::{self, Upstream};

/// Everything that runs.
struct Proxy {
    agents: Server,
    operators: Option<Server>,
    instance: Instance,
    cut: CancellationToken,
}

/// Runs the proxy until it is told to end.
pub(crate) async fn run(place: &Place, args: &ServeArgs) -> Result<(), Failure> {
    let sources = Sources::new(place, args.overrides(place));
    let (loaded, environment) = sources.load()?;
    let config = loaded.config;
    logging::start(&config.log);
    loaded.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));

    let mut signals = Signals::listen().map_err(|error| Failure::new(Exit::Unavailable, error))?;
    // The ports first: an address in use should not cost a migration.
    let listeners = Listeners::bind(&config)?;
    let instance = Instance::start(&config, &environment).await?;
    greeting::say(&config, listeners.agents(), listeners.operators())?;
    let proxy = Proxy::start(&config, listeners, instance);
    let mut watch = Watch::over(sources.file());
    reload_until_the_end(&proxy.instance, &sources, &mut signals, &mut watch).await;
    tokio::select! {
        () = proxy.drain(&config.timeouts) => Ok(()),
        () = signals.again() => Err(Failure::new(Exit::No, "ended at once, with calls under way")),
    }
}

/// Reloads when told to. The end does not wait for a reload that is under way; what is told meanwhile is done after it, once.
async fn reload_until_the_end(
    instance: &Instance,
    sources: &Sources,
    signals: &mut Signals,
    watch: &mut Watch,
) {
    let wanted = Notify::new();
    let reloading = async {
        loop {
            wanted.notified().await;
            reload(instance, sources).await;
        }
    };
    let until_the_end = async {
        while let Signal::Reload = next(signals, watch).await {
            wanted.notify_one();
        }
    };
    tokio::select! {
        () = reloading => {}
        () = until_the_end => {}
    }
}

/// What to do next: a file that has changed is as good as a signal.
async fn next(signals: &mut Signals, watch: &mut Watch) -> Signal {
    tokio::select! {
        signal = signals.next() => signal,
        () = watch.changed() => Signal::Reload,
    }
}

async fn reload(instance: &Instance, sources: &Sources) {
    match instance.reload(sources).await {
        Ok(()) => tracing::info!("configuration reloaded"),
        Err(failure) => tracing::error!("configuration not reloaded, the one in force stays: {failure}"),
    }
}

// === impl Proxy ===

impl Proxy {
    fn start(config: &Config, listeners: Listeners, instance: Instance) -> Self {
        let own = listeners.addresses();
        let Listeners { agents, operators } = listeners;
        let cut = CancellationToken::new();
        let bounds = bounds(config);
        let admin = |loopback| {
            let (store, metrics) = (Arc::clone(&instance.store), Arc::clone(&instance.metrics));
            Arc::new(Admin::new(store, instance.engine.clone(), metrics, loopback))
        };
        let shared = (operators.is_none() && config.listen.ip().is_loopback()).then(|| admin(true));
        let upstream =
            Upstream::new(upstream::Settings { timeouts: timeouts(&config.timeouts), own, cut: cut.clone() });
        let governed = EnforcementLayer::reverse(instance.engine.clone()).layer(upstream);
        let governed = Acknowledged::new(governed, instance.durable.clone());
        let front = Front::new(governed, shared, Arc::clone(&instance.metrics));
        let agents = Server::start(agents, bounds, front);
        let operators = operators.map(|listener| {
            let loopback = listener.local_addr().is_ok_and(|address| address.ip().is_loopback());
            Server::start(listener, bounds, AdminOnly::new(admin(loopback)))
        });
        Self { agents, operators, instance, cut }
    }

    async fn drain(self, timeouts: &Timeouts) {
        tracing::info!("draining: no new calls, those under way may take {:?}", timeouts.drain);
        let drained = self.agents.drain(timeouts.drain, &self.cut).await;
        tracing::info!(
            connections = drained.connections,
            cut = drained.cut,
            took_ms = drained.took.as_millis() as u64,
            "drained"
        );
        drop(self.operators);
        self.instance.finish().await;
    }
}

fn bounds(config: &Config) -> Bounds {
    Bounds {
        max_headers: config.bounds.max_headers,
        max_header_bytes: config.bounds.max_header_bytes,
        max_connections: config.bounds.max_connections,
        header_timeout: config.timeouts.request_head,
        ..Bounds::default()
    }
}

fn timeouts(timeouts: &Timeouts) -> RouteTimeouts {
    RouteTimeouts { connect: timeouts.connect, first_byte: timeouts.first_byte, idle: timeouts.idle }
}
