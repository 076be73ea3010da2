//! Weighted sums and remainders, of which most national check digits are made.

/// The value of a character: a digit's own, 10 to 35 for letters of either case, 0 for anything else.
pub(crate) fn value(byte: u8) -> u32 {
    char::from(byte).to_digit(36).unwrap_or(0)
}

/// The value of the character at `i`; past the end a value that no check digit has.
pub(crate) fn at(text: &[u8], i: usize) -> u32 {
    text.get(i).map_or(99, |byte| value(*byte))
}

/// The sum of the characters' values, each times its weight, as far as there are weights.
pub(crate) fn sum(text: &[u8], weights: &[u32]) -> u32 {
    text.iter().zip(weights).map(|(byte, weight)| value(*byte) * weight).sum()
}

/// The digits among the first `to` characters from `from` on, as a number.
pub(crate) fn number(text: &[u8], from: usize, to: usize) -> u64 {
    let digits = text.get(from..to.min(text.len())).unwrap_or_default();
    super::digits(digits).fold(0, |number, digit| number.wrapping_mul(10).wrapping_add(u64::from(digit)))
}

/// Whether two digits each at `year`, `month` and `day` are a date of some century.
pub(crate) fn is_date(text: &[u8], year: usize, month: usize, day: usize) -> bool {
    let two = |i| number(text, i, i + 2);
    is_day(two(year), two(month), two(day))
}

/// Whether a month of a year of two or four digits has this day.
pub(crate) fn is_day(year: u64, month: u64, day: u64) -> bool {
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        _ => 0,
    };
    (1..=last).contains(&day)
}

/// Whether one character is all there is, over and over.
pub(crate) fn is_uniform(text: &[u8]) -> bool {
    text.iter().all(|byte| Some(byte) == text.first())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_numbers_and_dates() {
        assert_eq!(sum(b"12A", &[1, 2, 3, 9]), 1 + 4 + 30);
        assert_eq!((at(b"7", 0), at(b"7", 1), number(b"01234", 1, 3)), (7, 99, 12));
        assert!(is_date(b"240229", 0, 2, 4) && !is_date(b"230229", 0, 2, 4) && !is_date(b"231301", 0, 2, 4));
        assert!(is_uniform(b"111") && !is_uniform(b"112"));
    }
}
