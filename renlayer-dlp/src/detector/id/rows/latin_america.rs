//! Latin America, Brazil and Mexico aside. Sources: the Argentine AFIP, the Chilean SII, the Colombian DIAN, the Ecuadorian
//! SRI and Registro Civil, the Peruvian SUNAT, the Uruguayan DGI and DNIC, the Paraguayan SET, the Venezuelan SENIAT, the
//! Dominican JCE and DGII, the Guatemalan SAT, the Salvadoran Ministry of Finance, the Costa Rican TSE.

use super::super::Kind;
use super::{divides, sum};
use crate::check::luhn;
use crate::check::weighted::{at, is_date, is_uniform, number, value};

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["ar_cuit", "gov_id.ar.cuit", "an Argentine tax number (CUIT, CUIL)"],
        &["?99-99999999-9", "99~99999999~9"],
        |v| {
            let check = match 11 - sum(v, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11 {
                11 => 0,
                10 => 9,
                digit => digit,
            };
            matches!(number(v, 0, 2), 20 | 23 | 24 | 27 | 30 | 33 | 34 | 50 | 51 | 55) && check == at(v, 10)
        },
        &[
            "cuit",
            "cuil",
            "clave única de identificación*",
            "código único de identificación laboral",
            "tax id*",
        ],
        &["20-05536168-2", "20267565393"],
    ),
    Kind::new(
        ["ar_dni", "gov_id.ar.dni", "an Argentine identity number (DNI)"],
        &["99.999.999", "99999999", "9.999.999"],
        // They are given in order, and to foreigners from 90 million on.
        |v| matches!(number(v, 0, v.len()), 1_000_000..65_000_000 | 90_000_000..98_000_000),
        &[
            "dni argentino",
            "dni",
            "documento nacional*",
            "documento único*",
            "documento de identidad",
            "libreta cívica",
        ],
        &["20.123.456"],
    )
    .ranged()
    .own_words_only(),
    Kind::new(
        ["cl_rut", "gov_id.cl.rut", "a Chilean RUT or RUN"],
        &["*99.999.999-X", "*9.999.999-X", "?99999999-X", "9999999-X", "99999999X"],
        |v| {
            let Some((check, body)) = v.split_last() else { return false };
            let total: u32 =
                body.iter().rev().zip((2..8).cycle()).map(|(digit, weight)| value(*digit) * weight).sum();
            b"0K987654321".get((total % 11) as usize) == Some(check) && !is_uniform(body)
        },
        &["rut", "rol único*", "chilean id*"],
        &["12.531.909-2", "76086428-5"],
    ),
    Kind::new(
        ["ar_bank_account", "payment.bank_account", "an Argentine bank account (CBU)"],
        &["99999999~99999999999999"],
        |v| {
            let holds = |v: &[u8]| {
                let weights = [1, 3, 1, 7, 9, 3, 1, 7, 9, 3, 1, 7, 9, 3];
                let digits = v.iter().rev().zip(weights);
                digits.map(|(digit, weight)| value(*digit) * weight).sum::<u32>().is_multiple_of(10)
            };
            v.split_at_checked(8).is_some_and(|(bank, account)| holds(bank) && holds(account))
                && !is_uniform(v)
        },
        &["cbu", "cvu", "clave bancaria uniforme", "clave virtual uniforme"],
        &["2850590940090418135201"],
    ),
    Kind::new(
        ["co_nit", "gov_id.co.nit", "a Colombian tax number (NIT)"],
        &["999.999.999-9", "999999999-9", "9999999999", "9.999.999.999-9"],
        |v| {
            let Some((check, body)) = v.split_last() else { return false };
            let weights = [3, 7, 13, 17, 19, 23, 29, 37, 41, 43];
            let total: u32 =
                body.iter().rev().zip(weights).map(|(digit, weight)| value(*digit) * weight).sum();
            b"01987654321".get((total % 11) as usize) == Some(check)
        },
        &["nit", "identificación tributaria"],
        &["213.123.432-1"],
    )
    .public(),
    Kind::bare(
        ["co_cedula", "gov_id.co.cedula", "a Colombian identity number"],
        &["9.999.999.999", "99.999.999", "9999999999", "99999999", "9.999.999"],
        &["cédula de ciudadanía", "cedula de ciudadania", "cédula colombiana", "tarjeta de identidad"],
        &["1.020.345.678"],
    ),
    Kind::new(
        ["ec_cedula", "gov_id.ec.cedula", "an Ecuadorian identity number"],
        &["999999999~9"],
        ecuadorian,
        &["cédula ecuatoriana", "cédula*", "cedula*", "documento de identidad"],
        &["171430710-3"],
    ),
    Kind::new(
        ["ec_ruc", "gov_id.ec.ruc", "an Ecuadorian tax number (RUC)"],
        &["9999999999~999"],
        |v| {
            let is_branch = number(v, 10, 13) > 0;
            let public = |v: &[u8]| divides(v, &[3, 2, 7, 6, 5, 4, 3, 2, 1], 11);
            let holds = match at(v, 2) {
                6 => public(v),
                9 => public(v) || divides(v, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1], 11),
                _ => ecuadorian(v.get(..10).unwrap_or_default()),
            };
            is_branch && holds && is_province(v)
        },
        &["ruc ecuador", "ruc", "registro único*"],
        &["1792060346-001"],
    )
    .public(),
    Kind::new(
        ["pe_ruc", "gov_id.pe.ruc", "a Peruvian tax number (RUC)"],
        &["99999999999"],
        |v| {
            matches!(number(v, 0, 2), 10 | 15..=17 | 20)
                && (11 - sum(v, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 10 == at(v, 10)
        },
        &["ruc peru*", "ruc", "registro único*"],
        &["20512333797"],
    )
    .public(),
    Kind::new(
        ["pe_dni", "gov_id.pe.dni", "a Peruvian identity number with its check digit"],
        &["99999999-9", "999999999"],
        |v| {
            let rest = (sum(v, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) as usize;
            b"65432110987".get(rest) == v.get(8)
        },
        &["dni peruano", "dni", "cui"],
        &["10117410-2"],
    ),
    Kind::new(
        ["uy_rut", "gov_id.uy.rut", "a Uruguayan tax number (RUT)"],
        &["99~999999~999~9", "999999999999"],
        |v| {
            (1..=22).contains(&number(v, 0, 2))
                && number(v, 8, 11) == 1
                && (11 - sum(v, &[4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 == at(v, 11)
        },
        &["rut uruguay*", "rut", "registro único*"],
        &["211003420017"],
    )
    .public(),
    Kind::new(
        ["uy_ci", "gov_id.uy.ci", "a Uruguayan identity number"],
        &["?9.999.999-9", "9999999-9", "99999999"],
        |v| (10 - sum(v, &[2, 9, 8, 7, 6, 3, 4]) % 10) % 10 == at(v, 7) && !is_uniform(v),
        &["cédula uruguaya", "cédula*", "cedula*"],
        &["1.234.567-2"],
    ),
    Kind::new(
        ["py_ruc", "gov_id.py.ruc", "a Paraguayan tax number (RUC)"],
        &["99999999-9", "9999999-9", "999999-9", "999999999", "99999999", "9999999"],
        |v| {
            let Some((check, body)) = v.split_last() else { return false };
            let total: u32 = body.iter().rev().zip(2..).map(|(digit, weight)| value(*digit) * weight).sum();
            (11 - total % 11) % 11 % 10 == value(*check)
        },
        &["ruc paragua*", "ruc", "registro único*"],
        &["80028061-0"],
    )
    .public(),
    Kind::new(
        ["ve_rif", "gov_id.ve.rif", "a Venezuelan tax number (RIF)"],
        &["A-99999999-9", "A~99999999~9"],
        |v| {
            let holder = match v.first() {
                Some(b'V') => 4,
                Some(b'E') => 8,
                Some(b'J' | b'C') => 12,
                Some(b'P') => 16,
                Some(b'G') => 20,
                _ => return false,
            };
            let total = holder + sum(v.get(1..).unwrap_or_default(), &[3, 2, 7, 6, 5, 4, 3, 2]);
            b"00987654321".get((total % 11) as usize) == v.get(9)
        },
        &["rif", "registro de información*"],
        &["V-11470283-4"],
    ),
    Kind::new(
        ["do_cedula", "gov_id.do.cedula", "a Dominican identity number"],
        &["?999-9999999-9", "99999999999"],
        |v| luhn::holds(v) && !is_uniform(v),
        &["cédula dominicana", "cédula*", "cedula*"],
        &["001-1391820-5"],
    ),
    Kind::new(
        ["do_rnc", "gov_id.do.rnc", "a Dominican tax number (RNC)"],
        &["9-99-99999-9", "999999999"],
        |v| (10 - sum(v, &[7, 9, 8, 6, 5, 4, 3, 2]) % 11) % 9 + 1 == at(v, 8),
        &["registro nacional del contribuyente", "registro nacional de contribuyentes", "rnc"],
        &["1-01-85004-3"],
    )
    .public(),
    Kind::bare(
        ["cr_cedula", "gov_id.cr.cedula", "a Costa Rican identity number"],
        &["9-9999-9999", "9-999-999999", "9-999-999", "09-9999-9999", "999999999"],
        &["cédula costarricense", "cédula*", "cedula*"],
        &["3-0455-0175"],
    ),
    Kind::new(
        ["gt_nit", "gov_id.gt.nit", "a Guatemalan tax number (NIT)"],
        &["9999999-X", "99999999-X", "999999-X", "9999999X", "999999X"],
        |v| {
            let Some((check, body)) = v.split_last() else { return false };
            let total: u32 = body.iter().rev().zip(2..).map(|(digit, weight)| value(*digit) * weight).sum();
            b"0K987654321".get((total % 11) as usize) == Some(check)
        },
        &["nit guatemal*", "nit"],
        &["576937-K"],
    )
    .public(),
    Kind::new(
        ["sv_nit", "gov_id.sv.nit", "a Salvadoran tax number (NIT)"],
        &["9999-999999-999-9", "99999999999999", "sv~9999-999999-999-9"],
        |v| {
            let v = v.strip_prefix(b"SV").unwrap_or(v);
            let check = if number(v, 10, 13) <= 100 {
                sum(v, &[14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11 % 10
            } else {
                (11 - sum(v, &[2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10
            };
            matches!(at(v, 0), 0 | 1 | 9) && check == at(v, 13)
        },
        &["nit salvador*", "nit", "identificación tributaria"],
        &["0614-050707-104-8"],
    ),
    Kind::new(
        ["sv_dui", "gov_id.sv.dui", "a Salvadoran identity number (DUI)"],
        &["99999999-9", "999999999"],
        |v| (10 - sum(v, &[9, 8, 7, 6, 5, 4, 3, 2]) % 10) % 10 == at(v, 8) && !is_uniform(v),
        &["documento único de identidad", "número de dui", "dui n"],
        &["00016297-5"],
    ),
    Kind::new(
        ["cu_ni", "gov_id.cu.ni", "a Cuban identity number"],
        &["99999999999"],
        |v| is_date(v, 0, 2, 4),
        &[
            "identidad cubana",
            "carné de identidad",
            "carnet de identidad",
            "carné identidad",
            "carne identidad",
            "número de identidad",
        ],
        &["91021027775"],
    )
    .ranged()
    .own_words_only(),
];

/// The first two digits are a province, or 30 for those registered abroad; a person's third is below 6.
fn ecuadorian(v: &[u8]) -> bool {
    is_province(v) && at(v, 2) < 6 && luhn::holds(v)
}

fn is_province(v: &[u8]) -> bool {
    matches!(number(v, 0, 2), 1..=24 | 30)
}
