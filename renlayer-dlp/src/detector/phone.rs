//! Telephone numbers of all countries: with `+` or `00` and a country code, or as they are dialled at home.
//!
//! A number reaches a person, and joins what several sources know of them. Most digits in a prompt are none, so precision
//! comes first: a `+` and what the numbering plan of that country accepts, a national way of writing that nothing else shares,
//! or a word before it. The plans are those of libphonenumber (`plan.rs`).
//!
//! - hit: `+49 30 901820`, `(212) 736-5000`, `01 42 68 53 00`; `Tel. 030 901820`, `call 2127365000` and `2127365000 is my phone` by their context
//! - hit: `455 6186 office` and nothing else in its line, as address books write it
//! - hit: `0151/23456789`, `(11) 96123-4567`, `0049 30 901820`, `+1 212-736-5000 ext. 12`, `1-800-FLOWERS`
//! - low: 555-01xx, which North America keeps for stories; a number in an area that its country did not give out;
//!   `612 34 56 78`, `(0-612) 34555` or `004930901820` without a word; `2127365000` and nothing else
//! - miss: `2127365000` in a text without a word, dates, epoch seconds, order numbers, decimals
//! - known mistakes: without a word before them, national numbers in other layouts than these are missed; with one, any digits
//!   that some country would dial are a hit.

mod plan;
mod vanity;
mod words;
mod written;

use std::cell::Cell;
use std::ops::RangeInclusive;

use super::id::{self, ends_a_wide_character};
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Reach};
use crate::words::has_letters;
use crate::{Evidence, Severity};
use words::{CONTEXT, NUMBER, OTHER, SPOKEN};
use written::{Shape, Written};

/// See the [module](self).
pub(super) struct Phone;

/// What a sentence does not have between such a word and the number.
const CODE: ByteSet = ByteSet::EMPTY.with(b"=(){}[];<>_|&#*/\\\"`$%@");

/// What a number does not stand directly after; whether a character of several bytes is a letter shows when it is looked at.
const INSIDE: ByteSet = ByteSet::WORD.with(b"+$#");
/// What the sign of an international number does not stand after, and what it stands before.
const BEFORE_PLUS: ByteSet = ByteSet::WORD.with(b"+)/");
const AFTER_PLUS: ByteSet = ByteSet::DIGIT.with(b"(");

/// After these a number is a part of another one, a date or an address, unless the trunk digit of North America is before them.
const JOINT: ByteSet = ByteSet::EMPTY.with(b"-./:");
const NUMBER_BEFORE: ByteSet = ByteSet::DIGIT.without(b"1");

/// How far back a word is looked for.
const CONTEXT_REACH: usize = 48;
const OTHER_REACH: usize = 24;

impl Detector for Phone {
    fn about(&self) -> About {
        About::new("phone", "pii.phone", Severity::Medium, "a telephone number")
    }

    fn page(&self) -> Page {
        let mistakes = "digits after a word like `call` that are a number of any country are a hit; groups that other numbers have too and an area given out lately are LOW";
        let basis = "country code and length, a national way of writing, a word before it, or a label after it in a line of its own; as a whole message LOW";
        Page { basis, mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        // Most numbers end here: by their length, their first digit, and what is beside them.
        let digits =
            |min, max| Anchor::digits(min, max).after(INSIDE.not()).unjoined(NUMBER_BEFORE, JOINT.with(b","));
        let zero = |min, max| digits(min, max).beginning(ByteSet::EMPTY.with(b"0"));
        let set = ByteSet::EMPTY.with(b"+");
        vec![
            Anchor::Between { further: ByteSet::ALL, before: BEFORE_PLUS.not(), set, next: AFTER_PLUS },
            digits(2, 4).then(written::BETWEEN).second(written::INSIDE).followed_by(1),
            // `(0-612) 34555`.
            zero(1, 1).after(ByteSet::EMPTY.with(b"(")).then(ByteSet::EMPTY.with(b"-")),
            // `1-800-FLOWERS`.
            Anchor::digits(3, 3)
                .after(INSIDE.not())
                .beginning(ByteSet::EMPTY.with(b"8"))
                .then(ByteSet::EMPTY.with(b" -.)")),
            zero(5, 5).then(written::BETWEEN).second(written::INSIDE).followed_by(1),
            digits(6, 9),
            digits(10, 10).beginning(ByteSet::DIGIT.without(b"1")),
            digits(11, 12),
            digits(13, 13).beginning(ByteSet::DIGIT.without(b"01")),
            zero(13, 15),
        ]
    }

    fn reach(&self) -> Reach {
        Reach { set: ByteSet::EMPTY.with(b"("), max: 1 }
    }

    fn ahead(&self) -> usize {
        written::LONGEST + id::CLAUSE
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        if probe.get(probe.at()) == Some(b'+') {
            international(probe)
        } else {
            national(probe).or_else(|| all_that_was_said(probe))
        }
    }
}

fn international(probe: &Probe<'_>) -> Option<Match> {
    let start = probe.at();
    let written = Written::read(probe, start + 1);
    let Some(end) = written.longest(plan::is_international) else {
        // Right in all but what its country gave out: made up, or a new area.
        let end = written.longest(plan::looks_international)?;
        return Some(Match::new(start..end, 0.4).with(Evidence::STRUCTURE).harmless());
    };
    let found = Match::new(start..extended(probe, end), 0.9).with(Evidence::STRUCTURE);
    let is_story = match written.digits_to(end) {
        [b'1', rest @ ..] => plan::is_story(rest),
        [b'4', b'4', rest @ ..] => plan::is_british_story(rest),
        _ => false,
    };
    Some(if is_story { found.harmless() } else { found })
}

fn national(probe: &Probe<'_>) -> Option<Match> {
    let digit = probe.at();
    let run = probe.run(digit, &ByteSet::DIGIT, 16) - digit;
    if run == 3
        && let Some(found) = vanity::read(probe, digit)
    {
        return Some(found);
    }
    if (run <= 5 && !written::goes_on(probe, digit + run)) || is_inside_a_number(probe, digit) {
        return None;
    }
    let written = Written::read(probe, digit);
    if written.is_short() {
        return None;
    }
    let start = written.opening(probe).unwrap_or(digit);
    let in_context = Cell::new(None);
    let in_context = || {
        let known = in_context.get();
        let known = known.unwrap_or_else(|| {
            let behind = words_before(probe, start);
            CONTEXT.stand_in(behind) || is_spoken_of(probe, start, behind)
        });
        in_context.set(Some(known));
        known
    };
    let is_called_otherwise =
        || OTHER.stand_in(probe.behind(start, OTHER_REACH)) || id::is_spoken_of(probe, start);
    let is_called_a_phone = |end: usize| {
        let clause = || id::clause(probe, end).unwrap_or_default();
        CONTEXT.stand_in(clause())
    };
    let stands = |end: usize, shape: Shape| {
        let stands_alone =
            || shape.alone().is_some() && !is_called_otherwise() && !id::is_called_so(probe, end);
        let is_labelled = || written.is_labelled(probe) && !is_called_otherwise();
        let says_so = || written::has_spoken_extension(probe, end) || is_labelled();
        in_context() || stands_alone() || says_so() || is_called_a_phone(end)
    };
    let shapes = written.shapes(probe, || !is_silent(probe, start, &written));
    let mut shapes = shapes.filter(|(end, shape)| stands(*end, *shape));
    let (end, shape) = match shapes.next()? {
        // Of North America's areas it is none: Mexico writes alike.
        (end, Shape::Unassigned) => shapes.next().unwrap_or((end, Shape::Unassigned)),
        first => first,
    };
    let (confidence, evidence) = match shape.alone() {
        Some(confidence) if !in_context() => (confidence, Evidence::STRUCTURE),
        _ => (0.85, Evidence::CONTEXT),
    };
    let found = Match::new(start..extended(probe, end), confidence).with(evidence);
    let is_story = match written.digits_to(end) {
        [b'0', rest @ ..] => plan::is_british_story(rest),
        digits => plan::is_story(digits),
    };
    let is_shared = matches!(shape, Shape::Grouped) && !in_context() && !written.is_labelled(probe);
    let tells_little = matches!(shape, Shape::Unassigned) || is_shared || is_story;
    Some(if tells_little { found.harmless() } else { found })
}

/// A number that is all of a message: as long as most telephone numbers are, and one that some country dials.
fn all_that_was_said(probe: &Probe<'_>) -> Option<Match> {
    const DIGITS: RangeInclusive<usize> = 10..=12;
    const MADE_OF: ByteSet = ByteSet::DIGIT.with(b" -");
    let start = probe.at();
    if !probe.is_said_from(start) {
        return None;
    }
    let written = Written::read(probe, start);
    let end = written.longest(plan::is_national)?;
    let is_written_so = probe.slice(start..end).iter().all(|byte| MADE_OF.has(*byte));
    let stands =
        is_written_so && DIGITS.contains(&written.digits_to(end).len()) && probe.is_all_said(start..end);
    stands.then(|| Match::new(start..end, 0.25).with(Evidence::STRUCTURE).harmless())
}

/// Whether no word can be about the digits of a number, for there is no letter before it and none in it or right after it, nor a
/// bracket, in which there could be one.
fn is_silent(probe: &Probe<'_>, start: usize, written: &Written) -> bool {
    let here = written.end().and_then(|end| probe.arrived(start, end - start + id::LINK));
    here.is_some_and(|here| !has_letters(here) && !here.contains(&b'('))
        && !has_letters(words_before(probe, start))
}

/// What is read for a word: more bytes where characters have two or three.
fn words_before<'t>(probe: &Probe<'t>, start: usize) -> &'t [u8] {
    let behind = probe.behind(start, CONTEXT_REACH);
    let is_wide = behind.first().is_some_and(|byte| *byte >= 0x80);
    if is_wide { probe.behind(start, 2 * CONTEXT_REACH) } else { behind }
}

/// Whether the sentence before a number speaks of a call, or of a number and of nothing else.
fn is_spoken_of(probe: &Probe<'_>, start: usize, behind: &[u8]) -> bool {
    let begin = behind.iter().rposition(|byte| CODE.has(*byte)).map_or(0, |last| last + 1);
    let sentence = behind.get(begin..).unwrap_or_default();
    // What joins a word to a name takes the word with it.
    let is_joined = begin > 0 && behind.get(begin - 1) == Some(&b'_');
    let word = sentence.iter().take_while(|byte| is_joined && byte.is_ascii_alphabetic()).count();
    let sentence = sentence.get(word..).unwrap_or_default();
    let is_a_number =
        || NUMBER.stand_in(sentence) && !OTHER.stand_in(behind) && !id::is_spoken_of(probe, start);
    SPOKEN.stand_in(sentence) || is_a_number()
}

fn extended(probe: &Probe<'_>, end: usize) -> usize {
    written::extension(probe, end).unwrap_or(end)
}

/// Whether what is before makes it a part of something longer: a decimal, a date, an id.
fn is_inside_a_number(probe: &Probe<'_>, digit: usize) -> bool {
    match probe.before(digit) {
        // The trunk digit of North America may come first: `1-212-736-5000`.
        Some(b'-' | b'.' | b' ') if probe.before(digit - 1) == Some(b'1') => {
            probe.was(digit - 2, &ByteSet::WORD.with(b"-."))
        }
        Some(b' ') => is_after_country(probe, digit - 1),
        Some(byte) if JOINT.has(byte) => digit > 1 && probe.was(digit - 1, &ByteSet::ALNUM),
        // Lists have a comma without a space, and so do thousands.
        Some(b',') => digit > 1 && probe.was(digit - 1, &ByteSet::DIGIT),
        Some(0x80..) => !ends_a_wide_character(probe, digit),
        Some(byte) => INSIDE.has(byte),
        None => false,
    }
}

/// Whether a `+` and a country code end at `end`: then the number was read from there, and is none.
fn is_after_country(probe: &Probe<'_>, end: usize) -> bool {
    let code = probe.run_back(end, &ByteSet::DIGIT, 3);
    code < end && probe.before(code) == Some(b'+')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detector::harness::Cases;
    use crate::engine::Text;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

        /// Of no number that words are about it is said that none can be.
        #[test]
        fn numbers_are_silent_where_nothing_is_said(
            before in "(phone |tel|☎|call \\(|[0-9. -]|電話){0,3}[ :(]?",
            number in "[0-9]{2,4}([ .-]| [(]|[)] ?| – )?[0-9]{2,4}([ .-][0-9]{2,5}){0,3}",
            after in " ?,?( is my phone| [(]phone[)]|[(]phone| ext 12|[,;] ?ext. 9|は電話| – my phone|[0-9 .]){0,2}",
        ) {
            let text = format!("{before}{number}{after}");
            let whole = Text { bytes: text.as_bytes(), start: 0, complete: true };
            let probe = Probe::new(whole, before.len(), Phone.ahead());
            let written = Written::read(&probe, before.len());
            let start = written.opening(&probe).unwrap_or(before.len());
            let behind = words_before(&probe, start);
            let is_said_after = |end: usize| {
                let clause = id::clause(&probe, end).unwrap_or_default();
                written::has_spoken_extension(&probe, end) || CONTEXT.stand_in(clause)
            };
            let is_said = CONTEXT.stand_in(behind) || is_spoken_of(&probe, start, behind);
            let is_said = is_said || written.ends().any(is_said_after);
            prop_assert!(!is_said || !is_silent(&probe, start, &written), "{:?}", text);
        }
    }

    #[test]
    fn words_for_a_telephone_have_letters() {
        assert!([&CONTEXT, &SPOKEN, &NUMBER].iter().all(|words| words.are_lettered()));
    }

    #[test]
    fn phone_cases() {
        Cases::of("pii.phone")
            .hit("Berlin +49 30 901820.", "+49 30 901820")
            .hit("+12127365000", "+12127365000")
            .hit("+1 (212) 736-5000", "+1 (212) 736-5000")
            .hit("+44 (0)20 7219 3000 today", "+44 (0)20 7219 3000")
            .hit("+44 20 7219 3000 (0x1F)", "+44 20 7219 3000")
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
            .hit("0151/23456789", "0151/23456789")
            .hit("Desk: 2127365000 ext 9", "2127365000 ext 9")
            .hit("my mobile is 8801671163269", "8801671163269")
            .hit("Ana, 0049 30 901820", "0049 30 901820")
            .hit("Kim 010-2123-7463,", "010-2123-7463")
            .hit("010-2123-7463로 연락 주세요", "010-2123-7463")
            .hit("Gọi cho tôi theo số 0912345610", "0912345610")
            .low("Ana, 004930901820", "004930901820")
            .low("2127365000", "2127365000")
            .low(" 09171234567\n", "09171234567")
            .miss("482913")
            .miss("20261130")
            .miss("1234567.89")
            .miss("10.1000/182")
            .miss("1732962000")
            .miss("2127365000 rows")
            .miss("Ana 2127365000")
            .low("00 45 32 12 34 56", "00 45 32 12 34 56")
            .low("Li 131 2345 6789", "131 2345 6789")
            .low("Eve 0412.341.519,", "0412.341.519")
            .miss("GTIN 0012345678905, 0049000012343; pad 000123456789, step 0049.30.12, 9 1.00511 8.30706 3.48099Z")
            .miss("SM86 0032 2509 8000 0000 0270 100")
            .hit("at 020 7219 3000", "020 7219 3000")
            .hit("Tlf. 32.12.34.56", "32.12.34.56")
            .hit("Tel. 011 15-2345-6789", "011 15-2345-6789")
            .hit("Ring til mig på 32 10 00", "32 10 00")
            .hit("เบอร์โทรศัพท์ของฉันคือ 02-123-4851", "02-123-4851")
            .low("Ana, 612 34 56 78, y", "612 34 56 78")
            .low("Anna, 333 123 4567,", "333 123 4567")
            .low("Wei | 8123 2478 | Singapore", "8123 2478")
            .low("Jan, 601 123 608, Brno", "601 123 608")
            .low("Ola, 40 61 23 56.", "40 61 23 56")
            .low("Kim: 02-212-3464", "02-212-3464")
            .hit("tel. 612-34-14-74", "612-34-14-74")
            .miss("Ana, 612-34-14-74, y\n612-34-14-74\n")
            .hit("455 6186 office\nBoston", "455 6186")
            .hit("Kiel\n0431 35 06 90-Office\\,", "0431 35 06 90")
            .hit("Eva, 2546712361 (mobile).", "2546712361")
            .miss("built 1234567 office towers, 455 6186-officers, sold 2000000 mobile sets")
            .miss("ticket 4556186 fax")
            .miss("branch 20261130-work\nmemory 1048576 work\nreserved 6291456 work<")
            .miss("range 200000-250000 cell,")
            .miss("200000-250000 office,")
            .miss("du: 2345678 home\n3456789 work\n2345678 office")
            .miss("Array of 1234567 cell)")
            .miss("<td>1234567 cell</td>")
            .miss("sold 350000 phone;")
            .miss("sold 350 0000 phone;")
            .miss("10 000 000 mobile,")
            .miss("1 000 0000 office,")
            .low("Jonas | 321 1232599 | Cali", "321 1232599")
            .low("Eleni, 21 2345 2366.", "21 2345 2366")
            .low("Ivan: 02 123 443\n", "02 123 443")
            .low("Jonas, (0-612) 34555, Vilnius", "(0-612) 34555")
            .miss("(0-612) 34555 rows, pages (0-255) 65536, range (0-1000) 12345, slots (0-511) 204800 bytes")
            .miss("bits (0-15) 1048576, clamp(0-1023) 45678, (0-9999) 12345 of")
            .hit("Mob. (0-612).34411", "(0-612).34411")
            .hit("Eva (06 1) 234 5292", "(06 1) 234 5292")
            .hit("Ravi 081234 51972", "081234 51972")
            .hit("+44 (0)20 7219 3000", "+44 (0)20 7219 3000")
            .miss("(0-612) of 34555 rows, (0-255) 1234, (0-100) 2019-2020, (0.5) 1234567")
            .miss("8123 2478 rows, 601 123 608 people, 601.123.608 EUR, 2019-2024, 8123 2478.5")
            .hit("numer telefonu kontaktowego | 510 070 891 | ok", "510 070 891")
            .miss("address 32.12.34.56")
            .miss("Ring til mig 12 03 24")
            .hit("(11) 96123-4567", "(11) 96123-4567")
            .hit("+1 212-736-5000 ext. 12", "+1 212-736-5000 ext. 12")
            .hit("212-736-5000x123,", "212-736-5000x123")
            .hit("+33\u{a0}1 42\u{2011}68\u{2011}53\u{2011}00", "+33\u{a0}1 42\u{2011}68\u{2011}53\u{2011}00")
            .hit("order at 1-800-FLOWERS today", "800-FLOWERS")
            .hit("手机 tel: 13800138000", "13800138000")
            .hit("電話番号は03-5253-1111です", "03-5253-1111")
            .hit("我的手机号是13800138000。", "13800138000")
            .hit("전화번호는 02-2133-5114입니다", "02-2133-5114")
            .hit("Телефон: 02 930 7101", "02 930 7101")
            .miss("Größe2123196480 und à0142685300")
            .hit("τηλέφωνο 2101234567", "2101234567")
            .hit("Mi número es (453)832-3640", "(453)832-3640")
            .hit("Il mio numero è 3331234567.", "3331234567")
            .hit("O meu número é 912345678", "912345678")
            .miss("Номер заказа 6070034481, číslo objednávky 601234567, Numéro de commande : 3168585242")
            .miss("O meu número de contribuinte é 912345678")
            .miss("Il mio numero di partita IVA è 3331234567")
            .low("+1 112 736 5000", "+1 112 736 5000")
            .low("555-736-5000", "555-736-5000")
            .low("call (212) 555-0123", "(212) 555-0123")
            .low("+1 212 555 0123", "+1 212 555 0123")
            .low("ring 020 7946 0123", "020 7946 0123")
            .low("+44 1632 960123", "+44 1632 960123")
            .miss("syscall(__NR_call, 2147639554)")
            .hit("2127365000 is my phone", "2127365000")
            .hit("001-212-736-5000x12 then", "001-212-736-5000x12")
            .low("at 890-465-2863", "890-465-2863")
            .miss("(\"llama3\", 128000), Aug 09 2013 -0900")
            .miss("2127365000 is what it cost")
            .miss("epoch 1700000000 and 1700000000123")
            .miss("2024-01-15 and 15.01.2024 and 01-02-2024")
            .miss("order 4155552671 part 212-736-500")
            .miss("0.2127365000 and 3.14159 and 100,000,000")
            .miss("a+49301234567 or 1+12127365000")
            .miss("+999 123 and +999 1234567890")
            .miss("id 7f212-736-5000 and 212-736-5000-1")
            .miss("NHS 221 395 1837")
            .miss("MAC 01-23-45-67-89-AB")
            .miss("pub const RX_COMPLETION_RING: u64 = 6442450944; alloc_cell(2127365000)")
            .miss("HumanFloat(1234.1234321)")
            .miss("#0142685300")
            .run();
    }
}
