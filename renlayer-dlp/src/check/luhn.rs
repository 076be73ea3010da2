//! The Luhn digit: every second digit from the right is doubled, and the sum of digits is a multiple of ten.

/// Whether the digits among `bytes` satisfy Luhn. Other bytes do not count.
pub(crate) fn holds(bytes: &[u8]) -> bool {
    let mut doubled = false;
    let mut sum = 0u32;
    for digit in super::digits(bytes).rev() {
        let value = u32::from(digit) << u32::from(doubled);
        sum += value / 10 + value % 10;
        doubled = !doubled;
    }
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn published_numbers_hold_and_their_neighbours_do_not() {
        assert!(holds(b"4111 1111 1111 1111") && holds(b"79927398713"));
        assert!(!holds(b"4111 1111 1111 1112") && !holds(b"79927398710"));
    }
}
