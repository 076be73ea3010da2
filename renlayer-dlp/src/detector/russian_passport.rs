//! Russian passports whose series and number are told apart: `паспорт 45 04 № 123456`.
//!
//! Forms and contracts write them so. In one piece, they stand with the other numbers of passports ([`id`](super::id)).
//!
//! - hit: `паспорт 45 04 № 123456`, `паспорт серии 4504 номер 123456`, `загранпаспорт 71 №1234567`
//! - miss: `Полис ОСАГО серия 4504 № 123456`, `паспорт оборудования 45 04 № 123456`, `45 04 № 123456` without a word
//! - known mistakes: other words than those of the form between `паспорт` and the series make it another thing's.

use super::labelled::Labelled;
use super::{ByteSet, Match, Probe};
use crate::{Evidence, Severity};

pub(super) static RUSSIAN_PASSPORT: Labelled = Labelled::new(
    "ru_passport_series",
    "gov_id.ru.passport",
    Severity::High,
    "the series and the number of a Russian passport",
    value,
)
.after(&["паспорт*", "Паспорт*", "ПАСПОРТ*", "загранпаспорт*", "Загранпаспорт*"])
.within(FAR)
.longest(32)
.page("a word before it; a series, a sign for a number, six or seven digits", "");

/// How far from its word a series is looked for.
const FAR: usize = 80;
/// The longest word before it.
const LONGEST_WORD: usize = 40;
/// What the word for a passport contains, in any of its cases.
const PASSPORT: [&str; 2] = ["аспорт", "АСПОРТ"];
/// What forms say between that word and the series.
const FORM: [&str; 12] = [
    "РФ",
    "России",
    "гражданина",
    "гражданки",
    "Российской",
    "Федерации",
    "данные",
    "серия",
    "Серия",
    "серии",
    "и",
    "номер",
];

/// What stands between a series and a number.
const SIGNS: [&str; 4] = ["№", "номер", "N", "No"];
const SPACE: ByteSet = ByteSet::EMPTY.with(b" ");

/// Two and two digits for the place and the year, or two of a passport for travel; then the sign.
fn value(probe: &Probe<'_>, at: usize) -> Option<Match> {
    let digits = |from: usize| probe.run(from, &ByteSet::DIGIT, 8) - from;
    let skip = |from: usize| probe.run(from, &SPACE, 1);
    let (series, length) = match (digits(at), digits(skip(at + 2))) {
        (4, _) => (at + 4, 6),
        (2, 2) => (skip(at + 2) + 2, 6),
        (2, _) => (at + 2, 7),
        _ => return None,
    };
    let sign = skip(probe.run(series, &ByteSet::EMPTY.with(b","), 1));
    let number =
        SIGNS.iter().rfind(|known| probe.looking_at(sign, known.as_bytes())).map(|known| sign + known.len());
    let number = skip(number?);
    let end = number + length;
    let holds = digits(number) == length && !probe.is(end, &ByteSet::WORD);
    (holds && is_of_a_person(probe, at)).then(|| Match::new(at..end, 0.85).with(Evidence::CONTEXT))
}

/// Whether nothing but the words of a form stands between the word for a passport and the series at `at`: machines have passports too.
/// Nothing at all stands before what a name gives as its value.
fn is_of_a_person(probe: &Probe<'_>, at: usize) -> bool {
    let behind = probe.behind(at, FAR + LONGEST_WORD);
    let words = behind.rsplit(|byte| b" ,:;()\"\n".contains(byte)).filter(|word| !word.is_empty());
    let is_in = |word: &[u8], known: &[&str]| known.iter().any(|known| known.as_bytes() == word);
    let mut words = words.skip_while(|word| is_in(word, &FORM));
    words.next().is_none_or(|word| {
        PASSPORT.iter().any(|known| word.windows(known.len()).any(|part| part == known.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn russian_passport_cases() {
        Cases::of("gov_id.ru.passport")
            .hit("паспорт 45 04 № 123456, выдан", "45 04 № 123456")
            .hit("Паспорт РФ: 4504№123456", "4504№123456")
            .hit("паспорт гражданина РФ серии 4504 номер 123456", "4504 номер 123456")
            .hit("Паспорт (серия, номер): 45 04, № 123456", "45 04, № 123456")
            .hit(r#"{"паспорт": "45 04 № 123456"}"#, "45 04 № 123456")
            .hit("Паспортные данные: 45 04 № 123456", "45 04 № 123456")
            .hit("загранпаспорт 71 №1234567", "71 №1234567")
            .hit("загранпаспорт 71 1234567", "71 1234567")
            .miss("серия 45 № 12")
            .miss("дом 45 04 № 123456")
            .miss("Полис ОСАГО серия 4504 № 123456, Аттестат серия 4504 № 123456, Серия товара 71 №1234567")
            .miss("паспорт оборудования 45 04 № 123456, паспорт изделия серия 45 04 № 123456")
            .miss("паспорт безопасности 45 04 и №123456")
            .run();
    }
}
