//! Prefixes that belong to one provider: what begins with one and has no shape of that provider's is cut, or made up.

use std::sync::LazyLock;

use super::{Check, Token, end_of, rows};
use crate::detector::Probe;

/// Fewer characters stand at the begin of other values too.
pub(super) const LEAST: usize = 4;

/// Each prefix, in order, with its row.
static PREFIXES: LazyLock<Vec<(&'static [u8], &'static Token)>> = LazyLock::new(|| {
    let of_row = |row: &'static Token| row.prefixes.iter().map(move |prefix| (prefix.as_bytes(), row));
    let mut all: Vec<_> = rows().filter(|row| is_telling(row)).flat_map(of_row).collect();
    all.retain(|(prefix, _)| prefix.len() >= LEAST);
    all.sort_by_key(|(prefix, _)| *prefix);
    all
});

/// Whether the prefixes of a row are its provider's alone: others ask for a word before them, or for a mark after.
pub(super) fn is_telling(row: &Token) -> bool {
    row.lead.is_none() && row.context.is_none() && !row.is_address() && !matches!(row.check, Check::Holds(_))
}

/// Whether `value`, which begins at `at`, begins like tokens of some provider and is none of them.
pub(in crate::detector) fn is_misshapen(probe: &Probe<'_>, at: usize, value: &[u8]) -> bool {
    let mut begins = false;
    for length in LEAST..value.len() {
        let Some(prefix) = value.get(..length) else { break };
        let from = PREFIXES.partition_point(|(known, _)| *known < prefix);
        let rest = PREFIXES.get(from..).unwrap_or_default();
        // None that is longer begins so either.
        if !rest.first().is_some_and(|(known, _)| known.starts_with(prefix)) {
            break;
        }
        for (_, row) in rest.iter().take_while(|(known, _)| *known == prefix) {
            if end_of(row.exact.unwrap_or(row.body), probe, at + length).is_some() {
                return false;
            }
            begins = true;
        }
    }
    begins
}

/// The same for the rows that ask for a word: where the value's own name says it.
pub(in crate::detector) fn is_misshapen_under(
    name: &[u8],
    probe: &Probe<'_>,
    at: usize,
    value: &[u8],
) -> bool {
    let led = rows().filter(|row| row.lead.is_none()).filter_map(|row| Some((row, row.context?)));
    let mut begins = false;
    for (row, words) in led {
        let Some(prefix) = row.prefixes.iter().find(|prefix| value.starts_with(prefix.as_bytes())) else {
            continue;
        };
        if !words.stand_in(name) {
            continue;
        }
        if end_of(row.body, probe, at + prefix.len()).is_some() {
            return false;
        }
        begins = true;
    }
    begins
}
