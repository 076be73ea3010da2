//! Identity and tax numbers of countries and kinds that have no row of their own ([`id`](super::id)): the label alone says it.
//!
//! Some two hundred states number those who live there, each in a way of its own, and so do their provinces. Where a text calls
//! something an identity card or a tax number, it is recorded whatever its form.
//!
//! - low: `national ID: 1985-4477-K`, `Tax ID 659/299/7048/9`, `VAT number: TR1234567890`
//! - miss: `national ID: pending`, `tax number 12`, `ID card issued 2024-01-15`, `"tax_id_verified_at": 1705312800`
//! - known mistakes: a reference of digits and capitals that follows such a label is recorded.

use super::labelled::Labelled;
use super::{ByteSet, Match, Probe};
use crate::{Evidence, Severity};

pub(super) static OTHER_ID: Labelled = Labelled::new(
    "other_id",
    "gov_id.other",
    Severity::Low,
    "what is called an identity or tax number, of no kind that is known",
    value,
)
.after(&[
    "identity card",
    "identity number",
    "identity no",
    "identity document",
    "identification number",
    "identification no",
    "identification card",
    "id card",
    "idcard",
    "id number",
    "id no.",
    "national id",
    "nationalid",
    "national identi*",
    "national number",
    "government id",
    "govt id",
    "citizen id",
    "citizenship number",
    "resident id",
    "residence permit",
    "residence card",
    "personal id",
    "personal number",
    "personal code",
    "voter id",
    "tax id",
    "taxid",
    "tax number",
    "tax no",
    "tax code",
    "tax reference",
    "tax identi*",
    "taxpayer id*",
    "taxpayer number",
    "vat number",
    "vat no.",
    "vat no:",
    "vat id",
    "vat reg*",
    "social security",
    "social insurance",
    "social number",
    "driver's licen*",
    "drivers licen*",
    "driver licen*",
    "driving licen*",
    "licence number",
    "license number",
    "passport number",
    "passport no",
    "tin no",
    "tin:",
    "nip:",
    "eori",
    "tax file",
    "c.i.",
    "driving permit",
    "documento",
    "steuernummer",
    "steuer-id",
    "ausweisnummer",
    "personalausweis",
    "führerschein*",
    "numéro fiscal",
    "numéro d'identi*",
    "carte d'identité",
    "permis de condui*",
    "licencia de *",
    "carné de conducir",
    "carnet de conducir",
    "patente di guida",
    "carta de condução",
    "körkort*",
    "førerkort*",
    "kørekort*",
    "ajokort*",
    "prawo jazdy",
    "prawa jazdy",
    "řidičsk*",
    "vodičsk*",
    "jogosítvány*",
    "vezetői engedély*",
    "vozačk*",
    "vozniš*",
    "водительск*",
    "operatore economico",
    "número de identi*",
    "documento de identi*",
    "cédula",
    "número fiscal",
    "carta d'identità",
    "numero di identi*",
    "bilhete de identi*",
    "identiteitskaart",
    "id_card",
    "national_id",
    "identity_number",
    "personal_id",
    "voter_id",
    "tax_id",
    "tax_number",
    "vat_number",
    "vat_id",
    "passport_number",
    "rijbewijs*",
])
.unless(&["_at", "_date", "_on", "expiry", "expires", "issued", "At", "Date", "Expiry", "Expires", "Issued"])
.within(24)
.longest(24)
.page("the label before it, digits and capitals", "a reference that follows such a label is recorded");

const WRITTEN: ByteSet = ByteSet::UPPER.or(ByteSet::DIGIT);
const JOINT: ByteSet = ByteSet::EMPTY.with(b"-./");
const LONGEST: usize = 24;

/// Capitals and digits in one piece or with marks between them, more digits than letters; groups of digits also with spaces.
fn value(probe: &Probe<'_>, at: usize) -> Option<Match> {
    if probe.was(at, &JOINT) {
        return None;
    }
    let mut end = probe.run(at, &WRITTEN, LONGEST);
    while end > at && end - at < LONGEST {
        let goes_on = match probe.get(end) {
            Some(b' ') => probe.was(end, &ByteSet::DIGIT) && probe.is(end + 1, &ByteSet::DIGIT),
            Some(byte) => JOINT.has(byte) && probe.is(end + 1, &WRITTEN),
            None => false,
        };
        if !goes_on {
            break;
        }
        end = probe.run(end + 1, &WRITTEN, LONGEST);
    }
    let text = probe.slice(at..end);
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = text.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let holds = (5..=18).contains(&digits)
        && (6..=20).contains(&(digits + letters))
        && letters <= digits.min(6)
        && !is_date(text)
        && !probe.is(end, &ByteSet::WORD.with(b"@%").or(ByteSet::EMPTY.range(0x80, 0xff)));
    holds.then(|| Match::new(at..end, 0.35).with(Evidence::CONTEXT).harmless())
}

/// `2024-01-15`, `15.01.2024`, and the same before a time: `2024-01-15T10:30`, `2024-01-15 10:30`.
fn is_date(text: &[u8]) -> bool {
    let (date, time) = text.split_at_checked(10).unwrap_or((text, &[]));
    let groups = || date.split(|byte| JOINT.has(*byte)).map(<[u8]>::len);
    matches!(time.first(), None | Some(b'T' | b' ')) && (groups().eq([4, 2, 2]) || groups().eq([2, 2, 4]))
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn other_id_cases() {
        Cases::of("gov_id.other")
            .low("national ID: 1985-4477-K", "1985-4477-K")
            .low("Tax ID 659/299/7048/9.", "659/299/7048/9")
            .low("VAT number: TR1234567890", "TR1234567890")
            .low("VAT no.: TR1234567890", "TR1234567890")
            .low("NIP: 1234567890, EORI number pending", "1234567890")
            .low("Mi documento es 20.124.226", "20.124.226")
            .low("carta de condução 71321502213", "71321502213")
            .miss("DL: 4776790 UL: 43953, VAT: 8772160 KRW")
            .miss("documento de 2024, a tin of 12 oz")
            .low("{\"idCard\": \"KL41800HX\", \"national_id\": \"24681357K\"}", "24681357K")
            .miss(r#"{"passport_number_expiry": "2024-01-01T00:00:00Z", "id_card_issued": "2024-01-01 00:00:00"}"#)
            .miss(r#"{"passport_number": "2024-01-01T00:00:00Z", "id_card": "2024-01-01 00:00:00"}"#)
            .miss(r#"{"tax_id_verified_at": 1705312800, "taxIdCheckedAt": "1705312800", "id_card_date": 20240115}"#)
            .miss("tax_id_verified_at=1705312800 passport_number_expiry=20240115")
            .miss(r#"{"tax_code": "TX7318153", "id_number": 4306362, "license_number": "GW2D-8379734"}"#)
            .miss("VAT no change 124157")
            .miss("national ID: pending, tax number 12, as the table of them all says: 12345678")
            .miss("ID card issued 2024-01-15, national id on 15.01.2024")
            .miss("vat_id: 0x1234567f; tax code a1b2c3d4e5f6")
            .miss("a valid id 1234567")
            .run();
    }
}
