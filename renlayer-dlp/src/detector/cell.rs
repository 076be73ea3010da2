//! The cells of rows, as programs write them: most number parts and orders, in the groups that the numbers of persons have too.

use std::ops::Range;

use super::{ByteSet, Probe};
use crate::words::Words;

/// What heads the columns of a table about persons, besides a word for the number itself.
static HEADS: Words = Words::new(&[
    "first name",
    "first_name",
    "firstname",
    "last name",
    "last_name",
    "lastname",
    "full name",
    "full_name",
    "surname",
    "dob",
    "birth",
    "birthdate",
    "birthday",
    "patient",
    "employee",
    "applicant",
    "taxpayer",
    "beneficiary",
    "email",
    "e-mail",
]);
/// Names that most people of the United States have one of, without those that are words or places too.
#[rustfmt::skip]
static NAMES: Words = Words::new(&[
    "adam", "adams", "alan", "albert", "alexander", "alice", "allen", "amanda", "amy", "anderson", "andrea",
    "andrew", "angela", "ann", "anna", "anne", "anthony", "arthur", "ashley", "baker", "barbara",
    "benjamin", "betty", "beverly", "billy", "bobby", "bradley", "brenda", "brian", "brittany", "bruce",
    "bryan", "campbell", "carl", "carlos", "carol", "carolyn", "carter", "catherine", "charles", "cheryl",
    "christina", "christine", "christopher", "collins", "cooper", "cynthia", "daniel", "david", "davis",
    "deborah", "debra", "denise", "dennis", "diana", "diane", "diaz", "donna", "doris", "dorothy",
    "douglas", "dylan", "díaz", "edward", "edwards", "elizabeth", "emily", "emma", "ethan", "eugene",
    "evans", "evelyn", "flores", "frances", "gabriel", "garcia", "garcía", "gary", "george", "gerald",
    "gloria", "gomez", "gonzalez", "gonzález", "gregory", "gutierrez", "hannah", "harris", "henry",
    "hernandez", "isabella", "jacob", "jacqueline", "james", "jane", "janet", "janice", "jason", "jeffrey",
    "jennifer", "jeremy", "jerry", "jesse", "jessica", "joan", "joe", "john", "johnny", "johnson",
    "jonathan", "jones", "jose", "joseph", "joshua", "josé", "joyce", "juan", "judith", "judy", "julia",
    "julie", "justin", "karen", "katherine", "kathleen", "kathryn", "kayla", "keith", "kelly", "kenneth",
    "kevin", "kimberly", "kyle", "larry", "laura", "lauren", "lawrence", "lewis", "linda", "lisa", "logan",
    "lopez", "lori", "luis", "lópez", "margaret", "maria", "marilyn", "martha", "martin", "martinez",
    "martínez", "mary", "matthew", "megan", "melissa", "michael", "michelle", "miguel", "miller",
    "mitchell", "moore", "morales", "morris", "murphy", "nancy", "natalie", "nathan", "nelson", "nguyen",
    "nicholas", "nicole", "noah", "olivia", "ortiz", "pamela", "patel", "patricia", "patrick", "perez",
    "peter", "peterson", "philip", "phillips", "pérez", "rachel", "ramirez", "ramos", "raymond", "rebecca",
    "reyes", "richard", "rivera", "robert", "roberts", "robinson", "rodriguez", "rodríguez", "roger",
    "rogers", "ronald", "russell", "ryan", "samantha", "samuel", "sanchez", "sandra", "sara", "sarah",
    "scott", "sean", "sharon", "shirley", "smith", "sophia", "stephanie", "stephen", "steven", "stewart",
    "susan", "sánchez", "taylor", "teresa", "terry", "theresa", "thomas", "thompson", "timothy", "torres",
    "turner", "tyler", "vincent", "william", "williams", "willie", "wilson", "wright", "zachary",
]);

/// What parts the cells of a row, without a space.
const SEPARATORS: ByteSet = ByteSet::EMPTY.with(b",;|\t");
const LINE_END: ByteSet = ByteSet::EMPTY.with(b"\r\n");
const LINE: ByteSet = LINE_END.not();
const QUOTE: ByteSet = ByteSet::EMPTY.with(b"\"");
/// How far back the row and the heads above it are read.
const BEHIND: usize = 192;
/// How much of the row is read after a cell, less than any clause that the detectors which ask read there.
const AHEAD: usize = 64;

/// Whether the number at `range` is a cell of a row that tells of no person: no name that many have is in it, no letter outside
/// ASCII, no address of mail and no day of birth, and nothing above it is a head of such a column, or one of `words`.
pub(super) fn is_of_things(probe: &Probe<'_>, range: &Range<usize>, words: &Words) -> bool {
    let Some(row) = Row::around(probe, range) else { return false };
    let above = probe.behind(range.start, BEHIND);
    !row.is_prose() && !row.tells_of_a_person() && !HEADS.stand_in(above) && !words.stand_in(above)
}

/// Whether the number at `range` is a cell of a row that tells of a person.
pub(super) fn is_of_a_person(probe: &Probe<'_>, range: &Range<usize>) -> bool {
    Row::around(probe, range).is_some_and(|row| row.tells_of_a_person())
}

/// What stands in a line before a cell and after it.
struct Row<'t> {
    before: &'t [u8],
    after: &'t [u8],
}

impl<'t> Row<'t> {
    /// The row, where the range is a cell of one.
    fn around(probe: &Probe<'t>, range: &Range<usize>) -> Option<Self> {
        let is_quoted = probe.was(range.start, &QUOTE) && probe.is(range.end, &QUOTE);
        let (start, end) = (range.start - usize::from(is_quoted), range.end + usize::from(is_quoted));
        let (before, after) = (probe.before(start), probe.get(end));
        let parts = |byte: Option<u8>| byte.is_some_and(|byte| SEPARATORS.has(byte));
        let bounds = |byte: Option<u8>| byte.is_none_or(|byte| SEPARATORS.or(LINE_END).has(byte));
        let is_a_cell = bounds(before) && bounds(after) && (parts(before) || parts(after));
        if !is_a_cell {
            return None;
        }
        let line = probe.run_back(start, &LINE, BEHIND);
        let line_end = probe.run(end, &LINE, AHEAD);
        Some(Self { before: probe.slice(line..start), after: probe.slice(end..line_end) })
    }

    /// Whether what the number stands beside has as many words as a sentence.
    fn is_prose(&self) -> bool {
        const WORDS: usize = 3;
        let is_sentence = |cell: Option<&[u8]>| {
            cell.is_some_and(|cell| {
                cell.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).count() >= WORDS
            })
        };
        let of = |side: &'t [u8]| side.split(|byte| SEPARATORS.has(*byte));
        // Beside the number stands a separator, and before that the cell.
        is_sentence(of(self.before).rev().nth(1)) || is_sentence(of(self.after).nth(1))
    }

    fn tells_of_a_person(&self) -> bool {
        let tells = |side: &[u8]| side.contains(&b'@') || NAMES.stand_in(side) || has_birth(side);
        // What programs make up for things is ASCII.
        [self.before, self.after].into_iter().any(|side| !side.is_ascii() || tells(side))
    }
}

/// Whether a day of the last century stands there: `1985-04-12`, `04/12/1985`.
fn has_birth(row: &[u8]) -> bool {
    const DAY: ByteSet = ByteSet::DIGIT.with(b"-/.");
    row.split(|byte| !DAY.has(*byte)).any(|day| match day {
        [b'1', b'9', _, _, a, _, _, b, _, _] | [_, _, a, _, _, b, b'1', b'9', _, _] => {
            a == b && !a.is_ascii_digit() && day.iter().filter(|byte| byte.is_ascii_digit()).count() == 8
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Text;

    static SSN: Words = Words::new(&["ssn"]);

    fn is_of_things_in(text: &str) -> bool {
        let at = text.find("128-14-2074").expect("a number");
        let whole = Text { bytes: text.as_bytes(), start: 0, complete: true };
        is_of_things(&Probe::new(whole, at, 11 + super::super::id::CLAUSE), &(at..at + 11), &SSN)
    }

    #[test]
    fn a_cell_numbers_a_thing_where_its_row_tells_of_no_person() {
        for row in [
            "Widget,128-14-2074,Bolt",
            "128-14-2074,Bolt",
            "Hex Bolt\t128-14-2074\r\n",
            "a;\"128-14-2074\";b",
            "1|2024-05-01|128-14-2074|1999",
            "Anna,x\nWidget,128-14-2074,Bolt",
            "7,128-14-2074,1901-778-12",
            "915-29-1973,7685056,x,128-14-2074",
        ] {
            assert!(is_of_things_in(row), "{row}");
        }
        for row in [
            "128-14-2074",
            "Widget, 128-14-2074",
            "Bolt\n128-14-2074\nNut",
            "Miller,128-14-2074,Leeds",
            "128-14-2074;x;ANNA",
            "김철수,128-14-2074,x",
            "w@corp.io,128-14-2074,1",
            "128-14-2074,1,w@corp.io",
            "X,128-14-2074,1985-04-12",
            "X,04/12/1985,128-14-2074",
            "no,ssn\nWidget,128-14-2074,Bolt",
            "id,last_name\n1,Widget,128-14-2074",
            "this is my number,128-14-2074,please",
            "number,128-14-2074,please call me back",
        ] {
            assert!(!is_of_things_in(row), "{row}");
        }
    }
}
