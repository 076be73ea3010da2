//! Streets that nothing tells but the dwelling after them: `16 salontie 6, apt. 523`, `64 97 guildry street suite 709`.
//!
//! People and programs write addresses without capitals, and streets of any language. A number that begins its line, or follows a
//! word such as `Address:`, and then what somebody lives behind the door of, with its own number, are recorded and no more. Suites
//! are also of tests, and rates are flat: before these a word for a street has to stand.

use super::list::{List, Word};
use super::{STREET, begins_a_line, found, label};
use crate::detector::{ByteSet, Match, Probe};

const BESIDE: ByteSet = ByteSet::EMPTY.with(b" ,\t");
const BETWEEN: ByteSet = BESIDE.with(b"\n");
/// What a word for a dwelling ends with.
const LAST: ByteSet = ByteSet::EMPTY.with(b"etET.");
const WORD: ByteSet = ByteSet::ALPHA.with(b".'-/").or(ByteSet::EMPTY.range(0x80, 0xff));
/// Of the words for a dwelling those that say much else.
pub(super) const DOUBTFUL: &str = " suite ste flat ";
/// Words that count or compare, and stand in no street.
pub(super) const COUNTING: &str = " test tests of for or more with in ";
/// The most words and numbers of a street.
const WORDS: usize = 7;

/// The address whose dwelling's number stands at the anchor and ends at `number`.
pub(super) fn read(probe: &Probe<'_>, number: usize) -> Option<Match> {
    let last = probe.run_back(probe.at(), &BESIDE, 1);
    if !probe.was(last, &LAST) {
        return None;
    }
    let unit = probe.run_back(last, &WORD, 12);
    let dwelling = Word::of(probe.slice(unit..last));
    if !dwelling.is_in(List::Dwellings) {
        return None;
    }
    let mut at = probe.run_back(unit, &BETWEEN, 3);
    let (mut has_name, mut has_type, mut start) = (false, false, None);
    for _ in 0..WORDS {
        let digits = probe.run_back(at, &ByteSet::DIGIT, 5);
        let word = if digits < at { digits } else { probe.run_back(at, &WORD, 32) };
        if word == at || number - word > STREET || probe.was(word, &ByteSet::WORD) {
            break;
        }
        let told = Word::of(probe.slice(word..at));
        if told.is_whole_in(List::Counting) {
            return None;
        }
        start = if digits < at && has_name { Some(word) } else { start };
        has_name |= digits == at;
        has_type |= told.is_in(List::Strong);
        at = probe.run_back(word, &ByteSet::EMPTY.with(b" "), 1);
        if at == word {
            break;
        }
    }
    let is_told = has_type || !dwelling.is_in(List::DoubtfulDwellings);
    let stands = |start: &usize| begins_a_line(probe, *start) || label::stands_before(probe, *start);
    start.filter(|start| is_told && stands(start)).map(|start| found(start, number, 0.35).harmless())
}
