//! Names of constants that say of what a number is a bound or a setting: `PATIENT_PHN` is a personal health number, and `PHN_MAX_BLUE`
//! the most that something may be, as `phn_count` is how many there are.

use crate::detector::Probe;
use crate::words::REACH;

/// What of a name says that its value is none of what the name begins with.
const OF_ANOTHER: [&str; 28] = [
    "max", "min", "size", "len", "length", "width", "height", "color", "colour", "count", "limit", "timeout",
    "ttl", "mask", "offset", "table", "index", "strategy", "mode", "enabled", "disabled", "version",
    "retries", "interval", "total", "amount", "rate", "column",
];
/// What stands between a name and its value.
const SIGNS: &[u8] = b" \t\"':=";

/// Whether the constant right before `at` holds a word of `words`, and after it one that says that it is something else. Of a number whose check
/// holds the code has to say that: it assigns it to the constant.
pub(in super::super) fn is_of_another(
    probe: &Probe<'_>,
    at: usize,
    words: &[&str],
    is_checked: bool,
) -> bool {
    is_given_another(probe.behind(at, REACH), words, is_checked)
}

fn is_given_another(behind: &[u8], words: &[&str], is_checked: bool) -> bool {
    let end = behind.iter().rposition(|byte| !SIGNS.contains(byte)).map_or(0, |last| last + 1);
    let (before, signs) = behind.split_at_checked(end).unwrap_or_default();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let name = before.rsplit(|byte| !is_name(byte)).next().unwrap_or_default();
    let may_be = !is_checked || (is_constant(name) && signs.starts_with(b" = "));
    may_be && is_otherwise(name, words)
}

/// In a name in lower case the last word says what it is: `bsn_count`.
fn is_otherwise(name: &[u8], words: &[&str]) -> bool {
    goes_on_otherwise(name, words, if is_constant(name) { usize::MAX } else { 1 })
}

/// Whether a name is written as those of constants are, of two words or more.
fn is_constant(name: &[u8]) -> bool {
    let words = name.split(|byte| *byte == b'_').filter(|word| word.iter().any(u8::is_ascii_uppercase));
    words.count() > 1 && !name.iter().any(u8::is_ascii_lowercase)
}

/// Whether one of the last `count` words of a name that come after one of `words` says so.
fn goes_on_otherwise(name: &[u8], words: &[&str], count: usize) -> bool {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase().replace('_', " ");
    let end = words.iter().filter_map(|word| end_of_last(&name, word)).max();
    let rest = end.and_then(|end| name.get(end..)).unwrap_or_default();
    rest.split(' ').rev().take(count).any(|word| OF_ANOTHER.contains(&word))
}

/// Where the last place of a word in a name ends. One with `*` may go on.
fn end_of_last(name: &str, word: &str) -> Option<usize> {
    let (word, goes_on) = word.strip_suffix('*').map_or((word, false), |word| (word, true));
    let is_whole = |at: usize| {
        let (before, after) = (name.get(..at).unwrap_or_default(), name.get(at + word.len()..));
        (before.is_empty() || before.ends_with(' '))
            && (goes_on || after.is_none_or(|after| after.is_empty() || after.starts_with(' ')))
    };
    let last = name.rmatch_indices(word).map(|(at, _)| at).find(|at| is_whole(*at));
    last.map(|at| at + word.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_is_something_else_where_a_word_after_says_so() {
        let words = ["phn", "health card*", "personal health number", "passport"];
        for name in [
            "PHN_MAX_BLUE",
            "A_PHN_SIZE",
            "HEALTH_CARD_SIZE",
            "HEALTH_CARDS_MAX",
            "PASSPORT_TABLE",
            "phn_count",
            "passport_max_size",
        ] {
            assert!(is_otherwise(name.as_bytes(), &words), "{name}");
        }
        for name in [
            "PATIENT_PHN",
            "MAX_PHN",
            "PHN_NUMBER",
            "PHN_VALUE",
            "PHN_CA",
            "PHN_2",
            "HEALTH_CARD",
            "HEALTH_CARD_ON",
            "PERSONAL_HEALTH_NUMBER",
            "PASSPORT_NO_PRIMARY",
            "PASSPORT_NUMMER",
            "PASSPORTS_MAX",
            "MAX_BLUE",
            "phn_max_blue",
            "count_phn",
            "passport_no",
        ] {
            assert!(!is_otherwise(name.as_bytes(), &words), "{name}");
        }
        for (before, is_another) in [
            ("PHN_MAX = ", true),
            ("int PHN_MAX = '", true),
            ("PHN_MAX=", false),
            ("PHN_INDEX: ", false),
            ("client_phn_column = ", false),
        ] {
            assert!(is_given_another(before.as_bytes(), &words, false), "{before}");
            assert_eq!(is_given_another(before.as_bytes(), &words, true), is_another, "{before}");
        }
        assert!(!is_constant(b"PHN") && !is_constant(b"phn_max") && !is_constant(b"_PHN"));
    }
}
