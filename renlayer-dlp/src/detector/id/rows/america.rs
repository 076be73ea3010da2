//! Canada, Brazil, Mexico. Sources: Service Canada, the Brazilian Receita Federal (the alphanumeric CNPJ: IN RFB 2.229/2024),
//! the Mexican RENAPO and SAT.

use super::super::Kind;
use crate::check::luhn;
use crate::check::weighted::{at, is_date, is_uniform, number};

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["ca_sin", "gov_id.ca.sin", "a Canadian social insurance number"],
        &["999~999~999"],
        |v| luhn::holds(v) && !is_uniform(v) && !matches!(at(v, 0), 0 | 8),
        &["sin", "social insurance*", "nas", "assurance sociale", "sins"],
        &["130 692 544"],
    ),
    Kind::new(
        ["ca_bn", "gov_id.ca.bn", "a Canadian business number, with its program account or without"],
        &["99999~9999", "*999999999rc9999", "*999999999rt9999", "*999999999rp9999", "99999~9999~AA~9999"],
        |v| luhn::holds(v.get(..9).unwrap_or_default()) && number(v, 0, 9) > 0,
        &["business number", "bn", "gst hst*", "hst number", "craccount", "numéro d entreprise"],
        &["12302 6635 RC 0001", "12302 6635 RC0001"],
    )
    .own_words_only()
    .public(),
    Kind::bare(
        ["ca_health_card", "health.ca.health_card", "a Canadian health card number"],
        &["9999~999~999~AA", "9999-999-999", "AAAA~9999~9999", "9999~999~999"],
        &["ohip*", "health card*", "assurance maladie", "ramq", "phn", "personal health number"],
        &["1234-567-890-AB"],
    ),
    Kind::new(
        ["br_cpf", "gov_id.br.cpf", "a Brazilian CPF"],
        &["*999.999.999-99", "99999999999", "999~999~999~99"],
        |v| !is_uniform(v) && double_mod_11(v, 9),
        &["cpf", "cadastro de pessoa*", "tax id*"],
        &["390.533.447-05"],
    ),
    Kind::new(
        ["br_cnpj", "gov_id.br.cnpj", "a Brazilian CNPJ"],
        &["*99.999.999/9999-99", "*99.XXX.XXX/XXXX-99", "99~999~999~9999~99", "99XXXXXXXXXX99"],
        |v| !is_uniform(v) && double_mod_11(v, 12),
        &["cnpj", "cadastro nacional*", "tax id*"],
        &["16.727.230/0001-97", "12.ABC.345/01DE-35"],
    )
    .public(),
    Kind::new(
        ["mx_curp", "gov_id.mx.curp", "a Mexican CURP"],
        &["*AAAA999999AAAAAAX9"],
        |v| {
            // The alphabet has an Ñ after the N.
            let place = |byte: &u8| {
                u32::from(*byte > b'N' && byte.is_ascii_alphabetic()) + crate::check::weighted::value(*byte)
            };
            let total: u32 =
                v.iter().take(17).zip((2..=18).rev()).map(|(byte, weight)| place(byte) * weight).sum();
            is_date(v, 4, 6, 8)
                && v.get(10).is_some_and(|sex| b"HMX".contains(sex))
                && (10 - total % 10) % 10 == at(v, 17)
        },
        &["curp", "clave única*", "registro de población"],
        &["BOXW310820HNERXN09"],
    ),
    Kind::new(
        ["mx_rfc", "gov_id.mx.rfc", "a Mexican RFC"],
        &["AAAA~999999~XXX", "AAA~999999~XXX", "AAAA~999999"],
        rfc,
        &["rfc", "registro federal*"],
        &["GODE 561231 GR8", "MAB-930714-8T4"],
    )
    .ranged(),
];

/// Two digits by weights that rise from the right, from two on, and begin again after nine where the number is long.
fn double_mod_11(v: &[u8], body: usize) -> bool {
    let digit = |count: usize| {
        let limit = if body > 9 { 8 } else { 11 };
        let weigh = |(place, byte): (usize, &u8)| (u32::from(*byte) - 48) * (place % limit + 2) as u32;
        let rest = v.iter().take(count).rev().enumerate().map(weigh).sum::<u32>() % 11;
        (11 - rest) % 11 % 10
    };
    digit(body) == at(v, body) && digit(body + 1) == at(v, body + 1)
}

/// Many that are in use do not hold the check digit, so that it tells nothing: a date stands after the letters.
fn rfc(v: &[u8]) -> bool {
    let lead = v.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    is_date(v, lead, lead + 2, lead + 4)
}
