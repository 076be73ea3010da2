//! Dates of birth: a date after a word for birth, in the languages of Europe and some others.
//!
//! With a name and a postcode it identifies nearly everybody. By itself a date is any date, so the word decides.
//!
//! - hit: `DOB: 04/12/1985`, `born on 12 March 1980`, `geboren am 3.4.1971`, `né le 1er mai 1962`, `"birthDate": "1990-07-01"`
//! - low: `née à Lyon le 12/03/1980`, as it is said of ideas too; `DOB: 900701`
//! - miss: `04/12/1985`, `born in 1980`, `released 1985-12-04`, `birth rate 12.3`
//! - known mistakes: a later date within reach of the word is taken where none is nearer; years before 1900 are nobody's.

mod before;
mod date;

pub(super) use before::BornBefore;

use super::labelled::Labelled;
use super::{Match, Probe};
use crate::{Evidence, Severity};

pub(super) static DATE_OF_BIRTH: Labelled =
    Labelled::new("date_of_birth", "pii.date_of_birth", Severity::Medium, "a date of birth", value)
        .after(&[
            "birth*",
            "dob",
            "d.o.b",
            "dateofbirth",
            "date_of_birth",
            "born",
            "geburtsdatum",
            "geburtstag",
            "geboren",
            "geb.",
            "né le",
            "née le",
            "né(e) le",
            "naissance",
            "nacimiento",
            "nacido",
            "nacida",
            "nascita",
            "nato il",
            "nata il",
            "nato/a",
            "nascimento",
            "nascido",
            "nascida",
            "geboortedatum",
            "geb. datum",
            "urodzenia",
            "urodzony",
            "urodzona",
            "ur. ",
            "födelsedatum",
            "födelsedag",
            "födelsedagen",
            "född",
            "født",
            "fødselsdato",
            "fødselsdag",
            "syntymäaika",
            "syntymäaikani",
            "syntymäaikasi",
            "syntymäaikansa",
            "syntymäpäivä ",
            "syntymäpäivä:",
            "syntymäpäiväni",
            "syntymäpäiväsi",
            "syntymäpäivänsä",
            "synt.",
            "syntynyt",
            "narození",
            "narozen*",
            "narodenia",
            "narodený",
            "születési",
            "született",
            "născut*",
            "nașterii",
            "rođen*",
            "rođenja",
            "rojstva",
            "rojen*",
            "doğum",
            "doğdu",
            "sünniaeg",
            "sündinud",
            "dzimšanas",
            "dzimis",
            "gimimo",
            "gimęs",
            "γέννησης",
            "γεννήθηκε",
            "γεννηθ*",
            "рождения",
            "родился",
            "родилась",
            "народження",
            "出生",
            "生年月日",
            "생년월일",
            "출생",
            "nació",
            "f. nac",
            "fec. nac",
            "fecha nac",
            "fecha de nac",
            "nasc.",
            "nar. ",
            "szül.",
            "раждане",
            "роден ",
            "родена ",
            "народився",
            "народилася",
            "gimė",
            "fæðingardag*",
            "fæddur",
            "fædd ",
            "לידה",
            "נולד*",
            "الميلاد",
            "مواليد",
            "जन्म*",
            "วันเกิด",
            "ngày sinh",
            "sinh ngày",
            "tanggal lahir",
            "tgl lahir",
            "lahir",
            "gebdat*",
            "geb.-dat*",
            "ddn",
            "anniversaire",
            "nací",
            "cumpleaños",
            "fecnac",
            "f. nac",
            "nata a",
            "nato a",
            "compleanno",
            "nasci",
            "aniversário",
            "urodził*",
            "narodil*",
            "nasterii",
            "рождена",
            "Рождена",
            "Роден ",
            "Родена ",
            "Родился",
            "Родилась",
            "Народився",
            "Народилася",
            "γεννήθηκα",
            "Γεννήθηκα",
            "Γεννήθηκε",
            "γεννημέν*",
            "д.р.",
            "sünnikuupäev*",
            "dzimusi",
            "gimusi",
            "誕生日",
            "生日",
            "생일",
            "ولدت",
            "เกิดวันที่",
            "เกิดเมื่อ",
            "sinh năm",
            "народилась",
        ])
        .within(36)
        .longest(32)
        .page(
            "a word for birth before it, a date from 1900 on",
            "a later date shortly after the word is a hit",
        );

/// In France a place may stand between. Ideas and projects are born so too.
pub(super) static BORN_IN: Labelled = Labelled::new(
    "date_of_birth_after_place",
    "pii.date_of_birth",
    Severity::Medium,
    "a French date of birth after its place",
    value_after_place,
)
.after(&["né à", "née à"])
.within(44)
.longest(32)
.page("a word for birth, a place and `le` before it; LOW", "what is no person's is recorded");

fn value(probe: &Probe<'_>, at: usize) -> Option<Match> {
    let found = |end, confidence| Match::new(at..end, confidence).with(Evidence::CONTEXT);
    let short = || date::read_short(probe, at).map(|end| found(end, 0.4).harmless());
    date::read(probe, at).map(|end| found(end, 0.85)).or_else(short)
}

/// `Lyon le 12/03/1980`.
fn value_after_place(probe: &Probe<'_>, at: usize) -> Option<Match> {
    const IN: &[u8] = " à ".as_bytes();
    let behind = probe.behind(at, 48).strip_suffix(b" le ")?;
    let (born, place) = behind.split_at_checked(memchr::memmem::rfind(behind, IN)?)?;
    let is_born = ["né", "née"].iter().any(|word| born.ends_with(word.as_bytes()));
    let place = place.strip_prefix(IN).filter(|_| is_born)?;
    let mut words = std::str::from_utf8(place).ok()?.split(' ');
    let is_name = |word: &str| word.starts_with(char::is_uppercase) && !word.contains([',', ';', '.']);
    words.all(is_name).then(|| value(probe, at)).flatten().map(Match::harmless)
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn date_of_birth_cases() {
        Cases::of("pii.date_of_birth")
            .hit("DOB: 04/12/1985", "04/12/1985")
            .hit("Date of birth 1985-12-04.", "1985-12-04")
            .hit("she was born on 12 March 1980 in Leeds", "12 March 1980")
            .hit("born March 12th, 1980", "March 12th, 1980")
            .hit("geboren am 3.4.1971", "3.4.1971")
            .hit("geb. 03.04.71", "03.04.71")
            .hit("né le 1er mai 1962 à Lyon", "1er mai 1962")
            .hit("nacida el 5 de julio de 1999", "5 de julio de 1999")
            .hit("data di nascita: 07/01/1990", "07/01/1990")
            .hit("дата рождения 12.03.1980", "12.03.1980")
            .hit("生年月日：1980年3月12日", "1980年3月12日")
            .hit("{\"birthDate\": \"1990-07-01\"}", "1990-07-01")
            .hit("{\"dateOfBirth\": \"1990-07-01T00:00:00Z\"}", "1990-07-01")
            .hit("생년월일: 1980년 3월 12일", "1980년 3월 12일")
            .hit("γεννήθηκε στις 12 Μαρτίου 1980", "12 Μαρτίου 1980")
            .hit("rođen 12. ožujka 1980.", "12. ožujka 1980")
            .hit("Született: 1954. július 12., Pécs", "1954. július 12")
            .hit("gimė 1954 m. liepos 12 d.", "1954 m. liepos 12")
            .hit("Nací el 7 de noviembre de 2006.", "7 de noviembre de 2006")
            .hit("Tgl lahir 28 Agustus 1964", "28 Agustus 1964")
            .hit("تاريخ الميلاد: 12/03/1980", "12/03/1980")
            .hit("{\"dateOfBirth\": \"19900701\"}", "19900701")
            .hit("วันเกิด: 22 กรกฎาคม 2533", "22 กรกฎาคม 2533")
            .hit("生年月日：昭和60年3月15日", "60年3月15日")
            .miss("DN: 010186 registered, dn: 12.05.1980")
            .hit("ולדת: נולד ב-15 במרץ 1985, נולד 15 מרץ 1985", "15 מרץ 1985")
            .low("DOB: 900701", "900701")
            .low("born 010790", "010790")
            .miss("DOB: 901301, 900701-1234, birth 900701a, DOB 9007011")
            .low("née à Lyon le 12/03/1980", "12/03/1980")
            .low("Jean, né à Évry le 1er mai 1962", "1er mai 1962")
            .low("né à Orléans la Source le 12 mars 1979, né à La Ferté le 12 mars 1980", "12 mars 1980")
            .hit("Min födelsedag är 12.3.1980", "12.3.1980")
            .hit("Syntymäpäiväni on 12.3.1980", "12.3.1980")
            .hit("Syntymäaikani on 12.3.1980", "12.3.1980")
            .low("Une idée née à Lyon le 12/03/2020", "12/03/2020")
            .miss("Le projet est né à Paris, lancé le 12/03/2020")
            .miss("Le projet né à partir de rien le 12/03/2020")
            .miss("syntymäpäiväjuhlat 12.3.2025 ja födelsedagsfest 12.3.2025")
            .miss("04/12/1985")
            .miss("born in 1980, the band")
            .miss("birth rate 12.3 in 1990")
            .miss("reborn 04/12/1985 and airborne 1985-12-04")
            .miss("DOB 45/45/1985 and born 1985-13-04")
            .run();
    }
}
