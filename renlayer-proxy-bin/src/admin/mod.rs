//! What operators ask a running proxy: is it alive, is it ready, what did it count. All under `/_/`, on the agents'
//! listener where that is bound to loopback, else on a listener of its own.
//!
//! | path | answers |
//! |---|---|
//! | `/_/health/live` | 200 while the process serves |
//! | `/_/health/ready` | 200 when the store answers and the lease is held, 503 and why otherwise |
//! | `/_/metrics` | Prometheus text |

mod guard;
mod metrics;
mod record;
mod service;
mod usage;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use renlayer_core::Engine;
use renlayer_core::store::Store;
use serde_json::json;
use tokio::time::timeout;

pub(crate) use self::metrics::Metrics;
pub(crate) use self::record::Counted;
pub(crate) use self::service::{AdminOnly, Front};

/// Where everything of ours is found.
pub(crate) const PREFIX: &str = "/_/";

/// A store that takes longer than this does not answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The answers of the admin paths.
pub(crate) struct Admin {
    store: Arc<dyn Store>,
    engine: Engine,
    metrics: Arc<Metrics>,
    loopback: bool,
}

// === impl Admin ===

impl Admin {
    /// Answers about this store, this engine and these metrics; `loopback` says whether the listener is.
    pub(crate) fn new(store: Arc<dyn Store>, engine: Engine, metrics: Arc<Metrics>, loopback: bool) -> Self {
        Self { store, engine, metrics, loopback }
    }

    /// The answer to one request.
    pub(crate) async fn answer<B>(&self, request: &Request<B>) -> Response<Full<Bytes>> {
        if !guard::is_permitted(request, self.loopback) {
            return problem(StatusCode::FORBIDDEN, "web_page", "web pages may not call this");
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut refused =
                problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "only GET is answered here");
            refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return refused;
        }
        match request.uri().path() {
            "/_/health/live" => state(StatusCode::OK, "live"),
            "/_/health/ready" => self.ready().await,
            "/_/metrics" => self.counted(),
            _ => problem(
                StatusCode::NOT_FOUND,
                "not_found",
                "there is /_/health/live, /_/health/ready and /_/metrics",
            ),
        }
    }

    async fn ready(&self) -> Response<Full<Bytes>> {
        match timeout(PATIENCE, self.store.ping()).await {
            Ok(Ok(())) if !self.engine.lease().is_held(self.engine.ticks()) => {
                let detail = "whether what is in force here still is in force elsewhere is not known";
                problem(StatusCode::SERVICE_UNAVAILABLE, "no_lease", detail)
            }
            Ok(Ok(())) => state(StatusCode::OK, "ready"),
            Ok(Err(error)) => problem(StatusCode::SERVICE_UNAVAILABLE, "store", &error.to_string()),
            Err(_) => {
                problem(StatusCode::SERVICE_UNAVAILABLE, "store", "the database does not answer in time")
            }
        }
    }

    fn counted(&self) -> Response<Full<Bytes>> {
        match self.metrics.encode() {
            Ok(text) => answer(StatusCode::OK, Metrics::CONTENT_TYPE, text),
            Err(_) => problem(StatusCode::INTERNAL_SERVER_ERROR, "metrics", "the metrics cannot be written"),
        }
    }
}

fn state(status: StatusCode, state: &str) -> Response<Full<Bytes>> {
    answer(status, "application/json", json!({ "status": state }).to_string())
}

/// Problem details (RFC 9457).
fn problem(status: StatusCode, code: &str, detail: &str) -> Response<Full<Bytes>> {
    let title = status.canonical_reason().unwrap_or_default();
    let body = json!({ "status": status.as_u16(), "title": title, "code": code, "detail": detail });
    answer(status, "application/problem+json", body.to_string())
}

fn answer(status: StatusCode, content_type: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
