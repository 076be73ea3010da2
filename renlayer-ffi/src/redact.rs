//! Taking sensitive data out of a body.

use std::mem::MaybeUninit;

use renlayer_core::dlp::Report;

use crate::{
    boundary,
    buffer::Buffer,
    engine::Engine,
    input,
    scan::Body,
    status::{Failure, Status},
};

/// What is taken out of a body.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub enum Redaction {
    /// Every finding, whatever its action: for logs, and for whatever is to be kept.
    Everything = 1,
    /// The findings whose action is `redact`, as in a call that the engine governs. What would block the call stays:
    /// ask `renlayer_scan` for that.
    Configured = 2,
}

const REDACTIONS: [(u32, Redaction); 2] = [
    (Redaction::Everything as u32, Redaction::Everything),
    (Redaction::Configured as u32, Redaction::Configured),
];

impl Redaction {
    fn of(self, report: &Report, body: &[u8]) -> Vec<u8> {
        match self {
            Self::Everything => report.redact_all(body),
            Self::Configured => report.redact(body),
        }
        .into_owned()
    }
}

/// What could not be looked into cannot be redacted, and must not pass for what was.
fn readable(report: Report) -> Result<Report, Failure> {
    match report.opaque.first() {
        None => Ok(report),
        Some(opaque) => {
            let reason = opaque.reason.as_str();
            let message =
                format!("a part of the body could not be looked into ({reason}), so nothing is given back");
            Err(Failure::new(Status::Unscannable, message))
        }
    }
}

/// Takes sensitive data out of a body: each value becomes `[REDACTED:class]`, every other byte is as it was, and JSON
/// stays valid.
///
/// - `engine`: borrowed for the call.
/// - `body`, `body_len`: any bytes. Borrowed for the call, and not changed.
/// - `format`: one of `renlayer_body_format`. `direction`: one of `renlayer_direction`. `redaction`: one of
///   `renlayer_redaction`.
/// - `redacted`: receives the bytes, which the caller owns and frees with `renlayer_buffer_free`.
/// - `error`: receives the reason of a failure; may be NULL. The caller owns it.
///
/// Threads: any, at once.
///
/// On failure: UNSCANNABLE where a part could not be looked into, such as JSON nested too deep; also NULL_ARGUMENT,
/// INVALID_ARGUMENT, PANIC.
///
/// # Safety
///
/// `body_len` bytes must be readable at `body`; `redacted` and `error` must each be NULL or a variable of their own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn renlayer_redact(
    engine: Option<&Engine>,
    body: *const u8,
    body_len: usize,
    format: u32,
    direction: u32,
    redaction: u32,
    redacted: Option<&mut MaybeUninit<Box<Buffer>>>,
    error: Option<&mut MaybeUninit<Box<Buffer>>>,
) -> Status {
    boundary::call(redacted, error, || {
        let redaction = input::choice(redaction, &REDACTIONS, "redaction")?;
        // SAFETY: readable for the call as the caller promises, and not used after.
        let body = unsafe { Body::new(body, body_len, format, direction) }?;
        let report = readable(body.scan(engine)?)?;
        Ok(Buffer::from(redaction.of(&report, body.bytes)))
    })
}
