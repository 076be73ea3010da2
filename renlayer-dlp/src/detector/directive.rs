//! Passwords that the configuration of a device or server gives to a directive, with nothing but a space between.
//!
//! - hit: `requirepass kx72Hq9`, `enable secret 0 kx72Hq9`, `username joe password 0 kx72Hq9`, `stats auth joe:kx72-Hq9`, `psk="kx72 Hq9zz"`
//! - low: words in place of a password, and words joined: `requirepass opensesame`, `psk=wpa2-personal`
//! - miss: `the requirepass directive of Redis`, `enable password SHA256 hashing`, `bindpw $PASS`
//! - known mistakes: what a directive's line says after the password hides it, but for the address of a key and the option after an option.

use super::token::is_placeholder;
use super::url_credentials::is_variable;
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::check::language;
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct Directive;

/// What stands before a password, by the manuals of what reads it.
const DIRECTIVES: [&str; 19] = [
    // Cisco IOS; for what is encoded, see `network_device`.
    "enable password ",
    "enable secret ",
    "ppp chap password ",
    "tacacs-server key ",
    "radius-server key ",
    "crypto isakmp key ",
    "password 0 ",
    "secret 0 ",
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
/// Which of them stand on the line of a user: `username joe password 0 …`, `user joe insecure-password …`.
const OF_USERS: [&str; 3] = ["password 0 ", "secret 0 ", "insecure-password "];
const USERS: [&[u8]; 2] = [b"username ", b"user "];
/// How long the begin of a line is, at most.
const LONGEST_BEGIN: usize = 96;
const SHORTEST: usize = 5;
const LONGEST: usize = 128;
const VALUE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`\\");
/// What neither words nor what joins them have.
const SIGN: ByteSet = ByteSet::WORD.with(b" -./:,=%()").not();
const SPACE: ByteSet = ByteSet::EMPTY.with(b" \t");
const QUOTE: ByteSet = ByteSet::EMPTY.with(b"\"");
const LINE_END: ByteSet = ByteSet::EMPTY.with(b"\r\n");

impl Detector for Directive {
    fn about(&self) -> About {
        let finds = "a password after a directive in the configuration of a device or server";
        About::new("directive_password", "secret.directive_password", Severity::High, finds)
    }

    fn page(&self) -> Page {
        Page {
            basis: "the directive before it",
            mistakes: "words are low, also where they are all that follows it on a line of text",
        }
    }

    fn anchors(&self) -> Vec<Anchor> {
        DIRECTIVES.iter().map(Anchor::literal).collect()
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        let stands = |directive: &&&str| probe.looking_at(at, directive.as_bytes());
        let directive = *DIRECTIVES.iter().filter(stands).max_by_key(|directive| directive.len())?;
        let is_option = is_option(probe);
        if !is_option && !begins_line(probe, directive) {
            return None;
        }
        let start = at + directive.len();
        // Cisco's `0` says that what follows is not encoded.
        let start = if probe.looking_at(start, b"0 ") { start + 2 } else { start };
        probe.begins(start);
        let (start, end) = extent(probe, start);
        let start = if directive == "stats auth " { after_user(probe, start, end)? } else { start };
        let is_last = ends_line(probe, end)
            || is_option && probe.looking_at(end, b" -")
            || directive.ends_with("isakmp key ") && probe.looking_at(end, b" address ");
        if is_last { weigh(probe, start, end) } else { None }
    }
}

/// `--requirepass …`.
fn is_option(probe: &Probe<'_>) -> bool {
    let dashes = probe.run_back(probe.at(), &ByteSet::EMPTY.with(b"-"), 3);
    probe.at() - dashes == 2 && probe.before(dashes).is_none_or(|byte| ByteSet::SPACE.has(byte))
}

/// Whether nothing but space, or the name of a user, stands before the directive on its line.
fn begins_line(probe: &Probe<'_>, directive: &str) -> bool {
    let begins = |at: usize| probe.before(at).is_none_or(|byte| LINE_END.has(byte));
    let indented = probe.run_back(probe.at(), &SPACE, LONGEST_BEGIN);
    begins(indented)
        || OF_USERS.contains(&directive) && {
            let start = probe.run_back(probe.at(), &LINE_END.not(), LONGEST_BEGIN);
            let before = probe.slice(start..probe.at()).trim_ascii_start();
            begins(start) && USERS.into_iter().any(|user| before.starts_with(user))
        }
}

/// Whether nothing follows on the line but a quote and space.
fn ends_line(probe: &Probe<'_>, end: usize) -> bool {
    let after = probe.run(probe.run(end, &QUOTE, 1), &SPACE, 8);
    probe.is(after, &LINE_END) || probe.ends(after)
}

/// To the end of the word; in quotes, to their end.
fn extent(probe: &Probe<'_>, at: usize) -> (usize, usize) {
    if !probe.is(at, &QUOTE) {
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
    let is_foreign = || has(SIGN) || !is_numbered(value) && language::surprise(value) >= language::FOREIGN;
    let found = Match::new(start..end, 0.7).with(Evidence::CONTEXT);
    Some(if is_mixed && is_foreign() && !is_placeholder(value) { found } else { found.harmless() })
}

/// `OAuth2`, `redis6.conf`: words of which one has a number at its end.
fn is_numbered(value: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let after_word = value.iter().skip_while(|byte| !is_digit(byte));
    let mut rest = after_word.skip_while(|byte| is_digit(byte)).peekable();
    let goes_on = rest.peek().is_some_and(|byte| byte.is_ascii_alphabetic());
    !goes_on && !rest.any(is_digit)
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::{Cases, examined, scan};

    #[test]
    fn directive_cases() {
        let word = ["kx72-", "Hq9zz"].concat();
        Cases::of("secret.directive_password")
            .hit(&format!("username joe password 0 {word}\n"), &word)
            .hit(&format!("enable secret {word}\n"), &word)
            .hit("enable secret 0 kx72Hq9zz\n", "kx72Hq9zz")
            .hit(&format!("line vty 0 4\n password 0 {word}\n"), &word)
            .hit(&format!("redis-server --requirepass {word} --port 6380"), &word)
            .hit(&format!("crypto isakmp key {word} address 10.0.0.1\n"), &word)
            .hit(&format!("requirepass {word}\n"), &word)
            .hit(&format!("  stats auth joe:{word}\n"), &word)
            .hit(&format!("network={{\n  ssid=\"home\"\n  psk=\"{word}\"\n}}"), &word)
            .hit(&format!("rootpw --plaintext {word}\n"), &word)
            .low("  user joe insecure-password opensesame\n", "opensesame")
            .low("psk=\"correct horse battery\"\n", "correct horse battery")
            .low("auth_pass opensesame", "opensesame")
            .low("enable secret rotation-v2\n", "rotation-v2")
            .low("psk=wpa2-personal\n", "wpa2-personal")
            .low("masterauth config1\n", "config1")
            .low("enable password OAuth2\n", "OAuth2")
            .low("masterauth redis6.conf\n", "redis6.conf")
            .low("bindpw secret1.txt\n", "secret1.txt")
            .miss("the requirepass directive of Redis, and enable password protection for it")
            .miss("key 0 shard93\nevicted key 0 shard93\nthe enable password kx72Hq9zz\nuser said requirepass kx72Hq9zz\n")
            .miss("Enable password SHA256 hashing\nenable secret rotation-v2 for all\nEnable password OAuth2 flow\n")
            .miss("the requirepass redis6.conf option\nbindpw secret1.txt file\nmasterauth config1 and more\n")
            .miss("bindpw $PASS\nrootpw {SSHA}x1y2z3a4b5c6\nstats auth joe\nmy_psk=kx72Hq9zz")
            .run();
    }

    #[test]
    fn directives_in_a_row_are_looked_beside_shortly() {
        for directive in ["psk=", "psk= ", "requirepass "] {
            let text = directive.repeat(3000);
            let examined = examined("directive_password", &scan(&text).cost);
            assert!(0 < examined && examined <= 8 * text.len() as u64, "{directive}: {examined} bytes");
        }
    }
}
