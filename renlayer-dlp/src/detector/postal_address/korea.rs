//! Addresses of Korea in its own script: from the province down to a road and the number of a building.
//!
//! Since 2014 an address is a road and a number on it; older ones have a quarter and the number of a lot. Both are words with
//! spaces between them, the last of which ends as roads or quarters do.
//!
//! - hit: `서울특별시 강남구 테헤란로 152`, `경기도 수원시 장안구 정자로123번길 45-6`, `부산 해운대구 우동 1408-1`
//! - miss: `서울특별시 강남구`, `서울 지하철 2호선`, `강남구 테헤란로`
//! - known mistakes: without the province it is not found; floors and flats are left out.

use crate::detector::{About, Anchor, ByteSet, Detector, Match, Page, Probe};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(in crate::detector) struct Korea;

/// What the provinces are called; with their long endings they begin alike.
const PROVINCES: [&str; 23] = [
    "서울",
    "부산",
    "대구",
    "인천",
    "광주",
    "대전",
    "울산",
    "세종",
    "경기",
    "강원",
    "충청북도",
    "충청남도",
    "전라북도",
    "전라남도",
    "전북",
    "전남",
    "경상북도",
    "경상남도",
    "경북",
    "경남",
    "충북",
    "충남",
    "제주",
];
/// How the rest of a province's name goes on.
const PROVINCE_ENDS: [&str; 7] = ["특별자치시", "특별자치도", "특별시", "광역시", "도", "시", ""];
const MUNICIPALITY: [char; 3] = ['시', '군', '구'];
const ROAD: [char; 3] = ['로', '길', '가'];
const QUARTER: [char; 4] = ['동', '읍', '면', '리'];
/// Words between the province and the number.
const WORDS: usize = 6;
const LONGEST_WORD: usize = 48;
const HANGUL: ByteSet = ByteSet::DIGIT.range(0x80, 0xff);
const UNDERGROUND: &str = "지하";

impl Detector for Korea {
    fn about(&self) -> About {
        let finds = "a Korean address: a province, a municipality, a road or quarter, and a number";
        About::new("postal_address_korea", "pii.postal_address", Severity::Medium, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "without the province not found; floors and flats are left out";
        Page { basis: "a province, a municipality, and a number on a road", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        PROVINCES.iter().copied().map(Anchor::literal).collect()
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = probe.at();
        let province = PROVINCES.iter().find(|name| probe.looking_at(start, name.as_bytes()))?;
        let rest = start + province.len();
        let end = PROVINCE_ENDS.iter().find(|end| probe.looking_at(rest, end.as_bytes()))?;
        let (mut at, mut is_municipal) = (rest + end.len(), false);
        for _ in 0..WORDS {
            let word = probe.run(at, &ByteSet::EMPTY.with(b" "), 1);
            let next = probe.run(word, &HANGUL, LONGEST_WORD);
            let text = std::str::from_utf8(probe.slice(word..next)).ok()?;
            let last = text.chars().next_back().filter(|_| word > at)?;
            let is_place = ROAD.contains(&last) || QUARTER.contains(&last);
            if is_municipal
                && is_place
                && let Some(end) = number(probe, next)
            {
                return Some(Match::new(start..end, 0.85).with(Evidence::STRUCTURE));
            }
            // Words of a sentence are none of these.
            if !is_place && !MUNICIPALITY.contains(&last) {
                return None;
            }
            is_municipal |= MUNICIPALITY.contains(&last);
            at = next;
        }
        None
    }
}

/// The end of `152`, `123-4`, `지하 56` after a space, where it is no count of something.
fn number(probe: &Probe<'_>, from: usize) -> Option<usize> {
    let mut at = probe.run(from, &ByteSet::EMPTY.with(b" "), 1);
    if probe.looking_at(at, UNDERGROUND.as_bytes()) {
        at = probe.run(at + UNDERGROUND.len(), &ByteSet::EMPTY.with(b" "), 1);
    }
    let mut end = probe.run(at, &ByteSet::DIGIT, 5);
    if at == from || !(1..=4).contains(&(end - at)) {
        return None;
    }
    if probe.get(end) == Some(b'-') && probe.is(end + 1, &ByteSet::DIGIT) {
        end = probe.run(end + 1, &ByteSet::DIGIT, 4);
    }
    const COUNTED: [&str; 6] = ["년", "월", "일", "호선", "명", "개"];
    let is_counted = COUNTED.iter().any(|word| probe.looking_at(end, word.as_bytes()));
    (!is_counted && !probe.is(end, &ByteSet::WORD)).then_some(end)
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn korean_address_cases() {
        Cases::of("pii.postal_address")
            .hit("주소는 서울특별시 강남구 테헤란로 152입니다", "서울특별시 강남구 테헤란로 152")
            .hit("경기도 수원시 장안구 정자로123번길 45-6", "경기도 수원시 장안구 정자로123번길 45-6")
            .hit("부산 해운대구 우동 1408-1, 전화", "부산 해운대구 우동 1408-1")
            .hit("충청북도 광명시 언주4길 지하689로", "충청북도 광명시 언주4길 지하689")
            .miss("서울특별시 강남구, 서울 지하철 2호선, 강남구 테헤란로 152")
            .miss("서울 강남구 인구는 55명, 서울시 강남구 논현동 2024년")
            .run();
    }
}
