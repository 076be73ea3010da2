//! Dates as people write them.

use crate::detector::{ByteSet, Probe};
use crate::openings::Openings;
use crate::words::Rows;

const LETTER: ByteSet = ByteSet::ALPHA.or(ByteSet::EMPTY.range(0x80, 0xff));
const SEPARATOR: ByteSet = ByteSet::EMPTY.with(b"./- ");

/// The first letters of the months' names, in the languages of Europe, in Thai, Hindi, Hebrew and Arabic.
const MONTHS: &[&str] = &[
    "jan",
    "feb",
    "fév",
    "fev",
    "mar",
    "mär",
    "mrt",
    "maa",
    "apr",
    "avr",
    "abr",
    "may",
    "mai",
    "mei",
    "maj",
    "mag",
    "jun",
    "juin",
    "giu",
    "jul",
    "juil",
    "lug",
    "aug",
    "aoû",
    "aou",
    "ago",
    "sep",
    "set",
    "oct",
    "okt",
    "oco",
    "out",
    "ott",
    "nov",
    "dec",
    "déc",
    "dez",
    "dic",
    "des",
    "ene",
    "gen",
    "stycz",
    "lut",
    "kwie",
    "czerw",
    "lip",
    "sier",
    "wrze",
    "paź",
    "list",
    "grud",
    "sty",
    "январ",
    "феврал",
    "март",
    "апрел",
    "мая",
    "июн",
    "июл",
    "август",
    "сентябр",
    "октябр",
    "ноябр",
    "декабр",
    "tam",
    "hel",
    "huh",
    "tou",
    "kes",
    "hei",
    "elo",
    "syy",
    "lok",
    "mar",
    "jou",
    "led",
    "úno",
    "bře",
    "dub",
    "kvě",
    "čer",
    "srp",
    "zář",
    "říj",
    "pro",
    "oca",
    "şub",
    "nis",
    "haz",
    "tem",
    "ağu",
    "eyl",
    "eki",
    "kas",
    "ara",
    "ian",
    "iun",
    "iul",
    "ιαν",
    "φεβ",
    "μαρ",
    "απρ",
    "μαΐ",
    "μαϊ",
    "μαι",
    "ιουν",
    "ιουλ",
    "αυγ",
    "σεπ",
    "οκτ",
    "νοε",
    "δεκ",
    "sij",
    "velj",
    "ožu",
    "tra",
    "svi",
    "kol",
    "ruj",
    "lis",
    "stu",
    "януар",
    "февруар",
    "април",
    "май",
    "юни",
    "юли",
    "септемвр",
    "октомвр",
    "ноемвр",
    "декемвр",
    "січ",
    "лют",
    "берез",
    "квіт",
    "трав",
    "черв",
    "лип",
    "серп",
    "верес",
    "жовт",
    "листоп",
    "груд",
    "már",
    "ápr",
    "máj",
    "jún",
    "júl",
    "szep",
    "agu",
    "jaan",
    "veeb",
    "juun",
    "juul",
    "det",
    "jūn",
    "jūl",
    "saus",
    "vasar",
    "kov",
    "baland",
    "geguž",
    "birž",
    "liep",
    "rugp",
    "rugs",
    "spal",
    "lapkr",
    "gruod",
    "maí",
    "ágú",
    "nóv",
    "noi",
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
    "जनवरी",
    "फ़रवरी",
    "फरवरी",
    "मार्च",
    "अप्रैल",
    "मई",
    "जून",
    "जुलाई",
    "अगस्त",
    "सितंबर",
    "सितम्बर",
    "अक्टूबर",
    "अक्तूबर",
    "नवंबर",
    "नवम्बर",
    "दिसंबर",
    "दिसम्बर",
    "ינואר",
    "פברואר",
    "מרץ",
    "אפריל",
    "מאי",
    "יוני",
    "יולי",
    "אוגוסט",
    "ספטמבר",
    "אוקטובר",
    "נובמבר",
    "דצמבר",
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "ابريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
];

/// The longest of them, and what goes on with it.
const LONGEST_MONTH: usize = 36;
/// Eras of Japan, and Taiwan's.
const ERAS: [&str; 5] = ["昭和", "平成", "大正", "令和", "民國"];

/// The end of a date that begins at `at`.
pub(super) fn read(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let run = probe.run(at, &ByteSet::DIGIT, 9) - at;
    let end = match run {
        8 => compact(probe, at),
        4 => year_first(probe, at),
        1 | 2 => numeric(probe, at, run)
            .or_else(|| day_first(probe, at + run))
            .or_else(|| of_an_era(probe, at, at + run)),
        0 => month_first(probe, at),
        _ => None,
    }?;
    // The time of day, as machines add it: `1980-03-12T00:00:00Z`.
    let is_timed = probe.get(end) == Some(b'T') && probe.is(end + 1, &ByteSet::DIGIT);
    let goes_on = (probe.is(end, &ByteSet::WORD) && !is_timed)
        || (probe.is(end, &SEPARATOR) && probe.is(end + 1, &ByteSet::DIGIT) && probe.get(end) != Some(b' '));
    (!goes_on).then_some(end)
}

/// `900701`, `010790`: as documents have it, and as much else is written.
pub(super) fn read_short(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let end = probe.run(at, &ByteSet::DIGIT, 7);
    let [first, month, last] = [0, 2, 4].map(|from| number(probe, at + from, at + from + 2));
    let holds = end - at == 6
        && (1..=12).contains(&month)
        && ((1..=31).contains(&first) || (1..=31).contains(&last))
        && !probe.is(end, &ByteSet::WORD.or(SEPARATOR).without(b" "))
        && !probe.was(at, &SEPARATOR.without(b" "));
    holds.then_some(end)
}

/// `19900701`.
fn compact(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let (year, month, day) =
        (number(probe, at, at + 4), number(probe, at + 4, at + 6), number(probe, at + 6, at + 8));
    (is_year(year) && (1..=12).contains(&month) && (1..=31).contains(&day)).then_some(at + 8)
}

/// `1990-07-01`, `1990年7月1日`, `1954. július 12`.
fn year_first(probe: &Probe<'_>, at: usize) -> Option<usize> {
    if !is_year(number(probe, at, at + 4)) {
        return None;
    }
    if let Some(end) = named_after_year(probe, at + 4) {
        return Some(end);
    }
    month_and_day(probe, at + 4)
}

/// `-07-01`, `年7月1日` after a year.
fn month_and_day(probe: &Probe<'_>, year_end: usize) -> Option<usize> {
    let month = after_separator(probe, year_end)?;
    let month_end = probe.run(month, &ByteSet::DIGIT, 3);
    let day = after_separator(probe, month_end)?;
    let end = probe.run(day, &ByteSet::DIGIT, 3);
    let holds =
        (1..=12).contains(&number(probe, month, month_end)) && (1..=31).contains(&number(probe, day, end));
    let sign = ["日", "일"].into_iter().find(|sign| probe.looking_at(end, sign.as_bytes()));
    holds.then(|| end + sign.map_or(0, str::len))
}

/// `. július 12`, ` m. liepos 12`: a month's name and the day after a year.
fn named_after_year(probe: &Probe<'_>, year_end: usize) -> Option<usize> {
    let from = probe.run(year_end, &ByteSet::EMPTY.with(b". "), 2);
    let from = after_words(probe, from, &[b"m. ", b"gada "]);
    let month = probe.run(from, &LETTER, LONGEST_MONTH);
    let day = probe.run(month, &ByteSet::EMPTY.with(b" "), 1);
    let end = probe.run(day, &ByteSet::DIGIT, 3);
    let holds = from > year_end && day > month && (1..=31).contains(&number(probe, day, end));
    (holds && is_month(probe.slice(from..month))).then_some(end)
}

/// `60年3月15日` after the name of its era.
fn of_an_era(probe: &Probe<'_>, at: usize, year_end: usize) -> Option<usize> {
    let is_era = ERAS.iter().any(|era| probe.behind(at, era.len()) == era.as_bytes());
    is_era.then(|| month_and_day(probe, year_end)).flatten()
}

fn after_separator(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let is_east = ["年", "月", "년", "월"].into_iter().any(|sign| probe.looking_at(at, sign.as_bytes()));
    if is_east {
        return Some(probe.run(at + 3, &ByteSet::EMPTY.with(b" "), 1));
    }
    probe.is(at, &SEPARATOR.without(b" ")).then_some(at + 1)
}

/// `04/12/1985`, `3.4.71`, `3. 4. 1971`.
fn numeric(probe: &Probe<'_>, at: usize, run: usize) -> Option<usize> {
    let separator = probe.get(at + run).filter(|byte| SEPARATOR.has(*byte))?;
    let spaced = |end: usize| probe.run(end + 1, &ByteSet::EMPTY.with(b" "), 1);
    let second = spaced(at + run);
    let second_end = probe.run(second, &ByteSet::DIGIT, 3);
    if probe.get(second_end) != Some(separator) {
        return None;
    }
    let year = spaced(second_end);
    let end = probe.run(year, &ByteSet::DIGIT, 5);
    let (first, second) = (number(probe, at, at + run), number(probe, second, second_end));
    let is_day_and_month = |day, month| (1..=31).contains(&day) && (1..=12).contains(&month);
    let year_holds =
        end - year == 2 && separator != b' ' || end - year == 4 && is_year(number(probe, year, end));
    (year_holds && (is_day_and_month(first, second) || is_day_and_month(second, first))).then_some(end)
}

/// ` March 1980` after the day; `er mai 1962`, `de julio de 1999`, `. März 1971`.
fn day_first(probe: &Probe<'_>, day_end: usize) -> Option<usize> {
    let ordinal = probe.run(day_end, &ByteSet::LOWER, 2);
    let from = probe.run(ordinal, &ByteSet::EMPTY.with(b". -"), 2);
    let from = after_words(probe, from, &[b"de ", b"of "]);
    let end = probe.run(from, &LETTER, LONGEST_MONTH);
    if from == day_end || !is_month(probe.slice(from..end)) {
        return None;
    }
    let from = probe.run(end, &ByteSet::EMPTY.with(b"., -"), 2);
    year_at(probe, after_words(probe, from, &[b"de ", b"del "]))
}

/// `March 12th, 1980`.
fn month_first(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let month = probe.run(at, &LETTER, LONGEST_MONTH);
    if !is_month(probe.slice(at..month)) {
        return None;
    }
    let day = probe.run(month, &ByteSet::EMPTY.with(b". "), 2);
    let day_end = probe.run(day, &ByteSet::DIGIT, 3);
    let ordinal = probe.run(day_end, &ByteSet::LOWER, 2);
    let year = probe.run(ordinal, &ByteSet::EMPTY.with(b", "), 2);
    (day_end > day && day_end - day <= 2 && year > ordinal).then(|| year_at(probe, year)).flatten()
}

fn year_at(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let end = probe.run(at, &ByteSet::DIGIT, 5);
    let year = number(probe, at, end);
    (end - at == 4 && (is_year(year) || is_buddhist_year(year))).then_some(end)
}

fn after_words(probe: &Probe<'_>, at: usize, words: &[&[u8]]) -> usize {
    let word = words.iter().find(|word| probe.looking_at_word(at, word));
    at + word.map_or(0, |word| word.len())
}

fn number(probe: &Probe<'_>, from: usize, to: usize) -> u32 {
    probe.slice(from..to).iter().fold(0, |sum, digit| sum * 10 + u32::from(digit.wrapping_sub(b'0')))
}

fn is_year(year: u32) -> bool {
    (1900..=2099).contains(&year)
}

/// Thailand's, of the same people.
fn is_buddhist_year(year: u32) -> bool {
    is_year(year.saturating_sub(543))
}

fn is_month(word: &[u8]) -> bool {
    static BEGINS: Openings = Openings::of(MONTHS);
    static ROWS: Option<Rows> = Rows::of(MONTHS);
    if word.get(..3).is_none_or(<[u8]>::is_ascii) && !BEGINS.may_begin(word) {
        return false;
    }
    let begins = |word: &[u8], month: &&str| {
        word.get(..month.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(month.as_bytes()))
    };
    let is_one = |word: &[u8]| {
        let mut alike = ROWS.iter().flat_map(|rows| rows.beginning(word)).filter_map(|at| MONTHS.get(at));
        alike.any(|month| begins(word, month))
    };
    if word.is_ascii() {
        return is_one(word);
    }
    std::str::from_utf8(word).is_ok_and(|word| is_one(word.to_lowercase().as_bytes()))
}
