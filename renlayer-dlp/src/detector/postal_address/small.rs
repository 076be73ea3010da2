//! Addresses of the United States in small letters, found from their ZIP code: `93 s jackson st # 751 seattle wa 98104-2818`.
//!
//! Capitals tell most streets and towns. Where there are none, all of a number, a name, a word for a street, a town, a state and its
//! code have to stand in this order, with no word of a sentence between them.

use super::list::{List, Word};
use super::{STREET, begins_a_line, ends_a_clause, found, label};
use crate::detector::{ByteSet, Match, Probe};

const WORD: ByteSet = ByteSet::ALPHA.with(b".'-");
const BETWEEN: ByteSet = ByteSet::SPACE.with(b",");
/// The most words and numbers of an address.
const WORDS: usize = 14;
/// States whose letters are a word too.
const SPOKEN: [&[u8]; 12] =
    [b"in", b"or", b"me", b"hi", b"ok", b"as", b"la", b"de", b"pa", b"ma", b"id", b"oh"];
/// Words that go on a sentence, and stand in no street or town.
const OF_SENTENCES: [&[u8]; 21] = [
    b"of", b"the", b"and", b"in", b"at", b"to", b"for", b"with", b"on", b"or", b"from", b"by", b"is", b"are",
    b"was", b"were", b"we", b"you", b"it", b"that", b"than",
];

/// What was read of an address, from its end back.
#[derive(Default)]
struct Reading {
    towns: usize,
    has_street: bool,
    names: usize,
    /// A number that a word for a dwelling has to stand before.
    is_numbered: bool,
}

/// The address whose ZIP code stands at the anchor.
pub(super) fn find(probe: &Probe<'_>) -> Option<Match> {
    let state = probe.at().checked_sub(3).filter(|state| is_state(probe, *state))?;
    let end = end_of_code(probe)?;
    let start = begin(probe, probe.run_back(state, &BETWEEN, 2))?;
    let is_spoken = SPOKEN.contains(&probe.slice(state..state + 2));
    let is_long = end > probe.at() + 5;
    let stands_alone = || {
        let begins = begins_a_line(probe, start) || label::stands_before(probe, start);
        begins && ends_a_clause(probe, end)
    };
    (!is_spoken || is_long || stands_alone()).then(|| found(start, end, 0.65))
}

fn is_state(probe: &Probe<'_>, at: usize) -> bool {
    let letters = probe.slice(at..at + 2);
    probe.was(at + 3, &BETWEEN)
        && letters.iter().all(u8::is_ascii_lowercase)
        && probe.was(at, &BETWEEN)
        && Word::of(letters).is_in(List::States)
}

/// `98104`, `98104-2818`.
fn end_of_code(probe: &Probe<'_>) -> Option<usize> {
    let end = probe.at() + 5;
    let plus = probe.run(end + 1, &ByteSet::DIGIT, 5);
    let end = if probe.get(end) == Some(b'-') && plus == end + 5 { plus } else { end };
    (!probe.is(end, &ByteSet::WORD.with(b"-"))).then_some(end)
}

/// Where the address begins of which all up to `end` is before the state.
fn begin(probe: &Probe<'_>, end: usize) -> Option<usize> {
    let (mut reading, mut at) = (Reading::default(), end);
    for _ in 0..WORDS {
        let digits = probe.run_back(at, &ByteSet::DIGIT, 6);
        let word = if digits < at { digits } else { probe.run_back(at, &WORD.or(ByteSet::DIGIT), 24) };
        let sign = probe.run_back(word, &ByteSet::EMPTY.with(b"#"), 1);
        if sign == at || probe.at() - sign > STREET || probe.was(sign, &BETWEEN.not()) {
            return None;
        }
        if digits < at && sign == word {
            if reading.has_street {
                return (reading.names > 0).then_some(word);
            }
            if std::mem::replace(&mut reading.is_numbered, true) {
                return None;
            }
        } else if !reading.takes(probe.slice(sign..at)) {
            return None;
        }
        at = probe.run_back(sign, &BETWEEN, 2);
    }
    None
}

impl Reading {
    /// Whether a word may stand before what was read.
    fn takes(&mut self, text: &[u8]) -> bool {
        let word = Word::of(text);
        let is_unit = text.starts_with(b"#") || word.is_in(List::Units);
        if OF_SENTENCES.contains(&text) || self.is_numbered && !is_unit {
            return false;
        }
        match self.has_street {
            true => self.names += 1,
            false if is_unit => self.is_numbered = false,
            false if self.towns > 0 && word.is_in(List::Strong) => self.has_street = true,
            false => self.towns += 1,
        }
        true
    }
}
