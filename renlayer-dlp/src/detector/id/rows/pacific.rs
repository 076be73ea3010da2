//! Australia and New Zealand. Sources: the ATO and ABR, Services Australia, the IRD and the New Zealand Ministry of Health.

use super::super::Kind;
use super::{divides, sum};
use crate::check::nz_account;
use crate::check::weighted::{at, is_uniform, number, value};

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["au_tfn", "gov_id.au.tfn", "an Australian tax file number"],
        // The first ones had eight digits.
        &["999~999~999", "99~999~999"],
        |v| {
            let weights: &[u32] =
                if v.len() == 8 { &[10, 7, 8, 4, 6, 3, 5, 1] } else { &[1, 4, 3, 7, 5, 8, 6, 9, 10] };
            divides(v, weights, 11) && !is_uniform(v)
        },
        &["tfn", "tax file*"],
        &["876 543 210", "123 456 782"],
    ),
    Kind::new(
        ["au_abn", "gov_id.au.abn", "an Australian business number"],
        &["?99 999 999 999", "99~999~999~999"],
        |v| at(v, 0) > 0 && (sum(v, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10).is_multiple_of(89),
        &["abn", "australian business*"],
        &["51 824 753 556", "83 914 571 673"],
    )
    .public(),
    Kind::new(
        ["au_acn", "gov_id.au.acn", "an Australian company number"],
        &["999~999~999"],
        |v| (10 - sum(v, &[8, 7, 6, 5, 4, 3, 2, 1]) % 10) % 10 == at(v, 8),
        &["acn", "australian company*", "company number"],
        &["004 085 616"],
    )
    .public(),
    Kind::new(
        ["au_medicare", "health.au.medicare", "an Australian Medicare card number"],
        &["?9999 99999 9", "9999~99999~9", "9999~99999~9~9"],
        |v| matches!(at(v, 0), 2..=6) && sum(v, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == at(v, 8),
        &["medicare*"],
        &["2123 45670 1"],
    ),
    Kind::new(
        ["nz_ird", "gov_id.nz.ird", "a New Zealand tax number (IRD)"],
        &["99~999~999", "999~999~999"],
        |v| {
            let padded = if v.len() == 8 { [b"0", v].concat() } else { v.to_vec() };
            let check = |weights: &[u32]| (11 - sum(&padded, weights) % 11) % 11;
            let expected = match check(&[3, 2, 7, 6, 5, 4, 3, 2]) {
                10 => check(&[7, 4, 3, 2, 5, 2, 7, 6]),
                check => check,
            };
            (10_000_001..150_000_000).contains(&number(v, 0, 9)) && expected == at(&padded, 8)
        },
        &["ird", "inland revenue", "ird number"],
        &["49-098-576", "136410132"],
    ),
    Kind::new(
        ["nz_bank_account", "payment.bank_account", "a New Zealand bank account number"],
        &["99-9999-9999999-99", "99-9999-9999999-999", "99 9999 9999999 99", "99 9999 9999999 999"],
        nz_account::holds,
        &["account number", "bank account*", "account no", "acct no", "bank acct*", "account", "acc no"],
        &["01-0242-0100194-00", "12-3140-0171323-50"],
    )
    .own_words_only(),
    Kind::new(
        ["nz_nhi", "health.nz.nhi", "a New Zealand health index number"],
        &["AAA9999"],
        |v| {
            // Letters count by their place in an alphabet without I and O.
            let place = |byte: &u8| match byte {
                b'A'..=b'H' => value(*byte) - 9,
                b'J'..=b'N' => value(*byte) - 10,
                b'P'..=b'Z' => value(*byte) - 11,
                digit => value(*digit),
            };
            let total: u32 =
                v.iter().take(6).zip((2..=7).rev()).map(|(byte, weight)| place(byte) * weight).sum();
            let rest = total % 11;
            rest != 0 && !v.iter().any(|byte| b"IO".contains(byte)) && (11 - rest) % 10 == at(v, 6)
        },
        &["nhi", "national health index"],
        &["ZAC5361"],
    ),
];
