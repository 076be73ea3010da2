//! Addresses of China and Taiwan in their own script: from the province or city down to a road and the number on it.
//!
//! As in Japan there are no spaces; a road has a name, though, and its number ends with `号`.
//!
//! - hit: `北京市海淀区中关村大街27号`, `广东省深圳市南山区科技园路15号3栋502室`, `台北市信義區市府路45號`
//! - miss: `北京市海淀区`, `上海市浦东新区有15号线`, `广东省的107号国道`
//! - known mistakes: without the province or city it is not found; a village without a road is left out.

use crate::detector::{About, Anchor, Detector, Match, Page, Probe};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(in crate::detector) struct China;

const PROVINCES: [&str; 72] = [
    "北京市",
    "天津市",
    "上海市",
    "重庆市",
    "河北省",
    "山西省",
    "辽宁省",
    "吉林省",
    "黑龙江省",
    "江苏省",
    "浙江省",
    "安徽省",
    "福建省",
    "江西省",
    "山东省",
    "河南省",
    "湖北省",
    "湖南省",
    "广东省",
    "海南省",
    "四川省",
    "贵州省",
    "云南省",
    "陕西省",
    "甘肃省",
    "青海省",
    "台湾省",
    "内蒙古自治区",
    "广西壮族自治区",
    "西藏自治区",
    "宁夏回族自治区",
    "新疆维吾尔自治区",
    "台北市",
    "臺北市",
    "新北市",
    "桃園市",
    "台中市",
    "臺中市",
    "高雄市",
    "台南市",
    "臺南市",
    "基隆市",
    "新竹市",
    "新竹縣",
    "苗栗縣",
    "彰化縣",
    "南投縣",
    "雲林縣",
    "嘉義市",
    "嘉義縣",
    "屏東縣",
    "宜蘭縣",
    "花蓮縣",
    "台東縣",
    "臺東縣",
    "澎湖縣",
    "金門縣",
    "深圳市",
    "广州市",
    "杭州市",
    "南京市",
    "武汉市",
    "成都市",
    "西安市",
    "苏州市",
    "郑州市",
    "长沙市",
    "青岛市",
    "厦门市",
    "宁波市",
    "大连市",
    "合肥市",
];
const MUNICIPALITY: [char; 9] = ['市', '区', '區', '县', '縣', '州', '旗', '镇', '乡'];
const ROAD: [char; 8] = ['路', '街', '道', '巷', '弄', '村', '段', '里'];
/// What a number of a house ends with, and of what is inside of it.
const HOUSE: [char; 9] = ['号', '號', '弄', '栋', '幢', '座', '楼', '室', '樓'];
/// The most bytes of names, and characters of a number.
const NAMES: usize = 120;
const PLACES: usize = 5;
/// So many numbers follow each other: `15号3栋2单元502室`.
const NUMBERS: usize = 5;
const UNIT: &str = "单元";

impl Detector for China {
    fn about(&self) -> About {
        let finds = "a Chinese address: a province or city, a road and a number";
        About::new("postal_address_china", "pii.postal_address", Severity::Medium, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "without the province or city not found; a village without a road is left out";
        Page { basis: "a province or city, a municipality or road, and the number of a house", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        PROVINCES.iter().copied().map(Anchor::literal).collect()
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = probe.at();
        let province = PROVINCES.iter().find(|name| probe.looking_at(start, name.as_bytes()))?;
        let from = start + province.len();
        let (mut at, mut is_municipal, mut last) = (from, province.ends_with('市'), '\0');
        while at < from + NAMES {
            if is_place(probe, at) {
                return (is_municipal && ROAD.contains(&last))
                    .then(|| house(probe, at))
                    .flatten()
                    .map(|end| Match::new(start..end, 0.85).with(Evidence::STRUCTURE));
            }
            last = super::japan::character(probe, at).filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c))?;
            // A sentence goes on, rather than a name.
            if "的是在有和与了".contains(last) {
                return None;
            }
            is_municipal |= MUNICIPALITY.contains(&last);
            at += last.len_utf8();
        }
        None
    }
}

/// Whether a digit or letter of a number stands at `at`.
fn is_place(probe: &Probe<'_>, at: usize) -> bool {
    probe.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric())
}

/// The end of the numbers of a house from `from` on: `27号`, `15号3栋502室`.
pub(super) fn house(probe: &Probe<'_>, from: usize) -> Option<usize> {
    let (mut at, mut end) = (from, None);
    for _ in 0..NUMBERS {
        let mark = (at..at + PLACES).find(|at| !is_place(probe, *at) && probe.get(*at) != Some(b'-'))?;
        if mark == at {
            break;
        }
        let next = if probe.looking_at(mark, UNIT.as_bytes()) {
            mark + UNIT.len()
        } else {
            match super::japan::character(probe, mark).filter(|c| HOUSE.contains(c)) {
                Some(mark_of) => mark + mark_of.len_utf8(),
                None => break,
            }
        };
        // `15号线` is a line of the underground.
        if super::japan::character(probe, next) == Some('线') {
            break;
        }
        (at, end) = (next, Some(next));
    }
    end
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn chinese_address_cases() {
        Cases::of("pii.postal_address")
            .hit("我住在北京市海淀区中关村大街27号。", "北京市海淀区中关村大街27号")
            .hit("寄到广东省深圳市南山区科技园路15号3栋502室,谢谢", "广东省深圳市南山区科技园路15号3栋502室")
            .hit("地址：台北市信義區市府路45號", "台北市信義區市府路45號")
            .hit("福建省凤英县永川重庆街d座 530424", "福建省凤英县永川重庆街d座")
            .miss("北京市海淀区, 上海市浦东新区有15号线, 广东省的107号国道")
            .miss("上海市南京路15号线, 北京市海淀区2024年")
            .run();
    }
}
