//! Counts that are shared through Redis, or what speaks its protocol: a key each, which goes by itself when it counts nothing
//! any more.
//!
//! In a cluster all of it is in one slot, for the names have one hash tag: so one node has it, and one node's clock counts. The
//! node that is named says which one that is.
//!
//! Redis must not forget: without `appendonly yes` a restart forgets what was spent, with `appendfsync everysec` the last
//! second of it, and with eviction whatever it likes.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, Pipeline, RedisError, ServerError, ServerErrorKind,
};
use tokio::sync::Mutex;

use super::{CountName, SharedCounts, SharedState, Swap};
use crate::config::RedisUrl;
use crate::store::StoreError;

/// How long a connection may take, and how long an answer.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Where the key of the names is kept: instances need not share a database to share counts.
const KEY: &str = "{renlayer}:key-of-counts";

/// How often one question is sent on from a node of a cluster to another.
const HOPS: usize = 4;

/// Keys stay a while longer than they count: the store's clock may be set back.
const GRACE_MS: i64 = 60_000;

/// Replaces a value that is still what was read: `''` where there was none.
const SWAP: &str = "local held = redis.call('GET', KEYS[1]) or '' \
                    if held ~= ARGV[1] then return 0 end \
                    redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) \
                    return 1";

/// A server of Redis, or a cluster of them.
pub(super) struct RedisCounts {
    /// As it is named.
    client: Client,
    /// To whom has the counts. Made when it is needed, and again after an error, from whom is named.
    connection: Mutex<Option<MultiplexedConnection>>,
}

impl RedisCounts {
    pub(super) fn new(url: &RedisUrl) -> Result<Self, StoreError> {
        let client = Client::open(url.reveal()).map_err(|_| StoreError::refused("address"))?;
        Ok(Self { client, connection: Mutex::default() })
    }

    /// Asks the server; what fails takes the connection with it.
    async fn ask<T: redis::FromRedisValue>(&self, pipeline: &Pipeline) -> Result<T, StoreError> {
        let mut kept = self.connection.lock().await;
        let mut connection = match kept.take() {
            Some(connection) => connection,
            None => connect(&self.client).await?,
        };
        let mut hops = 0..HOPS;
        loop {
            match pipeline.query_async(&mut connection).await {
                Ok(answer) => {
                    *kept = Some(connection);
                    return Ok(answer);
                }
                Err(error) => {
                    let node = self.sent_on(&error)?;
                    hops.next().ok_or(StoreError::unreachable())?;
                    connection = connect(&node).await?;
                }
            }
        }
    }

    /// The node of the cluster that the error says to ask instead; the error where it says nothing of that.
    fn sent_on(&self, error: &RedisError) -> Result<Client, StoreError> {
        let moved = server_error(error).filter(|error| error.kind() == Some(ServerErrorKind::Moved));
        // The slot, and who has it.
        let details = moved.as_ref().and_then(|error| error.details());
        let node = details.and_then(|details| details.split(' ').nth(1)).ok_or_else(|| failed(error))?;
        let named = self.client.get_connection_info();
        let addr = beside(named.addr(), node).ok_or(StoreError::refused("MOVED"))?;
        Client::open(named.clone().set_addr(addr)).map_err(|error| failed(&error))
    }
}

async fn connect(client: &Client) -> Result<MultiplexedConnection, StoreError> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(TIMEOUT))
        .set_response_timeout(Some(TIMEOUT));
    let connection = client.get_multiplexed_async_connection_with_config(&config).await;
    connection.map_err(|error| failed(&error))
}

/// The address of `HOST:PORT`, reached as `named` is. A node that does not know its own name leaves out the host.
fn beside(named: &ConnectionAddr, node: &str) -> Option<ConnectionAddr> {
    let (to, port) = node.rsplit_once(':')?;
    let port = port.parse().ok()?;
    let to = |host: &str| if to.is_empty() || to == "?" { host.to_owned() } else { to.to_owned() };
    match named {
        ConnectionAddr::Tcp(host, _) => Some(ConnectionAddr::Tcp(to(host), port)),
        ConnectionAddr::TcpTls { host, insecure, tls_params, .. } => Some(ConnectionAddr::TcpTls {
            host: to(host),
            port,
            insecure: *insecure,
            tls_params: tls_params.clone(),
        }),
        _ => None,
    }
}

#[async_trait]
impl SharedCounts for RedisCounts {
    async fn keep_key(&self, proposed: [u8; 16]) -> Result<[u8; 16], StoreError> {
        let mut pipeline = Pipeline::new();
        pipeline.cmd("SET").arg(KEY).arg(&proposed).arg("NX").ignore().get(KEY);
        let (kept,): (Vec<u8>,) = self.ask(&pipeline).await?;
        kept.try_into().map_err(|_| StoreError::corrupt("key of counts"))
    }

    async fn read(&self, names: &[CountName]) -> Result<SharedState, StoreError> {
        let mut pipeline = Pipeline::new();
        pipeline.cmd("TIME");
        for name in names {
            pipeline.get(key(name));
        }
        let answers: Vec<redis::Value> = self.ask(&pipeline).await?;
        let mut answers = answers.into_iter();
        let unreadable = |_| StoreError::corrupt("count");
        let time = answers.next().ok_or(StoreError::corrupt("time"))?;
        let (seconds, micros): (i64, i64) = redis::from_redis_value(time).map_err(unreadable)?;
        let now_ms = seconds.saturating_mul(1000).saturating_add(micros / 1000);
        let states = answers.map(|state| redis::from_redis_value(state).map_err(unreadable));
        Ok(SharedState { now_ms, states: states.collect::<Result<_, _>>()? })
    }

    async fn swap(&self, now_ms: i64, swaps: &[Swap]) -> Result<Vec<bool>, StoreError> {
        let mut pipeline = Pipeline::new();
        for swap in swaps {
            let lives = swap.until_ms.saturating_sub(now_ms).max(0).saturating_add(GRACE_MS);
            let was = swap.was.as_deref().unwrap_or_default();
            pipeline.cmd("EVAL").arg(SWAP).arg(1).arg(key(&swap.name)).arg(was).arg(&swap.is).arg(lives);
        }
        self.ask(&pipeline).await
    }

    async fn forget(&self) -> Result<u64, StoreError> {
        Ok(0)
    }
}

fn key(name: &CountName) -> String {
    format!("{{renlayer}}:count:{:032x}", u128::from_be_bytes(*name))
}

/// The error's own words may hold an address or a value.
fn failed(error: &RedisError) -> StoreError {
    let away = error.is_io_error() || error.is_timeout() || error.is_connection_dropped();
    let said = server_error(error);
    let code = said.as_ref().map(ServerError::code);
    tracing::debug!(kind = ?error.kind(), code, "the store of counts failed");
    match code {
        Some("OOM") => StoreError::full(),
        Some("LOADING" | "READONLY" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN" | "ASK") => {
            StoreError::unreachable()
        }
        Some(code) => StoreError::refused(code.to_owned()),
        None if is_untrusted(error) => StoreError::untrusted(),
        None if away => StoreError::unreachable(),
        None => StoreError::refused("redis"),
    }
}

/// What the server says, of the first command that it says something of.
fn server_error(error: &RedisError) -> Option<ServerError> {
    error.clone().into_server_errors()?.first().map(|(_, error)| error.clone())
}

/// Whether the other side does not speak TLS, or has no certificate that is trusted.
fn is_untrusted(error: &RedisError) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<Arc<dyn Error + Send + Sync>>());
    let io = cause.and_then(|cause| cause.downcast_ref::<io::Error>());
    io.is_some_and(|io| io.kind() == io::ErrorKind::InvalidData)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_something_has_moved_to_is_reached_as_the_one_that_is_named() {
        for (url, node, expected) in [
            ("redis://:pass@one/", "10.0.0.7:6380", Some("10.0.0.7:6380")),
            ("redis://one:7000", ":6380", Some("one:6380")),
            ("rediss://one:7000", "?:6380", Some("one:6380")),
            ("rediss://one:7000", "two.internal:6380", Some("two.internal:6380")),
            ("redis://one", "::1:6380", Some("::1:6380")),
            ("redis://one", "two", None),
        ] {
            let addr = beside(Client::open(url).unwrap().get_connection_info().addr(), node);
            assert_eq!(addr.as_ref().map(ToString::to_string).as_deref(), expected, "{node} beside {url}");
            let is_tls = matches!(addr, Some(ConnectionAddr::TcpTls { .. }));
            assert!(addr.is_none() || is_tls == url.starts_with("rediss"));
        }
    }
}
