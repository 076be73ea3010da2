//! Russia, Belarus, Kazakhstan, Serbia, Montenegro, North Macedonia, Albania, Moldova. Sources: the Russian tax service (order ММВ-7-6/435) and the
//! pension fund, the Belarusian tax ministry, the Kazakh rules on identification numbers, the Serbian APR, the Macedonian UJP,
//! the Albanian DPT, the Moldovan ASP, the Azerbaijani tax service.

use super::super::Kind;
use super::sum;
use crate::check::iso7064;
use crate::check::weighted::{at, number, value};

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["ru_inn", "gov_id.ru.inn", "a Russian taxpayer number (INN)"],
        &["999999999999", "9999999999"],
        |v| {
            let last = |weights: &[u32], i: usize| sum(v, weights) % 11 % 10 == at(v, i);
            let holds = match v.len() {
                10 => last(&[2, 4, 10, 3, 5, 9, 4, 6, 8], 9),
                _ => {
                    last(&[7, 2, 4, 10, 3, 5, 9, 4, 6, 8], 10)
                        && last(&[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8], 11)
                }
            };
            holds && number(v, 0, 4) > 100
        },
        &["инн", "идентификационный номер налогоплательщика", "russian inn", "inn number", "inn code"],
        &["123456789047", "7707083893"],
    ),
    Kind::new(
        ["ru_snils", "gov_id.ru.snils", "a Russian insurance number (SNILS)"],
        &["*999-999-999~99", "99999999999"],
        |v| {
            let rest = sum(v, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100;
            u64::from(rest) == number(v, 9, 11) && number(v, 0, 9) > 1_001_998
        },
        &["снилс*", "snils", "страховой номер", "страховое свидетельство", "страхового свидетельства"],
        &["112-233-445 95"],
    ),
    Kind::new(
        ["ru_ogrn", "gov_id.ru.ogrn", "a Russian business number (OGRN)"],
        &["9999999999999", "999999999999999"],
        |v| {
            let last = v.len().saturating_sub(1);
            let modulus = if last == 12 { 11 } else { 13 };
            at(v, 0) > 0 && number(v, 0, last) % modulus % 10 == u64::from(at(v, last))
        },
        &["огрн*", "ogrn*"],
        &["1027739642281", "385768585948949"],
    )
    .public(),
    Kind::bare(
        ["ru_passport", "gov_id.ru.passport", "the number of a Russian internal passport"],
        &["9999~999999", "99~99~999999", "99 9999999"],
        &["паспорт рф", "паспорт*", "загранпаспорт*", "серия и номер", "серия"],
        &["45 10 123456"],
    ),
    Kind::new(
        ["by_unp", "gov_id.by.unp", "a Belarusian taxpayer number (UNP)"],
        &["999999999", "AA9999999"],
        |v| {
            // People's numbers begin with two letters: the first counts by its place in the alphabet, the second in this list.
            const LETTERS: &[u8; 10] = b"ABCEHKMOPT";
            let second =
                |byte: &u8| LETTERS.iter().zip(0..).find(|(known, _)| *known == byte).map(|(_, i)| i);
            let [first, other, rest @ ..] = v else { return false };
            let other = if other.is_ascii_digit() { Some(value(*other)) } else { second(other) };
            let head = other.map(|other| 29 * value(*first) + 23 * other);
            b"1234567ABCEHKM".contains(first)
                && head.is_some_and(|head| (head + sum(rest, &[19, 17, 13, 7, 5, 3])) % 11 == at(v, 8))
        },
        &["унп", "унн", "unp", "учётный номер плательщика", "учетный номер плательщика"],
        &["200988541", "MA1953684"],
    )
    .public(),
    Kind::new(
        ["az_voen", "gov_id.az.voen", "an Azerbaijani taxpayer number (VÖEN)"],
        &["9999999999", "999~999~9999"],
        |v| sum(v, &[4, 1, 8, 6, 2, 7, 5, 3]) % 11 == at(v, 8) && matches!(at(v, 9), 1 | 2),
        &["vöen*", "воен", "вöен", "voen"],
        &["140 155 5071"],
    )
    .public(),
    Kind::new(
        ["kz_iin", "gov_id.kz.iin", "a Kazakh individual or business number (IIN, BIN)"],
        &["999999999999"],
        |v| {
            let first = sum(v, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
            let check = match first {
                10 => sum(v, &[3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11,
                rest => rest,
            };
            check == at(v, 11) && (1..=12).contains(&number(v, 2, 4))
        },
        &["жсн", "иин", "iin", "бсн", "бин", "индивидуальный идентификационный*"],
        &["930515300112"],
    ),
    Kind::new(
        ["rs_pib", "gov_id.rs.pib", "a Serbian tax number (PIB)"],
        &["999999999"],
        iso7064::mod_11_10,
        &["pib", "пиб", "poreski identifikacioni*", "порески идентификациони*"],
        &["101134702"],
    )
    .public(),
    Kind::new(
        ["me_pib", "gov_id.me.pib", "a Montenegrin tax number (PIB)"],
        &["99999999"],
        |v| (11 - sum(v, &[8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10 == at(v, 7),
        &["pib crn*", "pib"],
        &["02655284"],
    )
    .public(),
    Kind::new(
        ["mk_edb", "gov_id.mk.edb", "a Macedonian tax number (EDB)"],
        &["9999999999999", "mk9999999999999"],
        |v| {
            let v = v.strip_prefix(b"MK").unwrap_or(v);
            (11 - sum(v, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10 == at(v, 12) && at(v, 0) > 0
        },
        &["едб", "edb", "даночен број*"],
        &["4030000375897"],
    )
    .public(),
    Kind::bare(
        ["al_nipt", "gov_id.al.nipt", "an Albanian tax number (NIPT)"],
        &["A99999999A", "A~99999999~A"],
        &["nipt*", "nuis*"],
        &["J91402501L"],
    ),
    Kind::new(
        ["md_idno", "gov_id.md.idno", "a Moldovan identification number (IDNO, IDNP)"],
        &["9999999999999"],
        |v| sum(v, &[7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]) % 10 == at(v, 12) && matches!(at(v, 0), 0..=2),
        &["idno", "idnp"],
        &["1008600038413"],
    ),
];
