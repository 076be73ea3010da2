//! Numbers in a sentence, as most numbers of ordinary text are: told from the two words around them, for all detectors at once.

use super::word::Short;
use super::{APART, IN_A_WORD, IN_WORDS, MOST_LETTERS, Sides};
use crate::byteset::ByteSet;
use crate::engine::probe::Text;

/// What goes on with a word, or may: with a quote a string may begin, of which nothing is known here.
const GOES_ON: ByteSet = IN_WORDS.or(IN_A_WORD).with(b"\"");

/// The words between which a number stands in a sentence, as most numbers of ordinary text do: of up to sixteen lower-case letters each, a
/// space away, or a comma and a space after the first. How long they are, what stands beyond them and whether they are in a list is hard to
/// foresee, so that nearly all of it is told without a branch.
pub(in crate::engine) struct Between {
    before: Short,
    after: Short,
    /// Whether a comma parts the number from the word before.
    is_parted: bool,
}

impl Between {
    /// Around the run of digits from `start` to `end`, if it stands so.
    #[inline]
    pub(in crate::engine) fn of(text: Text<'_>, start: usize, end: usize) -> Option<Self> {
        let behind = text.bytes.get(text.start..start)?;
        let ([behind @ .., b' '], [b' ', ahead @ ..]) = (behind, text.bytes.get(end..)?) else { return None };
        let is_parted = behind.last() == Some(&b',');
        let behind = behind.get(..behind.len() - usize::from(is_parted))?;
        let before = Short::of(u128::from_be_bytes(*behind.last_chunk()?));
        let after = Short::of(u128::from_le_bytes(*ahead.first_chunk()?));
        let begin = behind.get(behind.len().checked_sub(before.length + 1)?).copied()?;
        let end = ahead.get(after.length).copied()?;
        let is_full_stop =
            end == b'.' && ahead.get(after.length + 1).is_some_and(|next| matches!(next, b' ' | b'\n'));
        let are_ended = !GOES_ON.has(begin) & (APART.has(end) | is_full_stop);
        (are_ended && before.length > 0 && after.length > 0).then_some(Self { before, after, is_parted })
    }

    /// Letters directly before the number but for one separator, up to [`MOST_LETTERS`].
    #[inline]
    pub(in crate::engine) fn letters(&self) -> usize {
        if self.is_parted { 0 } else { self.before.length.min(MOST_LETTERS) }
    }

    /// Whether they are nothing to a detector with these [`Sides`]. Openers are not looked for: what they begin goes on with no word in lower
    /// case.
    #[inline]
    pub(in crate::engine) fn is_apart(&self, sides: &Sides) -> bool {
        let before = self.before.eight.swap_bytes().unbounded_shr(u64::BITS - self.before.bits());
        let is_listed = sides.before.has(before) | sides.after.has(self.after.eight);
        !is_listed & (sides.over_marks | !self.is_parted)
    }
}
