//! Names of constants, whose last word says what they are: `PATIENT_PHN` is a personal health number, and `PHN_MAX_BLUE` a blue one of
//! whatever begins with `PHN`.

use super::COMMON;
use crate::detector::Probe;
use crate::words::REACH;

/// Whether a word of `words` stands in the last constant before `at`, and what the constant ends with is another.
pub(in super::super) fn is_of_another(probe: &Probe<'_>, at: usize, words: &[&str]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let mut names = probe.behind(at, REACH).rsplit(|byte| !is_name(byte));
    names.find(|name| is_constant(name)).is_some_and(|name| ends_otherwise(name, words))
}

/// Whether a name is written as those of constants are, of two words or more.
fn is_constant(name: &[u8]) -> bool {
    let words = name.split(|byte| *byte == b'_').filter(|word| word.iter().any(u8::is_ascii_uppercase));
    words.count() > 1 && !name.iter().any(u8::is_ascii_lowercase)
}

fn ends_otherwise(name: &[u8], words: &[&str]) -> bool {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase().replace('_', " ");
    // `PHN_1` is one of several.
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ').trim_start();
    let last = name.rsplit(' ').next().unwrap_or_default();
    let stands = |word: &str| {
        let mut places = name.match_indices(word).map(|(at, _)| at);
        places.any(|at| at == 0 || name.as_bytes().get(at - 1) == Some(&b' '))
    };
    let ends = |word: &&str| match word.strip_suffix('*') {
        Some(begin) => last.starts_with(begin.rsplit(' ').next().unwrap_or_default()),
        None => name.strip_suffix(*word).is_some_and(|before| before.is_empty() || before.ends_with(' ')),
    };
    let is_common = COMMON.contains(&last) || last == "num" || last == "id";
    !is_common && words.iter().any(|word| stands(word.trim_end_matches('*'))) && !words.iter().any(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_is_what_its_name_ends_with() {
        let words = ["phn", "health card*", "personal health number"];
        for name in ["PHN_MAX_BLUE", "A_PHN_B", "HEALTH_CARD_SIZE"] {
            assert!(is_constant(name.as_bytes()) && ends_otherwise(name.as_bytes(), &words), "{name}");
        }
        for name in [
            "PATIENT_PHN",
            "PHN_NUMBER",
            "PHN_ID",
            "PHN_2",
            "HEALTH_CARD",
            "PERSONAL_HEALTH_NUMBER",
            "MAX_BLUE",
        ] {
            assert!(!ends_otherwise(name.as_bytes(), &words), "{name}");
        }
        assert!(!is_constant(b"PHN") && !is_constant(b"phn_max") && !is_constant(b"_PHN"));
    }
}
