//! Where detectors want to look, compiled into tables for one pass over the bytes.

mod digits;

use crate::byteset::ByteSet;
pub use digits::{Decimals, Digits, Joint};

/// Bytes at which a detector is worth asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// These bytes, at least three.
    Literal(Vec<u8>),
    /// These bytes in either ASCII case, at least three; given in lower case.
    Word(Vec<u8>),
    /// A word that no letter runs into, humps aside: the `heap` of `my_heap`, `myHeap` and `heaps`, and not that of `cheap`.
    Begin {
        /// The bytes, as for [`Anchor::Word`].
        word: Vec<u8>,
        /// Whether it runs into no letter either: `heap` in `heapSize`, and not in `heaps`.
        is_whole: bool,
    },
    /// The first digit of such a run.
    Digits(Digits),
    /// Any byte of a set. For rare bytes: the detector is asked at every one.
    Byte(ByteSet),
    /// Any byte of a set between others, of which each may be nothing where its set has the byte 0. A detector may ask so for the
    /// same byte again where what stands beside it is another.
    Between {
        /// What stands before the byte before it.
        further: ByteSet,
        /// What stands before the byte.
        before: ByteSet,
        /// The byte.
        set: ByteSet,
        /// What stands after the byte.
        next: ByteSet,
        /// How often the byte stands again at least; where that has not all arrived, the detector may be asked all the same.
        again: Again,
    },
}

/// How often a byte stands again in the bytes after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Again {
    /// So often, at least.
    pub times: u8,
    /// In so many bytes.
    pub within: u8,
}

impl Again {
    /// It need not.
    pub const NONE: Self = Self { times: 0, within: 0 };
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

    /// These bytes in either ASCII case, where a word begins.
    #[must_use]
    pub fn begin(bytes: impl AsRef<[u8]>) -> Self {
        Self::Begin { word: bytes.as_ref().to_ascii_lowercase(), is_whole: false }
    }

    /// These bytes in either ASCII case, where they are a whole word.
    #[must_use]
    pub fn whole(bytes: impl AsRef<[u8]>) -> Self {
        Self::Begin { word: bytes.as_ref().to_ascii_lowercase(), is_whole: true }
    }

    /// Any byte of a set between these, whatever stands before those.
    #[must_use]
    pub const fn between(before: ByteSet, set: ByteSet, next: ByteSet) -> Self {
        Self::Between { further: ByteSet::ALL, before, set, next, again: Again::NONE }
    }

    /// This byte where it stands so often again in so many bytes after it.
    #[must_use]
    pub const fn again(mut self, times: u8, within: u8) -> Self {
        if let Self::Between { again, .. } = &mut self {
            *again = Again { times, within };
        }
        self
    }

    /// Whether a word before it would run into it.
    pub(crate) fn begins_word(&self) -> bool {
        let is_word = |byte: u8| ByteSet::WORD.has(byte);
        match self {
            Self::Literal(literal) | Self::Word(literal) | Self::Begin { word: literal, .. } => {
                literal.first().copied().is_some_and(is_word)
            }
            Self::Digits(_) => true,
            Self::Byte(set) | Self::Between { set, .. } => set.iter().all(is_word),
        }
    }

    /// One byte.
    #[must_use]
    pub const fn byte(byte: u8) -> Self {
        Self::Byte(ByteSet::EMPTY.with(&[byte]))
    }
}

/// What stands near an anchor wherever its detector finds anything. The pass tells it for many places at once, and asks no
/// detector where it is missing; where text has not arrived, or an anchor is met alone, a detector is asked all the same, so it
/// must itself find nothing without it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Need {
    /// Nothing that is known.
    #[default]
    Nothing,
    /// At least `length` bytes in a row of which none is a [break](ByteSet::BREAK); they begin at the anchor, or at most `within`
    /// bytes after that.
    Run {
        /// How many bytes. More than 64 are as good as 64; with a way to go, others are as good as the last power of two.
        length: usize,
        /// How far after the begin of the anchor the first of them is.
        within: usize,
    },
    /// A digit, at most so many bytes after the begin of the anchor.
    Digit(usize),
    /// This byte, at most so many bytes after the begin of the anchor.
    Mark {
        /// Which byte.
        mark: u8,
        /// How far after the begin of the anchor.
        within: usize,
    },
    /// The begin of a line, with no more than [`Need::INDENT`] bytes of indentation after it.
    Line,
    /// One of [`Need::GIVES`]; or a digit, where a space and one of [`Need::VERBS`] follow the rest of
    /// the word; or, in the [`Need::BEHIND`] bytes before or the next few, a dash or `ENV `; or the words `identified by` at the anchor.
    Value {
        /// How far after the begin of the anchor the first of them is at most.
        given: usize,
        /// And how far the digit.
        told: usize,
    },
}

impl Need {
    /// No line is indented farther of which the begin is looked for.
    pub const INDENT: usize = 80;
    /// How far before an anchor a flag may begin.
    pub const BEHIND: usize = 48;
    /// No name that a sentence tells the value of is longer, from its anchor on.
    pub const NAME: usize = 24;
    /// What the verb of such a sentence begins with, or the second word of a name.
    pub const VERBS: ByteSet = ByteSet::EMPTY.with(b"iwlektfo\xc3");
    /// What gives a name its value.
    pub const GIVES: ByteSet = ByteSet::EMPTY.with(b"=:>\"'`");
}
