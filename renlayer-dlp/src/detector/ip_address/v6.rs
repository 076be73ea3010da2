//! Version 6: up to eight groups of hexadecimal digits, of which one run of zeros may be left out.

use std::net::Ipv6Addr;

use super::v4;
use crate::detector::id::ends_a_wide_character;
use crate::detector::{About, Again, Anchor, ByteSet, Detector, Match, Page, Probe, Reach};
use crate::{Evidence, Severity};

/// See the [module](super).
pub(in crate::detector) struct V6;

const GLUE: ByteSet = super::GLUE.with(b":");
const BODY: ByteSet = ByteSet::HEX.with(b":.");
/// `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`.
const LONGEST: usize = 45;

impl Detector for V6 {
    fn about(&self) -> About {
        About::new("ip_v6", "pii.ip_address", Severity::Medium, "an IP address, version 6")
    }

    fn page(&self) -> Page {
        let mistakes = "a compressed address whose first group is shorter than three digits is not found";
        Page { basis: "groups of hexadecimal digits as RFC 4291 has them", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        // Most colons are no address: what follows the first one in an address is another, or a digit, and so is all of the word
        // before it; without such a word another one follows. Of a time there are too few.
        let set = ByteSet::EMPTY.with(b":");
        let after_group = |next, again| Anchor::Between {
            further: GLUE.not().or(ByteSet::HEX),
            before: ByteSet::HEX,
            set,
            next,
            again,
        };
        vec![
            after_group(ByteSet::HEX, Again { times: 2, within: 10 }),
            after_group(set, Again::NONE),
            Anchor::between(GLUE.not(), set, set),
        ]
    }

    fn reach(&self) -> Reach {
        Reach { set: ByteSet::HEX, max: 4 }
    }

    fn ahead(&self) -> usize {
        LONGEST + 2
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let colon = probe.at();
        let start = probe.run_back(colon, &ByteSet::HEX, 4);
        if (is_glued(probe, start) && !is_labelled(probe, start))
            || (start == colon && probe.get(colon + 1) != Some(b':'))
        {
            return None;
        }
        probe.begins(start);
        let end = trimmed(probe, start, probe.run(colon, &BODY, LONGEST));
        let text = std::str::from_utf8(probe.slice(start..end)).ok()?;
        if !is_telling(text, colon - start) {
            return None;
        }
        let address: Ipv6Addr = text.parse().ok()?;
        if goes_on(probe, end) {
            return None;
        }
        let found = Match::new(start..end, 0.85).with(Evidence::STRUCTURE);
        Some(if tells_little(address) { found.harmless() } else { found })
    }
}

fn is_glued(probe: &Probe<'_>, start: usize) -> bool {
    match probe.before(start) {
        Some(0x80..) => !ends_a_wide_character(probe, start),
        Some(byte) => GLUE.has(byte),
        None => false,
    }
}

/// `IP:2001:db8::1`: a letter that is no digit of a group stands before the colon.
fn is_labelled(probe: &Probe<'_>, start: usize) -> bool {
    start > 1
        && probe.was(start, &ByteSet::EMPTY.with(b":"))
        && probe.before(start - 1).is_some_and(|byte| byte.is_ascii_alphabetic() && !byte.is_ascii_hexdigit())
}

fn goes_on(probe: &Probe<'_>, end: usize) -> bool {
    match probe.get(end) {
        Some(b'.' | b':') => probe.is(end + 1, &ByteSet::HEX),
        Some(byte) => GLUE.has(byte),
        None => false,
    }
}

/// Without the full stop or the colon of the sentence.
fn trimmed(probe: &Probe<'_>, start: usize, end: usize) -> usize {
    match probe.slice(start..end) {
        [.., b'.'] => end - 1,
        [.., before, b':'] if *before != b':' => end - 1,
        _ => end,
    }
}

/// Paths in source code (`a::b`) parse as addresses too: a real one has a digit, and a first group that is a block of
/// addresses or left out.
fn is_telling(text: &str, first_group: usize) -> bool {
    let is_short = || text.contains("::") && text.len() < 6 && !text.starts_with("::");
    let starts_well = || !text.contains("::") || first_group == 0 || first_group >= 3;
    text.bytes().any(|byte| byte.is_ascii_digit()) && starts_well() && !is_short()
}

/// Loopback, link-local, private, multicast, for documentation, in no block that is given out, or an IPv4 address that tells
/// little.
fn tells_little(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let is_documentation = (a == 0x2001 && b == 0xdb8) || (a == 0x3fff && b < 0x1000);
    let is_given_out = a & 0xe000 == 0x2000 || address.segments().iter().take(5).all(|&segment| segment == 0);
    let is_small = address.segments().iter().take(5).all(|&segment| segment == 0);
    address.is_loopback()
        || address.is_unicast_link_local()
        || address.is_unique_local()
        || address.is_multicast()
        || is_documentation
        || !is_given_out
        || address.to_ipv4_mapped().map_or(is_small, v4::tells_little)
}
