//! Dates of birth that stand before the word for one: `am 3.4.1971 geboren`, `8 июля 1959 г.р.`, `1970年3月24日生まれ`,
//! `12/03/1980 is my birthday`.

use std::ops::Range;

use super::date;
use crate::detector::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Reach};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(in crate::detector) struct BornBefore;

/// What stands after a date of birth, how it is joined to it, and what may follow.
const WORDS: [(&str, &[&str], Goes); 14] = [
    ("geboren", &[" "], Goes::On),
    ("doğumlu", &[" "], Goes::On),
    ("г.р.", &[" "], Goes::No),
    ("г. р.", &[" "], Goes::No),
    ("года рождения", &[" "], Goes::No),
    ("生まれ", &["", "に"], Goes::With("たてるまのでにがはを育")),
    ("日生", &[""], Goes::With("于於在人の")),
    ("일생", &[""], Goes::With("입이으인의은을과임")),
    ("태어", &["에 ", " "], Goes::With("나난남났")),
    ("출생", &[" ", ""], Goes::With("하했한함해으이입")),
    ("dob", SAID, Goes::No),
    ("date of birth", SAID, Goes::No),
    // Of a thing there is a birthday edition.
    ("birthday", &[" is my ", " is his ", " is her ", " as my ", " ("], Goes::No),
    ("birthdate", SAID, Goes::No),
];
const SAID: &[&str] = &[" is my ", " is his ", " is her ", " is the ", " as my ", " as the ", " ("];
/// Characters of a date that are also the begin of the word: `日生`.
const DAYS: [&str; 2] = ["日", "일"];

/// How a word goes on where it is still the one for birth, and no other: `生` is also the begin of `生效` and `生产`.
enum Goes {
    /// Not at all.
    No,
    /// With any ending: `doğumluyum`.
    On,
    /// Not at all, or with one of these characters.
    With(&'static str),
}

impl Goes {
    /// Whether the word that ends at `end` is whole.
    fn is_over(&self, probe: &Probe<'_>, end: usize) -> bool {
        let next = || character(probe, end).filter(|c| c.is_alphanumeric() || *c == '_');
        match self {
            Self::No => next().is_none(),
            Self::On => true,
            Self::With(known) => next().is_none_or(|c| known.contains(c)),
        }
    }
}

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
        WORDS.iter().map(|(word, ..)| Anchor::begin(word)).collect()
    }

    fn reach(&self) -> Reach {
        Reach { set: WRITTEN, max: LONGEST }
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        let (word, joints, goes) =
            WORDS.iter().find(|(word, ..)| probe.looking_at_word(at, word.as_bytes()))?;
        let begin = probe.run_back(at, &WRITTEN, LONGEST);
        let behind = probe.slice(begin..at);
        let joint = joints.iter().find(|joint| behind.ends_with(joint.as_bytes()))?;
        // What is in brackets is the word alone: `(DOB)`.
        if joint.ends_with('(') && probe.get(at + word.len()) != Some(b')') {
            return None;
        }
        let end = at - joint.len();
        // A date ends with a digit or the sign of a day: of words in a row none is read as one.
        let written = probe.slice(begin..end);
        let ends = written.last().is_some_and(u8::is_ascii_digit)
            || DAYS.iter().any(|day| written.ends_with(day.as_bytes()));
        if !ends || !goes.is_over(probe, at + word.len()) {
            return None;
        }
        let with_day = DAYS.iter().find(|day| word.starts_with(**day)).map_or(end, |day| end + day.len());
        let date = find_date(probe, begin..end, |date| *date == end || *date == with_day)?;
        Some(Match::new(date, 0.85).with(Evidence::CONTEXT))
    }
}

/// Where no date begins, whichever word follows: words in a row have the same before them.
#[derive(Default)]
struct Dateless(Range<usize>);

/// The first date that begins in a range, and ends as is asked.
fn find_date(probe: &Probe<'_>, range: Range<usize>, ends: impl Fn(&usize) -> bool) -> Option<Range<usize>> {
    let dateless = probe.shared(|known: &mut Dateless| known.0.clone());
    let is_known = dateless.contains(&range.start);
    let from = if is_known { dateless.end.min(range.end) } else { range.start };
    let begins = |start: &usize| {
        let set = if probe.is(*start, &ByteSet::DIGIT) { ByteSet::DIGIT } else { TOKEN };
        probe.is(*start, &TOKEN) && !probe.was(*start, &set)
    };
    let mut has_none = true;
    for start in (from..range.end).filter(begins) {
        let date = date::read(probe, start);
        has_none &= date.is_none();
        if let Some(end) = date.filter(&ends) {
            return Some(start..end);
        }
    }
    if has_none && from < range.end && probe.sees_to(range.end) {
        let begin = if is_known { dateless.start } else { range.start };
        probe.shared(|known: &mut Dateless| known.0 = begin..range.end);
    }
    None
}

/// The character at `at`.
fn character(probe: &Probe<'_>, at: usize) -> Option<char> {
    let length = match probe.get(at)? {
        ..0xc0 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    };
    std::str::from_utf8(probe.slice(at..at + length)).ok()?.chars().next()
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

    #[test]
    fn a_word_that_goes_on_is_another_one() {
        Cases::of("pii.date_of_birth")
            .miss("本合同自2024年1月1日生效")
            .miss("2023年3月24日生产的药品")
            .miss("2023년 3월 4일생산")
            .miss("2024年1月1日生まれ変わる")
            .miss("2024년 1월 1일 출생률 발표")
            .miss("15 марта 2021 г. решением суда")
            .miss("12 мая 2023 г. российские власти")
            .miss("5 мая 2021 г. рабочая группа")
            .miss("12/03/1980 is my doberman's day")
            .miss("2020-03-12 is the dobson release")
            .miss("published 2020-03-12 is the birthday edition")
            .hit("张三，1970年3月24日生，汉族", "1970年3月24日")
            .hit("张三1970年3月24日生于北京", "1970年3月24日")
            .hit("김철수 1951년 4월 21일생입니다", "1951년 4월 21일")
            .hit("1951년 4월 21일 출생, 서울", "1951년 4월 21일")
            .hit("Петров П. П., 8 июля 1959 г. р., Москва", "8 июля 1959")
            .hit("der am 3.4.1971 geborene Kläger", "3.4.1971")
            .run();
    }
}
