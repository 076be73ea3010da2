//! The security code of a payment card.
//!
//! Three or four digits that prove that somebody holds the card. The card industry lets nobody store them.
//!
//! - hit: `cvv 123`, `"cvc": "0456"`, `security code: 123`
//! - miss: `123`, `cvv required`, `cvv 12345`, `security code 12.5`
//! - known mistakes: three digits after a door's `security code` are a hit.

use super::labelled::Labelled;
use super::{ByteSet, Match, Probe};
use crate::{Evidence, Severity};

pub(super) static CVV: Labelled =
    Labelled::new("cvv", "payment.cvv", Severity::High, "the security code of a payment card", value)
        .after(&[
            "cvv",
            "cvv2",
            "cvc",
            "cvc2",
            "cvn",
            "csc",
            "security code",
            "security_code",
            "securitycode",
            "card code",
            "card verification*",
            "prüfziffer",
            "prüfnummer",
            "kartenprüfnummer",
            "sicherheitscode",
            "código de seguridad",
            "código de segurança",
            "code de sécurité",
            "cryptogramme",
            "codice di sicurezza",
            "beveiligingscode",
        ])
        .within(28)
        .longest(6)
        .page(
            "the label before it, three or four digits",
            "three digits after a door's `security code` are a hit",
        );

fn value(probe: &Probe<'_>, at: usize) -> Option<Match> {
    const GLUE: ByteSet = ByteSet::WORD.with(b"%");
    let end = probe.run(at, &ByteSet::DIGIT, 5);
    let goes_on = match probe.get(end) {
        Some(b'.' | b',' | b'/' | b'-' | b':') => probe.is(end + 1, &ByteSet::DIGIT),
        Some(byte) => GLUE.has(byte),
        None => false,
    };
    let follows = probe.was(at, &ByteSet::EMPTY.with(b"./-:")) && probe.was(at - 1, &ByteSet::DIGIT);
    let holds = (3..=4).contains(&(end - at)) && !goes_on && !follows;
    holds.then(|| Match::new(at..end, 0.8).with(Evidence::CONTEXT))
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn cvv_cases() {
        Cases::of("payment.cvv")
            .hit("4111 1111 1111 1111 exp 04/29 cvv 123", "123")
            .hit("{\"card\":{\"cvc\":\"0456\"}}", "0456")
            .hit("Security code: 737.", "737")
            .hit("the CVV2 is 123, thanks", "123")
            .hit("cardCvv=987&x=1", "987")
            .miss("enter the cvv, required")
            .miss("cvv 12345 and cvc 12.50")
            .miss("recvvalue 123")
            .miss("123")
            .run();
    }
}
