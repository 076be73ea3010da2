//! The secret half of an AWS key pair.
//!
//! Forty characters of base64 that sign every request of an account. Nothing marks them, so they are found by their name, or
//! shortly after the key id that they belong to.
//!
//! - hit: `aws_secret_access_key = …`, `"SecretAccessKey": "…"`, a key id and the secret on the next line
//! - low: the secret of the documentation, which says EXAMPLE
//! - miss: forty hexadecimal digits (a commit), forty characters without a name
//! - known mistakes: another value of forty characters shortly after a key id is a hit.

use super::token::is_placeholder_key;
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start, assignment};
use crate::check::entropy;
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct AwsSecretKey;

const LENGTH: usize = 40;
const KEY_ID: usize = 20;
/// How far after a key id the secret may begin.
const NEAR: usize = 120;
const NAMES: [&str; 7] = [
    "secret_access_key",
    "secretaccesskey",
    "secret access key",
    "secret-access-key",
    "aws_secret",
    "awssecret",
    "aws secret",
];
const KEY_IDS: [&str; 2] = ["AKIA", "ASIA"];

impl Detector for AwsSecretKey {
    fn about(&self) -> About {
        About::new("aws_secret_key", "secret.aws_secret_key", Severity::Critical, "an AWS secret access key")
    }

    fn page(&self) -> Page {
        let mistakes = "another value of forty characters shortly after a key id is a hit";
        Page { basis: "its name or a key id before it, length, alphabet and randomness", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let names = NAMES.iter().map(Anchor::word);
        names.chain(KEY_IDS.iter().map(Anchor::literal)).collect()
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn ahead(&self) -> usize {
        KEY_ID + NEAR + LENGTH + 4
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        let name = NAMES.iter().find(|name| probe.looking_at_word(at, name.as_bytes()));
        match name {
            Some(name) => assignment::find(probe, at + name.len(), |_, value| {
                assignment::until_found(secret_at(probe, value))
            }),
            None => after_key_id(probe, at),
        }
    }

    fn judges_named(&self) -> bool {
        true
    }

    fn named(&self, _name: &[u8], probe: &Probe<'_>) -> Option<Match> {
        secret_at(probe, probe.at())
    }
}

fn after_key_id(probe: &Probe<'_>, at: usize) -> Option<Match> {
    const ID: ByteSet = ByteSet::UPPER.or(ByteSet::DIGIT);
    if probe.was(at, &ByteSet::WORD) || probe.run(at, &ID, KEY_ID + 1) != at + KEY_ID {
        return None;
    }
    for value in at + KEY_ID..at + KEY_ID + NEAR {
        probe.begins(value);
        let found = secret_at(probe, value);
        if found.is_some() || probe.ran_out() || probe.get(value).is_none() {
            return found;
        }
    }
    None
}

fn secret_at(probe: &Probe<'_>, start: usize) -> Option<Match> {
    const EDGE: ByteSet = ByteSet::BASE64.with(b"_-");
    let end = start + LENGTH;
    if probe.was(start, &EDGE)
        || probe.run(start, &ByteSet::BASE64, LENGTH + 1) != end
        || probe.is(end, &EDGE)
    {
        return None;
    }
    let value = probe.slice(start..end);
    let has = |set: ByteSet| value.iter().any(|byte| set.has(*byte));
    let is_mixed = has(ByteSet::UPPER) && has(ByteSet::LOWER) && has(ByteSet::DIGIT);
    let found = Match::new(start..end, 0.9).with(Evidence::CONTEXT).with(Evidence::ENTROPY);
    if is_placeholder_key(value) {
        return Some(found.harmless());
    }
    (is_mixed && entropy::bits_per_byte(value) >= 4.0).then_some(found)
}

#[cfg(test)]
mod tests {
    use crate::detector::ByteSet;
    use crate::detector::harness::{Cases, Random};

    #[test]
    fn aws_secret_key_cases() {
        let mut random = Random::new(5);
        let secret = random.text(ByteSet::BASE64, 40);
        let id = format!("{}{}", "AKIA", random.text(ByteSet::BASE32, 16));
        let documented = ["wJalrXUtnFEMI/K7MDENG/", "bPxRfiCY", "EXAMPLEKEY"].concat();
        let commit = random.text(ByteSet::HEX_LOWER, 40);
        Cases::of("secret.aws_secret_key")
            .hit(&format!("aws_secret_access_key = {secret}\n"), &secret)
            .hit(&format!("{{\"SecretAccessKey\": \"{secret}\"}}"), &secret)
            .hit(&format!("AWS_SECRET=\"{secret}\""), &secret)
            .hit(&format!("{id}\n{secret}\n"), &secret)
            .hit(&format!("{id},{secret}"), &secret)
            .low(&format!("secret_access_key={documented}"), &documented)
            .miss(&format!("secret_access_key={commit}"))
            .miss(&format!("value={secret}"))
            .miss(&format!("secret_access_key={secret}A"))
            .miss(&format!("secret_access_key is secret\n\n{}", &secret[..39]))
            .run();
    }
}
