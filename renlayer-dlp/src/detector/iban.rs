//! International bank account numbers: a country's length, where it has letters and where digits, and mod 97 together.
//!
//! An IBAN names an account and lets money be drawn from it in some countries. Country code, exact length and checksum leave
//! one random string in some ten thousand.
//!
//! - hit: `DE89 3704 0044 0532 0130 00`, `GB82WEST12345698765432`, `nl91-abna-0417-1643-00`, `IT 60 X 05428 11101 000000123456`
//! - low: a wrong check digit after the word `IBAN`; one run of digits after a country that stands apart, without a word; a country that is not in the registry, letters where the country has digits, in groups
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
/// What people write between the country and the check digits.
const PART: ByteSet = ByteSet::EMPTY.with(b" .-");
/// Digits in as many bytes after the first ones of an IBAN whose country stands apart.
const MORE: (u8, usize) = (6, 16);
/// Shorter ones are less sure where the country stands apart: `NO` is an order's number too.
const SURE: usize = 20;
/// With so many separators a number is in groups, besides the country that stands apart.
const GROUPED: usize = 3;

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
        let number = |min, max, before| Anchor::digits(min, max).after(before).after_letters(2);
        // Nor does a capital stand before the mark in a decimal, or before most words' spaces.
        let parted = |min, max| number(min, max, PART).unjoined(ByteSet::UPPER.not(), PART);
        vec![number(2, 32, ByteSet::ALPHA), parted(2, 5).followed_by(MORE.0), parted(6, 32)]
    }

    fn reach(&self) -> Reach {
        Reach { set: ByteSet::ALPHA.or(PART), max: 3 }
    }

    fn ahead(&self) -> usize {
        LONGEST + LONGEST / 2 + 2
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let is_parted = probe.was(probe.at(), &PART);
        let start = probe.at().checked_sub(2 + usize::from(is_parted))?;
        let letters = if is_parted { ByteSet::UPPER } else { ByteSet::ALPHA };
        if !(probe.is(start, &letters) && probe.is(start + 1, &letters)) || is_parted && !goes_on(probe) {
            return None;
        }
        if is_glued(probe, start) {
            return None;
        }
        let country = [probe.get(start)?, probe.get(start + 1)?];
        let registered = format_in(country, &FORMATS);
        let (length, format) = registered.or_else(|| format_in(country, &UNREGISTERED))?;
        probe.begins(start);
        let end = end_of(probe, start, length, format)?;
        let number = probe.slice(start..end);
        if !is_uniform(number) || !is_regular(number) {
            return None;
        }
        let holds = mod97::holds(number) && fits(number, format);
        let in_context = CONTEXT.stand_behind(probe, start);
        let is_sure = || (length >= SURE || is_regular_but_for(number)) && !is_of_a_row(probe, end);
        if is_parted && !(holds && (in_context || is_sure())) {
            return None;
        }
        if !holds {
            // In groups nothing else is written with a check that holds.
            let is_grouped = || mod97::holds(number) && number.contains(&b' ');
            let is_told = NAME.stand_behind(probe, start) || is_grouped();
            return is_told.then(|| Match::new(start..end, 0.3).with(Evidence::CONTEXT).harmless());
        }
        let found = Match::new(start..end, 0.9).with(Evidence::CHECKSUM);
        let found =
            if in_context { Match { confidence: 0.98, ..found }.with(Evidence::CONTEXT) } else { found };
        // Two letters before a long number in one run are a serial number's, too, of which the check of one in a hundred holds.
        let is_grouped = || number.iter().filter(|byte| SEPARATOR.has(**byte)).count() >= GROUPED;
        let is_told = !is_parted || in_context || is_grouped();
        Some(if registered.is_some() && is_told { found } else { found.harmless() })
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

/// Whether so many digits follow the first ones that it may be an IBAN.
fn goes_on(probe: &Probe<'_>) -> bool {
    let end = probe.run(probe.at(), &ByteSet::DIGIT, LONGEST);
    let rest = probe.slice(end..end + MORE.1);
    end - probe.at() > 5 || rest.iter().filter(|byte| byte.is_ascii_digit()).count() >= usize::from(MORE.0)
}

/// Whether a separator and another digit follow at `end`: then it is the begin of a longer number, or the first of several.
fn is_of_a_row(probe: &Probe<'_>, end: usize) -> bool {
    probe.is(end, &SEPARATOR) && probe.is(end + 1, &ByteSet::DIGIT)
}

/// Whether it stands in groups of four but for the country and the check digits, which each stand alone: `FI 91 8000 2430 6462 72`.
fn is_regular_but_for(number: &[u8]) -> bool {
    let mut groups = number.split(|byte| SEPARATOR.has(*byte)).map(<[u8]>::len);
    let (country, check) = (groups.next(), groups.next());
    let rest: SmallVec<[usize; 12]> = groups.collect();
    country == Some(2)
        && check == Some(2)
        && rest.split_last().is_some_and(|(last, rest)| *last <= 4 && rest.iter().all(|group| *group == 4))
}

/// The end of `length` letters and digits, in one piece or in groups, where nothing longer goes on.
fn end_of(probe: &Probe<'_>, start: usize, length: usize, format: &str) -> Option<usize> {
    // Italy and San Marino write their letter apart.
    let has_letter = format.starts_with("1a");
    let mut at = start;
    let mut group = 0;
    for taken in 0..length {
        if taken > 1 && (group > 1 || has_letter && taken == 5) && probe.is(at, &SEPARATOR) {
            at += 1;
            group = 0;
            // Some write two spaces, or a full stop and one.
            at += usize::from(taken > 2 && probe.get(at) == Some(b' '));
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
            .hit("FR 76 3000 6000 0112 3456 7890 189", "FR 76 3000 6000 0112 3456 7890 189")
            .hit("to FR.76.30006.00001.12345678901.89 on", "FR.76.30006.00001.12345678901.89")
            .hit("IBAN RS 35260005601001611379,", "RS 35260005601001611379")
            .hit("IT 60 X 05428 11101 000000123456", "IT 60 X 05428 11101 000000123456")
            .hit("GB 29 NWBK 6016 1331 9268 19", "GB 29 NWBK 6016 1331 9268 19")
            .hit("DE89  3704  0044  0532  0130  00", "DE89  3704  0044  0532  0130  00")
            .hit("NO 93 8601 1117 947", "NO 93 8601 1117 947")
            .hit("konto NO 9386011117947", "NO 9386011117947")
            .miss("order NO 9386011117947, NO. 9386011117947, fr 76 3000 6000 0112 3456 7890 189")
            .miss("FR 77 3000 6000 0112 3456 7890 189, IBAN FR 77 3000 6000 0112 3456 7890 189")
            .miss("DE 89 3704 0044 0532 0130 00 4711")
            .miss("in 12 345678 of 99 1234567890 at 2024, IT 60 2024 and NO 12 345678")
            .low("IBAN: DE88 3704 0044 0532 0130 00", "DE88 3704 0044 0532 0130 00")
            .low("RS 35260005601001611379,", "RS 35260005601001611379")
            .low("serial DO 32925111711333776781134258 ok", "DO 32925111711333776781134258")
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
