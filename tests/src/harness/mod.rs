//! A real `renlayer` process per test, a raw HTTP client to call it with, and its traces.
//!
//! ```no_run
//! use renlayer_tests::harness::Renlayer;
//! use renlayer_tests::upstream::{Script, Upstream};
//!
//! let upstream = Upstream::start();
//! upstream.play(Script::says(["Hello."]));
//! let renlayer = Renlayer::in_front_of(&upstream).start();
//! let answer = renlayer.chat("Hi!");
//! assert_eq!(answer.status, 200);
//! assert_eq!(renlayer.trace(&answer)["status"], "ALLOWED");
//! ```

mod command;
mod http;
mod process;
mod redis;
mod renlayer;
mod samples;
mod setup;
mod traces;

pub use self::command::{Finished, binary, renlayer};
pub use self::http::{Connection, Head, Response};
pub use self::process::poll;
pub use self::redis::Redis;
pub use self::renlayer::Renlayer;
pub use self::samples::{AGENT_NAME, agent_key, aws_access_key, base64, card_number, provider_key};
pub use self::setup::Setup;

/// The longest that anything which should happen is waited for; generous, for loaded machines.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);
