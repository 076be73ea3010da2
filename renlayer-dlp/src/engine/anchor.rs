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
        /// The first digit.
        first: ByteSet,
        /// What stands before the run; with the byte 0 where it may also be nothing.
        before: ByteSet,
        /// What stands after the run; with the byte 0 where it may also be nothing.
        next: ByteSet,
        /// How many more digits stand in the sixteen bytes after the run, at least; up to eight are told apart.
        more: u8,
    },
    /// Any byte of a set. For rare bytes: the detector is asked at every one.
    Byte(ByteSet),
    /// Any byte of a set between two others, of which either may be nothing where its set has the byte 0.
    Between {
        /// What stands before the byte.
        before: ByteSet,
        /// The byte.
        set: ByteSet,
        /// What stands after the byte.
        next: ByteSet,
    },
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
        Self::Digits { min, max, first: ByteSet::DIGIT, before: ByteSet::ALL, next: ByteSet::ALL, more: 0 }
    }

    /// This run of digits after one of `before`. Numbers are everywhere: what their neighbours and their first digit rule out
    /// costs next to nothing.
    #[must_use]
    pub const fn after(mut self, set: ByteSet) -> Self {
        if let Self::Digits { before, .. } = &mut self {
            *before = set;
        }
        self
    }

    /// This run of digits before one of a set.
    #[must_use]
    pub const fn then(mut self, set: ByteSet) -> Self {
        if let Self::Digits { next, .. } = &mut self {
            *next = set;
        }
        self
    }

    /// This run of digits where it begins with one of a set.
    #[must_use]
    pub const fn beginning(mut self, set: ByteSet) -> Self {
        if let Self::Digits { first, .. } = &mut self {
            *first = set;
        }
        self
    }

    /// This run of digits where at least so many more follow it in the next sixteen bytes. Where these have not all arrived, the
    /// detector may be asked all the same: it must itself find nothing without them.
    #[must_use]
    pub const fn followed_by(mut self, digits: u8) -> Self {
        if let Self::Digits { more, .. } = &mut self {
            *more = digits;
        }
        self
    }

    /// Whether a word before it would run into it.
    pub(crate) fn begins_word(&self) -> bool {
        let is_word = |byte: u8| ByteSet::WORD.has(byte);
        match self {
            Self::Literal(literal) | Self::Word(literal) => literal.first().copied().is_some_and(is_word),
            Self::Digits { .. } => true,
            Self::Byte(set) | Self::Between { set, .. } => set.iter().all(is_word),
        }
    }

    /// One byte.
    #[must_use]
    pub const fn byte(byte: u8) -> Self {
        Self::Byte(ByteSet::EMPTY.with(&[byte]))
    }
}
