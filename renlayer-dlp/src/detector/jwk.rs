//! Private JSON Web Keys (RFC 7517).
//!
//! Whoever has the member `d` of a key pair, or `k` of a shared key, signs and decrypts as its owner. The other members are public.
//!
//! - hit: `{"kty":"EC","crv":"P-256","x":"…","y":"…","d":"…"}`, `{kty: 'oct', k: '…'}`; with its members in order, `crv` before `d`
//! - miss: public keys, which have neither; sets of them; what has a `kty` or `crv` that is no type or curve of keys
//! - known mistakes: a key whose type and curve stand after its private member is not found.

use super::token::is_placeholder_key;
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::check::entropy;
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct Jwk;

/// The type of the key, and the curve, which keys alone have; whatever the order, one of them mostly stands first.
const TYPES: [&str; 2] = ["kty", "crv"];
const TYPE: usize = 3;
/// What they say (RFC 7518, 8037, 8812): other things have a `crv` or a `kty` as well.
const KNOWN: [&[u8]; 12] = [
    b"EC",
    b"oct",
    b"OKP",
    b"RSA",
    b"P-256",
    b"P-384",
    b"P-521",
    b"secp256k1",
    b"Ed25519",
    b"Ed448",
    b"X25519",
    b"X448",
];
const LONGEST_TYPE: usize = 9;
/// An RSA key of 4096 bits has 700 characters of modulus before its private exponent, which has as many.
const SPAN: usize = 3 * 1024;
const LONGEST: usize = 1400;
/// Sixteen bytes, the shortest key of the standard.
const SHORTEST: usize = 22;
const QUOTES: ByteSet = ByteSet::EMPTY.with(b"\"'\\");

impl Detector for Jwk {
    fn about(&self) -> About {
        About::new("jwk", "secret.private_key", Severity::Critical, "a private or shared JSON Web Key")
    }

    fn page(&self) -> Page {
        let mistakes = "a key whose type stands after its private member is not found";
        Page { basis: "the type of the key, and the member that only a private one has", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        TYPES.map(Anchor::literal).into()
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn ahead(&self) -> usize {
        SPAN + LONGEST + 16
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        const ENDS: ByteSet = ByteSet::EMPTY.with(b"}");
        let from = probe.at() + TYPE;
        let start = type_after(probe, probe.at())?;
        // In pieces, from where the walk came to.
        for at in start.max(probe.resume())..from + SPAN {
            probe.begins(at);
            probe.reached(at);
            if ENDS.has(probe.get(at)?) {
                return None;
            }
            let is_private = probe.is(at, &ByteSet::EMPTY.with(b"dk")) && !probe.was(at, &ByteSet::WORD);
            if let Some(value) = is_private.then(|| value_after(probe, at + 1)).flatten() {
                return weigh(probe, value);
            }
            // Another key, which is walked from there.
            if type_after(probe, at).is_some() || probe.ran_out() {
                return None;
            }
        }
        None
    }

    fn judges_named(&self) -> bool {
        true
    }

    /// The private member of a JSON object, which has for a name the one that makes it a key, with its quote.
    fn named(&self, name: &[u8], probe: &Probe<'_>) -> Option<Match> {
        let is_type = |called: &[u8]| TYPES.iter().any(|kind| called.eq_ignore_ascii_case(kind.as_bytes()));
        name.strip_suffix(b"\"").filter(|called| is_type(called)).and_then(|_| weigh(probe, probe.at()))
    }
}

/// Whether that is what a JSON Web Key says of its type or its curve.
pub(crate) fn is_key_type(text: &[u8]) -> bool {
    KNOWN.contains(&text)
}

/// Where the type of the key begins whose name stands at `at`.
fn type_after(probe: &Probe<'_>, at: usize) -> Option<usize> {
    const TYPE_OF: ByteSet = ByteSet::ALNUM.with(b"-");
    let is_type = TYPES.iter().any(|name| probe.looking_at(at, name.as_bytes()));
    let stands = is_type && !probe.was(at, &ByteSet::WORD);
    let value = stands.then(|| value_after(probe, at + TYPE)).flatten()?;
    let end = probe.run(value, &TYPE_OF, LONGEST_TYPE + 1);
    is_key_type(probe.slice(value..end)).then_some(value)
}

/// Where the text begins that the member has whose name ends at `at`.
fn value_after(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let colon = probe.run(probe.run(at, &QUOTES, 2), &ByteSet::SPACE, 4);
    if !probe.is(colon, &ByteSet::EMPTY.with(b":")) {
        return None;
    }
    let quote = probe.run(colon + 1, &ByteSet::SPACE, 4);
    let value = probe.run(quote, &QUOTES, 2);
    (value > quote).then_some(value)
}

fn weigh(probe: &Probe<'_>, start: usize) -> Option<Match> {
    probe.begins(start);
    let end = probe.run(start, &ByteSet::BASE64URL, LONGEST);
    let value = probe.slice(start..end);
    let is_over = probe.is(end, &QUOTES.with(b"=")) || probe.ends(end);
    if value.len() < SHORTEST || !is_over {
        return None;
    }
    let found = Match::new(start..end, 0.9).with(Evidence::STRUCTURE).with(Evidence::CONTEXT);
    // Base64 of a key has letters of both cases: an id, a hash and a name have not.
    let has = ByteSet::EMPTY.with(value);
    let is_mixed = has.meets(ByteSet::UPPER) && has.meets(ByteSet::LOWER);
    let is_weak = is_placeholder_key(value) || !entropy::is_random(value) || !is_mixed;
    Some(if is_weak { found.harmless() } else { found })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::harness::{Cases, Random, examined, scan, shared};
    use crate::engine::Text;
    use crate::{Direction, Format, Input};

    #[test]
    fn jwk_cases() {
        let mut random = Random::new(41);
        let (x, d) = (random.text(ByteSet::BASE64URL, 43), random.text(ByteSet::BASE64URL, 43));
        let hex = random.text(ByteSet::HEX_LOWER, 20);
        let uuid = format!("{}-b5e3-4086-980d-{}", &hex[..8], &hex[8..]);
        Cases::of("secret.private_key")
            .hit(&format!("key = {{kty: 'oct', k: '{d}'}}"), &d)
            .hit(
                &format!("sign with {{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{x}\",\"d\":\"{d}\"}} please"),
                &d,
            )
            .low(
                "key = {\"kty\": \"oct\", \"k\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}!",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            )
            .miss(&format!("key = {{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{x}\"}}, {{\"d\":\"{d}\"}}"))
            .miss(&format!("the member kty of it, d: \"{d}\""))
            .low(&format!("{{crv: 'P-256', d: '{uuid}'}}!"), &uuid)
            .miss(&format!("{{crv: 'motion', d: '{uuid}'}}!"))
            .miss(&format!("{{crv: 'motion', d: '{d}'}} and {{\"kty\":\"ticket\",\"k\":\"{d}\"}}!"))
            .hit(&format!("key = {{kty: 'EC', kty: 'oct', k: '{d}'}}"), &d)
            .hit(&format!("key = {{\"crv\":\"P-256\",\"d\":\"{d}\",\"kty\":\"EC\"}}!"), &d)
            .miss(&format!("key = {{\"d\":\"{d}\",\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"{x}\"}}!"))
            .run();
    }

    #[test]
    fn a_key_is_walked_up_to_the_next() {
        for text in [
            "'kty:".repeat(4000),
            "kty:'".repeat(4000),
            "{kty:'EC', x:'kty'".repeat(1000),
            "crv:'".repeat(4000),
        ] {
            let examined = examined("jwk", &scan(&text).cost);
            assert!(examined > 0 && examined <= 8 * text.len() as u64, "{examined} bytes of {}", text.len());
        }
    }

    /// What has arrived of a key is not walked again when more does.
    #[test]
    fn a_walk_goes_on_where_it_came_to() {
        let text = format!("kty: 'RSA', n: '{}", "0a".repeat(300));
        let text = Text { bytes: text.as_bytes(), start: 0, complete: false };
        let probe = Probe::new(text, 0, Jwk.ahead());
        assert!(Jwk.verify(&probe).is_none() && probe.ran_out());
        assert_eq!(probe.resume(), text.bytes.len());
    }

    #[test]
    fn a_type_after_its_private_member_says_nothing() {
        let d = Random::new(42).text(ByteSet::BASE64URL, 43);
        let body = |members: &str| format!("{{{}}}", members.replace('D', &d));
        let input = Input { format: Format::Json, direction: Direction::Request, known: None };
        let is_found = |body: &str| {
            let findings = shared().scan(body.as_bytes(), input).findings;
            findings.iter().any(|finding| &*finding.class == "secret.private_key")
        };
        assert!(is_found(&body("\"kty\":\"oct\",\"k\":\"D\"")));
        assert!(!is_found(&body("\"k\":\"D\",\"kty\":\"oct\"")));
    }
}
