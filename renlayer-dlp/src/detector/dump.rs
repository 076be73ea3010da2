//! Dumps of bytes: rows of pairs of hexadecimal digits, of which some are the pairs of a French telephone number, or a number, `bd`
//! (a boulevard) and a name.

use super::{ByteSet, Probe};

/// A row of fewer pairs is none: five are a telephone number.
const LEAST: usize = 7;
const SPACE: ByteSet = ByteSet::EMPTY.with(b" ");
/// Most dumps have two spaces after each eighth byte.
const GAP: usize = 2;

/// Whether the pair that begins at `at` is one of a row, one of which is written with a digit and a letter.
pub(super) fn is_around(probe: &Probe<'_>, at: usize) -> bool {
    let after = std::iter::successors(pair(probe, at), |at| pair(probe, probe.run(at + 2, &SPACE, GAP)));
    let before = std::iter::successors(pair_before(probe, at), |at| pair_before(probe, *at));
    let (mut count, mut has_mixed) = (0, false);
    for at in after.take(LEAST).chain(before.take(LEAST)) {
        let letters = probe.slice(at..at + 2).iter().filter(|byte| byte.is_ascii_alphabetic()).count();
        has_mixed |= letters == 1;
        count += 1;
    }
    count >= LEAST && has_mixed
}

/// The place of a pair, where one stands there.
fn pair(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let is_pair = probe.is(at, &ByteSet::HEX)
        && probe.is(at + 1, &ByteSet::HEX)
        && !probe.is(at + 2, &ByteSet::WORD)
        && !probe.was(at, &ByteSet::WORD);
    is_pair.then_some(at)
}

fn pair_before(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let end = probe.run_back(at, &SPACE, GAP);
    if end == at { None } else { pair(probe, end.checked_sub(2)?) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Text;

    fn is_around_09(text: &str) -> bool {
        let at = text.find("09").expect("a pair");
        is_around(&Probe::new(Text { bytes: text.as_bytes(), start: 0, complete: true }, at, 64), at)
    }

    #[test]
    fn a_row_of_pairs_is_a_dump() {
        for row in [
            "0d 09 13 12 42 57 f6",
            "09 13 12 42 57  f6 77 4c",
            "a3 f6 77 4c  11 2d 09",
            "7f 80 01 09 13 12 42 57",
        ] {
            assert!(is_around_09(row), "{row}");
        }
        for row in [
            "09 13 12 42 57",
            "appelez de 09 13 12 42 57 de 9 h",
            "09 13 12 42 57 et 09 14 12 42 57",
            "09 13 12 42 57 f6",
            "09 12 13 14 15 16 17 18",
            "0d09 13 12 42 57 f6 77",
        ] {
            assert!(!is_around_09(row), "{row}");
        }
    }
}
