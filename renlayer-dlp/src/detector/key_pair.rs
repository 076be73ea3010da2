//! The secret halves of key pairs that nothing marks but the id before them.
//!
//! Alibaba Cloud and Tencent Cloud give out an id with a mark of its own and a secret without any. Both are mostly handed over together:
//! as two arguments of a client, two lines of a configuration, two cells of a row.
//!
//! - hit: `new Client("LTAI…", "…")`, `Credential("AKID…", "…")`, an id and its secret on the next line
//! - low: the secret of a manual, which is made of rows of letters or digits, and that of an id which is
//! - miss: the id alone, another value that is longer or shorter, a value of one case, a name
//! - known mistakes: another value of the secret's length shortly after an id is a hit. AWS's pairs are found by
//!   [`aws_secret_key`](super::aws_secret_key).

use super::generic::joined::is_identifier;
use super::token::{is_placeholder, is_placeholder_key};
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::check::{entropy, language};
use crate::{Evidence, Severity};

/// One provider's pairs, all of letters and digits.
pub(super) struct KeyPair {
    name: &'static str,
    class: &'static str,
    finds: &'static str,
    mark: &'static str,
    /// How many characters follow the mark of an id, at least and at most.
    id: (usize, usize),
    secret: usize,
}

pub(super) static ALIBABA: KeyPair = KeyPair {
    name: "alibaba_key_pair",
    class: "secret.alibaba_secret_key",
    finds: "the secret of an Alibaba Cloud access key, shortly after its id",
    mark: "LTAI",
    id: (12, 20),
    secret: 30,
};
pub(super) static TENCENT: KeyPair = KeyPair {
    name: "tencent_key_pair",
    class: "secret.tencent_secret_key",
    finds: "the secret of a Tencent Cloud key, shortly after its id",
    mark: "AKID",
    id: (32, 32),
    secret: 32,
};

/// How far after an id its secret may begin.
const NEAR: usize = 96;
/// What would belong to a value that stands beside the secret.
const EDGE: ByteSet = ByteSet::BASE64.with(b"_-");

impl Detector for &'static KeyPair {
    fn about(&self) -> About {
        About::new(self.name, self.class, Severity::Critical, self.finds)
    }

    fn page(&self) -> Page {
        let mistakes = "another value of the same length shortly after an id is a hit";
        Page { basis: "a key id before it, length, alphabet and randomness", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        vec![Anchor::literal(self.mark)]
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn ahead(&self) -> usize {
        self.mark.len() + self.id.1 + NEAR + self.secret + 2
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let (at, (least, most)) = (probe.at(), self.id);
        let id = at + self.mark.len();
        let end = probe.run(id, &ByteSet::ALNUM, most + 1);
        if probe.was(at, &ByteSet::WORD) || !(least..=most).contains(&(end - id)) {
            return None;
        }
        let mut value = end;
        while value < end + NEAR {
            // Runs of letters and digits, one by one.
            value = probe.run(value, &ByteSet::ALNUM.not(), end + NEAR - value);
            probe.begins(value);
            let after = probe.run(value, &ByteSet::ALNUM, self.secret + 1);
            if let Some(found) = self.weigh(probe, value, after) {
                let is_nobodys = is_placeholder(probe.slice(id..end));
                return Some(if is_nobodys { found.harmless() } else { found });
            }
            if probe.ran_out() || after == value {
                return None;
            }
            value = after;
        }
        None
    }
}

impl KeyPair {
    fn weigh(&self, probe: &Probe<'_>, start: usize, end: usize) -> Option<Match> {
        let is_alone = !probe.was(start, &EDGE) && !probe.is(end, &EDGE);
        if end - start != self.secret || !is_alone {
            return None;
        }
        let value = probe.slice(start..end);
        let found = Match::new(start..end, 0.8).with(Evidence::CONTEXT).with(Evidence::ENTROPY);
        if is_placeholder_key(value) {
            return Some(found.harmless());
        }
        let has = ByteSet::of(value);
        let is_mixed = [ByteSet::UPPER, ByteSet::LOWER, ByteSet::DIGIT].into_iter().all(|set| has.meets(set));
        let is_drawn = entropy::bits_per_byte(value) >= 3.5 && language::surprise(value) >= language::FOREIGN;
        (is_mixed && is_drawn && !is_identifier(value)).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use crate::detector::ByteSet;
    use crate::detector::harness::{Cases, Random};

    #[test]
    fn a_secret_after_its_id_is_found() {
        let mut random = Random::new(81);
        let mut drawn = |length: usize| format!("aB3{}", random.text(ByteSet::ALNUM, length - 3));
        let (id, secret, longer) = (format!("{}{}", "LTAI", drawn(20)), drawn(30), drawn(31));
        Cases::of("secret.alibaba_secret_key")
            .hit(&format!("new Client(\"{id}\", \"{secret}\", \"cn-hangzhou\")"), &secret)
            .hit(&format!("id: {id}\nregion: cn\nvalue: {secret}\n"), &secret)
            .low(
                &format!("AcsClient('{id}', '111111111101234567890123456789')"),
                "111111111101234567890123456789",
            )
            .low(&format!("Client(\"LTAI{}\", \"{secret}\")", "X".repeat(16)), &secret)
            .miss(&format!("Client(\"{id}\", loadAccessKeySecretFromVault2X)"))
            .miss(&format!("{id}, {longer}, {}", longer.to_lowercase()))
            .miss(&format!("{id}, {}", secret.to_lowercase()))
            .miss(&format!("x{id} {secret}, {id}{}{secret}", " -".repeat(60)))
            .miss(&format!("id {secret}, {id}/{secret}="))
            .run();
        let (id, secret) = (format!("{}{}", "AKID", drawn(32)), drawn(32));
        Cases::of("secret.tencent_secret_key")
            .hit(&format!("Credential(\"{id}\", \"{secret}\")"), &secret)
            .miss(&format!("Credential(\"{id}\", \"{}\")", &secret[1..]))
            .miss(&format!("{id} TencentCloudSmsTemplateIdRegion1"))
            .run();
    }
}
