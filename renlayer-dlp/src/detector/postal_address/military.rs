//! Addresses of the armed forces of the United States, which name no street and no town.
//!
//! The post office is an Army, Fleet or Diplomatic one, the state one of three for parts of the world, and a postal unit or a ship
//! stands before them. Source: USPS Publication 28, 225.
//!
//! - hit: `PSC 802 Box 74, APO AE 09499-0074`, `USCGC Hamilton\nFPO AP 96667`, `DPO AA 34025`
//! - miss: `FPO AE`, `apo a 12345`

use crate::detector::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Reach};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(in crate::detector) struct Military;

const OFFICES: [&str; 3] = ["apo a", "fpo a", "dpo a"];
/// The second letters of the states: Europe, the Pacific, the Americas.
const STATES: ByteSet = ByteSet::EMPTY.with(b"EPAepa");
/// What a line before begins with: postal units, and ships.
const UNITS: [&str; 8] = ["psc ", "unit ", "cmr ", "uss ", "usns ", "usnv ", "usnr ", "uscgc "];
const UNIT: ByteSet = ByteSet::ALNUM.with(b" ,.'-").or(ByteSet::EMPTY.range(0x80, 0xff));
const BETWEEN: ByteSet = ByteSet::EMPTY.with(b" ,\n\r");
const LONGEST: usize = 48;

impl Detector for Military {
    fn about(&self) -> About {
        let finds = "an address of the armed forces of the United States";
        About::new("postal_address_military", "pii.postal_address", Severity::Medium, finds)
    }

    fn page(&self) -> Page {
        Page { basis: "a post office of the forces, its state and a ZIP code", mistakes: "" }
    }

    fn anchors(&self) -> Vec<Anchor> {
        OFFICES.iter().map(Anchor::begin).collect()
    }

    fn reach(&self) -> Reach {
        Reach { set: UNIT.or(BETWEEN), max: LONGEST }
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        let state = at + OFFICES.first()?.len();
        let zip = state + 2;
        if !probe.is(state, &STATES) || probe.get(state + 1) != Some(b' ') {
            return None;
        }
        let five = probe.run(zip, &ByteSet::DIGIT, 6);
        let nine = probe.run(five + 1, &ByteSet::DIGIT, 5);
        let end = if probe.get(five) == Some(b'-') && nine == five + 5 { nine } else { five };
        let is_zip = five == zip + 5 && !probe.is(end, &ByteSet::WORD);
        is_zip.then(|| Match::new(unit(probe, at).unwrap_or(at)..end, 0.85).with(Evidence::STRUCTURE))
    }
}

/// Where the unit or ship begins that stands before the post office.
fn unit(probe: &Probe<'_>, office: usize) -> Option<usize> {
    let end = probe.run_back(office, &BETWEEN, 3);
    let begin = probe.run_back(end, &UNIT, LONGEST - 3);
    let is_unit = |at: &usize| {
        !probe.was(*at, &ByteSet::WORD)
            && UNITS.iter().any(|unit| probe.looking_at_word(*at, unit.as_bytes()))
    };
    (begin..end).find(is_unit)
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn addresses_of_the_forces() {
        Cases::of("pii.postal_address")
            .hit("to PSC 802 Box 74, APO AE 09499-0074.", "PSC 802 Box 74, APO AE 09499-0074")
            .hit("Cole\nUSCGC Hamilton\nFPO AP 96667", "USCGC Hamilton\nFPO AP 96667")
            .hit("the embassy, DPO AA 34025", "DPO AA 34025")
            .hit("return to usnv sandberg\nfpo aa 18532", "usnv sandberg\nfpo aa 18532")
            .miss("FPO AE, apo a 12345, APO AE 123456, tapo ae 12345, FPO AE-12345")
            .run();
    }
}
