//! Streets that have a number for a name, as towns laid out in a grid have: `Calle 10 # 45-1`, `Avenida 7 N° 328`; and those
//! that are named after a day: `Rua 25 de Março, 120`.

use super::list::{List, Word};
use super::street;
use crate::detector::{ByteSet, Probe};

/// What stands between the number of the street and that of the house.
const SIGNS: [&str; 10] = ["#", "No.", "no.", "N°", "n°", "Nº", "nº", "Nro.", "N.º", "№"];
/// Short for the words that lead such a street.
pub(super) const SHORT: &str = " cl cll cr cra kr kra carrera diagonal transversal tv ";

/// Where the street begins whose name is the number from the anchor to `number`, and where its house ends.
pub(super) fn read(probe: &Probe<'_>, number: usize) -> Option<(usize, usize)> {
    const LETTER: ByteSet = ByteSet::ALPHA.or(ByteSet::EMPTY.range(0x80, 0xff)).with(b".");
    let name_end = probe.run_back(probe.at(), &ByteSet::EMPTY.with(b" "), 1);
    let start = probe.run_back(name_end, &LETTER, 16);
    let word = probe.slice(start..name_end);
    let stem = word.strip_suffix(b".").unwrap_or(word);
    let leads = |stem: Word<'_>| street::leads(stem) || stem.is_whole_in(List::Grid);
    if name_end == probe.at() || stem.len() < 2 || !leads(Word::of(stem)) {
        return None;
    }
    // `5ª`, `7 Sur`, `10 bis`.
    let mut at = if probe.looking_at(number, "ª".as_bytes()) { number + 2 } else { number };
    let side = probe.run(at, &ByteSet::EMPTY.with(b" "), 1);
    if let Some(word) = ["Sur", "Norte", "Este", "Oeste", "bis A", "bis", "Bis A", "Bis"]
        .iter()
        .find(|word| probe.looking_at(side, word.as_bytes()))
    {
        at = side + word.len();
    }
    if let Some(end) = day(probe, at) {
        return (!probe.was(start, &ByteSet::WORD)).then_some((start, end));
    }
    let at = probe.run(at, &ByteSet::EMPTY.with(b" ,"), 2);
    let sign = SIGNS.iter().find(|sign| probe.looking_at(at, sign.as_bytes()))?;
    let house = probe.run(at + sign.len(), &ByteSet::EMPTY.with(b" "), 1);
    let end = probe.run(house, &ByteSet::ALNUM.with(b"-"), 12);
    let holds = probe.is(house, &ByteSet::DIGIT) && !probe.was(start, &ByteSet::WORD);
    holds.then_some((start, end))
}

/// The end of the house in a street that is named after a day, of which the number ends at `number`.
fn day(probe: &Probe<'_>, number: usize) -> Option<usize> {
    const LETTER: ByteSet = ByteSet::ALPHA.or(ByteSet::EMPTY.range(0x80, 0xff));
    const ITALIAN: [&[u8]; 7] =
        [b"febbraio", b"marzo", b"aprile", b"maggio", b"giugno", b"settembre", b"novembre"];
    let from = [" de ", " "].iter().find(|joint| probe.looking_at(number, joint.as_bytes()))?.len() + number;
    let end = probe.run(from, &LETTER, 16);
    let month = probe.slice(from..end);
    let is_day = from > number + 1 || ITALIAN.iter().any(|known| month.eq_ignore_ascii_case(known));
    let house = probe.run(end, &ByteSet::EMPTY.with(b" ,"), 2);
    let last = probe.run(house, &ByteSet::DIGIT, 6);
    let holds = is_day && month.len() > 3 && house > end && (1..=5).contains(&(last - house));
    (holds && !probe.is(last, &ByteSet::WORD)).then_some(last)
}
