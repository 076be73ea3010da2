//! The expiry date of a payment card.
//!
//! With the number it is enough to pay in many shops. By itself it is any month of any year, so a card, or at least a word for
//! one, must stand before it.
//!
//! - hit: `4111 1111 1111 1111 04/29`, `card number 4111111111111111, exp 04/2029`
//! - low: `expiration date: 04/29`, where no number stands before it
//! - miss: `04/29`, `expires 04/29` of a passport, `13/29`, `04/29/2029`
//! - known mistakes: the expiry of something else that stands shortly after a card number is a hit.

use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe};
use crate::check::luhn;
use crate::words::Words;
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct CardExpiry;

/// Words that say it of a card alone.
static CARD: Words = Words::new(&[
    "card",
    "visa",
    "mastercard",
    "amex",
    "maestro",
    "cvv",
    "cvc",
    "pan",
    "karte",
    "kreditkarte",
    "carte",
    "tarjeta",
    "cartão",
    "kaart",
    "valid thru",
    "good thru",
    "valid through",
    "expiration date",
    "expiry date",
    "exp date",
]);
/// How much of a card number must stand before it.
const DIGITS: usize = 12;

impl Detector for CardExpiry {
    fn about(&self) -> About {
        About::new(
            "card_expiry",
            "payment.card_expiry",
            Severity::Medium,
            "the expiry date of a payment card",
        )
    }

    fn page(&self) -> Page {
        Page {
            basis: "a month and a year after a card number or a word for a card",
            mistakes: "another date of that form shortly after a card number is a hit",
        }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let month = Anchor::digits(2, 2).beginning(ByteSet::EMPTY.with(b"01"));
        vec![month.after(ByteSet::WORD.with(b"/-.,").not()).then(ByteSet::EMPTY.with(b"/-"))]
    }

    fn ahead(&self) -> usize {
        12
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = probe.at();
        let is_month = matches!(probe.slice(start..start + 2), [b'0', b'1'..=b'9'] | [b'1', b'0'..=b'2']);
        let year = start + 3;
        let end = probe.run(year, &ByteSet::DIGIT, 5);
        let is_year = matches!(probe.slice(year..end), [b'1'..=b'5', _] | [b'2', b'0', b'1'..=b'5', _]);
        let goes_on = match probe.get(end) {
            Some(b'/' | b'-' | b'.' | b':') => probe.is(end + 1, &ByteSet::ALNUM),
            Some(byte) => ByteSet::WORD.has(byte),
            None => false,
        };
        if !is_month || !is_year || goes_on {
            return None;
        }
        let behind = probe.behind(start, 64);
        let found = |confidence| Match::new(start..end, confidence).with(Evidence::CONTEXT);
        match (follows_number(behind), CARD.stand_in(behind)) {
            (true, _) => Some(found(0.85)),
            // Without its card a month says little.
            (false, true) => Some(found(0.5).harmless()),
            (false, false) => None,
        }
    }
}

/// Whether a card number ends shortly before, on this line or the one above.
fn follows_number(behind: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'-');
    let runs = behind.split(|byte| !is_part(byte));
    runs.map(|run| run.trim_ascii()).any(|run| {
        let count = run.iter().filter(|byte| byte.is_ascii_digit()).count();
        (DIGITS..=19).contains(&count) && luhn::holds(run)
    })
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn card_expiry_cases() {
        Cases::of("payment.card_expiry")
            .hit("4111 1111 1111 1111 04/29", "04/29")
            .hit("4111111111111111, exp 04/2029, cvv 123", "04/2029")
            .low("card expires 11-27.", "11-27")
            .low("Expiration date: 04/29", "04/29")
            .low("card 4111111111111112 exp 04/29", "04/29")
            .miss("04/29")
            .miss("the passport expires 04/29")
            .miss("card issued 04/29/2029")
            .miss("card 13/29 and 1/2/04/29")
            .run();
    }
}
