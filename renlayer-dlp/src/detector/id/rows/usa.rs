//! The United States, its banks' routing numbers too. Sources: IRS Publication 1635 and 1915, 45 CFR 162.406 (NPI), CMS (MBI), 21 CFR 1301 (DEA).

use super::super::Kind;
use super::divides;
use crate::check::weighted::{at, number};
use crate::check::{aba, luhn};

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["us_itin", "gov_id.us.itin", "a US individual taxpayer number (ITIN)"],
        &["*999-99-9999", "999~99~9999"],
        itin,
        &["itin", "itins", "taxpayer", "tax id*", "individual taxpayer", "tin"],
        &["912-70-1234", "988-94-0000"],
    )
    .ranged(),
    Kind::new(
        ["us_ein", "gov_id.us.ein", "a US employer number (EIN)"],
        &["99-9999999", "99~9999999"],
        ein,
        &["ein", "fein", "employer identification*", "employer id*", "federal tax", "tax id*"],
        &["91-1144442"],
    )
    .ranged()
    .public(),
    Kind::bare(
        ["us_driver_license", "gov_id.us.driver_license", "a US driver's license number"],
        LICENSES,
        &[
            "driver s license*",
            "drivers license*",
            "driver license*",
            "driving license*",
            "driver licence",
            "driver s licence",
            "dl number",
            "dl no",
            "license no",
            "dlnumber",
            "driverslicense*",
            "driverlicense*",
            "licencia de conducir",
            "license number*",
            "dl num*",
            "licence no",
            "licence number*",
        ],
        &["D1234567", "S123-456-78-901-0"],
    ),
    Kind::new(
        ["us_routing_number", "payment.us.routing_number", "an ABA routing number of a US bank"],
        &["999999999", "9999-9999-9"],
        aba::holds,
        &[
            "routing number*",
            "routing no*",
            "routing transit*",
            "routing code*",
            "bankrouting*",
            "bank routing*",
            "aba",
            "rtn",
            "transit number",
            "transit no",
        ],
        &["021000021", "0110-0001-5", "121000358"],
    )
    .own_words_only()
    .public(),
    Kind::new(
        ["us_npi", "health.us.npi", "a US national provider number (NPI)"],
        &["9999999999", "9999~999~999"],
        |v| at(v, 0) < 3 && at(v, 0) > 0 && luhn::holds(&[b"80840", v].concat()),
        &["npi", "npis", "national provider*", "provider id*", "provider number"],
        &["1234567893", "1245319599"],
    )
    .public(),
    Kind::new(
        ["us_mbi", "health.us.mbi", "a US Medicare beneficiary number (MBI)"],
        &["*9AX9-AX9-AA99", "?9AX9AX9AA99", "9AX9~AX9~AA99"],
        mbi,
        &["mbi", "medicare", "beneficiary*"],
        &["1EG4-TE5-MK73", "1EG4TE5MK72"],
    )
    .ranged(),
    Kind::new(
        ["us_dea", "health.us.dea", "a US Drug Enforcement Administration number (DEA)"],
        &["?AA9999999", "AA~9999999", "A99999999"],
        dea,
        &["dea", "drug enforcement*", "prescriber*", "certificate number", "controlled substance*"],
        &["BB1388568", "AP5836727"],
    ),
    Kind::bare(
        ["medical_record", "health.medical_record", "a medical record number"],
        &[
            "999999",
            "9999999",
            "99999999",
            "999999999",
            "9999999999",
            "99-99-99",
            "999-99-99",
            "999-999-999",
            "A999999",
            "A9999999",
            "AA999999",
            "AAA999999",
            "AAA-999999",
            "AAA-9999999",
            "AAA-99999999",
            "AAA9999999",
            "AAA99999999",
            "*mrn-999999",
            "*mrn-9999999",
            "*mrn-99999999",
            "mrn999999",
            "mrn9999999",
            "mrn99999999",
        ],
        &[
            "mrn",
            "medical record*",
            "medical rec*",
            "med rec*",
            "patient id",
            "patient number",
            "patient no",
            "patientid",
            "health record*",
            "hospital number",
            "patientennummer",
            "fallnummer",
            "krankenakte",
            "numéro de dossier",
            "dossier médical",
            "historia clínica",
            "cartella clinica",
            "patiëntnummer",
            "chart number",
        ],
        &["1234567"],
    ),
];

/// What the states write on driver's licenses.
const LICENSES: &[&str] = &[
    "9999999",
    "99999999",
    "999999999",
    "9999999999",
    "999999999999",
    "9999999999999",
    "999~999~999",
    "A99999",
    "A999999",
    "A9999999",
    "A99999999",
    "A999999999",
    "A99999999999",
    "A999999999999",
    "A99999999999999",
    "A~999~999~999~999",
    "?A9999-99999-99999",
    "A9999~99999~99999",
    "A999~9999~9999",
    "A999~999~9999",
    "A999~999~99~999~9",
    "A999~999~99~999",
    "AA999999",
    "AA999999A",
    "99AAA99999",
    "999AA9999",
    "AA99999",
    "A99~99~9999",
    "99~999~9999",
    "99~999~999",
];

fn itin(v: &[u8]) -> bool {
    let group = number(v, 3, 5);
    at(v, 0) == 9 && matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

/// The prefixes that campuses of the IRS and the internet have been given.
fn ein(v: &[u8]) -> bool {
    let prefix = number(v, 0, 2);
    !matches!(prefix, 0 | 7..=9 | 17..=19 | 28 | 29 | 49 | 69 | 70 | 78 | 79 | 89 | 96 | 97)
}

fn mbi(v: &[u8]) -> bool {
    let letters = v.iter().filter(|byte| byte.is_ascii_alphabetic());
    at(v, 0) > 0 && letters.into_iter().all(|letter| !b"SLOIBZ".contains(letter))
}

fn dea(v: &[u8]) -> bool {
    let digits = v.get(2..).unwrap_or_default();
    let registrant = v.first().is_some_and(|letter| b"ABCDEFGHJKLMPRSTUX".contains(letter));
    registrant
        && (super::sum(digits, &[1, 2, 1, 2, 1, 2]) % 10 == at(v, 8))
        && !divides(digits, &[1, 1, 1, 1, 1, 1], 100)
}
