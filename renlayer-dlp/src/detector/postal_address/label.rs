//! Words before an address that say that one follows: then no word for a street and no postcode is needed, but a place.

use super::tokens::{Kind, Token};
use crate::detector::Probe;
use crate::words::Words;

static LABELS: Words = Words::new(&[
    "address",
    "street address",
    "lives at",
    "live at",
    "living at",
    "resides at",
    "residing at",
    "ship to",
    "deliver to",
    "adresse",
    "anschrift",
    "wohnhaft",
    "adres",
    "dirección",
    "direccion",
    "domicilio",
    "domiciliado",
    "domiciliada",
    "vivo en",
    "indirizzo",
    "residente in",
    "endereço",
    "endereco",
    "morada",
    "adresa",
    "adress",
    "osoite",
    "lakcím",
    "zamieszkały",
    "zamieszkała",
    "adresas",
    "adrese",
    "aadress",
    "naslov",
    "alamat",
    "địa chỉ",
    "адрес",
    "адреса",
    "Адрес",
    "Адреса",
    "διεύθυνση",
    "Διεύθυνση",
]);
/// Such a word stands next to its address.
const REACH: usize = 28;

/// Whether one stands shortly before `start`.
pub(super) fn stands_before(probe: &Probe<'_>, start: usize) -> bool {
    let behind = probe.behind(start, REACH);
    // Nor does another number stand between them.
    let since = behind.iter().rposition(u8::is_ascii_digit).map_or(0, |last| last + 1);
    LABELS.stand_in(behind.get(since..).unwrap_or_default())
}

/// The end of the place that follows the house which ends at `number`: names after a comma or on the next line.
pub(super) fn place(probe: &Probe<'_>, number: usize) -> Option<usize> {
    let first =
        Token::after(probe, number).filter(|token| token.is_separated && token.kind == Kind::Capital)?;
    if ends_in(probe, first.end) {
        return None;
    }
    let mut end = first.end;
    while let Some(next) =
        Token::after(probe, end).filter(|token| token.kind == Kind::Capital && !token.is_separated)
    {
        end = next.end;
    }
    Some(end)
}

/// Whether the word that ends at `end` names what follows it: `City: …`.
pub(super) fn ends_in(probe: &Probe<'_>, end: usize) -> bool {
    probe.get(end) == Some(b':')
}

/// Whether the word before a number of four digits says that it is rather a year.
pub(super) fn tells_a_year(probe: &Probe<'_>, start: usize) -> bool {
    const WORDS: [&[u8]; 8] = [b"in ", b"since ", b"of ", b"the ", b"by ", b"from ", b"until ", b"and "];
    let behind = probe.behind(start, 6).to_ascii_lowercase();
    WORDS.iter().any(|word| behind.ends_with(word))
}
