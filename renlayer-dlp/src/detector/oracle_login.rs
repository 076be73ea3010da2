//! Logins to Oracle as its own tools take them: a name, a slash, a password, and where to.
//!
//! - hit: `sqlplus joe/kx72Hq9zz@orcl`, `expdp joe/kx72Hq9zz directory=d`, `impdp userid=joe/…`, `jdbc:oracle:thin:joe/kx72Hq9zz@db:1521:x`
//! - low: words in place of a password (`scott/tiger`)
//! - miss: `sqlplus / as sysdba`, `sqlplus /nolog`, `joe/$PASS@orcl`, `jdbc:oracle:thin:@db:1521:x`, paths (`sqlplus db/create.sql`)
//! - known mistakes: a password in quotes of its own (`joe/"…"@orcl`) is not found.

use super::url_credentials::{is_stand_in, is_variable};
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct OracleLogin;

const COMMANDS: [&str; 4] = ["sqlplus ", "sqlldr ", "expdp ", "impdp "];
/// Of an address, with the name of its driver after it.
const ADDRESS: &str = "jdbc:oracle:";
const USER_ID: &[u8] = b"userid=";
const NAME: ByteSet = ByteSet::WORD.with(b"$#");
const LONGEST_NAME: usize = 32;
const VALUE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`\\@/;|<>(),");
const LONGEST: usize = 64;
const SHORTEST: usize = 4;
/// Options before the login, and the longest of them with its space.
const MOST_OPTIONS: usize = 4;
const LONGEST_OPTION: usize = 16;
const QUOTES: ByteSet = ByteSet::EMPTY.with(b"\"'");

impl Detector for OracleLogin {
    fn about(&self) -> About {
        let finds = "a name and a password of Oracle's tools and addresses";
        About::new("oracle_login", "secret.oracle_login", Severity::High, finds)
    }

    fn page(&self) -> Page {
        Page {
            basis: "the tool or driver before it, and a slash after the name",
            mistakes: "a password in quotes of its own is not found",
        }
    }

    fn anchors(&self) -> Vec<Anchor> {
        COMMANDS.iter().chain([&ADDRESS]).map(Anchor::begin).collect()
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn ahead(&self) -> usize {
        COMMANDS[0].len()
            + ADDRESS.len()
            + MOST_OPTIONS * LONGEST_OPTION
            + USER_ID.len()
            + LONGEST_NAME
            + LONGEST
            + 4
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        let stands = |word: &&&str| probe.looking_at_word(at, word.as_bytes());
        if probe.was(at, &ByteSet::WORD) {
            return None;
        }
        let name = match COMMANDS.iter().find(stands) {
            Some(command) => after_options(probe, at + command.len()),
            None if stands(&&ADDRESS) => after_driver(probe, at + ADDRESS.len())?,
            None => return None,
        };
        password(probe, name)
    }
}

/// Behind `-s -L "` or `userid=`.
fn after_options(probe: &Probe<'_>, from: usize) -> usize {
    const OPTION: ByteSet = ByteSet::WORD.with(b"-");
    let mut at = from;
    for _ in 0..MOST_OPTIONS {
        let end = probe.run(at, &OPTION, LONGEST_OPTION);
        if !probe.looking_at(at, b"-") || !probe.looking_at(end, b" ") {
            break;
        }
        at = end + 1;
    }
    let at = if probe.looking_at_word(at, USER_ID) { at + USER_ID.len() } else { at };
    probe.run(at, &QUOTES, 1)
}

/// Behind `thin:` or `oci8:`.
fn after_driver(probe: &Probe<'_>, from: usize) -> Option<usize> {
    let end = probe.run(from, &ByteSet::ALNUM, LONGEST_OPTION);
    probe.looking_at(end, b":").then_some(end + 1)
}

fn password(probe: &Probe<'_>, from: usize) -> Option<Match> {
    let slash = probe.run(from, &NAME, LONGEST_NAME);
    if slash == from || !probe.looking_at(slash, b"/") {
        return None;
    }
    let start = slash + 1;
    probe.begins(start);
    let end = probe.run(start, &VALUE, LONGEST);
    let (name, value) = (probe.slice(from..slash), probe.slice(start..end));
    // Without a place to log in to, it may be the name of a file.
    let is_whole = probe.looking_at(end, b"@")
        || !value.contains(&b'.') && (probe.ends(end) || probe.is(end, &ByteSet::SPACE.or(QUOTES)));
    if value.len() < SHORTEST || is_variable(value) || !is_whole {
        return None;
    }
    let found = Match::new(start..end, 0.7).with(Evidence::CONTEXT).with(Evidence::STRUCTURE);
    let is_mixed = value.iter().any(|byte| !byte.is_ascii_alphabetic());
    Some(if is_mixed && !is_stand_in(name, value) { found } else { found.harmless() })
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn oracle_login_cases() {
        let word = ["kx72", "Hq9zz"].concat();
        Cases::of("secret.oracle_login")
            .hit(&format!("sqlplus joe/{word}@orcl @run.sql"), &word)
            .hit(&format!("$ sqlplus -s -L \"joe/{word}@//db:1521/x\" <<EOF"), &word)
            .hit(&format!("expdp joe/{word} directory=d"), &word)
            .hit(&format!("impdp USERID=joe/{word}@orcl full=y"), &word)
            .hit(&format!("url=jdbc:oracle:thin:joe/{word}@db:1521:x"), &word)
            .low("sqlplus scott/tiger@orcl", "tiger")
            .low("sqlplus scott/tiger", "tiger")
            .miss("sqlplus / as sysdba, sqlplus /nolog, sqlplus joe@orcl, sqlplus db/create2.sql")
            .miss("sqlplus joe/$PASS@orcl, sqlplus joe/${PASS}@orcl, sqlplus joe/%PASS%@orcl")
            .miss("jdbc:oracle:thin:@//db:1521/x2, jdbc:oracle:thin:@db:1521:x")
            .miss("sqlplus is a tool and/or2 more, mysqlplus joe/kx72Hq9zz@orcl")
            .run();
    }
}
