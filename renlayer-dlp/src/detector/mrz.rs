//! The machine-readable zone of passports, identity cards and visas.
//!
//! Two or three lines hold a name, a date of birth, a nationality and the number of a document, with check digits of their
//! own: a copy of a passport in one piece. Source: ICAO Doc 9303, parts 4 to 7.
//!
//! - hit: TD1 (3 × 30), TD2 (2 × 36), TD3 (2 × 44), visas MRV-A (2 × 44) and MRV-B (2 × 36); with the lines on lines of
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

/// A kind of zone: its length, and for each check digit the place of it and the fields it covers.
struct Layout {
    first: &'static [u8],
    length: usize,
    line: usize,
    checks: &'static [(usize, &'static [(usize, usize)])],
    birth: usize,
}

const LAYOUTS: &[Layout] = &[
    Layout {
        first: b"P",
        length: 88,
        line: 44,
        checks: &[
            (53, &[(44, 53)]),
            (63, &[(57, 63)]),
            (71, &[(65, 71)]),
            (86, &[(72, 86)]),
            (87, &[(44, 54), (57, 64), (65, 87)]),
        ],
        birth: 57,
    },
    Layout {
        first: b"V",
        length: 88,
        line: 44,
        checks: &[(53, &[(44, 53)]), (63, &[(57, 63)]), (71, &[(65, 71)])],
        birth: 57,
    },
    Layout {
        first: b"ACIP",
        length: 90,
        line: 30,
        checks: &[
            (14, &[(5, 14)]),
            (36, &[(30, 36)]),
            (44, &[(38, 44)]),
            (59, &[(5, 30), (30, 37), (38, 45), (48, 59)]),
        ],
        birth: 30,
    },
    Layout {
        first: b"ACIP",
        length: 72,
        line: 36,
        checks: &[
            (45, &[(36, 45)]),
            (55, &[(49, 55)]),
            (63, &[(57, 63)]),
            (71, &[(36, 46), (49, 56), (57, 71)]),
        ],
        birth: 49,
    },
    Layout {
        first: b"V",
        length: 72,
        line: 36,
        checks: &[(45, &[(36, 45)]), (55, &[(49, 55)]), (63, &[(57, 63)])],
        birth: 49,
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
    (!is_glued && probe.is(begin, &ByteSet::EMPTY.with(b"PVIAC"))).then_some(begin)
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
            && zone.get(self.birth..).is_some_and(|rest| number(rest, 2, 4) <= 12 && number(rest, 4, 6) <= 31)
    }

    /// Whether the check digits hold that are there.
    fn might_stand(&self, zone: &[u8]) -> bool {
        let kind = zone.first().is_some_and(|first| self.first.contains(first));
        let mut there = self.checks.iter().filter(|(place, _)| *place < zone.len());
        kind && zone.len() <= self.length
            && self.line > 0
            && there.all(|(place, fields)| holds(zone, *place, fields))
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
        cases.miss("P<0 && Q<1; vec<<u8>> A<B<C").run();
    }
}
