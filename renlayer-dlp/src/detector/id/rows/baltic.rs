//! Estonia, Latvia, Lithuania. Sources: Estonian standard EVS 585, the Latvian PMLP, the Lithuanian population register law.

use super::super::Kind;
use super::{sum, twice_mod_11};
use crate::check::weighted::{at, is_date, number};

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["ee_isikukood", "gov_id.ee.isikukood", "an Estonian personal code"],
        &["?99999999999"],
        |v| checked(v) && born(v),
        &["isikukood*", "isikukoodi*", "personal code", "personal id*", "ik"],
        &["36805280109"],
    ),
    Kind::new(
        ["ee_registrikood", "gov_id.ee.registrikood", "an Estonian business number"],
        &["99999999"],
        |v| {
            twice_mod_11(v, &[1, 2, 3, 4, 5, 6, 7], &[3, 4, 5, 6, 7, 8, 9]) == at(v, 7)
                && matches!(at(v, 0), 1 | 7 | 8 | 9)
        },
        &["registrikood*", "registrinumber*", "registry code", "ettevõtte kood*"],
        &["12345678"],
    )
    .own_words_only()
    .public(),
    Kind::new(
        ["lt_asmens_kodas", "gov_id.lt.asmens_kodas", "a Lithuanian personal code"],
        &["99999999999"],
        // Those that begin with nine go to whoever cannot be given another, and hold no date.
        |v| checked(v) && (at(v, 0) == 9 || born(v)),
        &["asmens kod*", "asmenskod*", "a k", "personal code", "personal id*", "ak", "asm kod*"],
        &["33309240064"],
    ),
    Kind::new(
        ["lv_personas_kods", "gov_id.lv.personas_kods", "a Latvian personal code"],
        &["?999999-99999", "999999~99999"],
        |v| {
            // Codes given since 2017 hold no date.
            let is_new = matches!(number(v, 0, 2), 32..=39);
            let rest = (1101 - sum(v, &[1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11;
            rest % 10 == at(v, 10) && (is_new || is_date(v, 4, 2, 0))
        },
        &["personas kod*", "personaskod*", "p k", "personal code", "personal id*", "pk", "pers kod*"],
        &["161175-19997"],
    ),
];

fn checked(v: &[u8]) -> bool {
    let check = twice_mod_11(v, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1], &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]);
    check == at(v, 10)
}

/// The first digit is the century and the sex, a date follows.
fn born(v: &[u8]) -> bool {
    matches!(at(v, 0), 1..=8) && is_date(v, 1, 3, 5)
}
