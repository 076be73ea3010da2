//! Credentials and sensitive values to test with: none real, each put together at run time so that no scanner of
//! source code takes one for a leak.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The agent that [`Setup::with_agent`](super::Setup::with_agent) declares.
pub const AGENT_NAME: &str = "test-agent";

/// An agent key in the form that `renlayer` issues: `rlk_`, 40 base62 characters, and the CRC-32 of these in base62.
#[must_use]
pub fn agent_key() -> String {
    let random = "TESTa0b1c2d3e4f5g6h7i8j9k0l1m2n3o4p5q6r7";
    format!("rlk_{random}{}", base62(crc32(random.as_bytes())))
}

/// What stands for the route's own credential at the provider.
#[must_use]
pub fn provider_key() -> String {
    ["provider", "credential", "3f9a1c77e2b84d06"].join("-")
}

/// An AWS access key id by its form; CRITICAL by default.
#[must_use]
pub fn aws_access_key() -> String {
    ["AKIA", "Z7QK3MNP", "W5RT2XVB"].concat()
}

/// A card number of a real brand's range with the right check digit, and no documented test number.
#[must_use]
pub fn card_number() -> String {
    let body = ["4539", "1488", "0343", "646"].concat();
    let check = (0..10).find(|digit| luhn(&format!("{body}{digit}"))).expect("one digit always fits");
    format!("{body}{check}")
}

/// Bytes as base64, for [`Script::raw_base64`](crate::upstream::Script::raw_base64) and the like.
#[must_use]
pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let digit = u32::from(byte - b'0') << (at % 2);
            digit / 10 + digit % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn base62(mut number: u32) -> String {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(number % 62) as usize];
        number /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}
