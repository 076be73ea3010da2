//! Poland, the Czech Republic and Slovakia, Hungary, Ukraine. Sources: the Polish GUS and MSWiA, the Czech law 133/2000, the
//! Hungarian law XX of 1996, the Ukrainian tax service.

use super::super::Kind;
use super::{divides, sum};
use crate::check::weighted::{at, is_day, is_uniform, number};

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["pl_pesel", "gov_id.pl.pesel", "a Polish PESEL number"],
        &["?99999999999"],
        |v| {
            divides(v, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1], 10)
                && is_day(number(v, 0, 2), number(v, 2, 4) % 20, number(v, 4, 6))
        },
        &["pesel*"],
        &["44051401359"],
    ),
    Kind::new(
        ["pl_nip", "gov_id.pl.nip", "a Polish tax number (NIP)"],
        &["999~999~99~99", "999-99-99-999"],
        |v| sum(v, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == at(v, 9) && !is_uniform(v),
        &["nip", "nipu", "identyfikacji podatkowej", "tax id*"],
        &["856-734-62-15"],
    )
    .public(),
    Kind::new(
        ["pl_regon", "gov_id.pl.regon", "a Polish business number (REGON)"],
        &["999~999~999", "99999999999999"],
        |v| {
            let nine = sum(v, &[8, 9, 2, 3, 4, 5, 6, 7]) % 11 % 10 == at(v, 8);
            let fourteen = || sum(v, &[2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8]) % 11 % 10 == at(v, 13);
            nine && (v.len() == 9 || fourteen())
        },
        &["regon*"],
        &["192598184"],
    )
    .public(),
    Kind::new(
        ["pl_dowod", "gov_id.pl.dowod", "the number of a Polish identity card"],
        &["?AAA999999", "AAA~999999"],
        |v| divides(v, &[7, 3, 1, 9, 7, 3, 1, 7, 3], 10),
        &["dowód*", "dowod*", "identity card", "id card"],
        &["ABA300000"],
    ),
    // As with other passports, the word decides: not all that is written after it holds the check digit.
    Kind::bare(
        ["pl_passport", "gov_id.pl.passport", "the number of a Polish passport"],
        &["AA~9999999", "AA9~999999"],
        &["paszport*", "polish passport"],
        &["ZS0000177"],
    ),
    Kind::new(
        ["cz_rodne_cislo", "gov_id.cz.rodne_cislo", "a Czech or Slovak birth number"],
        &["*999999/9999", "999999~9999", "999999~999"],
        birth_number,
        &[
            "rodne cislo",
            "rč",
            "r č",
            "rc",
            "birth number",
            "rodné č*",
            "rodného č*",
            "rodným č*",
            "rodném č*",
            "rodnom č*",
            "rodná č*",
            "rod č*",
        ],
        &["710319/2745"],
    ),
    Kind::new(
        ["cz_ico", "gov_id.cz.ico", "a Czech or Slovak business number"],
        &["999~99~999"],
        |v| (11 - sum(v, &[8, 7, 6, 5, 4, 3, 2]) % 11) % 10 == at(v, 7) && !is_uniform(v),
        &[
            "ičo",
            "ico",
            "ič",
            "identifikační číslo",
            "identifikačné číslo",
            "dič",
            "dic",
            "daňové identifikační*",
        ],
        &["25123891"],
    )
    .public(),
    Kind::new(
        ["hu_taj", "gov_id.hu.taj", "a Hungarian social security number (TAJ)"],
        &["999~999~999"],
        |v| sum(v, &[3, 7, 3, 7, 3, 7, 3, 7]) % 10 == at(v, 8) && !is_uniform(v),
        &["taj", "tajszám*", "taj szám*", "társadalombiztosítási*"],
        &["123 456 788"],
    ),
    Kind::new(
        ["hu_adoazonosito", "gov_id.hu.adoazonosito", "a Hungarian personal tax number"],
        &["9999999999"],
        |v| at(v, 0) == 8 && sum(v, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 == at(v, 9),
        &["adóazonosító*", "adoazonosito*", "adó azonosító*", "tax id*", "adójel*"],
        &["8071592153"],
    ),
    Kind::new(
        ["hu_adoszam", "gov_id.hu.adoszam", "a Hungarian business tax number"],
        &["99999999-9-99", "99999999~9~99", "99999999"],
        |v| {
            divides(v, &[9, 7, 3, 1, 9, 7, 3, 1], 10)
                && at(v, 0) > 0
                && (v.len() == 8 || matches!(at(v, 8), 1..=5))
        },
        &["adószám*", "adoszam*", "adoszám*", "tax number", "cégjegyzék*", "törzsszám*"],
        &["12892312-2-42"],
    )
    .public(),
    Kind::new(
        ["hu_szemelyi", "gov_id.hu.szemelyi", "a Hungarian personal number"],
        &["9~999999~9999"],
        |v| {
            let up = sum(v, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) % 11;
            let down = sum(v, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11;
            let check = if number(v, 1, 3) >= 97 || at(v, 0) > 2 { down } else { up };
            check == at(v, 10) && is_day(number(v, 1, 3), number(v, 3, 5), number(v, 5, 7))
        },
        &["személyi azonosító*", "személyi szám*", "személyazonosító*", "personal id*", "szemelyi*"],
        &[],
    ),
    Kind::new(
        ["ua_rnokpp", "gov_id.ua.rnokpp", "a Ukrainian taxpayer number"],
        &["9999999999"],
        |v| {
            let ten = 10 * sum(v, &[1]);
            (ten + sum(v, &[0, 5, 7, 9, 4, 6, 10, 5, 7])) % 11 % 10 == at(v, 9)
        },
        &[
            "рнокпп",
            "іпн",
            "індивідуальний податковий",
            "податковий номер",
            "облікової картки",
            "rnokpp",
            "ipn",
            "ідентифікаційн*",
            "платника податків",
            "номер платника*",
            "код платника*",
        ],
        &["1759013776"],
    ),
    Kind::new(
        ["ua_edrpou", "gov_id.ua.edrpou", "a Ukrainian business number"],
        &["99999999"],
        |v| {
            let third = matches!(at(v, 0), 3..=5);
            let first: [u32; 7] = if third { [7, 1, 2, 3, 4, 5, 6] } else { [1, 2, 3, 4, 5, 6, 7] };
            let second = first.map(|weight| weight + 2);
            super::twice_mod_11(v, &first, &second) == at(v, 7)
        },
        &["єдрпоу", "edrpou", "код підприємства"],
        &["32855961"],
    )
    .public(),
];

/// The month is 50 higher for women, and 20 more where a day's numbers ran out. Nine digits, given until 1953, have no check.
fn birth_number(v: &[u8]) -> bool {
    let month = number(v, 2, 4) % 50;
    let month = if month > 20 { month - 20 } else { month };
    let is_old = v.len() == 9 && number(v, 0, 2) < 54;
    let holds = v.len() == 10 && number(v, 0, 9) % 11 % 10 == u64::from(at(v, 9));
    (is_old || holds) && is_day(number(v, 0, 2), month, number(v, 4, 6))
}
