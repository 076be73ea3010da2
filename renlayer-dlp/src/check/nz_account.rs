//! The checksums of New Zealand's bank accounts. Source: the Inland Revenue's specification for certificates of withholding tax.

/// Weights of the bank, the branch, the account and its suffix; whether the digits of a product are added until one is left; what
/// divides the sum.
struct Rule([u32; 16], bool, u32);

/// Algorithm A of the specification.
const MOST_BANKS: Rule = Rule([0, 0, 6, 3, 7, 9, 0, 10, 5, 8, 4, 2, 1, 0, 0, 0], false, 11);
/// B, of the same banks, for accounts from [`HIGH`] on.
const HIGH_ACCOUNTS: Rule = Rule([0, 0, 0, 0, 0, 0, 0, 10, 5, 8, 4, 2, 1, 0, 0, 0], false, 11);
const HIGH: u32 = 990_000;
/// D.
const BANK_8: Rule = Rule([0, 0, 0, 0, 0, 0, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0], false, 11);
/// E.
const BANK_9: Rule = Rule([0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 4, 3, 2, 0, 0, 1], true, 11);
/// F.
const BANKS_25_33: Rule = Rule([0, 0, 0, 0, 0, 0, 1, 7, 3, 1, 7, 3, 1, 0, 0, 0], false, 10);
/// G.
const BANKS_26_28_29: Rule = Rule([0, 0, 0, 0, 0, 0, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1], true, 10);

/// Whether the digits among `bytes` are an account of a bank that there is, as far as its checksum says; its suffix may have two.
pub(crate) fn holds(bytes: &[u8]) -> bool {
    let digits: smallvec::SmallVec<[u32; 18]> = super::digits(bytes).map(u32::from).collect();
    let (body, suffix) = digits.split_at(digits.len().min(13));
    let number = |digits: &[u32]| digits.iter().fold(0, |sum, digit| sum * 10 + digit);
    let (Some(bank), Some(account)) = (body.get(..2), body.get(6..13)) else { return false };
    let rule = match number(bank) {
        8 => &BANK_8,
        9 => &BANK_9,
        25 | 33 => &BANKS_25_33,
        26 | 28 | 29 => &BANKS_26_28_29,
        // One without a checksum.
        31 => return true,
        1..=4 | 6 | 10..=24 | 27 | 30 | 35 | 38 if number(account) < HIGH => &MOST_BANKS,
        1..=4 | 6 | 10..=24 | 27 | 30 | 35 | 38 => &HIGH_ACCOUNTS,
        _ => return false,
    };
    let padding = match suffix.len() {
        2 => Some(0),
        3 => None,
        _ => return false,
    };
    let digits = body.iter().copied().chain(padding).chain(suffix.iter().copied());
    rule.divides(digits)
}

impl Rule {
    fn divides(&self, digits: impl Iterator<Item = u32>) -> bool {
        let Self(weights, adds_digits, divisor) = self;
        // 18 has the digits of 9, and 28 by way of 10 those of 1.
        let reduce = |product: u32| match product {
            1.. if *adds_digits => (product - 1) % 9 + 1,
            _ => product,
        };
        let sum: u32 = digits.zip(weights).map(|(digit, weight)| reduce(digit * weight)).sum();
        sum.is_multiple_of(*divisor)
    }
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn published_numbers_hold_and_their_neighbours_do_not() {
        for known in [
            "01-0242-0100194-00",
            "12-3140-0171323-50",
            "08-6523-1954512-001",
            "26-2600-0320871-032",
            "26-2600-0620871-032",
        ] {
            assert!(holds(known.as_bytes()), "{known}");
        }
        for other in
            ["01-0242-0100195-00", "08-6523-1954513-001", "26-2600-0320872-032", "99-0242-0100194-00"]
        {
            assert!(!holds(other.as_bytes()), "{other}");
        }
        assert!(!holds(b"01-0242-0100194-0") && !holds(b"") && !holds(b"01-0242"));
    }
}
