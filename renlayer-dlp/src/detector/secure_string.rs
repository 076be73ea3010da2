//! Passwords that a script of PowerShell makes a secure string of.
//!
//! - hit: `ConvertTo-SecureString "kx72-Hq9zz" -AsPlainText -Force`, the options in any order and either case, the value in parentheses
//! - low: words in place of a password, `P@ssw0rd` and its like, and a string that was secure already, which takes a key to read
//! - miss: `ConvertTo-SecureString $env:PASS -AsPlainText`, what is called, what an option other than `-String` takes, and words of a sentence
//! - known mistakes: a value that is piped in (`"…" | ConvertTo-SecureString`) is not seen.

use super::command_password::{is_foreign, is_mixed};
use super::token::is_placeholder;
use super::url_credentials::{is_stand_in, is_variable};
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::check::language;
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct SecureString;

const COMMAND: &str = "ConvertTo-SecureString";
/// The option before the value, which may also stand without one.
const STRING: &[u8] = b"-string";
/// Those that stand alone. All others stand before something else.
const SWITCHES: [&[u8]; 2] = [b"-asplaintext", b"-force"];
const MOST_OPTIONS: usize = 5;
const LONGEST_OPTION: usize = 24;
const LONGEST_ARGUMENT: usize = 64;
const SPACES: usize = 16;
const SPACE: ByteSet = ByteSet::EMPTY.with(b" \t");
/// A value without quotes, and what ends no line in quotes.
const VALUE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`\\|;<>()");
const LINE: ByteSet = ByteSet::EMPTY.with(b"\r\n").not();
const LONGEST: usize = 512;
const SHORTEST: usize = 4;
/// What encrypted strings begin with: by the account of a user of Windows, and by a key.
const ENCRYPTED: [&[u8]; 2] = [b"01000000d08c9ddf", b"76492d1116743f04"];

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
        COMMAND.len()
            + MOST_OPTIONS * (2 * SPACES + LONGEST_OPTION + LONGEST_ARGUMENT)
            + SPACES
            + LONGEST
            + LONGEST_OPTION
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        if !probe.looking_at_word(at, COMMAND.as_bytes()) {
            return None;
        }
        let (mut at, mut is_plain, mut is_named) = (at + COMMAND.len(), false, false);
        for _ in 0..MOST_OPTIONS {
            let from = probe.run(at, &SPACE, SPACES);
            if !probe.looking_at(from, b"-") {
                return if from > at && !is_named { value(probe, from, is_plain) } else { None };
            }
            let (option, end) = option(probe, from);
            if option == STRING {
                return value(probe, probe.run(end, &SPACE.with(b":"), SPACES), true);
            }
            let is_switch = SWITCHES.contains(&&*option);
            (is_plain, is_named) = (is_plain || is_switch, is_named || !is_switch);
            at = if is_switch { end } else { argument(probe, end) };
        }
        None
    }
}

/// The option that begins at `from`, in lower case, and where it ends.
fn option(probe: &Probe<'_>, from: usize) -> (Vec<u8>, usize) {
    let end = probe.run(from, &ByteSet::ALPHA.with(b"-"), LONGEST_OPTION);
    (probe.slice(from..end).to_ascii_lowercase(), end)
}

/// Behind what an option takes: a word, or what stands in parentheses.
fn argument(probe: &Probe<'_>, end: usize) -> usize {
    const MOST_CLOSERS: usize = 4;
    let from = probe.run(end, &SPACE.with(b":"), SPACES);
    if !probe.looking_at(from, b"(") {
        return probe.run(from, &VALUE.with(b"\"'"), LONGEST_ARGUMENT);
    }
    let close = probe.run(from, &LINE.without(b")"), LONGEST_ARGUMENT - MOST_CLOSERS);
    probe.run(close, &ByteSet::EMPTY.with(b")"), MOST_CLOSERS)
}

/// The value at `from`; without quotes only where an option says that it is one, `is_given` one before it.
fn value(probe: &Probe<'_>, from: usize, is_given: bool) -> Option<Match> {
    let inside = probe.run(from, &ByteSet::EMPTY.with(b"("), 1);
    // A quote in a string has a backslash before it.
    let quote = probe.run(inside, &ByteSet::EMPTY.with(b"\\"), 1);
    match probe.get(quote) {
        Some(mark @ (b'"' | b'\'')) => quoted(probe, quote + 1, mark, quote > inside),
        _ if quote > from => None,
        _ => bare(probe, from, is_given),
    }
}

fn quoted(probe: &Probe<'_>, start: usize, mark: u8, is_escaped: bool) -> Option<Match> {
    let inside = LINE.without(&[mark]);
    let inside = if is_escaped { inside.without(b"\\") } else { inside };
    probe.begins(start);
    let end = probe.run(start, &inside, LONGEST);
    let value = probe.slice(start..end);
    let is_over = probe.is(end, &inside.not()) || probe.ends(end);
    if !is_over || value.len() < SHORTEST || is_filled_in(value) {
        return None;
    }
    let found = Match::new(start..end, 0.7).with(Evidence::CONTEXT);
    let is_chosen = (is_mixed(value) || is_foreign(value)) && !is_sentence(value) && !is_harmless(value);
    Some(if is_chosen { found } else { found.harmless() })
}

fn bare(probe: &Probe<'_>, start: usize, is_given: bool) -> Option<Match> {
    probe.begins(start);
    let end = probe.run(start, &VALUE, LONGEST);
    let value = probe.slice(start..end);
    let is_switched = || SWITCHES.contains(&&*option(probe, probe.run(end, &SPACE, SPACES)).0);
    let is_other = value.first().is_some_and(|byte| b"-@".contains(byte)) || is_filled_in(value);
    if value.len() < SHORTEST || is_other || !(is_mixed(value) || is_foreign(value)) {
        return None;
    }
    let found = Match::new(start..end, 0.7).with(Evidence::CONTEXT);
    (is_given || is_switched()).then(|| if is_harmless(value) { found.harmless() } else { found })
}

/// Whether something else is put in its place: a variable, or what a template has there (`#{pass}`, `<pass>`, `__PASS__`).
fn is_filled_in(value: &[u8]) -> bool {
    const INSIDE: [&[u8]; 2] = [b"$env:", b"$("];
    let is_marked = value.starts_with(b"#{")
        || value.starts_with(b"<") && value.ends_with(b">")
        || value.starts_with(b"__") && value.ends_with(b"__");
    is_variable(value.trim_ascii())
        || is_marked
        || INSIDE.iter().any(|mark| memchr::memmem::find(value, mark).is_some())
}

fn is_sentence(value: &[u8]) -> bool {
    value.contains(&b' ') && language::surprise(value) < language::FOREIGN
}

/// Whether nobody could log in with it: it stands for a password, or was encrypted.
fn is_harmless(value: &[u8]) -> bool {
    let is_encrypted = || ENCRYPTED.iter().any(|begin| value.starts_with(begin));
    is_placeholder(value) || is_stand_in(b"", value) || is_encrypted()
}

#[cfg(test)]
mod tests {
    use crate::detector::ByteSet;
    use crate::detector::harness::{Cases, Random};

    #[test]
    fn secure_string_cases() {
        let word = ["kx72-", "Hq9zz"].concat();
        let (bracket, spaced) = (["Kx72pQ(2z", "9;Rt"].concat(), ["Kx72pQ", " 2z9 Rt"].concat());
        let signs = ["xK!vQp&z", "Lm#Tw"].concat();
        let mut random = Random::new(86);
        let long = format!("aB3{}", random.text(ByteSet::ALNUM, 180));
        let encrypted = format!("01000000d08c9ddf{}", random.text(ByteSet::HEX_LOWER, 200));
        let (spaces, option) = (" ".repeat(16), "a".repeat(23));
        let other = format!("{spaces}-{option}{spaces}{option}");
        let far = format!("ConvertTo-SecureString{} -String{spaces}'{word}'", other.repeat(4));
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
            .hit(&format!("ConvertTo-SecureString -Key (1..16) -String \"{word}\""), &word)
            .hit(&format!("ConvertTo-SecureString {word} -Force"), &word)
            .hit(&format!("ConvertTo-SecureString \"{bracket}\" -AsPlainText"), &bracket)
            .hit(&format!("ConvertTo-SecureString \"{spaced}\" -AsPlainText"), &spaced)
            .hit(&format!("ConvertTo-SecureString \"{signs}\" -AsPlainText"), &signs)
            .hit(&format!("ConvertTo-SecureString \"{long}\" -AsPlainText"), &long)
            .hit(&far, &word)
            .low("ConvertTo-SecureString \"Password1\" -AsPlainText", "Password1")
            .low("ConvertTo-SecureString \"P@ssw0rd\" -AsPlainText", "P@ssw0rd")
            .low(&format!("ConvertTo-SecureString \"{encrypted}\""), &encrypted)
            .miss("ConvertTo-SecureString -Key (Get-Content aes256.key) -String $enc, it")
            .miss("ConvertTo-SecureString -Key (Get-Content key1.bin -Encoding Byte) $enc2x")
            .miss("ConvertTo-SecureString (ConvertFrom-Base64 $x) -AsPlainText")
            .miss("ConvertTo-SecureString -String (Get-VaultItem2 Pw) -AsPlainText")
            .miss("the ConvertTo-SecureString PowerShell7 cmdlet, ConvertTo-SecureString @params1")
            .miss("ConvertTo-SecureString \"#{password1}#\" -AsPlainText")
            .miss("ConvertTo-SecureString \" $pass1 \", ConvertTo-SecureString \"<password1>\"")
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
