//! Runs of digits, and what a detector may say of them that it looks at.

use super::Anchor;
use crate::byteset::ByteSet;
use crate::engine::sides::{Decimal, Sides};

/// A run of `min` to `max` ASCII digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits {
    /// The shortest run.
    pub min: u8,
    /// The longest run; 32 and more are one length.
    pub max: u8,
    /// The first digit.
    pub first: ByteSet,
    /// What stands before the run; with the byte 0 where it may also be nothing.
    pub before: ByteSet,
    /// What stands after the run; with the byte 0 where it may also be nothing.
    pub next: ByteSet,
    /// How many more digits stand in the sixteen bytes after the run, at least; up to eight are told apart.
    pub more: u8,
    /// What stands after the byte after the run; with the byte 0 where it may also be nothing.
    pub second: ByteSet,
    /// How many letters stand before the run, or before one separator in front of it: a bit for each number of them, up to seven
    /// or more, which those at the end of a longer word count as.
    pub letters: u8,
    /// What it does not count after.
    pub joints: [Joint; 2],
    /// The words beside it, where only some of them matter.
    pub sides: Option<&'static Sides>,
    /// As the whole part of which decimals it counts.
    pub decimals: Decimals,
    /// Whether it counts as the begin of a date.
    pub dates: bool,
    /// Whether it counts as the zero of a hexadecimal constant.
    pub hexes: bool,
    /// How many digits the next group has, one byte away: a bit for each number of them.
    pub groups: u32,
}

/// Two bytes before a run of digits that make it a part of something longer: the `3.` of a decimal, the `7-` of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joint {
    /// What stands before the mark.
    pub further: ByteSet,
    /// What stands before the run.
    pub mark: ByteSet,
}

impl Joint {
    /// It is no part of anything.
    pub(crate) const NONE: Self = Self { further: ByteSet::EMPTY, mark: ByteSet::EMPTY };
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

impl Anchor {
    /// A run of digits.
    #[must_use]
    pub const fn digits(min: u8, max: u8) -> Self {
        Self::Digits(Digits {
            min,
            max,
            first: ByteSet::DIGIT,
            before: ByteSet::ALL,
            next: ByteSet::ALL,
            more: 0,
            second: ByteSet::ALL,
            letters: u8::MAX,
            joints: [Joint::NONE; 2],
            sides: None,
            decimals: Decimals::ALL,
            dates: true,
            hexes: true,
            groups: u32::MAX,
        })
    }

    fn with(mut self, change: impl FnOnce(&mut Digits)) -> Self {
        if let Self::Digits(digits) = &mut self {
            change(digits);
        }
        self
    }

    /// This run of digits after one of `before`. Numbers are everywhere: what their neighbours and their first digit rule out
    /// costs next to nothing.
    #[must_use]
    pub fn after(self, set: ByteSet) -> Self {
        self.with(|digits| digits.before = set)
    }

    /// This run of digits before one of a set.
    #[must_use]
    pub fn then(self, set: ByteSet) -> Self {
        self.with(|digits| digits.next = set)
    }

    /// This run of digits where one of a set is the second byte after it.
    #[must_use]
    pub fn second(self, set: ByteSet) -> Self {
        self.with(|digits| digits.second = set)
    }

    /// This run of digits after so many letters, of which there are six at most; a separator (space, `-`, `.`, `/`) may stand
    /// between. Letters at the end of a longer word, one with a digit, an underscore or a plus sign in it, are none. Where the letters may be an escape,
    /// the detector may be asked all the same.
    #[must_use]
    pub fn after_letters(self, count: u8) -> Self {
        self.with(|digits| digits.letters = 1 << count)
    }

    /// This run of digits unless it is a part of something longer: one of some marks stands before it, and one of a set before that. Said
    /// twice at most. Where these may be an escape, the detector may be asked all the same: it must itself find nothing there.
    #[must_use]
    pub fn unjoined(self, further: ByteSet, mark: ByteSet) -> Self {
        self.with(|digits| {
            let [first, second] = digits.joints;
            debug_assert!(second == Joint::NONE, "said twice at most");
            digits.joints = [Joint { further, mark }, first];
        })
    }

    /// This run of digits unless it is the whole part of a decimal, of which `11.63` is one, and neither `030.90` nor `11.63.02`; or where it is, of
    /// one of these. Where that has not all arrived, the detector may be asked all the same: it must itself find nothing there.
    #[must_use]
    pub fn of_decimals(self, which: Decimals) -> Self {
        self.with(|digits| digits.decimals = which)
    }

    /// This run of digits unless it begins a date, as `2026-11-30`, `30.11.2026` or `11/30/2026` does. Where that has not all arrived, the
    /// detector may be asked all the same: it must itself find nothing there.
    #[must_use]
    pub fn undated(self) -> Self {
        self.with(|digits| digits.dates = false)
    }

    /// This run of digits unless it is the zero of a hexadecimal constant, as of `0x1f`. Where that has not all arrived, the detector may be
    /// asked all the same: it must itself find nothing there.
    #[must_use]
    pub fn not_hex(self) -> Self {
        self.with(|digits| digits.hexes = false)
    }

    /// This run of digits where one byte parts it from a run of one of these lengths, which are less than 24. Where that has not all arrived, the
    /// detector may be asked all the same: it must itself find nothing without it.
    #[must_use]
    pub fn before_group(self, lengths: &[u8]) -> Self {
        debug_assert!(lengths.iter().all(|length| *length < 24), "more are not told apart");
        self.with(|digits| digits.groups = lengths.iter().fold(0, |groups, length| groups | 1 << length))
    }

    /// This run of digits unless what stands on either side of it is nothing to these. Where the words have not all arrived, the
    /// detector may be asked all the same: it must itself find nothing there.
    #[must_use]
    pub fn beside(self, words: &'static Sides) -> Self {
        self.with(|digits| digits.sides = Some(words))
    }

    /// This run of digits where it begins with one of a set.
    #[must_use]
    pub fn beginning(self, set: ByteSet) -> Self {
        self.with(|digits| digits.first = set)
    }

    /// This run of digits where at least so many more follow it in the next sixteen bytes. Where these have not all arrived, the
    /// detector may be asked all the same: it must itself find nothing without them.
    #[must_use]
    pub fn followed_by(self, count: u8) -> Self {
        self.with(|digits| digits.more = count)
    }
}
