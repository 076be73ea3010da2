//! Counts that are shared through Redis, or what speaks its protocol: a key each, which goes by itself when it counts nothing
//! any more.
//!
//! Redis must not forget: without `appendonly yes` a restart forgets what was spent, with `appendfsync everysec` the last
//! second of it, and with eviction whatever it likes.

use std::time::Duration;

use async_trait::async_trait;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Pipeline, RedisError};
use tokio::sync::Mutex;

use super::{CountName, SharedCounts, SharedState, Swap};
use crate::config::RedisUrl;
use crate::store::StoreError;

/// How long a connection may take, and how long an answer.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Where the key of the names is kept: instances need not share a database to share counts.
const KEY: &str = "renlayer:key-of-counts";

/// Keys stay a while longer than they count: the store's clock may be set back.
const GRACE_MS: i64 = 60_000;

/// Replaces a value that is still what was read: `''` where there was none.
const SWAP: &str = "local held = redis.call('GET', KEYS[1]) or '' \
                    if held ~= ARGV[1] then return 0 end \
                    redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) \
                    return 1";

/// A server of Redis.
pub(super) struct RedisCounts {
    client: Client,
    /// Made when it is needed, and again after an error.
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
            None => self.connect().await?,
        };
        let answer = pipeline.query_async(&mut connection).await.map_err(|error| failed(&error))?;
        *kept = Some(connection);
        Ok(answer)
    }

    async fn connect(&self) -> Result<MultiplexedConnection, StoreError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(TIMEOUT))
            .set_response_timeout(Some(TIMEOUT));
        let connection = self.client.get_multiplexed_async_connection_with_config(&config).await;
        connection.map_err(|error| failed(&error))
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
    format!("renlayer:count:{:032x}", u128::from_be_bytes(*name))
}

/// The error's own words may hold an address or a value.
fn failed(error: &RedisError) -> StoreError {
    let away = error.is_io_error() || error.is_timeout() || error.is_connection_dropped();
    tracing::debug!(kind = ?error.kind(), code = error.code(), "the store of counts failed");
    match error.code() {
        Some("OOM") => StoreError::full(),
        Some("LOADING" | "READONLY" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN") => StoreError::unreachable(),
        _ if away => StoreError::unreachable(),
        code => StoreError::refused(code.unwrap_or("redis").to_owned()),
    }
}
