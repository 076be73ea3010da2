//! Names of what a program counts or measures: `offset=`, `"created_ts": `.

use super::{REACH, ends_with, is_joined, last_word, without_signs};
use crate::detector::Probe;
use crate::words::Words;

/// What the names of measures end with.
static MEASURED: Words = Words::new(&[
    "offset",
    "offsets",
    "bytes",
    "size",
    "length",
    "count",
    "counter",
    "seq",
    "sequence",
    "timestamp",
    "nanos",
    "micros",
    "millis",
    "ns",
    "ms",
    "ts",
    "epoch",
]);
/// What the names of large integers end with that a program computes or gives out. In a record of a person some are that person's: `uid`.
static COMPUTED: Words = Words::new(&[
    "nonce", "seed", "hash", "crc", "checksum", "addr", "ptr", "pid", "tid", "uid", "span", "trace", "index",
    "idx", "cursor",
]);
/// What a log has a number right after, which no sentence has.
static LOGGED: Words = Words::new(&["build", "size", "sector", "cursor", "span"]);

/// Whether the name before `start`, with a sign that gives it a value, is that of a large integer: `offset=`, `"created_ts": `. A card may be
/// asked for it, as no integer in one piece is likely to be one; a number of a person may not.
pub(in crate::detector) fn is_an_integers(probe: &Probe<'_>, start: usize) -> bool {
    named(probe.behind(start, REACH))
        .is_some_and(|name| [&MEASURED, &COMPUTED].iter().any(|list| ends_with(name, list)))
}

/// Whether the name before `start`, with such a sign, says of what it tells how much there is: `phone_count=`, but not `Ms: `.
pub(in crate::detector) fn tells_how_much(probe: &Probe<'_>, start: usize) -> bool {
    named(probe.behind(start, REACH)).is_some_and(is_how_much)
}

/// Whether a word of logs stands right before `start`, with a space alone: `cursor 1463476936`. What a sentence says before it is not about the number.
pub(in crate::detector) fn is_logged(probe: &Probe<'_>, start: usize) -> bool {
    let name = probe.behind(start, REACH).strip_suffix(b" ");
    name.is_some_and(|name| ends_with(name, &LOGGED))
}

fn is_how_much(name: &[u8]) -> bool {
    let word = last_word(name);
    MEASURED.stand_in(word) && is_joined(name.get(..name.len() - word.len()).unwrap_or_default())
}

/// The name that a sign gives a value.
fn named(behind: &[u8]) -> Option<&[u8]> {
    let name = without_signs(behind, b" \t\"':=");
    let signs = behind.get(name.len()..).unwrap_or_default();
    signs.iter().any(|sign| b":=".contains(sign)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Text;

    fn at_the_end(text: &str, holds: fn(&Probe<'_>, usize) -> bool) -> bool {
        let whole = Text { bytes: text.as_bytes(), start: 0, complete: true };
        holds(&Probe::new(whole, text.len(), 0), text.len())
    }

    #[test]
    fn a_log_numbers_by_the_word_before() {
        for text in ["mobile build ", "span "] {
            assert!(at_the_end(text, is_logged), "{text}");
        }
        for text in ["mobile ", "build: ", "call Ms ", "call index ", "the number of ", ""] {
            assert!(!at_the_end(text, is_logged), "{text}");
        }
    }

    #[test]
    fn an_integer_is_named_with_a_sign() {
        for name in ["offset=", "offset: ", "createdTs\":", "total_bytes = ", "{\"size\": \"", "seq:", "uid="]
        {
            assert!(at_the_end(name, is_an_integers), "{name}");
        }
        for name in
            ["offset ", "charge us: ", "total: ", "address: ", "guests: ", "bytes_of: ", "Build: ", ""]
        {
            assert!(!at_the_end(name, is_an_integers), "{name}");
        }
    }

    #[test]
    fn how_much_there_is_of_something_is_named_so() {
        for name in ["phone_count=", "ssnCount: ", "{\"phone_bytes\": \""] {
            assert!(at_the_end(name, tells_how_much), "{name}");
        }
        for name in
            ["Ms: ", "count: ", "SSN / PID: ", "ssn_hash: ", "{\"ssn\": {\"index\": \"", "phone_count "]
        {
            assert!(!at_the_end(name, tells_how_much), "{name}");
        }
    }
}
