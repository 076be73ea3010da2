//! A user and a password on the command line of `curl`.
//!
//! Commands are what agents are asked to write and to run, and `-u` is how they are given a password.
//!
//! - hit: `curl -u elastic:P4ssw0rd-9 https://…`, `curl --user 'api:d2LkV78zLx!t'`
//! - low: `curl -u test:test`, `curl --user user:password`
//! - hit: `curl -u :d2LkV78zLx!t`, and a key as the user: `curl -u Zf3D0LXCM3EIMbgJ:`
//! - miss: `curl -u user`, `curl -u "$USER:$PASS"`, `curl -u <user:password>`
//! - known mistakes: options further than 400 bytes after the command, or after its line has ended, are not seen.

use super::url_credentials::{is_stand_in, is_variable};
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::check::language;
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct CurlUser;

const COMMAND: &[u8] = b"curl ";
const OPTIONS: [&[u8]; 4] = [b"-u ", b"--user ", b"--user=", b"-u="];
/// How far after the command its options are looked for.
const SPAN: usize = 400;
const LONGEST: usize = 200;
const VALUE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`\\|;<>");

impl Detector for CurlUser {
    fn about(&self) -> About {
        let finds = "a user and a password given to curl";
        About::new("curl_user", "secret.curl_user", Severity::Critical, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "options further than 400 bytes after the command are not seen";
        Page { basis: "the command and its option before it", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        vec![Anchor::literal(COMMAND)]
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn ahead(&self) -> usize {
        SPAN + LONGEST + 16
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let from = probe.at() + COMMAND.len() - 1;
        // Up to where no option stands and no line ends, whichever command it is of.
        for at in from.max(probe.known())..from + SPAN {
            probe.begins(at);
            let byte = probe.get(at)?;
            if byte == b'\n' && !is_continued(probe, at) {
                return None;
            }
            // At the begin of a line that goes on as well.
            let may_be_one = byte == b' ' || byte == b'\n';
            let option =
                OPTIONS.iter().filter(|_| may_be_one).find(|option| probe.looking_at(at + 1, option));
            if let Some(option) = option {
                return credentials(probe, at + 1 + option.len());
            }
            if probe.ran_out() {
                return None;
            }
            probe.knows(at + 1);
        }
        None
    }
}

/// Whether the line that ends at `at` goes on on the next one.
fn is_continued(probe: &Probe<'_>, at: usize) -> bool {
    probe.slice(at.saturating_sub(2)..at).contains(&b'\\')
}

fn credentials(probe: &Probe<'_>, from: usize) -> Option<Match> {
    let start = probe.run(from, &ByteSet::EMPTY.with(b" \"'\\"), 4);
    probe.begins(start);
    let mut end = probe.run(start, &VALUE, LONGEST);
    // `joe:'p4ss'`: the shell joins what touches.
    let joins = probe.is(end, &ByteSet::EMPTY.with(b"'\"")) && probe.before(start) != probe.get(end);
    if joins && probe.was(end, &ByteSet::EMPTY.with(b":")) {
        end = probe.run(end + 1, &VALUE, LONGEST);
    }
    let value = probe.slice(start..end);
    let colon = value.iter().position(|&byte| byte == b':')?;
    let (name, password) = (value.get(..colon)?, value.get(colon + 1..)?);
    let password = password.strip_prefix(b"'").or(password.strip_prefix(b"\"")).unwrap_or(password);
    // Some services take their key as the user, without a password.
    let is_key = password.is_empty() && name.len() >= 10 && language::surprise(name) >= language::FOREIGN;
    let is_named = |text: &[u8]| !text.is_empty() && is_variable(text);
    if is_named(password) || is_named(name) || (password.is_empty() && !is_key) {
        return None;
    }
    let found = Match::new(start..end, 0.85).with(Evidence::CONTEXT);
    Some(if is_stand_in(name, password) { found.harmless() } else { found })
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn curl_user_cases() {
        let short = ["c28w", ":qgsn", "ai0xok"].concat();
        Cases::of("secret.curl_user")
            .hit("curl --cacert ca.crt -u elastic:kx72-Hq9 https://localhost:9200", "elastic:kx72-Hq9")
            .hit("curl -u joe:Trk123456kQ https://corp.io", "joe:Trk123456kQ")
            .hit("curl -s --user 'api:d2LkV78zLx!t' \\\n  https://corp.io", "api:d2LkV78zLx!t")
            .hit(&format!("$ curl https://corp.io \\\n  --user {short} --data x=y"), &short)
            .hit(&format!("curl https://corp.io \\\n-u {short}"), &short)
            .hit("curl -u \":d2LkV78zLx!t\" https://localhost:9200", ":d2LkV78zLx!t")
            .hit("curl -u \"d2LkV78zLx!t:\" https://localhost:9200", "d2LkV78zLx!t:")
            .hit("curl --user kevin:'pRf7vG2h1L8n' -iX PATCH", "kevin:'pRf7vG2h1L8n")
            .miss("curl -u joe: https://corp.io")
            .low("curl -u test:test https://corp.io", "test:test")
            .low("curl --user user:password https://corp.io", "user:password")
            .miss("curl -u joe https://corp.io")
            .miss("curl -u \"$USER:$PASS\" https://corp.io")
            .miss("curl -u <user:password> https://corp.io")
            .miss("curl --user \"${a}:${b}\" https://corp.io")
            .miss("curl https://corp.io\nmake -u a:b-c-d-9")
            .run();
    }
}
