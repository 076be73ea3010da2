//! Belgium, the Netherlands, Luxembourg, France. Sources: the Belgian Rijksregister and KBO, the Dutch BSN handbook, the
//! Luxembourg law of 19 June 2013, INSEE and the French DGFiP.

use super::super::Kind;
use crate::check::weighted::{at, is_day, is_uniform, number, value};
use crate::check::{luhn, verhoeff};

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["be_nn", "gov_id.be.nn", "a Belgian national or BIS number"],
        &["*99.99.99-999.99", "?99999999999", "99~99~99~999~99"],
        |v| {
            let (body, check) = (number(v, 0, 9), number(v, 9, 11));
            let holds = [body, body + 2_000_000_000].into_iter().any(|body| 97 - body % 97 == check);
            holds && matches!(number(v, 2, 4), 0..=12 | 20..=32 | 40..=52) && number(v, 4, 6) <= 31
        },
        &[
            "rijksregister*",
            "insz",
            "niss",
            "nrn",
            "numéro national",
            "numero national",
            "registre national",
            "national number",
            "national register*",
            "bisnummer*",
            "nationaal nummer",
            "numéro de registre",
            "bis num*",
            "numéro bis",
            "rrn",
            "n national",
        ],
        &["85.07.30-033 28", "17 07 30 033 84"],
    ),
    Kind::new(
        ["be_eid", "gov_id.be.eid", "the number of a Belgian identity card"],
        &["999~9999999~99"],
        |v| {
            let rest = number(v, 0, 10) % 97;
            number(v, 10, 12) == if rest == 0 { 97 } else { rest }
        },
        &["identiteitskaart*", "carte d identité", "eid", "identity card", "id card", "e id"],
        &["591-1917064-58"],
    ),
    Kind::new(
        ["be_enterprise", "gov_id.be.enterprise", "a Belgian enterprise number"],
        // Nine digits are of the time before 2005, when the zero in front came.
        &["9999~999~999", "999~999~999", "0)999~999~999"],
        |v| {
            let (body, check) = v.split_at_checked(v.len().saturating_sub(2)).unwrap_or_default();
            let is_whole = v.len() < 10 || at(v, 0) < 2;
            let rest = (number(body, 0, body.len()) + number(check, 0, 2)) % 97;
            is_whole && rest == 0 && number(body, 0, body.len()) > 0 && !is_uniform(v)
        },
        &[
            "kbo",
            "bce",
            "numéro d entreprise",
            "enterprise number",
            "btw",
            "btw nummer",
            "tva",
            "ondernemingsnum*",
            "ondernemingsnr",
            "n d entreprise",
            "vat",
            "vat number",
        ],
        &["0403.019.261", "403.019.261"],
    )
    .public(),
    Kind::new(
        ["nl_onderwijsnummer", "gov_id.nl.onderwijsnummer", "a Dutch pupil's number"],
        &["1099~99~999"],
        |v| {
            let Some((check, body)) = v.split_last() else { return false };
            let sum: u32 = body.iter().rev().zip(2..).map(|(digit, weight)| value(*digit) * weight).sum();
            (sum + 6) % 11 == value(*check)
        },
        &["onderwijsnummer*", "onderwijsnr"],
        &["101222331"],
    ),
    Kind::new(
        ["nl_bsn", "gov_id.nl.bsn", "a Dutch citizen service number (BSN)"],
        // Of eight digits, a zero before them is left out.
        &["999~999~999", "9999~99~999", "99~999~999"],
        |v| {
            let Some((check, body)) = v.split_last() else { return false };
            let sum: u32 = body.iter().rev().zip(2..).map(|(digit, weight)| value(*digit) * weight).sum();
            sum % 11 == value(*check) && !is_uniform(v)
        },
        &[
            "bsn",
            "burgerservicen*",
            "burger service*",
            "sofinummer*",
            "sofinr",
            "sofi nummer",
            "sofi nr",
            "citizen service number",
            "persoonsnummer*",
            "bsnnum*",
            "bsnnr",
            "rsin*",
        ],
        &["1112.22.333"],
    ),
    Kind::new(
        ["lu_matricule", "gov_id.lu.matricule", "a Luxembourg national number"],
        &["9999~99~99~999~99", "?9999999999999"],
        |v| {
            let body = v.get(..11).unwrap_or_default();
            let with = |i: usize| [body, v.get(i..=i).unwrap_or_default()].concat();
            luhn::holds(&with(11))
                && verhoeff::holds(&with(12))
                && is_day(number(v, 0, 4), number(v, 4, 6), number(v, 6, 8))
                && matches!(number(v, 0, 4), 1880..=2099)
        },
        &[
            "matricule*",
            "numéro d identification",
            "cns",
            "national id*",
            "identification nationale",
            "matrikel*",
        ],
        &["1893120105732"],
    ),
    Kind::new(
        ["fr_nir", "gov_id.fr.nir", "a French social security number (NIR)"],
        &["*9 99 99 9X 999 999 99", "?9~99~99~9X~999~999~99"],
        nir,
        &[
            "nir",
            "sécurité sociale",
            "securite sociale",
            "numéro de sécu*",
            "sécu",
            "insee",
            "carte vitale",
            "social security",
            "n ss",
            "numéro ss",
            "num ss",
        ],
        &["2 95 10 99 126 111 93", "253072B07300470"],
    ),
    Kind::new(
        ["fr_spi", "gov_id.fr.spi", "a French tax number (SPI)"],
        &["99~99~999~999~999", "9999999999999"],
        |v| at(v, 0) < 4 && number(v, 0, 10) % 511 == number(v, 10, 13),
        &[
            "spi",
            "numéro fiscal",
            "numero fiscal",
            "nif",
            "référence fiscale",
            "identifiant fiscal",
            "identification fiscale",
            "tax number",
            "tax id*",
            "n fiscal",
            "numéro de contribuable",
            "contribuable*",
        ],
        &["3023217600053"],
    ),
    Kind::new(
        ["fr_siret", "gov_id.fr.siret", "a French establishment number (SIRET)"],
        &["999~999~999~99999"],
        |v| {
            let of_the_post = number(v, 0, 9) == 356_000_000 && super::sum(v, &[1; 14]).is_multiple_of(5);
            (luhn::holds(v) || of_the_post) && luhn::holds(v.get(..9).unwrap_or_default()) && !is_uniform(v)
        },
        &["siret"],
        &["73282932000074"],
    )
    .public(),
    Kind::new(
        ["fr_siren", "gov_id.fr.siren", "a French business number (SIREN)"],
        &["999~999~999"],
        |v| luhn::holds(v) && !is_uniform(v),
        &["siren", "rcs"],
        &["552 008 443"],
    )
    .public(),
    Kind::new(
        ["fr_cni", "gov_id.fr.cni", "the number of a French identity card"],
        &["999999999999", "A9AAXXXXX", "AA9XXXXXX"],
        |v| v.len() < 12 || matches!(number(v, 2, 4), 1..=12),
        &["carte d identité", "carte nationale d identité", "cni", "carte identité"],
        &["880692310285"],
    )
    .ranged()
    .own_words_only(),
];

/// The departments of Corsica count as 19 and 18.
fn nir(v: &[u8]) -> bool {
    let department = match v.get(5..7) {
        Some(b"2A") => 19,
        Some(b"2B") => 18,
        Some([tens, ones]) if ones.is_ascii_digit() => u64::from(value(*tens) * 10 + value(*ones)),
        _ => return false,
    };
    let body = number(v, 0, 5) * 100_000_000 + department * 1_000_000 + number(v, 7, 13);
    let month = number(v, 3, 5);
    at(v, 0) > 0 && matches!(month, 1..=12 | 20..=42 | 50..=99) && 97 - body % 97 == number(v, 13, 15)
}
