//! The scanner as a tower layer, around any `Service<http::Request<B>>`.
//!
//! - **Requests** are gathered up to a [bound](DlpLayer::bound) and scanned whole: blocked with `403`, redacted, or sent on
//!   with their trailers as they came. One that is longer is answered with `413`, one that is encoded with `415`.
//! - **Answers** that are JSON are gathered and judged likewise. Other text streams through, judged as it comes; a blocked
//!   stream ends there. What is no text passes untouched, with its trailers and size hint.
//! - An answer that is too long to be gathered, or encoded, is a `502`; `Accept-Encoding` is therefore set to `identity`.
//! - A part that the scanner reports as opaque is not clean: a whole body that has one is a `403` too.
//! - A refusal is a response, a problem document that names a class and never a value. The inner service's error is
//!   handed up as it is, and so is the error of an answer's body.
//!
//! Only bodies are looked at: URIs and headers are not scanned, of text that streams no escapes are decoded, a value that is spread
//! over several events of an event stream or over several range requests is not put together. `renlayer-core` has a
//! layer that follows the dialects of model providers.
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response, StatusCode};
//! use http_body_util::Full;
//! use renlayer_dlp::{Scanner, layer::{DlpLayer, RequestBody}};
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let inner = service_fn(|_: Request<RequestBody>| async {
//!     Ok::<_, std::convert::Infallible>(Response::new(Full::from("done")))
//! });
//! let service = DlpLayer::new(Scanner::builtin())
//!     .on_findings(|direction, findings| println!("{direction:?}: {} findings", findings.len()))
//!     .layer(inner);
//!
//! let body = Full::<Bytes>::from("Charge my card: 4111 1111 1111 1111");
//! let response = service.oneshot(Request::post("/orders").body(body)?).await?;
//! assert_eq!(response.status(), StatusCode::FORBIDDEN);
//! # Ok(())
//! # }
//! ```

mod body;
mod future;
mod gather;
mod guard;
#[allow(clippy::module_inception, reason = "one middleware, one folder: mod, layer, service, future, body")]
mod layer;
mod media;
mod problem;
mod service;
mod text;

pub use body::{RequestBody, ResponseBody};
pub use future::ResponseFuture;
pub use layer::DlpLayer;
pub use service::Dlp;
