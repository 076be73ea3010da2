//! The engine of RenLayer: identity, wire dialects, the exchange, traces, stores, and the tower layers over them.
#![forbid(unsafe_code)]

pub mod dialect;
pub mod id;
pub mod key;
pub mod sse;

pub use renlayer_dlp as dlp;
pub use renlayer_policy as policy;
