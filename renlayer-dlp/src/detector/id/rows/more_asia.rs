//! Taiwan, Hong Kong, Indonesia, Malaysia, Vietnam, Pakistan, Iran, the Emirates, Saudi Arabia, Egypt, Nigeria, Kenya, Morocco. Sources: Taiwan's
//! fiscal information agency and Ministry of the Interior, Hong Kong's Immigration Department, Indonesia's Dukcapil and DJP,
//! Malaysia's JPN, Vietnam's circular 105/2020, NADRA, Iran's civil registration, the UAE's ICP, Saudi Arabia's MOI.

use super::super::Kind;
use super::sum;
use crate::check::luhn;
use crate::check::weighted::{at, is_date, is_day, is_uniform, number, value};

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["tw_ubn", "gov_id.tw.ubn", "a Taiwanese business number"],
        &["9999999~9"],
        |v| {
            let cross = |(byte, weight): (&u8, u32)| value(*byte) * weight / 10 + value(*byte) * weight % 10;
            let total: u32 = v.iter().zip([1, 2, 1, 2, 1, 2, 4, 1]).map(cross).sum();
            // Seven times four is 28, whose digits give 10: that counts as 0 or 1.
            total.is_multiple_of(5) || (at(v, 6) == 7 && (total + 1).is_multiple_of(5))
        },
        &["統一編號*", "統編*", "统一编号*", "營利事業*", "ubn"],
        &["00501503"],
    )
    .public(),
    Kind::new(
        ["tw_id", "gov_id.tw.id", "a Taiwanese identity or resident number"],
        &["?A999999999"],
        |v| {
            const LETTERS: &[u8; 26] = b"ABCDEFGHJKLMNPQRSTUVXYWZIO";
            let place =
                v.first().and_then(|first| LETTERS.iter().zip(10u32..).find(|(letter, _)| *letter == first));
            let Some((_, place)) = place else { return false };
            let body = v.get(1..).unwrap_or_default();
            matches!(at(v, 1), 1 | 2 | 8 | 9)
                && (place / 10 + place % 10 * 9 + sum(body, &[8, 7, 6, 5, 4, 3, 2, 1, 1])).is_multiple_of(10)
        },
        &["身分證字號*", "身份證字號*", "身分證*", "身份證*", "居留證*", "taiwan* id", "taiwanese id*"],
        &["A123456789"],
    ),
    Kind::new(
        ["hk_hkid", "gov_id.hk.hkid", "a Hong Kong identity card number"],
        &["*A999999(X)", "A999999X"],
        |v| {
            let letter = v.first().map_or(0, |letter| value(*letter));
            let total = 36 * 9 + sum(v, &[8, 7, 6, 5, 4, 3, 2]) + v.get(7).map_or(99, |check| value(*check));
            letter > 9
                && v.get(7).is_some_and(|check| b"0123456789A".contains(check))
                && total.is_multiple_of(11)
        },
        &["hkid", "香港身份證*", "香港身分證*", "身份證*", "hong kong id*", "hk id*", "identity card"],
        &["A123456(3)"],
    ),
    Kind::new(
        ["id_nik", "gov_id.id.nik", "an Indonesian population number (NIK)"],
        &["9999999999999999", "99~99~99~999999~9999"],
        |v| {
            let day = number(v, 6, 8);
            matches!(number(v, 0, 2), 11..=21 | 31..=36 | 51..=53 | 61..=65 | 71..=76 | 81 | 82 | 91..=97)
                && is_day(number(v, 10, 12), number(v, 8, 10), if day > 40 { day - 40 } else { day })
                && number(v, 12, 16) > 0
        },
        &["nik", "ktp", "e ktp", "induk kependudukan", "kartu tanda penduduk"],
        &["3171011708450001"],
    )
    .ranged(),
    Kind::new(
        ["id_npwp", "gov_id.id.npwp", "an Indonesian taxpayer number (NPWP)"],
        &["*99.999.999.9-999.999", "999999999999999"],
        |v| luhn::holds(v.get(..9).unwrap_or_default()) && number(v, 0, 9) > 0,
        &["npwp", "wajib pajak"],
        &["01.312.166.0-091.000"],
    ),
    Kind::new(
        ["my_nric", "gov_id.my.nric", "a Malaysian identity card number"],
        &["?999999-99-9999", "999999~99~9999"],
        |v| is_date(v, 0, 2, 4) && !matches!(number(v, 6, 8), 0 | 17..=20 | 69 | 70 | 73 | 80 | 81 | 94..=97),
        &[
            "mykad",
            "my kad*",
            "nric",
            "kad pengenalan",
            "no kp",
            "no ic",
            "ic number",
            "ic no",
            "malaysian ic",
            "malaysian id*",
        ],
        &["770305-02-1234"],
    )
    .ranged(),
    Kind::new(
        ["vn_mst", "gov_id.vn.mst", "a Vietnamese tax number"],
        &["9999999999", "9999999999~999", "99.99.999.999"],
        |v| {
            // No province begins with 15 to 19, as the seconds of our time do.
            !matches!(number(v, 0, 2), 15..=19)
                && sum(v, &[31, 29, 23, 19, 17, 13, 7, 5, 3]) % 11 + at(v, 9) == 10
                && (v.len() == 10 || number(v, 10, 13) > 0)
        },
        &["mã số thuế*", "ma so thue"],
        &["0100233488"],
    ),
    Kind::new(
        ["vn_cccd", "gov_id.vn.cccd", "a Vietnamese citizen number"],
        &["999999999999"],
        |v| at(v, 0) == 0 && (1..=96).contains(&number(v, 0, 3)),
        &["cccd", "căn cước*", "can cuoc cong dan", "cmnd", "chứng minh nhân dân", "định danh cá nhân"],
        &["001099012345"],
    )
    .ranged(),
    Kind::new(
        ["pk_cnic", "gov_id.pk.cnic", "a Pakistani identity card number (CNIC)"],
        &["?99999-9999999-9", "99999~9999999~9"],
        // The last digit is odd for men and even for women, and no zero.
        |v| matches!(at(v, 0), 1..=8) && number(v, 5, 12) > 0 && at(v, 12) > 0 && !is_uniform(v),
        &["cnic", "nicop", "nadra", "pakistani id*", "national identity card", "شناختی کارڈ*"],
        &["34201-0891231-8"],
    )
    .ranged(),
    Kind::new(
        ["lk_nic", "gov_id.lk.nic", "a Sri Lankan identity number (NIC), as given until 2016"],
        &["999999999v", "999999999x"],
        |v| matches!(number(v, 2, 5), 1..=366 | 501..=866),
        &["national identity", "identity card", "sri lankan id*", "nic no", "nic number"],
        &["722222222V"],
    )
    .ranged(),
    Kind::new(
        ["ir_melli", "gov_id.ir.melli", "an Iranian national number"],
        &["9999999999", "999-999999-9"],
        |v| {
            let rest = sum(v, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
            (if rest < 2 { rest } else { 11 - rest }) == at(v, 9) && !is_uniform(v)
        },
        &["کد ملی", "کدملی", "شماره ملی", "code melli", "iranian national*"],
        &["0013542419"],
    ),
    Kind::new(
        ["ae_emirates_id", "gov_id.ae.emirates_id", "an Emirates ID number"],
        &["*784-9999-9999999-9", "784999999999999"],
        |v| luhn::holds(v) && matches!(number(v, 3, 7), 1900..=2099),
        &["emirates id*", "الهوية الإماراتية", "رقم الهوية"],
        &["784-1980-1234567-8"],
    ),
    Kind::new(
        ["sa_national_id", "gov_id.sa.national_id", "a Saudi national or residence number"],
        &["9999999999"],
        |v| matches!(at(v, 0), 1 | 2) && luhn::holds(v),
        &["saudi id*", "iqama*", "saudi national*", "الهوية الوطنية", "رقم الإقامة", "رقم الهوية"],
        &["1101798278"],
    ),
    Kind::new(
        ["eg_national_id", "gov_id.eg.national_id", "an Egyptian national number"],
        &["99999999999999"],
        |v| matches!(at(v, 0), 2 | 3) && is_date(v, 1, 3, 5) && matches!(number(v, 7, 9), 1..=35 | 88),
        &["الرقم القومي", "egyptian national*", "egyptian id*"],
        &["29001011234567"],
    )
    .ranged(),
    Kind::new(
        ["za_tax", "gov_id.za.tax", "a South African income tax number"],
        &["9999999999", "9999/999/99/9", "999999999-9"],
        |v| matches!(at(v, 0), 0..=3 | 9) && luhn::holds(v),
        &[
            "sars tax",
            "sars",
            "income tax number",
            "income tax reference*",
            "income tax no",
            "tax reference number",
            "tax ref*",
        ],
        &["0001339050"],
    ),
    Kind::bare(
        ["ng_nin", "gov_id.ng.nin", "a Nigerian identity or bank verification number"],
        &["99999999999"],
        &["nigerian nin", "nin", "bvn", "bank verification number"],
        &["12345678901"],
    ),
    Kind::bare(
        ["ke_kra_pin", "gov_id.ke.kra_pin", "a Kenyan tax number (KRA PIN)"],
        &["A999999999A"],
        &["kra pin*", "kra"],
        &["P051365947M"],
    ),
    Kind::new(
        ["ma_ice", "gov_id.ma.ice", "a Moroccan business number (ICE)"],
        &["999999999999999", "99~99~99~99~99~99~999"],
        |v| number(v, 0, 15).is_multiple_of(97) && number(v, 0, 15) > 0,
        &["identifiant commun*", "ice"],
        &["001561191000066"],
    )
    .public(),
];
