//! Where instances count together: bytes under a name, compared and swapped, and a clock that is the same for all.
//!
//! What the bytes mean is the limiter's business (`renlayer-policy/src/limit/DESIGN.md`). A store never waits for another
//! instance here: who comes second is told so, and reads again.

mod postgres;
mod redis;

use std::sync::Arc;

use async_trait::async_trait;

use super::StoreError;
use crate::config::{CounterStore, DatabaseUrl};

/// The name of a count, which says nothing to anybody without the limiter's key.
pub type CountName = [u8; 16];

/// What instances share.
#[async_trait]
pub trait SharedCounts: Send + Sync + 'static {
    /// The key that names are made with: that of the governance database where it is what is shared, else `proposed` or
    /// what somebody proposed before.
    async fn keep_key(&self, proposed: [u8; 16]) -> Result<[u8; 16], StoreError>;

    /// What is held under `names`, and what time it was by the store's clock no later than that.
    async fn read(&self, names: &[CountName]) -> Result<SharedState, StoreError>;

    /// Replaces each of these by itself, if it is still what was read at `now_ms` by the store's clock, and tells of which that
    /// was so. After an error nobody knows.
    async fn swap(&self, now_ms: i64, swaps: &[Swap]) -> Result<Vec<bool>, StoreError>;

    /// Removes what counts nothing any more, and tells how much that was.
    async fn forget(&self) -> Result<u64, StoreError>;
}

/// What a store holds of some counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedState {
    /// The store's time, in milliseconds since 1970.
    pub now_ms: i64,
    /// In the order of the names; none where there is nothing.
    pub states: Vec<Option<Vec<u8>>>,
}

/// One count, to be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// Its name.
    pub name: CountName,
    /// What was read.
    pub was: Option<Vec<u8>>,
    /// What is to be held.
    pub is: Vec<u8>,
    /// When that counts nothing any more, in milliseconds since 1970 by the store's clock.
    pub until_ms: i64,
}

/// Opens what `counters` names; none where each instance counts by itself. The store may be away: then the first operation
/// says so.
pub fn open(
    counters: &CounterStore,
    database: &DatabaseUrl,
) -> Result<Option<Arc<dyn SharedCounts>>, StoreError> {
    Ok(match (counters, database) {
        (CounterStore::Postgres, DatabaseUrl::Postgres(url)) => {
            Some(Arc::new(postgres::PostgresCounts::new(url)?))
        }
        (CounterStore::Redis(url), _) => Some(Arc::new(redis::RedisCounts::new(url)?)),
        (CounterStore::Memory | CounterStore::Postgres, _) => None,
    })
}
