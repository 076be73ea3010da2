//! Bech32 and Bech32m (BIP-173, BIP-350): a human-readable part, `1`, and five bits a character, of which the last six are a
//! BCH code over all before.

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
const BECH32: u32 = 1;
const BECH32M: u32 = 0x2bc8_30a3;
const SHORTEST_DATA: usize = 8;

/// Whether `text`, of one case, is a human-readable part, a separator and data with a checksum of either kind.
pub(crate) fn holds(text: &[u8]) -> bool {
    let mixed = text.iter().any(u8::is_ascii_lowercase) && text.iter().any(u8::is_ascii_uppercase);
    let Some(separator) = text.iter().rposition(|byte| *byte == b'1') else { return false };
    let (human, data) = text.split_at(separator);
    let Some(data) = data.get(1..) else { return false };
    if mixed || human.is_empty() || data.len() < SHORTEST_DATA {
        return false;
    }
    let lower = || human.iter().map(|byte| u32::from(byte.to_ascii_lowercase()));
    let expanded = lower().map(|c| c >> 5).chain([0]).chain(lower().map(|c| c & 31));
    let mut sum = expanded.fold(1, step);
    for byte in data {
        let Some(value) = ALPHABET.iter().position(|known| *known == byte.to_ascii_lowercase()) else {
            return false;
        };
        sum = step(sum, value as u32);
    }
    matches!(sum, BECH32 | BECH32M)
}

fn step(sum: u32, value: u32) -> u32 {
    let top = sum >> 25;
    let next = (sum & 0x01ff_ffff) << 5 ^ value;
    GENERATOR.iter().enumerate().fold(next, |sum, (i, term)| if top >> i & 1 == 1 { sum ^ term } else { sum })
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn published_addresses_hold_and_their_neighbours_do_not() {
        assert!(holds(b"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"));
        assert!(holds(b"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"));
        assert!(holds(b"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"));
        assert!(!holds(b"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"));
        assert!(!holds(b"bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4") && !holds(b"bc1") && !holds(b""));
    }
}
