//! Addresses of Japan in its own script: from the prefecture down to the block and the house.
//!
//! There are no streets and no spaces, and a name of a place is a run of characters like any sentence. What makes an address
//! is its end: a number of a block (`丁目`, `番`, `1-2-3`) after the name of a city, ward, town or village.
//!
//! - hit: `東京都渋谷区道玄坂2丁目10番7号`, `〒530-0001 大阪府大阪市北区梅田3-1-3`
//! - miss: `東京都千代田区`, `東京都の23区`, `大阪府で3-1で勝った`
//! - known mistakes: without the prefecture it is not found; the name of the building is left out.

use crate::detector::{About, Anchor, ByteSet, Detector, Match, Page, Probe};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(in crate::detector) struct Japan;

const PREFECTURES: [&str; 47] = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
];
const POST: &str = "〒";
/// What the name of a municipality ends with.
const MUNICIPALITY: [char; 5] = ['市', '区', '町', '村', '郡'];
/// The most bytes of names.
const NAMES: usize = 96;
const DIGITS: usize = 4;

impl Detector for Japan {
    fn about(&self) -> About {
        let finds = "a Japanese address: a prefecture, a municipality and a block";
        About::new("postal_address_japan", "pii.postal_address", Severity::Medium, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "without the prefecture not found; the name of a building is left out";
        Page { basis: "a prefecture, a municipality, and the number of a block", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        PREFECTURES.iter().copied().chain([POST]).map(Anchor::literal).collect()
    }

    fn ahead(&self) -> usize {
        NAMES + 96
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = probe.at();
        let from = if probe.looking_at(start, POST.as_bytes()) {
            after_code(probe, start + POST.len())?
        } else {
            start
        };
        let prefecture = PREFECTURES.iter().find(|name| probe.looking_at(from, name.as_bytes()))?;
        let number = after_names(probe, from + prefecture.len())?;
        let end = block(probe, number)?;
        Some(Match::new(start..end, 0.85).with(Evidence::STRUCTURE))
    }
}

/// `100-0001 `, in digits of either width.
fn after_code(probe: &Probe<'_>, from: usize) -> Option<usize> {
    let from = probe.run(from, &ByteSet::SPACE, 1);
    let first = number(probe, from)?;
    let second = number(probe, dash(probe, first)?)?;
    let at = probe.run(second, &ByteSet::SPACE, 2);
    // The space that is as wide as a character.
    Some(if probe.looking_at(at, "\u{3000}".as_bytes()) { at + 3 } else { at })
}

/// Where the number begins that follows the names of a municipality and its parts.
fn after_names(probe: &Probe<'_>, from: usize) -> Option<usize> {
    let (mut at, mut is_municipal, mut before) = (from, false, ['\0'; 2]);
    while at < from + NAMES {
        if number(probe, at).is_some() && !is_numbered_name(probe, at) {
            return (is_municipal && !is_particle(before)).then_some(at);
        }
        let next = character(probe, at)?;
        let belongs = matches!(next, '々' | 'ノ' | '\u{3041}'..='\u{30fe}' | '\u{4e00}'..='\u{9fff}' | '\u{3000}')
            || next.is_ascii_digit()
            || ('０'..='９').contains(&next);
        if !belongs {
            return None;
        }
        is_municipal |= MUNICIPALITY.contains(&next);
        before = [before[1], next];
        at += next.len_utf8();
    }
    None
}

/// `北5条`: a number that is part of a name.
fn is_numbered_name(probe: &Probe<'_>, at: usize) -> bool {
    number(probe, at)
        .and_then(|end| character(probe, end))
        .is_some_and(|next| matches!(next, '条' | '線' | '区' | '町'))
}

/// Whether a sentence goes on rather than a name: `大阪府大阪市で3-1`.
fn is_particle([before, last]: [char; 2]) -> bool {
    let is_hiragana = |c: char| ('\u{3041}'..='\u{309f}').contains(&c);
    "ではがのにとをもへや、".contains(last) && !is_hiragana(before)
}

/// The end of the number of a block: `2丁目10番7号`, `3-1-3`, `721-1`, `45番地`.
fn block(probe: &Probe<'_>, from: usize) -> Option<usize> {
    const MARKS: [&str; 8] = ["丁目", "番地の", "番地", "番", "号", "条", "の", "地割"];
    let (mut at, mut end, mut groups) = (from, None, 0);
    while groups < 5 {
        let Some(after) = number(probe, at) else { break };
        groups += 1;
        let mark = MARKS.iter().find(|mark| probe.looking_at(after, mark.as_bytes()));
        let is_marked = mark.is_some_and(|mark| *mark != "の");
        if groups > 1 || is_marked {
            end = Some(after + mark.map_or(0, |mark| mark.len()));
        }
        match mark.map(|mark| after + mark.len()).or_else(|| dash(probe, after)) {
            Some(next) if !is_year(probe, from, after) => at = next,
            _ => break,
        }
    }
    end.filter(|end| number(probe, *end).is_none())
}

/// `2024-01`.
fn is_year(probe: &Probe<'_>, from: usize, end: usize) -> bool {
    matches!(probe.slice(from..end), [b'1', b'9', _, _] | [b'2', b'0', _, _])
}

/// The end of one to four digits of either width, or of the numeral that `丁目` follows.
fn number(probe: &Probe<'_>, from: usize) -> Option<usize> {
    let mut at = from;
    for _ in 0..DIGITS {
        at += match probe.get(at)? {
            b'0'..=b'9' => 1,
            0xef if character(probe, at).is_some_and(|c| ('０'..='９').contains(&c)) => 3,
            _ => break,
        };
        if probe.get(at).is_none() {
            break;
        }
    }
    let is_numeral = |c: char| "一二三四五六七八九十".contains(c);
    let counts =
        || character(probe, from).is_some_and(is_numeral) && probe.looking_at(from + 3, "丁目".as_bytes());
    match at > from {
        true => Some(at),
        false => counts().then_some(from + 3),
    }
}

/// The end of a hyphen in one of its forms.
fn dash(probe: &Probe<'_>, at: usize) -> Option<usize> {
    if probe.get(at)? == b'-' {
        return Some(at + 1);
    }
    let is_dash = |c: char| matches!(c, '‐' | '‑' | '–' | '—' | '―' | '−' | 'ー' | '－');
    character(probe, at).filter(|c| is_dash(*c)).map(|c| at + c.len_utf8())
}

/// The character that begins at `at`.
pub(super) fn character(probe: &Probe<'_>, at: usize) -> Option<char> {
    let length = match probe.get(at)? {
        ..0x80 => 1,
        0xe0..=0xef => 3,
        _ => return None,
    };
    std::str::from_utf8(probe.slice(at..at + length)).ok()?.chars().next()
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn japanese_address_cases() {
        Cases::of("pii.postal_address")
            .hit("住所は東京都渋谷区道玄坂2丁目10番7号です", "東京都渋谷区道玄坂2丁目10番7号")
            .hit("〒530-0001 大阪府大阪市北区梅田3-1-3", "〒530-0001 大阪府大阪市北区梅田3-1-3")
            .hit("京都府京都市下京区東塩小路町721-1。", "京都府京都市下京区東塩小路町721-1")
            .hit("北海道札幌市中央区北5条西4丁目", "北海道札幌市中央区北5条西4丁目")
            .hit("埼玉県さいたま市大宮区桜木町一丁目7番地5", "埼玉県さいたま市大宮区桜木町一丁目7番地5")
            .hit("神奈川県横浜市西区みなとみらい2-2-1", "神奈川県横浜市西区みなとみらい2-2-1")
            .miss("東京都千代田区、大阪府大阪市北区")
            .miss("東京都の23区、北海道は179市町村")
            .miss("大阪府大阪市で3-1で勝った")
            .miss("東京都新宿区2024-01-15")
            .run();
    }
}
