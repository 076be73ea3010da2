//! License plates of vehicles, after a word for one.
//!
//! A plate leads to the keeper of the car, and to where it has been. Its letters and digits look like many other codes.
//!
//! - hit: `license plate 7ABC123`, `Kennzeichen B-XY 1234`, `reg. AB12 CDE`, `plaka 34 ABC 123`
//! - miss: `B-XY 1234`, `plate 12`, `registration number 12345678`
//! - known mistakes: another code of letters and digits after `registration` is a hit.

use super::labelled::Labelled;
use super::{ByteSet, Match, Probe};
use crate::words::Words;
use crate::{Evidence, Severity};

pub(super) static LICENSE_PLATE: Labelled =
    Labelled::new("license_plate", "pii.license_plate", Severity::Medium, "a vehicle's license plate", value)
        .after(&[
            "license plate*",
            "licence plate*",
            "license_plate",
            "licenseplate",
            "number plate*",
            "numberplate*",
            "plate",
            "plates",
            "plate number",
            "vehicle registration*",
            "registration number",
            "registration no",
            "registration plate",
            "reg no",
            "reg. no",
            "vrm",
            "vehicle reg*",
            "car reg*",
            "registration mark",
            "rego",
            "kennzeichen",
            "nummernschild",
            "autokennzeichen",
            "immatriculation",
            "plaque",
            "matrícula",
            "matricula",
            "placa",
            "placas",
            "targa",
            "kenteken",
            "nummerplaat",
            "rejestracyjn*",
            "registreringsnummer",
            "regnr",
            "nummerplade",
            "rekisterinumero",
            "rendszám*",
            "spz",
            "plaka*",
            "tablice",
            "vrn",
            "kennz.",
            "targat*",
            "immatriculé*",
            "înmatriculare",
            "inmatriculare",
            "nr. rej*",
            "nr rej*",
            "reg.nr",
            "reg. nr",
            "reg nr",
            "regnummer",
            "rek.nro",
            "rekisterikilpi",
            "rekisterikilven",
            "registrační znač*",
            "vehicle number",
            "vehicle no",
            "car number",
            "registarsk*",
            "registrska*",
            "ečv",
            "numurzīme*",
            "numbrimärk*",
            "valst. nr",
            "biển số",
            "plat nomor",
            "nomor polisi",
            "no. polisi",
        ])
        .within(36)
        .longest(14)
        .page("the label before it, letters and digits", "another code after `registration` is a hit");

/// A business has a `Reg. No.` as well.
static TAXED: Words = Words::new(&["vat", "gst", "charity"]);

const LONGEST: usize = 12;
const PART: ByteSet = ByteSet::UPPER.or(ByteSet::DIGIT);

/// Two to four parts of letters or digits, of which both kinds are there: four to eight characters in all.
fn value(probe: &Probe<'_>, at: usize) -> Option<Match> {
    let mut end = probe.run(at, &PART, LONGEST);
    for _ in 0..3 {
        let next = probe.run(end, &ByteSet::EMPTY.with(b" -"), 1);
        let part = probe.run(next, &PART, 6);
        // A part of a plate is short, and no word goes on after it.
        if next == end || part == next || probe.is(part, &ByteSet::LOWER) {
            break;
        }
        end = part;
    }
    let plate = probe.slice(at..end);
    let letters = plate.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let digits = plate.iter().filter(|byte| byte.is_ascii_digit()).count();
    let holds = (1..=6).contains(&letters)
        && (1..=6).contains(&digits)
        && (4..=10).contains(&(letters + digits))
        && end - at <= LONGEST
        && !probe.is(end, &ByteSet::WORD.or(ByteSet::EMPTY.range(0x80, 0xff)));
    if !holds {
        return None;
    }
    let found = Match::new(at..end, 0.65).with(Evidence::CONTEXT);
    Some(if TAXED.stand_behind(probe, at) { found.harmless() } else { found })
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn license_plate_cases() {
        Cases::of("pii.license_plate")
            .hit("license plate 7ABC123.", "7ABC123")
            .hit("Kennzeichen B-XY 1234", "B-XY 1234")
            .hit("number plate AB12 CDE was seen", "AB12 CDE")
            .hit("Plaka 34 ABC 123", "34 ABC 123")
            .hit("my bike's registration number is OD02BA2341", "OD02BA2341")
            .hit("{\"licensePlate\": \"1234 BCD\"}", "1234 BCD")
            .low("VAT Reg. No. 8D07681I", "8D07681I")
            .miss("B-XY 1234")
            .miss("registration number 12345678 and plate 12")
            .miss("plated AB12 CDE; template AB12 CDE")
            .run();
    }
}
