//! Names of what a program counts or measures: `offset=`, `"created_ts": `.

use super::{REACH, ends_with, without_signs};
use crate::detector::Probe;
use crate::words::Words;

/// What the names of measures and of numbers that are counted up end with.
static COUNTED: Words = Words::new(&[
    "offset",
    "offsets",
    "bytes",
    "size",
    "length",
    "count",
    "counter",
    "seq",
    "sequence",
    "nonce",
    "seed",
    "timestamp",
    "nanos",
    "micros",
    "millis",
    "ns",
    "ms",
    "ts",
    "epoch",
    "hash",
    "crc",
    "checksum",
    "addr",
    "ptr",
    "pid",
    "tid",
    "uid",
    "span",
    "trace",
    "index",
    "idx",
    "cursor",
]);

/// Whether the name before `start`, with a sign that gives it a value, is that of a measure or of what is counted: `offset=`,
/// `"created_ts": `.
pub(in crate::detector) fn is_counted(probe: &Probe<'_>, start: usize) -> bool {
    is_name_of_a_count(probe.behind(start, REACH))
}

fn is_name_of_a_count(behind: &[u8]) -> bool {
    let name = without_signs(behind, b" \t\"':=");
    let has_sign =
        behind.get(name.len()..).is_some_and(|signs| signs.iter().any(|sign| b":=".contains(sign)));
    has_sign && ends_with(name, &COUNTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_named_with_a_sign() {
        for name in ["offset=", "offset: ", "createdTs\":", "total_bytes = ", "{\"size\": \"", "seq:"] {
            assert!(is_name_of_a_count(name.as_bytes()), "{name}");
        }
        for name in ["offset ", "charge us: ", "total: ", "address: ", "guests: ", "bytes_of: ", ""] {
            assert!(!is_name_of_a_count(name.as_bytes()), "{name}");
        }
    }
}
