//! Addresses of Vietnam: a number and a street, then the ward or commune, and what that belongs to.
//!
//! Streets mostly have no word for one, but wards and communes have: it is the anchor. Before it only names, numbers and the few words
//! stand that lead from a street to a house.
//!
//! - hit: `123 Nguyễn Huệ, Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh`, `52 đường số 33 xã Tân Phú Đông thành phố Hà Nội`
//! - miss: `xã Tân An, tỉnh Khánh Hòa`, `12 hộ dân ở xã Tân An`, `Ngày 30/4, UBND Quận 1, TP.HCM`
//! - known mistakes: what abbreviates its ward (`P. 3, Q. 5`) or leaves it out is not found, nor is a number after a name.

use crate::detector::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Reach};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(in crate::detector) struct Vietnam;

/// Wards, communes, towns and districts, in either case.
const WARDS: [&str; 10] =
    ["phường ", "Phường ", "xã ", "Xã ", "thị trấn ", "Thị trấn ", "quận ", "Quận ", "huyện ", "Huyện "];
/// Words of names of places that are written small, with what they belong to.
const PARTS: [&str; 11] =
    ["phường", "xã", "thị", "trấn", "quận", "huyện", "tỉnh", "thành", "phố", "tp", "tp."];
/// Words from a street to a house.
const WAYS: [&str; 14] =
    ["đường", "số", "phố", "ngõ", "ngách", "hẻm", "kiệt", "tổ", "khóm", "khu", "ấp", "thôn", "lô", "nhà"];
/// Words, and dashes, from a sentence to a house.
const LEADS: [&str; 9] = ["ở", "tại", "về", "đến", "từ", "là", "chỉ", "-", "–"];
const MONTH: &str = "Tháng";

const WRITTEN: ByteSet = ByteSet::ALNUM.with(b" ,./-").or(ByteSet::EMPTY.range(0x80, 0xff));
const BETWEEN: ByteSet = ByteSet::EMPTY.with(b" ,");
const WORD: ByteSet = ByteSet::ALNUM.with(b"./-").or(ByteSet::EMPTY.range(0x80, 0xff));
const LONGEST_WORD: usize = 32;
const BEFORE: usize = 96;
const AFTER: usize = 120;

impl Detector for Vietnam {
    fn about(&self) -> About {
        let finds = "a Vietnamese address: a number, a street, a ward or commune, and what it belongs to";
        About::new("postal_address_vietnam", "pii.postal_address", Severity::Medium, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "what abbreviates its ward or leaves it out is not found";
        Page { basis: "a number, names, a word for a ward or commune, and a larger place", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        WARDS.iter().map(Anchor::literal).collect()
    }

    fn reach(&self) -> Reach {
        Reach { set: WRITTEN, max: BEFORE }
    }

    fn ahead(&self) -> usize {
        AFTER + 8
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = house(probe)?;
        let end = place(probe)?;
        Some(Match::new(start..end, 0.75).with(Evidence::STRUCTURE))
    }
}

/// Where the number of the house begins: the first of a row of names, numbers and words for ways before the ward. A ward among
/// them has looked at what is before itself.
fn house(probe: &Probe<'_>) -> Option<usize> {
    let (mut end, mut house, mut has_name) = (probe.at(), None, false);
    while let Some((start, word)) = word_before(probe, probe.run_back(end, &BETWEEN, 2)) {
        let is_house = || has_name && !is_date(word) && is_led(probe, start);
        match word.chars().next() {
            _ if start + BEFORE <= probe.at() => break,
            Some('0'..='9') if !has_name => {}
            Some('0'..='9') if is_house() => house = Some(start),
            Some(first) if first.is_uppercase() && is_name(word) => has_name = true,
            Some(_) if WAYS.contains(&word) => has_name |= word == "đường",
            _ => break,
        }
        end = start;
    }
    house
}

/// The word that ends at `end`, whole, and where it begins.
fn word_before<'t>(probe: &Probe<'t>, end: usize) -> Option<(usize, &'t str)> {
    let start = probe.run_back(end, &WORD, LONGEST_WORD);
    let word = std::str::from_utf8(probe.slice(start..end)).ok()?;
    (start < end && !probe.was(start, &WORD)).then_some((start, word))
}

/// Whether a number is a year or ends with one: `2020`, `01/2021`, `30/4/2021`.
fn is_date(word: &str) -> bool {
    let last = word.rsplit(['/', '-', '.']).next();
    last.is_some_and(|last| last.len() == 4 && (last.starts_with("19") || last.starts_with("20")))
}

/// Whether a number begins its clause or stands after a word that leads to a house. After others it counts, or is a day's, a
/// class's or a law's (`Ngày 30/4`, `lớp 12`, `Thông tư 12`).
fn is_led(probe: &Probe<'_>, start: usize) -> bool {
    let end = probe.run_back(start, &ByteSet::EMPTY.with(b" "), 2);
    let leads = |word: &str| LEADS.contains(&word) || WAYS.contains(&word.to_lowercase().as_str());
    !probe.was(end, &WORD) || word_before(probe, end).is_some_and(|(_, word)| leads(word))
}

fn is_name(word: &str) -> bool {
    word != MONTH && !word.contains(char::is_numeric) && !WARDS.iter().any(|ward| ward.trim_end() == word)
}

/// The end of the ward's name and of what it belongs to, where that is named.
fn place(probe: &Probe<'_>) -> Option<usize> {
    let from = probe.at();
    let text = probe.slice(from..probe.run(from, &WRITTEN, AFTER));
    let text = std::str::from_utf8(text).unwrap_or_else(|error| {
        std::str::from_utf8(text.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default()
    });
    let (mut at, mut end, mut places) = (0, None, 0);
    let mut is_after_comma = false;
    for word in text.split(' ') {
        let name = word.trim_end_matches([',', '.']);
        let is_part = PARTS.contains(&name.to_lowercase().as_str());
        let is_name = name.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit());
        if !is_part && !is_name {
            break;
        }
        places += usize::from(is_part || is_after_comma);
        if is_name {
            end = Some(from + at + name.len());
        }
        is_after_comma = word.ends_with(',');
        // The end of the sentence, unless the word is short for another.
        if word.ends_with('.') && !is_part {
            break;
        }
        at += word.len() + 1;
    }
    end.filter(|_| places > 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::harness::Cases;
    use crate::engine::Text;

    #[test]
    fn what_is_before_a_ward_is_read_for_it_alone() {
        let text = "12 Lê Lợi, Xã An, Huyện Bình";
        let house_before = |ward: &str| {
            let whole = Text { bytes: text.as_bytes(), start: 0, complete: true };
            house(&Probe::new(whole, text.find(ward).unwrap(), Vietnam.ahead()))
        };
        assert_eq!((house_before("Xã"), house_before("Huyện")), (Some(0), None));
    }

    #[test]
    fn vietnamese_addresses() {
        let whole = |cases: Cases, address: &str| cases.hit(&format!("Tôi sống ở {address}."), address);
        let cases = [
            "123 Nguyễn Huệ, Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh",
            "8, ngõ 12, phố Huế, phường Phạm Đình Hổ, quận Hai Bà Trưng, Hà Nội",
            "52 đường số 33 xã Tân Phú Đông thành phố Hà Nội",
            "2/39/217 Huỳnh Tấn Phát, xã Bình Minh, tỉnh Hà Tĩnh",
            "45 Lê Lợi, Quận 1, TP.HCM",
        ];
        cases.into_iter().fold(Cases::of("pii.postal_address"), whole).run();
        (80..100)
            .fold(Cases::of("pii.postal_address"), |cases, length| {
                cases.miss(&format!("ở 123456 {} , Phường Bến Nghé, Quận 1, TP.HCM", "A".repeat(length)))
            })
            .run();
        Cases::of("pii.postal_address")
            .hit("Địa chỉ: 45 Lê Lợi, Quận 1, TP.HCM", "45 Lê Lợi, Quận 1, TP.HCM")
            .hit("12/03/2024, 45 Lê Lợi, Quận 1, TP.HCM", "45 Lê Lợi, Quận 1, TP.HCM")
            .miss("Ngày 30/4/2021, UBND Quận 1, TP.HCM ban hành")
            .miss("Ngày 30/4, UBND Quận 1, TP.HCM ban hành")
            .miss("Tháng 5/2020, UBND Quận 1, TP.HCM")
            .miss("COVID-19: 25 F0 Quận 8, TP.HCM")
            .miss("năm 2020 Trường THPT Lê Lợi, Quận 1, TP.HCM")
            .miss("lớp 12 Trường THPT Lê Lợi, Quận 1, TP.HCM")
            .miss("Thông tư 01/2021 Bộ Y Tế, Huyện Hóc Môn, TP.HCM")
            .miss("xã Tân An, tỉnh Khánh Hòa có 12 hộ dân")
            .miss("12 hộ dân ở xã Tân An, tỉnh Khánh Hòa")
            .miss("Ngày 12 Tháng 5, Phường Bến Nghé, Quận 1")
            .miss("năm 2020 xã Tân An, tỉnh Khánh Hòa")
            .run();
    }
}
