//! Germany, Austria, Switzerland. Sources: the German BZSt and AO §139b, the Deutsche Rentenversicherung and GKV, Austria's
//! Dachverband der Sozialversicherungsträger, the Swiss ZAS and BFS.

use super::super::Kind;
use super::{divides, sum};
use crate::check::weighted::{at, is_day, is_uniform, number, value};
use crate::check::{iso7064, luhn};

const GERMAN_TAX: &[&str] = &[
    "steuer id*",
    "steuerid*",
    "steueridentifikation*",
    "idnr",
    "identifikationsnummer*",
    "steuerliche identifikation*",
    "tax id*",
    "taxpayer id*",
    "id nr",
    "tin",
];
const SOCIAL: &[&str] = &[
    "sozialversicherungsnummer*",
    "svnr",
    "sv nr",
    "sv nummer",
    "versicherungsnummer*",
    "versicherungsnr",
    "vers nr",
    "social security",
    "rentenversicherung*",
    "rvnr",
    "rv nummer",
    "vsnr",
    "renten nr",
    "pension insurance",
    "sozialversicherung*",
];

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["de_idnr", "gov_id.de.idnr", "a German tax identification number"],
        &["99~999~999~999"],
        |v| at(v, 0) > 0 && iso7064::mod_11_10(v) && !is_uniform(v),
        GERMAN_TAX,
        // The second, in which no digit repeats, is of forms and manuals.
        &["36 574 261 809", "12345678903"],
    ),
    Kind::bare(
        ["de_handelsregister", "gov_id.de.handelsregister", "a number in a German register of companies"],
        &["*hra~9999", "*hra~99999", "*hra~999999", "*hrb~9999", "*hrb~99999", "*hrb~999999"],
        &[
            "handelsregister*",
            "amtsgericht*",
            "registergericht*",
            "registernummer*",
            "hrb",
            "hra",
            "commercial register",
        ],
        &["HRB 123456"],
    )
    .public(),
    Kind::new(
        ["de_steuernummer", "gov_id.de.steuernummer", "a German tax number of a tax office"],
        &[
            "99~999~99999",
            "999~999~99999",
            "999~9999~9999",
            "99999~99999",
            "9999999999999",
            "999~999~9999~9",
            "99~999~9999~9",
        ],
        tax_office,
        &["steuernummer*", "steuernr", "steuer nr", "steuer nummer*", "st nr", "stnr", "german tax number"],
        &["181/815/08155", "5133081508159"],
    )
    .ranged()
    .own_words_only(),
    // In English as it is written with slashes alone.
    Kind::bare(
        ["de_steuernummer_slashed", "gov_id.de.steuernummer", "a German tax number of a tax office"],
        &["99/999/99999", "999/999/99999", "999/9999/9999"],
        &["tax number"],
        &["181/815/08155"],
    )
    .own_words_only(),
    Kind::new(
        ["de_rvnr", "gov_id.de.rvnr", "a German pension insurance number"],
        &["*99999999A999", "*99 999999 A 999", "99~999999~A~99~9", "99~999999~A~999"],
        rvnr,
        SOCIAL,
        &["15070649C103", "65070803A019"],
    ),
    Kind::new(
        ["de_personalausweis", "gov_id.de.personalausweis", "the number of a German identity card"],
        &[
            "A9XXXXXXX",
            "AA9XXXXXX",
            "AAA9XXXXX",
            "A9XXXXXXX9",
            "AA9XXXXXX9",
            "AAA9XXXXX9",
            // As the machine reads it, with the country.
            "A9XXXXXXX9d",
            "AA9XXXXXX9d",
            "AAA9XXXXX9d",
        ],
        |v| document(if v.len() == 11 { v.strip_suffix(b"D").unwrap_or(v) } else { v }),
        &["personalausweis*", "ausweisnummer*", "ausweisnr", "ausweis", "identity card", "id card", "perso"],
        &["T220001293"],
    )
    .ranged(),
    Kind::new(
        ["de_passport", "gov_id.de.passport", "the number of a German passport"],
        &["A9XXXXXXX", "AA9XXXXXX", "A9XXXXXXX9", "AA9XXXXXX9"],
        |v| document(v) && v.first().is_some_and(|letter| b"CFGHJK".contains(letter)),
        &[
            "reisepass*",
            "passnummer*",
            "passnr",
            "german passport",
            "pass nr",
            "pass nummer*",
            "passport number*",
            "passport no",
        ],
        &["C01X00T478"],
    )
    .ranged()
    .own_words_only(),
    Kind::bare(
        ["de_fuehrerschein", "gov_id.de.fuehrerschein", "the number of a German driving licence"],
        &["A999XXXXXXX", "A99XXXXXX9X", "AA99999999X", "A9XXXXXXX9X", "AAA9XXXXXXX"],
        &["führerschein*", "fuehrerschein*", "fahrerlaubnis*", "driving licence", "driver s license"],
        &["B072RRE2I55"],
    ),
    Kind::new(
        ["de_kvnr", "health.de.kvnr", "a German health insurance number"],
        &["?A999999999", "A~999~999~999"],
        kvnr,
        &[
            "versichertennummer*",
            "krankenversicherungsnummer*",
            "kvnr",
            "krankenversicherung*",
            "krankenkasse*",
            "gesundheitskarte*",
            "egk",
            "health insurance",
            "versicherten nr",
            "kv nummer*",
            "kv nr",
            "e gk",
            "krankenversicherten*",
        ],
        &["A123456780", "M123456785"],
    ),
    Kind::new(
        ["de_lanr", "health.de.lanr", "the number of a German physician"],
        &["999999999"],
        |v| (10 - sum(v, &[4, 9, 4, 9, 4, 9]) % 10) % 10 == at(v, 6),
        &["lanr", "arztnummer*", "lebenslange arztnummer*", "physician number", "arzt nr", "arzt nummer*"],
        &["123456601"],
    )
    .public(),
    Kind::bare(
        ["de_bsnr", "health.de.bsnr", "the number of a German medical practice"],
        &["999999999"],
        &["bsnr", "betriebsstätten*", "betriebsstaetten*"],
        &["521234567"],
    )
    .public(),
    Kind::new(
        ["at_svnr", "gov_id.at.svnr", "an Austrian social insurance number"],
        &["9999~99~99~99", "9999~999999"],
        |v| {
            at(v, 0) > 0
                && sum(v, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == at(v, 3)
                && matches!(number(v, 6, 8), 1..=15)
        },
        SOCIAL,
        &["1237 010180"],
    ),
    Kind::new(
        ["at_tin", "gov_id.at.tin", "an Austrian tax number"],
        &["99~999~9999"],
        luhn::holds,
        &["steuernummer*", "steuernr", "steuer nr", "st nr", "abgabenkonto*", "tax number"],
        &["59-119/9013"],
    ),
    Kind::new(
        ["ch_ahv", "gov_id.ch.ahv", "a Swiss social insurance number (AHV)"],
        &["*756.9999.9999.99", "?7569999999999", "756~9999~9999~99"],
        |v| divides(v, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1], 10),
        &[
            "ahv*",
            "avs",
            "oasi",
            "sozialversicherungsnummer*",
            "svnr",
            "sv nr",
            "numéro avs",
            "social security",
            "navs*",
            "versichertennummer*",
            "versicherten nr",
        ],
        &["756.9217.0769.85"],
    ),
    Kind::new(
        ["ch_uid", "gov_id.ch.uid", "a Swiss business number, or the VAT number made of it"],
        &[
            "*che-999.999.999",
            "*che~999~999~999",
            "*che-999.999.999 mwst",
            "*che-999.999.999 tva",
            "*che-999.999.999 iva",
            "*che999999999mwst",
            "*che999999999tva",
            "*che999999999iva",
            "999.999.999",
        ],
        |v| {
            let digits = v.strip_prefix(b"CHE").unwrap_or(v).get(..9).unwrap_or_default();
            divides(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 1], 11)
        },
        &["uid", "unternehmens*", "ide", "idi", "mwst", "tva", "iva"],
        &["CHE-100.155.212"],
    )
    .public(),
];

/// What goes to all of Germany begins with the number of a state, and has a zero at the fifth place; each state writes its own
/// otherwise.
fn tax_office(v: &[u8]) -> bool {
    let is_state =
        matches!(number(v, 0, 2), 10 | 11 | 21..=24 | 26..=28 | 30..=32 | 40 | 41 | 50..=59 | 90..=99);
    v.len() < 13 || (is_state && at(v, 4) == 0)
}

/// The letter counts as two digits, its place in the alphabet.
fn rvnr(v: &[u8]) -> bool {
    let Some(letter) = v.get(8).map(|letter| value(*letter).saturating_sub(9)) else { return false };
    let digits =
        [v.get(..8).unwrap_or_default(), format!("{letter:02}").as_bytes(), v.get(9..11).unwrap_or_default()]
            .concat();
    let weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    let cross = |(digit, weight): (&u8, u32)| value(*digit) * weight / 10 + value(*digit) * weight % 10;
    let day = number(v, 2, 4);
    digits.iter().zip(weights).map(cross).sum::<u32>() % 10 == at(v, 11)
        && is_day(number(v, 6, 8), number(v, 4, 6), if day > 50 { day - 50 } else { day })
}

/// The letters that German documents use, and the check digit where it is written after the nine characters.
fn document(v: &[u8]) -> bool {
    let known = |byte: &u8| byte.is_ascii_digit() || b"CFGHJKLMNPRTVWXYZ".contains(byte);
    let checked = v.len() < 10 || sum(v, &[7, 3, 1, 7, 3, 1, 7, 3, 1]) % 10 == at(v, 9);
    v.iter().all(known) && v.iter().filter(|byte| byte.is_ascii_digit()).count() >= 3 && checked
}

fn kvnr(v: &[u8]) -> bool {
    let Some(letter) = v.first().map(|letter| value(*letter).saturating_sub(9)) else { return false };
    let digits = [format!("{letter:02}").as_bytes(), v.get(1..9).unwrap_or_default()].concat();
    let weights = [1, 2, 1, 2, 1, 2, 1, 2, 1, 2];
    let cross = |(digit, weight): (&u8, u32)| value(*digit) * weight / 10 + value(*digit) * weight % 10;
    digits.iter().zip(weights).map(cross).sum::<u32>() % 10 == at(v, 9)
}
