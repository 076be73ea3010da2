//! The C ABI of RenLayer: an engine from a configuration, then [scan](renlayer_scan), [redact](renlayer_redact) and
//! [evaluate](renlayer_evaluate). C reads `include/renlayer.h`, which is made from this crate.
//!
//! # Conventions
//!
//! They hold for every function; where one differs, it says so. The header opens with them.
//!
//! - **Names.** Every function, type and constant begins with `renlayer_` or `RENLAYER_`.
//! - **Ownership.** An engine and a buffer are handles: the caller holds a pointer and does not look behind it. Whoever
//!   receives one owns it and frees it exactly once, with the `_free` of its type. What is passed in is borrowed for the
//!   call and copied where it must last. No memory of the caller's is kept, and none is lent but a buffer's own bytes.
//! - **Out-parameters.** A result is written only on success, an error only on failure; the other variable stays as it
//!   was, so set both to NULL before. What they held is not freed. Two of them must not be one variable.
//! - **Failure.** A `renlayer_status` with a fixed number; 0 is success. `error`, where it is not NULL, receives a
//!   sentence for people, in a buffer like any other. Nothing is kept per thread or process: there is no "last error".
//! - **NULL.** A NULL handle or result pointer is `RENLAYER_STATUS_NULL_ARGUMENT`, not a crash. `error` may always be
//!   NULL. Bytes may be NULL where their length is 0. Every `_free` takes NULL and does nothing.
//! - **Bytes and text.** Always a pointer and a length; nothing needs to end in NUL, and nothing does. Text is UTF-8.
//!   Bodies that are scanned or redacted may be any bytes.
//! - **Choices** are passed as `uint32_t`, so that a number which names none is an error and not undefined. 0 never
//!   names one.
//! - **Threads.** Both handles may be used from any thread, by several at once, without a lock. A handle must not be
//!   freed while another thread uses it.
//! - **Panics** never cross: a call that panics answers `RENLAYER_STATUS_PANIC`, and its error says where, and nothing
//!   of what it was given. The engine remains usable. Memory that runs out ends the process, as everywhere in Rust.
//!
//! # Where things are
//!
//! One file a handle ([`engine`], [`buffer`]) or a function ([`scan`], [`redact`], [`evaluate`]); [`call`] reads what
//! `evaluate` is given, [`verdict`] writes what it answers. All that crosses goes through [`boundary`] (results, errors,
//! panics) and [`input`] (bytes, text, choices), which hold what there is of unsafe code besides the exports.
#![allow(unsafe_code, reason = "C calls in: this crate is the one place where that is translated")]
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks, clippy::missing_safety_doc)]

mod boundary;
mod buffer;
mod call;
mod engine;
mod evaluate;
mod input;
mod redact;
mod scan;
mod status;
mod verdict;
mod version;

pub use buffer::{Buffer, renlayer_buffer_data, renlayer_buffer_free, renlayer_buffer_len};
pub use engine::{ConfigFormat, Engine, renlayer_engine_free, renlayer_engine_new, renlayer_engine_warnings};
pub use evaluate::renlayer_evaluate;
pub use redact::{Redaction, renlayer_redact};
pub use scan::{BodyFormat, Direction, renlayer_scan};
pub use status::Status;
pub use version::{RENLAYER_ABI_MAJOR, RENLAYER_ABI_MINOR, RENLAYER_ABI_PATCH, renlayer_abi_version};
