//! International bank account numbers: a country's length and mod 97 together.
//!
//! An IBAN names an account and lets money be drawn from it in some countries. Country code, exact length and checksum leave
//! one random string in some ten thousand.
//!
//! - hit: `DE89 3704 0044 0532 0130 00`, `GB82WEST12345698765432`, `nl91-abna-0417-1643-00`
//! - low: a wrong check digit after the word `IBAN`; a country that is not in the registry
//! - miss: a wrong check digit without that word, a length that the country does not have, the number inside a longer word
//! - known mistakes: the examples of the registry are hits; groups of one character are joined in whole bodies alone.

use smallvec::SmallVec;

use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Reach};
use crate::check::mod97;
use crate::words::Words;
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct Iban;

const LONGEST: usize = 34;
const SEPARATOR: ByteSet = ByteSet::EMPTY.with(b" -\t./_");

/// Country codes and the length of their numbers, from the registry and the territories that share a country's format.
const LENGTHS: [(usize, &str); 18] = [
    (15, "NO"),
    (16, "BE BI"),
    (18, "DK FI AX FK FO GL NL SD"),
    (19, "MK SI"),
    (20, "AT BA EE KZ LT LU MN XK"),
    (21, "CH HR LI LV"),
    (22, "BG BH CR DE GB GE GG IE IM JE ME RS VA"),
    (23, "AE GI IL IQ OM SO TL"),
    (24, "AD CZ ES MD PK RO SA SE SK TN VG"),
    (25, "LY PT ST"),
    (26, "IS TR"),
    (27, "FR BL GF GP GR IT MC MF MQ MR NC PF PM RE SM TF WF YT DJ"),
    (28, "AL AZ BY CY DO GT HN HU LB NI PL SV"),
    (29, "BR EG PS QA UA"),
    (30, "JO KW MU YE"),
    (31, "MT SC"),
    (32, "LC"),
    (33, "RU"),
];

/// The same of countries whose banks write such numbers without being in the registry.
const UNREGISTERED: [(usize, &str); 4] =
    [(25, "AO CV GW MZ"), (26, "DZ IR"), (27, "CF CG CM GA GQ KM MG TD"), (28, "BF BJ CI MA ML NE SN TG")];

/// What it is called in all languages.
static NAME: Words = Words::new(&["iban"]);

static CONTEXT: Words = Words::new(&[
    "iban",
    "account",
    "bank",
    "konto",
    "bankverbindung",
    "compte",
    "cuenta",
    "conto",
    "rekening",
    "transfer",
    "überweisung",
    "virement",
    "bonifico",
]);

impl Detector for Iban {
    fn about(&self) -> About {
        About::new("iban", "payment.iban", Severity::High, "an international bank account number")
    }

    fn page(&self) -> Page {
        Page {
            basis: "country, its length, mod 97; words before it",
            mistakes: "the registry's examples are hits",
        }
    }

    fn anchors(&self) -> Vec<Anchor> {
        // A third letter before the digits would run into the first two.
        vec![Anchor::digits(2, 32).after(ByteSet::ALPHA).after_letters(2)]
    }

    fn reach(&self) -> Reach {
        Reach { set: ByteSet::ALPHA, max: 2 }
    }

    fn ahead(&self) -> usize {
        LONGEST + LONGEST / 4 + 2
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = probe.at().checked_sub(2)?;
        if !(probe.is(start, &ByteSet::ALPHA) && probe.is(start + 1, &ByteSet::ALPHA)) {
            return None;
        }
        if is_glued(probe, start) {
            return None;
        }
        let country = [probe.get(start)?, probe.get(start + 1)?];
        let registered = length_in(country, &LENGTHS);
        let length = registered.or_else(|| length_in(country, &UNREGISTERED))?;
        probe.begins(start);
        let end = end_of(probe, start, length)?;
        let number = probe.slice(start..end);
        if !is_uniform(number) || !is_regular(number) {
            return None;
        }
        if !mod97::holds(number) {
            let is_called_so = NAME.stand_behind(probe, start);
            return is_called_so.then(|| Match::new(start..end, 0.3).with(Evidence::CONTEXT).harmless());
        }
        let found = Match::new(start..end, 0.9).with(Evidence::CHECKSUM);
        let in_context = CONTEXT.stand_behind(probe, start);
        let found =
            if in_context { Match { confidence: 0.98, ..found }.with(Evidence::CONTEXT) } else { found };
        Some(if registered.is_some() { found } else { found.harmless() })
    }
}

fn length_in(country: [u8; 2], lengths: &[(usize, &str)]) -> Option<usize> {
    let code = country.map(|letter| letter.to_ascii_uppercase());
    // Two letters and a space each: a number after two letters is common enough in code to make this count.
    let has = |codes: &str| codes.as_bytes().chunks(3).any(|known| known.starts_with(&code));
    lengths.iter().find(|(_, codes)| has(codes)).map(|(length, _)| *length)
}

/// The end of `length` letters and digits, in one piece or in groups, where nothing longer goes on.
fn end_of(probe: &Probe<'_>, start: usize, length: usize) -> Option<usize> {
    let mut at = start;
    let mut group = 0;
    for taken in 0..length {
        if taken > 2 && group > 1 && probe.is(at, &SEPARATOR) {
            at += 1;
            group = 0;
        }
        if !probe.is(at, &ByteSet::ALNUM) {
            return None;
        }
        at += 1;
        group += 1;
    }
    (!probe.is(at, &ByteSet::WORD)).then_some(at)
}

/// Letters of one case: words in running text that happen to satisfy the checksum are not.
fn is_uniform(number: &[u8]) -> bool {
    !(number.iter().any(u8::is_ascii_lowercase) && number.iter().any(u8::is_ascii_uppercase))
}

/// What does not stand in groups of four is digits and capitals: a sentence is not.
fn is_regular(number: &[u8]) -> bool {
    let groups: SmallVec<[usize; 12]> = number.split(|byte| SEPARATOR.has(*byte)).map(<[u8]>::len).collect();
    let fours =
        groups.split_last().is_some_and(|(last, rest)| *last <= 4 && rest.iter().all(|group| *group == 4));
    groups.len() == 1 || fours || !number.iter().any(u8::is_ascii_lowercase)
}

fn is_glued(probe: &Probe<'_>, start: usize) -> bool {
    const GLUE: ByteSet = ByteSet::WORD.with(b"-/+").or(ByteSet::EMPTY.range(0x80, 0xff));
    probe.was(start, &GLUE)
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn iban_cases() {
        Cases::of("payment.iban")
            .hit("IBAN DE89 3704 0044 0532 0130 00.", "DE89 3704 0044 0532 0130 00")
            .hit("pay GB82WEST12345698765432 now", "GB82WEST12345698765432")
            .hit("iban=fr1420041010050500013m02606", "fr1420041010050500013m02606")
            .hit("NL91-ABNA-0417-1643-00", "NL91-ABNA-0417-1643-00")
            .hit("NO9386011117947", "NO9386011117947")
            .hit("DE89\t3704004405320130 00", "DE89\t3704004405320130 00")
            .hit("DE89.3704.0044.0532.0130.00.", "DE89.3704.0044.0532.0130.00")
            .hit("GB82_WEST_1234_5698_7654_32", "GB82_WEST_1234_5698_7654_32")
            .hit(
                "iban D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0",
                "D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0",
            )
            .low("IBAN: DE88 3704 0044 0532 0130 00", "DE88 3704 0044 0532 0130 00")
            .low("IR580540105180021273113007", "IR580540105180021273113007")
            .miss("De89 3704 0044 0532 0130 00")
            .miss("DE88 3704 0044 0532 0130 00")
            .miss("DE89 3704 0044 0532 0130 0")
            .miss("DE89370400440532013000x")
            .miss("xDE89370400440532013000")
            .miss("ZZ89370400440532013000")
            .miss("commit de89370400440532013001 at 1234")
            .run();
    }
}
