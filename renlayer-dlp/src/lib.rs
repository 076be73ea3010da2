//! Finds sensitive data in bytes and takes it out.
#![forbid(unsafe_code)]

mod allow;
mod byteset;
mod check;
mod coding;
mod compile;
mod cost;
mod custom;
pub mod detector;
mod engine;
mod finding;
mod form;
mod glob;
mod json;
mod judge;
mod known;
mod report;
mod scan;
mod scanner;
mod settings;
mod stream;
mod words;

pub use cost::Cost;
pub use finding::{Action, Evidence, Finding, Fingerprint, Severity};
pub use known::KnownValues;
pub use report::{Opaque, OpaqueReason, Report};
pub use scanner::{DetectorInfo, Direction, Format, Input, Scanner};
pub use settings::{Allow, Check, DetectorSettings, Keywords, Pattern, Settings, SettingsError, Thresholds};
pub use stream::{StreamScanner, Verdict};
