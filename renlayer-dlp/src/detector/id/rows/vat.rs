//! VAT numbers with the prefix of their country: the 27 states of the European Union, Northern Ireland, Britain, Norway.
//! (Switzerland's is its business number.) Source: the European Commission's VIES, and the same national rules as for the
//! numbers without prefix, whose checks are used here.

use super::super::{Check, Kind};
use super::{divides, sum};
use crate::check::weighted::{at, number, value};
use crate::check::{iso7064, luhn};

const WORDS: &[&str] = &[
    "vat",
    "vatin",
    "vies",
    "ust id*",
    "ustid*",
    "ust idnr",
    "umsatzsteuer*",
    "uid",
    "uid nummer",
    "mwst",
    "btw*",
    "tva",
    "iva",
    "partita iva",
    "nif",
    "moms*",
    "alv*",
    "kmkr*",
    "km kr",
    "käibemaks*",
    "pvm*",
    "pvn*",
    "dph",
    "dič",
    "dic",
    "nip",
    "adószám*",
    "adoszam*",
    "közösségi*",
    "ддс",
    "φπα",
    "αφμ",
    "ddv",
    "pdv",
    "oib",
    "cif",
    "cui",
    "contribuinte",
    "cvr",
    "tax number",
    "tax id*",
    "vat number",
    "arvonlisävero*",
    "daňov*",
    "ondernemingsnum*",
    "numéro d entreprise",
    "kbo",
    "bce",
    "dds",
    "αφτ",
    "φορολογικής ταυτότητας",
    "tic",
    "reģistrācijas num*",
    "identyfikacji podatkowej",
];

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["eu_vat", "gov_id.eu.vat", "a VAT number of the European Union or Northern Ireland"],
        &[
            "*atu99999999",
            "atu~9999~9999",
            "*be9999999999",
            "be~9999~999~999",
            "be~999~999~999",
            "*bg999999999",
            "bg~999~999~999",
            "bg9999999999",
            "bg~9999999999",
            "*cy99999999A",
            "cy~99999999~A",
            "*cz99999999",
            "cz~999~99~999",
            "cz~9999999999",
            "cz~999999999",
            "*de999999999",
            "de~999~999~999",
            "de~999,999 999",
            "*dk99999999",
            "dk~99~99~99~99",
            "*ee999999999",
            "ee~999~999~999",
            "*el999999999",
            "el~999~999~999",
            "gr~999~999~999",
            "*es99999999A",
            "es~99999999~A",
            "*esA9999999X",
            "*fi99999999",
            "fi~9999999~9",
            "*fr99999999999",
            "fr~99~999~999~999",
            "frAA999999999",
            "frA9999999999",
            "*hr99999999999",
            "hr~99999999999",
            "*hu99999999",
            "hu~99999999",
            "*ie9999999A",
            "*ie9999999AA",
            "ie~9999999~A",
            "ie~9999999~AA",
            "ie9A99999A",
            "*it99999999999",
            "it~99999999999",
            "it~999~9999~9999",
            "*lt999999999",
            "*lt999999999999",
            "lt~999~999~999",
            "lt~999999999999",
            "*lu99999999",
            "lu~9999~9999",
            "lu~999~999~99",
            "*lv99999999999",
            "lv~9999~999~9999",
            "lv~9999~9999~999",
            "*mt99999999",
            "mt~9999~9999",
            "*nl999999999b99",
            "nl~999999999~b~99",
            "nl~9999~99~999~b~99",
            "nl~999~999~999~b~99",
            "*pl9999999999",
            "pl~999~999~99~99",
            "*pt999999999",
            "pt~999~999~999",
            "*ro99999999",
            "ro999999",
            "ro9999999",
            "ro999999999",
            "ro9999999999",
            "ro~99999999",
            "ro~9999999",
            "ro~999~999~99",
            "*se999999999901",
            "se~999999~9999~01",
            "*si99999999",
            "si~9999~9999",
            "*sk9999999999",
            "sk~9999999999",
            "sk~999~999~99~99",
            "*xi999999999",
            "xi~999~9999~99",
        ],
        european,
        WORDS,
        &[
            "ATU13585627",
            "BE0403019261",
            "DE136695976",
            "EL094259216",
            "FR40303265045",
            "NL004495445B01",
            "PL8567346215",
        ],
    )
    .public(),
    Kind::new(
        ["uk_vat", "gov_id.uk.vat", "a British VAT number"],
        &[
            "*gb999999999",
            "gb~999~9999~99",
            "gb~999~9999~99~999",
            "gb~99~99~99~999",
            "999~9999~99",
            "gbgd999",
            "gbha999",
        ],
        |v| british(if v.starts_with(b"GB") { v.get(2..).unwrap_or_default() } else { v }),
        &["vat", "vat number", "vat registration*"],
        &["GB980780684", "GBGD001", "GBHA599"],
    )
    .public(),
    Kind::new(
        ["no_mva", "gov_id.no.mva", "a Norwegian VAT number"],
        &["*999999999mva", "*999 999 999 mva", "*no~999~999~999~mva"],
        |v| holds("no_orgnr", v.strip_prefix(b"NO").unwrap_or(v).get(..9).unwrap_or_default()),
        &["mva", "vat", "moms*", "organisasjonsnummer*"],
        &["988077917MVA"],
    )
    .public(),
];

/// The check of the number of that name.
fn holds(name: &str, value: &[u8]) -> bool {
    let kind = super::all().find(|kind| kind.name == name);
    kind.is_some_and(|kind| match kind.check {
        Check::Digit(holds) => holds(value),
        Check::Range(_) | Check::Form => false,
    })
}

/// Whether the number of the country that its first two letters name holds.
pub(super) fn european(v: &[u8]) -> bool {
    let Some((country, body)) = v.split_at_checked(2) else { return false };
    let length = body.len();
    match country {
        b"AT" => austrian(body.get(1..).unwrap_or_default()),
        b"BE" if length == 9 => holds("be_enterprise", &[b"0", body].concat()),
        b"BE" => holds("be_enterprise", body),
        b"BG" if length == 9 => holds("bg_eik", body),
        b"BG" => {
            let other = || (11 - sum(body, &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 == at(body, 9);
            holds("bg_egn", body) || holds("bg_lnch", body) || other()
        }
        b"CY" => holds("cy_tin", body),
        b"CZ" if length == 8 => holds("cz_ico", body),
        b"CZ" => holds("cz_rodne_cislo", body) || czech_special(body),
        b"DE" => at(body, 0) > 0 && iso7064::mod_11_10(body),
        b"DK" => holds("dk_cvr", body),
        b"EE" => divides(body, &[3, 7, 1, 3, 7, 1, 3, 7, 1], 10),
        b"EL" | b"GR" => holds("gr_afm", body),
        b"ES" => {
            ["es_dni", "es_nie", "es_cif"].into_iter().any(|name| holds(name, body)) || spanish_klm(body)
        }
        b"FI" => holds("fi_ytunnus", body),
        b"FR" => french(body),
        b"HR" => iso7064::mod_11_10(body),
        b"HU" => divides(body, &[9, 7, 3, 1, 9, 7, 3, 1], 10),
        b"IE" => holds("ie_pps", body) || irish_old(body),
        b"IT" => holds("it_partita_iva", body),
        b"LT" => lithuanian(body),
        b"LU" => number(body, 0, 6) % 89 == number(body, 6, 8),
        b"LV" => latvian(body),
        b"MT" => divides(body, &[3, 4, 6, 7, 8, 9, 10, 1], 37) && at(body, 0) > 0,
        b"NL" => dutch(v),
        b"PL" => holds("pl_nip", body),
        b"PT" => holds("pt_nif", body),
        b"RO" => holds("ro_cui", body),
        b"SE" => luhn::holds(body.get(..10).unwrap_or_default()),
        b"SI" => holds("si_davcna", body),
        b"SK" if holds("cz_rodne_cislo", body) => true,
        b"SK" => {
            number(body, 0, 10).is_multiple_of(11) && at(body, 0) > 0 && matches!(at(body, 2), 2..=4 | 7..=9)
        }
        b"XI" => british(body),
        _ => false,
    }
}

fn austrian(v: &[u8]) -> bool {
    let cross = |(byte, weight): (&u8, u32)| value(*byte) * weight / 10 + value(*byte) * weight % 10;
    let total: u32 = v.iter().zip([1, 2, 1, 2, 1, 2, 1]).map(cross).sum();
    (10 - (total + 4) % 10) % 10 == at(v, 7)
}

/// Numbers given to people without a birth number.
fn czech_special(v: &[u8]) -> bool {
    let rest = sum(v.get(1..).unwrap_or_default(), &[8, 7, 6, 5, 4, 3, 2]) % 11;
    v.len() == 9 && at(v, 0) == 6 && at(v, 8) == (8 + rest) % 10
}

/// Those without a DNI of their own.
fn spanish_klm(v: &[u8]) -> bool {
    let letter = b"TRWAGMYFPDXBNJZSQVHLCKE".get((number(v, 1, 8) % 23) as usize);
    v.first().is_some_and(|first| b"KLM".contains(first)) && letter == v.get(8)
}

fn french(v: &[u8]) -> bool {
    const ALPHABET: &[u8; 34] = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let place = |i: usize| {
        let byte = v.get(i)?;
        ALPHABET.iter().zip(0u64..).find(|(known, _)| *known == byte).map(|(_, place)| place)
    };
    let (Some(first), Some(second)) = (place(0), place(1)) else { return false };
    let siren = number(v, 2, 11);
    let is_monaco = number(v, 2, 5) == 0;
    let key = match (first < 10, second < 10) {
        (true, true) => number(v, 0, 2) == (siren * 100 + 12) % 97,
        (starts_with_digit, _) => {
            let check = if starts_with_digit {
                first * 24 + second - 10
            } else {
                (first * 34 + second).saturating_sub(100)
            };
            (siren + 1 + check / 11) % 11 == check % 11
        }
    };
    key && (is_monaco || luhn::holds(v.get(2..).unwrap_or_default()))
}

/// The form given before 2013: a letter at the second place.
fn irish_old(v: &[u8]) -> bool {
    let digits = [b"0", v.get(2..7).unwrap_or_default(), v.get(..1).unwrap_or_default()].concat();
    let rest = sum(&digits, &[8, 7, 6, 5, 4, 3, 2]) % 23;
    v.get(1).is_some_and(u8::is_ascii_alphabetic) && at(v, 7) == if rest == 0 { 32 } else { rest + 9 }
}

fn lithuanian(v: &[u8]) -> bool {
    let weigh = |from: u32| -> u32 {
        v.iter()
            .rev()
            .skip(1)
            .rev()
            .zip(0u32..)
            .map(|(byte, place)| (1 + (place + from) % 9) * value(*byte))
            .sum()
    };
    let check = match weigh(0) % 11 {
        10 => weigh(2) % 11 % 10,
        rest => rest,
    };
    at(v, v.len().wrapping_sub(2)) == 1 && check == at(v, v.len().wrapping_sub(1))
}

/// A company's begins with 4 or more; a person's is a personal code.
fn latvian(v: &[u8]) -> bool {
    match at(v, 0) {
        4..=9 => sum(v, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3,
        _ => holds("lv_personas_kods", v),
    }
}

/// A BSN before the `B`, or, for people since 2020, ISO 7064 mod 97,10 over the whole.
fn dutch(v: &[u8]) -> bool {
    let rest = v.iter().fold(0, |rest, byte| {
        let value = value(*byte);
        (rest * if value < 10 { 10 } else { 100 } + value) % 97
    });
    number(v, 12, 14) > 0 && (rest == 1 || holds("nl_bsn", v.get(2..11).unwrap_or_default()))
}

/// Nine digits with a check, or three of a department of government (GD) or a health authority (HA), which share one thousand.
fn british(v: &[u8]) -> bool {
    match v {
        [b'G', b'D', place @ ..] => return number(place, 0, 3) < 500,
        [b'H', b'A', place @ ..] => return number(place, 0, 3) >= 500,
        _ => {}
    }
    let rest = sum(v, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
    matches!(v.len(), 9 | 12) && number(v, 0, 7) > 0 && matches!(rest, 0 | 42 | 55)
}
