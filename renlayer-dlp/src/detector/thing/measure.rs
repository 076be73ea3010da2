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
    "build",
    "sector",
]);

/// Whether the name before `start`, with a sign that gives it a value, is that of a measure or of what is counted: `offset=`,
/// `"created_ts": `.
pub(in crate::detector) fn is_counted(probe: &Probe<'_>, start: usize) -> bool {
    is_name_of_a_count(probe.behind(start, REACH))
}

/// Whether such a word stands right before `start`, with no more than a space: `cursor 1463476936`. What a sentence says before it is not about the number.
pub(in crate::detector) fn is_a_count(probe: &Probe<'_>, start: usize) -> bool {
    let behind = probe.behind(start, REACH);
    behind.strip_suffix(b" ").is_some_and(|name| ends_with(name, &COUNTED)) || is_of_so_many(behind)
}

/// `583 of 232759`.
fn is_of_so_many(behind: &[u8]) -> bool {
    behind.strip_suffix(b" of ").and_then(|before| before.last()).is_some_and(u8::is_ascii_digit)
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
    use crate::engine::Text;

    #[test]
    fn a_number_is_counted_by_the_word_before() {
        let is_counted = |text: &str| {
            let whole = Text { bytes: text.as_bytes(), start: 0, complete: true };
            is_a_count(&Probe::new(whole, text.len(), 0), text.len())
        };
        for text in ["mobile build ", "contact sync: 583 of ", "span "] {
            assert!(is_counted(text), "{text}");
        }
        for text in ["mobile ", "build: ", "the number of ", ""] {
            assert!(!is_counted(text), "{text}");
        }
    }

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
