//! Passwords of PostgreSQL's password file: lines of five fields, `host:port:database:user:password`.
//!
//! - hit: `db.corp.io:5432:shop:joe:kx72-Hq9`
//! - low: `*:5432:*:joe:opensesame`
//! - miss: `db.corp.io:5432:shop`, and other lists with colons: `passwd:5432:joe:x:1000`, `app.log:5432:WARNING:root:x1y2z3`
//! - known mistakes: other ports than 5432 are not known, nor is a line without one, nor a host without a full stop but `localhost`.

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
const VALUE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b":\"'`\\");
const ENDS: ByteSet = ByteSet::EMPTY.with(b"\r\n\"'`\\");

impl Detector for Pgpass {
    fn about(&self) -> About {
        let finds = "a password of PostgreSQL's password file";
        About::new("pgpass", "secret.pgpass", Severity::Critical, finds)
    }

    fn page(&self) -> Page {
        Page {
            basis: "the fields before it",
            mistakes: "other ports than 5432, and hosts of one word, are not known",
        }
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
        if !is_at_begin || !is_host(probe.slice(host..probe.at())) {
            return None;
        }
        let user = after_field(probe, probe.at() + PORT.len())?;
        let start = after_field(probe, user)?;
        probe.begins(start);
        let end = end_of_password(probe, start);
        let (name, password) = (probe.slice(user..start - 1), probe.slice(start..end));
        if password.len() < SHORTEST || is_variable(password) || !(probe.is(end, &ENDS) || probe.ends(end)) {
            return None;
        }
        let found = Match::new(start..end, 0.8).with(Evidence::CONTEXT).with(Evidence::STRUCTURE);
        let has = |set: ByteSet| password.iter().any(|byte| set.has(*byte));
        let is_mixed = has(ByteSet::DIGIT) && has(ByteSet::ALPHA);
        let is_plain = !is_mixed || is_stand_in(name, password) || is_placeholder(password);
        Some(if is_plain { found.harmless() } else { found })
    }
}

/// A colon and a backslash in a password have a backslash before them.
const ESCAPES: [&[u8]; 2] = [b"\\:", b"\\\\"];

fn end_of_password(probe: &Probe<'_>, start: usize) -> usize {
    let mut end = probe.run(start, &VALUE, LONGEST);
    while end < start + LONGEST && ESCAPES.into_iter().any(|escape| probe.looking_at(end, escape)) {
        end = probe.run(end + 2, &VALUE, LONGEST);
    }
    end
}

/// Any host, this one, or one of a domain: no file is called so.
fn is_host(name: &[u8]) -> bool {
    const FILES: [&[u8]; 24] = [
        b"log", b"txt", b"csv", b"json", b"yaml", b"yml", b"xml", b"conf", b"cfg", b"ini", b"sql", b"html",
        b"out", b"err", b"rs", b"py", b"js", b"ts", b"go", b"java", b"rb", b"sh", b"cpp", b"md",
    ];
    let is_domain = || {
        let mut labels = name.rsplit(|byte| *byte == b'.');
        let last = labels.next().unwrap_or_default();
        let is_top = last.len() >= 2 && last.iter().all(u8::is_ascii_alphabetic) && !FILES.contains(&last);
        labels.next().is_some_and(|label| !label.is_empty()) && is_top
    };
    let is_address =
        || std::str::from_utf8(name).is_ok_and(|name| name.parse::<std::net::Ipv4Addr>().is_ok());
    matches!(name, b"*" | b"localhost") || is_domain() || is_address()
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
            .hit(&format!("localhost:5432:*:joe:{word}"), &word)
            .hit(&format!("10.0.0.7:5432:shop:joe:{word}\n"), &word)
            .hit("localhost:5432:*:joe:kx72\\:Hq9\n", "kx72\\:Hq9")
            .low("*:5432:*:joe:opensesame\n", "opensesame")
            .miss(&format!("*:*:*:joe:{word}\ndb:5432:shop:joe:{word}\n"))
            .low("db.corp.io:5432:shop:joe:open_sesame\n", "open_sesame")
            .miss("passwd:5432:joe:x:1000:1000:Joe\nsrv.corp.io:5432:joe:x:x1000:x1000:Joe\n2001:5432:ab:cd:ef:12:34:56\n")
            .miss("app.log:5432:WARNING:root:connection_reset2\napp.log.1:5432:WARNING:root:connection_reset2\n")
            .miss("db.corp.io:5432:shop\ndb.corp.io:5432:shop:joe:\nat 10:5432:1:2:Zkwq7jxvbn, db:5432:a:b:$PASS")
            .run();
    }
}
