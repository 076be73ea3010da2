//! Passwords on command lines and in `.netrc`, where no operator gives them to a name.
//!
//! - hit: `sshpass -p kx72-Hq9 ssh joe@corp.io`, `docker login -u joe -p …`, `mysql -u root -pkx72Hq9`,
//!   `ConvertTo-SecureString "…" -AsPlainText`, `openssl rsa -passin pass:…`, `keytool -storepass …`, `net user joe kx72-Hq9 /add`, `machine corp.io login joe password kx72-Hq9`
//! - low: words in place of a password
//! - miss: `sshpass -p "$PASS"`, `mysql -u root -p`, `ssh -p 2222`
//! - known mistakes: options further than 160 bytes after the command are not seen.

use super::url_credentials::is_variable;
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::check::language;
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct CommandPassword;

/// A command, and what stands before the password; where that is empty, the password is the next word, and where it is a
/// space, the word after that. Commands in lower case stand in either case.
const COMMANDS: [(&str, &str); 22] = [
    ("sshpass ", "-p "),
    ("sshpass ", "-p"),
    ("docker login", " -p "),
    ("mysql ", " -p"),
    ("mysqldump ", " -p"),
    ("mysqladmin ", " -p"),
    ("redis-cli ", " -a "),
    ("ldapsearch ", " -w "),
    ("ConvertTo-SecureString ", ""),
    ("ConvertTo-SecureString ", "-String "),
    ("net user ", " "),
    ("psexec", " -p "),
    ("az login", " -p "),
    ("vault login ", ""),
    ("vault operator unseal ", ""),
    ("openssl ", "-passin pass:"),
    ("openssl ", "-passout pass:"),
    ("openssl ", "-password pass:"),
    ("openssl ", "-pass pass:"),
    ("keytool ", "-storepass "),
    ("keytool ", "-keypass "),
    ("machine ", " password "),
];
const SPAN: usize = 160;
const LONGEST: usize = 128;
const VALUE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`\\|;<>()");
const QUOTES: ByteSet = ByteSet::EMPTY.with(b"\"'");

impl Detector for CommandPassword {
    fn about(&self) -> About {
        let finds = "a password on a command line or in .netrc";
        About::new("command_password", "secret.command_password", Severity::High, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "options further than 160 bytes after the command are not seen";
        Page { basis: "the command and its option before it", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let mut commands: Vec<_> = COMMANDS.iter().map(|(command, _)| Anchor::begin(command)).collect();
        commands.dedup();
        commands
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn ahead(&self) -> usize {
        SPAN + LONGEST + 16
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        if probe.was(at, &ByteSet::WORD) {
            return None;
        }
        let stands = |(command, _): &&(&str, &str)| probe.looking_at_word(at, command.as_bytes());
        COMMANDS
            .iter()
            .filter(stands)
            .find_map(|(command, option)| password(probe, at + command.len(), option))
    }
}

/// The password after `option`, on the same line or, in `.netrc`, on one of the next.
fn password(probe: &Probe<'_>, from: usize, option: &str) -> Option<Match> {
    let is_netrc = option == " password ";
    let mut at = if option == " " { from } else { from.saturating_sub(1) };
    let passed = match option.bytes().next() {
        Some(b' ') => ByteSet::SPACE.not(),
        Some(first) => ByteSet::EMPTY.with(&[first, b'\n']).not(),
        None => ByteSet::EMPTY,
    };
    loop {
        at = probe.run(at, &passed, (from + SPAN).saturating_sub(at));
        probe.begins(at);
        if at >= from + SPAN {
            return None;
        }
        let byte = probe.get(at)?;
        if byte == b'\n' && !is_netrc && !probe.was(at, &ByteSet::EMPTY.with(b"\\")) {
            return None;
        }
        if stands(probe, at, option) {
            let start = probe.run(at + option.len(), &QUOTES, 1);
            return weigh(probe, start, option);
        }
        if probe.ran_out() {
            return None;
        }
        at += 1;
    }
}

/// Whether `option` stands at `at`; any space may stand for its first.
fn stands(probe: &Probe<'_>, at: usize, option: &str) -> bool {
    match option.strip_prefix(' ') {
        Some(rest) => probe.is(at, &ByteSet::SPACE) && probe.looking_at(at + 1, rest.as_bytes()),
        None => probe.was(at, &ByteSet::SPACE.with(b"(")) && probe.looking_at(at, option.as_bytes()),
    }
}

fn weigh(probe: &Probe<'_>, start: usize, option: &str) -> Option<Match> {
    // Nothing but a password stands there; after others, words are those of the command.
    let is_given = option == " password " || option.contains('-') && option.ends_with([' ', ':']);
    probe.begins(start);
    let end = probe.run(start, &VALUE, LONGEST);
    let value = probe.slice(start..end);
    let has = |set: ByteSet| value.iter().any(|byte| set.has(*byte));
    let is_option = value.starts_with(b"-") || value.starts_with(b"/") || value.contains(&b'=');
    let least = if option == " password " { 5 } else { 4 };
    if value.len() < least || is_variable(value) || is_option {
        return None;
    }
    let found = Match::new(start..end, 0.7).with(Evidence::CONTEXT);
    let is_mixed = has(ByteSet::ALPHA) && has(ByteSet::DIGIT) && value.len() >= 5;
    let is_foreign = option != " password " && value.len() >= 10 && language::surprise(value) >= 5.2;
    match is_mixed || is_foreign {
        true => Some(found),
        false => is_given.then(|| found.harmless()),
    }
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn command_password_cases() {
        let word = ["kx72-", "Hq9zz"].concat();
        let plain = ["kx72", "Hq9zz"].concat();
        let key = ["98m+o2ylRhVbOi+3", "o5ub6PbP343ocFUVORgSYeypMDjh"].concat();
        Cases::of("secret.command_password")
            .hit(&format!("sshpass -p {word} ssh joe@corp.io"), &word)
            .hit(&format!("sshpass -p'{word}' ssh joe@corp.io"), &word)
            .hit(&format!("docker login -u joe -p {word} registry.corp.io"), &word)
            .hit(&format!("mysql -h db -u root -p{plain} shop"), &plain)
            .hit(&format!("$x = ConvertTo-SecureString \"{word}\" -AsPlainText -Force"), &word)
            .hit(&format!("net user joe {word} /add"), &word)
            .hit(&format!("PsExec64.exe \\\\host -u joe -p {word} cmd"), &word)
            .hit(&format!("psExec \\\\host -u joe -p {word} cmd"), &word)
            .hit(&format!("vault operator unseal {key}"), &key)
            .miss("vault login -method=userpass2 username=joe")
            .hit(&format!("machine corp.io login joe password {word}\n"), &word)
            .hit(&format!("machine corp.io\n  login joe\n  password {word}\n"), &word)
            .low("machine corp.io login joe password letmeknow\n", "letmeknow")
            .hit(&format!("openssl rsa -in a.pem -passin pass:{word}"), &word)
            .low("openssl req -x509 -passout pass:foobar -sha256", "foobar")
            .low("keytool -genkey -storepass changeit", "changeit")
            .low("sshpass -p blah ssh joe@corp.io", "blah")
            .miss("openssl rsa -passin env:PASS1 -in a.pem, openssl req -passout pass:$PASS")
            .miss("sshpass -p \"$PASS\" ssh joe@corp.io")
            .miss("mysql -u root -p shop")
            .miss("ssh -p 2222 joe@corp.io")
            .miss("the machine and its password were described")
            .miss("net user joe /delete")
            .run();
    }
}
