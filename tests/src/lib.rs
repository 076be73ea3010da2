//! What the end-to-end tests stand on: an upstream that speaks the true wire formats, and a harness around the
//! real `renlayer` binary.
//!
//! - [`upstream`] is a local server. It answers as OpenAI, Anthropic, Gemini or an MCP server would, with words,
//!   splits and faults that the test scripts as data, and remembers every request as it arrived.
//! - [`harness`] starts `renlayer` in a temporary directory, talks to it over a raw socket (so that a test can also
//!   send what no client library would) and reads its traces back.
//!
//! The same upstream is a program, `mock-upstream`, for tests in other languages.
#![forbid(unsafe_code)]

pub mod harness;
pub mod upstream;
