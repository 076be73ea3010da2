//! E-mail addresses.
//!
//! They name a person and lead to everything else about them; they are the most common personal datum in prompts.
//!
//! - hit: `Write to alice@corp.io, please`, `jürgen@bücher.de`, `用户@例子.公司`, `"john smith"@corp.io` (from its last word on)
//! - low: what is too long once a message encodes it (RFC 5890), `a@example.com`, `me@[192.168.0.1]`, `https://user@host.io/`, `alice [at] corp [dot] io`
//! - miss: `redis://joe:mypass@corp.io` (a password), `git@github.com:org/repo` (a remote), `npm i pkg@1.2.3`, `icon@2x.png`, `user@localhost`
//! - known mistakes: a top-level domain is not looked up, so `a@b.zzz` is a hit; comments in addresses are not read.

mod domain;
mod local;
mod spelled;

use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Reach};
use crate::{Evidence, Severity};
use domain::Domain;

pub(super) use spelled::Spelled;

/// See the [module](self).
pub(super) struct Email;

/// RFC 5321, erratum 1690: the octets of a whole address.
const MAX: usize = 254;
/// What may stand in a URL before its password.
const LONGEST_USER: usize = 64;

impl Detector for Email {
    fn about(&self) -> About {
        About::new("email", "pii.email", Severity::Medium, "an e-mail address")
    }

    fn page(&self) -> Page {
        let mistakes =
            "top-level domains are not looked up; of a quoted local part with spaces the last word is found";
        Page { basis: "a local part and a domain of two labels or more", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        vec![Anchor::between(local::SET, ByteSet::EMPTY.with(b"@"), domain::FIRST)]
    }

    fn reach(&self) -> Reach {
        Reach { set: local::SET, max: local::MAX }
    }

    fn ahead(&self) -> usize {
        domain::MAX + domain::PATH_MAX + 4
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let local = local::read(probe)?;
        if is_password(probe, local.start) {
            return None;
        }
        probe.begins(local.start);
        let domain = Domain::read(probe, probe.at() + 1)?;
        let found = Match::new(local.start..domain.end, if local.is_odd { 0.5 } else { 0.9 });
        let found = found.with(Evidence::STRUCTURE);
        let is_login = probe.behind(local.start, 3) == b"://";
        let is_too_long = probe.at() + 1 - local.start + domain.octets > MAX;
        let tells_little = local.is_odd || is_login || is_too_long || domain.is_reserved;
        Some(if tells_little { found.harmless() } else { found })
    }
}

/// `redis://joe:mypass@corp.io`: whether what begins at `start` is the password of a URL, which is looked at by itself.
fn is_password(probe: &Probe<'_>, start: usize) -> bool {
    const USER: ByteSet = ByteSet::ALNUM.with(b"-._~%!$&'*+=:");
    probe.was(start, &ByteSet::EMPTY.with(b":")) && {
        let user = probe.run_back(start, &USER, LONGEST_USER);
        probe.behind(user, 2) == b"//" && probe.was(user - 2, &ByteSet::EMPTY.with(b":"))
    }
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn email_cases() {
        let long = format!("me@中{}.com", "1".repeat(58));
        Cases::of("pii.email")
            .low(&format!("to {long} or"), &long)
            .hit("Write to alice@corp.io, please.", "alice@corp.io")
            .hit("<bob.o'neil+x@mail.corp-a.co.uk>", "bob.o'neil+x@mail.corp-a.co.uk")
            .hit("mailto:eve@xn--bcher-kva.ch?subject=x", "eve@xn--bcher-kva.ch")
            .hit("?email=bob@corp.io&x=1", "bob@corp.io")
            .hit("'bob@corp.io'", "bob@corp.io")
            .hit("an jürgen.groß@bücher.de.", "jürgen.groß@bücher.de")
            .hit("Почта: юзер@пример.рф", "юзер@пример.рф")
            .hit("राम@मोहन.ईन्फो", "राम@मोहन.ईन्फो")
            .hit("邮箱:伊昭傑@郵件.商務", "伊昭傑@郵件.商務")
            .hit("请联系bob@corp.io谢谢", "bob@corp.io")
            .hit("„bob@corp.de“", "bob@corp.de")
            .hit("to \"john.smith\"@corp.io", "\"john.smith\"@corp.io")
            .hit("to \"john smith\"@corp.io", "smith\"@corp.io")
            .hit("to \"john\\\"jo\\\"smith\"@corp.io", "\"john\\\"jo\\\"smith\"@corp.io")
            .hit("ann@corp.io:8025 and", "ann@corp.io")
            .low("a@example.com", "a@example.com")
            .low("me@sub.host.test", "me@sub.host.test")
            .low("ssh://ann@corp.io/x", "ann@corp.io")
            .low(".leadingdot@corp.io", "leadingdot@corp.io")
            .low("alice [at] corp [dot] io", "[at] corp [dot] io")
            .low("write to a.b (at) mail.corp.io", "(at) mail.corp.io")
            .low("a.b[at]corp[dot]io", "a.b[at]corp[dot]io")
            .miss("git@github.com:org/repo.git")
            .miss("git@host.io:repo.git and ann@host.io:/home/ann or ann@host.io:src/main.rs")
            .miss("scp a.txt joe@host.io:backup, clone git@host.io:repo.git.")
            .miss("git@heroku.com:app-name")
            .hit("bob@corp.io:rosebud", "bob@corp.io")
            .hit("dump\ncarl@corp.io:Pa$$w0rd/1", "carl@corp.io")
            .hit("bob@corp.io--she said", "bob@corp.io")
            .hit("bob@corp.xn--p1ai--she", "bob@corp.xn--p1ai--she")
            .miss("npm i left-pad@1.2.3 and icon@2x.png")
            .miss("pkg@4.17.21.tgz")
            .miss("redis://:mypass@corp.io/5 and amqp://user:mykey@corp.io/vhost")
            .hit("see https://corp.io/?to:bob@corp.io", "bob@corp.io")
            .miss("systemctl restart getty@tty1.service")
            .miss("user@localhost")
            .low("a..b@corp.io", "a..b@corp.io")
            .low("said j...@corp.io", "j...@corp.io")
            .low("to ann.@corp.io", "ann.@corp.io")
            .low("me@[x400:c=us]", "me@[x400:c=us]")
            .miss("list@[index] or x@[], r'@[a-zA-Z_]'")
            .miss("a@b..com and a@-b.com and a@b.1")
            .miss("@decorator.name @property")
            .miss("meet [at] noon, (at) 5.30")
            .run();
    }
}
