//! Algeria, Tunisia, Senegal, Guinea, Ghana, Mauritius, and Egypt's tax numbers. (Other numbers of Africa stand with Asia's.)
//! Sources: the countries' tax administrations, Mauritius' Civil Status Division.

use super::super::Kind;
use super::sum;
use crate::check::luhn;
use crate::check::weighted::{number, value};

pub(super) const ROWS: &[Kind] = &[
    Kind::bare(
        ["dz_nif", "gov_id.dz.nif", "an Algerian tax number (NIF)"],
        &["999999999999999", "99999999999999999999", "999~999~999~999~999"],
        &["nif algérien*", "nif", "identification fiscale"],
        &["416001000000007"],
    )
    .public(),
    Kind::new(
        ["mz_nuit", "gov_id.mz.nuit", "a Mozambican tax number (NUIT)"],
        &["999~999~999"],
        |v| b"01234567891".get((sum(v, &[8, 9, 4, 5, 6, 7, 8, 9]) % 11) as usize) == v.last(),
        // By itself it is French for a night.
        &[
            "identificação tributária",
            "nuit moçambi*",
            "mozambi* nuit",
            "meu nuit",
            "seu nuit",
            "o nuit",
            "nuit da",
            "nuit do",
        ],
        &["400339910"],
    )
    .public(),
    Kind::new(
        ["tn_mf", "gov_id.tn.mf", "a Tunisian tax number (matricule fiscal)"],
        &["9999999~A", "9999999/A/A/A/999", "9999999AAA999", "9999999 A/A/A/999"],
        |v| {
            let letter = |i: usize, known: &[u8]| v.get(i).is_none_or(|byte| known.contains(byte));
            letter(7, b"ABCDEFGHJKLMNPQRSTVWXYZ") && letter(8, b"APBDN") && letter(9, b"MPCNE")
        },
        &["matricule fiscal*"],
        &["1234567/M/A/E/001", "1496298T"],
    )
    .ranged()
    .own_words_only()
    .public(),
    Kind::new(
        ["sn_ninea", "gov_id.sn.ninea", "a Senegalese business number (NINEA)"],
        &["999~9999", "9999999~9A9", "999999999", "999999999~9A9"],
        // Nine digits, of which the first two may be left out; then the tax centre and the form of the business.
        |v| {
            let (weights, rest): (&[u32], _) = match v.len() {
                7 | 10 => (&[1, 2, 1, 2, 1, 2, 1], v.get(7..)),
                _ => (&[1, 2, 1, 2, 1, 2, 1, 2, 1], v.get(9..)),
            };
            let is_taxed =
                matches!(rest, Some([] | [b'0'..=b'2', b'A'..=b'H' | b'J'..=b'N' | b'P'..=b'W' | b'Z', _]));
            is_taxed && sum(v, weights).is_multiple_of(10)
        },
        &["ninea*"],
        &["3067221"],
    )
    .public(),
    Kind::new(
        ["gn_nifp", "gov_id.gn.nifp", "a Guinean tax number (NIFp)"],
        &["999~999~999"],
        luhn::holds,
        &["nifp"],
        &["693770885"],
    )
    .public(),
    Kind::new(
        ["gh_tin", "gov_id.gh.tin", "a Ghanaian taxpayer number (TIN)"],
        &["A999999999X"],
        |v| {
            let check = sum(v.get(1..).unwrap_or_default(), &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11;
            v.first().is_some_and(|holder| b"PCGQV".contains(holder))
                && number(v, 1, 3) == 0
                && v.get(10) == b"0123456789X".get(check as usize)
        },
        &["ghana tin", "tin", "ghana*"],
        &["C0000803561"],
    ),
    Kind::new(
        ["mu_nid", "gov_id.mu.nid", "a Mauritian identity number"],
        &["A9999999999999", "A999999999999A"],
        |v| {
            let total: u32 = v.iter().take(13).zip((2..=14).rev()).map(|(byte, w)| value(*byte) * w).sum();
            let check = (17 - total % 17) % 17;
            v.get(13).is_some_and(|byte| value(*byte) == check)
                && matches!(number(v, 1, 3), 1..=31)
                && matches!(number(v, 3, 5), 1..=12)
        },
        &["mauritian id*", "nid", "national identity", "mauritius*"],
        &[],
    ),
    Kind::bare(
        ["eg_tax", "gov_id.eg.tax", "an Egyptian tax number"],
        &["999-999-999", "999999999"],
        &["egyptian tax*", "egypt tax*", "tax registration*", "الرقم الضريبي", "التسجيل الضريبي"],
        &["100-531-385"],
    )
    .public(),
];
