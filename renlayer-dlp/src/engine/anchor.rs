//! Where detectors want to look, compiled into tables for one pass over the bytes.

use super::sides::{Decimal, Sides};
use crate::byteset::ByteSet;

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
        /// What stands after the byte after the run; with the byte 0 where it may also be nothing.
        second: ByteSet,
        /// How many letters stand before the run, or before one separator in front of it: a bit for each number of them, up to seven
        /// or more, which those at the end of a longer word count as.
        letters: u8,
        /// What it does not count after.
        joints: [Joint; 2],
        /// The words beside it, where only some of them matter.
        sides: Option<&'static Sides>,
        /// As the whole part of which decimals it counts.
        decimals: Decimals,
        /// Whether it counts as the begin of a date.
        dates: bool,
        /// How many digits the next group has, one byte away: a bit for each number of them.
        groups: u32,
    },
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

/// Two bytes before a run of digits that make it a part of something longer: the `3.` of a decimal, the `7-` of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joint {
    /// What stands before the mark.
    pub further: ByteSet,
    /// What stands before the run.
    pub mark: ByteSet,
}

/// Decimals, by what stands after their point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimals {
    /// Digits, at least.
    pub fewest: u8,
    /// What may follow these, as a [`Decimal`] tells it.
    pub ends: ByteSet,
}

impl Decimals {
    /// Any.
    pub const ALL: Self = Self { fewest: 0, ends: ByteSet::ALL };
    /// None.
    pub const NONE: Self = Self { fewest: u8::MAX, ends: ByteSet::EMPTY };

    /// Those with so many digits or more.
    #[must_use]
    pub const fn of(fewest: u8) -> Self {
        Self { fewest, ends: ByteSet::ALL }
    }

    /// These, before one of `ends`.
    #[must_use]
    pub const fn before(self, ends: ByteSet) -> Self {
        Self { ends, ..self }
    }

    /// Whether it is one of these.
    pub(crate) fn has(&self, decimal: Decimal) -> bool {
        decimal.digits >= self.fewest && self.ends.has(decimal.end)
    }
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

impl Joint {
    /// It is no part of anything.
    pub(crate) const NONE: Self = Self { further: ByteSet::EMPTY, mark: ByteSet::EMPTY };
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

    /// A run of digits.
    #[must_use]
    pub const fn digits(min: u8, max: u8) -> Self {
        let all = ByteSet::ALL;
        let (first, before, next, second) = (ByteSet::DIGIT, all, all, all);
        let (more, letters, joints, sides) = (0, u8::MAX, [Joint::NONE; 2], None);
        let (decimals, dates, groups) = (Decimals::ALL, true, u32::MAX);
        Self::Digits {
            min,
            max,
            first,
            before,
            next,
            more,
            second,
            letters,
            joints,
            sides,
            decimals,
            dates,
            groups,
        }
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

    /// This run of digits where one of a set is the second byte after it.
    #[must_use]
    pub const fn second(mut self, set: ByteSet) -> Self {
        if let Self::Digits { second, .. } = &mut self {
            *second = set;
        }
        self
    }

    /// This run of digits after so many letters, of which there are six at most; a separator (space, `-`, `.`, `/`) may stand
    /// between. Letters at the end of a longer word, one with a digit, an underscore or a plus sign in it, are none. Where the letters may be an escape,
    /// the detector may be asked all the same.
    #[must_use]
    pub const fn after_letters(mut self, count: u8) -> Self {
        if let Self::Digits { letters, .. } = &mut self {
            *letters = 1 << count;
        }
        self
    }

    /// This run of digits unless it is a part of something longer: one of some marks stands before it, and one of a set before that. Said
    /// twice at most. Where these may be an escape, the detector may be asked all the same: it must itself find nothing there.
    #[must_use]
    pub const fn unjoined(mut self, further: ByteSet, mark: ByteSet) -> Self {
        if let Self::Digits { joints, .. } = &mut self {
            let [first, _] = *joints;
            *joints = [Joint { further, mark }, first];
        }
        self
    }

    /// This run of digits unless it is the whole part of a decimal, of which `11.63` is one, and neither `030.90` nor `11.63.02`; or where it is, of
    /// one of these. Where that has not all arrived, the detector may be asked all the same: it must itself find nothing there.
    #[must_use]
    pub const fn of_decimals(mut self, which: Decimals) -> Self {
        if let Self::Digits { decimals, .. } = &mut self {
            *decimals = which;
        }
        self
    }

    /// This run of digits unless it begins a date, as `2026-11-30`, `30.11.2026` or `11/30/2026` does. Where that has not all arrived, the
    /// detector may be asked all the same: it must itself find nothing there.
    #[must_use]
    pub const fn undated(mut self) -> Self {
        if let Self::Digits { dates, .. } = &mut self {
            *dates = false;
        }
        self
    }

    /// This run of digits where one byte parts it from a run of one of these lengths, which are less than 24. Where that has not all arrived, the
    /// detector may be asked all the same: it must itself find nothing without it.
    #[must_use]
    pub fn before_group(mut self, lengths: &[u8]) -> Self {
        if let Self::Digits { groups, .. } = &mut self {
            debug_assert!(lengths.iter().all(|length| *length < 24), "more are not told apart");
            *groups = lengths.iter().fold(0, |groups, length| groups | 1 << length);
        }
        self
    }

    /// This run of digits unless what stands on either side of it is nothing to these. Where the words have not all arrived, the
    /// detector may be asked all the same: it must itself find nothing there.
    #[must_use]
    pub const fn beside(mut self, words: &'static Sides) -> Self {
        if let Self::Digits { sides, .. } = &mut self {
            *sides = Some(words);
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
