//! North American free numbers whose last seven places are letters of the key pad: `1-800-FLOWERS`.

use crate::Evidence;
use crate::detector::{ByteSet, Match, Probe};

const SEPARATOR: ByteSet = ByteSet::EMPTY.with(b" -.");
const PLACE: ByteSet = ByteSet::UPPER.or(ByteSet::DIGIT);
/// Places after the area, and the dashes among them.
const PLACES: usize = 7;
const DASHES: usize = 2;

/// The number whose area, three digits, begins at `area`.
pub(super) fn read(probe: &Probe<'_>, area: usize) -> Option<Match> {
    if !matches!(probe.slice(area..area + 3), [b'8', second @ (b'0' | b'3'..=b'8'), third] if second == third)
    {
        return None;
    }
    let begin = probe.run(area + 3, &ByteSet::EMPTY.with(b")"), 1);
    let from = probe.run(begin, &SEPARATOR, 1);
    if from == area + 3 || probe.was(area, &ByteSet::WORD) {
        return None;
    }
    let (mut at, mut places, mut letters, mut dashes) = (from, 0, 0, 0);
    while places < PLACES {
        match probe.get(at)? {
            b'-' if places > 0 && dashes < DASHES => dashes += 1,
            byte if PLACE.has(byte) => {
                places += 1;
                letters += usize::from(byte.is_ascii_uppercase());
            }
            _ => return None,
        }
        at += 1;
    }
    let found = Match::new(area..at, 0.6).with(Evidence::STRUCTURE);
    (letters >= 3 && !probe.is(at, &ByteSet::WORD)).then_some(found)
}
