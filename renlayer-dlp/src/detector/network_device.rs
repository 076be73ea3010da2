//! Passwords in the configuration of routers and switches: Cisco's own encodings, and SNMP community strings.
//!
//! Cisco's type 7 is no encryption: whoever reads it has the password. Types 5, 8 and 9 are hashes that can be guessed at. A
//! community string is a password that is sent in the clear.
//!
//! - hit: `username joe password 7 0822455D0A16`, `enable secret 9 $9$…`, `snmp-server community c0rpR3ad RO`
//! - low: `snmp-server community public RO`
//! - miss: `password 7 characters long`, `snmp-server community`
//! - known mistakes: passwords of other vendors' encodings are not known.

use super::url_credentials::is_variable;
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct NetworkDevice;

/// What stands before a value, and what it is.
const LEADS: [(&str, Value); 9] = [
    ("password 7 ", Value::Encoded),
    ("key 7 ", Value::Encoded),
    ("key-string 7 ", Value::Encoded),
    ("secret 5 ", Value::Hash),
    ("secret 8 ", Value::Hash),
    ("secret 9 ", Value::Hash),
    ("snmp-server community ", Value::Community),
    // Net-SNMP.
    ("rocommunity ", Value::Community),
    ("rwcommunity ", Value::Community),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    /// Type 7.
    Encoded,
    /// `$5$salt$hash`.
    Hash,
    Community,
}

/// What type 7 adds to a password, from a place that its first two digits name.
const SERIES: &[u8; 53] = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87";
const LONGEST: usize = 128;
const WORD: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`\\");
/// Community strings that devices are delivered with.
const DELIVERED: [&[u8]; 4] = [b"public", b"private", b"read", b"write"];

impl Detector for NetworkDevice {
    fn about(&self) -> About {
        let finds = "a password in the configuration of a Cisco device, encoded or hashed";
        About::new("cisco_password", "secret.cisco_password", Severity::Critical, finds)
    }

    fn kinds(&self) -> Vec<(About, Page)> {
        let basis = "the command before it and its form";
        let community =
            About::new("snmp_community", "secret.snmp_community", Severity::High, "an SNMP community string");
        let mistakes = "encodings of other vendors are not known";
        vec![
            (self.about(), Page { basis, mistakes }),
            (community, Page { basis: "the command before it", mistakes: "" }),
        ]
    }

    fn anchors(&self) -> Vec<Anchor> {
        LEADS.iter().map(|(lead, _)| Anchor::word(lead)).collect()
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        let (lead, value) = LEADS.iter().find(|(lead, _)| probe.looking_at_word(at, lead.as_bytes()))?;
        let start = at + lead.len();
        probe.begins(start);
        let end = probe.run(start, &WORD, LONGEST);
        let text = probe.slice(start..end);
        let holds = match value {
            Value::Encoded => is_encoded(text),
            Value::Hash => is_hash(text),
            Value::Community => text.len() >= 4 && !text.starts_with(b"<") && !is_variable(text),
        };
        if !holds || probe.was(at, &ByteSet::WORD) {
            return None;
        }
        let mut found = Match::new(start..end, 0.8).with(Evidence::CONTEXT).with(Evidence::STRUCTURE);
        found.kind = u16::from(*value == Value::Community);
        let is_delivered = *value == Value::Community && DELIVERED.contains(&text);
        Some(if is_delivered { found.harmless() } else { found })
    }
}

/// Whether hexadecimal digits say a password of characters that can be typed.
fn is_encoded(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let Some((place, digits)) = text.split_at_checked(2) else { return false };
    let Ok(place) = place.parse::<usize>() else { return false };
    let pairs = digits.as_bytes();
    let typed = |(i, pair): (usize, &[u8])| {
        let byte = std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let series = SERIES.get((place + i) % SERIES.len());
        byte.zip(series).is_some_and(|(byte, series)| (0x20..0x7f).contains(&(byte ^ series)))
    };
    place < SERIES.len()
        && pairs.len() >= 4
        && pairs.len().is_multiple_of(2)
        && pairs.chunks(2).enumerate().all(typed)
}

/// `$1$salt$hash` and its like.
fn is_hash(text: &[u8]) -> bool {
    const PLACE: ByteSet = ByteSet::ALNUM.with(b"./");
    let mut parts = text.split(|byte| *byte == b'$');
    let holds = parts.next().is_some_and(<[u8]>::is_empty)
        && parts.next().is_some_and(|kind| matches!(kind, b"1" | b"8" | b"9"));
    let salt_and_hash: Vec<&[u8]> = parts.collect();
    let is_drawn = |part: &[u8]| part.iter().all(|byte| PLACE.has(*byte));
    holds
        && matches!(&*salt_and_hash, [salt, hash] if (2..=16).contains(&salt.len()) && hash.len() >= 20
            && is_drawn(salt) && is_drawn(hash))
}

#[cfg(test)]
mod tests {
    use super::SERIES;
    use crate::detector::harness::Cases;

    #[test]
    fn network_device_cases() {
        let encoded = |password: &str| {
            let pairs = password.bytes().enumerate().map(|(i, byte)| format!("{:02X}", byte ^ SERIES[8 + i]));
            format!("08{}", pairs.collect::<String>())
        };
        let (seven, hash) = (
            encoded("kx72Hq9"),
            ["$9$nhEmQVczB7dqsO", "$X.HsgL6x1il0RxkOSSvyQYwucySCt7qFm4v7pqCxkKM"].concat(),
        );
        Cases::of("secret.cisco_password")
            .hit(&format!("username joe privilege 15 password 7 {seven}\n"), &seven)
            .hit(&format!(" key 7 {seven}"), &seven)
            .hit(&format!("enable secret 9 {hash}"), &hash)
            .miss("a password 7 characters long, password 7 123456, key 7 of 9, secret 5 $1$x")
            .run();
        let community = ["c0rp", "R3ad"].concat();
        Cases::of("secret.snmp_community")
            .hit(&format!("snmp-server community {community} RO"), &community)
            .low("snmp-server community public RO", "public")
            .hit(&format!("rwcommunity {community} 10.0.0.0/8\n"), &community)
            .miss("snmp-server community <string> RO, snmp-server community")
            .run();
    }
}
