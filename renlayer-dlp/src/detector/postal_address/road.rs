//! Roads of China and Taiwan with the number of a house, without a province or city before them.
//!
//! - hit: `和平東路二段85號8樓`, `中关村大街27号`
//! - miss: `南京路15号线`, `公交线路12号车`, `107号国道`, `85號`
//! - known mistakes: words of a sentence right before the road are taken for a part of its name; addresses on a `公路` or `马路` are not
//!   found.

use super::{china, japan};
use crate::detector::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Reach};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(in crate::detector) struct Road;

/// What the number of a house ends with.
const NUMBER: [&str; 2] = ["號", "号"];
const ROADS: [&str; 4] = ["路", "街", "道", "巷"];
/// Words of two characters that end as a road does and are lines, motorways, networks and the like; some of their numbers are read
/// in the same way.
const NO_ROADS: [(&str, &str); 2] =
    [("路", "线線公铁鐵网網马馬道电電思"), ("道", "国國省县縣轨軌铁鐵隧管通频頻赛賽车車航渠街味")];
/// Parts of a road, which are numbered themselves.
const PARTS: [&str; 3] = ["段", "巷", "弄"];
const COUNTS: [&str; 9] = ["一", "二", "三", "四", "五", "六", "七", "八", "九"];
/// What a road's name does not hold: a sentence goes on to it from here.
const ENDS: &str = "在住於于是為为到的了從从往去";
const HAN: ByteSet = ByteSet::EMPTY.range(0x80, 0xff);
const CHARACTER: usize = 3;
/// Characters of a name, the road's own included.
const MOST: usize = 8;
const FEWEST: usize = 3;

impl Detector for Road {
    fn about(&self) -> About {
        let finds = "a Chinese road and the number of a house";
        About::new("postal_address_road", "pii.postal_address", Severity::Medium, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "words of a sentence right before the road are taken for a part of its name";
        Page { basis: "a road's name and a number that ends as those of houses do", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        NUMBER.iter().map(Anchor::literal).collect()
    }

    fn reach(&self) -> Reach {
        Reach { set: HAN.or(ByteSet::DIGIT), max: CHARACTER * (MOST + 3) + 12 }
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let mut at = probe.run_back(probe.at(), &ByteSet::DIGIT, 5);
        let number = at;
        if !(1..=4).contains(&(probe.at() - number)) {
            return None;
        }
        for _ in 0..2 {
            if let Some(before) = ends_with(probe, at, &PARTS) {
                let digits = probe.run_back(before, &ByteSet::DIGIT, 3);
                at = if digits < before {
                    digits
                } else if let Some(count) = ends_with(probe, before, &COUNTS) {
                    count
                } else {
                    // A lane with a name.
                    break;
                };
            }
        }
        ends_with(probe, at, &ROADS)?;
        let begin = probe.run_back(at, &HAN, MOST * CHARACTER);
        let name = std::str::from_utf8(probe.slice(begin..at)).ok()?;
        let is_name = |c: &char| ('\u{4e00}'..='\u{9fff}').contains(c) && !ENDS.contains(*c);
        let count = name.chars().rev().take_while(is_name).count();
        if name.get(name.len().saturating_sub(count * CHARACTER)..).is_none_or(is_no_road) {
            return None;
        }
        let end = china::house(probe, number).filter(|_| count >= FEWEST)?;
        let is_line = matches!(japan::character(probe, end), Some('线' | '線'));
        (!is_line).then(|| Match::new(at - count * CHARACTER..end, 0.6).with(Evidence::STRUCTURE))
    }
}

/// Whether `name` ends with a word for something else, or holds the number of something before: `公交线路`, `国道107号和铁路`.
fn is_no_road(name: &str) -> bool {
    let holds_number = NUMBER.iter().any(|sign| name.contains(sign));
    let is_other = |(kind, before): &(&str, &str)| {
        let last = name.strip_suffix(kind).and_then(|stem| stem.chars().next_back());
        last.is_some_and(|last| before.contains(last))
    };
    holds_number || NO_ROADS.iter().any(is_other)
}

/// Where what ends at `end` with one of these begins.
fn ends_with(probe: &Probe<'_>, end: usize, words: &[&str]) -> Option<usize> {
    let begin = end.checked_sub(CHARACTER)?;
    let word = probe.slice(begin..end);
    words.iter().any(|known| known.as_bytes() == word).then_some(begin)
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn road_cases() {
        Cases::of("pii.postal_address")
            .hit("192 台中光明路1段85號8樓", "台中光明路1段85號8樓")
            .hit("79792 澎湖建國巷932號6樓", "澎湖建國巷932號6樓")
            .hit("我住在和平東路二段85號。", "和平東路二段85號")
            .hit("地址：中关村大街27号", "中关村大街27号")
            .miss("公交线路12号车, 高速公路12号出口, 国道107号和铁路12号")
            .miss("沿着国道107号走, 请走安全通道3号门, 集成电路12号芯片")
            .miss("南京西路15号线, 107号国道, 85號, 大街27号")
            .run();
    }
}
