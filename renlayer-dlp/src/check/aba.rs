//! The checksum of ABA routing numbers: weights 3, 7, 1 over nine digits, and the ranges of the Federal Reserve.

/// Whether the digits among `bytes` are nine, lie in a range that is given out, and satisfy the checksum.
pub(crate) fn holds(bytes: &[u8]) -> bool {
    let mut digits = super::digits(bytes).map(u32::from);
    let weights = [3, 7, 1].into_iter().cycle();
    let (count, sum) = digits.clone().zip(weights).fold((0, 0), |(n, sum), (d, w)| (n + 1, sum + d * w));
    let prefix = digits.next().unwrap_or_default() * 10 + digits.next().unwrap_or_default();
    count == 9 && sum % 10 == 0 && sum > 0 && matches!(prefix, 0..=12 | 21..=32 | 61..=72 | 80)
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn published_numbers_hold_and_their_neighbours_do_not() {
        assert!(holds(b"021000021") && holds(b"0110-0001-5") && holds(b"121000358"));
        assert!(!holds(b"021000022") && !holds(b"000000000") && !holds(b"2100002") && !holds(b"991000021"));
    }
}
