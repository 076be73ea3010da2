//! Spain, Portugal, Italy, Malta. Sources: the Spanish Interior Ministry and AEAT, the Portuguese AT and IRN, the Italian
//! decree of 23 December 1976, the Maltese Identity agency.

use super::super::Kind;
use super::sum;
use crate::check::luhn;
use crate::check::weighted::{at, number, value};

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["es_dni", "gov_id.es.dni", "a Spanish DNI or NIF"],
        &["*99999999-A", "?99999999A", "99999999~A", "99~999~999~A", "9999999~A"],
        |v| v.split_last().is_some_and(|(letter, body)| es_letter(number(body, 0, 8)) == Some(*letter)),
        &[
            "dni",
            "nif",
            "documento nacional*",
            "documento de identidad",
            "carnet de identidad",
            "permiso de conducir",
            "carnet de conducir",
            "licencia de conducir",
            "número de identificación*",
            "identidad",
        ],
        &["54362315-K", "12345678Z"],
    ),
    Kind::new(
        ["es_nie", "gov_id.es.nie", "a Spanish foreigner's number (NIE)"],
        &["*A9999999A", "*A~9999999~A"],
        nie,
        &["nie", "extranjero*", "foreigner*", "nif"],
        &["x-2482300w", "Z8078221M"],
    ),
    Kind::new(
        ["es_cif", "gov_id.es.cif", "a Spanish company's tax number (CIF)"],
        &["A9999999X", "A~99999999", "A~9999999~A"],
        cif,
        &["cif", "nif", "identificación fiscal", "empresa"],
        &["J99216582"],
    )
    .public(),
    Kind::new(
        ["es_nss", "gov_id.es.nss", "a Spanish social security number"],
        &["99~99999999~99", "99~9999999~99"],
        |v| {
            let length = v.len();
            let (province, body) = (number(v, 0, 2), number(v, 2, length - 2));
            let base =
                if body < 10_000_000 { province * 10_000_000 + body } else { province * 100_000_000 + body };
            base % 97 == number(v, length - 2, length)
        },
        &["seguridad social", "nuss", "nss", "naf", "número de afiliación", "afiliación", "social security"],
        &["28 12345678 40"],
    ),
    Kind::new(
        ["pt_nif", "gov_id.pt.nif", "a Portuguese tax number (NIF)"],
        &["999~999~999"],
        |v| at(v, 0) > 0 && (11 - sum(v, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10 == at(v, 8),
        &[
            "nif",
            "nipc",
            "contribuinte",
            "número fiscal",
            "numero fiscal",
            "identificação fiscal",
            "número de identificação fiscal",
        ],
        &["501 964 843"],
    ),
    Kind::new(
        ["pt_cc", "gov_id.pt.cc", "the number of a Portuguese citizen card"],
        &["*99999999 9 XX9", "99999999~9~XX9"],
        citizen_card,
        &[
            "cartão de cidadão",
            "cartão cidadão",
            "cartao de cidadao",
            "cartao cidadao",
            "cc",
            "citizen card",
            "cidadão",
        ],
        &["00000000 0 ZZ4"],
    ),
    Kind::new(
        ["it_codice_fiscale", "gov_id.it.codice_fiscale", "an Italian codice fiscale"],
        &["*AAAAAA99A99A999A", "AAAAAA9XAXXAXXXA"],
        codice_fiscale,
        &[
            "cod fisc",
            "c f",
            "cf",
            "tax code",
            "tax id*",
            "fiscal code",
            "codicefiscale",
            "cod fiscal*",
            "codice fisc*",
        ],
        &["RCCMNL83S18D969H"],
    ),
    Kind::new(
        ["it_partita_iva", "gov_id.it.partita_iva", "an Italian VAT number without its country"],
        &["99999999999"],
        |v| luhn::holds(v) && number(v, 0, 7) > 0,
        &[
            "partita iva",
            "p iva",
            "piva",
            "part iva",
            "iva",
            "partitaiva",
            "vat",
            "pi",
            "p i",
            "codice fiscale",
            "tax code",
            "fiscal code",
            "c f",
            "cf",
            "cod fisc*",
        ],
        &["00743110157"],
    )
    .public(),
    Kind::bare(
        ["it_carta_identita", "gov_id.it.carta_identita", "the number of an Italian identity card"],
        &["AA99999AA", "AA9999999", "9999999AA"],
        &[
            "carta d identità",
            "carta di identità",
            "carta identità",
            "carta d identita",
            "cie",
            "identity card",
            "documento d identità",
        ],
        &["CA00000AA"],
    ),
    Kind::bare(
        ["it_patente", "gov_id.it.patente", "the number of an Italian driving licence"],
        &["AA9999999A", "A9XXXXXXXA"],
        &["patente", "driving licence", "driver s license", "driver license"],
        &["AA0123456B"],
    ),
    Kind::bare(
        ["mt_id", "gov_id.mt.id", "the number of a Maltese identity card"],
        &["9999999A", "999999A", "99999A"],
        &[
            "karta tal identità",
            "karta ta l identità",
            "maltese id*",
            "maltese identity*",
            "malta id*",
            "tal identità",
            "karta tal identita",
        ],
        &["0123456M"],
    ),
];

fn es_letter(number: u64) -> Option<u8> {
    b"TRWAGMYFPDXBNJZSQVHLCKE".get((number % 23) as usize).copied()
}

/// The first letter counts as 0, 1 or 2 before the digits.
fn nie(v: &[u8]) -> bool {
    let lead = match v.first() {
        Some(b'X') => 0,
        Some(b'Y') => 1,
        Some(b'Z') => 2,
        _ => return false,
    };
    es_letter(lead * 10_000_000 + number(v, 1, 8)) == v.get(8).copied()
}

/// A digit after companies, a letter after public bodies, either after others.
fn cif(v: &[u8]) -> bool {
    let Some((check, body)) = v.split_last() else { return false };
    let digits = body.get(1..).unwrap_or_default();
    let kind = body.first().copied().unwrap_or_default();
    let expected = (b'0'..=b'9').find(|digit| luhn::holds(&[digits, &[*digit]].concat()));
    let letter = expected.and_then(|digit| b"JABCDEFGHI".get(usize::from(digit - b'0')).copied());
    let (is_digit, is_letter) = (expected == Some(*check), letter == Some(*check));
    match kind {
        b'A' | b'B' | b'E' | b'H' => is_digit,
        b'N' | b'P' | b'Q' | b'R' | b'S' | b'W' => is_letter,
        b'C' | b'D' | b'F' | b'G' | b'J' | b'U' | b'V' => is_digit || is_letter,
        _ => false,
    }
}

/// Luhn over base 36.
fn citizen_card(v: &[u8]) -> bool {
    let double = |(place, byte): (usize, &u8)| match (place % 2, value(*byte)) {
        (1, value) if value * 2 > 9 => value * 2 - 9,
        (1, value) => value * 2,
        (_, value) => value,
    };
    v.iter().rev().enumerate().map(double).sum::<u32>().is_multiple_of(10)
}

/// Where a name leaves another person's code, digits are replaced by letters, which count in the check as they stand.
fn codice_fiscale(v: &[u8]) -> bool {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let Some((check, body)) = v.split_last() else { return false };
    let index = |byte: u8| if byte.is_ascii_digit() { value(byte) } else { value(byte) - 10 };
    let odd = |byte: u8| ODD.get(index(byte) as usize).copied().unwrap_or(0);
    let weigh = |(place, byte): (usize, &u8)| if place % 2 == 0 { odd(*byte) } else { index(*byte) };
    let month = v.get(8).is_some_and(|letter| b"ABCDEHLMPRST".contains(letter));
    let digits = [6, 7, 9, 10, 12, 13, 14].into_iter().filter_map(|i| v.get(i));
    let replaced = |byte: &u8| byte.is_ascii_digit() || b"LMNPQRSTUV".contains(byte);
    month
        && digits.into_iter().all(replaced)
        && body.iter().enumerate().map(weigh).sum::<u32>() % 26 == value(*check).wrapping_sub(10)
}
