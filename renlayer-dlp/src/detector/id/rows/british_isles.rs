//! The United Kingdom and Ireland. Sources: HMRC (NIM39110), the NHS Data Dictionary, DVLA, the Irish Revenue.

use super::super::Kind;
use super::{divides, sum};
use crate::check::weighted::{at, is_uniform, number, value};

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["uk_nino", "gov_id.uk.nino", "a British National Insurance number"],
        &["*AA 99 99 99 A", "?AA999999A", "AA~99~99~99~A", "AA~999999~A"],
        nino,
        &[
            "nino",
            "national insurance",
            "ni number",
            "ni no",
            "ni",
            "insurance number",
            "nationalinsurance*",
            "nat ins*",
        ],
        &["AA123456B", "PR 12 36 12 C"],
    )
    .ranged(),
    Kind::new(
        ["uk_utr", "gov_id.uk.utr", "a British unique taxpayer reference"],
        &["9999999999", "99999~99999"],
        |v| b"21987654321".get((tail(v, &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11) as usize) == v.first(),
        &["utr", "unique taxpayer*", "tax reference", "taxpayer reference", "self assessment", "tax ref"],
        &["1955839661"],
    ),
    Kind::new(
        ["uk_nhs", "health.uk.nhs", "a British NHS number"],
        &["9999999999", "?999-999-9999", "999~999~9999"],
        |v| divides(v, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 11) && !is_uniform(v),
        &["nhs", "health service"],
        &["943 476 5919", "401-023-2137"],
    ),
    Kind::new(
        ["uk_driving_licence", "gov_id.uk.driving_licence", "a British driving licence number"],
        &[
            "*AAAAA999999AX9AA",
            "*AAAAA999999AXXAA",
            "*AAAA9999999AXXAA",
            "*AAA99999999AXXAA",
            "*AA999999999AXXAA",
        ],
        driver,
        &["driving licence*", "driver licence*", "driving license*", "licence number", "dvla"],
        &["MORGA657054SM9IJ"],
    )
    .ranged(),
    Kind::new(
        ["uk_upn", "gov_id.uk.upn", "an English pupil's number (UPN)"],
        &["A999999999999"],
        |v| {
            let weights = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
            b"ABCDEFGHJKLMNPQRTUVWXYZ".get((tail(v, &weights) % 23) as usize) == v.first()
        },
        &["upn", "unique pupil*", "pupil number*"],
        &["B801200005001"],
    ),
    Kind::new(
        ["ie_pps", "gov_id.ie.pps", "an Irish personal public service number"],
        &["?9999999A", "?9999999AA", "9999999~A"],
        pps,
        &["pps", "ppsn", "pps number", "personal public service*", "tax reference", "rsi"],
        &["6433435F", "6433435FT"],
    ),
];

fn tail(v: &[u8], weights: &[u32]) -> u32 {
    sum(v.get(1..).unwrap_or_default(), weights)
}

fn nino(v: &[u8]) -> bool {
    let [first, second, .., suffix] = v else { return false };
    let pair = [*first, *second];
    !b"DFIQUV".contains(first)
        && !b"DFIQUVO".contains(second)
        && ![b"BG", b"GB", b"NK", b"KN", b"TN", b"NT", b"ZZ"].contains(&&pair)
        && (b'A'..=b'D').contains(suffix)
}

/// Month (plus 50 for women) and day of birth stand after the first digit.
fn driver(v: &[u8]) -> bool {
    let month = number(v, 6, 8);
    matches!(month, 1..=12 | 51..=62) && matches!(number(v, 8, 10), 1..=31)
}

fn pps(v: &[u8]) -> bool {
    let second = match v.get(8) {
        None | Some(b'W' | b'T' | b'X') => 0,
        Some(letter @ b'A'..=b'I') => value(*letter) - 9,
        Some(_) => return false,
    };
    let rest = (sum(v, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23;
    at(v, 7) == if rest == 0 { value(b'W') } else { rest + 9 }
}
