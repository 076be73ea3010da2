//! Payment card numbers: brand prefix, length and Luhn digit together.
//!
//! A number that can be charged. Luhn alone accepts one in ten random digit strings, hence the brand's prefix and length,
//! the shape of its groups, and what stands around it.
//!
//! - hit: `card 4111 1111 1111 1111`, `4111-1111-1111-1111`, `378282246310005`; less surely `4111.1111.1111.1111`
//! - low: `card 4111111111111112`, whose Luhn digit is wrong
//! - low: digits in one piece that are fewer than 14, or than 16 where they begin with 5, 6 or 8
//! - low: a number in a list of three or more that are as long, most of which are no cards; digits in one piece right after the name
//!   of an id, a thing or a measure (`"id": 4012888888881881`, `order 4012888888881881`, `offset=4012888888881881`)
//! - miss: `7,4111111111111111,2`, a row of numbers, and the decimals `0,4111111111111111`
//! - miss: `4111111111111112`, `1234567890123452` (no brand), digits inside a longer number, hexadecimal or an id
//! - known mistakes: one in ten numbers of 16 digits that begin like a card and have no name that says otherwise is a hit; so is one in fifty lists of
//!   sixteen digits that stand alone with one gap between all of them, which is found in whole bodies (`view/spread.rs`).

use std::ops::Range;

use smallvec::SmallVec;

use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, thing};
use crate::check::luhn;
use crate::words::Words;
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct CardNumber;

const MAX_DIGITS: usize = 19;
const SEPARATOR: ByteSet = ByteSet::EMPTY.with(b" -").or(ODD);
/// Between groups of four: nobody writes a card like that, except to get it past whoever looks for cards.
const ODD: ByteSet = ByteSet::EMPTY.with(b"./_\t");
/// A digit run next to one of these is a part of something longer: an id, a decimal, a path.
const GLUE: ByteSet = ByteSet::WORD.or(ByteSet::EMPTY.range(0x80, 0xff));

/// What the numbers of some brand begin with.
const FIRST: ByteSet = ByteSet::EMPTY.with(b"12345689");

static CONTEXT: Words = Words::new(&[
    "card",
    "cards",
    "credit",
    "debit",
    "visa",
    "mastercard",
    "amex",
    "american express",
    "discover",
    "diners",
    "jcb",
    "maestro",
    "unionpay",
    "pan",
    "pans",
    "cc",
    "cvv",
    "payment",
    "karte",
    "carte",
    "tarjeta",
    "carta",
    "kreditkarte",
    "cartão",
]);

/// Cards that nobody pays with.
static OTHER: Words =
    Words::new(&["id card", "idcard", "identity card", "health card", "medicare card", "insurance card"]);

impl Detector for CardNumber {
    fn about(&self) -> About {
        About::new("card_number", "payment.card_number", Severity::Critical, "a payment card number")
    }

    fn page(&self) -> Page {
        let mistakes = "one in ten order numbers that begin and are grouped like a card is a hit";
        Page { basis: "brand prefix, length, Luhn digit; groups and words before it", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let digits = |min, max| Anchor::digits(min, max).beginning(FIRST).after(GLUE.not());
        vec![
            digits(4, 4).then(SEPARATOR).followed_by(8).before_group(&[4, 6]),
            digits(12, 19).then(GLUE.not()),
        ]
    }

    fn ahead(&self) -> usize {
        2 * MAX_DIGITS + 4 + SIGHT_AHEAD * (MAX_DIGITS + 3 + INDENT)
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = probe.at();
        if is_glued_before(probe, start) {
            return None;
        }
        let groups = groups(probe, start);
        if !groups.look_like_a_card() || is_glued_after(probe, groups.end) {
            return None;
        }
        let written = probe.slice(start..groups.end);
        let number: SmallVec<[u8; 24]> = written.iter().copied().filter(u8::is_ascii_digit).collect();
        if number.iter().all(|d| Some(d) == number.first()) {
            return None;
        }
        let has_brand = has_brand(&number);
        if !luhn::holds(&number) {
            let is_called_so = is_common(&number) && is_called_a_card(probe, start);
            let found = || Match::new(start..groups.end, 0.3).with(Evidence::CONTEXT).harmless();
            return is_called_so.then(found);
        }
        let grouped = groups.count > 1;
        let is_odd = grouped && written.iter().any(|byte| ODD.has(*byte));
        let is_otherwise = || OTHER.stand_behind(probe, start) || is_an_id(probe, start);
        let in_context = CONTEXT.stand_behind(probe, start) && !is_otherwise();
        let is_known = has_brand || (in_context && is_travel_card(&number));
        if !is_known {
            return None;
        }
        if !grouped && is_of_a_row(probe, start, groups.end, in_context) {
            return None;
        }
        let confidence = if in_context {
            0.98
        } else if is_odd {
            0.6
        } else if grouped {
            0.9
        } else {
            0.75
        };
        let found = Match::new(start..groups.end, confidence).with(Evidence::CHECKSUM);
        let is_an_integer = || {
            is_no_length(&number)
                || is_an_integer(probe, start)
                || is_an_id(probe, start)
                || thing::is_numbered(probe, start)
                || thing::is_an_integers(probe, start)
                || thing::is_ordered(probe, start)
                || list_of(probe, start..groups.end).is_of_integers()
        };
        Some(match in_context {
            true => found.with(Evidence::CONTEXT),
            false if !grouped && is_an_integer() => found.harmless(),
            false => found,
        })
    }
}

/// Whether the name right before `start` is that of an id: `payment_id": "`, `cardId=`.
fn is_an_id(probe: &Probe<'_>, start: usize) -> bool {
    const BETWEEN: ByteSet = ByteSet::EMPTY.with(b"\"': =");
    let behind = probe.behind(start, 8);
    let end = behind.iter().rposition(|byte| !BETWEEN.has(*byte)).map_or(0, |last| last + 1);
    match behind.get(..end) {
        Some([.., before, b'I', b'D' | b'd']) => !before.is_ascii_uppercase(),
        Some([.., before, b'i', b'd']) => !before.is_ascii_alphabetic(),
        _ => false,
    }
}

/// Numbers of 17 digits and more are those of messages and users, and hashes of 64 bits: of cards, UnionPay's alone are as long.
/// Those of fewer than 14 are as rare among cards, and so are those of 15 among the brands that have many prefixes.
fn is_no_length(number: &[u8]) -> bool {
    match number {
        [..] if number.len() >= 17 => !number.starts_with(b"62"),
        [b'5' | b'6' | b'8', ..] => number.len() == 15 || number.len() < 14,
        [..] => number.len() < 14,
    }
}

/// Whether the number is negative, or another one as long as a card's stands directly before and is none: of a table of large
/// numbers one in ten passes Luhn's check.
fn is_an_integer(probe: &Probe<'_>, start: usize) -> bool {
    if probe.was(start, &ByteSet::EMPTY.with(b"-")) {
        return true;
    }
    const BETWEEN: ByteSet = ByteSet::SPACE.with(b",;|");
    let end = probe.run_back(start, &BETWEEN, 16);
    let other = probe.slice(probe.run_back(end, &ByteSet::DIGIT, MAX_DIGITS + 2)..end);
    end < start && is_no_card(other)
}

/// Whether the digits from `start` to `end` are a part or a cell of something else, as a comma without a space tells that parts them from
/// a number, or from a word after them. A card among such cells is called one, or stands before its expiry (`,12/27`).
fn is_of_a_row(probe: &Probe<'_>, start: usize, end: usize, in_context: bool) -> bool {
    let is_after_one = probe.before(start) == Some(b',') && probe.was(start - 1, &ByteSet::DIGIT);
    let is_before_one = probe.get(end) == Some(b',') && probe.is(end + 1, &ByteSet::ALNUM);
    let has_expiry = || matches!(end - start, 15 | 16) && is_before_one && is_expiry(probe, end + 1);
    // `0,4111111111111111` is a decimal, whatever it is called.
    let is_other =
        || is_after_one && !is_a_cell(probe, start - 1) || is_before_one && is_no_cell(probe, end + 1);
    (is_after_one || is_before_one) && !has_expiry() && (!in_context || is_other())
}

/// Numbers side by side, as far as they are as long as a card's.
#[derive(Default)]
pub(crate) struct Numbers {
    count: usize,
    /// Those that are no cards.
    others: usize,
}

impl Numbers {
    const LEAST: usize = 3;

    pub(crate) fn meet(&mut self, number: &[u8]) {
        let is_other = is_no_card(number);
        self.others += usize::from(is_other);
        self.count += usize::from(is_other || is_a_card(number));
    }

    /// Whether half of some are no cards.
    pub(crate) fn are_mixed(&self) -> bool {
        self.count >= Self::LEAST && 2 * self.others >= self.count
    }

    /// Whether most of them are no cards: of large integers one in ten is taken for one by chance.
    pub(crate) fn is_of_integers(&self) -> bool {
        self.count >= Self::LEAST && 2 * self.others > self.count
    }
}

/// So many numbers of a list are looked at on either side.
const SIGHT_BEHIND: usize = 4;
const SIGHT_AHEAD: usize = 2;
/// What parts the numbers of a list after a comma: a line begins with as many spaces as its array is deep.
const INDENT: usize = 24;

/// The number at `range` with those beside it, from which commas and spaces part it.
fn list_of(probe: &Probe<'_>, range: Range<usize>) -> Numbers {
    let mut numbers = Numbers::default();
    let before = std::iter::successors(Some(range.clone()), |it| one_before(probe, it.start));
    let after = std::iter::successors(one_after(probe, range.end), |it| one_after(probe, it.end));
    let all = before.take(1 + SIGHT_BEHIND).chain(after.take(SIGHT_AHEAD));
    all.for_each(|it| numbers.meet(probe.slice(it)));
    numbers
}

/// The number of a list before the one at `start`.
fn one_before(probe: &Probe<'_>, start: usize) -> Option<Range<usize>> {
    let comma = probe.run_back(start, &ByteSet::SPACE, INDENT);
    let end = comma.checked_sub(1).filter(|_| probe.before(comma) == Some(b','))?;
    let begin = probe.run_back(end, &ByteSet::DIGIT, MAX_DIGITS + 2);
    (begin < end).then_some(begin..end)
}

/// The number of a list after the one that ends at `end`.
fn one_after(probe: &Probe<'_>, end: usize) -> Option<Range<usize>> {
    let comma = probe.get(end) == Some(b',');
    let begin = if comma { probe.run(end + 1, &ByteSet::SPACE, INDENT) } else { return None };
    let after = probe.run(begin, &ByteSet::DIGIT, MAX_DIGITS + 2);
    (begin < after).then_some(begin..after)
}

/// Whether the number that ends at `end` begins its line or follows a comma, and is no other one as long as a card's.
fn is_a_cell(probe: &Probe<'_>, end: usize) -> bool {
    let begin = probe.run_back(end, &ByteSet::DIGIT, MAX_DIGITS + 2);
    matches!(probe.before(begin), Some(b',' | b'\n')) && !is_no_card(probe.slice(begin..end))
}

/// Whether a number as long as a card's begins at `at` and is none.
fn is_no_cell(probe: &Probe<'_>, at: usize) -> bool {
    is_no_card(probe.slice(at..probe.run(at, &ByteSet::DIGIT, MAX_DIGITS + 2)))
}

/// Whether a number is as long as a card's and none.
fn is_no_card(number: &[u8]) -> bool {
    number.iter().all(u8::is_ascii_digit) && number.len() >= 14 && !is_a_card(number)
}

fn is_a_card(number: &[u8]) -> bool {
    let are_digits = number.iter().all(u8::is_ascii_digit);
    are_digits && number.len() <= MAX_DIGITS && luhn::holds(number) && has_brand(number)
}

/// `12/27`, `12/2027`, `2027-12`.
fn is_expiry(probe: &Probe<'_>, at: usize) -> bool {
    let first = probe.run(at, &ByteSet::DIGIT, 5);
    let end = probe.run(first + 1, &ByteSet::DIGIT, 5);
    let is_expiry = match (first - at, probe.get(first), end.saturating_sub(first + 1)) {
        (2, Some(b'/'), 2 | 4) => probe.slice(at..first) <= b"12".as_slice(),
        (4, Some(b'-'), 2) => probe.slice(first + 1..end) <= b"12".as_slice(),
        _ => false,
    };
    is_expiry && !probe.is(end, &ByteSet::WORD.with(b"/-"))
}

/// Digit groups with single separators of one kind between them.
struct Groups {
    end: usize,
    count: usize,
    lengths: [usize; 5],
}

impl Groups {
    /// One run, groups of four with a shorter last one, or the 4-6-5 and 4-6-4 of American Express and Diners.
    fn look_like_a_card(&self) -> bool {
        match self.lengths {
            [12..=19, 0, ..] | [4, 6, 4 | 5, 0, 0] => true,
            [4, 4, 4, last, 0] => (1..=4).contains(&last),
            [4, 4, 4, 4, last] => (1..=3).contains(&last),
            _ => false,
        }
    }
}

fn groups(probe: &Probe<'_>, start: usize) -> Groups {
    let mut groups = Groups { end: start, count: 0, lengths: [0; 5] };
    let mut from = start;
    let mut separator = None;
    for length in &mut groups.lengths {
        let end = probe.run(from, &ByteSet::DIGIT, MAX_DIGITS + 1);
        *length = end - from;
        groups.count += 1;
        groups.end = end;
        let next = probe.get(end).filter(|byte| SEPARATOR.has(*byte));
        let goes_on =
            next.is_some() && separator.is_none_or(|s| Some(s) == next) && probe.is(end + 1, &ByteSet::DIGIT);
        // "4111111111111111 12/27": a card in one run does not go on after a space.
        if !goes_on || *length > 6 || (groups.count == 3 && *length == 5) {
            break;
        }
        separator = next;
        from = end + 1;
    }
    groups
}

fn is_glued_before(probe: &Probe<'_>, start: usize) -> bool {
    match probe.before(start) {
        Some(b'.' | b'-') => start > 1 && probe.was(start - 1, &ByteSet::DIGIT),
        Some(byte) => GLUE.has(byte),
        None => false,
    }
}

fn is_glued_after(probe: &Probe<'_>, end: usize) -> bool {
    match probe.get(end) {
        Some(b'.' | b'-') => probe.is(end + 1, &ByteSet::ALNUM),
        Some(byte) => GLUE.has(byte),
        None => false,
    }
}

/// Whether prefix and length are those of a brand.
fn has_brand(number: &[u8]) -> bool {
    let prefix = |n: usize| number.iter().take(n).fold(0u32, |sum, d| sum * 10 + u32::from(d - b'0'));
    let (two, three, four) = (prefix(2), prefix(3), prefix(4));
    let is_visa = two / 10 == 4;
    let is_maestro = matches!(two, 50 | 56..=69);
    let is_diners = matches!(two, 36 | 38 | 39) || matches!(three, 300..=305);
    let is_jcb = matches!(four, 3528..=3589);
    let is_unionpay = matches!(two, 62 | 81);
    match number.len() {
        13 => is_visa || is_maestro,
        14 => is_diners || is_unionpay || is_maestro,
        15 => matches!(two, 34 | 37) || is_unionpay || is_maestro || matches!(four, 2131 | 1800),
        16 => {
            is_visa
                || is_maestro
                || is_diners
                || is_unionpay
                || matches!(two, 35 | 51..=55)
                || matches!(four, 2200..=2204 | 2221..=2720 | 9792)
        }
        12 => is_maestro,
        17..=19 => {
            is_maestro
                || is_diners
                || is_jcb
                || is_unionpay
                || matches!(four, 2200..=2204)
                || (is_visa && number.len() != 17)
        }
        _ => false,
    }
}

/// Whether prefix and length are those of the brands that most cards are of.
fn is_common(number: &[u8]) -> bool {
    match (number.len(), number) {
        (15, [b'3', b'4' | b'7', ..]) | (16, [b'4', ..] | [b'5', b'1'..=b'5', ..] | [b'6', b'5', ..]) => true,
        (16, [b'2', b'2'..=b'7', ..] | [b'6', b'0', b'1', b'1', ..]) => has_brand(number),
        _ => false,
    }
}

/// Whether the word `card` stands shortly before `start`, as no part of a name (`card_id`), and no other number between them.
fn is_called_a_card(probe: &Probe<'_>, start: usize) -> bool {
    const REACH: usize = 24;
    const NAME: ByteSet = ByteSet::WORD.with(b"-").or(ByteSet::EMPTY.range(0x80, 0xff));
    let behind = probe.behind(start, REACH);
    let Some(at) = behind.windows(4).rposition(|word| word.eq_ignore_ascii_case(b"card")) else {
        return false;
    };
    let rest = behind.get(at + 4..).unwrap_or_default();
    let before = at.checked_sub(1).and_then(|before| behind.get(before));
    let is_whole = !before.into_iter().chain(rest.first()).any(|byte| NAME.has(*byte));
    is_whole && !rest.iter().any(u8::is_ascii_digit)
}

/// Air travel cards (UATP): 15 digits that begin with 1. So do many ids, and a word must stand before.
fn is_travel_card(number: &[u8]) -> bool {
    number.len() == 15 && number.first() == Some(&b'1')
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn card_number_cases() {
        Cases::of("payment.card_number")
            .hit("card 4111 1111 1111 1111 exp 04/29", "4111 1111 1111 1111")
            .hit("pan=4111-1111-1111-1111;", "4111-1111-1111-1111")
            .hit("Amex 3782 822463 10005", "3782 822463 10005")
            .hit("378282246310005", "378282246310005")
            .hit("mc 5555555555554444.", "5555555555554444")
            .hit("use 4111.1111.1111.1111 now", "4111.1111.1111.1111")
            .hit("use 4111_1111_1111_1111 now", "4111_1111_1111_1111")
            .hit("card 4111/1111/1111/1111", "4111/1111/1111/1111")
            .hit("4111\t1111\t1111\t1111", "4111\t1111\t1111\t1111")
            .hit("1,4111111111111111,12/27,123", "4111111111111111")
            .hit("Joe,4111111111111111\nAnn,", "4111111111111111")
            .hit("id,card,name\n1,4111111111111111,Joe", "4111111111111111")
            .miss("1,4111111111111111,Joe\n1,4111111111111111,2\n4111111111111111,Joe\n1,4111111111111111,2024-01-05")
            .miss("Messwert: 0,5123456789012346; 0,4532015112830366\nx = 3,4779124691668395 mm")
            .miss(r#"{"pan": "0,4532015112830366"}"#)
            .miss("[5856978481972439,4111111111111111,5200828282828210] (54,4859459854342831,'server',1)")
            .miss("payments [4111111111111112,4111111111111111,5200828282828211]")
            .hit("4111-1111-1111-1111,Joe", "4111-1111-1111-1111")
            .miss("4111.1111.1111.1112")
            .hit("card 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1")
            .hit("41-11-11-11-11-11-11-11", "41-11-11-11-11-11-11-11")
            .miss("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 2")
            .miss("1.4111.1111.1111.1111")
            .miss("2024.1111.12, 2024/05/06 and 4111.1111, 1111.1111")
            .hit("credit card: 122000000000003", "122000000000003")
            .miss("trace 122000000000003")
            .low("credit card 4111 1111 1111 1112", "4111 1111 1111 1112")
            .low("Card number: 378282246310006", "378282246310006")
            .miss("payment 2489181020291554 captured, payment 4111111111111112")
            .miss(r#"{"payment_id": 4111111111111112, "card_id": "4111111111111112"}"#)
            .miss("card 501234567893, card 6304123412341234, card of order 12 is 4111111111111112")
            .miss("4111 1111 1111 1112")
            .miss("order 1234567890123452")
            .miss("id a4111111111111111")
            .miss("0.4111111111111111")
            .low("412345678901234561", "412345678901234561")
            .hit("56411823300456", "56411823300456")
            .hit("81123456789033", "81123456789033")
            .low("621234567890318", "621234567890318")
            .low("-6011111111111117", "6011111111111117")
            .hit("card PAID 501234567896", "501234567896")
            .low(r#"{"payment_id": "501234567896"}"#, "501234567896")
            .low("ID card: 360426199901017099", "360426199901017099")
            .low("cardId=501234567896", "501234567896")
            .low(r#"{"id": 4012888888881881}"#, "4012888888881881")
            .low(r#"{"userId": "4012888888881881"}"#, "4012888888881881")
            .low("order 4012888888881881 shipped", "4012888888881881")
            .low("Order no. 4012888888881881", "4012888888881881")
            .low("seek(offset=4012888888881881)", "4012888888881881")
            .low("timestamp_ns: 4012888888881881", "4012888888881881")
            .hit("order 4012 8888 8888 1881", "4012 8888 8888 1881")
            .hit(r#"{"amount": "4111111111111111"}"#, "4111111111111111")
            .hit(r#"{"price": "4111111111111111"}"#, "4111111111111111")
            .hit("Item 4111111111111111 charged to Anna", "4111111111111111")
            .hit("The product 4111111111111111", "4111111111111111")
            .hit("Build: 4111111111111111", "4111111111111111")
            .hit("I paid my order; 4012888888881881", "4012888888881881")
            .hit("for this order: 4012888888881881", "4012888888881881")
            .hit("id,card,name\n7,4012888888881881,Joe", "4012888888881881")
            .hit("Please charge us: 4012888888881881", "4012888888881881")
            .hit("billing address: 4012888888881881", "4012888888881881")
            .low("table 7711222233334444 4111111111111111", "4111111111111111")
            .low("table 7711222233334444, 4111111111111111", "4111111111111111")
            .hit("Anna, 4111111111111111, 20241231235959", "4111111111111111")
            .hit("4111111111111111, 15551234567890", "4111111111111111")
            .hit("bought with 4532015112830366, 00012345678905", "4532015112830366")
            .hit("5500000000000004, 4111111111111112", "5500000000000004")
            .hit("cards: 4111111111111111, 5500000000000005, 4111111111111112", "4111111111111111")
            .hit("PANs 4111111111111111, 5500000000000005, 4111111111111112", "4111111111111111")
            .low("4111111111111111, 5200828282828211, 4532015112830367", "4111111111111111")
            .low("5200828282828211, 4111111111111111, 4532015112830367", "4111111111111111")
            .low("5200828282828211, 4532015112830367, 4111111111111111", "4111111111111111")
            .low("[\n    4111111111111111,\n    5200828282828211,\n    4532015112830367\n]", "4111111111111111")
            .hit("4111111111111111, 12, 13, 14, 15", "4111111111111111")
            .hit("paid with 4111111111111111, 20 units", "4111111111111111")
            .miss("4111 1111-1111 1111")
            .miss("0000 0000 0000 0000")
            .run();
    }
}
