//! Business identifier codes of banks (BIC, SWIFT code; ISO 9362).
//!
//! A code names a bank, not a person, and is public: LOW. It says that an account number is near.
//!
//! - low: `BIC: DEUTDEFF`, `SWIFT code BNPAFRPP123`
//! - miss: `DEUTDEFF` alone, `SWIFT COMPILER`, `BIC DEUTQQFF` (no such country)
//! - known mistakes: a capitalised word of eight letters after `swift` is a hit where a country's code stands in it.

use super::labelled::Labelled;
use super::{ByteSet, Match, Probe};
use crate::{Evidence, Severity};

pub(super) static BIC: Labelled =
    Labelled::new("bic", "payment.bic", Severity::Low, "the code of a bank (BIC, SWIFT)", value)
        .after(&["bic", "swift", "bic/swift", "swift/bic", "swiftcode", "bankleitzahl"])
        .within(24)
        .of_letters()
        .longest(12)
        .page(
            "a word before it, a country in its fifth and sixth place",
            "a word in capitals may look like one",
        );

/// ISO 3166-1, and XK as banks use it.
const COUNTRIES: &[u8] = b"ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCO\
CRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISIT\
JEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZ\
OMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUM\
USUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW";

fn value(probe: &Probe<'_>, at: usize) -> Option<Match> {
    const CODE: ByteSet = ByteSet::UPPER.or(ByteSet::DIGIT);
    let end = probe.run(at, &CODE, 12);
    let code = probe.slice(at..end);
    let country = code.get(4..6)?;
    let holds = matches!(code.len(), 8 | 11)
        && code.iter().take(4).all(u8::is_ascii_uppercase)
        && COUNTRIES.chunks_exact(2).any(|known| known == country)
        && !probe.is(end, &ByteSet::WORD);
    holds.then(|| Match::new(at..end, 0.8).with(Evidence::CONTEXT))
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn bic_cases() {
        Cases::of("payment.bic")
            .low("BIC: DEUTDEFF", "DEUTDEFF")
            .low("SWIFT code BNPAFRPP123.", "BNPAFRPP123")
            .low("{\"bic\":\"GENODEM1GLS\"}", "GENODEM1GLS")
            .miss("DEUTDEFF")
            .miss("BIC DEUTQQFF and swift DEUTDEFFA")
            .miss("cubic DEUTDEFF")
            .run();
    }
}
