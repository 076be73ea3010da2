//! What the words of a list that may stand in a text speak of, told of the text as it is written: of most it is nothing, or not enough, and they
//! need not be folded.
//!
//! It is told of ASCII alone, at the begins of words: by their first three letters, a bit for each three there are, and then by the
//! letters of the entries that begin so. What folding does besides changing case is left to it: where an escape (`\n`) may hide
//! where a word begins both readings are tried, and what may be an abbreviation (`N.I.F.`) may be any word.

use super::Topics;
use crate::words::{begins, has_letters};

/// The entries of a list, by the letters of their first words.
pub(super) struct Starts {
    /// A bit for each three letters, see [`three`], and for each word of these how many bits are set before it.
    threes: Box<[(u64, u16); THREES / 64]>,
    /// For each bit that is set, the entries that begin so.
    groups: Vec<Vec<Entry>>,
}

struct Entry {
    three: u16,
    /// The first eight letters of its first word, or as many as there are, and which bytes these are.
    near: u64,
    mask: u64,
    text: Vec<u8>,
    /// Whether its last word may go on.
    goes_on: bool,
    topics: Topics,
}

/// Five bits for each letter; zero is what is none.
const THREES: usize = 1 << 15;
/// Folds the case of letters.
const FOLD: u64 = u64::from_ne_bytes([1 << 5; 8]);

impl Starts {
    /// Of folded entries, each with whether it may go on, and what it speaks of.
    pub(super) fn of<'e>(entries: impl Iterator<Item = (&'e [u8], bool, Topics)>) -> Self {
        let mut entries: Vec<Entry> =
            entries.filter(|(text, ..)| text.is_ascii()).flat_map(Entry::of).collect();
        entries.sort_by(|a, b| (a.three, &a.text, a.goes_on).cmp(&(b.three, &b.text, b.goes_on)));
        entries.dedup_by(|again, first| {
            let is_same =
                (again.three, &again.text, again.goes_on) == (first.three, &first.text, first.goes_on);
            if is_same {
                first.topics = first.topics.or(again.topics);
            }
            is_same
        });
        let mut threes = Box::new([(0_u64, 0); THREES / 64]);
        let mut groups: Vec<Vec<Entry>> = Vec::new();
        for entry in entries {
            match groups.last_mut().filter(|group| group.last().is_some_and(|last| last.three == entry.three))
            {
                Some(group) => group.push(entry),
                None => {
                    if let Some((bits, _)) = threes.get_mut(usize::from(entry.three) / 64) {
                        *bits |= 1 << (entry.three % 64);
                    }
                    groups.push(vec![entry]);
                }
            }
        }
        threes.iter_mut().fold(0, |before, (bits, sum)| {
            *sum = before;
            before + bits.count_ones() as u16
        });
        Self { threes, groups }
    }

    /// Whether what the entries speak of that may stand in `text`, once that is folded, is `enough`.
    pub(super) fn may_speak(&self, text: &[u8], enough: fn(Topics) -> bool) -> bool {
        if !has_letters(text) {
            return false;
        }
        let Some(begins) = begins(text) else { return true };
        let (mut rest, mut topics) = (begins, Topics::NONE);
        while rest != 0 {
            let at = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            topics = topics.or(self.at(text, at));
            if is_escape(text, at) {
                topics = topics.or(self.at(text, at + 1));
            }
            if enough(topics) {
                return true;
            }
        }
        false
    }

    /// What the entries speak of that may stand at `at`.
    #[inline]
    fn at(&self, text: &[u8], at: usize) -> Topics {
        let rest = text.get(at..).unwrap_or_default();
        let letters = match *rest {
            [_, b'.', next, ..] if next.is_ascii_alphabetic() => return Topics::ALL,
            [a, b, c, ..] if joins(a, b) && joins(b, c) => [a, b, c],
            [a, b, ..] if joins(a, b) => [a, b, 0],
            [a, ..] => [a, 0, 0],
            [] => return Topics::NONE,
        };
        let three = three(letters);
        let (bits, before) = self.threes.get(usize::from(three) / 64).copied().unwrap_or_default();
        let bit = 1 << (three % 64);
        if bits & bit == 0 {
            return Topics::NONE;
        }
        self.of_group(usize::from(before) + (bits & (bit - 1)).count_ones() as usize, rest)
    }

    fn of_group(&self, group: usize, text: &[u8]) -> Topics {
        // The end of the text aside, most other words are told by one comparison.
        let near = text.first_chunk().map(|near| u64::from_le_bytes(*near) | FOLD);
        let may_be = |entry: &&Entry| near.is_none_or(|near| near & entry.mask == entry.near);
        let group = self.groups.get(group).into_iter().flatten().filter(may_be);
        let there = group.filter(|entry| entry.may_begin(text));
        there.fold(Topics::NONE, |topics, entry| topics.or(entry.topics))
    }
}

impl Entry {
    /// One; where its first word is shorter than three letters and may go on, one for each letter that may follow.
    fn of((text, goes_on, topics): (&[u8], bool, Topics)) -> Vec<Self> {
        let first = text.split(|byte| *byte == b' ').next().unwrap_or_default();
        let eight = first.iter().take(8).rev();
        let [near, mask] =
            eight.fold([0; 2], |[near, mask], byte| [near << 8 | u64::from(*byte | 0x20), mask << 8 | 0xff]);
        let entry =
            |letters| Self { three: three(letters), near, mask, text: text.to_vec(), goes_on, topics };
        match *text {
            [] => Vec::new(),
            [a] if goes_on => (0..32).flat_map(|b| (0..32).map(move |c| [a, b, c])).map(entry).collect(),
            [a, b] if goes_on => (0..32).map(|c| entry([a, b, c])).collect(),
            [a] | [a, b' ', ..] => vec![entry([a, 0, 0])],
            [a, b] => vec![entry([a, b, 0])],
            [a, b, c, ..] => vec![entry([a, b, c])],
        }
    }

    /// Whether it may stand where a word of `text` begins.
    fn may_begin(&self, text: &[u8]) -> bool {
        let (mut rest, mut last, mut run) = (text, 0, 0);
        for byte in &self.text {
            match rest {
                // A word is hidden there.
                [b'\\', ..] => return true,
                [b'.', next, ..] if run == 1 && next.is_ascii_alphabetic() => return true,
                [next, ..] if *byte == b' ' && !joins(last, *next) => {
                    let is_word = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'\\' | b'#');
                    let between = rest.iter().take_while(|byte| !is_word(**byte));
                    rest = rest.get(between.count()..).unwrap_or_default();
                    run = 0;
                }
                [next, after @ ..] if next.to_ascii_lowercase() == *byte => {
                    (rest, last, run) = (after, *next, run + 1);
                }
                _ => return false,
            }
        }
        self.goes_on || rest.first().is_none_or(|next| !joins(last, *next))
    }
}

/// Three letters in either case, or zeros for what is none, as a number.
#[inline]
fn three([a, b, c]: [u8; 3]) -> u16 {
    u16::from(a & 31) << 10 | u16::from(b & 31) << 5 | u16::from(c & 31)
}

/// Whether a byte after a letter is one of the same word. In camel case it is not, nor after `#`.
#[inline]
fn joins(left: u8, right: u8) -> bool {
    right.is_ascii_alphabetic() && left != b'#' && !(left.is_ascii_lowercase() && right.is_ascii_uppercase())
}

/// Whether the letter at `at` belongs to an escape.
#[inline]
fn is_escape(text: &[u8], at: usize) -> bool {
    matches!(text.get(at), Some(b'n' | b'r' | b't'))
        && at.checked_sub(1).and_then(|at| text.get(at)) == Some(&b'\\')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::CONTEXT;
    use super::*;

    /// How the first letters of words may be written, and what may stand between them.
    fn text() -> impl Strategy<Value = String> {
        let ascii = CONTEXT.entries.all().iter().filter(|entry| entry.text.is_ascii());
        let entries: Vec<String> =
            ascii.map(|entry| String::from_utf8_lossy(&entry.text).into_owned()).collect();
        let hump = |word: &str| {
            word.split_at(word.len().min(1)).0.to_uppercase() + word.get(1..).unwrap_or_default()
        };
        let word = (prop::sample::select(entries), 0..5u8).prop_map(move |(entry, way)| match way {
            0 => entry.to_uppercase(),
            1 => entry.split(' ').map(hump).collect(),
            2 => entry.chars().flat_map(|c| [c, '.']).collect(),
            3 => entry.replace(' ', "\\n"),
            _ => entry,
        });
        let piece = prop_oneof![
            4 => word,
            2 => "[a-zA-Z]{1,7}",
            4 => prop::sample::select(vec![" ", "  ", "_", "-", ".", "\\n", "\\t", "\n", "\\", "'", "(", "#", " #", "1", ". ", "T", "é", ""]).prop_map(String::from),
        ];
        prop::collection::vec(piece, 1..9).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4000, ..ProptestConfig::default() })]

        /// What is ruled out as it is written says nothing once it is folded.
        #[test]
        fn what_may_not_stand_is_not_read(text in text(), is_cut: bool) {
            let mut folded = [b' '; 400];
            let length = super::super::fold::fold(text.as_bytes(), is_cut, &mut folded);
            let said = CONTEXT.read_folded(&folded[..length]);
            let may = |enough| CONTEXT.starts.may_speak(text.as_bytes(), enough);
            prop_assert!(!said.any || may(Topics::any), "{:?}", text);
            prop_assert!(!said.speaks_of_a_kind() || may(Topics::has_kinds), "{:?}", text);
            prop_assert!(!said.may_speak_of_a_kind() || may(Topics::may_speak_of_a_kind), "{:?}", text);
        }
    }

    #[test]
    fn most_words_of_a_sentence_are_ruled_out() {
        for text in [
            "see the line after that, and the house was built in ",
            "        let mut index = self.buffer.len() + ",
            "call it on ",
            "the row is a#",
        ] {
            assert!(!CONTEXT.starts.may_speak(text.as_bytes(), Topics::any), "{text}");
        }
        for text in
            ["my SSN is ", "taxId=", "N.I.F. ", "\\nid ", "n° de contribuinte ", "SteuerID: ", "Routing # "]
        {
            assert!(CONTEXT.starts.may_speak(text.as_bytes(), Topics::any), "{text}");
        }
        for text in ["request id=", "see personal items/", "in France we had "] {
            assert!(!CONTEXT.starts.may_speak(text.as_bytes(), Topics::may_speak_of_a_kind), "{text}");
        }
        assert!(CONTEXT.starts.may_speak(b"id in France ", Topics::may_speak_of_a_kind));
    }
}
