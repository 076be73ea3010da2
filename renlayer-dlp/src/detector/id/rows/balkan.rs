//! Romania, Bulgaria, Greece, Cyprus, Croatia, Slovenia, Turkey. Sources: the Romanian law 105/1996, the Bulgarian GRAO, the
//! Greek AADE and AMKA, the Croatian OIB law, the Slovenian EMŠO law, the Turkish NVİ.

use super::super::Kind;
use super::{sum, twice_mod_11};
use crate::check::weighted::{at, is_date, is_day, is_uniform, number};
use crate::check::{iso7064, luhn};

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["ro_cnp", "gov_id.ro.cnp", "a Romanian personal number (CNP)"],
        &["?9999999999999", "9~999999~999999"],
        |v| {
            let rest = sum(v, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
            at(v, 0) > 0 && is_date(v, 1, 3, 5) && at(v, 12) == if rest == 10 { 1 } else { rest }
        },
        &["cnp", "cod numeric personal", "codul numeric", "personal numeric code"],
        &["1630615123457"],
    ),
    Kind::new(
        ["ro_cui", "gov_id.ro.cui", "a Romanian business number (CUI)"],
        &["9999999999", "999999999", "99999999", "9999999", "999999", "999~999~99"],
        |v| {
            let weights = [7, 5, 3, 2, 1, 7, 5, 3, 2];
            let from = 10usize.saturating_sub(v.len());
            sum(v, weights.get(from..).unwrap_or_default()) * 10 % 11 % 10
                == v.last().map_or(99, |b| u32::from(b - b'0'))
        },
        &[
            "cui",
            "cod fiscal",
            "cif",
            "cod unic*",
            "codul fiscal",
            "cod de înregistrare",
            "codul unic*",
            "codul de înregistrare*",
            "cod de identificare*",
            "codul de identificare*",
            "înregistrare fiscală",
            "cod tva",
        ],
        &["185 472 90"],
    )
    .public(),
    Kind::new(
        ["bg_egn", "gov_id.bg.egn", "a Bulgarian civil number (EGN)"],
        &["9999999999", "999999~999~9"],
        |v| {
            let month = number(v, 2, 4);
            let month = if month > 40 {
                month - 40
            } else if month > 20 {
                month - 20
            } else {
                month
            };
            sum(v, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == at(v, 9)
                && is_day(number(v, 0, 2), month, number(v, 4, 6))
        },
        &["егн", "egn", "единен граждански*", "граждански номер", "civil number"],
        &["752316 926 3", "8032056031"],
    ),
    Kind::new(
        ["bg_lnch", "gov_id.bg.lnch", "a Bulgarian foreigner's number"],
        &["9999~999~999"],
        |v| sum(v, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == at(v, 9),
        &["лнч", "lnch", "foreigner*", "личен номер*"],
        &["7111 042 925"],
    ),
    Kind::new(
        ["bg_eik", "gov_id.bg.eik", "a Bulgarian business number (EIK)"],
        &["999~999~999"],
        |v| twice_mod_11(v, &[1, 2, 3, 4, 5, 6, 7, 8], &[3, 4, 5, 6, 7, 8, 9, 10]) == at(v, 8),
        &["еик", "булстат", "eik", "bulstat", "единен идентификационен*", "ддс", "dds nomer"],
        &["175 074 752"],
    )
    .public(),
    Kind::new(
        ["gr_amka", "gov_id.gr.amka", "a Greek social security number (AMKA)"],
        &["?99999999999", "999999~99999"],
        |v| luhn::holds(v) && is_date(v, 4, 2, 0),
        &["αμκα", "amka", "κοινωνικής ασφάλισης", "social security", "μητρώου κοινωνικής*"],
        &["01013099997"],
    ),
    Kind::new(
        ["gr_afm", "gov_id.gr.afm", "a Greek tax number (AFM)"],
        &["999~999~999"],
        |v| sum(v, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == at(v, 8) && !is_uniform(v),
        &[
            "αφμ",
            "α φ μ",
            "afm",
            "φορολογικού μητρώου",
            "tax registration",
            "tax id*",
            "φορολογικό μητρώο",
            "φορολογικό μου μητρώο",
        ],
        &["094259216"],
    ),
    Kind::new(
        ["cy_tin", "gov_id.cy.tin", "a Cypriot tax number"],
        &["99999999~A"],
        |v| {
            let odd = |byte: &u8| {
                [1, 0, 5, 7, 9, 13, 15, 17, 19, 21].get(usize::from(byte - b'0')).copied().unwrap_or(0)
            };
            let body = v.get(..8).unwrap_or_default();
            let odds: u32 = body.iter().step_by(2).map(odd).sum();
            (odds + sum(body, &[0, 1, 0, 1, 0, 1, 0, 1])) % 26 + 10 == at(v, 8) && number(v, 0, 2) != 12
        },
        &[
            "φπα",
            "tic",
            "αφτ",
            "αφμ",
            "φορολογικού μητρώου",
            "αριθμός φορολογικής ταυτότητας",
            "φορολογικής ταυτότητας",
            "cyprus vat",
            "vat",
        ],
        &["10259033P"],
    ),
    Kind::new(
        ["hr_oib", "gov_id.hr.oib", "a Croatian personal number (OIB)"],
        &["99999999999"],
        iso7064::mod_11_10,
        &[
            "oib*",
            "osobni identifikacijski*",
            "osobni broj",
            "osobnog identifikacijsk*",
            "osobnim identifikacijsk*",
        ],
        &["33392005961"],
    ),
    Kind::new(
        ["si_maticna", "gov_id.si.maticna", "a Slovenian business number (matična številka)"],
        &["9999999", "9999999~999"],
        |v| {
            let rest = sum(v, &[7, 6, 5, 4, 3, 2]) % 11;
            rest > 0 && (11 - rest) % 10 == at(v, 6)
        },
        &["matična št*", "maticna st*", "matične št*", "matično št*"],
        &["9331310000"],
    )
    .own_words_only()
    .public(),
    Kind::new(
        ["si_emso", "gov_id.si.emso", "a Slovenian EMŠO, or a JMBG of another successor of Yugoslavia"],
        &["?9999999999999"],
        |v| {
            let rest = sum(v, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
            is_day(number(v, 4, 7), number(v, 2, 4), number(v, 0, 2)) && (11 - rest) % 11 % 10 == at(v, 12)
        },
        &[
            "emšo",
            "emso",
            "jmbg*",
            "enotna matična*",
            "matični broj",
            "matična številka",
            "matičnog broja",
            "matične številke",
            "matično številko",
            "embg",
            "јмбг",
            "ембг",
            "матични број*",
            "матичен број*",
            "jedinstveni matični*",
        ],
        &["0101006500006"],
    ),
    Kind::new(
        ["si_davcna", "gov_id.si.davcna", "a Slovenian tax number"],
        &["9999~9999"],
        |v| {
            let check = 11 - sum(v, &[8, 7, 6, 5, 4, 3, 2]) % 11;
            at(v, 0) > 0 && at(v, 7) == if check == 10 { 0 } else { check }
        },
        &["davčna*", "davcna*", "davčno*", "davčne*", "tax number", "id za ddv", "id št za ddv", "dš"],
        &["5022 3054"],
    ),
    Kind::new(
        ["tr_tckn", "gov_id.tr.tckn", "a Turkish identity number"],
        &["?99999999999"],
        |v| {
            let first = (10 - sum(v, &[3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10) % 10;
            at(v, 0) > 0 && first == at(v, 9) && (first + sum(v, &[1; 9])) % 10 == at(v, 10)
        },
        &["tckn", "tc", "t c", "tc kimlik*", "kimlik*", "vatandaşlık*", "turkish id*", "national id*"],
        &["17291716060", "10000000146"],
    ),
    Kind::new(
        ["tr_vkn", "gov_id.tr.vkn", "a Turkish tax number"],
        &["999~999~99~99"],
        |v| {
            let weigh = |(digit, place): (&u8, u32)| match (u32::from(digit - b'0') + place) % 10 {
                0 => 0,
                rest => match rest * 2u32.pow(place) % 9 {
                    0 => 9,
                    left => left,
                },
            };
            let body = v.get(..9).unwrap_or_default();
            let total: u32 = body.iter().zip((1..=9).rev()).map(weigh).sum();
            (10 - total % 10) % 10 == at(v, 9)
        },
        &["vkn", "vergi*", "tax number"],
        &["4540536920"],
    )
    .public(),
];
