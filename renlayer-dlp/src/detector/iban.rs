//! International bank account numbers: a country's length, where it has letters and where digits, and mod 97 together.
//!
//! An IBAN names an account and lets money be drawn from it in some countries. Country code, exact length and checksum leave
//! one random string in some ten thousand.
//!
//! - hit: `DE89 3704 0044 0532 0130 00`, `GB82WEST12345698765432`, `nl91-abna-0417-1643-00`
//! - low: a wrong check digit after the word `IBAN`; a country that is not in the registry, letters where the country has digits, in groups
//! - miss: a wrong check digit without that word, a length that the country does not have, letters where it has digits in one run, the
//!   number inside a longer word
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

/// What follows the country's code and the two check digits, its length with these four, and the countries: digits (`n`), letters
/// (`a`), either (`c`), so many of each. From the registry and the territories that share a country's format.
const FORMATS: [(usize, &str, &str); 53] = [
    (15, "11n", "NO"),
    (16, "12n", "BE"),
    (18, "14n", "DK FI AX FO GL SD"),
    (18, "2a12n", "FK"),
    (18, "4a10n", "NL"),
    (19, "3n10c2n", "MK"),
    (19, "15n", "SI"),
    (20, "16n", "AT BA EE LT MN XK"),
    (20, "3n13c", "KZ LU"),
    (21, "5n12c", "CH LI"),
    (21, "17n", "HR"),
    (21, "4a13c", "LV"),
    (22, "18n", "CR DE ME RS VA"),
    (22, "2a16n", "GE"),
    (22, "4a14c", "BH"),
    (22, "4a14n", "GB GG IE IM JE"),
    (22, "4a6n8c", "BG"),
    (23, "19n", "AE IL SO TL"),
    (23, "3n16c", "OM"),
    (23, "4a15c", "GI"),
    (23, "4a15n", "IQ"),
    (24, "8n12c", "AD"),
    (24, "20n", "CZ ES SE SK TN"),
    (24, "20c", "MD"),
    (24, "4a16c", "PK RO"),
    (24, "2n18c", "SA"),
    (24, "4a16n", "VG"),
    (25, "21n", "LY PT ST"),
    (26, "22n", "IS"),
    (26, "6n16c", "TR"),
    (27, "23n", "BI DJ MR"),
    (27, "10n11c2n", "FR MC BL GF GP MF MQ NC PF PM RE TF WF YT"),
    (27, "7n16c", "GR"),
    (27, "1a10n12c", "IT SM"),
    (28, "8n16c", "AL CY"),
    (28, "4a20c", "AZ"),
    (28, "4c4n16c", "BY"),
    (28, "4c20n", "DO"),
    (28, "24c", "GT"),
    (28, "4a20n", "HN NI SV"),
    (28, "24n", "HU PL"),
    (28, "4n20c", "LB"),
    (29, "25n", "EG"),
    (29, "23n1a1c", "BR"),
    (29, "4a21c", "PS QA"),
    (29, "6n19c", "UA"),
    (30, "4a4n18c", "JO YE"),
    (30, "4a22c", "KW"),
    (30, "4a19n3a", "MU"),
    (31, "4a5n18c", "MT"),
    (31, "4a20n3a", "SC"),
    (32, "4a24c", "LC"),
    (33, "14n15c", "RU"),
];

/// The same of countries whose banks write such numbers without being in the registry.
const UNREGISTERED: [(usize, &str, &str); 6] = [
    (25, "21n", "AO CV MZ"),
    (25, "2c19n", "GW"),
    (26, "22n", "DZ IR"),
    (27, "23n", "CF CG CM GA GQ KM MG TD"),
    (28, "24n", "MA"),
    (28, "2c22n", "BF BJ CI ML NE SN TG"),
];

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
            basis: "country, its length, its places of letters and digits, mod 97; words before it",
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
        let registered = format_in(country, &FORMATS);
        let (length, format) = registered.or_else(|| format_in(country, &UNREGISTERED))?;
        probe.begins(start);
        let end = end_of(probe, start, length)?;
        let number = probe.slice(start..end);
        if !is_uniform(number) || !is_regular(number) {
            return None;
        }
        if !(mod97::holds(number) && fits(number, format)) {
            // In groups nothing else is written with a check that holds.
            let is_grouped = || mod97::holds(number) && number.contains(&b' ');
            let is_told = NAME.stand_behind(probe, start) || is_grouped();
            return is_told.then(|| Match::new(start..end, 0.3).with(Evidence::CONTEXT).harmless());
        }
        let found = Match::new(start..end, 0.9).with(Evidence::CHECKSUM);
        let in_context = CONTEXT.stand_behind(probe, start);
        let found =
            if in_context { Match { confidence: 0.98, ..found }.with(Evidence::CONTEXT) } else { found };
        Some(if registered.is_some() { found } else { found.harmless() })
    }
}

fn format_in(country: [u8; 2], formats: &[(usize, &'static str, &str)]) -> Option<(usize, &'static str)> {
    let code = country.map(|letter| letter.to_ascii_uppercase());
    // Two letters and a space each: a number after two letters is common enough in code to make this count.
    let has = |codes: &str| codes.as_bytes().chunks(3).any(|known| known.starts_with(&code));
    formats.iter().find(|(_, _, codes)| has(codes)).map(|(length, format, _)| (*length, *format))
}

/// Whether letters and digits stand after the check digits as the country has them.
fn fits(number: &[u8], format: &str) -> bool {
    let mut rest = number.iter().filter(|byte| byte.is_ascii_alphanumeric()).skip(4);
    let mut count = 0;
    format.bytes().all(|sign| {
        let is_so: fn(&u8) -> bool = match sign {
            b'0'..=b'9' => {
                count = 10 * count + usize::from(sign - b'0');
                return true;
            }
            b'n' => u8::is_ascii_digit,
            b'a' => u8::is_ascii_alphabetic,
            _ => u8::is_ascii_alphanumeric,
        };
        rest.by_ref().take(std::mem::take(&mut count)).all(is_so)
    })
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
    use super::*;
    use crate::detector::harness::Cases;

    #[test]
    fn formats_are_as_long_as_they_say() {
        for (length, format, codes) in FORMATS.iter().chain(&UNREGISTERED) {
            let counts =
                format.split(|c: char| c.is_ascii_alphabetic()).filter_map(|n| n.parse::<usize>().ok());
            assert_eq!(counts.sum::<usize>() + 4, *length, "{codes}");
        }
    }

    #[test]
    fn letters_stand_where_the_country_has_them() {
        assert!(fits(b"GB82WEST12345698765432", "4a14n") && !fits(b"GB82W3ST12345698765432", "4a14n"));
        // Both satisfy mod 97.
        assert!(mod97::holds(b"BE43068999999501") && fits(b"BE43068999999501", "12n"));
        assert!(mod97::holds(b"BE94A6899999950B") && !fits(b"BE94A6899999950B", "12n"));
    }

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
            .miss("BE94A6899999950B")
            .low("GB12 BARC 2020 1530 093A 59", "GB12 BARC 2020 1530 093A 59")
            .low("IBAN BE94A6899999950B", "BE94A6899999950B")
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
