//! Service account keys of Google Cloud, as the JSON file that is downloaded.
//!
//! The file is all it takes to act as the account. The private key inside is found by itself too; here the value runs from the
//! key's id to the end of the key, so that what is reported says whose key it is.
//!
//! - hit: `"private_key_id": "…", "private_key": "-----BEGIN PRIVATE KEY-----…"`
//! - miss: the id without the key, as in lists of keys
//! - known mistakes: where the file has been taken apart (its fields read one by one from JSON), only the private key inside
//!   is found, as `secret.private_key`.

use super::token::is_glued;
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct GcpServiceAccount;

const ID: &[u8] = b"private_key_id";
const BEGIN: &[u8] = b"-----BEGIN PRIVATE KEY-----";
const END: &[u8] = b"-----END PRIVATE KEY-----";
/// How far after its id the key may begin.
const NEAR: usize = 400;
const BODY: ByteSet = ByteSet::BASE64.or(ByteSet::SPACE).with(b"=\\");
const LONGEST: usize = 8 * 1024;

impl Detector for GcpServiceAccount {
    fn about(&self) -> About {
        let finds = "a Google Cloud service account key";
        About::new("gcp_service_account", "secret.gcp_service_account", Severity::Critical, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "where a document was read field by field, only the private key inside is found";
        Page { basis: "the fields of the file and the armour of the key", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        vec![Anchor::literal(ID)]
    }

    fn start(&self) -> Start {
        Start::Word
    }

    fn ahead(&self) -> usize {
        LONGEST
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = probe.at();
        if is_glued(probe, start) {
            return None;
        }
        probe.begins(start);
        let from = start + ID.len();
        let dashes = (from..from + NEAR)
            .take_while(|&at| probe.get(at).is_some())
            .find(|&at| probe.looking_at(at, BEGIN))?;
        let body = dashes + BEGIN.len();
        let end = probe.run(probe.resume().max(body), &BODY, LONGEST);
        probe.reached(end);
        let is_closed = end > body + 16 && probe.looking_at(end, END);
        is_closed.then(|| Match::new(start..end + END.len(), 0.99).with(Evidence::STRUCTURE))
    }
}

#[cfg(test)]
mod tests {
    use crate::detector::ByteSet;
    use crate::detector::harness::{Cases, Random};

    #[test]
    fn gcp_service_account_cases() {
        let mut random = Random::new(13);
        let body = random.text(ByteSet::BASE64, 400);
        let id = random.text(ByteSet::HEX_LOWER, 40);
        let value = format!(
            "private_key_id: '{id}', private_key: '-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----"
        );
        Cases::of("secret.gcp_service_account")
            .hit(&format!("type: service_account, {value}\n'"), &value)
            .miss(&format!("private_key_id: {id}"))
            .miss(&format!("x{value}"))
            .run();
    }
}
