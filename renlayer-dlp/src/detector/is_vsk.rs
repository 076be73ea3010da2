//! VAT numbers of Iceland: five or six digits without a check, which only the word before them tells.
//!
//! Every other number of five digits is nobody's, so the word is the anchor and not the number, as it is for the longer ones in
//! [`id`](super::id).
//!
//! - hit: `VSK-númer: 00621`, `virðisaukaskattsnúmer IS 123456`
//! - miss: `VSK 24%`, `vsk 1.234 kr.`, `VSK árið 2024`
//! - known mistakes: another number of this form after such a word is a hit.

use super::labelled::Labelled;
use super::{ByteSet, Match, Probe};
use crate::{Evidence, Severity};

pub(super) static IS_VSK: Labelled =
    Labelled::new("is_vsk", "gov_id.is.vsk", Severity::Medium, "an Icelandic VAT number", value)
        .after(&["vsk*", "virðisaukaskatt*"])
        .within(28)
        .longest(9)
        .page(
            "its form and words before it",
            "there is no check digit: another number of this form after such a word is a hit",
        );

fn value(probe: &Probe<'_>, at: usize) -> Option<Match> {
    // Between the country and the digits.
    const GAP: ByteSet = ByteSet::EMPTY.with(b" -");
    let digits = if probe.looking_at_word(at, b"is") { probe.run(at + 2, &GAP, 1) } else { at };
    let end = probe.run(digits, &ByteSet::DIGIT, 7);
    let goes_on = probe.is(end, &ByteSet::WORD.with(b"%"))
        || probe.is(end, &ByteSet::EMPTY.with(b".,-/:")) && probe.is(end + 1, &ByteSet::ALNUM);
    let holds = matches!(end - digits, 5 | 6) && !goes_on;
    holds.then(|| Match::new(at..end, 0.8).with(Evidence::CONTEXT).with(Evidence::STRUCTURE))
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn is_vsk_cases() {
        Cases::of("gov_id.is.vsk")
            .hit("VSK-númer: 00621", "00621")
            .hit("Okkar vsk nr. 123456 er", "123456")
            .hit("virðisaukaskattsnúmer IS 123456", "IS 123456")
            .miss("VSK 24%, vsk 1.234 kr., vsk 12.345,50, VSK 2024")
            .miss("vsk 123456-7890, vsk: 12345ab")
            .miss("number 12345")
            .run();
    }
}
