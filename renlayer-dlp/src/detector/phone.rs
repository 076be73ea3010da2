//! Telephone numbers: international with `+` or `00`, and national ones of North America, Britain, Germany, France, Spain,
//! Italy and the Netherlands.
//!
//! A number reaches a person, and joins what several sources know of them. Most digits in a prompt are none, so precision
//! comes first: a `+` with a country code and the length that country has, a national way of writing that nothing else
//! shares, or a word before it.
//!
//! - hit: `+49 30 901820`, `(212) 736-5000`, `01 42 68 53 00`; `Tel. 030 901820` and `call 2127365000` by their context
//! - low: 555-01xx, which North America keeps for stories
//! - miss: `2127365000` alone, dates, epoch seconds, order numbers, decimals
//! - known mistakes: the length of a number is checked, not whether its area exists; extensions are not part of the match.

mod plan;
mod written;

use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Reach};
use crate::words::Words;
use crate::{Evidence, Severity};
use written::Written;

/// See the [module](self).
pub(super) struct Phone;

/// Words of the seven languages that come before a number.
static CONTEXT: Words = Words::new(&[
    "phone",
    "phones",
    "telephone",
    "tel",
    "mobile",
    "mob",
    "cell",
    "cellphone",
    "fax",
    "call",
    "calls",
    "dial",
    "whatsapp",
    "sms",
    "hotline",
    "landline",
    "ring",
    "telefon",
    "telefonnummer",
    "mobil",
    "mobilnummer",
    "handy",
    "handynummer",
    "rufnummer",
    "festnetz",
    "durchwahl",
    "anrufen",
    "ruf",
    "téléphone",
    "tél",
    "portable",
    "appelez",
    "appeler",
    "numéro",
    "joindre",
    "teléfono",
    "telefono",
    "móvil",
    "llame",
    "llamar",
    "llámame",
    "cellulare",
    "chiama",
    "chiamare",
    "chiami",
    "telefoon",
    "telefoonnummer",
    "mobiel",
    "bel",
    "bellen",
    "reach me",
    "text me",
    "phone number",
    "cep",
    "gsm",
    "numara",
]);

/// What a number does not stand directly after.
const INSIDE: ByteSet = ByteSet::WORD.with(b"+$#").or(ByteSet::EMPTY.range(0x80, 0xff));
/// What the sign of an international number does not stand after, and what it stands before.
const BEFORE_PLUS: ByteSet = ByteSet::WORD.with(b"+)/");
const AFTER_PLUS: ByteSet = ByteSet::DIGIT.with(b"(");

/// How far back a word is looked for.
const CONTEXT_REACH: usize = 48;

impl Detector for Phone {
    fn about(&self) -> About {
        About::new("phone", "pii.phone", Severity::Medium, "a telephone number")
    }

    fn page(&self) -> Page {
        let mistakes =
            "areas are not looked up; ten digits after a word like `call` are a hit; extensions are left out";
        Page { basis: "country code and length, a national way of writing, or a word before it", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        // Most numbers end here: by their length, their first digit, and what is beside them.
        let first = ByteSet::DIGIT.without(b"1");
        let digits = |min, max| Anchor::digits(min, max).after(INSIDE.not());
        let zero = |min, max| digits(min, max).beginning(ByteSet::EMPTY.with(b"0"));
        let set = ByteSet::EMPTY.with(b"+");
        vec![
            Anchor::Between { before: BEFORE_PLUS.not(), set, next: AFTER_PLUS },
            digits(2, 3).beginning(first).then(written::BETWEEN),
            zero(4, 5).then(written::BETWEEN),
            zero(6, 8),
            digits(9, 10).beginning(first),
            zero(11, 15),
        ]
    }

    fn reach(&self) -> Reach {
        Reach { set: ByteSet::EMPTY.with(b"("), max: 1 }
    }

    fn ahead(&self) -> usize {
        written::LONGEST + 4
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        if probe.get(probe.at()) == Some(b'+') { international(probe) } else { national(probe) }
    }
}

fn international(probe: &Probe<'_>) -> Option<Match> {
    let start = probe.at();
    let written = Written::read(probe, start + 1);
    let end = written.longest(plan::is_international)?;
    let found = Match::new(start..end, 0.9).with(Evidence::STRUCTURE);
    let is_story =
        written.digits_to(end).get(1..).is_some_and(plan::is_story) && probe.get(start + 1) == Some(b'1');
    Some(if is_story { found.harmless() } else { found })
}

fn national(probe: &Probe<'_>) -> Option<Match> {
    let digit = probe.at();
    let run = probe.run(digit, &ByteSet::DIGIT, 16) - digit;
    if (run <= 5 && !written::goes_on(probe, digit + run)) || is_inside_a_number(probe, digit) {
        return None;
    }
    let written = Written::read(probe, digit);
    let start = written.opening(probe).unwrap_or(digit);
    let confidence = written.shapes().find_map(|(end, shape)| {
        let alone = shape.alone();
        let in_context = || CONTEXT.stand_in(probe.behind(start, CONTEXT_REACH));
        match (alone, in_context()) {
            (_, true) => Some((end, 0.85, Evidence::CONTEXT)),
            (Some(confidence), false) => Some((end, confidence, Evidence::STRUCTURE)),
            (None, false) => None,
        }
    });
    let (end, confidence, evidence) = confidence?;
    let found = Match::new(start..end, confidence).with(evidence);
    Some(if plan::is_story(written.digits_to(end)) { found.harmless() } else { found })
}

/// Whether what is before makes it a part of something longer: a decimal, a date, an id.
fn is_inside_a_number(probe: &Probe<'_>, digit: usize) -> bool {
    match probe.before(digit) {
        // The trunk digit of North America may come first: `1-212-736-5000`.
        Some(b'-' | b'.' | b' ') if probe.before(digit - 1) == Some(b'1') => {
            probe.was(digit - 2, &ByteSet::WORD.with(b"-."))
        }
        Some(b'-' | b'.' | b',' | b'/' | b':') => digit > 1 && probe.was(digit - 1, &ByteSet::ALNUM),
        Some(byte) => INSIDE.has(byte),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn phone_cases() {
        Cases::of("pii.phone")
            .hit("Berlin +49 30 901820.", "+49 30 901820")
            .hit("+12127365000", "+12127365000")
            .hit("+1 (212) 736-5000", "+1 (212) 736-5000")
            .hit("+44 (0)20 7219 3000 today", "+44 (0)20 7219 3000")
            .hit("tel:+33-1-42-68-53-00", "+33-1-42-68-53-00")
            .hit("+39 06 6982, ask", "+39 06 6982")
            .hit("(212) 736-5000", "(212) 736-5000")
            .hit("212-736-5000", "212-736-5000")
            .hit("1-212-736-5000", "212-736-5000")
            .hit("call 2127365000", "2127365000")
            .hit("phone: 212.736.5000", "212.736.5000")
            .hit("01 42 68 53 00", "01 42 68 53 00")
            .hit("tél. 0142685300", "0142685300")
            .hit("Tel. 030 901820", "030 901820")
            .hit("Handy 0151/23456789", "0151/23456789")
            .hit("ring 020 7219 3000", "020 7219 3000")
            .hit("mobile 07911 123456", "07911 123456")
            .hit("móvil 612 34 56 78", "612 34 56 78")
            .hit("cellulare 333 1234567", "333 1234567")
            .hit("bel 06-12345678", "06-12345678")
            .hit("fax 0049 30 901820", "0049 30 901820")
            .low("call (212) 555-0123", "(212) 555-0123")
            .low("+1 212 555 0123", "+1 212 555 0123")
            .miss("2127365000")
            .miss("epoch 1700000000 and 1700000000123")
            .miss("2024-01-15 and 15.01.2024 and 01-02-2024")
            .miss("order 4155552671 part 212-736-500")
            .miss("0.2127365000 and 3.14159 and 100,000,000")
            .miss("a+49301234567 or 1+12127365000")
            .miss("+999 123 and +1 112 736 5000")
            .miss("id 7f212-736-5000 and 212-736-5000-1")
            .miss("NHS 221 395 1837")
            .miss("MAC 01-23-45-67-89-AB")
            .miss("#0142685300")
            .run();
    }
}
