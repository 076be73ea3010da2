//! Passwords that a program hands over as an argument, after the name of a user.
//!
//! - hit: `new NetworkCredential("joe", "kx72-Hq9zz")`, `req.SetBasicAuth("joe", …)`, `HTTPBasicAuth('joe', …)`,
//!   `DriverManager.getConnection(url, "joe", …)`
//! - low: words in place of a password
//! - miss: variables, calls with one argument
//! - known mistakes: arguments further than 160 bytes after the name of the call are not seen.

use super::token::is_placeholder;
use super::url_credentials::{is_stand_in, is_variable};
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct CallPassword;

/// Calls whose last argument is the password of the user before it.
const CALLS: [&str; 10] = [
    "NetworkCredential(",
    "UsernamePasswordCredentials(",
    "PasswordAuthentication(",
    "PasswordCredential(",
    "DriverManager.getConnection(",
    "DirectoryEntry(",
    "HTTPDigestAuth(",
    "BasicAuth(",
    "basicAuth(",
    "basic_auth(",
];
const SPAN: usize = 160;
const LONGEST: usize = 128;
const SHORTEST: usize = 5;
const QUOTES: ByteSet = ByteSet::EMPTY.with(b"\"'`");
/// What a string in quotes holds here.
const VALUE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`\\");

impl Detector for CallPassword {
    fn about(&self) -> About {
        let finds = "a password that is an argument of a call";
        About::new("call_password", "secret.call_password", Severity::High, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "arguments further than 160 bytes after the name of the call are not seen";
        Page { basis: "the call, and its place among the arguments", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        CALLS.iter().map(Anchor::literal).collect()
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn ahead(&self) -> usize {
        SPAN + LONGEST + 48
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        let call = CALLS.iter().find(|call| probe.looking_at(at, call.as_bytes()))?;
        let mut argument = Argument::default();
        let mut from = at + call.len();
        // The last argument is the password, and one before it the user.
        while from < at + SPAN {
            probe.begins(from);
            let next = Argument::read(probe, from)?;
            from = next.end + 1;
            argument = Argument { place: argument.place + 1, ..next };
            if probe.is(next.end, &ByteSet::EMPTY.with(b")")) {
                break;
            }
        }
        let value = argument.value.filter(|_| argument.place >= 2)?;
        weigh(probe, value)
    }
}

/// One argument of a call.
#[derive(Clone, Default)]
struct Argument {
    place: usize,
    /// What stands in its quotes, where it is a string.
    value: Option<std::ops::Range<usize>>,
    /// The comma or bracket after it.
    end: usize,
}

impl Argument {
    fn read(probe: &Probe<'_>, from: usize) -> Option<Self> {
        const BARE: ByteSet = ByteSet::WORD.with(b".:[]@$ \t\r\n");
        let start = probe.run(from, &ByteSet::SPACE, 48);
        let (value, end) = if probe.is(start, &QUOTES) {
            let end = probe.run(start + 1, &VALUE, LONGEST);
            // Of a string with spaces or escapes only the end is looked for.
            let quote = probe.get(start)?;
            let mut close = end;
            while close < start + LONGEST && probe.get(close)? != quote {
                close += 1;
            }
            ((close == end).then_some(start + 1..end), close + 1)
        } else {
            (None, probe.run(start, &BARE, LONGEST))
        };
        let end = probe.run(end, &ByteSet::SPACE, 48);
        probe.is(end, &ByteSet::EMPTY.with(b",)")).then_some(Self { place: 0, value, end })
    }
}

fn weigh(probe: &Probe<'_>, range: std::ops::Range<usize>) -> Option<Match> {
    let value = probe.slice(range.clone());
    if value.len() < SHORTEST || is_variable(value) {
        return None;
    }
    let has = |set: ByteSet| value.iter().any(|byte| set.has(*byte));
    let is_mixed = has(ByteSet::ALPHA) && has(ByteSet::WORD.not().or(ByteSet::DIGIT));
    let is_plain = !is_mixed || is_stand_in(b"", value) || is_placeholder(value);
    let found = Match::new(range, 0.7).with(Evidence::CONTEXT);
    Some(if is_plain { found.harmless() } else { found })
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn call_password_cases() {
        let word = ["kx72-", "Hq9zz"].concat();
        Cases::of("secret.call_password")
            .hit(&format!("new NetworkCredential(\"joe@corp.io\", \"{word}\");"), &word)
            .hit(&format!("req.SetBasicAuth(\"joe\", \"{word}\")"), &word)
            .hit(&format!("requests.get(url, auth=HTTPBasicAuth('joe', '{word}'))"), &word)
            .hit(&format!("DriverManager.getConnection(url, \"joe\",\n    \"{word}\")"), &word)
            .low("new NetworkCredential(\"joe\", \"letmeknow\")", "letmeknow")
            .low("req.SetBasicAuth(\"joe\", \"password1\")", "password1")
            .miss("new NetworkCredential(user, password1)")
            .miss("req.SetBasicAuth(\"joe\", os.Getenv(\"PASS1\"))")
            .miss("DriverManager.getConnection(\"jdbc:h2:mem:db1\")")
            .miss(&format!("new NetworkCredential(\"{word}\")"))
            .run();
    }
}
