//! What stands beside a place and near it, as far as it can be told without knowing where the strings of a document end.

use super::{Scope, before, more_digits};
use crate::byteset::ByteSet;
use crate::engine::anchor::Need;
use crate::engine::in_a_word;
use crate::engine::literals::{Apart, Literal};
use crate::engine::probe::Text;
use crate::engine::runs;
use crate::engine::sides::Around;
use crate::engine::sieve::{BLOCK, Masks};

/// The bytes beside a place: zero where the text ends. In a document a quote may be one, or the end of a string.
#[derive(Clone, Copy)]
pub(super) struct Neighbours<'t> {
    text: Text<'t>,
    scope: Scope,
}

impl<'t> Neighbours<'t> {
    #[inline]
    pub(super) fn new(text: Text<'t>, scope: Scope) -> Self {
        Self { text, scope }
    }

    #[inline]
    pub(super) fn text(&self) -> Text<'t> {
        self.text
    }

    #[inline]
    pub(super) fn before(&self, at: usize) -> Option<u8> {
        self.known(before(self.text, at))
    }

    #[inline]
    fn known(&self, byte: u8) -> Option<u8> {
        (self.scope == Scope::Text || byte != b'"').then_some(byte)
    }

    /// The byte before that.
    #[inline]
    pub(super) fn further(&self, at: usize) -> Option<u8> {
        at.checked_sub(1).map_or(Some(0), |at| self.before(at))
    }

    #[inline]
    pub(super) fn at(&self, at: usize) -> Option<u8> {
        self.known(self.text.bytes.get(at).copied().unwrap_or(0))
    }

    /// What stands around the run of digits from `start` to `end`.
    #[inline]
    pub(super) fn around(&self, start: usize, end: usize) -> Around<'t> {
        Around::new(self.text, self.scope, (start, end))
    }

    /// How many digits follow in the [`NEAR`](crate::engine::NEAR) bytes from `from` on, those of the next strings among them.
    #[inline]
    pub(super) fn more_digits(&self, from: usize) -> Option<u32> {
        more_digits(self.text, from)
    }
}

/* ===== words ===== */

impl Apart {
    /// Whether a literal at `at` begins a word, where it has to.
    #[inline(always)]
    pub(super) fn may_begin(self, beside: Neighbours<'_>, at: usize) -> bool {
        match self {
            Self::No => true,
            Self::FromLetters | Self::FromLettersBeside => {
                !joins(beside.before(at), beside.text.bytes.get(at).copied())
            }
            Self::FromWords => !in_a_word(beside.text, at),
        }
    }
}

impl Literal {
    /// Whether the literal at `at` ends a word, where it has to.
    #[inline]
    pub(super) fn may_end(&self, beside: Neighbours<'_>, at: usize) -> bool {
        let end = at + self.bytes.len();
        let last = || beside.text.bytes.get(end - 1).copied();
        self.apart != Apart::FromLettersBeside || !joins(last(), beside.at(end))
    }
}

/// Whether two neighbours belong to one word. In camel case they do not.
fn joins(left: Option<u8>, right: Option<u8>) -> bool {
    let (Some(left), Some(right)) = (left, right) else { return false };
    let camel = left.is_ascii_lowercase() && right.is_ascii_uppercase();
    left.is_ascii_alphabetic() && right.is_ascii_alphabetic() && !camel
}

/* ===== needs ===== */

/// Blocks that were sifted, to tell what stands near a place in them.
pub(super) struct Near<'m> {
    pub(super) beside: Neighbours<'m>,
    pub(super) masks: &'m [Masks],
    /// Where the first of them begins.
    pub(super) base: usize,
    /// Whether the text ends with the last one.
    pub(super) is_all: bool,
}

/// The shortest runs whose begins are told for a whole block.
pub(super) const RUN: usize = 16;

impl Near<'_> {
    /// Whether what a detector needs may be near its anchor at `at`.
    #[inline]
    pub(super) fn may_have(&self, need: Need, at: usize) -> bool {
        // The anchor may begin before its window, in blocks that are gone.
        let Some(from) = at.checked_sub(self.base) else { return true };
        match need {
            Need::Nothing => true,
            Need::Run { length, within: 0 } => self.is_unbroken(from, length.min(BLOCK)),
            Need::Run { length, .. } if length < RUN => true,
            Need::Run { length, within } => {
                self.any(from, (within.saturating_add(1), length.min(BLOCK)), |near, block| {
                    near.runs(block, length)
                })
            }
            Need::Digit(within) => self.any(from, (within, 0), Self::digits),
            Need::Mark { mark, within } => self.may_be_marked(at, (mark, within)),
            Need::Line => self.may_begin_line(at),
            Need::Value { given, told } => {
                let gives = |near: &Self, block| near.of(block, |masks| masks.gives);
                self.any(from, (given, 0), gives)
                    || (self.any(from, (told, 0), Self::digits) && self.may_tell(at))
                    || self.may_be_flag(at)
            }
        }
    }

    /// The digits of a block.
    #[inline]
    pub(super) fn digits(&self, block: usize) -> u64 {
        self.of(block, |masks| masks.digits)
    }

    /// Whether it is known that no digits are in the bytes from there on that [count](runs::NEAR) as near.
    #[inline]
    pub(super) fn is_last(&self, from: usize) -> bool {
        let (block, inside) = (from / BLOCK, from % BLOCK);
        let (first, second) = (self.digits(block), self.digits(block + 1));
        let digits = (u128::from(first) | u128::from(second) << BLOCK) >> inside;
        digits & ((1 << runs::NEAR) - 1) == 0 && self.knows(from + runs::NEAR)
    }

    /// What a block has; nothing is after the last one.
    #[inline]
    fn of(&self, block: usize, bits: fn(&Masks) -> u64) -> u64 {
        self.masks.get(block).map_or(0, bits)
    }

    /// Whether all up to there was sifted, or is after the end.
    #[inline]
    fn knows(&self, end: usize) -> bool {
        self.is_all || end <= (self.beside.text.bytes.len() - self.base).min(self.masks.len() * BLOCK)
    }

    /// The breaks of a block and the one after it.
    #[inline]
    fn breaks(&self, block: usize) -> u128 {
        let of = |block| self.masks.get(block).map_or(u64::MAX, |masks: &Masks| masks.breaks);
        u128::from(of(block)) | u128::from(of(block + 1)) << BLOCK
    }

    /// Whether no break is in the bytes from `from` on, of which there are [`BLOCK`] at most.
    #[inline]
    fn is_unbroken(&self, from: usize, length: usize) -> bool {
        let inside = (1 << length) - 1;
        !self.knows(from + length) || self.breaks(from / BLOCK) >> (from % BLOCK) & inside == 0
    }

    /// Where in a block runs without a break begin that are as long as the last power of two up to `length`: [`RUN`] bytes and more, and a
    /// block at most.
    #[inline]
    fn runs(&self, block: usize, length: usize) -> u64 {
        const { assert!(RUN == 16 && BLOCK == 64) };
        let free = !self.breaks(block);
        let mut runs = [1, 2, 4, 8].into_iter().fold(free, |runs, shift| runs & runs >> shift);
        if length >= 32 {
            runs &= runs >> 16;
        }
        if length >= 64 {
            runs &= runs >> 32;
        }
        runs as u64
    }

    /// Whether any of the places that `bits` says of a block is in the `length` bytes from `from` on. Each bit speaks of so many bytes as
    /// `reach` says.
    #[inline]
    fn any(&self, from: usize, (length, reach): (usize, usize), bits: impl Fn(&Self, usize) -> u64) -> bool {
        let end = from.saturating_add(length);
        if end == from || !self.knows(end.saturating_add(reach)) {
            return true;
        }
        let (first, last) = (from / BLOCK, (end - 1) / BLOCK);
        // Nothing is after the last block.
        (first..=last.min(self.masks.len())).any(|block| {
            let after_first = if block == first { u64::MAX << (from % BLOCK) } else { u64::MAX };
            let to_last = if block == last { u64::MAX >> (BLOCK - 1 - (end - 1) % BLOCK) } else { u64::MAX };
            bits(self, block) & after_first & to_last != 0
        })
    }

    /// Whether a mark may be in so many bytes from there on.
    fn may_be_marked(&self, at: usize, (mark, within): (u8, usize)) -> bool {
        let rest = self.beside.text.bytes.get(at..).unwrap_or_default();
        let is_known = self.is_all || rest.len() >= within;
        !is_known || memchr::memchr(mark, rest.get(..within).unwrap_or(rest)).is_some()
    }

    /// Whether nothing but indentation may stand before a place on its line.
    fn may_begin_line(&self, at: usize) -> bool {
        let Text { bytes, start, .. } = self.beside.text;
        let before = bytes.get(start.max(at.saturating_sub(Need::INDENT))..at).unwrap_or_default();
        match before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t')) {
            None | Some(b'\n') => true,
            Some(byte) => self.beside.known(*byte).is_none(),
        }
    }

    /// Whether a verb of a sentence may follow the name.
    fn may_tell(&self, at: usize) -> bool {
        const NAME: ByteSet = ByteSet::WORD.with(b"-").or(ByteSet::EMPTY.range(0x80, 0xff));
        let rest = self.beside.text.bytes.get(at..).unwrap_or_default();
        let name = rest.iter().take(Need::NAME).take_while(|byte| NAME.has(**byte)).count();
        match rest.get(name..).unwrap_or_default() {
            [b' ', next, ..] => Need::VERBS.has(*next),
            [] | [b' '] => true,
            _ => name == Need::NAME,
        }
    }

    /// Whether a dash or `ENV ` before the name, or in it, may make it a flag, or it is `identified by` of a statement.
    #[inline(never)]
    fn may_be_flag(&self, at: usize) -> bool {
        let bytes = self.beside.text.bytes;
        let near = bytes.get(at.saturating_sub(Need::BEHIND)..bytes.len().min(at + RUN)).unwrap_or_default();
        let is_sign = |from: usize| {
            let there = near.get(from..).unwrap_or_default();
            matches!(there, [b'-', ..]) || there.starts_with(b"ENV ")
        };
        memchr::memchr2_iter(b'-', b'E', near).any(is_sign) || stands(bytes, at, b"identified by ")
    }
}

/// Whether these words stand at `at`, in either case.
fn stands(bytes: &[u8], at: usize, words: &[u8]) -> bool {
    bytes.get(at..at + words.len()).is_some_and(|there| there.eq_ignore_ascii_case(words))
}
