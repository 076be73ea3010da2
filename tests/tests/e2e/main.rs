//! End to end: the real `renlayer` binary between a raw HTTP client and an upstream that speaks the true wire formats.
//!
//! One binary for all, so that it links once; one file per promise. Every test has its own upstream, its own `renlayer`
//! on its own port, and its own database.
#![forbid(unsafe_code)]

mod authentication;
mod bad_input;
mod command_line;
mod credentials;
mod data;
mod failures;
mod fleet;
mod full_disk;
mod governance;
mod lifecycle;
mod lint;
mod mid_stream;
mod pass_through;
mod postgres;
mod shared_limits;
mod shared_places;
mod streams;
mod tls;
