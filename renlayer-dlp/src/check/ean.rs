//! The check digit of articles of trade (EAN, UPC, GTIN) and of Swiss insurance numbers: weights one and three.

/// Whether the last digit is the check digit of those before it.
pub(crate) fn holds(number: &[u8]) -> bool {
    let total: u32 =
        super::digits(number).rev().zip([1, 3].into_iter().cycle()).map(|(d, w)| u32::from(d) * w).sum();
    number.len() > 7 && total.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers_hold_and_their_neighbours_do_not() {
        assert!(holds(b"4006381333931") && holds(b"7569217076985"));
        assert!(!holds(b"4006381333932") && !holds(b"00"));
    }
}
