//! What the words before a number may speak of: told once for all numbers of a text, and for all detectors that ask.
//!
//! Logs, tables and rows of ids have a number every few bytes, and before each of them the same words as before the last one. So the words are
//! read forward, each once, and of each topic the place of the last word is kept that may speak of it. What is told is
//! never too little: where a word may stand that speaks of what is asked, the lists themselves are looked at.

mod starts;

use std::sync::LazyLock;

use super::{Probe, id, phone};
use starts::Starts;

/// What some words speak of together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Topics(u8);

impl Topics {
    pub(super) const NONE: Self = Self(0);
    /// An identity number of some kind.
    pub(super) const KIND: Self = Self(1);
    pub(super) const COUNTRY: Self = Self(2);
    /// An identity number of whatever kind.
    pub(super) const GENERAL: Self = Self(4);
    /// A telephone.
    pub(super) const CALL: Self = Self(8);
    /// A number that is no telephone's.
    pub(super) const OTHER: Self = Self(16);
    const ALL: Self = Self((1 << Self::COUNT) - 1);
    const COUNT: usize = 5;
    /// What follows may make it a word that speaks of something.
    const OPEN: Self = Self(1 << Self::COUNT);

    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of these are spoken of.
    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any of these is.
    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// The words of all lists. In ASCII: of others nothing is told.
static STARTS: LazyLock<Starts> = LazyLock::new(|| Starts::of(id::words().chain(phone::words())));

/// Whether the words before the anchor, from `from` on, may speak of `enough`.
pub(super) fn may_stand_before(probe: &Probe<'_>, from: usize, enough: fn(Topics) -> bool) -> bool {
    enough(probe.shared(|read: &mut Read| read.since(probe, from)))
}

/// Whether those of `text` may.
pub(super) fn may_stand_in(text: &[u8], enough: fn(Topics) -> bool) -> bool {
    STARTS.may_speak(text, enough)
}

/// How far back most detectors look, and some bytes more.
const NEAR: usize = 72;

/// What was read of a text.
#[derive(Default)]
struct Read {
    from: usize,
    to: usize,
    /// From here on words may go on beyond what was read.
    open: usize,
    /// For each topic, behind the begin of the last word that may speak of it.
    last: [usize; Topics::COUNT],
}

impl Read {
    /// What the words before the anchor, from `from` on, may speak of. Those of earlier anchors were read before.
    fn since(&mut self, probe: &Probe<'_>, from: usize) -> Topics {
        let at = probe.at();
        if from < self.from || from > self.to {
            let begin = from.min(at.saturating_sub(NEAR));
            *self = Self { from: begin, to: begin, open: begin, last: [0; Topics::COUNT] };
        }
        if at > self.to {
            let text = probe.behind(at, at - self.open);
            self.go_on(at - text.len(), text);
        }
        let last = self.last.iter().zip(0..).filter(|(last, _)| **last > from);
        last.fold(Topics::NONE, |topics, (_, nth)| topics.or(Topics(1 << nth)))
    }

    /// Reads the text at `begin`, where words may go on, or before which nobody looks any more. It ends before the first digit of a number, or
    /// its sign: no letter follows.
    fn go_on(&mut self, begin: usize, text: &[u8]) {
        self.to = begin + text.len();
        self.open = self.to;
        // What is not ASCII may be, or hide, a word of any list.
        let ascii = text.iter().rposition(|byte| !byte.is_ascii()).map_or(0, |last| last + 1);
        if ascii > 0 {
            self.note(begin + ascii, Topics::ALL);
        }
        STARTS.each(text.get(ascii..).unwrap_or_default(), |at, topics| {
            let at = begin + ascii + at;
            self.note(at + 1, topics);
            if topics.has(Topics::OPEN) {
                // With the backslash of an escape.
                self.open = self.open.min(at.saturating_sub(1));
            }
        });
    }

    fn note(&mut self, behind: usize, topics: Topics) {
        let spoken = self.last.iter_mut().zip(0..).filter(|(_, nth)| topics.0 >> nth & 1 == 1);
        spoken.for_each(|(last, _)| *last = behind);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::TestCaseResult;

    use super::*;
    use crate::engine::{Shared, Text};

    /// Texts with words of the lists as they may be written, and what may stand between them.
    pub(in crate::detector) fn text() -> impl Strategy<Value = String> {
        let ascii = id::words().chain(phone::words()).filter(|(text, ..)| text.is_ascii());
        let words: Vec<String> = ascii.map(|(text, ..)| String::from_utf8_lossy(text).into_owned()).collect();
        let hump = |word: &str| {
            word.split_at(word.len().min(1)).0.to_uppercase() + word.get(1..).unwrap_or_default()
        };
        let word = (prop::sample::select(words), 0..6u8).prop_map(move |(word, way)| match way {
            0 => word.to_uppercase(),
            1 => word.split(' ').map(hump).collect(),
            2 => word.chars().flat_map(|c| [c, '.']).collect(),
            3 => word.replace(' ', "\\n"),
            4 => word.replace(' ', " 12 "),
            _ => word,
        });
        let between = [
            " ", "  ", "_", "-", ".", "\\n", "\\t", "\n", "\\", "'", "(", "#", " #", "1", "12 ", ". ", "T",
            "é", "",
        ];
        let piece = prop_oneof![
            4 => word,
            2 => "[a-zA-Z]{1,7}",
            4 => prop::sample::select(between.to_vec()).prop_map(String::from),
        ];
        prop::collection::vec(piece, 1..12).prop_map(|pieces| pieces.concat())
    }

    /// Calls `look` at each number of a text, with what was read before those before it.
    pub(in crate::detector) fn at_each_number(
        text: &str,
        mut look: impl FnMut(&Probe<'_>) -> TestCaseResult,
    ) -> TestCaseResult {
        let bytes = text.as_bytes();
        let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let mut shared = Shared::default();
        for at in (1..bytes.len()).filter(|at| is_digit(*at) && !is_digit(at - 1)) {
            let probe = Probe::new(Text { bytes, start: 0, complete: true }, at, 64);
            probe.share(&mut shared);
            look(&probe)?;
        }
        Ok(())
    }

    #[test]
    fn most_words_of_a_sentence_are_ruled_out() {
        const OF_IDS: Topics = Topics(7);
        for text in [
            "see the line after that, and the house was built in ",
            "        let mut index = self.buffer.len() + ",
            "call it on ",
            "the row is a#",
        ] {
            assert!(!may_stand_in(text.as_bytes(), |topics| topics.meets(OF_IDS)), "{text}");
        }
        for text in
            ["my SSN is ", "taxId=", "N.I.F. ", "\\nid ", "n° de contribuinte ", "SteuerID: ", "Routing # "]
        {
            assert!(may_stand_in(text.as_bytes(), |topics| topics.meets(OF_IDS)), "{text}");
        }
        for text in ["my cellphone ", "Tel.", "HPNumber", "phoneNumber", "reach me at ", "h/p "] {
            assert!(may_stand_in(text.as_bytes(), |topics| topics.has(Topics::CALL)), "{text}");
        }
        for text in ["telling it ", "the request id=", "GET /api/v1/items/"] {
            assert!(!may_stand_in(text.as_bytes(), |topics| topics.has(Topics::CALL)), "{text}");
        }
    }

    #[test]
    fn what_stands_farther_before_is_not_told() {
        let text = "the phone of somebody is 12, and 30 more words than we had of it, and 40 ";
        let mut told = Vec::new();
        at_each_number(text, |probe| {
            let may = |back| {
                may_stand_before(probe, probe.at().saturating_sub(back), |topics| topics.has(Topics::CALL))
            };
            told.push([may(24), may(40), may(80)]);
            Ok(())
        })
        .unwrap();
        assert_eq!(told, [[true; 3], [false, true, true], [false, false, true]]);
    }
}
