//! Sweden, Norway, Denmark, Finland, Iceland. Sources: Skatteverket, Skatteetaten and Brønnøysund, CPR-kontoret, the Finnish
//! decree 128/2010, Þjóðskrá.

use super::super::Kind;
use super::divides;
use crate::check::luhn;
use crate::check::weighted::{at, is_date, is_day, number};

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["se_personnummer", "gov_id.se.personnummer", "a Swedish personal identity number"],
        &["*999999-9999", "*99999999-9999", "?999999999999", "999999+9999", "999999~9999", "99999999~9999"],
        |v| luhn::holds(last(v, 10)) && birth(last(v, 10)),
        &[
            "personnr",
            "persnr",
            "pnr",
            "personal identity",
            "personal number",
            "identity code",
            "personnum*",
            "pers nr",
            "pers num*",
            "person num*",
            "person nr",
            "p nummer*",
            "samordningsnum*",
            "körkort*",
        ],
        &["811228-9874", "880320-0016"],
    ),
    Kind::new(
        ["se_orgnr", "gov_id.se.orgnr", "a Swedish organisation number"],
        &["999999~9999", "16999999~9999"],
        |v| luhn::holds(last(v, 10)),
        &[
            "orgnr",
            "org nr",
            "organisation number",
            "organization number",
            "company identity*",
            "orgnummer*",
            "organisationsnum*",
            "organisationsnr",
            "org num*",
        ],
        &["556703-7485", "212000-0142"],
    )
    .public(),
    Kind::new(
        ["no_fodselsnummer", "gov_id.no.fodselsnummer", "a Norwegian birth or D number"],
        &["?99999999999", "999999~99999"],
        norwegian,
        &[
            "fodselsnummer*",
            "fødselsnr",
            "fnr",
            "d nummer",
            "personal id*",
            "birth number",
            "fødselsnum*",
            "personnum*",
            "personnr",
            "fødsels nr",
        ],
        &["151086 95088"],
    ),
    Kind::new(
        ["no_bank_account", "payment.bank_account", "a Norwegian bank account"],
        &["9999.99.99999"],
        |v| divides(v, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1], 11),
        &["kontonummer*", "kontonr", "bankkonto*"],
        &["8601.11.17947"],
    )
    .own_words_only(),
    Kind::new(
        ["no_orgnr", "gov_id.no.orgnr", "a Norwegian organisation number"],
        &["999~999~999"],
        |v| divides(v, &[3, 2, 7, 6, 5, 4, 3, 2, 1], 11) && matches!(at(v, 0), 8 | 9),
        &[
            "orgnr",
            "org nr",
            "foretaksnummer*",
            "organisation number",
            "organisasjonsnum*",
            "org num*",
            "organisasjonsnr",
        ],
        &["988 077 917"],
    )
    .public(),
    Kind::new(
        ["dk_cpr", "gov_id.dk.cpr", "a Danish CPR number"],
        &["999999~9999"],
        cpr,
        &[
            "cpr",
            "cprnr",
            "personal id*",
            "cprnum*",
            "cpr num*",
            "mit personnum*",
            "dit personnum*",
            "sit personnum*",
            "hans personnum*",
            "hendes personnum*",
            "personnummeret",
            "dansk personnum*",
            "danish personnum*",
            "personnum*",
            "personnr",
        ],
        &["211062-5629", "010165-4000"],
    ),
    Kind::new(
        ["dk_cvr", "gov_id.dk.cvr", "a Danish business number"],
        &["99~99~99~99"],
        |v| divides(v, &[2, 7, 6, 5, 4, 3, 2, 1], 11) && at(v, 0) > 0,
        &["cvr", "cvrnr", "momsnummer*", "se nr", "se num*", "cvr num*", "cvrnum*"],
        &["13585628"],
    )
    .public(),
    Kind::new(
        ["fi_hetu", "gov_id.fi.hetu", "a Finnish personal identity code"],
        &["*999999-999A", "*999999A999X", "?999999-9999", "999999+999X"],
        hetu,
        &[
            "henkilötunnu*",
            "personal identity",
            "identity code",
            "sosiaaliturvatunnu*",
            "personbeteckning*",
            "hetu*",
            "sotu*",
            "id code",
        ],
        &["131052-308T", "010594Y9032"],
    ),
    Kind::bare(
        ["fi_veronumero", "gov_id.fi.veronumero", "a Finnish individual tax number, as builders wear it"],
        &["999999999999"],
        &["veronumero*"],
        &["123456789123"],
    ),
    Kind::new(
        ["fi_ytunnus", "gov_id.fi.ytunnus", "a Finnish business id"],
        &["9999999~9"],
        |v| divides(v, &[7, 9, 10, 5, 8, 4, 2, 1], 11),
        &[
            "y tunnu*",
            "ytunnu*",
            "business id",
            "fo nummer*",
            "alv",
            "yritystunnu*",
            "arvonlisävero*",
            "yhteisötunnu*",
            "vat numero*",
        ],
        &["2077474-0"],
    )
    .public(),
    Kind::new(
        ["is_kennitala", "gov_id.is.kennitala", "an Icelandic kennitala"],
        &["?999999-9999", "999999~9999"],
        |v| {
            let day = number(v, 0, 2);
            divides(v, &[3, 2, 7, 6, 5, 4, 3, 2, 1], 11)
                && matches!(at(v, 9), 0 | 9)
                && is_day(number(v, 4, 6), number(v, 2, 4), if day > 40 { day - 40 } else { day })
        },
        &["kennital*", "kennitölu*", "kt", "personal id*"],
        &["120174-3399", "450401-3150"],
    ),
];

fn last(v: &[u8], n: usize) -> &[u8] {
    v.get(v.len().saturating_sub(n)..).unwrap_or_default()
}

/// Since 2007 some are given out without a check digit, to those born on a 1 January: other days have numbers left. Source: cpr.dk,
/// "Personnumre uden kontrolciffer (modulus 11 kontrol)".
fn cpr(v: &[u8]) -> bool {
    let is_checked = divides(v, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1], 11);
    is_date(v, 4, 2, 0) && is_born(v) && (is_checked || v.starts_with(b"0101"))
}

/// The seventh digit and the year give the century: nobody has a number of the years to come.
fn is_born(v: &[u8]) -> bool {
    let year = number(v, 4, 6);
    match at(v, 6) {
        0..=3 => true,
        4 | 9 => !(30..=36).contains(&year),
        _ => !(30..=57).contains(&year),
    }
}

/// The day is 60 higher in a coordination number.
fn birth(v: &[u8]) -> bool {
    let day = number(v, 4, 6);
    is_day(number(v, 0, 2), number(v, 2, 4), if day > 60 { day - 60 } else { day })
}

/// Two check digits; the day is 40 higher in a D number, the month in a synthetic one 80 or 65.
fn norwegian(v: &[u8]) -> bool {
    let (day, month) = (number(v, 0, 2), number(v, 2, 4));
    let day = if day > 40 { day - 40 } else { day };
    let month = if month > 80 {
        month - 80
    } else if month > 65 {
        month - 65
    } else if month > 40 {
        month - 40
    } else {
        month
    };
    divides(v, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1], 11)
        && divides(v, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1], 11)
        && is_day(number(v, 4, 6), month, day)
}

/// The sign of the century may be a letter, which then is one of the value's characters.
fn hetu(v: &[u8]) -> bool {
    const LETTERS: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    let Some((check, body)) = v.split_last() else { return false };
    let rest = number(body, 0, body.len()) % 31;
    let individual = number(last(body, 3), 0, 3);
    is_date(v, 4, 2, 0)
        && individual >= 2
        && LETTERS.get(rest as usize) == Some(check)
        && (v.len() == 10 || v.get(6).is_some_and(|sign| b"ABCDEFUVWXY".contains(sign)))
}
