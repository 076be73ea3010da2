//! Private keys in armour: PEM of every kind, OpenSSH, PGP.
//!
//! Whoever holds one is its owner. The whole block is the value, begin line to end line; where the end line is missing, what
//! is there of the body is.
//!
//! - hit: `-----BEGIN RSA PRIVATE KEY-----`, base64 lines, `-----END RSA PRIVATE KEY-----`; line ends may be written `\n`
//! - low: a body of eight to forty characters, cut or made up
//! - miss: certificates and public keys; the begin line alone, as in code that looks for it, or with how the key is encrypted
//! - known mistakes: a body of fewer than 40 characters is taken for a made-up one; DER without armour is a matter of
//!   [`token`](super::token).

use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct PrivateKey;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const LABEL: ByteSet = ByteSet::UPPER.or(ByteSet::DIGIT).with(b" ");
/// Base64 and line ends (also written out as `\n`), and what header lines (`Proc-Type: 4,ENCRYPTED`), quoted source,
/// comments and logs hold.
const BODY: ByteSet = ByteSet::BASE64.or(ByteSet::SPACE).with(b"=\\:,.()@\"'>*#");
const LEAST_BODY: usize = 40;
const LEAST_CUT: usize = 8;
/// The digits that a cipher begins with.
const LONGEST_BEGIN: usize = 32;
/// A 16384-bit RSA key is 12.5 KB of armour.
const LONGEST: usize = 32 * 1024;

impl Detector for PrivateKey {
    fn about(&self) -> About {
        About::new(
            "private_key",
            "secret.private_key",
            Severity::Critical,
            "a private key in PEM, OpenSSH or PGP armour",
        )
    }

    fn page(&self) -> Page {
        let mistakes = "a body of fewer than forty characters is low";
        Page { basis: "the lines of the armour and what is between them", mistakes }
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
        let body = begin_line(probe, start)?;
        let body_end = walk_body(probe, probe.resume().max(body));
        let found = |end, confidence| Match::new(start..end, confidence).with(Evidence::STRUCTURE);
        match key_characters(probe.slice(body..body_end)) {
            LEAST_BODY.. => {}
            // Too short for a key, and something all the same: cut, or made up.
            LEAST_CUT.. if is_line_end(probe, body) => return Some(found(body_end, 0.3).harmless()),
            _ => return None,
        }
        Some(match end_line(probe, body_end) {
            Some(end) => found(end, 0.99),
            None => found(body_end, 0.8),
        })
    }
}

/// The end of `-----BEGIN … PRIVATE KEY-----`.
fn begin_line(probe: &Probe<'_>, start: usize) -> Option<usize> {
    let label = start + BEGIN.len();
    let label_end = probe.run(label, &LABEL, 40);
    let name = probe.slice(label..label_end);
    let is_private = name.ends_with(b"PRIVATE KEY") || name == b"PGP PRIVATE KEY BLOCK";
    (is_private && probe.looking_at(label_end, b"-----")).then_some(label_end + 5)
}

/// The end of the body. Header lines and PGP's armour may hold single dashes; five of them are a line of armour.
fn walk_body(probe: &Probe<'_>, from: usize) -> usize {
    let mut at = from;
    loop {
        at = probe.run(at, &BODY, LONGEST);
        probe.reached(at);
        // Not past a dash whose neighbour has not arrived: the walk would resume inside the end line.
        if probe.get(at) != Some(b'-') || matches!(probe.get(at + 1), None | Some(b'-')) {
            return at;
        }
        at += 1;
    }
}

fn end_line(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let label = at + END.len();
    let label_end = probe.run(label, &LABEL, 40);
    (probe.looking_at(at, END) && probe.looking_at(label_end, b"-----")).then_some(label_end + 5)
}

fn is_line_end(probe: &Probe<'_>, at: usize) -> bool {
    probe.is(at, &ByteSet::EMPTY.with(b"\r\n")) || probe.looking_at(at, b"\\n")
}

/// How much of the body could be key: not what says how it is encrypted.
fn key_characters(body: &[u8]) -> usize {
    const INFO: &[u8] = b"DEK-Info:";
    let info = memchr::memmem::find(body, INFO).and_then(|at| body.get(at + INFO.len()..));
    let key = info.map_or(body, after_cipher);
    key.iter().filter(|&&byte| ByteSet::BASE64.has(byte)).count()
}

/// What follows ` AES-256-CBC,2AA2…`: where line breaks were lost the key goes on on the same line.
fn after_cipher(info: &[u8]) -> &[u8] {
    const NAME: ByteSet = ByteSet::UPPER.or(ByteSet::DIGIT).with(b" -,");
    let past = |text: &[u8], set: ByteSet| text.iter().take_while(|byte| set.has(**byte)).count();
    let name =
        memchr::memchr(b',', info.get(..past(info, NAME)).unwrap_or_default()).map_or(0, |comma| comma + 1);
    let rest = info.get(name..).unwrap_or_default();
    rest.get(past(rest, ByteSet::HEX).min(LONGEST_BEGIN)..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::detector::ByteSet;
    use crate::detector::harness::{Cases, Random};

    fn armour(label: &str, lines: usize, line_end: &str) -> String {
        let mut random = Random::new(1);
        let body: String = (0..lines).map(|_| random.text(ByteSet::BASE64, 64) + line_end).collect();
        format!("-----BEGIN {label}-----{line_end}{body}-----END {label}-----")
    }

    #[test]
    fn private_key_cases() {
        let mut cases = Cases::of("secret.private_key");
        for label in [
            "RSA PRIVATE KEY",
            "PRIVATE KEY",
            "OPENSSH PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "PGP PRIVATE KEY BLOCK",
        ] {
            for line_end in ["\n", "\r\n", "\\n"] {
                let key = armour(label, 12, line_end);
                cases = cases.hit(&format!("use this:\n{key}\nthanks"), &key);
            }
        }
        let key = armour("EC PRIVATE KEY", 3, "\n");
        let cut = &key[..key.len() - "-----END EC PRIVATE KEY-----".len()];
        let begin = Random::new(2).text(ByteSet::HEX_LOWER, 32).to_ascii_uppercase();
        let header = format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,{begin}\n\n");
        let encrypted = key.replacen("KEY-----\n", &format!("KEY-----\n{header}"), 1);
        let in_a_line = encrypted.replace('\n', " ");
        cases
            .hit(&encrypted, &encrypted)
            .hit(&in_a_line, &in_a_line)
            .hit(cut, cut)
            .low(
                "-----BEGIN RSA PRIVATE KEY-----\nsuper secret\n",
                "-----BEGIN RSA PRIVATE KEY-----\nsuper secret\n",
            )
            .miss(&armour("CERTIFICATE", 12, "\n"))
            .miss(&armour("PUBLIC KEY", 4, "\n"))
            .miss("if s.starts_with(\"-----BEGIN RSA PRIVATE KEY-----\") {")
            .miss("-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----")
            .miss(&format!("-----BEGIN RSA PRIVATE KEY-----\n{header}"))
            .miss(&format!("-----BEGIN RSA PRIVATE KEY----- {}", header.replace('\n', " ")))
            .run();
    }
}
