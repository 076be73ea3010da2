//! The checksum that Ethereum addresses carry in the case of their letters (EIP-55): a letter is a capital where the
//! Keccak-256 of the address in lower case has a nibble of eight or more.

use sha3::{Digest, Keccak256};

/// What the case of the letters in 40 hexadecimal digits says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// One case only: no checksum.
    Plain,
    /// Both, as the checksum wants them.
    Holds,
    /// Both, and otherwise.
    Fails,
}

/// Reads the case of an address without its `0x`.
pub(crate) fn case(address: &[u8]) -> Case {
    let is_plain = !address.iter().any(u8::is_ascii_lowercase) || !address.iter().any(u8::is_ascii_uppercase);
    if is_plain {
        return Case::Plain;
    }
    let hash = Keccak256::digest(address.to_ascii_lowercase());
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let holds = address
        .iter()
        .zip(nibbles)
        .all(|(byte, nibble)| !byte.is_ascii_alphabetic() || byte.is_ascii_uppercase() == (nibble >= 8));
    if holds { Case::Holds } else { Case::Fails }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard_hold_and_their_neighbours_do_not() {
        for address in [
            "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "fB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "D1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        ] {
            assert_eq!(case(address.as_bytes()), Case::Holds, "{address}");
            assert_eq!(case(address.to_ascii_lowercase().as_bytes()), Case::Plain);
        }
        assert_eq!(case(b"5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"), Case::Fails);
    }
}
