//! Checksums and other measures of identifiers: pure functions over the characters of a value.

pub(crate) mod aba;
pub(crate) mod base58;
pub(crate) mod base62;
pub(crate) mod bech32;
pub(crate) mod drawn;
pub(crate) mod ean;
pub(crate) mod eip55;
pub(crate) mod entropy;
pub(crate) mod iso7064;
pub(crate) mod language;
pub(crate) mod luhn;
pub(crate) mod mod97;
pub(crate) mod nz_account;
pub(crate) mod punycode;
pub(crate) mod verhoeff;
pub(crate) mod weighted;

/// The digits among `bytes`, as numbers.
pub(crate) fn digits(bytes: &[u8]) -> impl DoubleEndedIterator<Item = u8> + Clone {
    bytes.iter().filter(|b| b.is_ascii_digit()).map(|b| b - b'0')
}
