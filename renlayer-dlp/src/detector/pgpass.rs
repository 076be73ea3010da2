//! Passwords of PostgreSQL's password file: lines of five fields, `host:port:database:user:password`.
//!
//! - hit: `db.corp.io:5432:shop:joe:kx72-Hq9`
//! - low: `*:5432:*:joe:opensesame`
//! - miss: `db.corp.io:5432:shop`, `at 10:5432:1:2:3 of it`
//! - known mistakes: other ports than 5432 are not known, nor is a line without one.

use super::token::is_placeholder;
use super::url_credentials::{is_stand_in, is_variable};
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct Pgpass;

const PORT: &str = ":5432:";
/// What the name of a host, a database and a user are made of; `*` stands for any.
const FIELD: ByteSet = ByteSet::WORD.with(b"-.*");
const LONGEST_FIELD: usize = 64;
const SHORTEST: usize = 5;
const LONGEST: usize = 128;
const VALUE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`\\");
const ENDS: ByteSet = ByteSet::EMPTY.with(b"\r\n\"'`\\");

impl Detector for Pgpass {
    fn about(&self) -> About {
        let finds = "a password of PostgreSQL's password file";
        About::new("pgpass", "secret.pgpass", Severity::Critical, finds)
    }

    fn page(&self) -> Page {
        Page { basis: "the fields before it", mistakes: "other ports than 5432 are not known" }
    }

    fn anchors(&self) -> Vec<Anchor> {
        vec![Anchor::literal(PORT)]
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let host = probe.run_back(probe.at(), &FIELD, LONGEST_FIELD);
        let is_at_begin = probe.before(host).is_none_or(|byte| ENDS.has(byte));
        if host == probe.at() || !is_at_begin {
            return None;
        }
        let user = after_field(probe, probe.at() + PORT.len())?;
        let start = after_field(probe, user)?;
        probe.begins(start);
        let end = probe.run(start, &VALUE, LONGEST);
        let (name, password) = (probe.slice(user..start - 1), probe.slice(start..end));
        if password.len() < SHORTEST || is_variable(password) || !(probe.is(end, &ENDS) || probe.ends(end)) {
            return None;
        }
        let found = Match::new(start..end, 0.8).with(Evidence::CONTEXT).with(Evidence::STRUCTURE);
        let is_mixed = password.iter().any(|byte| !byte.is_ascii_alphabetic());
        let is_plain = !is_mixed || is_stand_in(name, password) || is_placeholder(password);
        Some(if is_plain { found.harmless() } else { found })
    }
}

/// Behind the field that begins at `at` and its colon.
fn after_field(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let end = probe.run(at, &FIELD, LONGEST_FIELD);
    (end > at && probe.is(end, &ByteSet::EMPTY.with(b":"))).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn pgpass_cases() {
        let word = ["kx72-", "Hq9zz"].concat();
        Cases::of("secret.pgpass")
            .hit(&format!("#hostname:port:database:username:password\ndb.corp.io:5432:shop:joe:{word}\n"), &word)
            .low("*:5432:*:joe:opensesame\n", "opensesame")
            .miss(&format!("*:*:*:joe:{word}\n"))
            .miss("db.corp.io:5432:shop\ndb.corp.io:5432:shop:joe:\nat 10:5432:1:2:Zkwq7jxvbn, db:5432:a:b:$PASS")
            .run();
    }
}
