//! Passwords that a script of PowerShell makes a secure string of.
//!
//! - hit: `ConvertTo-SecureString "kx72-Hq9zz" -AsPlainText -Force`, the options in any order and either case, the value in parentheses
//! - low: words in place of a password
//! - miss: `ConvertTo-SecureString $env:PASS -AsPlainText`, what an option other than `-String` takes
//! - known mistakes: a value that is piped in (`"…" | ConvertTo-SecureString`) is not seen.

use super::url_credentials::is_variable;
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct SecureString;

const COMMAND: &str = "ConvertTo-SecureString";
/// The option before the value, which may also stand without one; those alone; and those before something else.
const STRING: &[u8] = b"-string";
const SWITCHES: [&[u8]; 2] = [b"-asplaintext", b"-force"];
const MOST_OPTIONS: usize = 6;
const LONGEST_OPTION: usize = 24;
const SPACES: usize = 16;
const SPACE: ByteSet = ByteSet::EMPTY.with(b" \t");
/// What may open a value; a quote in a string has a backslash before it.
const OPENING: ByteSet = ByteSet::EMPTY.with(b"(\\\"'");
const VALUE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`\\|;<>()");
const LONGEST: usize = 128;
const SHORTEST: usize = 4;

impl Detector for SecureString {
    fn about(&self) -> About {
        let finds = "a password that PowerShell makes a secure string of";
        About::new("secure_string", "secret.command_password", Severity::High, finds)
    }

    fn page(&self) -> Page {
        Page { basis: "the command before it", mistakes: "a value that is piped in is not seen" }
    }

    fn anchors(&self) -> Vec<Anchor> {
        vec![Anchor::begin(COMMAND)]
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn ahead(&self) -> usize {
        COMMAND.len() + MOST_OPTIONS * (LONGEST_OPTION + 2 * SPACES) + LONGEST + 4
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        if !probe.looking_at_word(at, COMMAND.as_bytes()) {
            return None;
        }
        let mut at = at + COMMAND.len();
        for _ in 0..MOST_OPTIONS {
            let (begin, from) = (at, probe.run(at, &SPACE, SPACES));
            let end = probe.run(from, &ByteSet::ALPHA.with(b"-"), LONGEST_OPTION);
            if !probe.looking_at(from, b"-") {
                return if from > begin { weigh(probe, from) } else { None };
            }
            let option = probe.slice(from..end).to_ascii_lowercase();
            if option == STRING {
                return weigh(probe, probe.run(end, &SPACE.with(b":"), SPACES));
            }
            at = if SWITCHES.contains(&&*option) { end } else { argument(probe, end) };
        }
        None
    }
}

/// Behind what an option takes: a word.
fn argument(probe: &Probe<'_>, end: usize) -> usize {
    const WORD: ByteSet = VALUE.with(b"()");
    probe.run(probe.run(end, &SPACE, SPACES), &WORD, LONGEST_OPTION)
}

fn weigh(probe: &Probe<'_>, from: usize) -> Option<Match> {
    let start = probe.run(from, &OPENING, 3);
    probe.begins(start);
    let end = probe.run(start, &VALUE, LONGEST);
    let value = probe.slice(start..end);
    let is_quoted = probe.was(start, &ByteSet::EMPTY.with(b"\"'"));
    if value.len() < SHORTEST || is_variable(value) || value.starts_with(b"-") {
        return None;
    }
    let has = ByteSet::of(value);
    let is_mixed = has.meets(ByteSet::ALPHA) && has.meets(ByteSet::ALPHA.not());
    let found = Match::new(start..end, 0.7).with(Evidence::CONTEXT);
    match is_mixed && has.meets(ByteSet::DIGIT) {
        true => Some(found),
        false => is_quoted.then(|| found.harmless()),
    }
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn secure_string_cases() {
        let word = ["kx72-", "Hq9zz"].concat();
        Cases::of("secret.command_password")
            .hit(&format!("$x = ConvertTo-SecureString \"{word}\" -AsPlainText -Force"), &word)
            .hit(&format!("convertto-securestring -asplaintext -force -string '{word}'"), &word)
            .hit(&format!("ConvertTo-SecureString -AsPlainText '{word}' -Force"), &word)
            .hit(&format!("ConvertTo-SecureString -Force -AsPlainText {word}"), &word)
            .hit(&format!("ConvertTo-SecureString (\"{word}\") -AsPlainText"), &word)
            .hit(&format!("ConvertTo-SecureString -String:\"{word}\" -AsPlainText"), &word)
            .hit(&format!("ConvertTo-SecureString   -Key $key -String \"{word}\""), &word)
            .hit(&format!("\"ConvertTo-SecureString \\\"{word}\\\" -AsPlainText\""), &word)
            .low("ConvertTo-SecureString 'opensesame' -AsPlainText -Force", "opensesame")
            .miss("ConvertTo-SecureString $env:PASS1 -AsPlainText, ConvertTo-SecureString -String $pass1 -Force")
            .miss("ConvertTo-SecureString -Key (1..16), ConvertTo-SecureString is a command")
            .miss("ConvertTo-SecureStringFromText2 kx72-Hq9zz, a ConvertTo-SecureString\n")
            .run();
    }

    #[test]
    fn a_value_that_is_piped_in_is_not_seen() {
        let word = ["kx72-", "Hq9zz"].concat();
        Cases::of("secret.command_password")
            .miss(&format!("'{word}' | ConvertTo-SecureString -AsPlainText -Force"))
            .run();
    }
}
