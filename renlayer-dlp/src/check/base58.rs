//! Base58Check: bytes as a number in base 58, of which the last four are the double SHA-256 of those before.

use sha2::{Digest, Sha256};

/// Bitcoin's alphabet, which most chains share.
pub(crate) const BITCOIN: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// The XRP ledger's.
pub(crate) const RIPPLE: &[u8; 58] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

/// What an address of a hash decodes to: version, 20 bytes, checksum.
const BYTES: usize = 25;
/// The longest text that may decode to that.
const LONGEST: usize = 35;

/// The version byte of an address of 20 bytes, where its checksum holds.
pub(crate) fn version(text: &[u8], alphabet: &[u8; 58]) -> Option<u8> {
    if text.len() > LONGEST {
        return None;
    }
    let mut bytes = [0u8; BYTES];
    for character in text {
        let digit = alphabet.iter().position(|known| known == character)?;
        let mut carry = u32::try_from(digit).ok()?;
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        if carry > 0 {
            return None;
        }
    }
    let (payload, check) = bytes.split_last_chunk::<4>()?;
    let twice = Sha256::digest(Sha256::digest(payload));
    twice.starts_with(check).then(|| payload.first().copied()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_and_their_neighbours_do_not() {
        assert_eq!(version(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", BITCOIN), Some(0));
        assert_eq!(version(b"3P14159f73E4gFr7JterCCQh9QjiTjiZrG", BITCOIN), Some(5));
        assert_eq!(version(b"rrrrrrrrrrrrrrrrrrrrrhoLvTp", RIPPLE), Some(0));
        assert_eq!(version(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", BITCOIN), None);
        assert_eq!(version(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf0a", BITCOIN), None);
    }
}
