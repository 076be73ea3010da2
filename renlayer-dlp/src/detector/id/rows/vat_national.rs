//! VAT numbers as they are written at home, without the prefix of their country: found after that country's own words for
//! the tax. (Most countries' are a tax or business number that has a row of its own.) Sources as for [`super::vat`].

use super::super::Kind;
use super::vat::european;

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["at_uid", "gov_id.at.uid", "an Austrian VAT number without its country"],
        &["u99999999"],
        |v| of(b"AT", v),
        &["uid nr", "uid", "uid nummer", "ust id*", "ustid*", "umsatzsteuer*", "vat", "vat id*"],
        &["U13585627"],
    )
    .national(),
    Kind::new(
        ["de_ust_id", "gov_id.de.ust_id", "a German VAT number without its country"],
        &["999~999~999"],
        |v| of(b"DE", v),
        &["ust idnr", "ust id*", "ustid*", "umsatzsteuer id*", "umsatzsteuerid*"],
        &["136695976"],
    )
    .national(),
    Kind::new(
        ["fr_tva", "gov_id.fr.tva", "a French VAT number without its country"],
        &["99999999999", "99~999~999~999", "99~9999~99999", "AA999999999", "A9999999999", "9A999999999"],
        |v| of(b"FR", v),
        &["tva intracommunautaire", "tva", "tva intracom*", "vat", "vat number"],
        &["40303265045", "K7399859412"],
    )
    .national(),
    Kind::new(
        ["lu_tva", "gov_id.lu.tva", "a VAT number of Luxembourg without its country"],
        &["999~999~99"],
        |v| of(b"LU", v),
        &["tva luxembourg*", "tva", "vat", "vat number"],
        &["150 274 42"],
    )
    .national(),
    Kind::new(
        ["nl_btw", "gov_id.nl.btw", "a Dutch VAT number without its country"],
        &["999999999~b~99", "999~999~999~b~99", "9999~99~999~b~99"],
        |v| of(b"NL", v),
        &["btw id", "btw*", "omzetbelasting*", "ob nummer"],
        &["004495445B01"],
    )
    .national(),
    Kind::new(
        ["se_moms", "gov_id.se.moms", "a Swedish VAT number without its country"],
        &["999999~9999~01"],
        |v| of(b"SE", v),
        &["momsreg*", "moms*", "vat nummer", "vat nr"],
        &["556188840401"],
    )
    .national(),
    Kind::new(
        ["ee_kmkr", "gov_id.ee.kmkr", "an Estonian VAT number without its country"],
        &["999~999~999"],
        |v| of(b"EE", v),
        &["kmkr*", "km kr", "km nr", "käibemaks*"],
        &["100931558"],
    )
    .national(),
    Kind::new(
        ["lt_pvm", "gov_id.lt.pvm", "a Lithuanian VAT number without its country"],
        &["999~999~999", "999999999999"],
        |v| of(b"LT", v),
        &["pvm*"],
        &["119511515", "100001919017"],
    )
    .national(),
    Kind::new(
        ["lv_pvn", "gov_id.lv.pvn", "a Latvian VAT or business number without its country"],
        &["9999~999~9999", "99999999999"],
        |v| matches!(v.first(), Some(b'4'..=b'9')) && of(b"LV", v),
        &["pvn*", "reģistrācijas num*", "reg nr"],
        &["40003521600"],
    )
    .national(),
    Kind::new(
        ["sk_dic", "gov_id.sk.dic", "a Slovak tax or VAT number without its country"],
        &["9999999999", "999~999~99~99"],
        |v| of(b"SK", v),
        &[
            "ič dph",
            "ic dph",
            "ičdph",
            "icdph",
            "ič pre dph",
            "ic pre dph",
            "dič",
            "dic",
            "identifikačné číslo pre daň*",
            "daňové identifikačné*",
        ],
        &["2022749619"],
    )
    .national(),
    Kind::new(
        ["cz_dic", "gov_id.cz.dic", "a Czech tax number without its country, of nine digits"],
        &["999999999"],
        |v| of(b"CZ", v),
        &["czech dič", "dič", "dic", "daňové identifikační*"],
        &["680906926"],
    )
    .national(),
    Kind::new(
        ["ie_vat", "gov_id.ie.vat", "an Irish VAT number without its country"],
        &["9999999A", "9999999AA", "9A99999A"],
        |v| of(b"IE", v),
        &["irish vat", "vat", "vat number", "vat reg*"],
        &["6433435F", "8D79739I"],
    )
    .national(),
    Kind::new(
        ["mt_vat", "gov_id.mt.vat", "a Maltese VAT number without its country"],
        &["9999~9999"],
        |v| of(b"MT", v),
        &["maltese vat", "vat number", "vat no", "vat reg*"],
        &["11679112"],
    )
    .national(),
];

impl Kind {
    const fn national(self) -> Self {
        self.own_words_only().public()
    }
}

/// Whether `body` is a VAT number of the country, its prefix left out.
fn of(country: &[u8; 2], body: &[u8]) -> bool {
    european(&[country, body].concat())
}
