//! Words before a number, and whether one of them may end a name of several.

use super::word::Word;
use super::{ABBREVIATION, Around, IN_WORDS, LONGEST, NAME, Sides};

impl Around<'_> {
    /// Whether the word in which `words` end, and after which `mark` stands before the number, is nothing to a detector: it is in no list; with a
    /// full stop it may also be short for another, and with a capital be a name, and these are parts of no longer name.
    #[inline]
    pub(super) fn is_apart_from_a_word(&self, sides: &Sides, words: &[u8], mark: u8) -> bool {
        let word = Word::last(words);
        let before = words.get(..words.len() - word.length.min(words.len())).unwrap_or_default();
        match *before {
            [.., begin] if !IN_WORDS.has(begin) && !self.is_open(begin) => {
                let is_short = mark == b'.' && word.length < ABBREVIATION;
                word.length <= LONGEST
                    && !sides.before.has(word.eight)
                    && (!is_short || self.is_parted(sides, before))
                    && !sides.opens(before)
            }
            [ref before @ .., capital] if capital.is_ascii_uppercase() && mark == b' ' => {
                let folded = word.eight << 8 | u64::from(capital.to_ascii_lowercase());
                let nearest = if word.length < size_of::<u64>() { folded } else { word.eight };
                let is_one = word.length >= NAME && sides.ends_a_name(&word);
                word.length <= LONGEST
                    && !is_one
                    && !sides.before.has(nearest)
                    && self.is_parted(sides, before)
            }
            _ => false,
        }
    }

    /// The same of a word in capitals: `RFC`.
    #[inline]
    pub(super) fn is_apart_from_capitals(&self, sides: &Sides, words: &[u8], mark: u8) -> bool {
        let Some(word) = Word::last_in_capitals(words).filter(|_| mark == b' ') else { return false };
        let before = words.get(..words.len() - word.length.min(words.len())).unwrap_or_default();
        let is_whole = before.last().is_some_and(|begin| !IN_WORDS.has(*begin) && !self.is_open(*begin));
        is_whole
            && !sides.ends_a_name(&word)
            && !sides.before.has(word.eight)
            && self.is_parted(sides, before)
    }

    /// Whether a word that no list has, or a name, follows: with such a word nothing ends that a name before the number began. What begins the
    /// next line with a capital may be its place.
    fn is_before_words(&self, sides: &Sides) -> bool {
        match self.text.bytes.get(self.end..).unwrap_or_default() {
            [b' ' | b'\n', words @ ..] if words.first().is_some_and(u8::is_ascii_lowercase) => {
                !sides.after_a_name.has(Word::first(words).eight)
            }
            [b' ', name, ..] => name.is_ascii_uppercase(),
            _ => false,
        }
    }

    /// Whether what stands before a name, or a word that may be an abbreviation, makes it no part of a longer name: anything but a word does, or a
    /// word in lower case that is in no list.
    fn is_parted(&self, sides: &Sides, before: &[u8]) -> bool {
        let (words, ends_a_sentence) = match before {
            _ if !self.is_before_words(sides) => return false,
            [] => return false,
            [words @ .., b'.', b' '] => (words, true),
            [words @ .., b' '] => (words, false),
            [.., mark] => return self.parts(sides, *mark),
        };
        let word = Word::last(words);
        match words.len().checked_sub(word.length + 1).and_then(|at| words.get(at)) {
            _ if word.length == 0 => words.last().is_some_and(|last| self.parts(sides, *last)),
            Some(begin) if !IN_WORDS.has(*begin) && !self.is_open(*begin) => {
                let goes_on = !ends_a_sentence && sides.after_a_name.has(word.eight);
                word.length <= LONGEST && !sides.before.has(word.eight) && !goes_on
            }
            _ => false,
        }
    }

    /// Whether no name goes on over this byte. The town of a postcode may stand on a line of its own.
    fn parts(&self, sides: &Sides, byte: u8) -> bool {
        !IN_WORDS.has(byte) && !self.is_open(byte) && (sides.over_marks || byte != b'\n')
    }
}

impl Sides {
    /// Whether a word ends as names do that are written in one.
    #[inline]
    fn ends_a_name(&self, word: &Word) -> bool {
        let beyond = word.length.min(size_of::<u64>()).checked_sub(3);
        beyond.is_some_and(|beyond| self.endings.has(word.eight >> (8 * beyond)))
    }

    /// Whether what stands before a word ends with one after which any word is a name: `Na skale`.
    #[inline]
    fn opens(&self, before: &[u8]) -> bool {
        match before {
            [.., b'A'..=b'Z', _, b' '] | [.., b'A'..=b'Z', _, _, b' '] | [.., b'A'..=b'Z', _, _, _, b' '] => {
                let words = before.strip_suffix(b" ").unwrap_or_default();
                self.openers.iter().any(|opener| words.ends_with(opener))
            }
            _ => false,
        }
    }
}
