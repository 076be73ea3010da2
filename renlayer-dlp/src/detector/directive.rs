//! Passwords that the configuration of a device or server gives to a directive, with nothing but a space between.
//!
//! - hit: `requirepass kx72Hq9`, `enable password kx72Hq9`, `stats auth joe:kx72-Hq9`, `psk="kx72 Hq9zz"`
//! - low: words in place of a password, where the line ends with them: `requirepass opensesame`
//! - miss: `the requirepass directive of Redis`, `bindpw $PASS`
//! - known mistakes: a directive at the end of a sentence's line, with another word after it, is `LOW`.

use super::token::is_placeholder;
use super::url_credentials::is_variable;
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct Directive;

/// What stands before a password, by the manuals of what reads it.
const DIRECTIVES: [&str; 20] = [
    // Cisco IOS, where 0 says that what follows is not encoded; for what is, see `network_device`.
    "password 0 ",
    "secret 0 ",
    "key 0 ",
    "enable password ",
    "enable secret ",
    "chap password ",
    "tacacs-server key ",
    "radius-server key ",
    "isakmp key ",
    // Redis.
    "requirepass ",
    "masterauth ",
    // HAProxy.
    "insecure-password ",
    "stats auth ",
    // OpenLDAP and its clients.
    "rootpw ",
    "bindpw ",
    // Keepalived.
    "auth_pass ",
    // wpa_supplicant and hostapd.
    "psk=",
    "wpa_psk=",
    "wep_key0=",
    // Kickstart.
    "rootpw --plaintext ",
];
const SHORTEST: usize = 5;
const LONGEST: usize = 128;
const VALUE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`\\");
const ENDS: ByteSet = ByteSet::EMPTY.with(b"\r\n\"");

impl Detector for Directive {
    fn about(&self) -> About {
        let finds = "a password after a directive in the configuration of a device or server";
        About::new("directive_password", "secret.directive_password", Severity::High, finds)
    }

    fn page(&self) -> Page {
        Page {
            basis: "the directive before it",
            mistakes: "words are low, also at the end of a sentence's line",
        }
    }

    fn anchors(&self) -> Vec<Anchor> {
        DIRECTIVES.iter().map(Anchor::word).collect()
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        let stands = |directive: &&&str| probe.looking_at_word(at, directive.as_bytes());
        let directive = DIRECTIVES.iter().filter(stands).max_by_key(|directive| directive.len())?;
        if probe.was(at, &ByteSet::WORD) {
            return None;
        }
        let start = at + directive.len();
        probe.begins(start);
        let (start, end) = extent(probe, start);
        let start = if *directive == "stats auth " { after_user(probe, start, end)? } else { start };
        weigh(probe, start, end)
    }
}

/// To the end of the word; in quotes, to their end.
fn extent(probe: &Probe<'_>, at: usize) -> (usize, usize) {
    if !probe.is(at, &ByteSet::EMPTY.with(b"\"")) {
        return (at, probe.run(at, &VALUE, LONGEST));
    }
    (at + 1, probe.run(at + 1, &VALUE.with(b" "), LONGEST))
}

/// Behind the name of the user and its colon.
fn after_user(probe: &Probe<'_>, start: usize, end: usize) -> Option<usize> {
    let colon = probe.slice(start..end).iter().position(|byte| *byte == b':')?;
    Some(start + colon + 1)
}

fn weigh(probe: &Probe<'_>, start: usize, end: usize) -> Option<Match> {
    let value = probe.slice(start..end);
    // What is hashed, or named as it is to be read, is no password.
    if value.len() < SHORTEST || is_variable(value) || value.starts_with(b"{") || value.starts_with(b"--") {
        return None;
    }
    let has = |set: ByteSet| value.iter().any(|byte| set.has(*byte));
    let is_mixed = has(ByteSet::DIGIT) && has(ByteSet::ALPHA);
    let found = Match::new(start..end, 0.7).with(Evidence::CONTEXT);
    let is_last = || probe.is(end, &ENDS) || probe.ends(end);
    match is_mixed && !is_placeholder(value) {
        true => Some(found),
        false => is_last().then(|| found.harmless()),
    }
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn directive_cases() {
        let word = ["kx72-", "Hq9zz"].concat();
        Cases::of("secret.directive_password")
            .hit(&format!("username joe password 0 {word}\n"), &word)
            .hit(&format!("enable secret {word}\n"), &word)
            .hit(&format!("crypto isakmp key {word} address 10.0.0.1\n"), &word)
            .hit(&format!("requirepass {word}\n"), &word)
            .hit(&format!("  stats auth joe:{word}\n"), &word)
            .hit(&format!("network={{\n  ssid=\"home\"\n  psk=\"{word}\"\n}}"), &word)
            .hit(&format!("rootpw --plaintext {word}\n"), &word)
            .low("  user joe insecure-password opensesame\n", "opensesame")
            .low("psk=\"correct horse battery\"\n", "correct horse battery")
            .low("auth_pass opensesame", "opensesame")
            .miss("the requirepass directive of Redis, and enable password protection for it")
            .miss("bindpw $PASS\nrootpw {SSHA}x1y2z3a4b5c6\nstats auth joe\nmy_psk=kx72Hq9zz")
            .run();
    }
}
