//! Postal addresses: a street and a number, mostly with a postcode and a town, in the layouts of North America, Britain,
//! Ireland, Australia and the countries of the EU.
//!
//! An address says where somebody sleeps. Names of places alone say nothing, so a number in a street is what it begins with;
//! a postcode of a country's form, or a word for a street, makes the rest sure.
//!
//! - hit: `1600 Amphitheatre Parkway, Mountain View, CA 94043`, `10 Downing Street, London SW1A 2AA`, `Hauptstraße 12, 10115
//!   Berlin`, `15 rue de la Paix, 75002 Paris`, `Via Roma 5`, `350 5th Ave`
//! - low: `16 salontie 6, apt. 523` and `725 Daniel Haven` where they begin their line
//! - miss: `Berlin`, `New York, NY`, `Fifth Avenue`, `12 Monkeys`, `In May 2024, 12000 people`
//! - known mistakes: a street without any word for one is found only with a postcode; addresses in other scripts than Latin
//!   are found where a word says that it is a street (Greek, Cyrillic), in the layouts of their countries (Japan, Korea, China and others), or by
//!   their postcodes at most; a name in front of the street
//!   may be taken for a part of it.

mod china;
mod dwelling;
mod elsewhere;
mod grid;
mod india;
mod japan;
mod korea;
mod label;
mod list;
mod military;
mod number_first;
mod postcode;
mod road;
mod street;
mod tokens;
mod unnumbered;
mod vietnam;

use super::{About, Anchor, ByteSet, Decimals, Detector, Match, Page, Probe, Reach, dump};
use crate::{Evidence, Severity};
pub(super) use china::China;
pub(super) use elsewhere::Elsewhere;
pub(super) use japan::Japan;
pub(super) use korea::Korea;
pub(super) use military::Military;
pub(super) use road::Road;
use tokens::{Kind, Token};
pub(super) use vietnam::Vietnam;

/// See the [module](self).
pub(super) struct PostalAddress;

/// The confidence of a street that a word says to be one, without a place.
const NAMED: f32 = 0.7;
/// The most tokens between the number and the end.
const TOKENS: usize = 16;
/// After so many of them it is asked whether there is a postcode at all. Mostly fewer are there.
const FEW: usize = 3;
/// The most numbers between them that are no flat's or floor's.
const NUMBERS: usize = 4;
/// So many digits are a postcode's, and no house's.
const SIX: usize = 6;
/// How far after the begin of its number an address is read.
const AHEAD: usize = 256;
/// How far before its number a street may begin.
const STREET: usize = 60;
/// Between two digits these join them: of a decimal, an address of a machine, a time.
const POINT: ByteSet = ByteSet::EMPTY.with(b".");
const JOINTS: ByteSet = POINT.with(b":");
const STREET_SET: ByteSet = ByteSet::ALNUM.with(b" \t\n.,:'-/()#").or(ByteSet::EMPTY.range(0x80, 0xff));

impl Detector for PostalAddress {
    fn about(&self) -> About {
        About::new(
            "postal_address",
            "pii.postal_address",
            Severity::Medium,
            "a street, a number and where they are",
        )
    }

    fn page(&self) -> Page {
        let mistakes = "a street without a word for one needs a postcode; the name before it may be taken for a part of it";
        Page { basis: "a number beside a street, a postcode by the form of its country", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let before = ByteSet::SPACE.with(b"\0\"'(,.:;>|\xc2\xba");
        let marks = ByteSet::EMPTY.with(b" ,\r\n/-;<\"')#\xc2\0");
        // Postcodes of six digits end the line of their town.
        let (space, line_end) = (ByteSet::EMPTY.with(b" "), ByteSet::EMPTY.with(b"\0\r\n.,\"<"));
        // Parts of decimals, times and addresses of machines are no house's.
        let number = |min, max| Anchor::digits(min, max).after(before).unjoined(ByteSet::DIGIT, JOINTS);
        let house = |min, max| number(min, max).beside(&street::SIDES).undated().not_hex();
        let digit = |first: &[u8]| house(1, 1).beginning(ByteSet::EMPTY.with(first));
        let houses = || [digit(b"123456789"), house(2, 4)];
        let pointed =
            |house: Anchor| house.then(POINT).second(ByteSet::DIGIT.not()).of_decimals(Decimals::NONE);
        let others = [
            // `0/160`; else a house has the number 0 where a postcode follows.
            digit(b"0").then(ByteSet::EMPTY.with(b"/-")),
            digit(b"0").then(marks.without(b"/-")).followed_by(4),
            // `12a`, and Dutch postcodes: `1017CD`.
            house(1, 3).then(ByteSet::ALPHA).second(ByteSet::ALNUM.with(b"_%").not()),
            house(4, 4).then(ByteSet::ALPHA),
            number(5, 5).then(marks.or(ByteSet::ALPHA).or(POINT)).beside(&street::POSTCODE_SIDES),
            Anchor::digits(6, 6).after(space).then(line_end),
            // British postcodes: `4BH`.
            Anchor::digits(1, 1).after(space).then(ByteSet::UPPER).second(ByteSet::UPPER),
        ];
        houses()
            .map(|house| house.then(marks))
            .into_iter()
            .chain(houses().map(pointed))
            .chain(others)
            .collect()
    }

    fn reach(&self) -> Reach {
        Reach { set: STREET_SET, max: STREET }
    }

    fn ahead(&self) -> usize {
        AHEAD
    }

    fn may_count_spread(&self) -> bool {
        false
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        read(probe).filter(|_| !dump::is_around(probe, probe.at()))
    }
}

/// The address of which a number stands at the anchor.
fn read(probe: &Probe<'_>) -> Option<Match> {
    let at = probe.at();
    let run = probe.run(at, &ByteSet::DIGIT, 7);
    let is_joined = probe.was(at, &JOINTS) && probe.was(at - 1, &ByteSet::DIGIT);
    if is_joined || probe.begins_date(at..run) {
        return None;
    }
    if let Some(found) = unnumbered::find(probe) {
        return Some(found);
    }
    if probe.run(probe.at(), &ByteSet::DIGIT, SIX) == probe.at() + SIX {
        return None;
    }
    let number = tokens::end_of_number(probe, probe.at())?;
    if let Some((start, end)) = grid::read(probe, number) {
        let end = place_after(probe, end, true).unwrap_or(end);
        return Some(found(start, end, 0.85));
    }
    let last = number_last(probe, number);
    if is_before_a_cell(probe, number) {
        return last;
    }
    if last.as_ref().is_some_and(|found| found.confidence >= NAMED) {
        return last;
    }
    let first = tokens::may_begin_street(probe, number).then(|| number_first::read(probe, number)).flatten();
    first.or(last).or_else(|| dwelling::read(probe, number))
}

/// `Hauptstraße 12, 10115 Berlin`.
fn number_last(probe: &Probe<'_>, number: usize) -> Option<Match> {
    let street = street::before(probe, probe.at())?;
    let is_year = is_year(probe.slice(probe.at()..number));
    let is_named = street.is_named || is_box(probe);
    // Whatever follows.
    let is_in_a_row = || {
        let next = Token::after(probe, number).is_some_and(|next| next.is_one_more());
        next && !street.ends_in_a_unit(probe)
    };
    if !is_named && (street.is_doubtful(probe) || is_in_a_row() || is_before_a_cell(probe, number)) {
        return None;
    }
    let place = place_after(probe, number, is_named);
    // `destStr, 0`.
    let is_zero = probe.slice(probe.at()..number).iter().all(|byte| *byte == b'0');
    match (place, is_named) {
        (None, _) if is_zero => None,
        (Some(end), true) => Some(found(street.start, end, 0.85)),
        (Some(end), false) if !is_year => Some(found(street.start, end, 0.65)),
        // `Via Roma, 20147 Milano`: that was the postcode of a street without a number.
        (None, true) if number - probe.at() >= 4 && probe.behind(probe.at(), 2).contains(&b',') => None,
        (None, true) => Some(found(street.start, number, NAMED)),
        (None, false) if let Some(end) = labelled(probe, street.start, number) => {
            Some(found(street.start, end, 0.6))
        }
        _ => None,
    }
}

/// Whether a comma and at once another number follow: mostly these are cells of a row (`Widget 12,35074 Screws`), and only a word for a
/// street says that they are a house and a postcode.
fn is_before_a_cell(probe: &Probe<'_>, number: usize) -> bool {
    probe.get(number) == Some(b',') && probe.is(number + 1, &ByteSet::DIGIT)
}

/// The end of the place that follows the house which ends at `number`, where a word says that the street at `start` is one.
fn labelled(probe: &Probe<'_>, start: usize, number: usize) -> Option<usize> {
    label::place(probe, number).filter(|_| label::stands_before(probe, start))
}

/// `PO Box 77`.
fn is_box(probe: &Probe<'_>) -> bool {
    const BOXES: [&[u8]; 4] = [b"PO Box ", b"P.O. Box ", b"P O Box ", b"PO BOX "];
    let before = probe.behind(probe.at(), 10);
    BOXES.iter().any(|post| before.ends_with(post))
}

/// The end of the place that follows the number of a house: a postcode and a town, in either order.
fn place_after(probe: &Probe<'_>, number: usize, is_named: bool) -> Option<usize> {
    let (mut previous, mut numbers) = (Token::none(number), 0);
    for i in 0..TOKENS {
        let token = Token::after(probe, previous.end)?;
        if !postcode::may_be_read(probe, number, i) {
            return None;
        }
        if let Some(end) = postcode::read(probe, &previous, &token, is_named) {
            return Some(end);
        }
        numbers += usize::from(token.kind == Kind::Number && previous.kind != Kind::Unit);
        if numbers > NUMBERS || token.follows_a_number(&previous) {
            return None;
        }
        match token.kind {
            Kind::Capital | Kind::Particle | Kind::Unit | Kind::Number => previous = token,
            Kind::Other => return None,
        }
    }
    None
}

/// A number that is rather a year's.
fn is_year(number: &[u8]) -> bool {
    let year = number.split(|byte| *byte == b'-').next().unwrap_or_default();
    matches!(year, [b'1', b'9', _, _] | [b'2', b'0', _, _])
}

fn found(start: usize, end: usize, confidence: f32) -> Match {
    Match::new(start..end, confidence).with(Evidence::STRUCTURE)
}

/// Whether nothing stands before `at` in its line, or in the text that has it.
fn begins_a_line(probe: &Probe<'_>, at: usize) -> bool {
    probe.before(at).is_none_or(|byte| matches!(byte, b'\n' | b'\0'))
}

/// The same after `end`.
fn ends_a_line(probe: &Probe<'_>, end: usize) -> bool {
    probe.get(end).is_none_or(|byte| matches!(byte, b'\r' | b'\n' | b'\0'))
}

/// Whether a clause ends at `end`, rather than that what is numbered follows: `rue Morel, 12345 tokens`.
fn ends_a_clause(probe: &Probe<'_>, end: usize) -> bool {
    const MARKS: ByteSet = ByteSet::EMPTY.with(b",.;!?\n\r\t\"'|<)]}");
    const OTHER_MARKS: [&str; 7] = ["،", "؛", "۔", "։", "。", "、", "，"];
    match probe.get(end) {
        None => true,
        Some(b'.' | b',') => !probe.is(end + 1, &ByteSet::ALNUM),
        Some(byte) if byte.is_ascii() => MARKS.has(byte),
        Some(_) => OTHER_MARKS.iter().any(|mark| probe.looking_at(end, mark.as_bytes())),
    }
}

#[cfg(test)]
mod tests;
