//! Scanning a body.
//!
//! What is found comes as JSON and not as a handle with accessors: one allocation and one free whatever was found, the
//! same shape that traces and the command line have, and a field can be added without a function. Most bodies are clean,
//! and their JSON is some fifty bytes.

use std::mem::MaybeUninit;

use renlayer_core::dlp::{self, Action, Finding, Format, Input, Opaque, Report};
use serde::Serialize;

use crate::{
    boundary,
    buffer::Buffer,
    engine::{Engine, to_json},
    input,
    status::{Failure, Status},
};

/// How a body is written.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub enum BodyFormat {
    /// Text, or bytes of any kind.
    Text = 1,
    /// One JSON document; what does not parse is taken as text.
    Json = 2,
    /// `application/x-www-form-urlencoded`.
    Form = 3,
    /// One JSON document per line.
    Ndjson = 4,
}

/// Which way a body goes.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub enum Direction {
    /// From the agent to the upstream.
    Request = 1,
    /// From the upstream to the agent.
    Response = 2,
}

const FORMATS: [(u32, Format); 4] = [
    (BodyFormat::Text as u32, Format::Text),
    (BodyFormat::Json as u32, Format::Json),
    (BodyFormat::Form as u32, Format::Form),
    (BodyFormat::Ndjson as u32, Format::Ndjson),
];

const DIRECTIONS: [(u32, dlp::Direction); 2] = [
    (Direction::Request as u32, dlp::Direction::Request),
    (Direction::Response as u32, dlp::Direction::Response),
];

/// A body as C passes it.
pub(crate) struct Body<'a> {
    pub(crate) bytes: &'a [u8],
    format: Format,
    direction: dlp::Direction,
}

/// A report as C reads it. What each detector cost is left out.
#[derive(Serialize)]
struct Scanned<'a> {
    action: Option<Action>,
    findings: &'a [Finding],
    scanned: usize,
    opaque: &'a [Opaque],
}

// === impl Body ===

impl<'a> Body<'a> {
    /// # Safety
    ///
    /// That of [`input::bytes`].
    pub(crate) unsafe fn new(
        data: *const u8,
        len: usize,
        format: u32,
        direction: u32,
    ) -> Result<Self, Failure> {
        let format = input::choice(format, &FORMATS, "body_format")?;
        let direction = input::choice(direction, &DIRECTIONS, "direction")?;
        // SAFETY: promised by the caller, in the same words.
        let bytes = unsafe { input::bytes(data, len, "body") }?;
        Ok(Self { bytes, format, direction })
    }

    /// Scans it by the detectors of `engine`.
    pub(crate) fn scan(&self, engine: Option<&Engine>) -> Result<Report, Failure> {
        let engine = engine.ok_or_else(|| Failure::null("engine"))?;
        let input = Input { format: self.format, direction: self.direction, known: None };
        Ok(engine.snapshot().scanner.scan(self.bytes, input))
    }
}

// === impl Scanned ===

impl<'a> Scanned<'a> {
    fn of(report: &'a Report) -> Self {
        let Report { findings, scanned, opaque, .. } = report;
        Self { action: report.action(), findings, scanned: *scanned, opaque }
    }
}

/// Finds sensitive data in a body. The JSON it gives:
///
/// ```json
/// {"action": "block",
///  "findings": [{"class": "payment.card_number", "severity": "CRITICAL", "action": "block", "start": 9, "end": 28,
///                "pointer": "/card", "confidence": 0.99, "evidence": ["checksum"], "detector": "…",
///                "fingerprint": "…"}],
///  "scanned": 30, "opaque": []}
/// ```
///
/// `action` is the strongest of the findings' that takes effect, null where there is none. `start` and `end` count the
/// bytes of the body as given. A finding never holds the value; its `fingerprint` is equal for equal values, within one
/// engine. `opaque` lists parts that could not be looked into:
/// they are not clean, they are unknown.
///
/// - `engine`: borrowed for the call.
/// - `body`, `body_len`: any bytes. Borrowed for the call.
/// - `format`: one of `renlayer_body_format`. `direction`: one of `renlayer_direction`.
/// - `report`: receives the JSON, which the caller owns and frees with `renlayer_buffer_free`.
/// - `error`: receives the reason of a failure; may be NULL. The caller owns it.
///
/// Threads: any, at once. On failure: NULL_ARGUMENT, INVALID_ARGUMENT, PANIC.
///
/// # Safety
///
/// `body_len` bytes must be readable at `body`; `report` and `error` must each be NULL or a variable of their own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn renlayer_scan(
    engine: Option<&Engine>,
    body: *const u8,
    body_len: usize,
    format: u32,
    direction: u32,
    report: Option<&mut MaybeUninit<Box<Buffer>>>,
    error: Option<&mut MaybeUninit<Box<Buffer>>>,
) -> Status {
    boundary::call(report, error, || {
        // SAFETY: readable for the call as the caller promises, and not used after.
        let body = unsafe { Body::new(body, body_len, format, direction) }?;
        to_json(&Scanned::of(&body.scan(engine)?))
    })
}
