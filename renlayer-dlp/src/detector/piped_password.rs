//! Passwords that a shell prints into what asks for one.
//!
//! - hit: `echo 'root:kx72-Hq9' | chpasswd`, `echo kx72-Hq9 | sudo -S apt update`, `echo kx72-Hq9 | docker login -u joe --password-stdin`,
//!   `printf 'kx72-Hq9' | gh secret set API_TOKEN`
//! - low: words in place of a password
//! - miss: variables, values with spaces, and what is printed into anything else
//! - known mistakes: options further than 96 bytes after the command are not seen, nor what another command stands before.

use super::command_password::{is_foreign, is_mixed};
use super::url_credentials::is_variable;
use super::{About, Anchor, ByteSet, Detector, Match, Need, Page, Probe, Start};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct PipedPassword;

/// What prints it.
const PRINTERS: [&str; 2] = ["echo ", "printf "];
/// What asks for a password, and the option with which it reads that from its input.
const READERS: [(&str, &str); 12] = [
    ("chpasswd", ""),
    ("passwd", "--stdin"),
    ("su ", ""),
    ("kinit", ""),
    ("docker login", "-stdin"),
    ("podman login", "-stdin"),
    ("helm registry login", "-stdin"),
    ("gh secret set ", ""),
    ("gh auth login", "--with-token"),
    ("vault login -", ""),
    ("cryptsetup ", ""),
    ("gpg", "--passphrase-fd 0"),
];
/// And what runs that as somebody else, for which it may ask too.
const SUDO: &str = "sudo ";
const SUDO_READS: [&str; 3] = ["sudo -S", "sudo --stdin", "sudo -kS"];
/// The one that is given who it is for as well.
const ACCOUNTS: &str = "chpasswd";
const LONGEST: usize = 128;
/// How far after a command its option may stand.
const SPAN: usize = 96;
const SPACES: usize = 8;
const SPACE: ByteSet = ByteSet::EMPTY.with(b" ");
const QUOTES: ByteSet = ByteSet::EMPTY.with(b"\"'");
const VALUE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`\\|;<>()");
/// What the rest of the command is made of.
const COMMAND: ByteSet = ByteSet::EMPTY.range(0x20, 0x7e).without(b"|;&");

impl Detector for PipedPassword {
    fn about(&self) -> About {
        let finds = "a password that a shell prints into what asks for it";
        About::new("piped_password", "secret.command_password", Severity::High, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "options further than 96 bytes after the command are not seen";
        Page { basis: "the command that reads it", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        PRINTERS.iter().map(Anchor::begin).collect()
    }

    fn need(&self) -> Need {
        Need::Mark { mark: b'|', within: LONGEST }
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn ahead(&self) -> usize {
        LONGEST + 4 * SPACES + SPAN + 32
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        let printer = PRINTERS.iter().find(|printer| probe.looking_at_word(at, printer.as_bytes()))?;
        let mut start = at + printer.len();
        for option in ["-n ", "-e ", "-ne "] {
            start += if probe.looking_at(start, option.as_bytes()) { option.len() } else { 0 };
        }
        let start = probe.run(start, &QUOTES, 1);
        probe.begins(start);
        let end = probe.run(start, &VALUE, LONGEST);
        let pipe = probe.run(probe.run(end, &QUOTES, 1), &SPACE, SPACES);
        if !probe.looking_at(pipe, b"|") || pipe >= at + LONGEST {
            return None;
        }
        let reader = probe.run(pipe + 1, &SPACE, SPACES);
        let is_of_an_account = reads(probe, reader)? == ACCOUNTS;
        let user = probe.slice(start..end).iter().position(|byte| *byte == b':').filter(|_| is_of_an_account);
        weigh(probe, user.map_or(start, |colon| start + colon + 1)..end)
    }
}

/// What at `at` asks for a password.
fn reads(probe: &Probe<'_>, at: usize) -> Option<&'static str> {
    if let Some(sudo) = SUDO_READS.into_iter().find(|sudo| probe.looking_at(at, sudo.as_bytes())) {
        return Some(sudo);
    }
    let at = if probe.looking_at(at, SUDO.as_bytes()) { at + SUDO.len() } else { at };
    let (reader, option) = READERS.into_iter().find(|(reader, _)| probe.looking_at(at, reader.as_bytes()))?;
    let rest = probe.slice(at..probe.run(at, &COMMAND, SPAN));
    memchr::memmem::find(rest, option.as_bytes()).map(|_| reader)
}

fn weigh(probe: &Probe<'_>, range: std::ops::Range<usize>) -> Option<Match> {
    let value = probe.slice(range.clone());
    if value.len() < 4 || is_variable(value) {
        return None;
    }
    let found = Match::new(range, 0.7).with(Evidence::CONTEXT);
    Some(if is_mixed(value) || is_foreign(value) { found } else { found.harmless() })
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn piped_password_cases() {
        let word = ["kx72-", "Hq9zz"].concat();
        Cases::of("secret.command_password")
            .hit(&format!("echo 'root:{word}' | chpasswd"), &word)
            .hit(&format!("echo \"root:{word}\" | sudo chpasswd"), &word)
            .hit(&format!("echo {word} | sudo -S apt update"), &word)
            .hit(&format!("echo -n {word}|docker login -u joe --password-stdin"), &word)
            .hit(&format!("printf '{word}' | gh secret set API_TOKEN"), &word)
            .hit(&format!("echo '{word}' | sudo passwd --stdin joe"), &word)
            .low("echo 'root:letmeknow' | chpasswd", "letmeknow")
            .miss("echo \"$PASS1\" | sudo -S apt update, echo ${PASS1} | docker login --password-stdin")
            .miss(&format!("echo {word} | base64, echo {word} | docker login -u joe, echo {word} | tee a"))
            .miss(&format!("echo 'root {word}' | chpasswd"))
            .miss("echo | chpasswd, echo 'a:b' | chpasswd")
            .miss(&format!("echo {word}{} | chpasswd", "x1".repeat(70)))
            .run();
    }

    #[test]
    fn what_another_command_stands_before_is_not_seen() {
        let word = ["kx72-", "Hq9zz"].concat();
        let far = " -u joe".repeat(14);
        Cases::of("secret.command_password")
            .miss(&format!("echo 'root:{word}' | tee a | chpasswd"))
            .miss(&format!("echo {word} | docker login{far} --password-stdin"))
            .run();
    }
}
