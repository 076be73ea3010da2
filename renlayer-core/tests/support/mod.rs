//! Traces and stores for tests.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "for tests, which fail by panicking and say what they skip"
)]

pub mod redis;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use renlayer_core::dialect::{Dialect, Usage};
use renlayer_core::id::{AgentId, TenantId, TraceId};
use renlayer_core::policy::ActionType;
use renlayer_core::store::{self, Store};
use renlayer_core::trace::{AgentRef, Coverage, Latency, Outcome, Status, Trace};

/// 21 November 2026, noon.
pub fn noon() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// A moment so many seconds after noon.
pub fn after(seconds: i64) -> Timestamp {
    noon() + SignedDuration::from_secs(seconds)
}

pub fn tenant() -> TenantId {
    store::default_tenant()
}

/// An allowed call that began so many seconds after noon.
pub fn trace(seconds: i64) -> Trace {
    Trace {
        id: TraceId::mint(after(seconds)),
        tenant: tenant(),
        agent: Some(AgentRef { id: AgentId::derived("test", "bot"), name: "bot".into() }),
        user: Some("ada".into()),
        session: None,
        epoch: 0,
        started_at: after(seconds),
        action_type: ActionType::ChatCompletion,
        dialect: Dialect::OpenAiChat,
        route: Some("openai".into()),
        method: "POST".into(),
        refused_head: None,
        upstream: Some("https://api.openai.com/v1/chat/completions".into()),
        model: Some("gpt-4.1".into()),
        status: Status::Allowed,
        enforced: true,
        mode: Default::default(),
        instead: None,
        ended_by_epoch: None,
        outcome: Outcome::Completed,
        upstream_failure: None,
        reasons: Vec::new(),
        http_status: Some(200),
        findings: Vec::new(),
        request_body: None,
        response_body: None,
        usage: Usage { input: Some(12), ..Usage::default() },
        spend: None,
        latency: Latency { total_us: 1_500, ..Latency::default() },
        coverage: Coverage::default(),
        detector_cost: Default::default(),
    }
}

/// Runs a test of the suite over a new database of SQLite, in a file.
pub async fn over_sqlite<F: Future<Output = ()>>(test: impl FnOnce(Arc<dyn Store>) -> F) {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", directory.path().join("renlayer.db").display());
    let store = store::open(&url.parse().unwrap()).await.unwrap();
    store.migrate(noon()).await.unwrap();
    test(store.clone()).await;
    store.close().await;
}

/// Runs a test of the suite over a new schema of PostgreSQL, where `RENLAYER_TEST_POSTGRES_URL` says there is one.
pub async fn over_postgres<F: Future<Output = ()>>(test: impl FnOnce(Arc<dyn Store>) -> F) {
    let Some(schema) = Schema::create().await else { return };
    let store = store::open(&schema.url.parse().unwrap()).await.unwrap();
    store.migrate(noon()).await.unwrap();
    test(store.clone()).await;
    store.close().await;
    schema.remove().await;
}

/// A schema of PostgreSQL that one test has for itself.
pub struct Schema {
    admin: sqlx::PgPool,
    name: String,
    pub url: String,
}

impl Schema {
    /// None where no server is configured, which is said aloud, and a failure where one is required.
    pub async fn create() -> Option<Self> {
        let Ok(base) = std::env::var("RENLAYER_TEST_POSTGRES_URL") else {
            let required = std::env::var("RENLAYER_TEST_REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
            assert!(!required, "RENLAYER_TEST_REQUIRE_POSTGRES=1, but RENLAYER_TEST_POSTGRES_URL is not set");
            eprintln!("NOT RUN over PostgreSQL: RENLAYER_TEST_POSTGRES_URL is not set");
            return None;
        };
        let admin = sqlx::PgPool::connect(&base).await.unwrap();
        let name = format!("test_{}", ulid::Ulid::new()).to_lowercase();
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE SCHEMA {name}"))).execute(&admin).await.unwrap();
        let separator = if base.contains('?') { '&' } else { '?' };
        let url = format!("{base}{separator}options=-c%20search_path%3D{name}");
        Some(Self { admin, name, url })
    }

    pub async fn remove(self) {
        let drop = format!("DROP SCHEMA {} CASCADE", self.name);
        sqlx::query(sqlx::AssertSqlSafe(drop)).execute(&self.admin).await.unwrap();
    }
}
