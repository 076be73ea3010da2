//! What stands on either side of a number, told from the few bytes there before any detector is asked.
//!
//! Most numbers of ordinary text stand between two words that are nobody's: `it took 12 days`. A detector that reads the words
//! beside a number says which of them matter to it ([`Sides`]), and is asked nowhere else. Of a word of its lists the first eight
//! bytes count, or the last eight, so that it is asked for some other words too, and for none too few.

mod between;
mod name;
pub(super) mod number;
mod word;

use super::anchor::Joint;
use super::probe::Text;
use super::table::Scope;
use crate::byteset::ByteSet;
pub(super) use between::Between;
use number::Arrived;
pub use number::Decimal;
pub(super) use number::Written;
use word::{Octets, Word, last_eight, no_lower};

/// Separators that may stand between the letters of a number and its digits.
pub(crate) const SEPARATOR: ByteSet = ByteSet::EMPTY.with(b" -./");
/// More letters than this before a number are as good as any.
pub(crate) const MOST_LETTERS: usize = 7;
/// Letters of a word that are looked at, at most.
const LONGEST: usize = 40;
/// With a full stop a word of fewer letters may be short for another.
const ABBREVIATION: usize = 5;
/// A name with fewer letters after its capital is no word made of two, as names of streets are.
const NAME: usize = 5;
/// What goes on with a word, or may.
const IN_WORDS: ByteSet = ByteSet::ALPHA.with(b".'-\\").or(ByteSet::EMPTY.range(0x80, 0xff));
/// Before letters these make them the end of something longer.
const IN_A_WORD: ByteSet = ByteSet::WORD.with(b"+");
/// What may stand between a number and what an address goes on with, and how much of it.
const GAP: ByteSet = ByteSet::SPACE.with(b",");
const LONGEST_GAP: usize = 4;
/// A sign for a number has no more letters.
const LONGEST_SIGN: usize = 2;
/// What may stand on the other side of a word.
const APART: ByteSet = IN_WORDS.or(ByteSet::DIGIT).with(b"\"").not();

/// The words beside a number that matter to a detector. Where on both sides something else stands, it finds nothing: a word of
/// lower-case letters in none of the lists, after the number such a word with one before it that begins with a capital, before it a
/// name that ends like none of its own, another number, a wide gap, a label with its colon, or a mark that parts the number from what is
/// there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sides {
    before: Octets,
    after: Octets,
    after_a_name: Octets,
    /// The last three letters of what a name ends with that is written in one word.
    endings: Octets,
    /// Words with a capital after which any word is a name.
    openers: &'static [&'static [u8]],
    /// Whether the same holds where a comma, a full stop or the end of a line stands between the word before and the number.
    over_marks: bool,
}

impl Sides {
    /// Lists of words in lower case, with spaces around each: those that matter before a number, those that matter after it, and those
    /// that matter after it and a word with a capital.
    #[must_use]
    pub const fn new(before: &[&str], after: &[&str], after_a_name: &[&str]) -> Self {
        let (before, after) = (Octets::of(before, true), Octets::of(after, false));
        let after_a_name = Octets::of(after_a_name, false);
        Self { before, after, after_a_name, endings: Octets::NONE, openers: &[], over_marks: false }
    }

    /// With what names before the number end with, of three bytes at least.
    #[must_use]
    pub const fn after_names_with(mut self, endings: &[&str]) -> Self {
        self.endings = Octets::of_last_three(endings);
        self
    }

    /// With words of two to four letters that begin with a capital, after which a word before the number matters whatever it is.
    #[must_use]
    pub const fn after_openers(mut self, openers: &'static [&'static [u8]]) -> Self {
        self.openers = openers;
        self
    }

    /// The same where a comma, a full stop or the end of a line parts a word from the number after it.
    #[must_use]
    pub const fn over_marks(mut self) -> Self {
        self.over_marks = true;
        self
    }
}

#[cfg(test)]
impl Sides {
    /// Whether what stands on either side of a run of digits is nothing to these.
    pub(crate) fn part(&self, text: Text<'_>, run: std::ops::Range<usize>) -> bool {
        Around::new(text, Scope::Text, (run.start, run.end)).is_apart(self)
    }
}

/// The bytes on either side of a run of digits, as far as they have arrived.
#[derive(Clone, Copy)]
pub(super) struct Around<'t> {
    text: Text<'t>,
    scope: Scope,
    start: usize,
    end: usize,
}

impl<'t> Around<'t> {
    /// Around the run from `start` to `end`.
    #[inline]
    pub(super) fn new(text: Text<'t>, scope: Scope, (start, end): (usize, usize)) -> Self {
        Self { text, scope, start, end }
    }

    /// The second byte after the run, 0 where the text has ended; nothing where that is not known.
    #[inline]
    pub(super) fn second(&self) -> Option<u8> {
        let ahead = self.text.bytes.get(self.end..).unwrap_or_default();
        match *ahead {
            [next, second, ..] => (!self.is_open(next) && !self.is_open(second)).then_some(second),
            _ => self.text.complete.then_some(0),
        }
    }

    /// How many letters stand before the run, or before the one separator in front of it, up to [`MOST_LETTERS`], which those of a longer
    /// word are too; nothing where that is not known: the letter of an escape written out may be none.
    #[inline]
    pub(super) fn letters(&self) -> Option<usize> {
        let word = match self.behind() {
            [rest @ .., last] if SEPARATOR.has(*last) => rest,
            behind => behind,
        };
        match letters_at_the_end_of(word) {
            (_, Some(b'\\')) => None,
            (count, Some(before)) if count > 0 && IN_A_WORD.has(before) => Some(MOST_LETTERS),
            (count, _) => Some(count),
        }
    }

    /// Whether the run is in the middle of a word: letters stand directly before it, and before these a digit, an underscore, a plus sign, or more letters
    /// than a number has.
    #[inline]
    pub(super) fn is_in_a_word(&self) -> bool {
        let (count, before) = letters_at_the_end_of(self.behind());
        count > 0 && before.is_some_and(|before| IN_A_WORD.has(before))
    }

    #[inline]
    fn behind(&self) -> &'t [u8] {
        self.text.bytes.get(self.text.start..self.start).unwrap_or_default()
    }

    /// What the run is told to be by what follows it.
    #[inline]
    pub(super) fn written(&self) -> Written {
        match self.text.bytes.get(self.end) {
            Some(b'.' | b'-' | b'/' | b'x') => Written::of(self.text, self.start..self.end),
            _ => Written::Plain,
        }
    }

    /// How many digits stand after the byte after the run, if that is known.
    #[inline]
    pub(super) fn next_group(&self) -> Option<usize> {
        Arrived::tell(self.text, |bytes| number::next_group(bytes, self.start..self.end))
    }

    /// The byte before the byte before the run.
    #[inline]
    pub(super) fn further(&self) -> Option<u8> {
        self.start.checked_sub(2).and_then(|at| self.text.bytes.get(at)).copied()
    }

    /// Whether the run is known to be a part of something longer, by what stands directly before it.
    #[inline]
    pub(super) fn is_joined(&self, joint: &Joint) -> bool {
        matches!(self.behind(), [.., further, mark] if joint.mark.has(*mark) && joint.further.has(*further))
    }

    /// Whether what stands on either side is nothing to a detector with these [`Sides`].
    #[inline(never)]
    pub(super) fn is_apart(&self, sides: &Sides) -> bool {
        self.is_apart_after(sides) && self.is_apart_before(sides)
    }

    #[inline]
    fn is_apart_after(&self, sides: &Sides) -> bool {
        let ahead = match self.text.bytes.get(self.end..).unwrap_or_default() {
            [b'.', line @ ..] if line.first() == Some(&b'\n') => line,
            ahead => ahead,
        };
        match *ahead {
            [b' ' | b'\n', first, ..] if first.is_ascii_lowercase() => sides.is_apart_after_a_word(ahead, 1),
            [b' ' | b'\n', first, ..] if first.is_ascii_uppercase() => sides.is_apart_after_a_name(ahead),
            [b',', first, ..] if first.is_ascii_digit() => true,
            [first, ..] if GAP.has(first) => self.is_apart_over_a_gap(sides, ahead),
            [b'.', after, ..] => !matches!(after, b',' | b'\n' | b'\r') && !self.is_open(after),
            [mark, ..] => b")\"';<".contains(&mark) && !self.is_open(mark),
            [] => false,
        }
    }

    /// The same of what follows some spaces, commas and ends of lines, which are no more than these where an address goes on.
    fn is_apart_over_a_gap(&self, sides: &Sides, ahead: &[u8]) -> bool {
        let count = ahead.iter().take(LONGEST_GAP).take_while(|byte| GAP.has(**byte)).count();
        let (gap, there) = ahead.split_at_checked(count).unwrap_or_default();
        let is_paragraph = gap.iter().filter(|byte| **byte == b'\n').count() > 1;
        is_paragraph
            || match *there {
                [b'0'..=b'9', ..] => self.is_no_ordinal(there),
                [b'a'..=b'z', ..] => sides.is_apart_after_a_word(ahead, count),
                [next, ..] if GAP.has(next) => true,
                [mark, ..] => mark.is_ascii_punctuation() && !self.is_open(mark),
                [] => false,
            }
    }

    /// Whether a number is none such as `5th`.
    fn is_no_ordinal(&self, number: &[u8]) -> bool {
        let end = number.iter().take(LONGEST).find(|byte| !byte.is_ascii_digit());
        end.map_or(self.text.complete && number.len() <= LONGEST, |end| !end.is_ascii_alphabetic())
    }

    #[inline]
    fn is_apart_before(&self, sides: &Sides) -> bool {
        let behind = self.text.bytes.get(..self.start).unwrap_or_default();
        let (words, mark) = match behind {
            [words @ .., mark @ (b',' | b'.'), b' '] if sides.over_marks => (words, *mark),
            [words @ .., b' ' | b'\t'] => (words, b' '),
            // No street goes on in the next line.
            [lines @ .., b'\n'] if sides.over_marks => return ends_a_line(lines),
            // A later part of a decimal, an address, a row of numbers.
            [words @ .., b'.' | b','] if words.last().is_some_and(u8::is_ascii_digit) => return true,
            [words @ .., b'.'] => return sides.is_apart_from_a_stem(words),
            [words @ .., b':'] => return is_apart_from_a_label(words),
            [.., mark] => return b"\"'(>|;".contains(mark) && !self.is_open(*mark),
            [] => return false,
        };
        match words {
            [.., last] if last.is_ascii_lowercase() => self.is_apart_from_a_word(sides, words, mark),
            [label @ .., b':'] if mark == b' ' => is_apart_from_a_label(label),
            // A column: what is farther off than a gap is nothing to the number, and another number never is.
            [.., b' ' | b'\t'] => {
                let near = words.last_chunk::<{ LONGEST_GAP - 1 }>();
                let is_far = || near.is_some_and(|near| near.iter().all(|byte| b" \t".contains(byte)));
                let before_a_gap =
                    || words.iter().rev().take(LONGEST).find(|byte| !byte.is_ascii_whitespace());
                let ends_in_a_number = || before_a_gap().is_some_and(u8::is_ascii_digit);
                mark == b' ' && (ends_in_a_number() || sides.over_marks && is_far())
            }
            [.., last] if last.is_ascii_uppercase() => self.is_apart_from_capitals(sides, words, mark),
            [.., last] => {
                let is_mark =
                    last.is_ascii_punctuation() && !b".,:'-#".contains(last) && !self.is_open(*last);
                is_mark || last.is_ascii_digit()
            }
            _ => false,
        }
    }

    /// Whether a string may end there.
    #[inline]
    fn is_open(&self, byte: u8) -> bool {
        self.scope == Scope::Strings && byte == b'"'
    }
}

impl Sides {
    /// Whether the word that follows a gap of so many bytes is in no list.
    #[inline]
    fn is_apart_after_a_word(&self, ahead: &[u8], gap: usize) -> bool {
        let words = ahead.get(gap..).unwrap_or_default();
        let word = Word::first(words);
        word.is_ended(words) && !self.after.has(word.eight)
    }

    /// Whether a full stop that follows these words, and that a number follows at once, is not one of something cut short: `self.0`, and not
    /// `apt.5`, `No.5`.
    fn is_apart_from_a_stem(&self, words: &[u8]) -> bool {
        let word = Word::last(words);
        let is_whole = match words.get(..words.len() - word.length.min(words.len())).unwrap_or_default() {
            [.., begin] => !IN_WORDS.has(*begin),
            [] => false,
        };
        is_whole && (LONGEST_SIGN + 1..=LONGEST).contains(&word.length) && !self.before.has(word.eight)
    }

    /// Whether a name that stands after a number is followed by a word that goes on with none.
    fn is_apart_after_a_name(&self, ahead: &[u8]) -> bool {
        let Some(name) = ahead.get(2..) else { return false };
        let length = Word::first(name).length;
        match name.get(length..) {
            Some([b',', b' ', words @ ..] | [b' ', words @ ..]) if length <= LONGEST => {
                let word = Word::first(words);
                word.length > 0 && word.is_ended(words) && !self.after_a_name.has(word.eight)
            }
            _ => false,
        }
    }
}

/// How many letters `text` ends with, up to [`MOST_LETTERS`], and what stands before these.
#[inline]
fn letters_at_the_end_of(text: &[u8]) -> (usize, Option<u8>) {
    let others = no_lower(last_eight(text) | u64::from_ne_bytes([0x20; 8]));
    let count = (others.leading_zeros() as usize / 8).min(MOST_LETTERS);
    (count, text.len().checked_sub(count + 1).and_then(|at| text.get(at)).copied())
}

/// Whether what stands at the end of a line is nothing to a number in the next one, or the one after: anything but a comma, and a word that
/// may say that a house has no number (`s/n`).
fn ends_a_line(lines: &[u8]) -> bool {
    let mut ends = lines.iter().rev();
    let last = ends.find(|byte| **byte != b'\n').copied();
    last.is_none_or(|last| last.is_ascii_graphic() && !b",nN".contains(&last))
}

/// Whether a colon after these words is not one of a sign for a number: `No: 45`.
fn is_apart_from_a_label(words: &[u8]) -> bool {
    !matches!(words, [] | [.., b'o' | b'O' | b'.' | b'\x80'..=b'\xff'])
}

#[cfg(test)]
mod tests;
