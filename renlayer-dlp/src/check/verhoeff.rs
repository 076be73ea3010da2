//! The check digit of Verhoeff, which sees every slip of one digit and every swap of neighbours: Aadhaar, Luxembourg.
//!
//! Source: J. Verhoeff, *Error Detecting Decimal Codes* (1969): multiplication in the dihedral group of order ten, after a
//! permutation that depends on the place.

/// The permutation that is applied once more for each place further left.
const PERMUTATION: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/// Whether the digits, check digit last, hold.
pub(crate) fn holds(text: &[u8]) -> bool {
    let places = super::digits(text).rev().enumerate();
    places.fold(0, |so_far, (place, digit)| times(so_far, permuted(digit, place))) == 0
}

fn permuted(digit: u8, place: usize) -> u8 {
    let once = |digit: u8| PERMUTATION.get(usize::from(digit)).copied().unwrap_or(0);
    (0..place % 8).fold(digit, |digit, _| once(digit))
}

/// Rotations are 0 to 4, reflections 5 to 9.
fn times(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn the_published_number_holds_and_its_neighbours_do_not() {
        assert!(holds(b"2363") && holds(b"123451"));
        assert!(!holds(b"2364") && !holds(b"3263") && !holds(b"123541"));
    }
}
