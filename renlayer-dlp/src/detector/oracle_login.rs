//! Logins to Oracle as its own tools take them: a name, a slash, a password, and where to.
//!
//! - hit: `sqlplus joe/kx72Hq9zz@orcl`, `expdp joe/kx72Hq9zz directory=d`, `impdp userid=joe/…`, `jdbc:oracle:thin:joe/kx72Hq9zz@db:1521:x`
//! - low: words in place of a password (`scott/tiger`, `hr/hr_password@orcl`)
//! - miss: `sqlplus / as sysdba`, `sqlplus /nolog`, `joe/$PASS@orcl`, `jdbc:oracle:thin:@db:1521:x`, paths (`sqlplus db/create.sql`), words that
//!   a sentence joins (`expdp full/schema-level exports`)
//! - known mistakes: a password in quotes of its own (`joe/"…"@orcl`) is not found.

use super::token::is_placeholder;
use super::url_credentials::{is_stand_in, is_variable};
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::check::language;
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
    let has_place = probe.looking_at(end, b"@");
    let is_whole = has_place || probe.ends(end) || probe.is(end, &ByteSet::SPACE.or(QUOTES));
    let is_name = name.first().is_some_and(u8::is_ascii_alphabetic);
    // Without a place to log in to, it may be the name of a file, or words that a sentence joins.
    let is_other = !has_place && value.iter().any(|byte| b"._-".contains(byte));
    if value.len() < SHORTEST || !is_name || is_filled_in(value) || !is_whole || is_other {
        return None;
    }
    let found = Match::new(start..end, 0.7).with(Evidence::CONTEXT).with(Evidence::STRUCTURE);
    let is_chosen = if has_place { has_more_than_letters(value) } else { is_foreign(value) };
    let stands_in = is_stand_in(name, value) || is_placeholder(value);
    Some(if is_chosen && !stands_in { found } else { found.harmless() })
}

/// Whether something else is put in its place: a variable, also of SQL*Plus (`&pass`) and of a template (`#{pass}`).
fn is_filled_in(value: &[u8]) -> bool {
    is_variable(value) || value.starts_with(b"&") || value.starts_with(b"#{")
}

/// Words that are joined have letters alone as well.
fn has_more_than_letters(value: &[u8]) -> bool {
    value.iter().any(|byte| !byte.is_ascii_alphabetic() && !b"_-".contains(byte))
}

/// Whether it has letters and digits, and is no word with a number.
fn is_foreign(value: &[u8]) -> bool {
    let has = ByteSet::of(value);
    has.meets(ByteSet::ALPHA) && has.meets(ByteSet::DIGIT) && language::surprise(value) >= language::FOREIGN
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
            .low("sqlplus hr/hr_password@orcl", "hr_password")
            .low("sqlplus username/pass-word@db", "pass-word")
            .low("impdp scripts/setup2", "setup2")
            .miss("sqlplus Linux/x86_64 packages, expdp full/schema-level exports, sqlplus client/server-side tools")
            .miss("sqlplus 12c/19c-rac, impdp schema/table_name, apt install sqlplus oracle/instantclient_21_3")
            .miss("sqlplus joe/#{pw1}@db, sqlplus joe/&pass1@db")
            .run();
    }
}
