//! India, Japan, Korea, Singapore, the Philippines, China, Thailand, Israel, South Africa. Sources: UIDAI, the Indian Income Tax Department and
//! GSTN, the Japanese My Number Act's ordinance, the Korean resident registration act, Singapore's ICA, GB 11643 and GB 32100,
//! the Thai DOPA, the Israeli population registry, South Africa's Home Affairs.

use super::super::Kind;
use super::sum;
use crate::check::weighted::{at, is_date, is_day, is_uniform, number, value};
use crate::check::{iso7064, luhn, verhoeff};

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["in_aadhaar", "gov_id.in.aadhaar", "an Indian Aadhaar number"],
        &["?9999 9999 9999", "9999~9999~9999"],
        |v| at(v, 0) > 1 && verhoeff::holds(v) && !v.iter().eq(v.iter().rev()),
        &["aadhaar*", "aadhar*", "adhaar*", "uidai", "uid", "आधार*"],
        &["234123412346", "3123 4567 8909"],
    ),
    Kind::new(
        ["in_pan", "gov_id.in.pan", "an Indian permanent account number (PAN)"],
        &["?AAAAA9999A", "AAAAA~9999~A"],
        |v| v.get(3).is_some_and(|holder| b"ABCFGHJLPTK".contains(holder)) && number(v, 5, 9) > 0,
        &["pan", "permanent account*", "pan card", "पैन*"],
        &["ACUPA7085R"],
    )
    .ranged(),
    Kind::new(
        ["in_gstin", "gov_id.in.gstin", "an Indian tax number of a business (GSTIN)"],
        &["*99AAAAA9999AXAX"],
        |v| {
            let weigh = |(place, byte): (usize, &u8)| {
                let product = value(*byte) * if place % 2 == 0 { 1 } else { 2 };
                product / 36 + product % 36
            };
            let total: u32 = v.iter().take(14).enumerate().map(weigh).sum();
            matches!(number(v, 0, 2), 1..=38 | 97 | 99) && (36 - total % 36) % 36 == at(v, 14)
        },
        &["gstin", "gst"],
        &["27AAPFU0939F1ZV"],
    )
    .public(),
    Kind::new(
        ["in_voter", "gov_id.in.voter", "an Indian voter's number (EPIC)"],
        &["AAA9999999"],
        |v| luhn::holds(v.get(3..).unwrap_or_default()),
        &["voter*", "vote", "epic", "election*", "मतदाता*"],
        &["WKH1186253"],
    )
    .own_words_only(),
    Kind::new(
        ["jp_my_number", "gov_id.jp.my_number", "a Japanese individual number (My Number)"],
        &["9999~9999~9999"],
        |v| (11 - sum(v, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10 == at(v, 11) && !is_uniform(v),
        &["マイナンバー*", "個人番号*", "my number", "mynumber", "individual number"],
        &["6214 9832 0257"],
    ),
    Kind::new(
        ["jp_corporate_number", "gov_id.jp.corporate_number", "a Japanese corporate number"],
        &["9999999999999", "9~9999~9999~9999"],
        |v| {
            let rest = sum(v, &[0, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]) % 9;
            9 - rest == at(v, 0)
        },
        &["法人番号*", "corporate number", "houjin bango*", "hojin bango*"],
        &["5-8356-7825-6246"],
    )
    .public(),
    Kind::new(
        ["kr_rrn", "gov_id.kr.rrn", "a Korean resident registration number"],
        &["*999999-9999999", "?9999999999999", "999999~9999999"],
        |v| korean(v) && matches!(at(v, 6), 1..=4),
        &["주민등록번호*", "주민번호*", "주민등록*", "rrn", "resident registration*"],
        &["800101-1000008"],
    ),
    Kind::new(
        ["kr_frn", "gov_id.kr.frn", "a Korean foreigner registration number"],
        &["*999999-9999999", "?9999999999999", "999999~9999999"],
        |v| {
            matches!(at(v, 6), 5..=8) && is_date(v, 0, 2, 4) && {
                let weights = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
                (13 - sum(v, &weights) % 11) % 10 == at(v, 12) || is_drawn_by_lot(v)
            }
        },
        &["외국인등록번호*", "외국인*", "frn", "foreigner registration*", "alien registration*"],
        &[],
    ),
    Kind::new(
        ["kr_brn", "gov_id.kr.brn", "a Korean business registration number"],
        &["999-99-99999", "9999999999"],
        // The tax service has published no check digit.
        |v| number(v, 0, 3) > 100 && number(v, 3, 5) > 0 && number(v, 5, 9) > 0,
        &["사업자등록번호*", "사업자번호*", "사업자*", "brn", "business registration*"],
        &["116-82-00276"],
    )
    .ranged()
    .own_words_only()
    .public(),
    Kind::new(
        ["ph_tin", "gov_id.ph.tin", "a Philippine taxpayer number (TIN), with its branch or without"],
        &[
            "999-999-999",
            "999-999-999-999",
            "999-999-999-99999",
            "999999999",
            "999999999999",
            "99999999999999",
        ],
        |v| sum(v, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == at(v, 8) && !is_uniform(v),
        &["tin", "bir", "bir tin", "tax id*", "taxpayer identification*", "taxpayer id*"],
        &["000-123-456-001"],
    ),
    Kind::bare(
        ["kr_driver_license", "gov_id.kr.driver_license", "a Korean driver's licence number"],
        &["99~99~999999~99"],
        &["운전면허*", "면허번호*", "driver s license", "driver license", "driving licence", "license"],
        &["11-22-123456-12"],
    ),
    Kind::new(
        ["sg_nric", "gov_id.sg.nric", "a Singaporean NRIC or FIN"],
        &["*A9999999A"],
        nric,
        &["nric", "fin", "identity card"],
        &["S0000001I", "S2740116C", "F2346401L"],
    ),
    Kind::new(
        ["sg_uen", "gov_id.sg.uen", "a Singaporean business number (UEN)"],
        &["99999999A", "?999999999A", "?A99AA9999A"],
        uen,
        &["uen", "unique entity*"],
        &["53125226D", "201434292D", "T16RF0037C"],
    )
    .own_words_only()
    .public(),
    Kind::new(
        ["cn_ric", "gov_id.cn.ric", "a Chinese resident identity number"],
        &["*99999999999999999X"],
        |v| {
            let last = v.last().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'X');
            last && iso7064::mod_11_2(v)
                && is_day(number(v, 6, 10), number(v, 10, 12), number(v, 12, 14))
                && matches!(number(v, 6, 10), 1880..=2099)
                && at(v, 0) > 0
        },
        &[
            "身份证*",
            "身份证号*",
            "公民身份*",
            "身分證*",
            "resident identity",
            "identity card",
            "resident id*",
        ],
        &["360426199101010071", "11010519491231002X"],
    ),
    Kind::new(
        ["cn_uscc", "gov_id.cn.uscc", "a Chinese business number (unified social credit)"],
        &["9~9~999999~XXXXXXXXXX", "9~A~999999~XXXXXXXXXX"],
        |v| {
            const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
            let place =
                |byte: &u8| ALPHABET.iter().zip(0..).find(|(known, _)| *known == byte).map(|(_, i)| i);
            let weights = [1u32, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1];
            v.iter()
                .zip(weights)
                .try_fold(0, |total, (byte, weight)| Some(total + place(byte)? * weight))
                .is_some_and(|total| total.is_multiple_of(31))
        },
        &["统一社会信用*", "社会信用代码*", "uscc", "unified social credit", "信用代码*", "credit code*"],
        &["91110000600037341L"],
    )
    .public(),
    Kind::new(
        ["th_pin", "gov_id.th.pin", "a Thai identity number"],
        &["*9-9999-99999-99-9", "9~9999~99999~99~9", "9999999999999"],
        |v| {
            matches!(at(v, 0), 1..=8)
                && (11 - sum(v, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 10 == at(v, 12)
        },
        &["เลขประจำตัวประชาชน*", "บัตรประชาชน*", "thai id*", "tnin", "ประจำตัวประชาชน*"],
        &["3100600445635"],
    ),
    Kind::new(
        ["th_tin", "gov_id.th.tin", "a Thai taxpayer number"],
        &["9999999999999", "9-9999-99999-99-9", "9-99-9-999-99999-9"],
        |v| (11 - sum(v, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 10 == at(v, 12),
        &["เลขประจำตัวผู้เสียภาษี*", "ผู้เสียภาษี*", "thai tax*", "tax id*"],
        &["1234545678781"],
    )
    .public(),
    Kind::new(
        ["il_hp", "gov_id.il.hp", "an Israeli company number"],
        &["599999999", "59~999999~9"],
        |v| luhn::holds(v) && !is_uniform(v),
        &[
            "ח פ",
            "חפ",
            "מספר חברה",
            "הח פ",
            "מספר החברה",
            "ע מ",
            "עוסק מורשה",
            "חברה פרטית",
            "hp",
            "company number*",
        ],
        &["516179157"],
    )
    .public(),
    Kind::new(
        ["za_id", "gov_id.za.id", "a South African identity number"],
        &["?9999999999999", "999999~9999~999", "999999~9999~99~9"],
        |v| luhn::holds(v) && is_date(v, 0, 2, 4) && matches!(at(v, 10), 0..=2),
        &[
            "south african id*",
            "sa id*",
            "rsa id*",
            "identity number",
            "id number",
            "id no",
            "id nommer",
            "identiteitsnommer",
            "identity no",
        ],
        &["7503305044089", "8001015009087"],
    ),
    Kind::new(
        ["il_id", "gov_id.il.id", "an Israeli identity number"],
        &["999999999", "99999999-9", "9-9999999-9", "99999999", "9999999-9"],
        |v| luhn::holds(v) && !is_uniform(v),
        &[
            "ת ז",
            "תז",
            "תעודת*",
            "הזהות",
            "ת ז שלי",
            "מספר זהות",
            "teudat zehut",
            "israeli id*",
            "זהות",
            "הת ז",
            "התז",
            "התעודת*",
        ],
        &["03933742-3"],
    ),
];

fn korean(v: &[u8]) -> bool {
    let check = (11 - sum(v, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10;
    is_date(v, 0, 2, 4) && (check == at(v, 12) || is_drawn_by_lot(v))
}

/// Since October 2020 the digits after the first of the second group say nothing, the last one neither: of those born since
/// then no check digit can be asked for.
fn is_drawn_by_lot(v: &[u8]) -> bool {
    matches!(at(v, 6), 3 | 4 | 7 | 8) && matches!(number(v, 0, 4), 2010..=4012)
}

/// A business, a company of this country, or any other body: each form has weights and letters of its own. Source: ACRA.
fn uen(v: &[u8]) -> bool {
    const PLACES: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWX0123456789";
    let letter = |letters: &[u8; 11], rest: u32| letters.get(rest as usize % 11) == v.last();
    match v.first() {
        Some(b'R'..=b'T') => {
            let place = |byte: &u8| PLACES.iter().zip(0..).find(|(known, _)| *known == byte).map(|(_, i)| i);
            let weights = [4u32, 3, 5, 3, 10, 2, 2, 5, 7];
            let total = v
                .iter()
                .zip(weights)
                .try_fold(0, |total, (byte, weight)| Some(total + place(byte)? * weight));
            total.is_some_and(|total| letter(b"ABCDEFGHJKL", total + 6))
        }
        Some(b'0'..=b'9') if v.len() == 9 => letter(b"XMKECAWLJDB", sum(v, &[10, 4, 9, 3, 8, 2, 7, 1])),
        Some(b'0'..=b'9') => letter(b"ZKCMDNERGWH", sum(v, &[10, 8, 6, 4, 9, 7, 5, 3, 1])),
        _ => false,
    }
}

/// The century and the kind of permit choose where the count begins and among which letters it ends.
fn nric(v: &[u8]) -> bool {
    let (offset, letters) = match v.first() {
        Some(b'S') => (0, b"JZIHGFEDCBA"),
        Some(b'T') => (4, b"JZIHGFEDCBA"),
        Some(b'F') => (0, b"XWUTRQPNMLK"),
        Some(b'G') => (4, b"XWUTRQPNMLK"),
        Some(b'M') => (3, b"XWUTRQPNJLK"),
        _ => return false,
    };
    let total = offset + sum(v.get(1..).unwrap_or_default(), &[2, 7, 6, 5, 4, 3, 2]);
    let rest = (total % 11) as usize;
    letters.get(rest) == v.get(8)
}
