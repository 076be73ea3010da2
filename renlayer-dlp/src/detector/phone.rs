//! Telephone numbers of all countries: with `+` or `00` and a country code, or as they are dialled at home.
//!
//! A number reaches a person, and joins what several sources know of them. Most digits in a prompt are none, so precision
//! comes first: a `+` and what the numbering plan of that country accepts, a national way of writing that nothing else shares,
//! or a word before it. The plans are those of libphonenumber (`plan.rs`).
//!
//! - hit: `+49 30 901820`, `(212) 736-5000`, `01 42 68 53 00`; `Tel. 030 901820`, `call 2127365000` and `2127365000 is my phone` by their context
//! - hit: `455 6186 office` and nothing else in its line, as address books write it
//! - hit: `0151/23456789`, `(11) 96123-4567`, `0049 30 901820`, `+1 212-736-5000 ext. 12`, `1-800-FLOWERS`
//! - low: what a word says to be a telephone number, and no country dials; 555-01xx, which North America keeps for stories; a number in an area that its country did not give out;
//!   `drawing 212-736-5000`, `phone_id=2127365000`; `212-736-5000` where two numbers or more of its column are none, and half of them;
//!   `612 34 56 78`, `Иван, 8 916 123-45-67`, `(0-612) 34555` or `004930901820` without a word; `2127365000` and nothing else
//! - miss: `7,212-736-5000,bolt`, a row of numbers that tells of no person
//! - miss: `2127365000` in a text without a word, dates, epoch seconds, order numbers, decimals
//! - known mistakes: without a word before them, national numbers in other layouts than these are missed; with one, any digits
//!   that some country would dial are a hit.

mod beside;
mod national;
mod plan;
mod vanity;
mod words;
mod written;

use super::id;
use super::topics::Topics;
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Reach};
use crate::{Evidence, Severity};
use written::Written;

/// See the [module](self).
pub(super) struct Phone;

/// What a number does not stand directly after; whether a character of several bytes is a letter shows when it is looked at.
const INSIDE: ByteSet = ByteSet::WORD.with(b"+$#");
/// What the sign of an international number does not stand after, and what it stands before.
const BEFORE_PLUS: ByteSet = ByteSet::WORD.with(b"+)/");
const AFTER_PLUS: ByteSet = ByteSet::DIGIT.with(b"(");

/// After these a number is a part of another one, a date or an address, unless the trunk digit of North America is before them.
const JOINT: ByteSet = ByteSet::EMPTY.with(b"-./:");
const NUMBER_BEFORE: ByteSet = ByteSet::DIGIT.without(b"1");

/// The words that are looked for before a number, with whether they may go on, and what they speak of.
pub(super) fn words() -> impl Iterator<Item = (&'static [u8], bool, Topics)> {
    words::all()
}

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
        let grouped = |length, more, decimals| {
            let group =
                digits(length, length).then(written::BETWEEN).second(written::INSIDE).followed_by(more);
            group.of_decimals(decimals).undated()
        };
        let groups = written::DECIMALS
            .into_iter()
            .flat_map(|which| [(2, 4), (3, 3), (4, 2)].map(|(length, more)| grouped(length, more, which)));
        // After the comma of a cell: `7,212-736-5000,Miller`.
        let cell = Anchor::digits(3, 3).after(ByteSet::EMPTY.with(b",")).then(ByteSet::EMPTY.with(b"-"));
        let others = [
            cell.followed_by(7).before_group(&[3]).unjoined(NUMBER_BEFORE, JOINT),
            Anchor::between(BEFORE_PLUS.not(), set, AFTER_PLUS),
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
        ];
        groups.chain(others).collect()
    }

    fn reach(&self) -> Reach {
        Reach { set: ByteSet::EMPTY.with(b"("), max: 1 }
    }

    fn ahead(&self) -> usize {
        written::LONGEST + id::CLAUSE
    }

    fn may_count_spread(&self) -> bool {
        false
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        if probe.get(probe.at()) == Some(b'+') { international(probe) } else { national::find(probe) }
    }
}

fn international(probe: &Probe<'_>) -> Option<Match> {
    let start = probe.at();
    let written = Written::read(probe, start + 1);
    let Some(end) = written.longest(plan::is_international) else {
        // Right in all but what its country gave out: made up, or a new area.
        let Some(end) = written.longest(plan::looks_international) else {
            return national::called(probe, start, written);
        };
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

fn extended(probe: &Probe<'_>, end: usize) -> usize {
    written::extension(probe, end).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::{Cases, scan};
    use crate::{Finding, Severity};

    #[test]
    fn two_numbers_are_found_side_by_side() {
        for (text, numbers) in [
            ("Bel 0201234567 of 0612345678", ["0201234567", "0612345678"]),
            ("Tel: 0612345678 of 0687654321", ["0612345678", "0687654321"]),
            ("Bel ons: 0201234567 of 0800 1234", ["0201234567", "0800 1234"]),
            ("Bel ons: 0800 1234 of 0800 4321", ["0800 1234", "0800 4321"]),
            ("Bel ons: 0800 1234 of 020 123 4567", ["0800 1234", "020 123 4567"]),
            (
                "1. Dupont 75 01 42 68 53 00\n2. Martin 69 04 78 12 34 56",
                ["01 42 68 53 00", "04 78 12 34 56"],
            ),
            ("bel 0201234567 of 06-12345678", ["0201234567", "06-12345678"]),
        ] {
            assert_eq!(found_in(text), numbers, "{text}");
        }
    }

    /// The telephone numbers of a text that are above `LOW`.
    fn found_in(text: &str) -> Vec<&str> {
        let report = scan(text);
        let is_phone = |f: &&Finding| &*f.class == "pii.phone" && f.severity > Severity::Low;
        let value = |f: &Finding| text.get(f.start..f.end).unwrap_or_default();
        report.findings.iter().filter(is_phone).map(value).collect()
    }

    #[test]
    fn phone_cases() {
        Cases::of("pii.phone")
            .hit("Berlin +49 30 901820.", "+49 30 901820")
            .hit("Tel. 30.90 18 20", "30.90 18 20")
            .hit("Tel. 89.12 34 56 78", "89.12 34 56 78")
            .hit("cell. 333.1234567", "333.1234567")
            .hit("fax 10.44 1230", "10.44 1230")
            .miss("tel. 11.63 10.88 22.5, 207.55 of")
            .miss("tel. 32.12, 34 56")
            .miss("call 2026-11-30 12:30 and 30.11.2026 12 30")
            .hit("+12127365000", "+12127365000")
            .hit("+1 (212) 736-5000", "+1 (212) 736-5000")
            .hit("+44 (0)20 7219 3000 today", "+44 (0)20 7219 3000")
            .hit("+44 20 7219 3000 (0x1F)", "+44 20 7219 3000")
            .hit("tel:+33-1-42-68-53-00", "+33-1-42-68-53-00")
            .hit("+39 06 6982, ask", "+39 06 6982")
            .hit("(212) 736-5000", "(212) 736-5000")
            .hit("Acme,212-736-5000,Bolt", "212-736-5000")
            .hit("212-736-5000", "212-736-5000")
            .low("nut,121-114-8261,4\ncog,121-115-8261,1\nbolt,212-736-5000,7", "212-736-5000")
            .hit("nut,121-114-8261,4\nbolt,212-736-5000,7", "212-736-5000")
            .hit("case 121-114-8261, text Ravi at 212-736-5000", "212-736-5000")
            .hit("NPI 121-114-8261 Dr Iyer 212-736-5000", "212-736-5000")
            .hit(
                r#"{"account":"889-114-8261","client":{"name":"Ravi Iyer","contact":"212-736-5000"}}"#,
                "212-736-5000",
            )
            .hit("Account 889-114-8261\nAdeyemi 212-736-5000 (mobile)", "212-736-5000")
            .hit("7,212-736-5000,Miller", "212-736-5000")
            .hit("Miller,7,212-736-5000", "212-736-5000")
            .miss("7,212-736-5000,bolt")
            .miss("mobile build 880308, contact sync: 286483 of 391202, phone 583 of 232759")
            .hit("phone 2127365000 of 3 contacts", "2127365000")
            .hit("Mobile: 1 of 2127365000", "2127365000")
            .hit("call Ms 2127365000", "2127365000")
            .hit("tel Ms 0612345678", "0612345678")
            .hit("call index 0612345678", "0612345678")
            .hit("tel uid 01 42 68 53 00", "01 42 68 53 00")
            .hit("Ms: 212-736-5000", "212-736-5000")
            .hit("Phone PID: 2127365000", "2127365000")
            .low("phone_count=2127365000", "2127365000")
            .hit("00 44 (1223) 334455", "00 44 (1223) 334455")
            .hit("00 44 (1904) 334455", "00 44 (1904) 334455")
            .miss("Lottery 12 86 04 55 97 21 09")
            .hit("Jean Dupont, 75 01 42 68 53 00", "01 42 68 53 00")
            .hit("1. Dupont 75 01 42 68 53 00", "01 42 68 53 00")
            .hit("Jean 06 12 34 56 78 01 42 68 53 00", "01 42 68 53 00")
            .hit("Martin: 17 75 01 42 68 53 00", "01 42 68 53 00")
            .hit("Call Anna about the pH 6.5 result at 2127365000", "2127365000")
            .hit("pH 123-456-7890", "123-456-7890")
            .hit("pH: 2127365000", "2127365000")
            .miss("pH 6.57, CAS 1392-51-6; J. Phys. 30, 608-505 (1979)")
            .hit("ph 2127365000", "2127365000")
            .low("drawing 212-736-5000", "212-736-5000")
            .low(r#"{"asset_no": "212-736-5000"}"#, "212-736-5000")
            .hit("drawing 212-736-5000 (mobile)", "212-736-5000")
            .hit("drawing 212-736-5000 is my phone", "212-736-5000")
            .hit(r#"{"whatsapp_id": "2127365000"}"#, "2127365000")
            .hit(r#"{"mobile_id": "2127365000"}"#, "2127365000")
            .low("phone_id=2127365000", "2127365000")
            .low(r#"{"phone_number_id": "2127365000"}"#, "2127365000")
            .hit("phone_id=(212) 736-5000", "(212) 736-5000")
            .hit("userId 7, phone=2127365000", "2127365000")
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
            .low("Ana, 11 96123-4567, SP", "11 96123-4567")
            .miss("ports 62104-61723, tcp, bytes 63499-94059.\nlines 71816-64487\ncopied 97192 71696")
            .hit("- 011 15-2345-6789", "011 15-2345-6789")
            .hit("or 0341 15 234-5678 then", "0341 15 234-5678")
            .miss("011 16-2345-6789, 0111 15-2345-6789, 7 011 15-2345-6789")
            .low("report (359) 753484", "(359) 753484")
            .miss("rows 12 97192-1696\nrows 11 96123-4567")
            .miss("port 11 8080-8090, row 55 1234 5678. 11 96123-4567 of")
            .low("Kim: 02-212-3464", "02-212-3464")
            .hit("tel. 612-34-14-74", "612-34-14-74")
            .miss("Ana, 612-34-14-74, y\n612-34-14-74\n")
            .hit("455 6186 office\nBoston", "455 6186")
            .hit("Kiel\n0431 35 06 90-Office\\,", "0431 35 06 90")
            .low("Ali, 0 532 123 45 67, Ankara", "532 123 45 67")
            .low("Иван 8 916 123-45-67", "916 123-45-67")
            .hit("Tel. 0 532 123 45 67", "532 123 45 67")
            .miss("[0 376 345 75 52]\ncpu2 0 324 366 68 35\nconfusion: 0 532 123 45 67\nline 8 495 123-45-67")
            .miss("10 532 123 45 67, 2.0 532 123 45 67, 7 532 123 45 67 rows")
            .hit("Eva, 2546712361 (mobile).", "2546712361")
            .hit("Nicosia\n22 498317 office\n", "22 498317")
            .hit("Oslo\n975 97 287-Office\\,", "975 97 287")
            .hit("København K\n51-16-34-25 mobile", "51-16-34-25")
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
            .low("Tel: +02 22.583-0608", "+02 22.583-0608")
            .low("my phone is 0018-000-780.6817", "0018-000-780.6817")
            .miss("phone and 192.168.1.100")
            .miss("at 0018-000-780.6817 and +02 22.583-0608")
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
            .hit("contact phone id (212) 736-5000", "(212) 736-5000")
            .hit(r#"{"phone_number": "2127365000"}"#, "2127365000")
            .hit("call Reid 2127365000", "2127365000")
            .miss("00000010  7f 0d 09 13 12 42 57 f6  01 42 68 53 00 a3")
            .miss("MAC 01-23-45-67-89-AB")
            .miss("pub const RX_COMPLETION_RING: u64 = 6442450944; alloc_cell(2127365000)")
            .miss("HumanFloat(1234.1234321)")
            .miss("#0142685300")
            .run();
    }
}
