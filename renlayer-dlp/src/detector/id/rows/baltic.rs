//! Estonia, Latvia, Lithuania. Sources: Estonian standard EVS 585, the Latvian PMLP, the Lithuanian population register law.

use super::super::Kind;
use super::{sum, twice_mod_11};
use crate::check::weighted::{at, is_date, number};

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["ee_isikukood", "gov_id.ee.isikukood", "an Estonian personal code"],
        &["?99999999999"],
        baltic,
        &["isikukood*", "isikukoodi*", "personal code", "personal id*", "ik"],
        &["36805280109"],
    ),
    Kind::new(
        ["lt_asmens_kodas", "gov_id.lt.asmens_kodas", "a Lithuanian personal code"],
        &["99999999999"],
        baltic,
        &["asmens kod*", "asmenskod*", "a k", "personal code", "personal id*", "ak", "asm kod*"],
        &["33309240064"],
    ),
    Kind::new(
        ["lv_personas_kods", "gov_id.lv.personas_kods", "a Latvian personal code"],
        &["?999999-99999", "999999~99999"],
        |v| match number(v, 0, 2) {
            // Codes given since 2017 say nothing, and have no check that is public.
            32..=39 => true,
            1..=31 => {
                let rest = (1101 - sum(v, &[1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11;
                rest % 10 == at(v, 10) && is_date(v, 4, 2, 0)
            }
            _ => false,
        },
        &["personas kod*", "personaskod*", "p k", "personal code", "personal id*", "pk", "pers kod*"],
        &["161175-19997"],
    ),
];

fn baltic(v: &[u8]) -> bool {
    let check = twice_mod_11(v, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1], &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]);
    check == at(v, 10) && matches!(at(v, 0), 1..=8) && is_date(v, 1, 3, 5)
}
