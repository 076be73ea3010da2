//! Agent keys: the credential by which an agent is known, `rlk_` + 40 random base62 characters + a checksum.
//!
//! The checksum (six base62 digits of the CRC-32 of the random part, most significant first) lets a scanner tell a
//! key from a word that looks like one. A key is shown once; only its SHA-256 is kept: 238 random bits need no slow
//! hash.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const PREFIX: &str = "rlk_";
const RANDOM: usize = 40;
const CHECK: usize = 6;
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A freshly minted key, to be shown once. `Debug` does not print it.
pub struct AgentKey(Zeroizing<String>);

/// What is stored of a key: its SHA-256. Two keys are the same exactly when their hashes are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyHash([u8; 32]);

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the system's random source failed: {0}")]
pub struct NoRandomness(#[from] getrandom::Error);

impl AgentKey {
    /// A new key from the system's random source.
    pub fn mint() -> Result<Self, NoRandomness> {
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + RANDOM + CHECK));
        text.push_str(PREFIX);
        while text.len() < PREFIX.len() + RANDOM {
            let mut bytes = Zeroizing::new([0; 64]);
            getrandom::fill(&mut *bytes)?;
            let wanted = PREFIX.len() + RANDOM - text.len();
            text.extend(bytes.iter().filter_map(|&byte| unbiased_digit(byte)).take(wanted));
        }
        let check = checksum(text.get(PREFIX.len()..).unwrap_or_default());
        text.push_str(&check);
        Ok(Self(text))
    }

    /// The key itself, for the one place that shows it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    pub fn hash(&self) -> KeyHash {
        KeyHash::of(self.0.as_bytes())
    }
}

impl fmt::Debug for AgentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AgentKey(…)")
    }
}

impl KeyHash {
    /// The hash of a presented key.
    pub fn of(presented: &[u8]) -> Self {
        Self(Sha256::digest(presented).into())
    }

    /// The 32 bytes as they are stored.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for KeyHash {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(…)")
    }
}

/// Whether a text has the shape and the checksum of an agent key; it may still be unknown or revoked.
pub fn is_well_formed(text: &str) -> bool {
    let Some(body) = text.strip_prefix(PREFIX) else { return false };
    body.len() == RANDOM + CHECK
        && body.bytes().all(|b| b.is_ascii_alphanumeric())
        && body.split_at_checked(RANDOM).is_some_and(|(random, check)| checksum(random) == check)
}

/// How a key's last characters are shown in lists, so that an operator can tell two keys apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyHint(String);

impl KeyHint {
    /// The last four characters of a presented key, or nothing of one too short to hide the rest.
    pub fn of(presented: &str) -> Self {
        let tail = presented.len().checked_sub(4).filter(|&at| at >= 16).and_then(|at| presented.get(at..));
        Self(format!("…{}", tail.unwrap_or_default()))
    }
}

impl fmt::Display for KeyHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A base62 digit from a random byte; bytes of 248 and above would favour the first digits and are skipped.
fn unbiased_digit(byte: u8) -> Option<char> {
    if byte >= 248 { None } else { digit(u32::from(byte)) }
}

fn digit(value: u32) -> Option<char> {
    BASE62.get(value as usize % BASE62.len()).map(|&d| char::from(d))
}

fn checksum(random: &str) -> String {
    let crc = crc32fast::hash(random.as_bytes());
    (0..CHECK as u32).rev().filter_map(|place| digit(crc / 62u32.pow(place) % 62)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minted_key_is_well_formed_and_never_the_same() {
        let (one, two) = (AgentKey::mint().unwrap(), AgentKey::mint().unwrap());
        assert!(is_well_formed(one.reveal()));
        assert_eq!(one.reveal().len(), 50);
        assert_ne!(one.hash(), two.hash());
        assert_eq!(format!("{one:?}"), "AgentKey(…)");
    }

    #[test]
    fn a_changed_character_breaks_the_checksum() {
        let key = AgentKey::mint().unwrap();
        for at in PREFIX.len()..key.reveal().len() {
            let mut bytes = key.reveal().as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'a' { b'b' } else { b'a' };
            assert!(!is_well_formed(std::str::from_utf8(&bytes).unwrap()), "position {at}");
        }
    }

    #[test]
    fn a_hint_shows_nothing_of_a_short_key() {
        assert_eq!(KeyHint::of("short-key").to_string(), "…");
        assert_eq!(KeyHint::of("a-key-that-is-long-enough-wxyz").to_string(), "…wxyz");
    }
}
