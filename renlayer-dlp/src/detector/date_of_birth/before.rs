//! Dates of birth that stand before the word for one: `am 3.4.1971 geboren`, `8 июля 1959 г.р.`, `1970年3月24日生まれ`,
//! `12/03/1980 is my birthday`.

use super::date;
use crate::detector::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Reach};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(in crate::detector) struct BornBefore;

/// What stands after a date of birth, and how it is joined to it.
const WORDS: [(&str, &[&str]); 14] = [
    ("geboren", &[" "]),
    ("doğumlu", &[" "]),
    ("г.р", &[" "]),
    ("г. р", &[" "]),
    ("года рождения", &[" "]),
    ("生まれ", &["", "に"]),
    ("日生", &[""]),
    ("일생", &[""]),
    ("태어", &["에 ", " "]),
    ("출생", &[" ", ""]),
    ("dob", SAID),
    ("date of birth", SAID),
    ("birthday", SAID),
    ("birthdate", SAID),
];
const SAID: &[&str] = &[" is my ", " is his ", " is her ", " is the ", " as my ", " as the ", " ("];
/// Characters of a date that are also the begin of the word: `日生`.
const DAYS: [&str; 2] = ["日", "일"];

const LONGEST: usize = 40;
const LETTER: ByteSet = ByteSet::ALPHA.or(ByteSet::EMPTY.range(0x80, 0xff));
const TOKEN: ByteSet = LETTER.or(ByteSet::DIGIT);
const WRITTEN: ByteSet = TOKEN.with(b" .,/-(");

impl Detector for BornBefore {
    fn about(&self) -> About {
        About::new(
            "date_of_birth_before",
            "pii.date_of_birth",
            Severity::Medium,
            "a date of birth before its word",
        )
    }

    fn page(&self) -> Page {
        Page { basis: "a date right before a word for birth", mistakes: "" }
    }

    fn anchors(&self) -> Vec<Anchor> {
        WORDS.iter().map(|(word, _)| Anchor::begin(word)).collect()
    }

    fn reach(&self) -> Reach {
        Reach { set: WRITTEN, max: LONGEST }
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        let (word, joints) = WORDS.iter().find(|(word, _)| probe.looking_at_word(at, word.as_bytes()))?;
        let begin = probe.run_back(at, &WRITTEN, LONGEST);
        let behind = probe.slice(begin..at);
        let joint = joints.iter().find(|joint| behind.ends_with(joint.as_bytes()))?;
        // What is in brackets is the word alone: `(DOB)`.
        if joint.ends_with('(') && probe.get(at + word.len()) != Some(b')') {
            return None;
        }
        let end = at - joint.len();
        let with_day = DAYS.iter().find(|day| word.starts_with(**day)).map_or(end, |day| end + day.len());
        let begins = |start: &usize| {
            let set = if probe.is(*start, &ByteSet::DIGIT) { ByteSet::DIGIT } else { TOKEN };
            probe.is(*start, &TOKEN) && !probe.was(*start, &set)
        };
        let date = |start: usize| date::read(probe, start).filter(|read| *read == end || *read == with_day);
        let (start, end) = (begin..end).filter(begins).find_map(|start| Some((start, date(start)?)))?;
        Some(Match::new(start..end, 0.85).with(Evidence::CONTEXT))
    }
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn dates_before_their_word_are_found() {
        Cases::of("pii.date_of_birth")
            .hit("Ich bin am 3.4.1971 geboren", "3.4.1971")
            .hit("Sie ist am 22. März 1987 geboren.", "22. März 1987")
            .hit("5 Ağustos 1956 doğumluyum.", "5 Ağustos 1956")
            .hit("Иванов И. И., 8 июля 1959 г.р.", "8 июля 1959")
            .hit("1970年3月24日生まれです", "1970年3月24日")
            .hit("山田太郎 1970年3月24日生", "1970年3月24日")
            .hit("1951년 4월 21일에 태어났습니다", "1951년 4월 21일")
            .hit("12/03/1980 is my birthday", "12/03/1980")
            .hit("March 12, 1980 is my date of birth", "March 12, 1980")
            .hit("1980-03-12 (DOB)", "1980-03-12")
            .miss("joined 2024-01-15 (dob unknown)")
            .miss("12.3.1980 wurde er geborgen")
            .miss("Budapesten, 1980.07.12-én született")
            .miss("1980 geboren, um 12.30 geboren")
            .run();
    }
}
