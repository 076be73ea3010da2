//! Pools of connections. A pool belongs to a connect timeout, because that is a property of the connector; routes
//! that agree on it (nearly always all of them) share one.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http_body::Body;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;

use super::connect::Connector;

/// Shorter than the 60 seconds after which many servers close an idle connection, so that we are rarely second.
const IDLE: Duration = Duration::from_secs(50);
const MAX_IDLE_PER_HOST: usize = 256;
const MAX_HEADERS: usize = 256;
const PING_EVERY: Duration = Duration::from_secs(30);

/// One client per distinct connect timeout.
pub(super) struct Pools<B> {
    tls: ClientConfig,
    own: Arc<[SocketAddr]>,
    usual: (Duration, Client<Connector, B>),
    others: RwLock<HashMap<Duration, Client<Connector, B>>>,
}

// === impl Pools ===

impl<B> Pools<B>
where
    B: Body<Data: Send> + Send + 'static,
{
    /// Pools for upstreams other than our own listeners; `usual` is the timeout that most routes have.
    pub(super) fn new(tls: ClientConfig, own: Vec<SocketAddr>, usual: Duration) -> Self {
        let own: Arc<[SocketAddr]> = own.into();
        let client = build(Connector::new(tls.clone(), Arc::clone(&own), usual));
        Self { tls, own, usual: (usual, client), others: RwLock::default() }
    }

    /// The client whose connections are made within `limit`.
    pub(super) fn client(&self, limit: Duration) -> Client<Connector, B> {
        if limit == self.usual.0 {
            return self.usual.1.clone();
        }
        let known = self.others.read().unwrap_or_else(PoisonError::into_inner).get(&limit).cloned();
        known.unwrap_or_else(|| self.added(limit))
    }

    fn added(&self, limit: Duration) -> Client<Connector, B> {
        let mut others = self.others.write().unwrap_or_else(PoisonError::into_inner);
        let connector = || Connector::new(self.tls.clone(), Arc::clone(&self.own), limit);
        others.entry(limit).or_insert_with(|| build(connector())).clone()
    }
}

fn build<B>(connector: Connector) -> Client<Connector, B>
where
    B: Body<Data: Send> + Send,
{
    Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(MAX_IDLE_PER_HOST)
        .http1_max_headers(MAX_HEADERS)
        .http2_adaptive_window(true)
        .http2_keep_alive_interval(PING_EVERY)
        .build(connector)
}
