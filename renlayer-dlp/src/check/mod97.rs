//! ISO 7064 mod 97-10, as in an IBAN: the first four characters go to the end, letters count as 10 to 35.

/// Whether the letters and digits among `bytes` satisfy the check of an IBAN.
pub(crate) fn holds(bytes: &[u8]) -> bool {
    let values = || bytes.iter().filter_map(|b| char::from(*b).to_digit(36));
    let moved = values().skip(4).chain(values().take(4));
    let rest = moved.fold(0, |rest, value| {
        let shift = if value < 10 { 10 } else { 100 };
        (rest * shift + value) % 97
    });
    rest == 1
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn the_registry_example_holds_and_its_neighbour_does_not() {
        assert!(holds(b"GB82 WEST 1234 5698 7654 32") && holds(b"de89370400440532013000"));
        assert!(!holds(b"GB82 WEST 1234 5698 7654 33"));
    }
}
