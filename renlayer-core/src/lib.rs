//! The engine of RenLayer: identity, wire dialects, the exchange, traces, stores, and the tower layers over them.
#![forbid(unsafe_code)]

pub mod clock;
pub mod compile;
pub mod config;
pub mod dialect;
pub mod engine;
pub mod exchange;
pub mod id;
pub mod identity;
pub mod key;
pub mod layer;
pub mod lease;
mod pin;
pub mod refill;
pub mod route;
pub mod secret;
mod sessions;
pub mod snapshot;
pub mod sse;
mod stand_ins;
pub mod store;
pub mod stream;
pub mod tokens;
pub mod trace;

pub use engine::Engine;
pub use renlayer_dlp as dlp;
pub use renlayer_policy as policy;
