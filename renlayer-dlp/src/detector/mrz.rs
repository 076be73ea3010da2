//! The machine-readable zone of passports, identity cards and visas.
//!
//! Two or three lines hold a name, a date of birth, a nationality and the number of a document, with check digits of their
//! own: a copy of a passport in one piece. Source: ICAO Doc 9303, parts 4 to 7.
//!
//! - hit: TD1 (3 × 30), TD2 (2 × 36), TD3 (2 × 44), visas MRV-A (2 × 44) and MRV-B (2 × 36), numbers of more than nine
//!   characters, the French identity card (2 × 36) and driving licence (1 × 30); with the lines on lines of
//!   their own, joined, with `\n` written out, or indented
//! - miss: any of the check digits wrong; one line alone
//! - known mistakes: characters that a reader mistook are not put right; a zone in small letters is not found.

use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Reach};
use crate::check::weighted::{number, sum};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct Mrz;

const ZONE: ByteSet = ByteSet::UPPER.or(ByteSet::DIGIT).with(b"<");
const BLANK: ByteSet = ByteSet::SPACE.with(b"|");
/// Characters of the longest zone.
const LONGEST: usize = 90;
/// Blanks that may stand between two characters: the end of a line and what the next is indented by.
const GAP: usize = 24;
const AHEAD: usize = LONGEST + 4 * GAP;

/// A kind of zone: what it begins with, its length, and for each check digit the place of it and the fields it covers.
struct Layout {
    first: &'static [u8],
    head: &'static [u8],
    length: usize,
    checks: &'static [(usize, &'static [(usize, usize)])],
    /// The check digit of the number, and the field in which the number goes on where a filler stands for that digit.
    long: Option<(usize, (usize, usize))>,
    /// Where a date stands: that of birth, but on the licence.
    date: usize,
}

const LAYOUTS: &[Layout] = &[
    Layout {
        first: b"P",
        head: b"",
        length: 88,
        checks: &[
            (53, &[(44, 53)]),
            (63, &[(57, 63)]),
            (71, &[(65, 71)]),
            (86, &[(72, 86)]),
            (87, &[(44, 54), (57, 64), (65, 87)]),
        ],
        long: None,
        date: 57,
    },
    Layout {
        first: b"V",
        head: b"",
        length: 88,
        checks: &[(53, &[(44, 53)]), (63, &[(57, 63)]), (71, &[(65, 71)])],
        long: None,
        date: 57,
    },
    Layout {
        first: b"ACIP",
        head: b"",
        length: 90,
        checks: &[
            (14, &[(5, 14)]),
            (36, &[(30, 36)]),
            (44, &[(38, 44)]),
            (59, &[(5, 30), (30, 37), (38, 45), (48, 59)]),
        ],
        long: Some((14, (15, 30))),
        date: 30,
    },
    Layout {
        first: b"ACIP",
        head: b"",
        length: 72,
        checks: &[
            (45, &[(36, 45)]),
            (55, &[(49, 55)]),
            (63, &[(57, 63)]),
            (71, &[(36, 46), (49, 56), (57, 71)]),
        ],
        long: Some((45, (64, 71))),
        date: 49,
    },
    Layout {
        first: b"V",
        head: b"",
        length: 72,
        checks: &[(45, &[(36, 45)]), (55, &[(49, 55)]), (63, &[(57, 63)])],
        long: None,
        date: 49,
    },
    // The identity card of France before 2021.
    Layout {
        first: b"I",
        head: b"IDFRA",
        length: 72,
        checks: &[(48, &[(36, 48)]), (69, &[(63, 69)]), (71, &[(0, 71)])],
        long: None,
        date: 63,
    },
    // The driving licence of France.
    Layout {
        first: b"D",
        head: b"D1FRA",
        length: 30,
        checks: &[(14, &[(0, 14)]), (29, &[(0, 29)])],
        long: None,
        date: 15,
    },
];

impl Detector for Mrz {
    fn about(&self) -> About {
        About::new("mrz", "gov_id.mrz", Severity::High, "the machine-readable zone of a travel document")
    }

    fn page(&self) -> Page {
        let mistakes =
            "characters that a reader mistook are not put right; a zone in small letters is not found";
        Page { basis: "the layout of ICAO 9303 and all its check digits", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let set = ByteSet::EMPTY.with(b"<");
        vec![Anchor::between(ZONE.without(b"<"), set, ZONE)]
    }

    fn reach(&self) -> Reach {
        Reach { set: ZONE, max: 44 }
    }

    fn ahead(&self) -> usize {
        AHEAD
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        // Its line was read from another filler of it.
        let start = begin(probe).filter(|start| *start >= probe.known())?;
        let zone = Zone::read(probe, start);
        let Some(found) = LAYOUTS.iter().find(|layout| layout.stands(zone.text(layout.length))) else {
            probe.knows(start + 1);
            return None;
        };
        let end = zone.end_of(found.length)?;
        let goes_on = probe.is(end, &ZONE);
        (!goes_on).then(|| Match::new(start..end, 1.0).with(Evidence::CHECKSUM).with(Evidence::STRUCTURE))
    }
}

/// Where the line begins that holds the first filler.
fn begin(probe: &Probe<'_>) -> Option<usize> {
    let begin = probe.run_back(probe.at(), &ZONE, 44);
    let is_glued = probe.was(begin, &ByteSet::ALNUM.with(b"_<")) && !follows_an_escape(probe, begin);
    (!is_glued && probe.is(begin, &ByteSet::EMPTY.with(b"PVIACD"))).then_some(begin)
}

fn follows_an_escape(probe: &Probe<'_>, at: usize) -> bool {
    probe.was(at, &ByteSet::EMPTY.with(b"nrt")) && at > 1 && probe.before(at - 1) == Some(b'\\')
}

/// The characters of a zone without what stands between its lines, and where each ends.
struct Zone {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Zone {
    fn read(probe: &Probe<'_>, start: usize) -> Self {
        let mut zone = Self { bytes: Vec::with_capacity(LONGEST), ends: Vec::with_capacity(LONGEST) };
        let mut at = start;
        while zone.bytes.len() < LONGEST {
            at = skip_blanks(probe, at);
            let Some(byte) = probe.get(at).filter(|byte| ZONE.has(*byte)) else { break };
            at += 1;
            zone.bytes.push(byte);
            zone.ends.push(at);
            if !zone.might_go_on() {
                break;
            }
        }
        zone
    }

    /// Whether some layout has these fields so far: text that merely begins like a zone ends here.
    fn might_go_on(&self) -> bool {
        LAYOUTS.iter().any(|layout| layout.might_stand(&self.bytes))
    }

    fn text(&self, length: usize) -> &[u8] {
        self.bytes.get(..length).unwrap_or_default()
    }

    fn end_of(&self, length: usize) -> Option<usize> {
        self.ends.get(length.checked_sub(1)?).copied()
    }
}

/// Past blanks and the written-out ends of lines.
fn skip_blanks(probe: &Probe<'_>, from: usize) -> usize {
    let mut at = from;
    while at < from + GAP {
        if probe.is(at, &BLANK) {
            at += 1;
        } else if probe.get(at) == Some(b'\\') && probe.is(at + 1, &ByteSet::EMPTY.with(b"nrt")) {
            at += 2;
        } else {
            break;
        }
    }
    at
}

impl Layout {
    fn stands(&self, zone: &[u8]) -> bool {
        zone.len() == self.length
            && self.might_stand(zone)
            && zone.get(self.date..).is_some_and(|rest| number(rest, 2, 4) <= 12 && number(rest, 4, 6) <= 31)
    }

    /// Whether the check digits hold that are there.
    fn might_stand(&self, zone: &[u8]) -> bool {
        let kind = zone.first().is_some_and(|first| self.first.contains(first))
            && zone.iter().zip(self.head).all(|(have, want)| have == want);
        let mut there = self.checks.iter().filter(|(place, _)| *place < zone.len());
        kind && zone.len() <= self.length
            && there.all(|(place, fields)| holds(zone, *place, fields) || self.goes_on(zone, *place))
    }

    /// Whether the number is longer than its field: a filler then stands for its check digit, and its other characters
    /// begin the optional field, the last of them the digit. Older cards of Belgium count that filler as a place.
    fn goes_on(&self, zone: &[u8], place: usize) -> bool {
        let Some((_, (from, to))) = self.long.filter(|(digit, _)| *digit == place) else { return false };
        let field = zone.get(from..to.min(zone.len())).unwrap_or_default();
        let length = field.iter().position(|byte| *byte == b'<').unwrap_or(field.len());
        let (begin, digit) = (place.saturating_sub(9), from + length.saturating_sub(1));
        let is_right = |fields: &[(usize, usize)]| length > 1 && holds(zone, digit, fields);
        zone.get(place) == Some(&b'<')
            && (zone.len() < to || is_right(&[(begin, place), (from, digit)]) || is_right(&[(begin, digit)]))
    }
}

/// Weights 7, 3, 1 over all fields together; the filler counts as nothing, and stands for the digit of an empty field.
fn holds(zone: &[u8], place: usize, fields: &[(usize, usize)]) -> bool {
    const WEIGHTS: [u32; 9] = [7, 3, 1, 7, 3, 1, 7, 3, 1];
    let covered: Vec<u8> =
        fields.iter().flat_map(|(from, to)| zone.get(*from..*to).unwrap_or_default()).copied().collect();
    let total: u32 = covered.chunks(9).map(|chunk| sum(chunk, &WEIGHTS)).sum();
    match zone.get(place) {
        Some(b'<') => covered.iter().all(|byte| *byte == b'<'),
        Some(digit) if digit.is_ascii_digit() => total % 10 == u32::from(digit - b'0'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    const TD3: [&str; 2] =
        ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"];
    const TD2: [&str; 2] = ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"];
    const TD1: [&str; 3] = [
        "I<UTOD231458907<<<<<<<<<<<<<<<",
        "7408122F1204159UTO<<<<<<<<<<<6",
        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    ];
    const MRV_A: [&str; 2] =
        ["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"];
    const MRV_B: [&str; 2] = ["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"];

    /// Numbers that go on in the optional field, and the zones of France; with each of them one that is wrong.
    fn others() -> [[String; 2]; 5] {
        [
            ["I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<", "<7349", "<7348"],
            ["IDBEL000590240<6013<<<<<<<<<<<\n8512017F1311048BEL851201002007\nREINARTZ<<ULRIKE<KATIA<E<<<<<<", "<6013", "<6012"],
            ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD23145890<UTO3407127M95071227349<<<8", "7349", "7348"],
            ["IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<\n9409923102854CORINNE<<<<<<<6512068F4", "068F4", "067F4"],
            ["D1FRA13AA000026181231MARTIN<<9", "000026", "000016"],
        ]
        .map(|[zone, right, wrong]| [zone.to_owned(), zone.replace(right, wrong)])
    }

    #[test]
    fn mrz_cases() {
        let mut cases = Cases::of("gov_id.mrz");
        for lines in [&TD3[..], &TD2, &TD1, &MRV_A, &MRV_B] {
            for glue in ["\n", "\r\n", "", "\\n", " ", "\n    "] {
                let zone = lines.join(glue);
                cases = cases.hit(&format!("scan: {zone}\nend"), &zone);
            }
            cases = cases.miss(lines[0]);
            // Any digit of the date of birth makes a check digit wrong.
            cases = cases.miss(&lines.join("\n").replace("7408122", "7408132").replace("4009078", "4009088"));
        }
        for [zone, wrong] in others() {
            cases = cases.hit(&format!("scan: {zone}\nend"), &zone).miss(&wrong);
        }
        cases.miss("P<0 && Q<1; vec<<u8>> A<B<C").run();
    }
}
