//! Finds sensitive data in bytes and takes it out, whole or as a stream.
//!
//! A [`Scanner`] is compiled once from [`Settings`] and then used from any thread. It takes bytes and says which [`Format`]
//! they have; it knows nothing of HTTP (one optional module aside), tenants or clocks.
//!
//! ```
//! use renlayer_dlp::{Action, Direction, Format, Input, Scanner};
//!
//! let scanner = Scanner::builtin();
//! let body = br#"{"messages": [{"role": "user", "content": "My card: 4111 1111 1111 1111"}]}"#;
//! let report = scanner.scan(body, Input { format: Format::Json, direction: Direction::Request, known: None });
//!
//! let finding = &report.findings[0];
//! assert_eq!(&*finding.class, "payment.card_number");
//! assert_eq!(finding.pointer.as_deref(), Some("/messages/0/content"));
//! assert_eq!(report.action(), Some(Action::Block));
//! ```
//!
//! - [`Report::redact`] edits the body in place: JSON stays JSON, every other byte stays as it was.
//! - [`StreamScanner`] does the same to text that arrives in pieces, and releases what is decided.
//! - [`KnownValues`] are exact values that must not come back, in any of the usual spellings.
//! - The feature `layer` (off unless asked for) adds `layer::DlpLayer`, the scanner around any tower service over HTTP.
//! - [`detector`] says what a detector is and how to add one; `DESIGN.md` how it all works.
//!
//! A finding never carries the value, in `Debug` neither. What could not be looked into is listed in [`Report::opaque`],
//! and is not clean.
// One module has some: `engine::sieve::vector`.
#![deny(unsafe_code)]

mod allow;
mod beginnings;
mod byteset;
mod check;
mod coding;
mod compile;
mod cost;
mod custom;
pub mod detector;
mod document;
mod engine;
mod finding;
mod form;
mod glob;
mod head;
mod json;
mod judge;
mod known;
#[cfg(feature = "layer")]
pub mod layer;
mod openings;
mod report;
mod scan;
mod scanner;
mod settings;
mod spare;
mod stand_in;
mod stream;
mod view;
mod words;

pub use cost::Cost;
pub use document::{Boundary, Format};
pub use finding::{Action, Evidence, Finding, Fingerprint, Severity};
pub use known::KnownValues;
pub use report::{Opaque, OpaqueReason, Report};
pub use scanner::{DetectorInfo, Direction, Input, Scanner};
pub use settings::{
    Allow, Check, DetectorSettings, ForAgents, Keywords, Pattern, Settings, SettingsError, Thresholds,
};
pub use stand_in::{Original, StandIns};
pub use stream::{StreamScanner, Verdict};
