//! Context words: what stands shortly before a value and says what it is.

use crate::detector::Probe;
use crate::openings::Openings;

/// How far back a word is looked for.
pub(crate) const REACH: usize = 64;

/// Words of which one, before a value, says what the value is. In lower case; they match in either ASCII case, as whole
/// words, and across `_`, `-` and camel case (`cardNumber` holds `card`).
pub struct Words {
    words: &'static [&'static str],
    openings: Openings,
}

impl Words {
    /// A list of words.
    #[must_use]
    pub const fn new(words: &'static [&'static str]) -> Self {
        Self { words, openings: Openings::of(words) }
    }

    /// Whether one of them stands in the 64 bytes before `start`.
    #[must_use]
    pub fn stand_behind(&self, probe: &Probe<'_>, start: usize) -> bool {
        self.stand_in(probe.behind(start, REACH))
    }

    /// One of them, for tests.
    #[cfg(test)]
    pub(crate) fn any(&self) -> &'static str {
        self.words.first().copied().unwrap_or_default()
    }

    /// Whether one of them stands in `text`.
    #[must_use]
    pub fn stand_in(&self, text: &[u8]) -> bool {
        self.stand_at_a_begin(text)
    }
}

impl Words {
    /// Asks at the begins of words alone, and there only where one of ours may begin: most do not.
    fn stand_at_a_begin(&self, text: &[u8]) -> bool {
        let mut rest = text;
        let mut before = None;
        while let Some((byte, tail)) = rest.split_first() {
            if self.openings.may_begin(rest) && !joins(before, Some(byte)) && self.begins(rest) {
                return true;
            }
            (before, rest) = (Some(byte), tail);
        }
        false
    }

    fn begins(&self, text: &[u8]) -> bool {
        self.words.iter().any(|word| begins_with(text, word.as_bytes()))
    }
}

#[inline]
fn begins_with(text: &[u8], word: &[u8]) -> bool {
    let (Some(first), Some(ours)) = (text.first(), word.first()) else { return false };
    first.eq_ignore_ascii_case(ours)
        && text.get(..word.len()).is_some_and(|there| there.eq_ignore_ascii_case(word))
        && ends_a_word(text, word.len())
}

/// Whether a word of `text` ends after that many bytes: `card` in `cardNumber` and `SSN` in `SSNNumber`, and not `PGP` in
/// `PGPASSWORD`.
fn ends_a_word(text: &[u8], length: usize) -> bool {
    let (last, next) = (text.get(..length).and_then(<[u8]>::last), text.get(length));
    let begins_hump = || {
        let is_upper = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_uppercase);
        is_upper(last) && is_upper(next) && text.get(length + 1).is_some_and(u8::is_ascii_lowercase)
    };
    !joins(last, next) || begins_hump()
}

/// Whether two neighbouring bytes belong to one word. Scripts whose characters take three bytes put no spaces between words:
/// each character may begin one, and end the one before.
fn joins(left: Option<&u8>, right: Option<&u8>) -> bool {
    let (Some(left), Some(right)) = (left, right) else { return false };
    let camel = left.is_ascii_lowercase() && right.is_ascii_uppercase();
    let is_unspaced = *right >= 0xe0;
    is_letter(*left) && is_letter(*right) && !camel && !is_unspaced
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_whole_in_either_case_and_in_names() {
        const WORDS: Words = Words::new(&["card", "tax id", "電話"]);
        for text in [
            "Card 1",
            "card_number",
            "cardNumber:",
            "CARDNumber",
            "my-card",
            "the Tax ID is",
            "私の電話番号は",
        ] {
            assert!(WORDS.stand_in(text.as_bytes()), "{text}");
        }
        for text in ["cardinal", "CARDINAL", "discard", "taxid", "écard", ""] {
            assert!(!WORDS.stand_in(text.as_bytes()), "{text}");
        }
    }
}
