//! Where detectors want to look, compiled into tables for one pass over the bytes.

use crate::byteset::ByteSet;

/// Bytes at which a detector is worth asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// These bytes, at least three.
    Literal(Vec<u8>),
    /// These bytes in either ASCII case, at least three; given in lower case.
    Word(Vec<u8>),
    /// The first digit of a run of `min` to `max` ASCII digits.
    Digits {
        /// The shortest run.
        min: u8,
        /// The longest run; 32 and more are one length.
        max: u8,
        /// What stands before the run; [`ByteSet::ALL`] where it may also be nothing.
        before: ByteSet,
        /// What stands after the run; [`ByteSet::ALL`] where it may also be nothing.
        next: ByteSet,
    },
    /// Any byte of a set. For rare bytes: the detector is asked at every one.
    Byte(ByteSet),
}

impl Anchor {
    /// These bytes as they are.
    #[must_use]
    pub fn literal(bytes: impl AsRef<[u8]>) -> Self {
        Self::Literal(bytes.as_ref().to_vec())
    }

    /// These bytes in either ASCII case.
    #[must_use]
    pub fn word(bytes: impl AsRef<[u8]>) -> Self {
        Self::Word(bytes.as_ref().to_ascii_lowercase())
    }

    /// A run of digits.
    #[must_use]
    pub const fn digits(min: u8, max: u8) -> Self {
        Self::Digits { min, max, before: ByteSet::ALL, next: ByteSet::ALL }
    }

    /// A run of digits after one of `before`. Numbers are everywhere: what the neighbours rule out costs next to nothing.
    #[must_use]
    pub const fn digits_after(before: ByteSet, min: u8, max: u8) -> Self {
        Self::Digits { min, max, before, next: ByteSet::ALL }
    }

    /// A run of digits before one of `next`.
    #[must_use]
    pub const fn digits_then(min: u8, max: u8, next: ByteSet) -> Self {
        Self::Digits { min, max, before: ByteSet::ALL, next }
    }

    /// One byte.
    #[must_use]
    pub const fn byte(byte: u8) -> Self {
        Self::Byte(ByteSet::EMPTY.with(&[byte]))
    }
}
