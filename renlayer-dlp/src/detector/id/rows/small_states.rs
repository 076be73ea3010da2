//! Andorra, Liechtenstein, the Faroe Islands, San Marino. Sources: the states' tax administrations.

use super::super::Kind;
use crate::check::weighted::number;

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["ad_nrt", "gov_id.ad.nrt", "an Andorran tax number (NRT)"],
        &["A~999999~A"],
        |v| {
            let body = number(v, 1, 7);
            match v.first() {
                Some(b'F') => body <= 699_999,
                Some(b'A' | b'L') => (700_000..800_000).contains(&body),
                first => first.is_some_and(|first| b"CDEGOPU".contains(first)),
            }
        },
        &["nrt", "registre tributari", "registro tributario"],
        &["U-132950-X", "D059888N"],
    )
    .ranged()
    .own_words_only()
    .public(),
    Kind::bare(
        ["li_peid", "gov_id.li.peid", "a Liechtenstein tax identification number (PEID)"],
        &["999999", "9999999", "99999999", "999999999", "9999999999", "99999999999", "999999999999"],
        &["peid", "pe id", "personenidentifikation*"],
        &["1234567"],
    ),
    Kind::bare(
        ["fo_vtal", "gov_id.fo.vtal", "a Faroese tax or business number (V-tal)"],
        &["999999", "fo~999999", "999~999"],
        &["v tal", "vtal", "vinnutal*"],
        &["623857"],
    )
    .public(),
    // With its country alone: every year is written as the number itself, and would have to be looked at.
    Kind::bare(
        ["sm_coe", "gov_id.sm.coe", "a San Marino business number (COE)"],
        &["sm99999"],
        &["operatore economico", "codice coe", "coe n"],
        &["SM24165"],
    )
    .public(),
];
