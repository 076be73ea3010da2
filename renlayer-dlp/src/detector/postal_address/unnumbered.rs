//! Streets without the number of a house, found from the postcode after them.

use super::tokens::{Kind, Token};
use super::{STREET, STREET_SET, found, postcode, street};
use crate::detector::{ByteSet, Match, Probe};

/// The name of a town before its postcode, and what parts the two.
const TOWN: ByteSet = ByteSet::ALPHA.with(b" ,'-()").or(ByteSet::EMPTY.range(0x80, 0xff));
const TOWN_END: ByteSet = ByteSet::EMPTY.with(b" ,");

/// The address whose postcode stands at the anchor.
pub(super) fn find(probe: &Probe<'_>) -> Option<Match> {
    marked(probe).or_else(|| on_a_line(probe))
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

/// Whether a stream still has what begins at `start`.
fn is_held(probe: &Probe<'_>, start: usize) -> bool {
    probe.run_back(probe.at(), &STREET_SET, STREET) <= start
}
