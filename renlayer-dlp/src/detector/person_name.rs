//! A person's name next to what identifies the person: an e-mail address, a number after a word for it, a date of birth.
//!
//! A name alone is in every text, and is not looked for. Beside an identifier it says whose that is.
//!
//! - hit: `Jane Miller <jane@corp.io>`, `Jane Miller (DOB 04/12/1985)`, `José García López, passport AB123456`
//! - miss: `Jane Miller`, `Support Team <help@corp.io>`, `Jane <jane@corp.io>`, `Jane Miller was born in 1980`
//! - known mistakes: a product or firm of two capitalised words before an address is a hit; names in scripts without
//!   capitals are not found; an identifier that stands before the name does not count.

use super::{About, Anchor, ByteSet, Detector, Match, Need, Page, Probe, Reach};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct PersonName;

/// Words that come between a name and an identifier.
const WORDS: [&str; 22] = [
    "dob",
    "d.o.b",
    "born",
    "date of birth",
    "ssn",
    "social security",
    "passport",
    "phone",
    "tel.",
    "tel:",
    "mobile",
    "cell:",
    "email",
    "e-mail",
    "geb.",
    "geboren",
    "né le",
    "née le",
    "nato il",
    "nata il",
    "nacido",
    "nacida",
];

const LETTER: ByteSet = ByteSet::ALPHA.or(ByteSet::EMPTY.range(0x80, 0xff));
const NAME: ByteSet = LETTER.with(b".'-");
const LOCAL: ByteSet = ByteSet::ALNUM.with(b"._+-");
const GAP: ByteSet = ByteSet::EMPTY.with(b" ,(<:;-\n\"");
const REACH: ByteSet = NAME.or(LOCAL).or(GAP);
const REACH_MAX: usize = 120;
const MOST_GAP: usize = 4;
/// How far after the begin of a word its number may go.
const IDENTIFIED: usize = 56;
const MOST_WORDS: usize = 4;

/// Capitalised words that are no part of a name: titles, what opens a sentence, what firms call themselves.
const OTHER: &str = " mr mrs ms miss dr prof herr frau sir madam dear hi hello contact email e-mail mail from to cc bcc write call \
    please name customer client patient employee user author authors maintainer support team sales info admin service services \
    office department group inc ltd llc gmbh corp company foundation project university institute center centre help desk press \
    news security the a an and or by for with our your my her his their its this that these new via at in on copyright reply sender subject date phone tel fax \
    january february march april may june july august september october november december monday tuesday wednesday thursday \
    friday saturday sunday developers committee association software systems technologies bank ";
/// Words between the capitals of a name.
const PARTICLES: &str = " de da do dos del della di van von der den ter la le bin ibn al el y e zu ";

impl Detector for PersonName {
    fn about(&self) -> About {
        let finds = "a person's name before an identifier";
        About::new("person_name", "pii.person_name_with_identifier", Severity::Medium, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "a firm of two capitalised words is a hit; names after their identifier are not found";
        Page {
            basis: "two to four capitalised words right before an address, a number or a date of birth",
            mistakes,
        }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let sign = Anchor::between(LOCAL, ByteSet::EMPTY.with(b"@"), ByteSet::ALNUM);
        WORDS.iter().map(Anchor::begin).chain([sign]).collect()
    }

    fn need(&self) -> Need {
        Need::Digit(IDENTIFIED)
    }

    fn reach(&self) -> Reach {
        Reach { set: REACH, max: REACH_MAX }
    }

    fn ahead(&self) -> usize {
        72
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let is_address = probe.get(probe.at()) == Some(b'@');
        let identifier = if is_address { probe.run_back(probe.at(), &LOCAL, 64) } else { probe.at() };
        let end = probe.run_back(identifier, &GAP, MOST_GAP);
        if end == identifier {
            return None;
        }
        let start = name_before(probe, end).filter(|start| probe.at() - start <= REACH_MAX)?;
        let holds = if is_address { is_domain(probe) } else { is_identified(probe) };
        holds.then(|| Match::new(start..end, 0.7).with(Evidence::CONTEXT))
    }
}

fn is_domain(probe: &Probe<'_>) -> bool {
    let from = probe.at() + 1;
    let end = probe.run(from, &ByteSet::ALNUM.with(b".-"), 64);
    probe.slice(from..end).iter().rposition(|byte| *byte == b'.').is_some_and(|dot| end - from - dot > 2)
}

/// Six digits or more shortly after the word.
fn is_identified(probe: &Probe<'_>) -> bool {
    const WRITTEN: ByteSet = ByteSet::ALNUM.with(b" .:/,#()+-").or(ByteSet::EMPTY.range(0x80, 0xff));
    let end = probe.run(probe.at(), &WRITTEN, IDENTIFIED);
    probe.slice(probe.at()..end).iter().filter(|byte| byte.is_ascii_digit()).count() >= 6
}

/// The begin of two to four words of a name that end at `end`.
fn name_before(probe: &Probe<'_>, end: usize) -> Option<usize> {
    let (mut at, mut start, mut words) = (end, None, 0);
    for _ in 0..MOST_WORDS + 2 {
        let begin = probe.run_back(at, &NAME, 24);
        let word = std::str::from_utf8(probe.slice(begin..at)).ok()?;
        let lower = word.trim_end_matches('.').to_lowercase();
        let is_name = word.chars().next().is_some_and(char::is_uppercase)
            && !is_in(OTHER, &lower)
            && (word.chars().any(char::is_lowercase) || word.len() <= 2)
            && !probe.was(begin, &ByteSet::DIGIT.with(b"_@/"));
        let is_particle = words > 0 && is_in(PARTICLES, &lower);
        if words == MOST_WORDS || !(is_name || is_particle) {
            break;
        }
        if is_name {
            words += 1;
            start = Some(begin);
        }
        at = probe.run_back(begin, &ByteSet::EMPTY.with(b" "), 1);
        if at == begin {
            break;
        }
    }
    start.filter(|_| words >= 2)
}

fn is_in(list: &str, word: &str) -> bool {
    !word.is_empty() && list.split_ascii_whitespace().any(|known| known == word)
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn person_name_cases() {
        Cases::of("pii.person_name_with_identifier")
            .hit("From: Jane Miller <jane@corp.io>", "Jane Miller")
            .hit("ask Jane Q. Miller (jane@corp.io)", "Jane Q. Miller")
            .hit("Patient Jane Miller, DOB 04/12/1985", "Jane Miller")
            .hit("José García López, passport AB123456", "José García López")
            .hit("Ludwig van Beethoven, geboren am 17.12.1970", "Ludwig van Beethoven")
            .hit("Jane Miller\nphone: 212 736 5000", "Jane Miller")
            .miss("Jane Miller was here")
            .miss(&format!(
                "Jane {} <{}@corp.io>",
                "Abcdefghij-Klmnopqrstuv ".repeat(3).trim_end(),
                "a".repeat(60)
            ))
            .miss("Support Team <help@corp.io>")
            .miss("Jane <jane@corp.io>")
            .miss("Jane Miller was born in 1980")
            .miss("see jane@corp.io and Jane Miller")
            .run();
    }
}
