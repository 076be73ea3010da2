//! What people drive and carry: vehicles and telephones, whose numbers lead to who holds them. Sources: ISO 3779 and, for the check
//! digit, 49 CFR 565.15 of the United States; 3GPP TS 23.003.

use super::super::Kind;
use crate::check::luhn;
use crate::check::weighted::is_uniform;

pub(super) const ROWS: &[Kind] = &[
    Kind::new(
        ["vin", "pii.vin", "the identification number of a vehicle (VIN)"],
        &[
            "9XXXXXXXXXXXX9999",
            "A9XXXXXXXXXXX9999",
            "AA9XXXXXXXXXX9999",
            "AAA9XXXXXXXXX9999",
            "AAAA9XXXXXXXX9999",
            "AAAAA9XXXXXXX9999",
            "AAAAAA9XXXXXX9999",
        ],
        vehicle,
        &[
            "vin",
            "vehicle identification*",
            "vehicle id*",
            "chassis*",
            "fahrgestell*",
            "fahrzeug ident*",
            "fahrzeugident*",
            "châssis",
            "bastidor",
            "chasis",
            "chassi",
            "telaio",
            "nadwozia",
            "podwozia",
        ],
        &["1HGCM82633A004352", "1M8GDM9AXKP042788", "WVWZZZ1JZXW000001"],
    )
    .ranged()
    .own_words_only()
    .public(),
    Kind::new(
        ["imei", "pii.imei", "the number of a mobile telephone (IMEI)"],
        &["99~999999~999999~9"],
        |v| luhn::holds(v) && !is_uniform(v),
        &["imei*"],
        &["490154203237518"],
    )
    .public(),
];

/// Letters, and none that could be a digit. What North America gives out, whose first digit says so, has a check digit in its middle.
fn vehicle(v: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let place = |byte: &u8| match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'I' | b'O' | b'Q' => None,
        b'A'..=b'H' => Some(u32::from(byte - b'A') + 1),
        b'J'..=b'R' => Some(u32::from(byte - b'J') + 1),
        b'S'..=b'Z' => Some(u32::from(byte - b'S') + 2),
        _ => None,
    };
    let total =
        v.iter().zip(WEIGHTS).try_fold(0, |total, (byte, weight)| Some(total + place(byte)? * weight));
    let has_letters = v.iter().any(u8::is_ascii_alphabetic);
    let is_american = matches!(v.first(), Some(b'1'..=b'5' | b'7'));
    has_letters
        && total.is_some_and(|total| !is_american || v.get(8) == b"0123456789X".get(total as usize % 11))
}
