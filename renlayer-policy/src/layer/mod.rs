//! Policies and limits as tower layers, around any `Service<http::Request<B>>`.
//!
//! Both decide from the head of a request alone, at once: method, URI, headers, time, and the [`Identity`] that a function
//! of the caller's reads from it. Bodies of either direction pass as they are, readiness is forwarded, and the inner
//! service's error is handed up untouched: a refusal is a response with a problem document (RFC 9457).
//!
//! - [`PolicyLayer`] answers `403` where policies deny, and leaves a [`Flagged`] in the request's extensions where one
//!   flags. It is not made from policies that ask for more than a head tells.
//! - [`RateLimitLayer`] answers `429` with `Retry-After` where a limit is used up. Every answer carries the `RateLimit` and
//!   `RateLimit-Policy` fields of the limits that applied.
//!
//! To them every call is an `http_request` in the dialect `http`. `renlayer-core` has a layer that reads bodies.
//!
//! ```
//! use http::{Request, Response, StatusCode};
//! use renlayer_policy::layer::{Identity, PolicyLayer};
//! use renlayer_policy::{PolicyAction, PolicySet};
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let policies = serde_json::from_str(
//!     r#"[{"name": "no-deletes", "match": {"upstream": {"method": "DELETE"}, "agent": "intern-*"}, "action": "DENY"}]"#,
//! )?;
//! let policies = PolicySet::compile(policies, PolicyAction::Allow).expect("valid policies");
//!
//! let inner = service_fn(|_: Request<String>| async {
//!     Ok::<_, std::convert::Infallible>(Response::new(String::from("done")))
//! });
//! let service = PolicyLayer::new(policies)?
//!     .identity(|head| Identity {
//!         agent_name: head.headers.get("x-agent").and_then(|name| name.to_str().ok()).map(Into::into),
//!         ..Identity::default()
//!     })
//!     .layer(inner);
//!
//! let request = Request::delete("https://api.example/orders/1").header("x-agent", "intern-bot");
//! let response = service.oneshot(request.body(String::new())?).await?;
//! assert_eq!(response.status(), StatusCode::FORBIDDEN);
//! # Ok(())
//! # }
//! ```

mod body;
mod future;
mod head;
#[allow(clippy::module_inception, reason = "one middleware, one folder: mod, layer, service, future, body")]
mod layer;
mod problem;
mod rate_limit;
mod service;

pub use body::ResponseBody;
pub use future::ResponseFuture;
pub use head::Identity;
pub use layer::{Beyond, PolicyLayer, RateLimitLayer, Uncountable};
pub use service::{Flagged, PolicyService, RateLimitService};
