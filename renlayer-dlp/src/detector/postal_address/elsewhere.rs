//! Addresses where a word says that a name is a street's: in Hebrew, Persian, Arabic, Georgian, Armenian and Thai, whose scripts have
//! no capitals to tell names by, and in Armenian and Azerbaijani.
//!
//! - hit: `רחוב הרצל 12, תל אביב`, `خیابان آزادی پلاک 12`, `მიჩურინის ქ. 87, ბათუმი`, `Zərdab ray., Xəlil küçəsi, b. 1`,
//!   `ք. Երևան, Տոլստոյի 8`
//! - miss: `רחוב הרצל`, `ქ. ბათუმი`, `יש 12 רחובות`
//! - known mistakes: a street without such a word is found in Israel only, by its postcode, and in Armenia, after its town.

use super::ends_a_clause;
use crate::detector::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Reach};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(in crate::detector) struct Elsewhere;

/// Words before the name of a street, after which the number of the house comes.
const BEFORE: [&str; 9] = ["רחוב ", "רח' ", "רח׳ ", "שדרות ", "שד' ", "خیابان ", "بلوار ", "کوچه ", "شارع "];
/// Words after the name, before the number.
const AFTER: [&str; 11] = [
    " ქ. ",
    " ქუჩა ",
    " გამზ. ",
    " გამზირი ",
    " փողոց ",
    " փող. ",
    " պողոտա ",
    " küçəsi, ",
    " küç., ",
    " prospekti, ",
    " pr., b. ",
];
/// Of the words before it those after which the number may also stand before them: `12 شارع طلعت حرب`.
const ARABIC: &str = "شارع ";
/// Words before a town and a village in Armenia, where the street follows by its name alone.
const ARMENIAN: [&str; 2] = ["ք. ", "գ. "];
/// Words before a street or village in Thailand, where the number stands first and a postcode last.
const THAI: [&str; 3] = ["ถนน", "ถ.", "หมู่ "];
/// Words of districts, provinces and the capital, of which one stands before the postcode there.
const THAI_PLACES: [&str; 10] =
    [" จ.", " จังหวัด", " อ.", " อำเภอ", " ต.", " ตำบล", " เขต", " แขวง", " กรุงเทพ", " กทม"];
/// The provinces of Thailand (ISO 3166-2), of which one may stand right before the postcode without such a word.
const THAI_PROVINCES: &str = " \
    กระบี่ กาญจนบุรี กาฬสินธุ์ กำแพงเพชร ขอนแก่น จันทบุรี ฉะเชิงเทรา ชลบุรี ชัยนาท ชัยภูมิ ชุมพร \
    เชียงราย เชียงใหม่ ตรัง ตราด ตาก นครนายก นครปฐม นครพนม นครราชสีมา นครศรีธรรมราช นครสวรรค์ \
    นนทบุรี นราธิวาส น่าน บึงกาฬ บุรีรัมย์ ปทุมธานี ประจวบคีรีขันธ์ ปราจีนบุรี ปัตตานี \
    พระนครศรีอยุธยา พะเยา พังงา พัทลุง พิจิตร พิษณุโลก เพชรบุรี เพชรบูรณ์ แพร่ ภูเก็ต มหาสารคาม \
    มุกดาหาร แม่ฮ่องสอน ยโสธร ยะลา ร้อยเอ็ด ระนอง ระยอง ราชบุรี ลพบุรี ลำปาง ลำพูน เลย ศรีสะเกษ \
    สกลนคร สงขลา สตูล สมุทรปราการ สมุทรสงคราม สมุทรสาคร สระแก้ว สระบุรี สิงห์บุรี สุโขทัย \
    สุพรรณบุรี สุราษฎร์ธานี สุรินทร์ หนองคาย หนองบัวลำภู อ่างทอง อุดรธานี อุทัยธานี อุตรดิตถ์ \
    อุบลราชธานี อำนาจเจริญ ";
/// Towns that follow the number without a comma. Mostly what it counts does.
const TOWNS: [&str; 14] = [
    " תל אביב",
    " תל-אביב",
    " ירושלים",
    " חיפה",
    " באר שבע",
    " تهران",
    " مشهد",
    " اصفهان",
    " الرياض",
    " جدة",
    " القاهرة",
    " თბილისი",
    " ბათუმი",
    " Երևան",
];
/// Words between a street and the number of the house.
const SIGNS: [&str; 6] = ["پلاک ", "رقم ", "№ ", "№", "b. ", "ev "];

const NAME: ByteSet = ByteSet::ALPHA.with(b" '.\"-").or(ByteSet::EMPTY.range(0x80, 0xff));
const WORD: ByteSet = ByteSet::ALPHA.with(b"'.-").or(ByteSet::EMPTY.range(0x80, 0xff));
const THAI_WRITTEN: ByteSet = ByteSet::DIGIT.with(b" ./-,\n").or(ByteSet::EMPTY.range(0x80, 0xff));
const HEBREW: ByteSet = ByteSet::EMPTY.with(b" '\"-").range(0x80, 0xff);
/// The most bytes of a name, and of what stands around the street in Thailand.
const LONGEST: usize = 64;
const THAI_BEFORE: usize = 60;
const THAI_AFTER: usize = 200;
/// Digits of a postcode in Israel.
const ISRAELI: usize = 7;

impl Detector for Elsewhere {
    fn about(&self) -> About {
        let finds = "an address in Hebrew, Arabic, Persian, Georgian, Armenian, Thai or Azerbaijani";
        About::new("postal_address_elsewhere", "pii.postal_address", Severity::Medium, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "a street without a word for one is found in Israel only, by its postcode";
        Page { basis: "a word for a street, and the number of a house", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let words = BEFORE.iter().chain(&AFTER).chain(&ARMENIAN).chain(&THAI);
        let code = Anchor::digits(ISRAELI as u8, ISRAELI as u8).after(ByteSet::EMPTY.with(b" "));
        words.map(Anchor::literal).chain([code]).collect()
    }

    fn reach(&self) -> Reach {
        Reach { set: NAME.or(THAI_WRITTEN), max: LONGEST }
    }

    fn ahead(&self) -> usize {
        THAI_AFTER + 8
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        let stands =
            |words: &[&str]| words.iter().find(|word| probe.looking_at(at, word.as_bytes())).map(|w| w.len());
        let (start, end) = if probe.is(at, &ByteSet::DIGIT) {
            israeli(probe)?
        } else if let Some(length) = stands(&BEFORE) {
            match after_the_word(probe, at + length) {
                Some(end) => (at, end),
                None => arabic(probe)?,
            }
        } else if let Some(length) = stands(&AFTER) {
            (before_the_word(probe, at)?, house(probe, at + length).filter(|end| stands_apart(probe, *end))?)
        } else if let Some(length) = stands(&ARMENIAN) {
            (at, armenian(probe, at, at + length)?)
        } else {
            thai(probe)?
        };
        Some(Match::new(start..end, 0.7).with(Evidence::STRUCTURE))
    }
}

/// `הרצל 12` after its word: a short name, and a number that nothing counts.
fn after_the_word(probe: &Probe<'_>, from: usize) -> Option<usize> {
    let number = probe.run(from, &NAME, LONGEST);
    let name = probe.slice(from..number);
    let words = name.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).count();
    let has_sign = SIGNS.iter().any(|sign| name.ends_with(sign.as_bytes()));
    let end = house(probe, number).filter(|_| name.ends_with(b" ") && name.len() > 4)?;
    (has_sign || (words <= 4 && stands_apart(probe, end))).then_some(end)
}

/// `12 شارع طلعت حرب، القاهرة`: the number stands first, and a place after a comma.
fn arabic(probe: &Probe<'_>) -> Option<(usize, usize)> {
    const COMMA: &[u8] = "،".as_bytes();
    let at = probe.at();
    let number = probe.run_back(at.checked_sub(1)?, &ByteSet::DIGIT, 4);
    let end = probe.run(at + ARABIC.len(), &NAME, LONGEST);
    let name = probe.slice(at..end);
    let comma = memchr::memmem::find(name, COMMA).or((probe.get(end) == Some(b',')).then_some(name.len()))?;
    let holds = probe.looking_at(at, ARABIC.as_bytes())
        && probe.was(at, &ByteSet::EMPTY.with(b" "))
        && number + 1 < at
        && !probe.was(number, &ByteSet::WORD.with(b".,"));
    (holds && comma > ARABIC.len() + 2).then_some((number, at + comma))
}

/// Whether the number that ends at `end` is a house's: the clause ends there, or a postcode or a town follows. Otherwise it counts
/// what follows.
fn stands_apart(probe: &Probe<'_>, end: usize) -> bool {
    let code = probe.run(end + 1, &ByteSet::DIGIT, 11);
    let is_code = probe.get(end) == Some(b' ') && (5..=10).contains(&(code - end - 1));
    let is_town = || TOWNS.iter().any(|town| probe.looking_at(end, town.as_bytes()));
    ends_a_clause(probe, end) || (is_code && ends_a_clause(probe, code)) || is_town()
}

/// The begin of the name before its word: two words at most.
fn before_the_word(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let last = probe.run_back(at, &WORD, 40);
    let space = probe.run_back(last, &ByteSet::EMPTY.with(b" "), 1);
    let first = probe.run_back(space, &WORD, 40);
    let start = if space < last && first < space { first } else { last };
    (at - last > 3).then_some(start)
}

/// The end of the number of a house, after a sign or without one.
fn house(probe: &Probe<'_>, from: usize) -> Option<usize> {
    let sign = SIGNS.iter().find(|sign| probe.looking_at(from, sign.as_bytes()));
    let begin = from + sign.map_or(0, |sign| sign.len());
    let digits = probe.run(begin, &ByteSet::DIGIT, 5);
    let part = probe.run(digits, &ByteSet::EMPTY.with(b"/"), 1);
    let end = if part > digits { probe.run(part, &ByteSet::DIGIT, 4) } else { digits };
    let goes_on = probe.is(end, &ByteSet::ALNUM.with(b"%:_"));
    ((1..=4).contains(&(digits - begin)) && !goes_on).then_some(end)
}

/// `Երևան, 0010, Տոլստոյի 8` after the word for a town, which begins at `word`: the end of the first name with a number after a comma.
fn armenian(probe: &Probe<'_>, word: usize, from: usize) -> Option<usize> {
    const LETTERS: ByteSet = ByteSet::EMPTY.with(b" -").range(0xd4, 0xd6).range(0x80, 0xbf);
    // The capitals are U+0531 to U+0556.
    let is_name = |at: usize| matches!(probe.slice(at..at + 2), [0xd4, 0xb1..=0xbf] | [0xd5, 0x80..=0x96]);
    if probe.was(word, &LETTERS.without(b" -")) || !is_name(from) {
        return None;
    }
    let mut at = from;
    for _ in 0..4 {
        let name = probe.run(at, &LETTERS.or(ByteSet::DIGIT), LONGEST);
        let number = probe.run_back(name, &ByteSet::DIGIT, 5);
        let is_house = (number + 1..=number + 4).contains(&name) && probe.before(number) == Some(b' ');
        if at > from && is_name(at) && number > at + 4 && is_house && ends_a_clause(probe, name) {
            return Some(name);
        }
        if probe.get(name) != Some(b',') || probe.get(name + 1) != Some(b' ') {
            return None;
        }
        at = name + 2;
    }
    None
}

/// `הרצל 12, תל אביב, 6423806`: the anchor is the postcode.
fn israeli(probe: &Probe<'_>) -> Option<(usize, usize)> {
    let is_hebrew = |from: usize, to: usize| probe.slice(from..to).contains(&0xd7);
    let before_comma = |at: usize| {
        let comma = at.checked_sub(2)?;
        (probe.slice(comma..at) == b", ").then_some(comma)
    };
    let name_before = |end: usize| {
        let begin = probe.run_back(end, &HEBREW, 48);
        let begin = probe.run(begin, &ByteSet::EMPTY.with(b" "), 1);
        (begin < end && is_hebrew(begin, end)).then_some(begin)
    };
    let town = name_before(before_comma(probe.at())?)?;
    let number_end = before_comma(town)?;
    let number = probe.run_back(number_end, &ByteSet::DIGIT, 4);
    let end = probe.at() + ISRAELI;
    let holds = number < number_end && probe.before(number) == Some(b' ') && !probe.is(end, &ByteSet::WORD);
    let street = holds.then(|| name_before(number - 1)).flatten()?;
    Some((street, end))
}

/// `67 หมู่ 92 ถ.แจ้งสว่าง อำเภอเมือง เชียงใหม่ 50000`: the anchor is the word for the street.
fn thai(probe: &Probe<'_>) -> Option<(usize, usize)> {
    let at = probe.at();
    let begin = probe.run_back(at, &THAI_WRITTEN.without(b"\n"), THAI_BEFORE);
    let is_begin = |place: &usize| probe.is(*place, &ByteSet::DIGIT) && !probe.was(*place, &ByteSet::ALNUM);
    let start = (begin..at).find(is_begin)?;
    // Up to where all is written as an address is, and no code stands.
    let from = probe.known().max(at);
    let last = probe.run(from, &THAI_WRITTEN, (at + THAI_AFTER).saturating_sub(from));
    let is_code = |place: &usize| {
        is_begin(place)
            && probe.run(*place, &ByteSet::DIGIT, 6) == place + 5
            && probe.was(*place, &ByteSet::SPACE)
    };
    let code = (from..last).find(is_code);
    probe.knows(code.unwrap_or(last));
    let code = code?;
    let is_price = probe.looking_at(code + 5, " บาท".as_bytes());
    (is_in_thailand(probe.slice(at..code)) && !is_price).then_some((start, code + 5))
}

/// Whether what stands before a postcode names a place; `ต.ค.` is October.
fn is_in_thailand(text: &[u8]) -> bool {
    let holds = |place: &str| {
        let mut found = memchr::memmem::find_iter(text, place.as_bytes());
        found.any(|at| text.get(at..).is_none_or(|rest| !rest.starts_with(" ต.ค.".as_bytes())))
    };
    let last = text.trim_ascii_end().rsplit(|byte| byte.is_ascii_whitespace()).next();
    let is_province = |word: &[u8]| {
        std::str::from_utf8(word).is_ok_and(|word| THAI_PROVINCES.split(' ').any(|province| province == word))
    };
    THAI_PLACES.into_iter().any(holds) || last.is_some_and(|word| !word.is_empty() && is_province(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::harness::Cases;
    use crate::engine::Text;

    #[test]
    fn addresses_elsewhere() {
        Cases::of("pii.postal_address")
            .hit("גר ברחוב הרצל 12, תל אביב", "רחוב הרצל 12")
            .hit("הכתובת: יואב 28, עצמון שגב, 1742180", "יואב 28, עצמון שגב, 1742180")
            .hit("نشانی: خیابان آزادی پلاک 12، تهران", "خیابان آزادی پلاک 12")
            .hit("العنوان: شارع الملك فهد 12, الرياض", "شارع الملك فهد 12")
            .hit("მისამართი: მიჩურინის ქ. 87, ბათუმი", "მიჩურინის ქ. 87")
            .hit("Աբովյան փողոց 8, Երևան", "Աբովյան փողոց 8")
            .hit("כתובת: רחוב הרצל 1234/5, תל אביב", "רחוב הרצל 1234/5")
            .hit("Zərdab ray., Xəlil küçəsi, b. 1, m. 61", "Xəlil küçəsi, b. 1")
            .hit(
                "ที่อยู่ 67 หมู่ 92 ถ.แจ้งสว่าง อำเภอเมือง เชียงใหม่ 50000",
                "67 หมู่ 92 ถ.แจ้งสว่าง อำเภอเมือง เชียงใหม่ 50000",
            )
            .hit("Հասցե՝ ք. Երևան, 0010, Տոլստոյի 8, բն. 5", "ք. Երևան, 0010, Տոլստոյի 8")
            .hit(
                "գ. Զովասար, Արմավիրի մարզ, 1946, Լենինգրադյան 9",
                "գ. Զովասար, Արմավիրի մարզ, 1946, Լենինգրադյան 9",
            )
            .miss("ք. Երևան, 2024 թ., այնտեղ 12 մարդ կար, 5 մարդ")
            .miss("2 կգ. Շաքար 10, Ալյուր 5")
            .miss("1. գ. տարբերակ 3, Գին 12")
            .miss("գ. Ապրանք, 2024, գին 500")
            .miss("רחוב הרצל היו שם אתמול 12 אנשים, ფასი ქ. 50%")
            .hit("ที่อยู่ 33 ถนนแนวพนิช กะบกเตี้ย นครพนม 44580", "33 ถนนแนวพนิช กะบกเตี้ย นครพนม 44580")
            .hit("Şərur ray., AZADLIQ prospekti, b. 1, m. 1", "AZADLIQ prospekti, b. 1")
            .miss("ถนนสายนี้ยาว 12 กม. และ 1742180 בעיר")
            .hit("גר ברחוב הרצל 12 תל אביב", "רחוב הרצל 12")
            .hit("العنوان: 12 شارع طلعت حرب، القاهرة", "12 شارع طلعت حرب")
            .hit("99/1 หมู่ 5 ตำบลบางรัก จังหวัดนนทบุรี 11000", "99/1 หมู่ 5 ตำบลบางรัก จังหวัดนนทบุรี 11000")
            .hit("رقم 12, شارع الملك فهد 12، الرياض", "شارع الملك فهد 12")
            .hit(
                "99/1 ถนนสุขุมวิท แขวงคลองเตย กรุงเทพมหานคร 10110",
                "99/1 ถนนสุขุมวิท แขวงคลองเตย กรุงเทพมหานคร 10110",
            )
            .run();
    }

    #[test]
    fn a_number_that_counts_what_follows_is_no_house() {
        Cases::of("pii.postal_address")
            .miss("รถ 3 คันบนถนนสายนี้ ราคา 50000 บาท")
            .miss("รถ 3 คันบนถนนในกรุงเทพ เขตนี้ ราคา 50000 บาท")
            .miss("วันที่ 15 บนถนนสายนี้ ต.ค. ราคา 50000")
            .miss("ברחוב הזה 30 אנשים")
            .miss("كان في شارع طويل 20 شخصا")
            .miss("شارع في 3 دقائق")
            .miss("შენ ქ. 12 წლის")
            .run();
    }

    #[test]
    fn codes_are_looked_for_once_for_all_streets() {
        let look = |text: &str, at: usize, known: usize| {
            let text = Text { bytes: text.as_bytes(), start: 0, complete: true };
            let probe = Probe::new(text, at, Elsewhere.ahead()).with_known(known);
            let found = Elsewhere.verify(&probe).map(|found| found.range);
            (probe.noted(), found)
        };
        assert_eq!(look(&"1 ถ.".repeat(100), 2, 0), (2 + THAI_AFTER, None));
        assert_eq!(look("1 ถ. ก | 50000", 2, 0), (11, None));
        let text = "1 ถ. ถ. จ. 50000";
        let code = text.len() - 5;
        assert_eq!(look(text, 2, 0), (code, Some(0..text.len())));
        assert_eq!(look(text, 7, code), (code, Some(0..text.len())));
        assert_eq!(look(text, 7, code + 1), (text.len(), None));
    }

    #[test]
    fn a_street_after_many_is_found() {
        let many = "1 ถ.".repeat(100);
        let address = "67 หมู่ 92 ถ.แจ้งสว่าง อำเภอเมือง เชียงใหม่ 50000";
        Cases::of("pii.postal_address").hit(&format!("{many} |\n{address}"), address).run();
    }
}
