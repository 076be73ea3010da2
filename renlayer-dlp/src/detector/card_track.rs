//! What is on the magnetic stripe of a payment card, tracks 1 and 2 of ISO/IEC 7813.
//!
//! With it a card can be copied; nobody but a terminal has a reason to send it.
//!
//! - hit: `%B4111111111111111^DOE/JOHN^29041010000000000?`, `;4111111111111111=29041010000000000?`
//! - miss: a number that fails Luhn, an expiry month of 13, `;1234=5`
//! - known mistakes: track 3, which banks hardly use, is not looked for.

use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Reach, Start};
use crate::check::luhn;
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct CardTrack;

/// What stands before the number.
const LEAD: ByteSet = ByteSet::EMPTY.with(b"%Bb;");
const NAME: ByteSet = ByteSet::ALNUM.with(b" /.-'");
const REST: ByteSet = ByteSet::ALNUM.with(b" =");
const NAME_MAX: usize = 26;
const REST_MAX: usize = 60;

impl Detector for CardTrack {
    fn about(&self) -> About {
        About::new("card_track", "payment.card_track", Severity::Critical, "a magnetic stripe's track 1 or 2")
    }

    fn page(&self) -> Page {
        Page { basis: "ISO/IEC 7813 layout, Luhn digit, expiry", mistakes: "track 3 is not found" }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let number = |before, next| {
            let (before, next) = (ByteSet::EMPTY.with(before), ByteSet::EMPTY.with(next));
            Anchor::digits(12, 19).after(before).then(next)
        };
        vec![number(b"Bb", b"^"), number(b";", b"=")]
    }

    fn reach(&self) -> Reach {
        Reach { set: LEAD, max: 2 }
    }

    fn start(&self) -> Start {
        Start::Led { set: LEAD, min: 1 }
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let end = probe.run(probe.at(), &ByteSet::DIGIT, 20);
        let (start, expiry) = match probe.before(probe.at())? {
            b';' => (probe.at() - 1, end + 1),
            _ => (percent(probe)?, after_name(probe, end + 1)?),
        };
        if probe.was(start, &ByteSet::WORD) {
            return None;
        }
        let rest = probe.run(expiry, &ByteSet::DIGIT, REST_MAX);
        let holds = rest >= expiry + 7
            && is_month(probe.slice(expiry + 2..expiry + 4))
            && luhn::holds(probe.slice(probe.at()..end));
        let rest = probe.run(rest, &REST, REST_MAX);
        let end = probe.run(rest, &ByteSet::EMPTY.with(b"?"), 1);
        holds.then(|| Match::new(start..end, 0.97).with(Evidence::CHECKSUM).with(Evidence::STRUCTURE))
    }
}

fn percent(probe: &Probe<'_>) -> Option<usize> {
    let letter = probe.at() - 1;
    (probe.before(letter) == Some(b'%')).then(|| letter - 1)
}

/// What follows the name that begins at `from` and its `^`.
fn after_name(probe: &Probe<'_>, from: usize) -> Option<usize> {
    let end = probe.run(from, &NAME, NAME_MAX);
    (end > from + 1 && probe.get(end) == Some(b'^')).then_some(end + 1)
}

fn is_month(digits: &[u8]) -> bool {
    matches!(digits, [b'0', b'1'..=b'9'] | [b'1', b'0'..=b'2'])
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn card_track_cases() {
        let first = "%B4111111111111111^DOE/JOHN M^29041010000000000?";
        let second = ";4111111111111111=29041010000000000?";
        Cases::of("payment.card_track")
            .hit(first, first)
            .hit(&format!("swipe: {second}"), second)
            .miss(";4111111111111112=29041010000000000?")
            .miss(";4111111111111111=29131010000000000?")
            .miss("x;4111111111111111=2904")
            .miss("B4111111111111111^DOE/JOHN^2904101000")
            .run();
    }
}
