//! Hardware addresses of network interfaces (IEEE 802 MAC-48).
//!
//! One names a device for life, and with it whoever carries the device.
//!
//! - hit: `00:1b:44:11:3a:b7`, `3C-22-FB-4E-9D-01`; `MAC 0012.3456.789a` and `MAC 00 1b 44 11 3a b7` by their context, and eight pairs (EUI-64)
//! - low: `ff:ff:ff:ff:ff:ff`, `00:00:00:00:00:00`, `aa:bb:cc:dd:ee:ff`
//! - miss: `12:34:56`, an IPv6 address, a fingerprint of more than eight pairs, `dead-be-ef`
//! - known mistakes: with dashes and a letter pair first it is found only after a word.

use std::ops::Range;

use super::labelled::Labelled;
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Reach};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct MacAddress;

const CLASS: &str = "pii.mac_address";
const GLUE: ByteSet = ByteSet::WORD.with(b":-.").or(ByteSet::EMPTY.range(0x80, 0xff));
/// Six pairs and what separates them.
const LENGTH: usize = 17;
/// Eight of them (EUI-64), after a word alone: fingerprints are written so too.
const LONG: usize = 23;

impl Detector for MacAddress {
    fn about(&self) -> About {
        About::new("mac_address", CLASS, Severity::Medium, "a network interface's hardware address")
    }

    fn page(&self) -> Page {
        let mistakes = "with dashes and two letters first it is found only after a word";
        Page { basis: "six pairs of hexadecimal digits", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let colon = ByteSet::EMPTY.with(b":");
        let dash = ByteSet::EMPTY.with(b"-");
        vec![
            // Most are in times.
            Anchor::between(ByteSet::HEX, colon, ByteSet::HEX).again(4, 12),
            Anchor::digits(2, 2).after(GLUE.not()).then(dash),
            Anchor::digits(1, 1).after(GLUE.not()).then(ByteSet::EMPTY.with(b"abcdefABCDEF")).second(dash),
            Anchor::digits(1, 1).after(ByteSet::EMPTY.with(b"abcdefABCDEF")).then(dash),
        ]
    }

    fn reach(&self) -> Reach {
        Reach { set: ByteSet::HEX, max: 2 }
    }

    fn ahead(&self) -> usize {
        LENGTH + 3
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = match probe.get(probe.at())? {
            b':' => probe.at().checked_sub(2)?,
            _ if probe.was(probe.at(), &ByteSet::ALPHA) => probe.at() - 1,
            _ => probe.at(),
        };
        pairs(probe, start, LENGTH)
    }
}

/// After a word for it, in any writing: also `0012.3456.789a` and `001b44113ab7`.
pub(super) static LABELLED: Labelled = Labelled::new(
    "mac_address_labelled",
    CLASS,
    Severity::Medium,
    "a hardware address after a word for it",
    value,
)
.after(&[
    "mac",
    "macs",
    "hwaddr",
    "ether",
    "bssid",
    "hardware address",
    "physical address",
    "macaddr*",
    "mac_addr*",
])
.within(28)
.of_letters()
.longest(LONG + 3)
.page("the label before it, twelve hexadecimal digits", "");

fn value(probe: &Probe<'_>, at: usize) -> Option<Match> {
    let closed = || pairs(probe, at, LENGTH).or_else(|| pairs(probe, at, LONG));
    closed().or_else(|| spaced(probe, at)).or_else(|| joined(probe, at))
}

/// Six pairs with spaces, a letter in one of them, and no other before them or after: so are dumps of bytes written. Of two letters alone is many a
/// word.
fn spaced(probe: &Probe<'_>, start: usize) -> Option<Match> {
    const SPACE: ByteSet = ByteSet::EMPTY.with(b" ");
    let end = start + LENGTH;
    let has_digit = |pair: Range<usize>| probe.slice(pair).iter().any(u8::is_ascii_digit);
    let goes_on = || {
        let pair = end + 1..end + 3;
        probe.is(end, &SPACE) && probe.run(pair.start, &ByteSet::HEX, 3) == pair.end && has_digit(pair)
    };
    let follows_one = || {
        let last = start.saturating_sub(1);
        let pair = probe.run_back(last, &ByteSet::HEX, 2)..last;
        probe.was(start, &SPACE)
            && pair.len() == 2
            && !probe.was(pair.start, &ByteSet::WORD)
            && has_digit(pair)
    };
    let has_letter = || probe.slice(start..end).iter().any(u8::is_ascii_alphabetic);
    pairs_with(probe, start, LENGTH, b' ').filter(|_| has_letter() && !goes_on() && !follows_one())
}

/// Pairs with one kind of separator, so many bytes of them.
fn pairs(probe: &Probe<'_>, start: usize, length: usize) -> Option<Match> {
    let separator = probe.get(start + 2).filter(|byte| matches!(byte, b':' | b'-'))?;
    pairs_with(probe, start, length, separator)
}

fn pairs_with(probe: &Probe<'_>, start: usize, length: usize, separator: u8) -> Option<Match> {
    let is_separator = |i: usize| probe.get(start + i) == Some(separator);
    let is_hex = |i: usize| probe.is(start + i, &ByteSet::HEX);
    let end = start + length;
    let holds = (0..length).all(|i| if i % 3 == 2 { is_separator(i) } else { is_hex(i) });
    (holds && !probe.was(start, &GLUE) && stands_alone(probe, end)).then(|| found(probe, start, end))
}

/// Three groups of four, or no separator at all.
fn joined(probe: &Probe<'_>, start: usize) -> Option<Match> {
    let run = probe.run(start, &ByteSet::HEX, 13) - start;
    let end = match run {
        12 => start + 12,
        4 if [4, 9].into_iter().all(|i| probe.get(start + i) == Some(b'.')) => start + 14,
        _ => return None,
    };
    let text = probe.slice(start..end);
    let holds = text.len() == end - start
        && text.iter().all(|byte| ByteSet::HEX.with(b".").has(*byte))
        && (run == 4 || text.iter().any(u8::is_ascii_digit));
    (holds && stands_alone(probe, end)).then(|| found(probe, start, end))
}

/// `00:01:02:03:04:05`, `12:34:56:78:9a:bc`: each digit, or each pair, is one more than the last.
fn counts_up(digits: &[u8]) -> bool {
    let value = |byte: &u8| (*byte as char).to_digit(16).unwrap_or(0);
    let pairs = || digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |sum, byte| sum * 16 + value(byte)));
    let follow = |(a, b): (u32, u32)| b == a + 1;
    digits.iter().map(value).zip(digits.iter().skip(1).map(value)).all(follow)
        || pairs().zip(pairs().skip(1)).all(follow)
}

fn stands_alone(probe: &Probe<'_>, end: usize) -> bool {
    match probe.get(end) {
        Some(b':' | b'-' | b'.') => !probe.is(end + 1, &ByteSet::ALNUM),
        Some(byte) => !GLUE.has(byte),
        None => true,
    }
}

fn found(probe: &Probe<'_>, start: usize, end: usize) -> Match {
    let found = Match::new(start..end, 0.85).with(Evidence::STRUCTURE);
    let digits: smallvec::SmallVec<[u8; 16]> = probe
        .slice(start..end)
        .iter()
        .filter(|b| b.is_ascii_hexdigit())
        .map(u8::to_ascii_lowercase)
        .collect();
    // `ff:ff:…`, and the `aa:bb:cc:dd:ee:ff` of documentation.
    let is_filled = digits.chunks_exact(2).all(|pair| pair.first() == pair.last());
    // RFC 7042, for documentation.
    let is_documentation = digits.starts_with(b"00005e0053") || digits.starts_with(b"01005e9010");
    if is_filled || is_documentation || counts_up(&digits) { found.harmless() } else { found }
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn mac_address_cases() {
        Cases::of("pii.mac_address")
            .hit("from 00:1b:44:11:3a:b7.", "00:1b:44:11:3a:b7")
            .miss("mac 1607.3720.")
            .miss("at 12:34:56.789, 01:02:03:04:05")
            .hit("ab:cd:ef:01:23:45 joined", "ab:cd:ef:01:23:45")
            .hit("3C-22-FB-4E-9D-01", "3C-22-FB-4E-9D-01")
            .hit("00-1A-2B-3C-4D-5E", "00-1A-2B-3C-4D-5E")
            .hit("A4-1A-2B-3C-4D-5E", "A4-1A-2B-3C-4D-5E")
            .hit("Physical Address. . . : AC-DE-48-00-11-22", "AC-DE-48-00-11-22")
            .hit("Cisco MAC: 0012.3456.789A", "0012.3456.789A")
            .hit("{\"mac\": \"001b44113ab7\"}", "001b44113ab7")
            .hit("MAC address 00:1b:44:ff:fe:11:3a:b7.", "00:1b:44:ff:fe:11:3a:b7")
            .hit("MAC: 00-1b-44-ff-fe-11-3a-b7", "00-1b-44-ff-fe-11-3a-b7")
            .hit("MAC address 00 1b 44 11 3a b7, up", "00 1b 44 11 3a b7")
            .hit("MAC address 00 1b 44 11 3a b7 de mi tarjeta", "00 1b 44 11 3a b7")
            .hit("la MAC de 00 1b 44 11 3a b7", "00 1b 44 11 3a b7")
            .miss("big mac 12 34 56 78 90 12, mac 2c 00 1b 44 11 3a b7")
            .miss("mac 00 1b 44 11 3a b7 2c")
            .low("Physical address is aabb.ccdd.eeff", "aabb.ccdd.eeff")
            .low("ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff")
            .low("00:01:02:03:04:05", "00:01:02:03:04:05")
            .low("00:00:5e:00:53:01", "00:00:5e:00:53:01")
            .low("12:34:56:78:9a:bc", "12:34:56:78:9a:bc")
            .miss("at 12:34:56 and 2024-01-15")
            .miss("SHA1 00:1b:44:11:3a:b7:00:1b:44:11")
            .miss("2a00:1450:4001:830:0:0:0:200e")
            .miss("00:1b:44:11:3a:b7x and x00:1b:44:11:3a:b7")
            .miss("10-20-30-40 and 4c2ab8f2-0d8e-4d3a-9f51-5d2b8e3a7c10")
            .run();
    }
}
