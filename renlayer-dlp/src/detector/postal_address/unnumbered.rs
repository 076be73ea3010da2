//! Streets without the number of a house, found from the postcode after them.

use super::tokens::{Kind, Token, is_capital};
use super::{STREET, STREET_SET, found, postcode, street};
use crate::detector::{ByteSet, Match, Probe};

/// The name of a town before its postcode, and what parts the two.
const TOWN: ByteSet = ByteSet::ALPHA.with(b" ,'-()").or(ByteSet::EMPTY.range(0x80, 0xff));
const TOWN_END: ByteSet = ByteSet::EMPTY.with(b" ,");

/// The address whose postcode stands at the anchor.
pub(super) fn find(probe: &Probe<'_>) -> Option<Match> {
    marked(probe).or_else(|| on_a_line(probe)).or_else(|| on_the_same_line(probe)).or_else(|| british(probe))
}

/// `Rua Rodrigues, S/N\n5600-467 Amarante`: the street says that it has none.
fn marked(probe: &Probe<'_>) -> Option<Match> {
    let mark = probe.run_back(probe.at(), &ByteSet::SPACE.with(b","), 3);
    if mark == probe.at() || mark < 3 || !probe.looking_at_word(mark - 3, b"s/n") {
        return None;
    }
    let street = street::before(probe, mark - 3)?;
    let end = postcode::read(probe, &Token::none(mark), &Token::after(probe, mark)?, true)?;
    is_held(probe, street.start).then(|| found(street.start, end, 0.85))
}

/// `avenue Barre\n65463 Deschamps`, `Aleea Tabacu\nMioveni, 300332`: the street has a line of its own, and its place the next.
fn on_a_line(probe: &Probe<'_>) -> Option<Match> {
    if probe.run(probe.at(), &ByteSet::DIGIT, 5) < probe.at() + 5 {
        return None;
    }
    let town = probe.run_back(probe.at(), &TOWN, 40);
    let line_end = town.checked_sub(1).filter(|end| probe.get(*end) == Some(b'\n'))?;
    let end = if town == probe.at() {
        postcode::read(probe, &Token::none(line_end), &Token::after(probe, line_end)?, true)?
    } else {
        let town = Token::after(probe, line_end).filter(|token| token.kind == Kind::Capital)?;
        if street::numbers_something(probe.slice(town.start..town.end)) {
            return None;
        }
        let code = Token::after(probe, probe.run_back(probe.at(), &TOWN_END, 2))?;
        postcode::read(probe, &town, &code, true)?
    };
    let start = street::before_line_end(probe, line_end).filter(|start| is_held(probe, *start))?;
    Some(found(start, end, 0.65))
}

/// `rue Morel, 65361 Rousset`, `Strada Dochioiu, Tomesti, 992152`.
fn on_the_same_line(probe: &Probe<'_>) -> Option<Match> {
    const NAME: ByteSet = ByteSet::ALPHA.with(b" '-").or(ByteSet::EMPTY.range(0x80, 0xff));
    let after_comma = |at: usize| probe.slice(at.saturating_sub(2)..at) == b", ";
    let digits = probe.run(probe.at(), &ByteSet::DIGIT, 7) - probe.at();
    if !(5..=6).contains(&digits) || !after_comma(probe.at()) {
        return None;
    }
    let comma = probe.at() - 2;
    let (street_end, town) = match street::before_line_end(probe, comma) {
        Some(_) => (comma, Token::none(comma)),
        None => {
            let begin = probe.run_back(comma, &NAME, 40);
            let begin = probe.run(begin, &ByteSet::EMPTY.with(b" "), 1);
            let town = Token::after(probe, begin.checked_sub(2)?)?;
            let is_town = after_comma(begin) && town.kind == Kind::Capital;
            (is_town.then(|| begin - 2)?, town)
        }
    };
    let end = postcode::read(probe, &town, &Token::after(probe, comma)?, true)?;
    let start = street::before_line_end(probe, street_end).filter(|start| is_held(probe, *start))?;
    Some(found(start, end, 0.65))
}

/// `Rose Cottage, High Street, Oxford OX1 4BH`: British houses have names. The anchor is the last digit of the postcode.
fn british(probe: &Probe<'_>) -> Option<Match> {
    const PLACE: ByteSet = ByteSet::UPPER.or(ByteSet::DIGIT);
    const PART: ByteSet = ByteSet::ALPHA.with(b" '-.");
    const MARK: ByteSet = ByteSet::EMPTY.with(b", \n");
    if !ends_a_british_code(probe) {
        return None;
    }
    let code = probe.run_back(probe.at() - 1, &PLACE, 5);
    let end = postcode::british(probe, code).filter(|end| *end == probe.at() + 3)?;
    let (mut start, mut at, mut parts) = (None, code, 0);
    // From the town back to the house: each part begins with a capital, and one of them is a street or a house.
    while parts < 5 {
        let part_end = probe.run_back(at, &MARK, 2);
        let begin = probe.run_back(part_end, &PART, 40);
        let begin = probe.run(begin, &ByteSet::EMPTY.with(b" "), 1);
        let part = probe.slice(begin..part_end);
        if part_end == at || part.len() < 3 || !part.split(|byte| *byte == b' ').all(is_name) {
            break;
        }
        parts += 1;
        let last = part.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
        if part.contains(&b' ') && (street::is_strong(last) || street::is_house(last)) {
            start = Some(begin);
        }
        if !probe.was(begin, &MARK) {
            break;
        }
        at = begin;
    }
    start.filter(|start| is_held(probe, *start)).map(|start| found(start, end, 0.7))
}

/// Whether the anchor is the digit of ` 4BH`.
pub(super) fn ends_a_british_code(probe: &Probe<'_>) -> bool {
    let at = probe.at();
    probe.was(at, &ByteSet::EMPTY.with(b" "))
        && probe.is(at + 1, &ByteSet::UPPER)
        && probe.is(at + 2, &ByteSet::UPPER)
}

fn is_name(word: &[u8]) -> bool {
    is_capital(word) || postcode::is_particle(word)
}

/// Whether a stream still has what begins at `start`.
fn is_held(probe: &Probe<'_>, start: usize) -> bool {
    probe.run_back(probe.at(), &STREET_SET, STREET) <= start
}
