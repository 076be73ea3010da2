//! Private keys in PuTTY's own format.
//!
//! Whoever holds one is its owner, unless it is encrypted, which its header says and which is not looked at: a passphrase can
//! be guessed at leisure.
//!
//! - hit: `PuTTY-User-Key-File-2: ssh-rsa`, header lines, `Private-Lines: 14`, the lines
//! - miss: the name of the format, a file without its private lines
//! - known mistakes: a file whose public lines are longer than eight kilobytes is not found.

use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct PuttyKey;

const BEGIN: &[u8] = b"PuTTY-User-Key-File-";
const PRIVATE: &[u8] = b"Private-Lines: ";
/// Base64, header lines, comments.
const HEADER: ByteSet = ByteSet::EMPTY.range(0x20, 0x7e).or(ByteSet::SPACE);
const BODY: ByteSet = ByteSet::BASE64.or(ByteSet::SPACE).with(b"=\\");
const LONGEST_HEADER: usize = 8 * 1024;
const LONGEST: usize = 16 * 1024;
const LEAST_BODY: usize = 40;

impl Detector for PuttyKey {
    fn about(&self) -> About {
        About::new("putty_key", "secret.private_key", Severity::Critical, "a private key in PuTTY's format")
    }

    fn page(&self) -> Page {
        Page { basis: "the lines of the format", mistakes: "encrypted keys are hits too" }
    }

    fn anchors(&self) -> Vec<Anchor> {
        vec![Anchor::literal(BEGIN)]
    }

    fn ahead(&self) -> usize {
        LONGEST
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = probe.at();
        probe.begins(start);
        if !probe.is(start + BEGIN.len(), &ByteSet::DIGIT) || probe.get(start + BEGIN.len() + 1) != Some(b':')
        {
            return None;
        }
        let body = private_lines(probe, start + BEGIN.len())?;
        let end = before_next_header(probe, probe.run(body, &BODY, LONGEST));
        let trailing = probe
            .slice(body..end)
            .iter()
            .rev()
            .take_while(|byte| !ByteSet::BASE64.with(b"=").has(**byte))
            .count();
        let end = end - trailing;
        let is_long = end - body.min(end) >= LEAST_BODY;
        is_long.then(|| Match::new(start..end, 0.98).with(Evidence::STRUCTURE))
    }
}

/// The lines end where the next header line begins, whose first word is letters too.
fn before_next_header(probe: &Probe<'_>, end: usize) -> usize {
    let is_header = probe.is(end, &ByteSet::EMPTY.with(b"-:"));
    if is_header { probe.run_back(end, &ByteSet::ALPHA, 32) } else { end }
}

/// Where the private lines begin, after their count. Up to where none begin is noted: it is the same for all headers before.
fn private_lines(probe: &Probe<'_>, from: usize) -> Option<usize> {
    let limit = from + LONGEST_HEADER;
    let mut at = probe.resume().max(probe.known()).max(from);
    while at < limit && !probe.looking_at(at, PRIVATE) {
        // Not arrived yet: go on from here next time.
        if probe.ran_out() || !probe.is(at, &HEADER) {
            break;
        }
        at += 1;
        probe.reached(at);
    }
    probe.knows(at);
    let is_there = at < limit && probe.looking_at(at, PRIVATE);
    is_there.then(|| probe.run(at + PRIVATE.len(), &ByteSet::DIGIT, 4))
}

#[cfg(test)]
mod tests {
    use crate::detector::ByteSet;
    use crate::detector::harness::{Cases, Random};

    #[test]
    fn putty_key_cases() {
        let mut random = Random::new(9);
        let line = random.text(ByteSet::BASE64, 64);
        let head =
            "PuTTY-User-Key-File-2: ssh-ed25519\nEncryption: none\nComment: me@host\nPublic-Lines: 1\n";
        let key = format!("{head}{line}\nPrivate-Lines: 1\n{line}");
        Cases::of("secret.private_key")
            .hit(&format!("{key}\nPrivate-MAC: 00\n"), &key)
            .miss("the file begins with PuTTY-User-Key-File-2: and so on")
            .miss(head)
            .run();
    }
}
