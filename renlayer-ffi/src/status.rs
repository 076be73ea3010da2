//! How a call ended: a number for programs, and a sentence for people.

use std::borrow::Cow;

/// How a call ended. The numbers are part of the ABI: none changes its meaning, and new ones may come, so treat a
/// number you do not know as a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Status {
    /// It did what it says.
    Ok = 0,
    /// A handle, a result pointer, or bytes of a length other than 0, are NULL.
    NullArgument = 1,
    /// A number names no choice, or a length is beyond what memory can hold.
    InvalidArgument = 2,
    /// A text is not UTF-8.
    InvalidUtf8 = 3,
    /// The configuration is wrong; the error lists everything that is, each with line and column.
    InvalidConfig = 4,
    /// The sample call is not JSON, or does not describe a call.
    InvalidCall = 5,
    /// A part of the body could not be looked into, so it cannot be said to be free of anything.
    Unscannable = 6,
    /// The system did not give what was needed: randomness.
    Unavailable = 7,
    /// A bug in RenLayer. The handles remain usable.
    Panic = 8,
}

/// What becomes a status and an error's text. The text never holds a value out of a body or a call.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: Status,
    pub(crate) message: Cow<'static, str>,
}

// === impl Failure ===

impl Failure {
    pub(crate) fn new(status: Status, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: message.into() }
    }

    /// `what` is NULL.
    pub(crate) fn null(what: &str) -> Self {
        Self::new(Status::NullArgument, format!("`{what}` is NULL"))
    }

    /// A bug of ours, which is not the caller's to mend.
    pub(crate) fn bug(what: &'static str) -> Self {
        Self::new(Status::Panic, what)
    }
}
