//! Which bytes the words of a list begin or end with: one look rules out nearly all that is not in the list, before the list is
//! walked.
//!
//! Of each byte five bits count, so that ASCII letters are the same in either case; three bytes of a word are told by their two
//! pairs. All is made when the crate is compiled.

/// The three outermost bytes of some words.
#[derive(Clone, Copy)]
pub(crate) struct Openings {
    /// For each outermost byte, those next to it.
    first: [u32; 32],
    /// For each byte next to it, those that follow.
    second: [u32; 32],
}

#[allow(
    clippy::indexing_slicing,
    reason = "five bits are less than 32; bytes are looked at within their word"
)]
impl Openings {
    /// Of no word.
    pub(crate) const NONE: Self = Self { first: [0; 32], second: [0; 32] };

    /// Of the begins of `words`.
    pub(crate) const fn of(words: &[&str]) -> Self {
        let mut openings = Self::NONE;
        let mut i = 0;
        while i < words.len() {
            openings = openings.and(words[i].as_bytes());
            i += 1;
        }
        openings
    }

    /// Of the ends of `words`, from the last byte on.
    pub(crate) const fn of_ends(words: &[&str]) -> Self {
        let mut openings = Self::NONE;
        let mut i = 0;
        while i < words.len() {
            let word = words[i].as_bytes();
            let end = word.len();
            openings = openings.with(back(word, end, 1), back(word, end, 2), back(word, end, 3));
            i += 1;
        }
        openings
    }

    /// With one word more.
    pub(crate) const fn and(self, word: &[u8]) -> Self {
        self.with(at(word, 0, 0), at(word, 0, 1), at(word, 0, 2))
    }

    /// With a word of these bytes; where it has no such byte, any may stand.
    const fn with(mut self, first: Option<u8>, second: Option<u8>, third: Option<u8>) -> Self {
        let mut a = 0;
        while a < 32 {
            if is(first, a) {
                let mut b = 0;
                while b < 32 {
                    if is(second, b) {
                        self.first[a] |= 1 << b;
                        self.second[b] |= match third {
                            Some(byte) => 1 << (byte & 31),
                            None => u32::MAX,
                        };
                    }
                    b += 1;
                }
            }
            a += 1;
        }
        self
    }

    /// Whether a word may have these three bytes, the outermost first. What stands for a byte that is not there does not
    /// matter.
    #[inline]
    pub(crate) fn may_have(&self, first: u8, second: u8, third: u8) -> bool {
        let [a, b, c] = [first, second, third].map(|byte| usize::from(byte & 31));
        self.first[a] >> b & self.second[b] >> c & 1 == 1
    }

    /// Whether a word may begin where `text` does.
    #[inline]
    pub(crate) fn may_begin(&self, text: &[u8]) -> bool {
        match *text {
            [a, b, c, ..] => self.may_have(a, b, c),
            [a, b] => self.may_have(a, b, 0),
            [a] => self.first[usize::from(a & 31)] != 0,
            [] => false,
        }
    }

    /// Whether a word of three bytes or more may end where `text` does.
    #[inline]
    pub(crate) fn may_end(&self, text: &[u8]) -> bool {
        matches!(*text, [.., c, b, a] if self.may_have(a, b, c))
    }
}

#[allow(clippy::indexing_slicing, reason = "the place is within the word")]
const fn at(word: &[u8], from: usize, i: usize) -> Option<u8> {
    if from + i < word.len() { Some(word[from + i]) } else { None }
}

#[allow(clippy::indexing_slicing, reason = "the place is within the word")]
const fn back(word: &[u8], end: usize, i: usize) -> Option<u8> {
    if i <= end { Some(word[end - i]) } else { None }
}

const fn is(byte: Option<u8>, low: usize) -> bool {
    match byte {
        Some(byte) => (byte & 31) as usize == low,
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_may_begin_and_end_as_they_do_and_few_others_may() {
        const WORDS: &[&str] = &["street", "av", "c", "straße"];
        let (begins, ends) = (Openings::of(WORDS), Openings::of_ends(&["street", "weg"]));
        for word in ["street", "STRASSE", "av", "Av 12", "c", "C 4"] {
            assert!(begins.may_begin(word.as_bytes()), "{word}");
        }
        let one = Openings::of(&["street"]);
        for word in ["stop", "treet", "tree", "", "12 "] {
            assert!(!one.may_begin(word.as_bytes()), "{word}");
        }
        assert!(
            ends.may_end(b"Heerweg")
                && ends.may_end(b"STREET")
                && !ends.may_end(b"Heer")
                && !ends.may_end(b"eg")
        );
    }
}
