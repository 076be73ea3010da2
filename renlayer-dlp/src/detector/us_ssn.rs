//! Social Security numbers of the United States.
//!
//! One number opens credit in a person's name. It has no check digit: what tells it from other numbers is the way it is
//! written, the ranges that were never issued, and the words before it.
//!
//! - hit: `536-22-8145`; `SSN 536 22 8145`, `social security number: 536228145`, `536228145 is my SSN` by their context
//! - miss: `social insurance number 536228145` (Canada's), `Greek tax ID 229342828`
//! - miss: `000-12-3456`, `666-12-3456`, `912-34-5678` (a taxpayer number), `536-00-8145`, nine digits without context
//! - low: such a number that was never issued, after a word for one; `TIN 536228145`, which is one of many countries
//! - low: right after a word for a thing, `part no. 128-14-2074`, `"order_id": "128-14-2074"`, or a count, `ssn_count=`; `536 22 8145` where it stands apart; `497878524` and nothing else
//! - low: the numbers that advertising made invalid, `078-05-1120`, `219-09-9999`, `457-55-5462`
//! - known mistakes: the number of a thing written 3-2-4 is a hit where no word says so, with spaces LOW.

use super::{About, Anchor, ByteSet, Decimals, Detector, Match, Page, Probe, cell, id, thing};
use crate::words::Words;
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct UsSsn;

const GLUE: ByteSet = ByteSet::WORD.or(ByteSet::EMPTY.range(0x80, 0xff));

/// After another number these make it a part of something longer.
const MARKS: ByteSet = ByteSet::EMPTY.with(b"-./");

static CONTEXT: Words =
    Words::new(&["ssn", "ssns", "ss#", "ss number", "ssnumber", "socialnum", "socialnumber"]);
/// Words that other countries have for their own numbers.
static SHARED: Words = Words::new(&[
    "social security",
    "social sec",
    "social",
    "socials",
    "soc sec",
    "soc. sec",
    "seguro social",
]);
/// Words for a number of the taxes, of which sixty countries have one each.
static TAX: Words = Words::new(&["taxpayer", "tax id", "tin"]);
/// Canada's word.
static INSURANCE: Words = Words::new(&["social insurance", "socialinsurance", "social_insurance"]);

impl Detector for UsSsn {
    fn about(&self) -> About {
        About::new("us_ssn", "gov_id.us.ssn", Severity::Critical, "a US Social Security number")
    }

    fn page(&self) -> Page {
        Page {
            basis: "issued ranges, and dashes or words; after a word for a thing (`part no.`), in groups that stand apart or alone it is LOW",
            mistakes: "the number of a thing written 3-2-4 is a hit where no word says so, with spaces LOW",
        }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let before = GLUE.with(b"+$").not();
        let number = |n, marks| Anchor::digits(n, n).after(before).unjoined(ByteSet::DIGIT, marks);
        let grouped = number(3, MARKS).then(ByteSet::EMPTY.with(b"- ./_")).followed_by(6).before_group(&[2]);
        let grouped = grouped.of_decimals(Decimals::NONE).unjoined(ByteSet::ALPHA, MARKS);
        vec![grouped, number(9, MARKS.with(b",")).then(GLUE.not())]
    }

    fn ahead(&self) -> usize {
        14 + id::CLAUSE
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = probe.at();
        let separator = probe.get(start + 3).filter(|byte| !byte.is_ascii_digit());
        let end = match separator {
            Some(b'-' | b' ' | b'.' | b'/' | b'_') => grouped(probe, start, separator)?,
            Some(_) => return None,
            None => start + 9,
        };
        let number: Vec<u8> = probe.slice(start..end).iter().copied().filter(u8::is_ascii_digit).collect();
        if number.len() != 9 || is_glued(probe, start, end) {
            return None;
        }
        let is_issued = is_issued(&number);
        let is_here = || !INSURANCE.stand_behind(probe, start) && !id::is_elsewhere(probe, start);
        let is_shared = || SHARED.stand_behind(probe, start) && is_here();
        let is_taxed = || TAX.stand_behind(probe, start) && is_here();
        let in_context = CONTEXT.stand_behind(probe, start) || is_shared() || is_called_so(probe, end);
        let found = match (in_context, separator) {
            (true, _) => {
                let found = Match::new(start..end, 0.95).with(Evidence::CONTEXT);
                if separator.is_none() && thing::tells_how_much(probe, start) {
                    found.harmless()
                } else {
                    found
                }
            }
            _ if !is_issued => return None,
            _ if is_beside_a_number(probe, start, end) && !cell::is_of_a_person(probe, &(start..end)) => {
                return None;
            }
            (false, Some(b'-')) if is_taxed() => Match::new(start..end, 0.95).with(Evidence::CONTEXT),
            (false, Some(b'-')) => {
                let found = Match::new(start..end, 0.65).with(Evidence::STRUCTURE);
                if thing::is_a_things(probe, &(start..end)) { found.harmless() } else { found }
            }
            // Without dashes nothing says that it is this country's.
            (false, _) if is_taxed() => Match::new(start..end, 0.4).with(Evidence::CONTEXT).harmless(),
            (false, Some(b' ')) if stands_apart(probe, start, end) => {
                Match::new(start..end, 0.3).with(Evidence::STRUCTURE).harmless()
            }
            (false, None) if probe.is_all_said(start..end) => {
                Match::new(start..end, 0.28).with(Evidence::STRUCTURE).harmless()
            }
            (false, _) => return None,
        };
        Some(if !is_issued || is_void(&number) { found.harmless() } else { found })
    }
}

/// `536 22 8145 is my SSN`.
fn is_called_so(probe: &Probe<'_>, end: usize) -> bool {
    static SOCIAL: Words = Words::new(&["social security", "social sec"]);
    let clause = id::clause(probe, end).unwrap_or_default();
    CONTEXT.stand_in(clause) || SOCIAL.stand_in(clause)
}

/// The end of three, two and four digits with `separator` between them.
fn grouped(probe: &Probe<'_>, start: usize, separator: Option<u8>) -> Option<usize> {
    let digits = |from: usize, n: usize| probe.run(from, &ByteSet::DIGIT, n + 1) == from + n;
    let holds = digits(start + 4, 2) && probe.get(start + 6) == separator && digits(start + 7, 4);
    holds.then_some(start + 11)
}

/// Whether a comma alone parts it from another number, as the cells of a row: numbers of parts are written so too.
fn is_beside_a_number(probe: &Probe<'_>, start: usize, end: usize) -> bool {
    let is_before = probe.before(start) == Some(b',') && probe.was(start - 1, &ByteSet::DIGIT);
    is_before || (probe.get(end) == Some(b',') && probe.is(end + 1, &ByteSet::DIGIT))
}

fn is_glued(probe: &Probe<'_>, start: usize, end: usize) -> bool {
    // In digits alone a comma may part thousands or decimals; of groups it parts the cells of a row.
    let is_plain = end - start == 9;
    let before = match probe.before(start) {
        Some(b'-' | b'.' | b'/') => start > 1 && probe.was(start - 1, &ByteSet::ALNUM),
        Some(b',') => is_plain && start > 1 && probe.was(start - 1, &ByteSet::DIGIT),
        Some(b'+' | b'$') => true,
        Some(byte) => GLUE.has(byte),
        None => false,
    };
    let after = match probe.get(end) {
        Some(b'-' | b'.' | b'/') => probe.is(end + 1, &ByteSet::ALNUM),
        Some(b',') => is_plain && probe.is(end + 1, &ByteSet::DIGIT),
        Some(byte) => GLUE.has(byte),
        None => false,
    };
    before || after
}

/// Whether no other number stands before it and nothing follows that it could count.
fn stands_apart(probe: &Probe<'_>, start: usize, end: usize) -> bool {
    const ENDS: ByteSet = ByteSet::EMPTY.with(b".,;|\r\n)<");
    let is_in_a_row = probe.before(start) == Some(b' ') && probe.was(start - 1, &ByteSet::DIGIT);
    !is_in_a_row && probe.get(end).is_none_or(|byte| ENDS.has(byte))
}

/// Whether the number lies in the ranges that are given out, and is not one digit over and over.
fn is_issued(number: &[u8]) -> bool {
    let (Some(area), Some(group), Some(serial)) = (number.get(..3), number.get(3..5), number.get(5..)) else {
        return false;
    };
    let uniform = number.iter().all(|digit| Some(digit) == number.first());
    area != b"000"
        && area != b"666"
        && area.first() != Some(&b'9')
        && group != b"00"
        && serial != b"0000"
        && !uniform
}

/// Numbers that were printed in advertisements and are no person's any more, and those that everybody writes: `123-45-6789`,
/// `111-22-3333`.
fn is_void(number: &[u8]) -> bool {
    let is_filled = |group: Option<&[u8]>| {
        group.is_some_and(|group| group.iter().all(|digit| Some(digit) == group.first()))
    };
    [&b"078051120"[..], b"219099999", b"457555462", b"123456789"].contains(&number)
        || [number.get(..3), number.get(3..5), number.get(5..)].into_iter().all(is_filled)
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn us_ssn_cases() {
        Cases::of("gov_id.us.ssn")
            .hit("My SSN is 536-22-8145.", "536-22-8145")
            .hit("536-22-8145", "536-22-8145")
            .hit("social security number: 536228145", "536228145")
            .hit("SSN 536 22 8145", "536 22 8145")
            .hit("SSN 536/22/8145", "536/22/8145")
            .hit("SSN 536_22_8145", "536_22_8145")
            .miss("536/22/8145")
            .low("ssn 078-05-1120", "078-05-1120")
            .low("SSN 937-42-6810", "937-42-6810")
            .low("SSN: 666-12-3456", "666-12-3456")
            .miss("937-42-6810, 666-12-3456")
            .hit("tax ID 536-22-8145", "536-22-8145")
            .hit("name,ssn\nAnna,536-22-8145,Leeds", "536-22-8145")
            .hit("id,ssn,floor\n1,536-22-8145,5", "536-22-8145")
            .low("part no. 128-14-2074", "128-14-2074")
            .hit("Orders are late; 536-22-8145", "536-22-8145")
            .hit("SSN of the order: 536-22-8145", "536-22-8145")
            .low(r#"{"sku": "128-14-2074"}"#, "128-14-2074")
            .hit("Miller,536-22-8145,Leeds", "536-22-8145")
            .hit("7,536-22-8145,1985-04-12", "536-22-8145")
            .hit("Smith,536-22-8145,2024-04-12", "536-22-8145")
            .hit(
                &format!("{}536-22-8145,b", "ssn,floor\n".to_owned() + &"none,b\n".repeat(12)),
                "536-22-8145",
            )
            .hit("Widget,128-14-2074,Bolt", "128-14-2074")
            .miss("915-29-1973,7685056,x,128-14-2074,7")
            .low("part 128-14-2074 is broken", "128-14-2074")
            .hit("Jones, order 536-22-8145", "536-22-8145")
            .hit("The model 536-22-8145 was born in 1990", "536-22-8145")
            .hit("Item 536-22-8145 John Smith", "536-22-8145")
            .hit(r#"{"parent_id": "536-22-8145"}"#, "536-22-8145")
            .low("P/N 128-14-2074", "128-14-2074")
            .hit("Jones #536-22-8145", "536-22-8145")
            .hit("for my part 536-22-8145", "536-22-8145")
            .low(r#"{"order_id": "128-14-2074"}"#, "128-14-2074")
            .low("createdAt=128-14-2074", "128-14-2074")
            .low("ssn_count=536228145", "536228145")
            .low("ssnLength: 536228145", "536228145")
            .hit("uid: 536-22-8145", "536-22-8145")
            .hit(r#"{"uid": "536-22-8145", "name": "Anna Miller"}"#, "536-22-8145")
            .hit("PatientPID=536-22-8145", "536-22-8145")
            .hit("Ms: 536-22-8145", "536-22-8145")
            .hit("Patient SSN / PID: 536-22-8145", "536-22-8145")
            .hit("Patient SSN / PID: 536228145", "536228145")
            .hit("ssn_hash: 536-22-8145", "536-22-8145")
            .hit(r#"{"ssn": {"index": "536-22-8145"}}"#, "536-22-8145")
            .hit(r#"{"user_id": "536-22-8145"}"#, "536-22-8145")
            .hit("w2SsnBox: 536228145", "536228145")
            .hit("f1040SpouseSsn: 536228145", "536228145")
            .hit("Customer,Number,City\nMiller,536-22-8145,Leeds", "536-22-8145")
            .hit("My name is Anna,536-22-8145,please help", "536-22-8145")
            .hit("I did my part. 536-22-8145", "536-22-8145")
            .hit("Thanks a lot: 536-22-8145", "536-22-8145")
            .hit("In order to file: 536-22-8145", "536-22-8145")
            .hit("Her number, in order: 536-22-8145", "536-22-8145")
            .hit("Model: Anna 536-22-8145", "536-22-8145")
            .hit("Ticket #12 Anna 536-22-8145", "536-22-8145")
            .hit("Rechnung an Anna 536-22-8145", "536-22-8145")
            .hit(r#"{"item": "Anna 536-22-8145"}"#, "536-22-8145")
            .hit(r#"{"order_user": "536-22-8145"}"#, "536-22-8145")
            .hit("to place order 536-22-8145 is my number", "536-22-8145")
            .miss("1,128-14-2074,5\n2,536-22-8145,bolt")
            .miss("ssn 1,536228145 and 536228145,5")
            .low("TIN: 536228145", "536228145")
            .miss("{\"socialInsuranceNo\": \"536228145\"}")
            .low("ssn 111-22-3333", "111-22-3333")
            .low("497878524", "497878524")
            .hit("536228145 is my SSN, and", "536228145")
            .hit("he gave 536 22 8145 as his social security number", "536 22 8145")
            .miss("536228145 is my Canadian social insurance number")
            .miss("536228145 is what it says. My SSN follows")
            .hit("social security number of a Greek: none, SSN: 536228145", "536228145")
            .miss("social insurance number 536228145, Greek tax ID 229342828")
            .low("confirm with 536 22 8145.", "536 22 8145")
            .hit("SSN 536.22.8145", "536.22.8145")
            .miss("Anna; 536.22.8145|")
            .miss("536.22.8145\n123.45.6789")
            .miss("536 22 8145 units, 12 536 22 8145, 536 22 8145 07")
            .miss("000-12-3456 666-12-3456 912-34-5678 536-00-8145 536-22-0000")
            .miss("part 1-536-22-8145 and 536-22-8145-1")
            .miss("ssn 536-22 8145")
            .run();
    }
}
