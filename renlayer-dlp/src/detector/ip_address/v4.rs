//! Version 4: four numbers up to 255.

use std::net::Ipv4Addr;

use super::GLUE;
use crate::detector::id::ends_a_wide_character;
use crate::detector::{About, Anchor, ByteSet, Decimals, Detector, Match, Page, Probe};
use crate::words::{Words, has_letters};
use crate::{Evidence, Severity};

/// See the [module](super).
pub(in crate::detector) struct V4;

/// After one of these, four numbers are a version or a place in a document.
static OTHER: Words = Words::new(&[
    "version",
    "versions",
    "ver",
    "release",
    "build",
    "firmware",
    "section",
    "chapter",
    "clause",
    "oid",
    "paragraph",
    "upgrade",
    "driver",
    "semver",
]);

/// Right before an address: `the build server`.
static PLACES: Words = Words::new(&["host", "server", "ip", "address", "gateway"]);

impl Detector for V4 {
    fn about(&self) -> About {
        About::new("ip_v4", "pii.ip_address", Severity::Medium, "an IP address, version 4")
    }

    fn page(&self) -> Page {
        let mistakes =
            "a version with four parts, where no word says so, is a hit; one of small numbers is LOW";
        Page { basis: "four numbers up to 255, and no word for a version before them", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        // Of four numbers; most with a full stop after them end a sentence or are a decimal.
        let first = |min, max| {
            let number = Anchor::digits(min, max).after(GLUE.not()).then(ByteSet::EMPTY.with(b"."));
            number.second(ByteSet::DIGIT).followed_by(3).of_decimals(Decimals::NONE)
        };
        vec![first(1, 1), first(2, 3).beginning(ByteSet::DIGIT.without(b"0"))]
    }

    fn ahead(&self) -> usize {
        20
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = probe.at();
        let (end, address) = address(probe, start)?;
        if is_glued(probe, start) || is_called_otherwise(probe.behind(start, 24)) {
            return None;
        }
        let found = Match::new(start..end, 0.7).with(Evidence::STRUCTURE);
        Some(if tells_little(address) { found.harmless() } else { found })
    }
}

/// The address that begins at `start` and its end, where nothing longer goes on.
pub(super) fn address(probe: &Probe<'_>, start: usize) -> Option<(usize, Ipv4Addr)> {
    let mut octets = [0; 4];
    let mut at = start;
    for (i, octet) in octets.iter_mut().enumerate() {
        if i > 0 {
            at = (probe.get(at) == Some(b'.')).then_some(at + 1)?;
        }
        let end = probe.run(at, &ByteSet::DIGIT, 4);
        // Most numbers end here: before the octet is read.
        if i < 3 && probe.get(end) != Some(b'.') {
            return None;
        }
        let digits = probe.slice(at..end);
        let has_leading_zero = digits.len() > 1 && digits.first() == Some(&b'0');
        *octet = std::str::from_utf8(digits).ok().filter(|_| !has_leading_zero)?.parse().ok()?;
        at = end;
    }
    let goes_on = match probe.get(at) {
        Some(b'.' | b'-') => probe.is(at + 1, &ByteSet::ALNUM),
        Some(byte) => GLUE.has(byte),
        None => false,
    };
    (!goes_on && !is_numbered_thing(probe, at)).then_some((at, octets.into()))
}

/// Whether a word in the sentence before it says that it is something else, and none right before that it is where something runs.
fn is_called_otherwise(before: &[u8]) -> bool {
    let last = before.trim_ascii_end().rsplit(|byte| !byte.is_ascii_alphabetic()).next().unwrap_or_default();
    OTHER.stand_in(sentence(before)) && !PLACES.stand_in(last)
}

/// What is said before a number since the last sentence ended: with what does not, an abbreviation is (`ver. 1.2.3.4`).
fn sentence(before: &[u8]) -> &[u8] {
    let ends = before.windows(2).rposition(|pair| matches!(pair, [b'.' | b'!' | b'?', b' ' | b'\n']));
    let rest = ends.and_then(|at| before.get(at + 2..));
    rest.filter(|rest| has_letters(rest)).unwrap_or(before)
}

/// Whether it is a part of a name: of a package (`pkg-1.2.3.4`), of a product (`Chrome/120.0.0.0`).
fn is_glued(probe: &Probe<'_>, start: usize) -> bool {
    match probe.before(start) {
        Some(b'-' | b'/' | b'+') => start > 1 && probe.was(start - 1, &ByteSet::WORD),
        Some(0x80..) => {
            !ends_a_wide_character(probe, start) || numbers_something(probe.behind(start, VERSION))
        }
        Some(byte) => GLUE.has(byte),
        None => false,
    }
}

/// So many bytes has a word for a version.
const VERSION: usize = 15;

/// Whether a word for a version, or a mark of a section, stands right before a number in Chinese, Japanese or Korean.
fn numbers_something(before: &[u8]) -> bool {
    const WORDS: [&str; 9] = ["版本", "版本号", "版本號", "バージョン", "버전", "第", "表", "图", "圖"];
    WORDS.iter().any(|word| before.ends_with(word.as_bytes()))
}

/// The same of what stands right after it.
fn is_numbered_thing(probe: &Probe<'_>, end: usize) -> bool {
    const WORDS: [&str; 7] = ["节", "節", "条", "條", "版", "章", "款"];
    WORDS.iter().any(|word| probe.looking_at(end, word.as_bytes()))
}

/// The names that certificates are made of, and ISO's tree of organisations: `2.5.29.17`, `1.3.101.112`.
fn is_object_identifier(address: Ipv4Addr) -> bool {
    matches!(address.octets(), [2, 5, 4 | 29, _] | [1, 3, 6 | 14 | 101 | 132, _])
}

/// Private, reserved, for documentation, a resolver known to all, or small enough to be a version.
pub(super) fn tells_little(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    let is_shared = (a == 100 && b & 0xc0 == 64) || (a == 198 && b & 0xfe == 18);
    let is_resolver =
        matches!(address.octets(), [8, 8, 8, 8] | [8, 8, 4, 4] | [1, 1, 1, 1] | [1, 0, 0, 1] | [9, 9, 9, 9]);
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || is_shared
        || is_resolver
        || address.octets().iter().all(|&octet| octet < 20)
        || is_object_identifier(address)
}
