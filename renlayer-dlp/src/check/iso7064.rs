//! The systems of ISO 7064 that identity numbers use.

use super::weighted::value;

/// The hybrid system mod 11,10 over digits: Germany's tax id, Croatia's OIB.
pub(crate) fn mod_11_10(text: &[u8]) -> bool {
    let Some((check, body)) = text.split_last() else { return false };
    let product = body.iter().fold(10, |product, digit| {
        let sum = (value(*digit) + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (product + value(*check)) % 10 == 1
}

/// The pure system mod 11-2: China's resident identity numbers. The last character may be `X`, for ten.
pub(crate) fn mod_11_2(text: &[u8]) -> bool {
    let last = |byte: u8| if byte == b'X' { 10 } else { value(byte) };
    let Some((check, body)) = text.split_last() else { return false };
    let rest = body.iter().fold(0, |rest, digit| (rest + value(*digit)) * 2 % 11);
    (rest + last(*check)) % 11 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers_hold_and_their_neighbours_do_not() {
        assert!(mod_11_10(b"36574261809") && !mod_11_10(b"36574261808"));
        assert!(mod_11_2(b"11010519491231002X") && !mod_11_2(b"110105194912310021"));
    }
}
