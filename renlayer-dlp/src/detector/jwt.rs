//! JSON Web Tokens.
//!
//! Whoever holds one is, until it expires, the one it names. The header decodes to JSON, which nothing else does by chance.
//!
//! - hit: three base64url parts of which the first decodes to JSON with `alg`
//! - low: the token that the standard and its website use as an example; what does not decode, or whose signature is not as
//!   long as its algorithm makes it, since nobody accepts that; claims that say neither who nor for what nor until when;
//!   header and claims alone, without a signature
//! - miss: two parts of anything else, `eyJ` inside a longer word
//! - known mistakes: whether one has expired is not looked at.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::token::is_glued;
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct Jwt;

/// A part: url-safe base64, and the padding that some issuers leave on.
const PART: ByteSet = ByteSet::BASE64URL.with(b"=");
/// `{"`, in base64.
const BEGIN: &str = "eyJ";
const LONGEST_HEADER: usize = 2048;
const LONGEST_PAYLOAD: usize = 8192;
const LONGEST_SIGNATURE: usize = 1024;
/// Values under a name are read up to about this length.
const SHORT: usize = 190;

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
            "expired tokens are hits; what does not decode, or is cut, but is written alike is low";
        Page { basis: "three parts; the header decodes to JSON with `alg`", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        vec![Anchor::literal(BEGIN)]
    }

    fn start(&self) -> Start {
        Start::Word
    }

    fn ahead(&self) -> usize {
        LONGEST_HEADER + LONGEST_PAYLOAD + LONGEST_SIGNATURE + 3
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = probe.at();
        if start < probe.known() || is_glued(probe, start) {
            return None;
        }
        probe.begins(start);
        let header = part(probe, start, 15, LONGEST_HEADER)?;
        let Some(claims) = dot(probe, header) else {
            note_no_header(probe, start..header);
            return None;
        };
        let Some(payload) = part(probe, claims, 10, LONGEST_PAYLOAD) else {
            probe.knows(header);
            return None;
        };
        let Some(signature) = dot(probe, payload) else {
            note_other_headers(probe, start..header);
            return unsigned(probe, start, header, payload);
        };
        let end = probe.run(signature, &ByteSet::BASE64URL, LONGEST_SIGNATURE);
        let (head, claims) = (decoded(probe.slice(start..header)), probe.slice(header + 1..payload));
        let is_header = head.as_ref().is_some_and(has_algorithm);
        if end - signature < 16 && !is_header {
            note_other_headers(probe, start..header);
            return None;
        }
        let found = Match::new(start..end, if is_header { 0.95 } else { 0.5 });
        let is_whole = head.is_some_and(|head| is_whole(&head, claims, end - signature));
        Some(match is_whole {
            true if is_example(claims) || names_nobody(claims) => found.with(Evidence::STRUCTURE).harmless(),
            true => found.with(Evidence::STRUCTURE),
            false => found.harmless(),
        })
    }
}

/// A header and claims without a signature: what it says may be personal, and nobody lets it in.
fn unsigned(probe: &Probe<'_>, start: usize, header: usize, end: usize) -> Option<Match> {
    let head = decoded(probe.slice(start..header))?;
    let is_token = has_algorithm(&head) && decoded(probe.slice(header + 1..end)).is_some();
    is_token.then(|| Match::new(start..end, 0.5).with(Evidence::STRUCTURE).harmless())
}

/// Whether `value` begins as a token does, or has its three parts, and is none: a header that is not one, one that is cut off from its
/// claims or from its signature.
pub(super) fn is_misshapen(value: &[u8]) -> bool {
    if !value.starts_with(b"eyJ") {
        return false;
    }
    let mut parts = value.splitn(3, |byte| *byte == b'.');
    let header = parts.next().and_then(decoded);
    match (parts.next(), parts.next()) {
        // A longer one has been cut by whoever read the value.
        (Some(claims), Some(signature)) => {
            let is_whole = |head: &Value| value.len() >= SHORT || is_whole(head, claims, signature.len());
            !header.as_ref().is_some_and(is_whole)
        }
        _ => {
            value.len() < SHORT
                && header.is_some_and(|head| head.get("alg").is_some() || head.get("typ").is_some())
        }
    }
}

/// Whether `value` is a token that names nobody.
pub(super) fn is_nobodys(value: &[u8]) -> bool {
    let claims = value.splitn(3, |byte| *byte == b'.').nth(1);
    value.starts_with(b"eyJ") && claims.is_some_and(names_nobody)
}

/// A header with an algorithm, claims that are JSON, and a signature as long as that algorithm makes it (RFC 7518, section 3).
/// Claims that are encrypted or compressed are not read.
fn is_whole(header: &Value, claims: &[u8], signature: usize) -> bool {
    let Some(algorithm) = header.get("alg").and_then(Value::as_str) else { return false };
    if header.get("enc").is_some() {
        return true;
    }
    let is_signed = match algorithm {
        "none" => true,
        "HS256" => signature == 43,
        "HS384" => signature == 64,
        "HS512" | "ES256" => signature == 86,
        "ES384" => signature == 128,
        "ES512" => signature == 176,
        _ => signature >= 43,
    };
    is_signed && (header.get("zip").is_some() || decoded(claims).is_some())
}

/// Notes that nothing begins where all that is no header either would end as `header` does, without a full stop, or be too long.
fn note_no_header(probe: &Probe<'_>, header: Range<usize>) {
    if header.len() < LONGEST_HEADER {
        probe.knows(header.end);
    } else {
        probe.knows(probe.run_arrived(header.end, &PART, LONGEST_HEADER).saturating_sub(LONGEST_HEADER));
    }
}

/// Notes that nothing begins before the next header with an algorithm that ends as `header` does: all of them go on alike, and
/// without much of a signature nothing else is a token.
fn note_other_headers(probe: &Probe<'_>, header: Range<usize>) {
    let run = probe.slice(header.clone());
    let is_header = |at: &usize| run.get(*at..).and_then(decoded).as_ref().is_some_and(has_algorithm);
    let next = memchr::memmem::find_iter(run, BEGIN).skip(1).find(is_header);
    probe.knows(next.map_or(header.end, |at| header.start + at));
}

fn part(probe: &Probe<'_>, from: usize, least: usize, most: usize) -> Option<usize> {
    Some(probe.run(from, &PART, most)).filter(|end| end - from >= least)
}

fn dot(probe: &Probe<'_>, at: usize) -> Option<usize> {
    (probe.get(at) == Some(b'.')).then_some(at + 1)
}

fn has_algorithm(header: &Value) -> bool {
    header.get("alg").is_some()
}

fn decoded(part: &[u8]) -> Option<Value> {
    // The first bytes mostly tell already that it is something else.
    if let Some(first) = part.get(..64) {
        let read = serde_json::from_slice::<IgnoredAny>(&LENIENT.decode(first).ok()?);
        if read.is_err_and(|error| !error.is_eof()) {
            return None;
        }
    }
    serde_json::from_slice(&LENIENT.decode(part).ok()?).ok()
}

/// Whether the claims say neither who nor what for nor until when: whoever asks for a token asks for one of these.
fn names_nobody(part: &[u8]) -> bool {
    const REGISTERED: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
    const TELLING: [&str; 13] = [
        "user", "name", "mail", "role", "scope", "perm", "grant", "tenant", "account", "client", "session",
        "key", "access",
    ];
    let Some(Value::Object(claims)) = decoded(part) else { return false };
    let tells = |claim: &String| {
        let claim = claim.to_ascii_lowercase();
        REGISTERED.contains(&&*claim)
            || claim.ends_with("id")
            || TELLING.iter().any(|word| claim.contains(word))
    };
    !claims.keys().any(tells)
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
    use crate::detector::harness::{Cases, Splits, examined, scan};

    fn token(header: &str, payload: &str, signature: &str) -> String {
        format!("{}.{}.{signature}", LENIENT.encode(header), LENIENT.encode(payload)).replace('=', "")
    }

    #[test]
    fn jwt_cases() {
        let signature = "q5Z7bV0c2Rk9wXhT3mLfY8uJ1aNsEoPdK4gHt6IxUzQ";
        let payload = r#"{"sub":"agent-7","scope":"read"}"#;
        let good = token(r#"{"alg":"HS256","typ":"JWT"}"#, payload, signature);
        let unsigned = token(r#"{"alg":"none"}"#, payload, "");
        let odd = token(r#"{"kind":"something else"}"#, payload, signature);
        let example = token(
            r#"{"alg":"HS256","typ":"JWT"}"#,
            r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#,
            signature,
        );
        let nobody = token(r#"{"alg":"HS256"}"#, r#"{"confidence":0.8}"#, signature);
        Cases::of("secret.jwt")
            .low(&format!("see {nobody}"), &nobody)
            .hit(&format!("Authorization: Bearer {good}"), &good)
            .hit(&format!("token=\"{good}\";"), &good)
            .hit(&format!("{unsigned} end"), &unsigned)
            .low(&format!("x {odd}"), &odd)
            .low(&format!("token={}", &good[..good.len() - 8]), &good[..good.len() - 8])
            .low(&format!("see {example}"), &example)
            .miss(&good.replace('.', ""))
            .low(good.rsplit_once('.').unwrap().0, good.rsplit_once('.').unwrap().0)
            .miss(odd.rsplit_once('.').unwrap().0)
            .miss(&format!("x{good}"))
            .run();
        let confidence = |text: &str| crate::detector::harness::scan(text).findings[0].confidence;
        assert!(confidence(&good) > 0.9 && confidence(&odd) < 0.6);
    }

    #[test]
    fn what_is_cut_off_from_its_claims_or_signature_is_misshapen() {
        let whole = token(r#"{"alg":"none"}"#, r#"{"sub":"agent-7"}"#, "");
        let part = |n: usize| whole.splitn(3, '.').take(n).collect::<Vec<_>>().join(".");
        assert!(!is_misshapen(whole.as_bytes()));
        assert!(is_misshapen(part(1).as_bytes()) && is_misshapen(part(2).as_bytes()));
        let broken = format!("{}.x.{}", part(1).replace("In", "VC"), "a".repeat(SHORT));
        assert!(is_misshapen(broken.as_bytes()));
        // What an application encrypts for itself.
        let sealed = LENIENT.encode(r#"{"iv":"Zf3D0LXCM3EIMbgJ","value":"x"}"#);
        assert!(!is_misshapen(sealed.as_bytes()) && !is_misshapen(b"Zf3D0LXCM3EIMbgJ.x.y"));
    }

    #[test]
    fn headers_that_go_on_alike_are_read_once() {
        let headers = "-eyJ".repeat(500);
        let claims = LENIENT.encode(r#"{"sub":"agent-7"}"#).replace('=', "");
        for rest in ["short", "twentyletterswithoutany", &format!("{claims}."), &claims] {
            let text = format!("{headers}.{rest} ").repeat(10);
            let examined = examined("jwt", &scan(&text).cost);
            assert!(examined < 3 * text.len() as u64, "{examined} of {} bytes: {rest}", text.len());
        }
    }

    #[test]
    fn a_header_after_others_is_found() {
        let unsigned = token(r#"{"alg":"none"}"#, r#"{"sub":"agent-7","scope":"read"}"#, "");
        let bare = unsigned.trim_end_matches('.');
        let headers = "eyJ-".repeat(50);
        Cases::of("secret.jwt")
            .split(Splits::Few)
            .hit(&format!("{headers}{unsigned} end"), &unsigned)
            .low(&format!("{headers}{bare} end"), bare)
            .run();
    }
}
