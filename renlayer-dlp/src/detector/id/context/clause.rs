//! The clause after a number that says what it is: `111222333 is my BSN`.

use super::fold::is_letter;
use crate::detector::{ByteSet, Probe};
use crate::openings::Openings;
use crate::words::Rows;

/// How far after a number its clause is read.
const CLAUSE: usize = 88;
/// The same with its link.
pub(in super::super) const REACH: usize = CLAUSE + 16;
/// What a clause is made of.
const IN_CLAUSE: ByteSet = ByteSet::ALNUM.with(b" '-_/.").or(ByteSet::EMPTY.range(0x80, 0xff));

/// What leads from a number to what it is.
const LINKS: &[&str] = &[
    " is ",
    " was ",
    " as ",
    " (",
    "（",
    " ist ",
    " als ",
    " est ",
    " comme ",
    " es ",
    " como ",
    " é ",
    " è ",
    " come ",
    " van ",
    " är ",
    " er ",
    " som ",
    " on ",
    " to ",
    " jest ",
    " jako ",
    " je ",
    " az ",
    " a ",
    " este ",
    " e ",
    " е ",
    " є ",
    " είναι ",
    " yra ",
    " ir ",
    " vaš ",
    " vaša ",
    " vaše ",
    " váš ",
    " moj ",
    " moja ",
    " moje ",
    " benim ",
    " sizin ",
    " for ",
    " für ",
    " voor ",
    " pour ",
    " uw ",
    " Ihre ",
    " mijn ",
    " sé ",
    " adalah ",
    " là ",
    " הוא ",
    " היא ",
    " — ",
    " – ",
    " คือ",
    "は",
    "が",
    "是",
    "는 ",
    "은 ",
    "이 ",
    "가 ",
    "คือ",
    "로 ",
    "으로 ",
    "まで",
];

/// And the shortest, which may stand before anything.
const BRACKET: &str = "(";

/// How links begin: hardly any word after a number does.
static LINKS_BEGIN: Openings = Openings::of(LINKS).and(BRACKET.as_bytes());
/// The links by their first two bytes.
static ROWS: Option<Rows> = Rows::of(LINKS);

/// What a link begins with after its space.
const LINK: ByteSet = ByteSet::LOWER.with(b"(").range(0xc3, 0xff);

/// Whether a link goes on so after its space: of capitals, `Ihre` does.
pub(in super::super) fn begins_a_link(probe: &Probe<'_>, at: usize) -> bool {
    probe.is(at, &LINK) || probe.looking_at(at, b"Ihre ")
}

/// The clause after the link that begins at `end`, where one does.
pub(in super::super) fn after<'t>(probe: &Probe<'t>, end: usize) -> Option<&'t [u8]> {
    let is_link = match probe.get(end)? {
        b' ' => begins_a_link(probe, end + 1),
        byte => byte == b'(' || byte >= 0xe0,
    };
    if !is_link || probe.arrived(end, 3).is_some_and(|next| !LINKS_BEGIN.may_begin(next)) {
        return None;
    }
    let from = end + link(probe, end)?.len();
    Some(sentence(probe.slice(from..probe.run(from, &IN_CLAUSE, CLAUSE))))
}

/// The link that stands at `end`.
fn link(probe: &Probe<'_>, end: usize) -> Option<&'static str> {
    let stands = |link: &&str| probe.looking_at(end, link.as_bytes());
    if stands(&BRACKET) {
        return Some(BRACKET);
    }
    match (probe.arrived(end, 2), &ROWS) {
        (Some(near), Some(rows)) => rows.beginning(near).filter_map(|at| LINKS.get(at)).copied().find(stands),
        _ => LINKS.iter().copied().find(stands),
    }
}

/// `text` up to the end of its sentence: a full stop and a space after a word too long to be short for another.
fn sentence(text: &[u8]) -> &[u8] {
    let (mut letters, mut end) = (0, text.len());
    for (at, byte) in text.iter().enumerate() {
        if *byte == b'.' && letters > 3 && text.get(at + 1) == Some(&b' ') {
            end = at;
            break;
        }
        letters = if is_letter(*byte) { letters + 1 } else { 0 };
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_begin_as_is_said() {
        assert!(ROWS.is_some());
        for link in LINKS {
            let second = link.strip_prefix(' ').map(|rest| rest.as_bytes()[0]);
            assert!(second.is_none_or(|byte| LINK.has(byte) || *link == " Ihre "), "{link}");
        }
    }
}
