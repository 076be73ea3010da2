//! What stands beside a place and near it, as far as it can be told from how the text is spelled.

use super::{Spelling, before, digits_in, more_digits};
use crate::byteset::ByteSet;
use crate::engine::anchor::Need;
use crate::engine::literals::{Apart, Literal};
use crate::engine::probe::Text;
use crate::engine::runs;
use crate::engine::sides::Around;
use crate::engine::sieve::{BLOCK, Masks};
use crate::engine::{LONGEST_ESCAPE, in_a_word};

/// The bytes beside a place: zero where the text ends, as a string of JSON does at its quotes.
#[derive(Clone, Copy)]
pub(super) struct Neighbours<'t> {
    text: Text<'t>,
    spelling: Spelling,
}

impl<'t> Neighbours<'t> {
    #[inline]
    pub(super) fn new(text: Text<'t>, spelling: Spelling) -> Self {
        Self { text, spelling }
    }

    #[inline]
    pub(super) fn text(&self) -> Text<'t> {
        self.text
    }

    #[inline]
    pub(super) fn before(&self, at: usize) -> Option<u8> {
        let byte = before(self.text, at);
        if self.spelling == Spelling::Plain {
            return Some(byte);
        }
        match byte {
            b'\\' => None,
            _ if before(self.text, at.saturating_sub(1)) == b'\\' || self.is_coded(at) => None,
            b'"' => Some(0),
            _ => Some(byte),
        }
    }

    /// Whether an escape of a terminal may end at `at`, of which the document says some characters by their numbers.
    fn may_follow_a_colour(&self, at: usize) -> bool {
        let near = self.text.bytes.get(at.saturating_sub(2 * CODED + LONGEST_ESCAPE)..at).unwrap_or_default();
        self.spelling == Spelling::Json && near.ends_with(b"m") && near.windows(2).any(|two| two == b"\\u")
    }

    /// The byte before that.
    #[inline]
    pub(super) fn further(&self, at: usize) -> Option<u8> {
        at.checked_sub(1).map_or(Some(0), |at| self.before(at))
    }

    /// Whether the escape of a character ends at `at`: `\u000a`.
    fn is_coded(&self, at: usize) -> bool {
        let escape = at.checked_sub(CODED).and_then(|from| self.text.bytes.get(from..));
        escape.is_some_and(|escape| escape.starts_with(b"\\u"))
    }

    #[inline]
    pub(super) fn at(&self, at: usize) -> Option<u8> {
        let byte = self.text.bytes.get(at).copied().unwrap_or(0);
        match byte {
            b'"' | b'\\' if self.spelling == Spelling::Plain => Some(byte),
            b'"' if before(self.text, at) != b'\\' => Some(0),
            b'"' | b'\\' => None,
            _ => Some(byte),
        }
    }

    /// What stands around the run of digits from `start` to `end`.
    #[inline]
    pub(super) fn around(&self, start: usize, end: usize) -> Around<'t> {
        Around::new(self.text, self.spelling, (start, end))
    }

    /// How many digits follow in the [`runs::NEAR`] bytes from `from` on.
    #[inline]
    pub(super) fn more_digits(&self, from: usize) -> Option<u32> {
        if self.spelling == Spelling::Plain {
            return more_digits(self.text, from);
        }
        let rest = self.text.bytes.get(from..).unwrap_or_default();
        let near = rest.get(..runs::NEAR).unwrap_or(rest);
        match first_mark(near) {
            None => Some(digits_in(near)),
            Some(end) if near.get(end) == Some(&b'"') => near.get(..end).map(digits_in),
            Some(_) => None,
        }
    }
}

/// Bytes of an escape that says a character by its number.
const CODED: usize = 6;

/// Where the first quote or backslash of them stands: told quickest of [`runs::NEAR`].
#[inline]
fn first_mark(bytes: &[u8]) -> Option<usize> {
    let Ok(bytes) = <[u8; runs::NEAR]>::try_from(bytes) else {
        return bytes.iter().position(|byte| matches!(byte, b'"' | b'\\'));
    };
    const ONES: u128 = u128::from_ne_bytes([1; runs::NEAR]);
    // Up to the first byte that is the same, high bits are set where one is, and nowhere else.
    let is = |byte: u8| {
        let other = u128::from_le_bytes(bytes) ^ (ONES * byte as u128);
        other.wrapping_sub(ONES) & !other & (ONES << 7)
    };
    let marks = is(b'"') | is(b'\\');
    (marks != 0).then(|| marks.trailing_zeros() as usize / 8)
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
            Self::FromWords => {
                beside.before(at).is_none() || !in_a_word(beside.text, at) || beside.may_follow_a_colour(at)
            }
        }
    }
}

impl Literal {
    /// Whether the literal at `at` ends a word, where it has to, and may go on with its tail.
    #[inline]
    pub(super) fn may_end(&self, beside: Neighbours<'_>, at: usize) -> bool {
        let end = at + self.bytes.len();
        let last = || beside.text.bytes.get(end - 1).copied();
        let is_apart = self.apart != Apart::FromLettersBeside || !joins(last(), beside.at(end));
        is_apart && (self.tail.is_empty() || self.may_have_tail(beside, end))
    }

    /// Whether its tail may stand there: an escape may be the first byte of it.
    fn may_have_tail(&self, beside: Neighbours<'_>, at: usize) -> bool {
        let next = beside.text.bytes.get(at);
        let is_escape = beside.spelling == Spelling::Json && next == Some(&b'\\');
        is_escape || next == self.tail.first() || (next.is_none() && !beside.text.complete)
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
const RUN: usize = 16;

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

    /// Whether no break is in the bytes from `from` on, of which there are [`BLOCK`] at most. What is unbroken is so as JSON spells
    /// it, and no shorter.
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

    /// Whether any of the places that `bits` says of a block is in the `length` bytes from `from` on. In JSON these may be spelled
    /// by twice as many, and a coded character may be anything. Each bit speaks of so many bytes as `reach` says.
    #[inline]
    fn any(&self, from: usize, (length, reach): (usize, usize), bits: impl Fn(&Self, usize) -> u64) -> bool {
        let is_json = self.beside.spelling == Spelling::Json;
        let end = from.saturating_add(if is_json { length.saturating_mul(2) } else { length });
        if end == from || !self.knows(end.saturating_add(reach)) {
            return true;
        }
        let (first, last) = (from / BLOCK, (end - 1) / BLOCK);
        (first..=last).any(|block| {
            let after_first = if block == first { u64::MAX << (from % BLOCK) } else { u64::MAX };
            let to_last = if block == last { u64::MAX >> (BLOCK - 1 - (end - 1) % BLOCK) } else { u64::MAX };
            let coded = if is_json { self.of(block, |masks| masks.coded) } else { 0 };
            (bits(self, block) | coded) & after_first & to_last != 0
        })
    }

    /// Whether a verb of a sentence may follow the name.
    fn may_tell(&self, at: usize) -> bool {
        const NAME: ByteSet = ByteSet::WORD.with(b"-").or(ByteSet::EMPTY.range(0x80, 0xff));
        let rest = self.beside.text.bytes.get(at..).unwrap_or_default();
        let name = rest.iter().take(Need::NAME).take_while(|byte| NAME.has(**byte)).count();
        match rest.get(name..).unwrap_or_default() {
            [b' ', next, ..] => Need::VERBS.has(*next),
            [b'\\', ..] => self.beside.spelling == Spelling::Json,
            [] | [b' '] => true,
            _ => name == Need::NAME,
        }
    }

    /// Whether a dash or `ENV ` before the name, or in it, may make it a flag, or it is `identified by` of a statement.
    #[inline(never)]
    fn may_be_flag(&self, at: usize) -> bool {
        let is_json = self.beside.spelling == Spelling::Json;
        let back = if is_json { 2 * Need::BEHIND } else { Need::BEHIND };
        let bytes = self.beside.text.bytes;
        let near = bytes.get(at.saturating_sub(back)..bytes.len().min(at + RUN)).unwrap_or_default();
        let is_sign = |from: usize| {
            let there = near.get(from..).unwrap_or_default();
            matches!(there, [b'-', ..])
                || there.starts_with(b"ENV ")
                || (is_json && there.starts_with(b"\\u"))
        };
        memchr::memchr3_iter(b'-', b'E', b'\\', near).any(is_sign) || stands(bytes, at, b"identified by ")
    }
}

/// Whether these words stand at `at`, in either case.
fn stands(bytes: &[u8], at: usize, words: &[u8]) -> bool {
    bytes.get(at..at + words.len()).is_some_and(|there| there.eq_ignore_ascii_case(words))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_first_mark_is_told(bytes in "[ -~]{0,7}[ !#\"\\\\\\[\\]^]{0,12}") {
            for bytes in [bytes.as_bytes(), format!("{bytes:<16}").as_bytes().get(..16).unwrap()] {
                prop_assert_eq!(first_mark(bytes), bytes.iter().position(|byte| b"\"\\".contains(byte)));
            }
        }

        /// What is told of the bytes beside a place of a JSON string is what it says there.
        #[test]
        fn neighbours_are_those_of_the_decoded_text(said in "([a-c0-9:]|[\"\\\\\n\t\u{1}é]){0,12}", coded: bool) {
            let spell = |c: char| match serde_json::to_string(&c.to_string()).unwrap() {
                _ if coded && c == ':' => "\\u003a".into(),
                quoted => quoted[1..quoted.len() - 1].to_owned(),
            };
            let written: Vec<String> = said.chars().map(spell).collect();
            let document = format!("[\"{}\",\"{}\"]", written.concat(), said.len());
            let beside = Neighbours::new(Text { bytes: document.as_bytes(), start: 0, complete: true }, Spelling::Json);
            let mut place = 2;
            for ((at, _), written) in said.char_indices().zip(&written) {
                if written.len() == 1 {
                    let byte = |at: Option<usize>| at.and_then(|at| said.as_bytes().get(at).copied()).unwrap_or(0);
                    let (before, next) = (beside.before(place), beside.at(place + 1));
                    prop_assert!(before.is_none_or(|told| told == byte(at.checked_sub(1))), "before {} of {}", place, document);
                    prop_assert!(next.is_none_or(|told| told == byte(Some(at + 1))), "after {} of {}", place, document);
                }
                place += written.len();
            }
        }
    }
}
