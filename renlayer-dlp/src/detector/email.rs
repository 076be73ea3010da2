//! E-mail addresses.
//!
//! They name a person and lead to everything else about them; they are the most common personal datum in prompts.
//!
//! - hit: `Write to alice@corp.io, please`
//! - miss: `git@github.com:org/repo` (an SSH remote), `npm i pkg@1.2.3`, `user@localhost`
//! - known mistakes: a top-level domain is not looked up, so `a@b.zzz` is a hit; quoted local parts (`"a b"@c.de`) and
//!   internationalised addresses are found only as far as they are ASCII.

use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Reach};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct Email;

/// What a local part is made of in practice, rather than all that RFC 5322 allows.
const LOCAL: ByteSet = ByteSet::ALNUM.with(b".!#$%&'*+/=?^_`{|}~-");
/// What it may begin with.
const LOCAL_EDGE: ByteSet = ByteSet::ALNUM.with(b"_");
const LOCAL_MAX: usize = 64;
const DOMAIN: ByteSet = ByteSet::ALNUM.with(b".-");
const DOMAIN_MAX: usize = 253;

impl Detector for Email {
    fn about(&self) -> About {
        About::new("email", "pii.email", Severity::Medium, "an e-mail address")
    }

    fn page(&self) -> Page {
        let mistakes = "top-level domains are not looked up; quoted and non-ASCII local parts are found as far as they are ASCII";
        Page { basis: "a local part and a domain of two labels or more", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        vec![Anchor::byte(b'@')]
    }

    fn reach(&self) -> Reach {
        Reach { set: LOCAL, max: LOCAL_MAX }
    }

    fn ahead(&self) -> usize {
        DOMAIN_MAX + 2
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = local_part(probe)?;
        probe.begins(start);
        let end = domain(probe, probe.at() + 1)?;
        let found = Match::new(start..end, 0.9).with(Evidence::STRUCTURE);
        let domain = probe.slice(probe.at() + 1..end);
        Some(if is_reserved(domain) { found.harmless() } else { found })
    }
}

/// The begin of the local part that ends at the `@`.
fn local_part(probe: &Probe<'_>) -> Option<usize> {
    let mut start = probe.run_back(probe.at(), &LOCAL, LOCAL_MAX);
    while start < probe.at() && !probe.is(start, &LOCAL_EDGE) {
        start += 1;
    }
    let dots = probe.slice(start..probe.at()).windows(2).any(|pair| pair == b"..");
    (start < probe.at() && !dots && probe.before(probe.at()) != Some(b'.')).then_some(start)
}

/// The end of the domain that begins at `from`: at least two labels, the last of them letters.
fn domain(probe: &Probe<'_>, from: usize) -> Option<usize> {
    let mut end = probe.run(from, &DOMAIN, DOMAIN_MAX);
    while end > from && !probe.was(end, &ByteSet::ALNUM) {
        end -= 1;
    }
    let name = probe.slice(from..end);
    let labels_hold = name.split(|&b| b == b'.').all(|label| {
        (1..=63).contains(&label.len()) && label.first() != Some(&b'-') && label.last() != Some(&b'-')
    });
    let dot = name.iter().rposition(|&b| b == b'.')?;
    let top = name.get(dot + 1..)?;
    let top_holds = top.len() >= 2 && (top.iter().all(u8::is_ascii_alphabetic) || top.starts_with(b"xn--"));
    // `git@host:org/repo` is a remote; a colon and digits are a port and change nothing.
    let is_remote = probe.get(end) == Some(b':')
        && probe.get(end + 1).is_some_and(|b| b.is_ascii_alphabetic() || b == b'/');
    (labels_hold && top_holds && !is_remote).then_some(end)
}

/// Names that RFC 2606 and RFC 6761 keep for examples, and those that lead nowhere outside.
fn is_reserved(domain: &[u8]) -> bool {
    let lower = domain.to_ascii_lowercase();
    let is = |name: &[u8]| lower == name || lower.strip_suffix(name).is_some_and(|rest| rest.ends_with(b"."));
    [
        &b"example.com"[..],
        b"example.org",
        b"example.net",
        b"example",
        b"test",
        b"invalid",
        b"local",
        b"localhost",
        b"arpa",
        b"onion",
    ]
    .into_iter()
    .any(is)
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn email_cases() {
        Cases::of("pii.email")
            .hit("Write to alice@corp.io, please.", "alice@corp.io")
            .hit("<bob.o'neil+x@mail.corp-a.co.uk>", "bob.o'neil+x@mail.corp-a.co.uk")
            .hit("mailto:eve@xn--bcher-kva.ch?subject=x", "eve@xn--bcher-kva.ch")
            .low("a@example.com", "a@example.com")
            .miss("git@github.com:org/repo.git")
            .miss("npm i left-pad@1.2.3")
            .miss("user@localhost")
            .miss("a..b@corp.io")
            .miss("@decorator.name @property")
            .run();
    }
}
