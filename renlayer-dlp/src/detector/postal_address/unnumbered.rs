//! Streets without the number of a house, found from the postcode after them.

use super::list::{List, Word};
use super::tokens::{Kind, Token, is_capital};
use super::{STREET, STREET_SET, ends_a_clause, found, postcode, street};
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
        if town.word(probe).is_in(List::Doubtful) {
            return None;
        }
        let code = Token::after(probe, probe.run_back(probe.at(), &TOWN_END, 2))?;
        postcode::read(probe, &town, &code, true)?
    };
    let start = street::before_line_end(probe, line_end).filter(|start| is_held(probe, *start))?;
    Some(found(start, end, 0.65))
}

/// `rue Victor Hugo, 65361 Rousset`, `Strada Ion Dochioiu, Tomesti, 992152`. `Rue Morel, 12345 Tokens` is written in the same way, so
/// where the name is one word it does not count for much.
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
    if town.word(probe).is_in(List::Doubtful) {
        return None;
    }
    let end = postcode::read(probe, &town, &Token::after(probe, comma)?, true)?;
    let start = street::before_line_end(probe, street_end).filter(|start| is_held(probe, *start))?;
    let street = probe.slice(start..street_end);
    let is_long = street.iter().filter(|byte| **byte == b' ').count() > 1;
    let found = found(start, end, 0.65);
    ends_a_clause(probe, end).then(|| if is_long { found } else { found.harmless() })
}

/// The areas of British postcodes that have two letters.
pub(super) const AREAS: &str = " ab al ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy ec eh en ex fk fy gl gu gy ha hd hg \
    hp hr hs hu hx ig im ip iv je ka kt kw ky la ld le ll ln ls lu me mk ml ne ng nn np nr nw ol ox pa pe ph pl po pr rg rh rm sa \
    se sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tr ts tw ub wa wc wd wf wn wr ws wv yo ze ";
/// Words that the towns of the others end with: names of parts and sizes are as short.
pub(super) const CITIES: &str = " birmingham solihull coldfield redditch bromsgrove tamworth halesowen bromwich smethwick oldbury london glasgow clydebank \
    dumbarton helensburgh liverpool bootle prescot ormskirk manchester salford sale sheffield rotherham barnsley chesterfield \
    dronfield worksop ";
/// What the anchor of a British postcode is not, unless a house and its street stand before it: a size.
const SIZES: [&[u8]; 3] = [b"GB", b"TB", b"PB"];

/// `Rose Cottage, High Street, Oxford OX1 4BH`: British houses have names. The anchor is the last digit of the postcode. A house
/// and a street stand before it, or one of them and a town.
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
    let (mut has_house, mut has_street, mut town) = (false, false, None);
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
        let last = Word::of(part.rsplit(|byte| *byte == b' ').next().unwrap_or_default());
        let (is_street, is_house) = (last.is_in(List::Strong), last.is_whole_in(List::Houses));
        if part.contains(&b' ') && (is_street || is_house) {
            start = Some(begin);
            (has_house, has_street) = (has_house || is_house, has_street || is_street);
        } else if parts == 1 {
            town = Some(last);
        }
        if !probe.was(begin, &MARK) {
            break;
        }
        at = begin;
    }
    let area = probe.slice(code..probe.run(code, &ByteSet::UPPER, 3));
    let is_size = || SIZES.contains(&probe.slice(probe.at() + 1..end));
    let is_town = |word: Word<'_>| !word.is_in(List::Units) && !word.is_in(List::Doubtful) && !is_size();
    let is_placed = match area {
        [_] => town.is_some_and(|word| word.is_whole_in(List::Cities)),
        _ => (has_house && has_street) || town.is_some_and(is_town),
    };
    let holds = is_placed && is_area(area);
    start.filter(|start| holds && is_held(probe, *start)).map(|start| found(start, end, 0.7))
}

/// Whether British postcodes begin with these letters.
fn is_area(letters: &[u8]) -> bool {
    match letters {
        [letter] => b"BEGLMNSW".contains(letter),
        _ => Word::of(letters).is_whole_in(List::Areas),
    }
}

/// Whether the anchor is the digit of ` 4BH`.
pub(super) fn ends_a_british_code(probe: &Probe<'_>) -> bool {
    const INWARD: ByteSet = ByteSet::EMPTY.with(b"ABDEFGHJLNPQRSTUWXYZ");
    let at = probe.at();
    probe.was(at, &ByteSet::EMPTY.with(b" ")) && probe.is(at + 1, &INWARD) && probe.is(at + 2, &INWARD)
}

fn is_name(word: &[u8]) -> bool {
    is_capital(word) || postcode::is_particle(Word::of(word))
}

/// Whether a stream still has what begins at `start`.
fn is_held(probe: &Probe<'_>, start: usize) -> bool {
    probe.run_back(probe.at(), &STREET_SET, STREET) <= start
}
