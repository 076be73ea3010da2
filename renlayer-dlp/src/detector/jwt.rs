//! JSON Web Tokens.
//!
//! Whoever holds one is, until it expires, the one it names. The header decodes to JSON, which nothing else does by chance.
//!
//! - hit: three base64url parts of which the first decodes to JSON with `alg`
//! - low: the token that the standard and its website use as an example
//! - miss: two parts, `eyJ` inside a longer word
//! - known mistakes: what does not decode but is written alike is reported with low confidence, since a token that was
//!   copied badly still gives most of itself away; whether one has expired is not looked at.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use super::token::is_glued;
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct Jwt;

/// A part: url-safe base64, and the padding that some issuers leave on.
const PART: ByteSet = ByteSet::BASE64URL.with(b"=");
const LONGEST_HEADER: usize = 2048;
const LONGEST_PAYLOAD: usize = 8192;
const LONGEST_SIGNATURE: usize = 1024;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

impl Detector for Jwt {
    fn about(&self) -> About {
        About::new("jwt", "secret.jwt", Severity::Critical, "a JSON Web Token")
    }

    fn page(&self) -> Page {
        let mistakes =
            "expired tokens are hits; what does not decode but is written alike is one of low confidence";
        Page { basis: "three parts; the header decodes to JSON with `alg`", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        vec![Anchor::literal("eyJ")]
    }

    fn ahead(&self) -> usize {
        LONGEST_HEADER + LONGEST_PAYLOAD + LONGEST_SIGNATURE + 3
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = probe.at();
        if is_glued(probe, start) {
            return None;
        }
        probe.begins(start);
        let header = part(probe, start, 15, LONGEST_HEADER)?;
        let payload = part(probe, dot(probe, header)?, 10, LONGEST_PAYLOAD)?;
        let signature = dot(probe, payload)?;
        let end = probe.run(signature, &ByteSet::BASE64URL, LONGEST_SIGNATURE);
        let is_signed = end - signature >= 16;
        let decodes = is_header(probe.slice(start..header));
        if !is_signed && !decodes {
            return None;
        }
        let (confidence, evidence) = match decodes {
            true => (0.95, Evidence::STRUCTURE),
            false => (0.5, Evidence::NONE),
        };
        let found = Match::new(start..end, confidence).with(evidence);
        Some(if is_example(probe.slice(header + 1..payload)) { found.harmless() } else { found })
    }
}

fn part(probe: &Probe<'_>, from: usize, least: usize, most: usize) -> Option<usize> {
    Some(probe.run(from, &PART, most)).filter(|end| end - from >= least)
}

fn dot(probe: &Probe<'_>, at: usize) -> Option<usize> {
    (probe.get(at) == Some(b'.')).then_some(at + 1)
}

fn is_header(part: &[u8]) -> bool {
    let decoded = LENIENT.decode(part).unwrap_or_default();
    serde_json::from_slice::<Value>(&decoded).is_ok_and(|header| header.get("alg").is_some())
}

/// The payload of the example that everybody copies.
fn is_example(part: &[u8]) -> bool {
    let decoded = LENIENT.decode(part).unwrap_or_default();
    let holds = |mark: &[u8]| decoded.windows(mark.len()).any(|window| window == mark);
    holds(b"\"sub\":\"1234567890\"") && holds(b"John Doe")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::harness::Cases;

    fn token(header: &str, payload: &str, signature: &str) -> String {
        format!("{}.{}.{signature}", LENIENT.encode(header), LENIENT.encode(payload)).replace('=', "")
    }

    #[test]
    fn jwt_cases() {
        let signature = "q5Z7bV0c2Rk9wXhT3mLfY8uJ1aNsEoPd";
        let payload = r#"{"sub":"agent-7","scope":"read"}"#;
        let good = token(r#"{"alg":"HS256","typ":"JWT"}"#, payload, signature);
        let unsigned = token(r#"{"alg":"none"}"#, payload, "");
        let odd = token(r#"{"kind":"something else"}"#, payload, signature);
        let example = token(
            r#"{"alg":"HS256","typ":"JWT"}"#,
            r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#,
            signature,
        );
        Cases::of("secret.jwt")
            .hit(&format!("Authorization: Bearer {good}"), &good)
            .hit(&format!("token=\"{good}\";"), &good)
            .hit(&format!("{unsigned} end"), &unsigned)
            .hit(&format!("x {odd}"), &odd)
            .low(&format!("see {example}"), &example)
            .miss(&good.replace('.', ""))
            .miss(good.rsplit_once('.').unwrap().0)
            .miss(&format!("x{good}"))
            .run();
        let confidence = |text: &str| crate::detector::harness::scan(text).findings[0].confidence;
        assert!(confidence(&good) > 0.9 && confidence(&odd) < 0.6);
    }
}
