//! Streets that nothing tells but the dwelling after them: `16 salontie 6, apt. 523`, `64 97 guildry street suite 709`.
//!
//! People and programs write addresses without capitals, and streets of any language. A line that begins with a number, and then
//! what somebody lives behind the door of, with its own number, are recorded and no more: so are tests of a suite.

use super::{STREET, found, street};
use crate::detector::{ByteSet, Match, Probe};

const BETWEEN: ByteSet = ByteSet::EMPTY.with(b" ,\n\t");
/// What a word for a dwelling ends with.
const LAST: ByteSet = ByteSet::EMPTY.with(b"etET.");
const WORD: ByteSet = ByteSet::ALPHA.with(b".'-/").or(ByteSet::EMPTY.range(0x80, 0xff));
/// The most words and numbers of a street.
const WORDS: usize = 7;

/// The address whose dwelling's number stands at the anchor and ends at `number`.
pub(super) fn read(probe: &Probe<'_>, number: usize) -> Option<Match> {
    let last = probe.run_back(probe.at(), &BETWEEN, 1);
    if !probe.was(last, &LAST) {
        return None;
    }
    let unit = probe.run_back(last, &WORD, 12);
    if !street::is_dwelling(probe.slice(unit..last)) {
        return None;
    }
    let mut at = probe.run_back(unit, &BETWEEN, 3);
    let (mut has_name, mut start) = (false, None);
    for _ in 0..WORDS {
        let digits = probe.run_back(at, &ByteSet::DIGIT, 5);
        let word = if digits < at { digits } else { probe.run_back(at, &WORD, 32) };
        if word == at || number - word > STREET || probe.was(word, &ByteSet::WORD) {
            break;
        }
        start = if digits < at && has_name { Some(word) } else { start };
        has_name |= digits == at;
        at = probe.run_back(word, &ByteSet::EMPTY.with(b" "), 1);
        if at == word {
            break;
        }
    }
    start.map(|start| found(start, number, 0.35).harmless())
}
